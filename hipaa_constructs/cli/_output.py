"""What the commands write, and where to."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

FOUND, UNUSABLE = 1, 2


def complain(line: str) -> None:
    """Tell in one line on the standard error what is wrong."""
    from hipaa_constructs.formats._text import printable

    click.echo(f"error: {printable(line)}", err=True)


def wants_color() -> bool:
    """Tell whether the standard output is a terminal that wants colours."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not plain


def write(content: str, output: str | None) -> None:
    """Write a report to the standard output, or to a file, whole or not.

    Raises:
        click.ClickException: the file can't be written.
    """
    if output is None or output == "-":
        encoding = sys.stdout.encoding or "utf-8"
        click.echo(content.encode(encoding, "backslashreplace").decode(encoding), nl=False)
        return
    target = Path(output)
    # Only a regular file can be replaced whole; a device or a pipe is written to.
    whole = target.is_file() or not target.exists()
    try:
        with click.open_file(output, "w", encoding="utf-8", errors="backslashreplace", atomic=whole) as file:
            file.write(content)
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)
        raise _Unwritable(f"{output!r} can't be written: {reason.lower()}") from None


class _Unwritable(click.ClickException):
    exit_code = UNUSABLE
