"""``hipaa-constructs completion``."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from hipaa_constructs.cli._output import write

VARIABLE = "_HIPAA_CONSTRUCTS_COMPLETE"
"""The variable by which a shell asks for completions; click derives it from the program's name."""


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that lets a shell complete commands, options and the ids of rules.

    For bash, in ~/.bashrc: eval "$(hipaa-constructs completion bash)"
    """
    known = get_completion_class(shell)
    assert known is not None
    write(known(context.find_root().command, {}, "hipaa-constructs", VARIABLE).source(), None)
