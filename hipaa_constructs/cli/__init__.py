"""The command line: ``hipaa-constructs check``, ``diff``, ``explain``, ``rules``, ``controls`` and ``completion``.

The exit status is 0 when nothing was found, 1 when something was, and 2 when an input, an option, the configuration
or the output could not be used.
"""

from __future__ import annotations

import sys

import click

from hipaa_constructs.cli._check import check
from hipaa_constructs.cli._completion import completion
from hipaa_constructs.cli._diff import diff
from hipaa_constructs.cli._explain import explain
from hipaa_constructs.cli._lists import controls, rules
from hipaa_constructs.cli._output import UNUSABLE, complain
from hipaa_constructs.errors import ComplianceError

# What a command needs is imported in it: --help, --version and a mistyped option answer at once.

__all__ = ["cli", "main"]

_INTERRUPTED = 130


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
        complain(str(refusal))
    except Exception as fault:  # A fault of this package, told like one and not like a finding.
        complain(f"hipaa-constructs failed with {type(fault).__name__}: {fault}; please report it")
    return UNUSABLE


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hipaa-constructs")
def cli() -> None:
    """Judge CloudFormation templates by the HIPAA Security Rule's technical safeguards.

    What is met is evidence that supports a paragraph of the rule; it settles none of them.
    """


for _command in (check, diff, explain, rules, controls, completion):
    cli.add_command(_command)
