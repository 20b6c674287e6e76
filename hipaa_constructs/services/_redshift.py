"""What clusters of Amazon Redshift and namespaces of Redshift Serverless have in common."""

from __future__ import annotations

from hipaa_constructs.services._options import Arguments

LOGS = ("connectionlog", "userlog", "useractivitylog")
PORT = 5439
_PORTS = (*range(5431, 5456), *range(8191, 8216))


def check_port(arguments: Arguments, port: int, listener: str) -> None:
    """Refuse a port that Redshift does not listen at."""
    if port not in _PORTS:
        arguments.refuse(
            "port",
            port,
            asked="5431 to 5455 or 8191 to 8215",
            way_out=f"{listener} listen there only",
            citation="164.312(e)(1)",
        )


def check_copies(
    arguments: Arguments, here: str, region: str | None, pair: tuple[str, str | None], *, way_out: str
) -> None:
    """Refuse copies to the same Region, and a Region without what encrypts the copies there.

    Args:
        arguments: of the construct.
        here: the Region of the stack.
        region: where copies go.
        pair: the argument that says what encrypts them, and what it was given.
        way_out: why they belong together.

    Raises:
        ComplianceError: one is given without the other, or copies would stay in the Region.
    """
    name, value = pair
    if (region is None) is not (value is None):
        arguments.refuse(
            "snapshot_copy_region" if region is None else name,
            None,
            asked="given with its pair",
            way_out=way_out,
            citation="164.312(a)(2)(iv)",
        )
    if region is not None and region == here:
        arguments.refuse(
            "snapshot_copy_region",
            region,
            asked="another Region than the warehouse's",
            way_out="copies in the same Region guard against nothing new",
            citation="164.308(a)(7)(ii)(A)",
        )
