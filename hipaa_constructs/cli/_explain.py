"""``hipaa-constructs explain``."""

from __future__ import annotations

import click

from hipaa_constructs.cli._options import RuleId, configuration_of, configured, rules_named
from hipaa_constructs.cli._output import write


@click.command()
@click.argument("rule", type=RuleId())
@configured
def explain(rule: str, config: str | None, no_config: bool) -> None:
    """Say what a rule wants, why, how to mend it, and how to waive it."""
    from hipaa_constructs.formats._explanation import explained

    configuration_of(config, no_config)
    (named,) = rules_named([rule], "RULE")
    write(explained(named), None)
