"""``hipaa-constructs rules`` and ``controls``."""

from __future__ import annotations

import click

from hipaa_constructs.cli._options import configuration_of, configured, listing
from hipaa_constructs.cli._output import write


@click.command()
@listing
@configured
def rules(form: str, config: str | None, no_config: bool) -> None:
    """List every rule: what it wants, and the paragraphs it gives evidence for."""
    from hipaa_constructs.formats._json import described, dumped
    from hipaa_constructs.rules import RULES

    configuration_of(config, no_config)
    if form == "json":
        write(dumped([described(rule) for rule in RULES.values()]), None)
        return
    for rule in RULES.values():
        click.echo(f"{rule.id}  {rule.severity}  {', '.join(rule.controls)}\n    {rule.title}")


@click.command()
@listing
@configured
def controls(form: str, config: str | None, no_config: bool) -> None:
    """List the standards and specifications, and what templates can show of them."""
    from hipaa_constructs.controls import CONTROLS
    from hipaa_constructs.formats._json import described_control, dumped
    from hipaa_constructs.rules import RULES

    configuration_of(config, no_config)
    if form == "json":
        write(dumped([described_control(one) for one in CONTROLS.values()]), None)
        return
    for one in CONTROLS.values():
        asked = sum(one.id in rule.controls for rule in RULES.values())
        cited = f", {asked} rules" if asked != 1 else ", 1 rule"
        click.echo(f"{one.id}  {one.title}\n    {one.kind}{cited}; {one.shows}")
