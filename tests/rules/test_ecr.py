"""What is judged of repositories of images."""

from __future__ import annotations

import json

import pytest

from hipaa_constructs.rules import RULES, Assembly, Template
from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NEVER_TEXT,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    resource,
    template,
    verdict,
)

REPOSITORY = "AWS::ECR::Repository"
SCANNING = "AWS::ECR::RegistryScanningConfiguration"
SCANNED: Body = {"ImageScanningConfiguration": {"ScanOnPush": True}}


def repository(properties: Json, **others: Json) -> Body:
    return template({"It": resource(REPOSITORY, properties), **others})


@pytest.mark.parametrize(
    ("scan", "wanted"),
    [(True, MET), ("true", MET), (False, BROKEN), (GONE, BROKEN), ("x", BROKEN), (PARAMETER, UNDECIDED)],
)
def test_whether_images_are_scanned_decides(scan: Json, wanted: str) -> None:
    body = repository({"ImageScanningConfiguration": {"ScanOnPush": scan}})
    assert verdict("EcrImagesScanned", body) == wanted


def scanning_rule(*filters: Json, frequency: Json = "SCAN_ON_PUSH") -> Json:
    return {
        "ScanFrequency": frequency,
        "RepositoryFilters": [{"Filter": one, "FilterType": "WILDCARD"} for one in filters],
    }


def registry(rules: Json, kind: Json = "ENHANCED") -> Json:
    return resource(SCANNING, {"ScanType": kind, "Rules": rules})


def scanned(rules: Json, kind: Json = "ENHANCED", **properties: Json) -> str:
    return verdict("EcrImagesScanned", repository(properties, Registry=registry(rules, kind)))


@pytest.mark.parametrize("kind", ["ENHANCED", "BASIC", PARAMETER])
@pytest.mark.parametrize("frequency", ["SCAN_ON_PUSH", "CONTINUOUS_SCAN"])
def test_a_registry_that_scans_all_repositories_meets(kind: Json, frequency: str) -> None:
    assert scanned([scanning_rule("*", frequency=frequency)], kind) == MET


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("*", MET),
        ("**", MET),
        ("portal", MET),
        ("orta", MET),
        ("portal/*", MET),
        ("*/web", MET),
        ("*al/w*", MET),
        ("p*b", MET),
        ("web*", BROKEN),
        ("*portal", BROKEN),
        ("intake", BROKEN),
        ("", BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
        ({"Fn::Sub": "${AnyParameter}*"}, UNDECIDED),
        *((value, BROKEN) for value in NEVER_TEXT),
    ],
)
def test_the_filter_of_a_registry_decides(pattern: Json, wanted: str) -> None:
    assert scanned([scanning_rule(pattern)], RepositoryName="portal/web") == wanted


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        (GONE, UNDECIDED),
        (PARAMETER, UNDECIDED),
        ({"Fn::Sub": "portal-${AnyParameter}"}, UNDECIDED),
        *((value, BROKEN) for value in NEVER_TEXT),
    ],
)
def test_the_name_of_a_repository_decides_what_filter_it_matches(name: Json, wanted: str) -> None:
    assert scanned([scanning_rule("portal")], RepositoryName=name) == wanted
    assert scanned([scanning_rule("portal", "*")], RepositoryName=name) == MET


@pytest.mark.parametrize(
    ("frequency", "wanted"), [("MANUAL", BROKEN), ("x", BROKEN), (GONE, BROKEN), (3, BROKEN), (PARAMETER, UNDECIDED)]
)
def test_how_often_a_registry_scans_decides(frequency: Json, wanted: str) -> None:
    assert scanned([scanning_rule("*", frequency=frequency)]) == wanted


@pytest.mark.parametrize(
    ("rules", "wanted"),
    [
        ([], BROKEN),
        ([GONE], BROKEN),
        ("x", BROKEN),
        ({"a": 1}, BROKEN),
        (["x"], BROKEN),
        ([{"ScanFrequency": "CONTINUOUS_SCAN"}], BROKEN),
        ([{"ScanFrequency": "SCAN_ON_PUSH", "RepositoryFilters": "*"}], BROKEN),
        ([{"ScanFrequency": "SCAN_ON_PUSH", "RepositoryFilters": []}], BROKEN),
        ([{"ScanFrequency": "SCAN_ON_PUSH", "RepositoryFilters": PARAMETER}], UNDECIDED),
        ([{"ScanFrequency": "SCAN_ON_PUSH", "RepositoryFilters": [PARAMETER]}], UNDECIDED),
        ([{"ScanFrequency": "MANUAL", "RepositoryFilters": PARAMETER}], BROKEN),
        ([PARAMETER], UNDECIDED),
        (PARAMETER, UNDECIDED),
        ([scanning_rule("intake"), scanning_rule("portal")], MET),
    ],
)
def test_the_rules_of_a_registry_decide(rules: Json, wanted: str) -> None:
    assert scanned(rules, RepositoryName="portal") == wanted


@pytest.mark.parametrize("kind", ["ENHANCED", "BASIC"])
def test_a_registry_that_leaves_a_repository_out_overrules_it(kind: str) -> None:
    assert scanned([scanning_rule("intake")], kind, RepositoryName="portal", **SCANNED) == BROKEN


@pytest.mark.parametrize(("properties", "wanted"), [(SCANNED, MET), ({}, BROKEN)])
def test_a_registry_that_may_be_another_one_and_leaves_it_to_each_changes_nothing(
    properties: Body, wanted: str
) -> None:
    assert verdict("EcrImagesScanned", repository(properties), template({"Registry": registry([], "BASIC")})) == wanted


@pytest.mark.parametrize(
    ("kind", "wanted"), [("BASIC", MET), ("ENHANCED", BROKEN), (PARAMETER, UNDECIDED), (GONE, BROKEN), (3, BROKEN)]
)
def test_a_registry_without_rules_leaves_basic_scanning_to_each_repository(kind: Json, wanted: str) -> None:
    assert scanned([], kind, **SCANNED) == wanted
    assert scanned([], kind) == BROKEN


@pytest.mark.parametrize(("properties", "wanted"), [({}, UNDECIDED), (SCANNED, MET)])
def test_a_registry_that_may_not_be_configured_decides_nothing(properties: Body, wanted: str) -> None:
    registries = resource(SCANNING, {"ScanType": "ENHANCED", "Rules": [scanning_rule("*")]}, Condition="Live")
    conditions: Json = {"Live": {"Fn::Equals": [PARAMETER, "yes"]}}
    body = template({"It": resource(REPOSITORY, properties), "Registry": registries}, Conditions=conditions)
    assert verdict("EcrImagesScanned", body) == wanted


EAST, WEST = ("123456789012", "us-east-1"), ("123456789012", "us-west-2")
ANOTHER_ACCOUNT, NOWHERE, SOMEWHERE = ("210987654321", "us-east-1"), (None, None), (None, "us-east-1")


@pytest.mark.parametrize(
    ("here", "there", "wanted"),
    [
        (EAST, EAST, MET),
        (EAST, WEST, BROKEN),
        (EAST, ANOTHER_ACCOUNT, BROKEN),
        (EAST, NOWHERE, UNDECIDED),
        (EAST, SOMEWHERE, UNDECIDED),
        (WEST, SOMEWHERE, BROKEN),
        (NOWHERE, NOWHERE, UNDECIDED),
    ],
)
def test_a_registry_of_another_stack_counts_in_the_same_account_and_region(
    here: tuple[str | None, str | None], there: tuple[str | None, str | None], wanted: str
) -> None:
    images = Template(repository({}), name="images", account=here[0], region=here[1])
    registries = template({"Registry": registry([scanning_rule("*")])})
    Assembly([images, Template(registries, name="registry", account=there[0], region=there[1])])
    assert RULES["EcrImagesScanned"].judge(images.resources["It"]).verdict.value == wanted


def test_a_registry_of_another_stack_that_changes_nothing_leaves_nothing_open() -> None:
    registries = template({"Registry": registry([scanning_rule("*")])})
    assert verdict("EcrImagesScanned", repository(SCANNED), registries) == MET


def test_a_registry_configured_in_a_nested_stack_counts() -> None:
    nested = resource("AWS::CloudFormation::Stack", {"TemplateURL": "x"}, Metadata={"aws:asset:path": "nested.json"})
    child = template({"Registry": registry([scanning_rule("*")])})
    files = {0: "parent.json", 1: "nested.json"}
    assert verdict("EcrImagesScanned", repository({}, Nested=nested), child, files=files) == MET


@pytest.mark.parametrize("rule", ["EcrImagesScanned", "EcrUsesCustomerManagedKey", "EcrTagsImmutable"])
@pytest.mark.parametrize("properties", [None, {}, "x", []])
def test_a_repository_without_settings_breaks(rule: str, properties: Json) -> None:
    assert verdict(rule, repository(properties)) == BROKEN


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ("EcrImagesScanned", "ImageScanningConfiguration"),
        ("EcrUsesCustomerManagedKey", "EncryptionConfiguration"),
        ("EcrTagsImmutable", "ImageTagMutability"),
        ("EcrPolicyNamesPrincipals", "RepositoryPolicyText"),
    ],
)
@pytest.mark.parametrize("value", MALFORMED, ids=str)
def test_a_malformed_intrinsic_function_is_no_pass(rule: str, place: str, value: Json) -> None:
    assert verdict(rule, repository({place: value})) in (BROKEN, UNDECIDED)


@pytest.mark.parametrize(
    ("encryption", "wanted"),
    [
        pytest.param({"EncryptionType": "KMS", "KmsKey": {"Fn::GetAtt": ["Key", "Arn"]}}, MET, id="key"),
        pytest.param({"EncryptionType": "KMS_DSSE", "KmsKey": "alias/images"}, MET, id="twice"),
        pytest.param({"EncryptionType": "KMS"}, BROKEN, id="key-of-aws"),
        pytest.param({"EncryptionType": "KMS", "KmsKey": "alias/aws/ecr"}, BROKEN, id="alias-of-aws"),
        pytest.param({"EncryptionType": "AES256"}, BROKEN, id="aes"),
        pytest.param({"EncryptionType": "AES256", "KmsKey": "alias/images"}, BROKEN, id="aes-beside-a-key"),
        pytest.param(GONE, BROKEN, id="nothing"),
        pytest.param("KMS", BROKEN, id="text"),
        pytest.param({"EncryptionType": "KMS", "KmsKey": PARAMETER}, UNDECIDED, id="key-unknown"),
        pytest.param(PARAMETER, UNDECIDED, id="unknown"),
    ],
)
def test_the_encryption_of_a_repository_decides(encryption: Json, wanted: str) -> None:
    body = repository({"EncryptionConfiguration": encryption}, Key=resource("AWS::KMS::Key"))
    assert verdict("EcrUsesCustomerManagedKey", body) == wanted


@pytest.mark.parametrize(
    ("mutability", "wanted"),
    [
        ("IMMUTABLE", MET),
        ("IMMUTABLE_WITH_EXCLUSION", BROKEN),
        ("MUTABLE_WITH_EXCLUSION", BROKEN),
        ("MUTABLE", BROKEN),
        (GONE, BROKEN),
        (True, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_whether_tags_can_be_moved_decides(mutability: Json, wanted: str) -> None:
    assert verdict("EcrTagsImmutable", repository({"ImageTagMutability": mutability})) == wanted


def verdicts_on(document: Json) -> set[str]:
    """Judge a policy as a repository's, and as the registry's."""
    of_repository = repository({"RepositoryPolicyText": document})
    of_registry = template({"It": resource("AWS::ECR::RegistryPolicy", {"PolicyText": document})})
    return {verdict("EcrPolicyNamesPrincipals", body) for body in (of_repository, of_registry)}


OF_FUNCTIONS: Json = {"StringLike": {"aws:sourceArn": "arn:aws:lambda:us-east-1:123456789012:function:*"}}


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        pytest.param({"Principal": "*"}, BROKEN, id="everyone"),
        pytest.param({"Principal": {"AWS": "*"}}, BROKEN, id="every-account"),
        pytest.param({"NotPrincipal": {"AWS": "1"}}, BROKEN, id="all-but-one"),
        pytest.param({"Principal": {"AWS": "1"}}, MET, id="an-account"),
        pytest.param({"Principal": "*", "Effect": "Deny"}, MET, id="denial"),
        pytest.param(
            {"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-0123456789"}}},
            MET,
            id="an-organization",
        ),
        pytest.param({"Principal": {"Service": "lambda.amazonaws.com"}}, BROKEN, id="service"),
        pytest.param(
            {"Principal": {"Service": "lambda.amazonaws.com"}, "Condition": OF_FUNCTIONS}, MET, id="service-for-one"
        ),
        pytest.param({"Principal": PARAMETER}, UNDECIDED, id="principal-unknown"),
        pytest.param({"Principal": "*", "Condition": PARAMETER}, UNDECIDED, id="condition-unknown"),
    ],
)
def test_whom_a_policy_names_decides(changes: Body, wanted: str) -> None:
    statement: Json = {"Effect": "Allow", "Action": "ecr:*", **changes}
    assert verdicts_on({"Statement": [statement]}) == {wanted}
    assert verdicts_on(json.dumps({"Statement": statement})) == {wanted}


@pytest.mark.parametrize("document", [PARAMETER, {"Statement": PARAMETER}, {"Statement": [PARAMETER]}, "no policy"])
def test_a_hidden_policy_is_undecided(document: Json) -> None:
    assert verdicts_on(document) == {UNDECIDED}


@pytest.mark.parametrize("document", [None, 0, 3.5, True, [], ["x"]])
def test_a_policy_of_a_wrong_type_breaks(document: Json) -> None:
    assert verdicts_on(document) == {BROKEN}


@pytest.mark.parametrize("properties", ["x", [], 3])
def test_properties_of_a_wrong_type_break(properties: Json) -> None:
    assert verdict("EcrPolicyNamesPrincipals", repository(properties)) == BROKEN


def test_a_repository_without_a_policy_is_the_accounts_own() -> None:
    assert verdict("EcrPolicyNamesPrincipals", repository({})) == MET
    assert verdict("EcrPolicyNamesPrincipals", repository({"RepositoryPolicyText": GONE})) == MET


def test_a_public_repository_breaks() -> None:
    body = template({"It": resource("AWS::ECR::PublicRepository", {"RepositoryName": "portal"})})
    assert verdict("EcrRepositoryNotPublic", body) == BROKEN


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ("EcrImagesScanned", REPOSITORY),
        ("EcrPolicyNamesPrincipals", "AWS::ECR::RegistryPolicy"),
        ("EcrRepositoryNotPublic", "AWS::ECR::PublicRepository"),
    ],
)
def test_what_is_never_made_is_not_judged(rule: str, kind: str) -> None:
    conditions: Json = {"Never": {"Fn::Equals": ["a", "b"]}}
    assert (
        verdict(rule, template({"It": resource(kind, {}, Condition="Never")}, Conditions=conditions)) == NOT_APPLICABLE
    )
