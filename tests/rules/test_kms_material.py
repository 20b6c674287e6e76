"""What is judged of the material of keys, and of grants."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NEVER_TEXT,
    PARAMETER,
    UNDECIDED,
    Body,
    resource,
    template,
    verdict,
)

KEY = "AWS::KMS::Key"
GRANTS = "KmsGrantsForServices"


@pytest.mark.parametrize(
    ("origin", "wanted"),
    [
        (GONE, MET),
        ("AWS_KMS", MET),
        ("AWS_CLOUDHSM", MET),
        ("EXTERNAL", BROKEN),
        ("EXTERNAL_KEY_STORE", BROKEN),
        (PARAMETER, UNDECIDED),
        *((value, BROKEN) for value in NEVER_TEXT),
    ],
)
def test_the_origin_decides(origin: Json, wanted: str) -> None:
    assert verdict("KmsKeyMaterialOfKms", template({"It": resource(KEY, {"Origin": origin})})) == wanted


@pytest.mark.parametrize(("bypass", "wanted"), [(GONE, MET), (False, MET), (True, BROKEN), (PARAMETER, UNDECIDED)])
def test_the_safety_check_is_on(bypass: Json, wanted: str) -> None:
    body = template({"It": resource(KEY, {"BypassPolicyLockoutSafetyCheck": bypass})})
    assert verdict("KmsPolicyLockoutChecked", body) == wanted


def granting(condition: Json = None, **changes: Json) -> Body:
    statement: Body = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        "Action": "kms:CreateGrant",
        "Resource": "*",
        **changes,
    }
    if condition is not None:
        statement["Condition"] = condition
    return template({"It": resource(KEY, {"KeyPolicy": {"Statement": [statement]}})})


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (granting(), BROKEN),
        (granting(Action=["kms:Decrypt", "KMS:createGrant"]), BROKEN),
        (granting({"Bool": {"kms:GrantIsForAWSResource": "true"}}), MET),
        (granting({"Bool": {"kms:GrantIsForAWSResource": True}}), MET),
        (granting({"Bool": {"kms:GrantIsForAWSResource": "false"}}), BROKEN),
        (granting({"StringEquals": {"kms:ViaService": "rds.us-east-1.amazonaws.com"}}), MET),
        (granting({"StringEquals": {"kms:GranteePrincipal": "arn:a"}}), MET),
        (granting({"ForAllValues:StringEquals": {"kms:GrantOperations": "Decrypt"}}), MET),
        (granting({"StringEquals": {"kms:GrantConstraintType": "EncryptionContextSubset"}}), MET),
        (granting({"StringEquals": {"aws:PrincipalOrgID": "o-a"}}), BROKEN),
        (granting(PARAMETER), UNDECIDED),
        (granting(Effect="Deny"), MET),
        (granting(Effect=PARAMETER), UNDECIDED),
        (granting(Action="kms:*"), MET),
        (granting(Action=["kms:CreateGrant", "kms:PutKeyPolicy"]), MET),
        (granting(Action="kms:Decrypt"), MET),
        (granting(Principal={"Service": "dynamodb.amazonaws.com"}), MET),
    ],
)
def test_grants_are_for_services(body: Body, wanted: str) -> None:
    assert verdict(GRANTS, body) == wanted


@pytest.mark.parametrize("policy", [*NEVER_TEXT, *MALFORMED])
def test_no_policy_makes_it_fail(policy: Json) -> None:
    assert verdict(GRANTS, template({"It": resource(KEY, {"KeyPolicy": policy})})) == MET
