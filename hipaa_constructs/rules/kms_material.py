"""What a template must show of the material of AWS KMS keys, and of who may pass their use on."""

from __future__ import annotations

from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, Outcome, all_met
from hipaa_constructs.rules._policy import Statement, is_text, read
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules.kms import KEY, REPLICA_KEY

_GUIDE = "https://docs.aws.amazon.com/kms/latest/developerguide/"


@rule(
    title="the material of every key is made and kept by AWS KMS",
    fix="leave Origin out, or waive this and say where the material is kept beside AWS",
    applies_to=(KEY,),
    controls=("164.308(a)(7)(i)", "164.312(a)(2)(iv)"),
    requirement="HC-415",
    severity=Severity.WARNING,
    url=_GUIDE + "importing-keys-conceptual.html",
)
def kms_key_material_of_kms(key: Resource) -> Outcome:
    """Judge the origin: who imports material must keep it, and loses all data when it expires or is lost."""
    origin = key.at("Origin")
    return MET if origin.is_absent else origin.must_be("AWS_KMS", "AWS_CLOUDHSM")


@rule(
    title="the safety check of key policies is on",
    fix="leave BypassPolicyLockoutSafetyCheck out",
    applies_to=(KEY,),
    controls=("164.308(a)(7)(i)",),
    requirement="HC-415",
    severity=Severity.WARNING,
    url=_GUIDE + "key-policy-default.html",
)
def kms_policy_lockout_checked(key: Resource) -> Outcome:
    """Judge the switch that lets a policy through after which nobody can change it any more."""
    bypass = key.at("BypassPolicyLockoutSafetyCheck")
    return MET if bypass.is_absent else bypass.must_be(False)


@rule(
    title="key policies let principals grant the use of a key to AWS services only",
    fix="add the condition Bool kms:GrantIsForAWSResource true to the statement with kms:CreateGrant",
    applies_to=(KEY, REPLICA_KEY),
    controls=("164.308(a)(4)(ii)(B)", "164.312(a)(1)"),
    requirement="HC-415",
    severity=Severity.WARNING,
    url=_GUIDE + "grants.html",
)
def kms_grants_for_services(key: Resource) -> Outcome:
    """Judge statements that name kms:CreateGrant; who may change the policy needs no grant."""
    document = key.at("KeyPolicy")
    statements, _ = read(document)
    return all_met([MET, *(_for_services(statement) for statement in statements if statement.may_be("Allow"))])


def _for_services(statement: Statement) -> Outcome:
    named = any(action.outline().lower() == "kms:creategrant" for action in statement.actions)
    if not named or statement.inverted or statement.services() or statement.touches("kms:PutKeyPolicy"):
        return MET
    keys = {key for _, key in statement.conditions}
    values = statement.conditions.get(("bool", "kms:grantisforawsresource"), ())
    if values and all(is_text(node.value, "true") for node in values):
        return MET
    if keys & {"kms:viaservice", "kms:grantoperations", "kms:granteeprincipal", "kms:grantconstrainttype"}:
        return MET
    hidden = statement.hidden & {"Effect", "Condition"}
    return statement.node.undecided() if hidden else statement.node.broken("kms:CreateGrant on no condition")
