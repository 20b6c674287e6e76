"""What is judged of whom roles trust."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules import RULES, Assembly, Template
from hipaa_constructs.rules._accounts import account_of
from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    MALFORMED,
    MET,
    NEVER_TEXT,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    changed,
    outcome,
    resource,
    template,
    verdict,
)

ROLE = "AWS::IAM::Role"
NAMES, ACROSS = "IamRoleTrustNamesPrincipals", "IamRoleTrustAcrossAccountsConditional"
FEDERATION, GLASS = "IamRoleTrustFederationConditional", "IamBreakGlassRoleAsksForMfa"
OWN, OTHER = "111122223333", "444455556666"
GITHUB = "token.actions.githubusercontent.com"
PROVIDER = f"arn:aws:iam::{OWN}:oidc-provider/{GITHUB}"


def trusting(principal: Json, condition: Json = None, **changes: Json) -> Body:
    statement: Body = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **changes}
    if condition is not None:
        statement["Condition"] = condition
    return template({"It": resource(ROLE, {"AssumeRolePolicyDocument": {"Statement": [statement]}})})


def judged(rule: str, body: Body, account: str | None = OWN) -> str:
    assembly = Assembly([Template(body, account=account)])
    return RULES[rule].judge(assembly.templates[0].resources["It"]).verdict.value


@pytest.mark.parametrize("rule", [NAMES, ACROSS, FEDERATION])
def test_a_service_and_a_role_of_the_account_are_trusted(rule: str) -> None:
    principals: list[Json] = [{"Service": "ecs-tasks.amazonaws.com"}, {"AWS": f"arn:aws:iam::{OWN}:role/app"}]
    for principal in principals:
        assert judged(rule, trusting(principal)) == MET


@pytest.mark.parametrize("rule", [NAMES, ACROSS, FEDERATION])
def test_a_hidden_policy_is_undecided(rule: str) -> None:
    documents: list[Json] = [PARAMETER, {"Statement": PARAMETER}, {"Statement": [PARAMETER]}]
    for document in documents:
        body = template({"It": resource(ROLE, {"AssumeRolePolicyDocument": document})})
        assert verdict(rule, body) == UNDECIDED


@pytest.mark.parametrize("rule", [NAMES, ACROSS, FEDERATION])
@pytest.mark.parametrize("document", [*NEVER_TEXT, *MALFORMED])
def test_no_policy_makes_a_rule_fail(rule: str, document: Json) -> None:
    body = template({"It": resource(ROLE, {"AssumeRolePolicyDocument": document})})
    assert verdict(rule, body) in (MET, UNDECIDED)


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (trusting("*"), BROKEN),
        (trusting({"AWS": "*"}), BROKEN),
        (trusting({"AWS": ["arn:aws:iam::111122223333:root", "*"]}), BROKEN),
        (trusting("*", {"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}), MET),
        (trusting("*", {"StringEquals": {"sts:ExternalId": "x"}}), BROKEN),
        (trusting("*", PARAMETER), UNDECIDED),
        (trusting("*", Effect="Deny"), MET),
        (trusting("*", Effect=PARAMETER), UNDECIDED),
        (trusting(PARAMETER), UNDECIDED),
    ],
)
def test_whoever_trusts_everyone_breaks(body: Body, wanted: str) -> None:
    assert verdict(NAMES, body) == wanted


def test_everyone_but_a_few_is_everyone() -> None:
    statement: Json = [{"Effect": "Allow", "NotPrincipal": {"AWS": OWN}, "Action": "sts:AssumeRole"}]
    body = template({"It": resource(ROLE, {"AssumeRolePolicyDocument": {"Statement": statement}})})
    assert verdict(NAMES, body) == BROKEN


@pytest.mark.parametrize("principal", [OTHER, f"arn:aws:iam::{OTHER}:root", f"arn:aws:iam::{OTHER}:role/vendor"])
@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        (None, BROKEN),
        ({"StringEquals": {"sts:ExternalId": "a1b2"}}, MET),
        ({"StringEquals": {"STS:externalid": "a1b2"}}, MET),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}, MET),
        ({"StringLike": {"aws:PrincipalTag/team": "ops"}}, MET),
        ({"StringLike": {"sts:ExternalId": "*"}}, BROKEN),
        ({"StringNotEquals": {"sts:ExternalId": "a"}}, BROKEN),
        ({"Bool": {"aws:SecureTransport": "true"}}, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_another_account_needs_a_condition(principal: str, condition: Json, wanted: str) -> None:
    assert judged(ACROSS, trusting({"AWS": principal}, condition)) == wanted


@pytest.mark.parametrize("account", [OTHER, "127311923021"])
def test_the_own_account_and_those_of_aws_need_none(account: str) -> None:
    assert judged(ACROSS, trusting({"AWS": f"arn:aws:iam::{account}:root"}), OTHER) == MET


def test_where_the_own_account_is_not_known_a_number_is_undecided() -> None:
    assert judged(ACROSS, trusting({"AWS": OTHER}), None) == UNDECIDED
    assert found(ACROSS, trusting({"AWS": OTHER}), None) == (
        f"it trusts account {OTHER} on no condition, unless that is its own"
    )


def test_the_account_of_the_stack_is_no_other() -> None:
    own: Json = {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}
    assert judged(ACROSS, trusting({"AWS": own}), None) == MET


def test_the_keys_of_a_template_tell_its_account() -> None:
    statement: Json = [{"Effect": "Allow", "Action": "kms:*", "Principal": {"AWS": f"arn:aws:iam::{OWN}:root"}}]
    key = template({"Key": resource("AWS::KMS::Key", {"KeyPolicy": {"Statement": statement}})})
    resources = {**_resources(key), **_resources(trusting({"AWS": OTHER}))}
    assert judged(ACROSS, template(resources), None) == BROKEN
    resources = {**_resources(key), **_resources(trusting({"AWS": OWN}))}
    assert judged(ACROSS, template(resources), None) == MET


def _resources(body: Body) -> dict[str, Json]:
    resources = body["Resources"]
    assert isinstance(resources, dict)
    return resources


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        (None, BROKEN),
        ({"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}, BROKEN),
        ({"StringLike": {f"{GITHUB}:sub": "repo:clinic/app:*"}}, MET),
        ({"StringEquals": {f"{GITHUB}:repository": "clinic/app"}}, MET),
        ({"StringLike": {f"{GITHUB}:sub": "*"}}, BROKEN),
        ({"StringLike": {f"{GITHUB}:sub": "repo:*"}}, BROKEN),
        ({"StringLike": {f"{GITHUB}:sub": ["repo:clinic/app:*", "repo:*"]}}, BROKEN),
        ({"ForAllValues:StringLike": {f"{GITHUB}:sub": "repo:clinic/app:*"}}, BROKEN),
        ({"StringEquals": {"aws:SourceAccount": OWN}}, BROKEN),
        ({"StringEquals": {"sts:RoleSessionName": "app"}}, BROKEN),
        ({"StringLike": {f"{GITHUB}:sub": {"Fn::Sub": "${AnyParameter}*"}}}, BROKEN),
        ({"StringLike": {f"{GITHUB}:sub": {"Fn::Sub": "repo:${AnyParameter}:*"}}}, MET),
        ({"StringLike": {f"{GITHUB}:sub": "repo:clinic/app:*"}, "Bool": PARAMETER}, MET),
        (PARAMETER, UNDECIDED),
    ],
)
def test_tokens_of_a_shared_issuer_need_a_subject(condition: Json, wanted: str) -> None:
    assert judged(FEDERATION, trusting({"Federated": PROVIDER}, condition)) == wanted


def test_a_provider_of_the_template_is_known_by_its_url() -> None:
    provider = resource("AWS::IAM::OIDCProvider", {"Url": f"https://{GITHUB}"})
    role = _resources(trusting({"Federated": {"Ref": "Provider"}}, {"StringEquals": {"x:aud": "y"}}))
    assert judged(FEDERATION, template({"Provider": provider, **role})) == BROKEN


@pytest.mark.parametrize(
    ("principal", "condition", "wanted"),
    [
        (f"arn:aws:iam::{OWN}:saml-provider/okta", None, BROKEN),
        (
            f"arn:aws:iam::{OWN}:saml-provider/okta",
            {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
            MET,
        ),
        (f"arn:aws:iam::{OWN}:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/A", None, BROKEN),
        (
            f"arn:aws:iam::{OWN}:oidc-provider/login.clinic.example",
            {"StringEquals": {"login.clinic.example:aud": "app"}},
            MET,
        ),
        (
            "cognito-identity.amazonaws.com",
            {"StringEquals": {"cognito-identity.amazonaws.com:aud": "us-east-1:pool"}},
            MET,
        ),
        ("cognito-identity.amazonaws.com", None, BROKEN),
        ("*", {"StringEquals": {"a:sub": "b"}}, BROKEN),
    ],
)
def test_what_says_whose_tokens_depends_on_the_issuer(principal: str, condition: Json, wanted: str) -> None:
    assert judged(FEDERATION, trusting({"Federated": principal}, condition)) == wanted


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        (None, BROKEN),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, MET),
        ({"Bool": {"aws:MultiFactorAuthPresent": True}}, MET),
        ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, BROKEN),
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, BROKEN),
        ({"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}, MET),
        ({"NumericLessThanEquals": {"aws:MultiFactorAuthAge": "3600"}}, MET),
        ({"NumericGreaterThan": {"aws:MultiFactorAuthAge": "3600"}}, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
@pytest.mark.parametrize("name", ["break-glass", "BreakGlassRole", "emergency-access"])
def test_a_break_glass_role_needs_mfa(name: str, condition: Json, wanted: str) -> None:
    body = trusting({"AWS": f"arn:aws:iam::{OWN}:root"}, condition)
    assert judged(GLASS, changed(body, ("Resources", "It", "Properties", "RoleName"), name)) == wanted


def test_a_break_glass_role_is_known_by_its_logical_id_too() -> None:
    role = _resources(trusting({"AWS": OWN}))["It"]
    assert verdict(GLASS, template({"BreakGlass": role}), of="BreakGlass") == BROKEN


def test_other_roles_need_no_mfa() -> None:
    assert judged(GLASS, trusting({"AWS": OWN})) == NOT_APPLICABLE


def test_what_a_service_assumes_needs_no_mfa() -> None:
    role = _resources(trusting({"Service": "ssm.amazonaws.com"}))["It"]
    assert verdict(GLASS, template({"BreakGlass": role}), of="BreakGlass") == MET


@pytest.mark.parametrize(
    "key",
    [
        "aws:PrincipalArn",
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalTag/team",
        "aws:SourceIp",
        "aws:SourceVpc",
        "aws:SourceVpce",
        "sts:ExternalId",
    ],
)
def test_each_key_that_says_who_calls_is_a_condition(key: str) -> None:
    assert judged(ACROSS, trusting({"AWS": OTHER}, {"StringEquals": {key: "x"}})) == MET


@pytest.mark.parametrize("key", ["aws:RequestedRegion", "sts:RoleSessionName", "aws:userid"])
def test_other_keys_are_none(key: str) -> None:
    assert judged(ACROSS, trusting({"AWS": OTHER}, {"StringEquals": {key: "x"}})) == BROKEN


@pytest.mark.parametrize("issuer", ["agent.buildkite.com", "app.terraform.io", "gitlab.com", GITHUB])
def test_of_issuers_that_anybody_uses_the_audience_is_not_enough(issuer: str) -> None:
    principal: Json = {"Federated": f"arn:aws:iam::{OWN}:oidc-provider/{issuer}"}
    assert judged(FEDERATION, trusting(principal, {"StringEquals": {f"{issuer}:aud": "x"}})) == BROKEN
    assert judged(FEDERATION, trusting(principal, {"StringEquals": {f"{issuer}:sub": "x"}})) == MET


@pytest.mark.parametrize(
    "key",
    [
        "accounts.google.com:aud",
        "accounts.google.com:oaud",
        "cognito-identity.amazonaws.com:aud",
        "graph.facebook.com:app_id",
        "www.amazon.com:app_id",
    ],
)
def test_an_audience_that_is_an_application_of_ones_own_is_enough(key: str) -> None:
    principal: Json = {"Federated": key.partition(":")[0]}
    assert judged(FEDERATION, trusting(principal, {"StringEquals": {key: "x"}})) == MET


@pytest.mark.parametrize(
    "value",
    [
        "*",
        "repo:*",
        "repo:*/app",
        "repo*",
        "r*",
        "repo:?*",
        "?epo:*",
        "repo:clinic*",
        "repo:clinic*/app:*",
        "organization:*",
        "organization:clinic*",
        "project_path:*",
        "project_path:clinic*",
    ],
)
def test_a_subject_that_is_anybodys_is_none(value: str) -> None:
    principal: Json = {"Federated": PROVIDER}
    assert judged(FEDERATION, trusting(principal, {"StringLike": {f"{GITHUB}:sub": value}})) == BROKEN


@pytest.mark.parametrize(
    "value",
    [
        "repo:clinic/*",
        "repo:clinic/app:?*",
        "organization:clinic:*",
        "project_path:clinic/*",
        "repository_owner:clinic:*",
        {"Fn::Sub": "repo:${AnyParameter}/*"},
        {"Fn::Sub": "repo:${AnyParameter}*"},
    ],
)
def test_a_subject_whose_owner_stands_in_full_is_one(value: Json) -> None:
    principal: Json = {"Federated": PROVIDER}
    assert judged(FEDERATION, trusting(principal, {"StringLike": {f"{GITHUB}:sub": value}})) == MET


def found(rule: str, body: Body, account: str | None = OWN) -> str:
    assembly = Assembly([Template(body, account=account)])
    return RULES[rule].judge(assembly.templates[0].resources["It"]).found


@pytest.mark.parametrize(
    "issuer",
    [
        "agent.buildkite.com",
        "app.terraform.io",
        "gitlab.com",
        GITHUB,
        "accounts.google.com",
        "cognito-identity.amazonaws.com",
        "graph.facebook.com",
        "www.amazon.com",
    ],
)
def test_an_issuer_that_anybody_uses_is_called_so(issuer: str) -> None:
    assert found(FEDERATION, trusting({"Federated": issuer})) == "it takes tokens of anybody at the identity provider"


def test_the_shape_of_a_statement_is_told() -> None:
    statement: Json = [{"Effect": "Allow", "NotPrincipal": {"AWS": OWN}, "Action": "sts:AssumeRole"}]
    body = template({"It": resource(ROLE, {"AssumeRolePolicyDocument": {"Statement": statement}})})
    assert found(NAMES, body) == "it trusts everyone but a few (NotPrincipal)"
    assert found(FEDERATION, trusting({"Federated": "*"})) == "it trusts every identity provider"
    assert found(ACROSS, trusting({"AWS": OTHER})) == f"it trusts account {OTHER} on no condition"


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, PARAMETER, {"AWS": PARAMETER}])
def test_a_break_glass_role_that_people_may_assume_needs_mfa(principal: Json) -> None:
    role = _resources(trusting(principal))["It"]
    judged_role = outcome(GLASS, template({"BreakGlass": role}), of="BreakGlass")
    assert judged_role.verdict.value == BROKEN
    assert judged_role.property == "AssumeRolePolicyDocument.Statement[0]"


def test_a_finding_says_which_tokens() -> None:
    assembly = Assembly([Template(trusting({"Federated": PROVIDER}), account=OWN)])
    found = RULES[FEDERATION].judge(assembly.templates[0].resources["It"])
    assert found.found == "it takes tokens of anybody at the identity provider"
    own = trusting({"Federated": f"arn:aws:iam::{OWN}:saml-provider/okta"})
    found = RULES[FEDERATION].judge(Assembly([Template(own, account=OWN)]).templates[0].resources["It"])
    assert found.found == "it takes any token of the provider"


@pytest.mark.parametrize("kind", ["AWS::KMS::Key", "AWS::KMS::ReplicaKey"])
@pytest.mark.parametrize(
    ("action", "principal", "wanted"),
    [
        ("kms:*", f"arn:aws:iam::{OWN}:root", BROKEN),
        ("kms:*", f"arn:aws:iam::{OWN}:role/admin", UNDECIDED),
        ("kms:Decrypt", f"arn:aws:iam::{OWN}:root", UNDECIDED),
    ],
)
def test_the_account_is_that_of_whoever_may_do_all_with_a_key(
    kind: str, action: str, principal: str, wanted: str
) -> None:
    statement: Json = [{"Effect": "Allow", "Action": action, "Principal": {"AWS": principal}}]
    key = resource(kind, {"KeyPolicy": {"Statement": statement}})
    assert judged(ACROSS, template({"Key": key, **_resources(trusting({"AWS": OTHER}))}), None) == wanted


def test_each_template_has_its_own_account() -> None:
    bodies = []
    for account in (OWN, OTHER):
        whole: Json = {"Effect": "Allow", "Action": "kms:*", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}}
        key = resource("AWS::KMS::Key", {"KeyPolicy": {"Statement": [whole]}})
        bodies.append(template({"Key": key, **_resources(trusting({"AWS": OWN}))}))
    assembly = Assembly([Template(body) for body in bodies])
    found = [RULES[ACROSS].judge(made.resources["It"]).verdict.value for made in assembly.templates]
    assert found == [MET, BROKEN]


@pytest.mark.parametrize(
    ("principal", "account"),
    [
        (OTHER, OTHER),
        (f"arn:aws:iam::{OTHER}:root", OTHER),
        (f"arn:aws-us-gov:sts::{OTHER}:assumed-role/a/b", OTHER),
        ("123", None),
        ("abcdefghijkl", None),
        (f"{OTHER}0", None),
        (f"arn:aws:s3::{OTHER}:root", None),
        (f"arn:aws:iam::{OTHER}", None),
        (f"x-arn:aws:iam::{OTHER}:root", None),
    ],
)
def test_the_account_of_a_principal_is_a_number_or_stands_in_an_arn(principal: str, account: str | None) -> None:
    made = Template(template({"It": resource("AWS::IAM::Role", {"P": principal})}))
    Assembly([made])
    assert account_of(made.resources["It"].at("P")) == account


# https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/enable-access-logs.html
@pytest.mark.parametrize(
    "account",
    [
        *("009996457667", "027434742980", "033677994240", "037604701340", "048591011584", "054676820928"),
        *("076674570225", "091100254016", "098369216593", "114774131450", "121062877647", "127311923021"),
        *("156460612806", "190560391635", "383597477331", "412137745753", "507241528517", "582318560864"),
        *("589379963580", "600734575887", "635631232127", "638102146993", "652711504416", "718504428378"),
        *("740734521339", "754344448648", "770363063475", "783225319266", "797873946194", "897822967062"),
        "985666609251",
    ],
)
def test_each_account_from_which_load_balancers_deliver_logs_is_no_strangers(account: str) -> None:
    assert judged(ACROSS, trusting({"AWS": f"arn:aws:iam::{account}:root"}), OWN) == MET
