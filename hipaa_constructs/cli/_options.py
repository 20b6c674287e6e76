"""Options that several commands share, and how they meet the configuration."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
from click.shell_completion import CompletionItem

from hipaa_constructs.errors import ComplianceError

if TYPE_CHECKING:
    from hipaa_constructs.configuration import Configuration
    from hipaa_constructs.rules import Rule

_F = TypeVar("_F", bound=Callable[..., object])


def configured(command: _F) -> _F:
    """Give a command the options that say where the configuration is."""
    without = click.option(
        "--no-config", is_flag=True, help="Read no pyproject.toml, so that no module that it names is run."
    )
    where = click.option(
        "--config",
        metavar="FILE",
        type=click.Path(),
        help="Read this file's [tool.hipaa-constructs], not that of the nearest pyproject.toml.",
    )
    return where(without(command))


def configuration_of(config: str | None, no_config: bool) -> Configuration:
    """Return what is configured, with the rules of others loaded.

    Args:
        config: the file that the command line names.
        no_config: whether none is to be read.

    Raises:
        click.UsageError: both are asked for.
        ComplianceError: the configuration or a rule of others can't be used.
    """
    from hipaa_constructs.configuration import Configuration, find, read

    if config is not None and no_config:
        raise click.UsageError("--config names a file that --no-config forbids to read")
    configuration = Configuration()
    if config is not None:
        configuration = read(Path(config))
    elif not no_config:
        configuration = find(Path.cwd())
    configuration.load_rules()
    return configuration


class RuleId(click.types.StringParamType):
    """The id of a rule, completed by the shell; whether there is such a rule is known once those of others are."""

    name = "rule"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the ids that begin so, with what they want."""
        from hipaa_constructs.rules import RULES

        # What is wrong with a configuration is told when the command is run; the other ids are there.
        with contextlib.suppress(ComplianceError, click.UsageError):
            configuration_of(ctx.params.get("config"), bool(ctx.params.get("no_config")))
        return [CompletionItem(id, help=rule.title) for id, rule in RULES.items() if id.startswith(incomplete)]


def rules_named(ids: Iterable[str], option: str) -> list[Rule]:
    """Return the rules that an option or argument names.

    Raises:
        click.BadParameter: there is no such rule.
    """
    from hipaa_constructs.extensions import named

    try:
        return [named(id) for id in ids]
    except ComplianceError as refusal:
        raise click.BadParameter(str(refusal), param_hint=option) from None


def listing(command: _F) -> _F:
    """Give a command that lists something the option of how."""
    option = click.option(
        "--format",
        "-f",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="How the list is written.",
    )
    return option(command)
