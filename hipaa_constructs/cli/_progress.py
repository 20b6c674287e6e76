"""A progress bar for those who wait."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from hipaa_constructs.rules import Template

PATIENCE = 1.0
"""Seconds before a progress bar appears."""


class Progress:
    """A bar on a terminal, for those who wait for many templates."""

    def __init__(self) -> None:
        """Begin to wait."""
        self._files = self._judged = 0
        self._begun = time.monotonic()
        self._bar: ProgressBar[int] | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Progress:
        """Take the bar away when the work is done."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bar away."""
        self._stack.close()

    def read(self, done: int, total: int) -> None:
        """Count a file that was read."""
        self._files = total
        self._show(done)

    def judged(self, _: Template) -> None:
        """Count a template that was judged."""
        self._judged += 1
        self._show(self._files + self._judged)

    def _show(self, done: int) -> None:
        if self._bar is None:
            late = time.monotonic() - self._begun > PATIENCE
            if self._files < 2 or not late or not sys.stderr.isatty():
                return
            bar: ProgressBar[int] = click.progressbar(
                length=2 * self._files,
                label=f"Judging {self._files} templates",
                file=sys.stderr,
            )
            self._bar = self._stack.enter_context(bar)
        self._bar.update(done - self._bar.pos)
