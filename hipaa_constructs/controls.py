"""Every standard and implementation specification of the HIPAA Security Rule, described once.

A rule cites a paragraph by its id; the title, the link and what an infrastructure template can
show are looked up here::

    >>> control("164.312(a)(2)(iv)").title
    'Encryption and decryption'

A template is *evidence that supports* a paragraph. It never settles one: people, policies,
contracts and application code are not in it, and the risk analysis decides what is enough. This
is not legal advice.

Source: 45 CFR part 164, subpart C, sections 164.308 to 164.316, and its Appendix A; the law in
force, not the amendments proposed in January 2025. Read on 2026-11-24 in copies of the eCFR's
text as of 2026-08-31 and 2026-09-30. Titles are the regulation's headings. Where it gives none, in
164.308(b)(2) and below 164.314(a)(2)(i) and (b)(2), they are words of its text, shortened.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hipaa_constructs.errors import ComplianceError


class Kind(enum.StrEnum):
    """What a paragraph is.

    Standards and required specifications must be met. An addressable specification must be
    assessed: implement it where that is reasonable and appropriate, else document why it is not
    and take an equivalent measure where one is (164.306(d)(3)).
    """

    STANDARD = "standard"
    REQUIRED = "required"
    ADDRESSABLE = "addressable"


class Evidence(enum.StrEnum):
    """Whether an infrastructure template can support a paragraph, strongest first."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Control:
    """One standard or implementation specification.

    Attributes:
        id: the paragraph, e.g. ``164.312(a)(2)(iv)``.
        title: its heading in the regulation.
        kind: standard, required or addressable.
        evidence: whether a template can support it; for a standard that is shown only through its
            specifications, the strongest of theirs, so at least one of them and seldom all.
        shows: what in a template supports it, or why nothing can.
    """

    id: str
    title: str
    kind: Kind
    evidence: Evidence
    shows: str

    @property
    def section(self) -> str:
        """The section it stands in: ``164.312``."""
        return self.id.partition("(")[0]

    @property
    def standard(self) -> str:
        """The id of the standard it specifies, as Appendix A pairs them; a standard's own id.

        The standard opens its group: as paragraph (i) of each number in 164.308(a), as
        paragraph (1) of each letter elsewhere.
        """
        if self.kind is Kind.STANDARD:
            return self.id
        section, letter, number, *_ = self.id.split("(")
        if (section, letter) == ("164.308", "a)"):
            return f"{section}({letter}({number}(i)"
        return f"{section}({letter}(1)"

    @property
    def url(self) -> str:
        """The paragraph in the eCFR, the daily edition of the regulation."""
        return f"https://www.ecfr.gov/current/title-45/section-{self.section}#p-{self.id}"


_S, _R, _A = Kind

# What the regulation says.
_LAW = (
    ("164.308(a)(1)(i)", _S, "Security management process"),
    ("164.308(a)(1)(ii)(A)", _R, "Risk analysis"),
    ("164.308(a)(1)(ii)(B)", _R, "Risk management"),
    ("164.308(a)(1)(ii)(C)", _R, "Sanction policy"),
    ("164.308(a)(1)(ii)(D)", _R, "Information system activity review"),
    ("164.308(a)(2)", _S, "Assigned security responsibility"),
    ("164.308(a)(3)(i)", _S, "Workforce security"),
    ("164.308(a)(3)(ii)(A)", _A, "Authorization and/or supervision"),
    ("164.308(a)(3)(ii)(B)", _A, "Workforce clearance procedure"),
    ("164.308(a)(3)(ii)(C)", _A, "Termination procedures"),
    ("164.308(a)(4)(i)", _S, "Information access management"),
    ("164.308(a)(4)(ii)(A)", _R, "Isolating health care clearinghouse functions"),
    ("164.308(a)(4)(ii)(B)", _A, "Access authorization"),
    ("164.308(a)(4)(ii)(C)", _A, "Access establishment and modification"),
    ("164.308(a)(5)(i)", _S, "Security awareness and training"),
    ("164.308(a)(5)(ii)(A)", _A, "Security reminders"),
    ("164.308(a)(5)(ii)(B)", _A, "Protection from malicious software"),
    ("164.308(a)(5)(ii)(C)", _A, "Log-in monitoring"),
    ("164.308(a)(5)(ii)(D)", _A, "Password management"),
    ("164.308(a)(6)(i)", _S, "Security incident procedures"),
    ("164.308(a)(6)(ii)", _R, "Response and reporting"),
    ("164.308(a)(7)(i)", _S, "Contingency plan"),
    ("164.308(a)(7)(ii)(A)", _R, "Data backup plan"),
    ("164.308(a)(7)(ii)(B)", _R, "Disaster recovery plan"),
    ("164.308(a)(7)(ii)(C)", _R, "Emergency mode operation plan"),
    ("164.308(a)(7)(ii)(D)", _A, "Testing and revision procedures"),
    ("164.308(a)(7)(ii)(E)", _A, "Applications and data criticality analysis"),
    ("164.308(a)(8)", _S, "Evaluation"),
    ("164.308(b)(1)", _S, "Business associate contracts and other arrangements"),
    # The duty of (b)(1) one step down the chain. It has no heading and no line in Appendix A.
    ("164.308(b)(2)", _S, "Satisfactory assurances from a subcontractor"),
    ("164.308(b)(3)", _R, "Written contract or other arrangement"),
    ("164.310(a)(1)", _S, "Facility access controls"),
    ("164.310(a)(2)(i)", _A, "Contingency operations"),
    ("164.310(a)(2)(ii)", _A, "Facility security plan"),
    ("164.310(a)(2)(iii)", _A, "Access control and validation procedures"),
    ("164.310(a)(2)(iv)", _A, "Maintenance records"),
    ("164.310(b)", _S, "Workstation use"),
    ("164.310(c)", _S, "Workstation security"),
    ("164.310(d)(1)", _S, "Device and media controls"),
    ("164.310(d)(2)(i)", _R, "Disposal"),
    ("164.310(d)(2)(ii)", _R, "Media re-use"),
    ("164.310(d)(2)(iii)", _A, "Accountability"),
    ("164.310(d)(2)(iv)", _A, "Data backup and storage"),
    ("164.312(a)(1)", _S, "Access control"),
    ("164.312(a)(2)(i)", _R, "Unique user identification"),
    ("164.312(a)(2)(ii)", _R, "Emergency access procedure"),
    ("164.312(a)(2)(iii)", _A, "Automatic logoff"),
    ("164.312(a)(2)(iv)", _A, "Encryption and decryption"),
    ("164.312(b)", _S, "Audit controls"),
    ("164.312(c)(1)", _S, "Integrity"),
    ("164.312(c)(2)", _A, "Mechanism to authenticate electronic protected health information"),
    ("164.312(d)", _S, "Person or entity authentication"),
    ("164.312(e)(1)", _S, "Transmission security"),
    ("164.312(e)(2)(i)", _A, "Integrity controls"),
    ("164.312(e)(2)(ii)", _A, "Encryption"),
    ("164.314(a)(1)", _S, "Business associate contracts or other arrangements"),
    ("164.314(a)(2)(i)", _R, "Business associate contracts"),
    ("164.314(a)(2)(i)(A)", _R, "Comply with the applicable requirements of this subpart"),
    ("164.314(a)(2)(i)(B)", _R, "Ensure that any subcontractors agree to comply"),
    ("164.314(a)(2)(i)(C)", _R, "Report to the covered entity any security incident"),
    ("164.314(a)(2)(ii)", _R, "Other arrangements"),
    ("164.314(a)(2)(iii)", _R, "Business associate contracts with subcontractors"),
    ("164.314(b)(1)", _S, "Requirements for group health plans"),
    ("164.314(b)(2)(i)", _R, "Implement administrative, physical, and technical safeguards"),
    ("164.314(b)(2)(ii)", _R, "Ensure that the adequate separation is supported"),
    ("164.314(b)(2)(iii)", _R, "Ensure that any agent agrees to implement security measures"),
    ("164.314(b)(2)(iv)", _R, "Report to the group health plan any security incident"),
    ("164.316(a)", _S, "Policies and procedures"),
    ("164.316(b)(1)", _S, "Documentation"),
    ("164.316(b)(2)(i)", _R, "Time limit"),
    ("164.316(b)(2)(ii)", _R, "Availability"),
    ("164.316(b)(2)(iii)", _R, "Updates"),
)

# What a template shows of it. A standard that is absent here is shown through its specifications.
_YES = {
    "164.308(a)(7)(ii)(A)": "backup plans, point-in-time recovery, versioning, deletion policies",
    "164.310(d)(2)(iv)": "deletion policies that retain the data or take a snapshot",
    "164.312(a)(2)(iv)": "encryption settings, the keys they name, the rotation of those keys",
    "164.312(b)": "trails, data events, flow, access and engine logs, and their retention",
    "164.312(c)(2)": "versioning, Object Lock, validation of trail files",
    "164.312(e)(2)(i)": "TLS listeners, policies that deny plaintext",
    "164.312(e)(2)(ii)": "TLS listeners, policies that deny plaintext, encrypted messaging",
}

_PARTLY = {
    "164.308(a)(1)(ii)(A)": "Inspector, Macie, image scans; the analysis itself is a document",
    "164.308(a)(1)(ii)(B)": "findings of the rules, and every exception with its reason",
    "164.308(a)(1)(ii)(D)": "trails, flow logs, alarms, routed findings; reviewing is a process",
    "164.308(a)(3)(ii)(A)": "IAM roles, permissions boundaries, logs of access",
    "164.308(a)(4)(ii)(A)": "separate accounts and networks",
    "164.308(a)(4)(ii)(B)": "identity and resource policies, rotation of secrets",
    "164.308(a)(4)(ii)(C)": "permissions written as code, with the history of their changes",
    "164.308(a)(5)(ii)(B)": "GuardDuty malware protection, Inspector, patch baselines, WAF",
    "164.308(a)(5)(ii)(C)": "trails, and metric filters with alarms",
    "164.308(a)(5)(ii)(D)": "Cognito policy, rotated secrets; the account's policy is elsewhere",
    "164.308(a)(6)(ii)": "alarm actions, EventBridge rules, GuardDuty; responding is a process",
    "164.308(a)(7)(ii)(B)": "copies in another Region, failover, restore tests; not the plan",
    "164.308(a)(7)(ii)(C)": "several Availability Zones, deletion protection, redundant links",
    "164.308(a)(7)(ii)(D)": "restore testing plans, fault injection experiments",
    "164.308(a)(7)(ii)(E)": "classification tags; the analysis itself is a document",
    "164.308(a)(8)": "Config recorder, conformance packs, the dated report of the rules",
    "164.308(b)(2)": "through Written contract or other arrangement, as 164.308(b)(1)",
    "164.308(b)(3)": "HIPAA eligible services only; the contract itself is a legal document",
    "164.310(d)(2)(i)": "one key a store, to erase by deleting it; media are inherited from AWS",
    "164.310(d)(2)(iii)": "owner and classification tags, the Config inventory",
    "164.312(a)(2)(i)": "no IAM users or access keys, IAM authentication to databases",
    "164.312(a)(2)(ii)": "a break-glass role with an alarm on its use",
    "164.312(a)(2)(iii)": "how long role sessions and tokens last",
    "164.312(d)": "Cognito MFA, authorizers, Redis AUTH, mutual TLS; not the workforce's MFA",
    "164.316(b)(1)": "the report of the rules, and every exception with its reason",
    "164.316(b)(2)(i)": "retention of audit logs and of reports, against the six years asked",
    "164.316(b)(2)(ii)": "the report, published with the release",
}

_NO = {
    "164.308(a)(1)(ii)(C)": "nothing: a policy towards the workforce",
    "164.308(a)(2)": "nothing: the appointment of a person",
    "164.308(a)(3)(ii)(B)": "nothing: a personnel procedure, which least privilege only follows",
    "164.308(a)(3)(ii)(C)": "nothing: an identity provider's process; no IAM users helps it",
    "164.308(a)(5)(ii)(A)": "nothing: training of people, which automatic upgrades are not",
    "164.310(a)(2)(i)": "nothing: inherited from AWS",
    "164.310(a)(2)(ii)": "nothing: inherited from AWS",
    "164.310(a)(2)(iii)": "nothing: inherited from AWS",
    "164.310(a)(2)(iv)": "nothing: inherited from AWS",
    "164.310(b)": "nothing: a policy on the workforce's devices",
    "164.310(c)": "nothing: the protection of the workforce's devices",
    "164.310(d)(2)(ii)": "nothing: inherited from AWS",
    "164.314(a)(2)(i)": "nothing: a contract",
    "164.314(a)(2)(i)(A)": "nothing: a clause of a contract",
    "164.314(a)(2)(i)(B)": "nothing: a clause of a contract",
    "164.314(a)(2)(i)(C)": "nothing: a clause of a contract",
    "164.314(a)(2)(ii)": "nothing: a legal arrangement",
    "164.314(a)(2)(iii)": "nothing: a contract",
    "164.314(b)(2)(i)": "nothing: a provision of the plan documents",
    "164.314(b)(2)(ii)": "nothing: a provision of the plan documents",
    "164.314(b)(2)(iii)": "nothing: a provision of the plan documents",
    "164.314(b)(2)(iv)": "nothing: a provision of the plan documents",
    "164.316(a)": "nothing: documents that the organization writes",
    "164.316(b)(2)(iii)": "nothing: a review by people",
}


def _controls() -> dict[str, Control]:
    shown = {
        id: (evidence, shows)
        for evidence, phrases in zip(Evidence, (_YES, _PARTLY, _NO), strict=True)
        for id, shows in phrases.items()
    }
    direct = [
        Control(id, title, kind, *shown[id]) for id, kind, title in _LAW if kind is not Kind.STANDARD or id in shown
    ]
    controls = {each.id: each for each in direct}
    for id, kind, title in _LAW:
        if id not in controls:
            specifications = [each for each in direct if each.standard == id]
            controls[id] = Control(id, title, kind, *_through(specifications))
    return {id: controls[id] for id, _, _ in _LAW}


def _through(specifications: list[Control]) -> tuple[Evidence, str]:
    """What a template shows of a standard, as far as the best shown of its specifications."""
    evidence = min((each.evidence for each in specifications), key=list(Evidence).index)
    if evidence is Evidence.NO:
        return evidence, "nothing: none of its specifications can be shown"
    best = (each.title for each in specifications if each.evidence is evidence)
    return evidence, "through " + "; ".join(best)


CONTROLS: Mapping[str, Control] = MappingProxyType(_controls())
"""Every standard and implementation specification by its id, in the regulation's order."""


def control(id: str) -> Control:
    """Return the standard or implementation specification with this id.

    Raises:
        ComplianceError: the id names neither, e.g. ``164.312`` or ``164.312(a)(2)``.
    """
    found = CONTROLS.get(id)
    if found is None:
        raise ComplianceError(
            f"{id!r} is no standard or implementation specification of 45 CFR 164.308 to 164.316; "
            "hipaa_constructs.controls.CONTROLS lists them all"
        )
    return found
