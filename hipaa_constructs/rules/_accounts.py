"""Whose account a principal belongs to."""

from __future__ import annotations

import re

from hipaa_constructs.rules._node import Node
from hipaa_constructs.rules._policy import Statement

_ARN = re.compile(r"arn:[^:]*:(?:iam|sts)::(\d{12}):.*", re.DOTALL)

LOG_DELIVERY = frozenset(
    (
        "009996457667",
        "027434742980",
        "033677994240",
        "037604701340",
        "048591011584",
        "054676820928",
        "076674570225",
        "091100254016",
        "098369216593",
        "114774131450",
        "121062877647",
        "127311923021",
        "156460612806",
        "190560391635",
        "383597477331",
        "412137745753",
        "507241528517",
        "582318560864",
        "589379963580",
        "600734575887",
        "635631232127",
        "638102146993",
        "652711504416",
        "718504428378",
        "740734521339",
        "754344448648",
        "770363063475",
        "783225319266",
        "797873946194",
        "897822967062",
        "985666609251",
    )
)
"""The accounts from which Elastic Load Balancing delivers access logs in its older Regions:
https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/enable-access-logs.html"""


def foreign_principals(statement: Statement) -> list[tuple[str, bool]]:
    """Return the accounts that a statement names and that are not the template's own, nor AWS's.

    Returns:
        Each account by its number, and whether it is surely another one: where the template's own account is not known,
        a number may be just that.
    """
    own = statement.node.template.account
    found = [(account_of(node), node) for kind, node in statement.principals if kind == "AWS"]
    return [
        (account, own is not None) for account, _ in found if account and account != own and account not in LOG_DELIVERY
    ]


def account_of(node: Node) -> str | None:
    """Return the number of the account that a principal is in, if it stands there."""
    text = node.outline()
    if len(text) == 12 and text.isdigit():
        return text
    found = _ARN.fullmatch(text)
    return found[1] if found else None
