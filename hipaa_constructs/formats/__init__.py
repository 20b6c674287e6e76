"""A report as text, JSON, SARIF or JUnit XML.

Every format tells the same: what is broken or undecided, what is waived and by whom, how much is
met, and which inputs could not be judged.
"""

from __future__ import annotations

from hipaa_constructs.formats._run import Run, Tally

__all__ = ["Run", "Tally", "render"]


def render(run: Run, format: str, *, color: bool = False) -> str:
    """Return a run as a text that ends in a line break.

    Args:
        run: what was judged.
        format: ``text``, ``json``, ``sarif`` or ``junit``.
        color: whether the format *text* uses ANSI colours.
    """
    # Each format pays for its own imports only.
    match format:
        case "json":
            from hipaa_constructs.formats._json import as_json

            return as_json(run)
        case "sarif":
            from hipaa_constructs.formats._sarif import as_sarif

            return as_sarif(run)
        case "junit":
            from hipaa_constructs.formats._junit import as_junit

            return as_junit(run)
        case _:
            from hipaa_constructs.formats._text import as_text

            return as_text(run, color=color)
