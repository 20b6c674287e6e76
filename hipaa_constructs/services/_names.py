"""Names that everybody can read, in which no patient may be named."""

from __future__ import annotations

from collections.abc import Iterable

from hipaa_constructs.rules._phi import phi_like
from hipaa_constructs.services._options import Arguments
from hipaa_constructs.services._tokens import is_unresolved


def refuse_phi(arguments: Arguments, name: str, texts: Iterable[str | None], *, way_out: str) -> None:
    """Refuse texts that look like identifiers of a patient, without repeating them.

    Args:
        arguments: of the construct.
        name: the argument that they stand in.
        texts: what was given; a CDK token passes, and the rules judge the template.
        way_out: what to do instead.

    Raises:
        ComplianceError: one of them looks like it.
    """
    for text in texts:
        kind = None if text is None or is_unresolved(text) else phi_like(text)
        if kind is not None:
            arguments.refuse(
                name,
                f"text that looks like {kind}",
                asked="free of identifiers of patients",
                way_out=way_out,
                citation="164.312(a)(1)",
            )
