"""``hipaa-constructs diff``."""

from __future__ import annotations

import gc
from pathlib import Path

import click

from hipaa_constructs.cli._options import configuration_of, configured
from hipaa_constructs.cli._output import FOUND, UNUSABLE, complain, wants_color, write


@click.command()
@click.argument("old")
@click.argument("new")
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["text", "markdown"]),
    default="text",
    show_default=True,
    help="How the changes are written.",
)
@click.option("--output", "-o", metavar="FILE", help="Write the changes to a file, whole or not.")
@click.option(
    "--fail-on",
    type=click.Choice(["never", "lost", "finding"]),
    default="never",
    show_default=True,
    help="What makes the exit status 1: a safeguard that is lost, or any finding that is new.",
)
@configured
@click.pass_context
def diff(
    context: click.Context,
    old: str,
    new: str,
    form: str,
    output: str | None,
    fail_on: str,
    config: str | None,
    no_config: bool,
) -> None:
    """Say which safeguards a change adds and takes away, resource by resource.

    OLD and NEW are each what check takes: a template, a cloud assembly or a folder.

    Exit status: 0, or 1 if --fail-on says so, 2 an input that can't be judged.
    """
    from hipaa_constructs.checker import check
    from hipaa_constructs.comparison import compare
    from hipaa_constructs.formats._comparison import as_markdown, as_text
    from hipaa_constructs.loading import discover
    from hipaa_constructs.rules import RULES

    gc.disable()
    configuration = configuration_of(config, no_config)
    rules = [rule for rule in RULES.values() if not configuration.skips(rule)]
    both = [discover([path]) for path in (old, new)]
    problems = [problem for found in both for problem in found.problems]
    for problem in problems:
        complain(str(problem))
    if problems:  # What can't be judged would look like what is gone.
        context.exit(UNUSABLE)
    before, after = (check(found.templates, rules=rules, settings=configuration.settings) for found in both)
    comparison = compare(before, after, Path(old), Path(new))
    color = output is None and wants_color()
    write(as_markdown(comparison) if form == "markdown" else as_text(comparison, color=color), output)
    failing = {"never": [], "lost": comparison.lost, "finding": comparison.new_findings}[fail_on]
    context.exit(FOUND if failing else 0)
