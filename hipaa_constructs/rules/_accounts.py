"""Whose account a principal belongs to."""

from __future__ import annotations

import re

from hipaa_constructs.rules._node import Node
from hipaa_constructs.rules._policy import Statement
from hipaa_constructs.rules._template import Template

_ARN = re.compile(r"arn:[^:]*:(?:iam|sts)::(\d{12}):")

ITS_OWN = "that is its own"

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
    named = [account for kind, node in statement.principals if kind == "AWS" and (account := account_of(node))]
    if not named:
        return []
    template = statement.node.template
    own = template.account or template.assembly.once("own account", lambda: _account_of_keys(template), of=template)
    return [(account, own is not None) for account in named if account != own and account not in LOG_DELIVERY]


def _account_of_keys(template: Template) -> str | None:
    """Return the account of the template's keys, which the first statement of their policies lets administer them."""
    for key in (key for kind in ("AWS::KMS::Key", "AWS::KMS::ReplicaKey") for key in template.by_type.get(kind, ())):
        principal = key.at("KeyPolicy", "Statement", 0, "Principal", "AWS")
        if key.at("KeyPolicy", "Statement", 0, "Action").value == "kms:*" and principal.outline().endswith(":root"):
            return account_of(principal)
    return None


def account_of(node: Node) -> str | None:
    """Return the number of the account that a principal is in, if it stands there."""
    text = node.outline()
    if len(text) == 12 and text.isdigit():
        return text
    found = _ARN.match(text)
    return found[1] if found else None
