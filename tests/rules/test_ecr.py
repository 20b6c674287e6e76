"""What is judged of repositories of images."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules import RULES, Assembly, Template
from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, GONE, MET, PARAMETER, UNDECIDED, Body, resource, template, verdict

REPOSITORY = "AWS::ECR::Repository"


def repository(properties: Json, **others: Json) -> Body:
    return template({"It": resource(REPOSITORY, properties), **others})


@pytest.mark.parametrize(
    ("scan", "wanted"),
    [(True, MET), ("true", MET), (False, BROKEN), (GONE, BROKEN), ("x", BROKEN), (PARAMETER, UNDECIDED)],
)
def test_whether_images_are_scanned_decides(scan: Json, wanted: str) -> None:
    body = repository({"ImageScanningConfiguration": {"ScanOnPush": scan}})
    assert verdict("EcrImagesScanned", body) == wanted


def scanning(*filters: Json, frequency: Json = "SCAN_ON_PUSH") -> Json:
    found: Json = [{"Filter": one, "FilterType": "WILDCARD"} for one in filters]
    rule: Json = {"ScanFrequency": frequency, "RepositoryFilters": found}
    return resource("AWS::ECR::RegistryScanningConfiguration", {"ScanType": "ENHANCED", "Rules": [rule]})


@pytest.mark.parametrize(
    ("registry", "name", "wanted"),
    [
        pytest.param(scanning("*"), GONE, MET, id="all"),
        pytest.param(scanning("x", "por*"), "portal", MET, id="by-name"),
        pytest.param(scanning("port"), "my-portal", MET, id="by-part-of-the-name"),
        pytest.param(scanning(""), "portal", BROKEN, id="empty"),
        pytest.param(scanning("*", frequency="CONTINUOUS_SCAN"), GONE, MET, id="continuously"),
        pytest.param(scanning("*", frequency="MANUAL"), GONE, BROKEN, id="by-hand"),
        pytest.param(scanning("other*"), "portal", BROKEN, id="another"),
        pytest.param(scanning("por*"), GONE, BROKEN, id="name-not-known"),
        pytest.param(scanning(PARAMETER), "portal", BROKEN, id="filter-not-known"),
        pytest.param(scanning(), "portal", BROKEN, id="none"),
    ],
)
def test_the_scanning_of_the_registry_counts_for_whom_it_scans(registry: Json, name: Json, wanted: str) -> None:
    assert verdict("EcrImagesScanned", repository({"RepositoryName": name}, Registry=registry)) == wanted


def test_the_registry_of_another_region_does_not_count() -> None:
    here = Template(repository({}), region="us-east-1")
    there = Template(template({"Registry": scanning("*")}), region="us-west-2")
    Assembly([here, there])
    assert RULES["EcrImagesScanned"].judge(here.resources["It"]).verdict.value == BROKEN


@pytest.mark.parametrize(
    ("encryption", "wanted"),
    [
        pytest.param({"EncryptionType": "KMS", "KmsKey": {"Fn::GetAtt": ["Key", "Arn"]}}, MET, id="key"),
        pytest.param({"EncryptionType": "KMS_DSSE", "KmsKey": "alias/images"}, MET, id="twice"),
        pytest.param({"EncryptionType": "KMS"}, BROKEN, id="key-of-aws"),
        pytest.param({"EncryptionType": "KMS", "KmsKey": "alias/aws/ecr"}, BROKEN, id="alias-of-aws"),
        pytest.param({"EncryptionType": "AES256"}, BROKEN, id="aes"),
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
        ("MUTABLE", BROKEN),
        (GONE, BROKEN),
        (True, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_whether_tags_can_be_moved_decides(mutability: Json, wanted: str) -> None:
    assert verdict("EcrTagsImmutable", repository({"ImageTagMutability": mutability})) == wanted


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        pytest.param({"Effect": "Allow", "Principal": "*", "Action": "ecr:*"}, BROKEN, id="everyone"),
        pytest.param({"Effect": "Allow", "Principal": {"AWS": "1"}, "Action": "ecr:*"}, MET, id="an-account"),
        pytest.param({"Effect": "Deny", "Principal": "*", "Action": "ecr:*"}, MET, id="denial"),
        pytest.param(PARAMETER, UNDECIDED, id="unknown"),
    ],
)
def test_whom_a_policy_names_decides(statement: Json, wanted: str) -> None:
    body = repository({"RepositoryPolicyText": {"Statement": [statement]}})
    assert verdict("EcrPolicyNamesPrincipals", body) == wanted


def test_a_repository_without_a_policy_is_the_accounts_own() -> None:
    assert verdict("EcrPolicyNamesPrincipals", repository({})) == MET


@pytest.mark.parametrize(("principal", "wanted"), [("*", BROKEN), ({"AWS": "1"}, MET)])
def test_whom_the_policy_of_the_registry_names_decides(principal: Json, wanted: str) -> None:
    statement: Json = {"Effect": "Allow", "Principal": principal, "Action": "ecr:ReplicateImage", "Resource": "*"}
    body = template({"It": resource("AWS::ECR::RegistryPolicy", {"PolicyText": {"Statement": [statement]}})})
    assert verdict("EcrPolicyNamesPrincipals", body) == wanted


def test_a_public_repository_breaks() -> None:
    body = template({"It": resource("AWS::ECR::PublicRepository", {"RepositoryName": "portal"})})
    assert verdict("EcrRepositoryNotPublic", body) == BROKEN
