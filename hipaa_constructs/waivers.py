"""Exceptions, written down: which rule, why, who allowed it, until when."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.extensions import load_installed_rules
from hipaa_constructs.rules import RULES, Node, Resource
from hipaa_constructs.rules.waivers import METADATA_KEY, recorded_waivers

__all__ = ["METADATA_KEY", "Waiver", "recorded_in"]

_LIBRARY = "hipaa_constructs"


WITHOUT_SAME_RULE = frozenset(
    f"cdk-nag:HIPAA.Security-{check}"
    for check in (
        "APIGWCacheEnabledAndEncrypted",
        "ECSTaskDefinitionUserForHostMode",
        "ELBACMCertificateRequired",
        "ELBTlsHttpsListenersOnly",
        "S3BucketPublicReadProhibited",
        "S3BucketPublicWriteProhibited",
    )
)
"""Checks of cdk-nag's HIPAA pack that no rule asks the same as; a generated page says of each why not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """An exception from a rule, for the resources of one construct.

    It stays visible: the finding is reported as waived with reason, approver and date, and the waiver is written into
    the ``Metadata`` of the resource, so that it outlives the build. Once the date is past, the rule ``WaiverCurrent``
    breaks; a waiver that excuses nothing breaks ``WaiverUsed``.

    The Security Rule asks for the same of an addressable specification that is not implemented: document why, and what
    is done instead (45 CFR 164.306(d)(3)). That the reason holds stays your duty.

    Attributes:
        rule: the id of a rule (``"S3BucketVersioned"``), or a check of cdk-nag that this package's rules have a better
            answer to (``"cdk-nag:HIPAA.Security-S3DefaultEncryptionKMS"``).
        reason: why, and what is done instead, in words an auditor can follow.
        approved_by: who allowed it: a person or a role, and the record, e.g. ``"CISO, RISK-112"``.
        expires: the last day of its validity, as a date or in ISO form (``"2027-03-31"``).

    Raises:
        ComplianceError: the rule is unknown or can't be waived, a text is empty, or the date is not one.
    """

    rule: str
    reason: str
    approved_by: str
    expires: datetime.date | str

    def __post_init__(self) -> None:
        """Refuse what would excuse nothing or explain nothing."""
        _refuse_unknown_rule(self.rule)
        for name, text in (("reason", self.reason), ("approved_by", self.approved_by)):
            if not isinstance(text, str) or not text.strip():
                raise ComplianceError(
                    f"Waiver of {self.rule}: {name} must say something, got {text!r} (164.306(d)(3), 164.316(b)(1))"
                )
        object.__setattr__(self, "expires", _date(self.rule, self.expires))

    @property
    def expiry(self) -> datetime.date:
        """The last day of its validity."""
        return _date(self.rule, self.expires)

    @property
    def is_foreign(self) -> bool:
        """Whether it excuses a check of another tool only."""
        return self.rule.startswith("cdk-nag:")

    @property
    def acknowledged_ids(self) -> tuple[str, ...]:
        """The ids, qualified by their plugin, that the CDK must see acknowledged."""
        if self.is_foreign:
            return (_qualified(self.rule),)
        same = (check for check in RULES[self.rule].same_as if check.startswith("cdk-nag:"))
        return (f"HipaaConstructs::{self.rule}", *(_qualified(check) for check in same))


@dataclass(frozen=True, slots=True)
class RecordedWaiver:
    """A waiver as a template carries it.

    Attributes:
        waiver: the exception.
        scope: the path of the construct it was given to; one waiver may be recorded on several resources.
        by_library: whether a construct of this package made it, because AWS leaves no other way.
    """

    waiver: Waiver
    scope: str
    by_library: bool

    def as_metadata(self) -> dict[str, str]:
        """Return what is written into the resource's metadata."""
        record = {
            "rule": self.waiver.rule,
            "reason": self.waiver.reason,
            "approved_by": self.waiver.approved_by,
            "expires": self.waiver.expiry.isoformat(),
            "scope": self.scope,
        }
        return {**record, "made_by": _LIBRARY} if self.by_library else record


@dataclass(frozen=True, slots=True)
class UnusableWaiver:
    """A record in a template that excuses nothing, because it is not a whole waiver."""

    place: Node
    why: str


def recorded_in(resource: Resource) -> Sequence[RecordedWaiver | UnusableWaiver]:
    """Return the waivers that a resource's metadata records."""
    return [_read(place) for place in recorded_waivers(resource)]


def _read(place: Node) -> RecordedWaiver | UnusableWaiver:
    texts = {key: place.at(key).text or "" for key in ("rule", "reason", "approved_by", "expires", "scope", "made_by")}
    try:
        waiver = Waiver(
            rule=texts["rule"],
            reason=texts["reason"],
            approved_by=texts["approved_by"],
            expires=texts["expires"],
        )
    except ComplianceError as refusal:
        return UnusableWaiver(place, str(refusal))
    return RecordedWaiver(waiver, texts["scope"], by_library=texts["made_by"] == _LIBRARY)


def _qualified(check: str) -> str:
    name = check.removeprefix("cdk-nag:")
    return f"{name.partition('-')[0]}::{name}"


def _refuse_unknown_rule(rule: str) -> None:
    if not isinstance(rule, str) or not _is_known(rule):
        close = difflib.get_close_matches(str(rule), [*RULES, *_foreign()], n=1)
        hint = f"did you mean {close[0]}?" if close else "`hipaa-constructs rules` lists them"
        raise ComplianceError(f"Waiver: rule must be the id of a rule, got {rule!r}; {hint}")
    if rule in RULES and not RULES[rule].waivable:
        raise ComplianceError(f"Waiver of {rule}: this rule can't be waived; {RULES[rule].fix}")


def _is_known(rule: str) -> bool:
    if rule not in RULES and rule not in _foreign():
        # It costs time that a waiver of this package's own rules must not.
        load_installed_rules()
    return rule in RULES or rule in _foreign()


def _foreign() -> set[str]:
    same = {check for rule in RULES.values() for check in rule.same_as if check.startswith("cdk-nag:")}
    return same | WITHOUT_SAME_RULE


def _date(rule: str, value: datetime.date | str) -> datetime.date:
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ComplianceError(
            f"Waiver of {rule}: expires must be a date such as 2027-03-31, got {value!r} (164.306(d)(3))"
        ) from None
