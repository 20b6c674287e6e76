"""IAM and resource policies, normalized: one shape for the many spellings the policy language allows."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome, broken, undecided
from hipaa_constructs.rules._resolve import intrinsic
from hipaa_constructs.rules._value import UNKNOWN, Unresolved, Value, as_text

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
    "kms:EncryptionContext:aws:ecs:clusterAccount",
    "kms:EncryptionContext:aws:logs:arn",
    "kms:EncryptionContext:aws:s3:arn",
    "kms:EncryptionContext:aws:sns:topicArn",
)
"""Condition keys that name on whose behalf an AWS service may act."""


_BROADEST_PREFIXES = {4: 8, 6: 32}
"""Ranges of addresses wider than these are the public, as S3 Block Public Access sees it."""

_COMPARING = frozenset(("arnequals", "arnlike", "ipaddress", "stringequals", "stringequalsignorecase", "stringlike"))
_ANY_TEXT = "\1" * 36
"""Stands for any text at all: only a wildcard matches it."""

HIDDEN_POLICY = "an intrinsic function hides a policy, or what it is for"
_INVERTING = frozenset(("NotPrincipal", "NotAction", "NotResource"))
_NOTHING: frozenset[str] = frozenset()
_KEY_METADATA = re.compile(r"kms:(Describe|Get|List)", re.IGNORECASE)
_ALL_OBJECTS = re.compile(r"[^/*]*/?\*+")


@dataclass(slots=True, eq=False)  # Frozen ones take longer to make, and policies are much of a template.
class Statement:
    """One statement of a policy document; nothing changes it.

    Attributes:
        node: its place.
        effect: ``Allow`` or ``Deny``; None when it is neither, or not known.
        principals: who, as pairs of kind (``AWS``, ``Service``, ``Federated``, ``*``) and value.
        actions: the places of the actions, or of the exceptions in ``NotAction``.
        action_texts: those that are plain text.
        resources: the places of the resources.
        conditions: operator and key in lower case, with the places of the values.
        inverted: which of ``NotPrincipal``, ``NotAction`` and ``NotResource`` it uses.
        hidden: which of its parts an intrinsic function hides, so that they may be wider or narrower than they look.
    """

    node: Node
    effect: str | None
    principals: tuple[tuple[str, Node], ...]
    actions: tuple[Node, ...]
    action_texts: tuple[str, ...]
    resources: tuple[Node, ...]
    conditions: dict[tuple[str, str], tuple[Node, ...]]
    inverted: frozenset[str]
    hidden: frozenset[str]

    @property
    def is_deny(self) -> bool:
        """Whether it refuses."""
        return self.effect == "Deny"

    def may_be(self, effect: str) -> bool:
        """Whether it has an effect, or one that an intrinsic function hides."""
        return self.effect == effect or "Effect" in self.hidden

    def names_everyone(self) -> bool:
        """Whether anyone at all is a principal: ``"*"`` or ``{"AWS": "*"}``."""
        return any([kind in ("*", "AWS") and node.value == "*" for kind, node in self.principals])

    def services(self) -> list[Node]:
        """Return the places of the service principals."""
        return [node for kind, node in self.principals if kind == "Service"]

    def covers(self, *actions: str) -> bool:
        """Whether every one of some actions is named, also by a wildcard."""
        return "NotAction" not in self.inverted and _cover(self.action_texts, actions)

    def touches(self, *patterns: str) -> bool | None:
        """Whether an action falls under one of some patterns, or a wildcard covers one; None if that is hidden."""
        if "NotAction" in self.inverted:
            return not all(any(_matches(text, pattern) for text in self.action_texts) for pattern in patterns)
        if _touch(self.action_texts, patterns):
            return True
        return None if "Action" in self.hidden else False

    def covers_objects(self) -> bool:
        """Whether it is about every object of a bucket."""
        return any(_ALL_OBJECTS.fullmatch(place.outline()) for place in self.resources)

    def covers_bucket(self) -> bool:
        """Whether it is about a bucket itself."""
        return any(outline and "/" not in outline for outline in (place.outline() for place in self.resources))

    def condition(self, *operators: str, key: str) -> tuple[Node, ...] | None:
        """Return the values of the only condition that narrows it, or None if it is another one or not the only one."""
        if len(self.conditions) != 1 or "Condition" in self.hidden:
            return None
        (((operator, found), values),) = self.conditions.items()
        return values if operator in operators and found == key.lower() else None

    def is_confined(self, keys: tuple[str, ...]) -> bool:
        """Whether a condition holds one of some keys to values that are not anybody's."""
        if not self.conditions:
            return False
        wanted = _lowered(keys)
        return any(
            key in wanted and compares(operator) and bool(nodes) and all(_is_fixed(key, node) for node in nodes)
            for (operator, key), nodes in self.conditions.items()
        )

    def opens_to_everyone(self) -> bool | None:
        """Whether it allows everyone in, not just a known group; None if an intrinsic function hides that."""
        if not self.may_be("Allow") or self.is_confined(PUBLIC_ACCESS_LIMITS):
            return False
        if self.names_everyone() or "NotPrincipal" in self.inverted:
            return None if self.hidden & {"Effect", "Condition"} else True
        return None if "Principal" in self.hidden else False


@lru_cache(maxsize=64)
def _lowered(keys: tuple[str, ...]) -> frozenset[str]:
    return frozenset(key.lower() for key in keys)


def compares(operator: str) -> bool:
    """Tell whether an operator, in lower case, asks for a value; not one that a request without it passes too."""
    kind, _, plain = operator.rpartition(":")
    return kind != "forallvalues" and plain in _COMPARING


def _is_fixed(key: str, node: Node) -> bool:
    text = node.outline()
    if key == "aws:sourceip":
        return UNKNOWN in text or _is_narrow(text)
    if not text.startswith("arn:"):
        return bool(text) and not _has_wildcard(re.split("[/:]", text)[0])
    fields = text.split(":", 5)
    if len(fields) < 6:
        return not _has_wildcard(text)
    account, name = fields[4:]
    # The ARN of a bucket has no account; its name alone says whose it is.
    return not _has_wildcard(account or name.partition("/")[0])


def _has_wildcard(text: str) -> bool:
    return "*" in text or "?" in text


def _is_narrow(text: str) -> bool:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return network.prefixlen >= _BROADEST_PREFIXES[network.version]


def read(document: Node) -> tuple[list[Statement], bool]:
    """Read a policy document.

    Returns:
        The statements that exist in the world being judged, without malformed ones; and whether there may be others,
        because an intrinsic function hides them, or because the document is text that can't be read.
    """
    question = ("read", document.path, id(document.value))
    # What was read is kept with the document, so that no other value gets its id.
    template = document.template
    _, statements, hidden = template.assembly.once(question, lambda: (document, *_read(document)), of=template)
    return list(statements), hidden


def _read(document: Node) -> tuple[list[Statement], bool]:
    said = as_document(document)
    place = said.at("Statement")
    nodes = [place] if isinstance(place.value, dict) else place.items()
    unreadable = document.text is not None and said is document
    hidden = unreadable or place.is_unknown or any(node.is_unknown for node in nodes)
    return [_statement(node) for node in nodes if isinstance(node.value, dict)], hidden


def as_document(document: Node) -> Node:
    """Return a document that is written as text, also as one with unknown pieces, as what it says."""
    value = document.value
    if isinstance(value, Unresolved):
        match intrinsic(value.expression):
            case "Fn::ToJsonString", dict() | list() as written:
                return Node(value.template, written, document.path)
    text = document.outline() if document.is_unknown else document.text
    if not text:
        return document
    try:
        # What stands for an unknown piece is a control character.
        return Node(document.template, json.loads(text, strict=not document.is_unknown), document.path)
    except (ValueError, RecursionError):
        return document


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies of a resource, in whichever stack they are.

    Attributes:
        sure: the statements of those that are its own, each with its policy.
        unsure: the statements of those that may be its own.
        hide: whether an intrinsic function hides a statement of any of them.
    """

    sure: list[tuple[Resource, Statement]]
    unsure: list[tuple[Resource, Statement]]
    hide: bool

    def __add__(self, others: Policies) -> Policies:
        """Return these with others, which another type of policies makes."""
        if others is NO_POLICIES:
            return self
        return Policies([*self.sure, *others.sure], [*self.unsure, *others.unsure], self.hide or others.hide)

    def deny(self, denies: Callable[[Statement], bool | None], without: str) -> Outcome:
        """Judge that a statement denies something.

        Args:
            denies: whether a statement does; None if an intrinsic function hides that.
            without: what is found if none does.
        """
        answers = [denies(statement) for _, statement in self.sure]
        if True in answers:
            return MET
        if None in answers or self.hide or any(denies(statement) is not False for _, statement in self.unsure):
            return undecided(why=HIDDEN_POLICY)
        return broken(found=without)


NO_POLICIES = Policies([], [], hide=False)


def policies_of(resource: Resource, kind: str, *path: str) -> Policies:
    """Return the statements of all policies that point at a resource.

    Args:
        resource: what they are for.
        kind: the CloudFormation type of the policies; their property is ``PolicyDocument``.
        path: the place in their properties where they name what they are for.
    """
    template = resource.template
    if kind not in template.assembly.types:
        return NO_POLICIES
    question = ("policies_of", resource, kind, path)
    return template.assembly.once(question, lambda: _policies_of(resource, kind, path), of=template)


def _policies_of(resource: Resource, kind: str, path: tuple[str, ...]) -> Policies:
    sure, unsure = resource.template.assembly.pointing_at(resource, kind, *path)
    documents = {policy: read(policy.at("PolicyDocument")) for policy in (*sure, *unsure)}
    return Policies(
        [(policy, statement) for policy in sure for statement in documents[policy][0]],
        [(policy, statement) for policy in unsure for statement in documents[policy][0]],
        any(hidden for _, hidden in documents.values()),
    )


def callers_named(statement: Statement) -> Outcome:
    """Judge that a statement allows named principals only, and AWS services on behalf of named callers only."""
    node = statement.node
    if not statement.may_be("Allow"):
        return MET
    opens = statement.opens_to_everyone()
    if opens:
        if "NotPrincipal" in statement.inverted:
            return node.broken("it allows everyone but a few (NotPrincipal)")
        return node.broken("it allows everyone (Principal *)")
    services = statement.services()
    confined = not services or statement.is_confined(SERVICE_CALLER_KEYS)
    if not (confined or _grants_for_itself(statement) or _describes_keys(statement)):
        if not statement.hidden & {"Effect", "Condition"}:
            return node.broken(f"it allows {services[0].shown()} whoever asks it to")
        opens = None
    return node.undecided("an intrinsic function hides whom it allows") if opens is None else MET


def _grants_for_itself(statement: Statement) -> bool:
    """Tell whether it lets a service only make grants for itself, for which AWS documents no caller to be named."""
    values = statement.conditions.get(("bool", "kms:grantisforawsresource"), ())
    grants = [is_text(action.value, "kms:CreateGrant") for action in statement.actions]
    sure = "NotAction" not in statement.inverted and bool(grants) and all(grants)
    return sure and bool(values) and all(is_text(node.value, "true") for node in values)


def _describes_keys(statement: Statement) -> bool:
    """Tell whether it lets a service only read what a key is, as AWS's own key policies do without naming a caller."""
    known = "NotAction" not in statement.inverted and bool(statement.actions)
    return known and all(_KEY_METADATA.match(action.text or "") for action in statement.actions)


def denies_all_principals(statement: Statement, *actions: str) -> bool | None:
    """Tell whether a statement denies actions to everyone, whatever its conditions; None if that is hidden."""
    if not statement.may_be("Deny") or statement.inverted:
        return False
    if statement.hidden:
        return None
    return statement.names_everyone() and statement.covers(*actions)


def denies_plaintext(statement: Statement, *actions: str) -> bool | None:
    """Tell whether a statement denies actions to everyone who does not use TLS; None if that is hidden."""
    values = statement.condition("bool", "boolifexists", key="aws:SecureTransport")
    plaintext = bool(values) and all(is_text(node.value, "false") for node in values or ())
    if not plaintext and "Condition" not in statement.hidden:
        return False
    return denies_all_principals(statement, *actions)


def _statement(node: Node) -> Statement:
    parts = dict(node.entries())
    effect = parts.get("Effect")
    inverted = _NOTHING if _INVERTING.isdisjoint(parts) else _INVERTING.intersection(parts)
    principals = tuple(_principals(parts.get("Principal")))
    actions = tuple(_listed(parts.get("NotAction" if "NotAction" in inverted else "Action")))
    conditions, hidden_condition = _conditions(parts.get("Condition"))
    hidden = []
    if effect is not None and effect.is_unknown:
        hidden.append("Effect")
    if any([kind in ("?", "AWS") and place.may_be("*") for kind, place in principals]):
        hidden.append("Principal")
    if any([place.is_unknown for place in actions]):
        hidden.append("Action")
    if hidden_condition:
        hidden.append("Condition")
    return Statement(
        node=node,
        effect=effect.text if effect is not None and effect.text in ("Allow", "Deny") else None,
        principals=principals,
        actions=actions,
        action_texts=tuple([place.value for place in actions if isinstance(place.value, str)]),
        resources=tuple(_listed(parts.get("Resource"))),
        conditions=conditions,
        inverted=inverted,
        hidden=frozenset(hidden) if hidden else _NOTHING,
    )


def _conditions(place: Node | None) -> tuple[dict[tuple[str, str], tuple[Node, ...]], bool]:
    """Return the conditions, and whether there may be others: hidden ones, or some that are no mappings."""
    found: dict[tuple[str, str], tuple[Node, ...]] = {}
    if place is None:
        return found, False
    hidden = not isinstance(place.value, dict)
    for operator, keys in place.entries():
        hidden = hidden or not isinstance(keys.value, dict)
        for key, values in keys.entries():
            name = operator.lower(), key.lower()
            found[name] = (*found.get(name, ()), *_listed(values))
    return found, hidden


def _principals(node: Node | None) -> list[tuple[str, Node]]:
    if node is None:
        return []
    if node.value == "*":
        return [("*", node)]
    if node.is_unknown:
        return [("?", node)]
    return [(kind, one) for kind, values in node.entries() for one in _listed(values)]


def _listed(node: Node | None) -> list[Node]:
    if node is None:
        return []
    return node.items() if isinstance(node.value, list) else [node]


def _matches(pattern: str, action: str) -> bool:
    return fnmatchcase(action.lower(), pattern.lower().replace("[", "[[]"))


# Policies name the same few actions, and rules ask for the same.
@lru_cache(maxsize=512)
def _cover(named: tuple[str, ...], actions: tuple[str, ...]) -> bool:
    wanted = [action.replace("*", _ANY_TEXT) for action in actions]
    return all(any(_matches(text, action) for text in named) for action in wanted)


@lru_cache(maxsize=512)
def _touch(named: tuple[str, ...], patterns: tuple[str, ...]) -> bool:
    return any(_matches(text, pattern) or _matches(pattern, text) for text in named for pattern in patterns)


def is_text(value: Value, wanted: str) -> bool:
    """Compare a condition's value with a text, also when it is written as a boolean or a number."""
    return isinstance(value, (bool, int, float, str)) and as_text(value) == wanted
