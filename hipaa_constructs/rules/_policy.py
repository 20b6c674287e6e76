"""IAM and resource policies, normalized: one shape for the many spellings the policy language allows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from hipaa_constructs.rules._template import Node, Resource
from hipaa_constructs.rules._value import Unresolved, Value, as_text


PUBLIC_ACCESS_LIMITS = (
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:userid",
    "kms:CallerAccount",
    "s3:DataAccessPointAccount",
    "s3:DataAccessPointArn",
)
"""Condition keys that make a grant to ``*`` a grant to a known group, as S3 Block Public Access sees it."""

SERVICE_CALLER_KEYS = (
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "kms:CallerAccount",
    "kms:EncryptionContext:aws:cloudtrail:arn",
    "kms:EncryptionContext:aws:logs:arn",
    "kms:EncryptionContext:aws:s3:arn",
    "kms:ViaService",
)
"""Condition keys that name on whose behalf an AWS service may act."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy document.

    Attributes:
        node: its place.
        effect: ``Allow`` or ``Deny``; None when it is neither, or not known.
        principals: who, as pairs of kind (``AWS``, ``Service``, ``Federated``, ``*``) and value.
        actions: the places of the actions.
        resources: the places of the resources.
        conditions: operator and key in lower case, with the places of the values.
        inverted: which of ``NotPrincipal``, ``NotAction`` and ``NotResource`` it uses.
    """

    node: Node
    effect: str | None
    principals: tuple[tuple[str, Node], ...]
    actions: tuple[Node, ...]
    resources: tuple[Node, ...]
    conditions: dict[tuple[str, str], tuple[Node, ...]]
    inverted: frozenset[str]

    @property
    def is_allow(self) -> bool:
        """Whether it grants."""
        return self.effect == "Allow"

    @property
    def is_deny(self) -> bool:
        """Whether it refuses."""
        return self.effect == "Deny"

    def names_everyone(self) -> bool:
        """Whether anyone at all is a principal: ``"*"`` or ``{"AWS": "*"}``."""
        return any(kind in ("*", "AWS") and node.value == "*" for kind, node in self.principals)

    def services(self) -> list[Node]:
        """Return the places of the service principals."""
        return [node for kind, node in self.principals if kind == "Service"]

    def covers(self, *actions: str) -> bool:
        """Whether every one of some actions is named, also by a wildcard."""
        return "NotAction" not in self.inverted and all(
            any(_matches(node.value, action) for node in self.actions) for action in actions
        )

    def touches(self, *patterns: str) -> bool:
        """Whether an action falls under one of some patterns, or a wildcard of the statement covers one of them."""
        if "NotAction" in self.inverted:
            return True
        return any(
            _matches(node.value, pattern) or (node.text is not None and _matches(pattern, node.text))
            for node in self.actions
            for pattern in patterns
        )

    def values(self, operator: str, key: str) -> list[Value] | None:
        """Return the values that a condition compares with, or None without that condition."""
        nodes = self.conditions.get((operator.lower(), key.lower()))
        return None if nodes is None else [node.value for node in nodes]

    def has_only(self, *conditions: tuple[str, str]) -> bool:
        """Whether these conditions and no others narrow the statement."""
        return set(self.conditions) == {(operator.lower(), key.lower()) for operator, key in conditions}

    def is_confined(self, keys: Iterable[str]) -> bool:
        """Whether a condition holds one of some keys to values without a bare wildcard."""
        wanted = {key.lower() for key in keys}
        return any(
            key in wanted and _compares(operator) and bool(nodes) and all(node.value not in ("*", "") for node in nodes)
            for (operator, key), nodes in self.conditions.items()
        )


def _compares(operator: str) -> bool:
    plain = operator.rpartition(":")[2]
    return plain != "null" and "not" not in plain and not plain.endswith("ifexists")


def statements(document: Node) -> list[Statement]:
    """Return the statements of a policy document that exist in the world being judged; malformed ones are left out."""
    place = document.at("Statement")
    nodes = [place] if isinstance(place.value, dict) else place.items()
    return [_statement(node) for node in nodes if isinstance(node.value, dict)]


def hides_statements(document: Node) -> bool:
    """Tell whether an intrinsic function hides the document or a statement of it."""
    place = document.at("Statement")
    return place.is_unknown or any(isinstance(node.value, Unresolved) for node in place.items())


def policies_of(
    resource: Resource, kind: str, *path: str
) -> tuple[list[tuple[Resource, Statement]], bool]:
    """Return the statements of all policies that point at a resource, and whether some may be hidden."""
    sure, unsure = resource.template.assembly.pointing_at(resource, kind, *path)
    documents = [(policy, policy.at("PolicyDocument")) for policy in sure]
    found = [(policy, statement) for policy, document in documents for statement in statements(document)]
    return found, bool(unsure) or any(hides_statements(document) for _, document in documents)


def _statement(node: Node) -> Statement:
    effect = node.at("Effect").text
    inverted = frozenset(key for key in ("NotPrincipal", "NotAction", "NotResource") if not node.at(key).is_absent)
    return Statement(
        node=node,
        effect=effect if effect in ("Allow", "Deny") else None,
        principals=tuple(_principals(node.at("Principal"))),
        actions=tuple(_listed(node.at("Action"))),
        resources=tuple(_listed(node.at("Resource"))),
        conditions={
            (operator.lower(), key.lower()): tuple(_listed(values))
            for operator, keys in node.at("Condition").entries()
            for key, values in keys.entries()
        },
        inverted=inverted,
    )


def _principals(node: Node) -> list[tuple[str, Node]]:
    if node.value == "*":
        return [("*", node)]
    return [(kind, one) for kind, values in node.entries() for one in _listed(values)]


def _listed(node: Node) -> list[Node]:
    if isinstance(node.value, list):
        return node.items()
    return [] if node.is_absent else [node]


def _matches(pattern: Value, action: str) -> bool:
    return isinstance(pattern, str) and fnmatchcase(action.lower(), pattern.lower().replace("[", "[[]"))


def is_text(value: Value, wanted: str) -> bool:
    """Compare a condition's value with a text, also when it is written as a boolean or a number."""
    return isinstance(value, (bool, int, float, str)) and as_text(value) == wanted
