"""What is judged of repositories of images."""

from __future__ import annotations

import pytest

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


@pytest.mark.parametrize(("rules", "wanted"), [([{"ScanFrequency": "CONTINUOUS_SCAN"}], MET), ([], BROKEN)])
def test_the_scanning_of_the_registry_counts(rules: Json, wanted: str) -> None:
    registry = resource("AWS::ECR::RegistryScanningConfiguration", {"ScanType": "ENHANCED", "Rules": rules})
    assert verdict("EcrImagesScanned", repository({}, Registry=registry)) == wanted


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


def test_a_public_repository_breaks() -> None:
    body = template({"It": resource("AWS::ECR::PublicRepository", {"RepositoryName": "portal"})})
    assert verdict("EcrRepositoryNotPublic", body) == BROKEN
