"""``hipaa-constructs check``."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hipaa_constructs.cli._options import RuleId, configuration_of, configured, rules_named
from hipaa_constructs.cli._output import FOUND, UNUSABLE, complain, wants_color, write
from hipaa_constructs.cli._progress import Progress

if TYPE_CHECKING:
    from hipaa_constructs.configuration import Configuration
    from hipaa_constructs.formats import Run
    from hipaa_constructs.rules import Rule


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["text", "json", "sarif", "junit"]),
    help="How the report is written; text by default.",
)
@click.option("--output", "-o", metavar="FILE", help="Write the report to a file, whole or not.")
@click.option("--rule", "only", metavar="ID", multiple=True, type=RuleId(), help="Ask this rule only; may be repeated.")
@click.option("--skip", metavar="ID", multiple=True, type=RuleId(), help="Do not ask this rule; may be repeated.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning"]),
    help="The least severity of a finding that makes the exit status 1; error by default.",
)
@click.option(
    "--baseline",
    metavar="FILE",
    help="Let only findings fail that do not stand in this file; those that do are marked.",
)
@click.option("--update-baseline", is_flag=True, help="Write all findings of this run into the baseline.")
@configured
@click.pass_context
def check(
    context: click.Context,
    paths: tuple[str, ...],
    form: str | None,
    output: str | None,
    only: Sequence[str],
    skip: Sequence[str],
    fail_on: str | None,
    baseline: str | None,
    update_baseline: bool,
    config: str | None,
    no_config: bool,
) -> None:
    """Judge templates that are deployed together.

    PATH is a template (JSON or YAML), a cloud assembly such as cdk.out with all its stages and
    nested stacks, any other folder of templates, or - for the standard input. Without one, the
    paths of [tool.hipaa-constructs] in pyproject.toml are judged; that is where other options
    can be set too.

    Exit status: 0 nothing found, 1 findings, 2 an input that can't be judged.
    """
    from hipaa_constructs.checker import check as judge
    from hipaa_constructs.formats import Run, render
    from hipaa_constructs.formats._text import summary
    from hipaa_constructs.loading import discover
    from hipaa_constructs.rules import Severity

    # The process ends with its answer, so what the collector would go through again and again is never freed anyway.
    gc.disable()
    configuration = configuration_of(config, no_config)
    paths = paths or configuration.paths
    if not paths:
        raise click.UsageError("name a PATH to judge, or set paths in [tool.hipaa-constructs] of pyproject.toml")
    baseline = baseline or configuration.baseline
    rules, skipped = _asked(only, skip, configuration)
    if update_baseline:
        _refuse_partial_baseline(baseline, only, skip)
    with Progress() as progress:
        found = discover(paths, progress=progress.read)
        report = judge(found.templates, rules=rules, settings=configuration.settings, progress=progress.judged)
    for problem in found.problems:
        complain(str(problem))
    severity = Severity(fail_on or configuration.fail_on or "error")
    run = Run(report, rules, found.problems, severity, skipped)
    if baseline is not None:
        run = _beside(baseline, run, update=update_baseline)
    form = form or configuration.format or "text"
    write(render(run, form, color=output is None and wants_color()), output)
    if output is not None:
        click.echo(summary(run, color=False), err=True)
    failed = run.report.fails(run.fail_on)
    context.exit(UNUSABLE if found.problems else FOUND if failed else 0)


def _asked(only: Sequence[str], skip: Sequence[str], configuration: Configuration) -> tuple[list[Rule], dict[str, str]]:
    """Return the rules to ask, and why each that is left out is; the command line beats the configuration."""
    from hipaa_constructs.rules import RULES

    named, left_out = rules_named(only, "--rule"), rules_named(skip, "--skip")
    skipped = {rule.id: configuration.skip[rule.id] for rule in RULES.values() if configuration.skips(rule)}
    skipped = {rule_id: why for rule_id, why in skipped.items() if rule_id not in only}
    skipped |= {rule.id: "on the command line" for rule in left_out}
    rules = [rule for rule in named or RULES.values() if rule.id not in skipped]
    if not rules:
        raise click.UsageError("no rule is left to ask; --skip takes away all that --rule names")
    return rules, skipped if not named else {}


def _refuse_partial_baseline(baseline: str | None, only: Sequence[str], skip: Sequence[str]) -> None:
    if baseline is None:
        raise click.UsageError("--update-baseline needs the file: name it with --baseline")
    if only or skip:
        raise click.UsageError("--update-baseline asks all rules; take --rule and --skip away")


def _beside(file: str, run: Run, *, update: bool) -> Run:
    """Return a run whose findings are marked where they stand in a baseline, which is written first if asked for."""
    from dataclasses import replace

    from hipaa_constructs.baseline import compare, read, written
    from hipaa_constructs.errors import ComplianceError

    path = Path(file)
    folder = path.absolute().parent
    if update and run.problems:
        raise ComplianceError(f"baseline {file}: is as it was, as an input can't be judged")
    before = read(path) if not update or path.exists() else []
    resolved = compare(run.report, before, folder, run.rules)
    if not update:
        unjudged = resolved.unjudged
        return replace(run, report=resolved.report, baseline=file, resolved=resolved.resolved, unjudged=unjudged)
    write(written(run.report, folder), file)
    after = compare(run.report, read(path), folder, run.rules)
    return replace(run, report=after.report, baseline=file, resolved=(*resolved.resolved, *resolved.unjudged))
