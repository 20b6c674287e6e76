"""The command line: ``hipaa-constructs check``, ``rules`` and ``controls``.

The exit status is 0 when nothing was found, 1 when something was, and 2 when an input, an option
or the output could not be used.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Collection
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hipaa_constructs.errors import ComplianceError

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from hipaa_constructs.rules import Rule

# What a command needs is imported in it: --help, --version and a mistyped option answer at once.

_FOUND, _UNUSABLE, _INTERRUPTED = 1, 2, 130
_PATIENCE = 1.0
"""Seconds before a progress bar appears."""


def main() -> None:
    """Run the command line and exit; never with a traceback."""
    sys.exit(_status())


def _status() -> int:
    try:
        status = cli.main(prog_name="hipaa-constructs", standalone_mode=False)
        return status if isinstance(status, int) else 0
    except click.ClickException as refusal:
        refusal.show()
        return refusal.exit_code
    except click.Abort:
        return _INTERRUPTED
    except ComplianceError as refusal:
        _complain(str(refusal))
    except Exception as fault:  # A fault of this package, told like one and not like a finding.
        _complain(f"hipaa-constructs failed with {type(fault).__name__}: {fault}; please report it")
    return _UNUSABLE


def _complain(line: str) -> None:
    from hipaa_constructs.formats._text import printable

    click.echo(f"error: {printable(line)}", err=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hipaa-constructs")
def cli() -> None:
    """Judge CloudFormation templates by the HIPAA Security Rule's technical safeguards.

    What is met is evidence that supports a paragraph of the rule; it settles none of them.
    """


def _rules(_: click.Context, parameter: click.Parameter, ids: tuple[str, ...]) -> list[Rule]:
    from hipaa_constructs.rules import RULES

    for rule_id in ids:
        if rule_id not in RULES:
            import difflib

            close = difflib.get_close_matches(rule_id, RULES, n=1)
            hint = f"did you mean {close[0]}?" if close else "'hipaa-constructs rules' lists them"
            raise click.BadParameter(f"no rule is called {rule_id!r}; {hint}", param=parameter)
    return [RULES[rule_id] for rule_id in ids]


@cli.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["text", "json", "sarif", "junit"]),
    default="text",
    show_default=True,
    help="How the report is written.",
)
@click.option("--output", "-o", metavar="FILE", help="Write the report to a file, whole or not.")
@click.option(
    "--rule",
    "only",
    metavar="ID",
    multiple=True,
    callback=_rules,
    help="Ask this rule only; may be repeated.",
)
@click.option(
    "--skip",
    metavar="ID",
    multiple=True,
    callback=_rules,
    help="Do not ask this rule; may be repeated.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning"]),
    default="error",
    show_default=True,
    help="The least severity of a finding that makes the exit status 1.",
)
@click.pass_context
def check(
    context: click.Context,
    paths: tuple[str, ...],
    form: str,
    output: str | None,
    only: Collection[Rule],
    skip: Collection[Rule],
    fail_on: str,
) -> None:
    """Judge templates that are deployed together.

    PATH is a template (JSON or YAML), a cloud assembly such as cdk.out with all its stages and
    nested stacks, any other folder of templates, or - for the standard input.

    Exit status: 0 nothing found, 1 findings, 2 an input that can't be judged.
    """
    from hipaa_constructs.checker import check as judge
    from hipaa_constructs.formats import Run, render
    from hipaa_constructs.formats._text import summary
    from hipaa_constructs.loading import discover
    from hipaa_constructs.rules import RULES, Severity

    # The process ends with its answer, so what the collector would go through again and again is never freed anyway.
    gc.disable()
    rules = [rule for rule in only or RULES.values() if rule not in skip]
    if not rules:
        raise click.UsageError("no rule is left to ask; --skip takes away all that --rule names")
    with _Progress(len(rules)) as progress:
        found = discover(paths, progress=progress.read)
        report = judge(found.templates, rules=rules, progress=progress.asked)
    for problem in found.problems:
        _complain(str(problem))
    run = Run(report, rules, found.problems, Severity(fail_on))
    color = output is None and _wants_color()
    _write(render(run, form, color=color), output)
    if output is not None:
        click.echo(summary(run, color=False), err=True)
    failed = report.fails(run.fail_on)
    context.exit(_UNUSABLE if found.problems else _FOUND if failed else 0)


_LISTING = click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the list is written.",
)


@cli.command()
@_LISTING
def rules(form: str) -> None:
    """List every rule: what it wants, and the paragraphs it gives evidence for."""
    from hipaa_constructs.formats._json import described, dumped
    from hipaa_constructs.rules import RULES

    if form == "json":
        _write(dumped([described(rule) for rule in RULES.values()]), None)
        return
    for rule in RULES.values():
        click.echo(f"{rule.id}  {rule.severity}  {', '.join(rule.controls)}\n    {rule.title}")


@cli.command()
@_LISTING
def controls(form: str) -> None:
    """List the standards and specifications, and what templates can show of them."""
    from hipaa_constructs.controls import CONTROLS
    from hipaa_constructs.formats._json import described_control, dumped
    from hipaa_constructs.rules import RULES

    if form == "json":
        _write(dumped([described_control(one) for one in CONTROLS.values()]), None)
        return
    for one in CONTROLS.values():
        asked = sum(one.id in rule.controls for rule in RULES.values())
        cited = f", {asked} rules" if asked != 1 else ", 1 rule"
        click.echo(f"{one.id}  {one.title}\n    {one.kind}{cited}; {one.shows}")


def _wants_color() -> bool:
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not plain


def _write(content: str, output: str | None) -> None:
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
    exit_code = _UNUSABLE


class _Progress:
    """A bar on a terminal, for those who wait for many templates."""

    def __init__(self, rules: int) -> None:
        self._rules = rules
        self._files = self._asked = 0
        self._begun = time.monotonic()
        self._bar: ProgressBar[int] | None = None
        self._stack = ExitStack()

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def read(self, done: int, total: int) -> None:
        self._files = total
        self._show(done)

    def asked(self, _: Rule) -> None:
        self._asked += 1
        self._show(self._files + self._asked)

    def _show(self, done: int) -> None:
        if self._bar is None:
            late = time.monotonic() - self._begun > _PATIENCE
            if self._files < 2 or not late or not sys.stderr.isatty():
                return
            bar: ProgressBar[int] = click.progressbar(
                length=self._files + self._rules,
                label=f"Judging {self._files} templates",
                file=sys.stderr,
            )
            self._bar = self._stack.enter_context(bar)
        self._bar.update(done - self._bar.pos)
