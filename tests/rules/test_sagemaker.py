"""What is judged of Amazon SageMaker AI."""

from __future__ import annotations

import pytest

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

KEY, INTERNET, TOKEN = (
    "SageMakerUsesCustomerManagedKey",
    "SageMakerWithoutInternetAccess",
    "SageMakerMetadataNeedsToken",
)
NOTEBOOK, CONFIG, DOMAIN = (
    "AWS::SageMaker::NotebookInstance",
    "AWS::SageMaker::EndpointConfig",
    "AWS::SageMaker::Domain",
)


def made(kind: str, **properties: Json) -> Body:
    return template({"It": resource(kind, properties), "Key": resource("AWS::KMS::Key")})


@pytest.mark.parametrize("kind", [NOTEBOOK, CONFIG, DOMAIN])
@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ({"Ref": "Key"}, MET),
        ("alias/notes", MET),
        ("alias/aws/sagemaker", BROKEN),
        (GONE, BROKEN),
        ("", BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_the_key_decides(kind: str, key: Json, wanted: str) -> None:
    assert verdict(KEY, made(kind, KmsKeyId=key)) == wanted


@pytest.mark.parametrize(
    ("types", "wanted"),
    [
        (["ml.m5d.large"], NOT_APPLICABLE),
        (["ml.c6gd.xlarge"], NOT_APPLICABLE),
        (["ml.g4dn.xlarge"], NOT_APPLICABLE),
        (["ml.g5.xlarge", "ml.p4d.24xlarge", "ml.p4de.24xlarge", "ml.p5.48xlarge"], NOT_APPLICABLE),
        (["ml.g6e.xlarge", "ml.trn1.2xlarge", "ml.trn1n.32xlarge"], NOT_APPLICABLE),
        (["ml.m5d.large", "ml.m5.large"], NOT_APPLICABLE),
        (["ml.m5.large", "ml.m5d.large"], NOT_APPLICABLE),
        ([PARAMETER, "ml.m5d.large"], NOT_APPLICABLE),
        (["ml.m5.large", "ml.c5.large"], BROKEN),
        (["ml.m5.large"], BROKEN),
        (["ml.r6i.large"], BROKEN),
        (["ml.inf2.xlarge"], BROKEN),
        (["ml.p3.2xlarge"], BROKEN),
        ([GONE], BROKEN),
        ([PARAMETER], BROKEN),
        ([7], BROKEN),
        ([], BROKEN),
    ],
)
def test_instances_with_disks_of_their_own_take_no_key(types: list[Json], wanted: str) -> None:
    variants: list[Json] = [{"InstanceType": kind} for kind in types]
    assert verdict(KEY, made(CONFIG, ProductionVariants=variants)) == wanted


def test_disks_of_a_notebook_take_a_key_all_the_same() -> None:
    assert verdict(KEY, made(NOTEBOOK, InstanceType="ml.m5d.large")) == BROKEN


@pytest.mark.parametrize(
    ("kind", "place", "good", "bad"),
    [
        (NOTEBOOK, "DirectInternetAccess", "Disabled", "Enabled"),
        (DOMAIN, "AppNetworkAccessType", "VpcOnly", "PublicInternetOnly"),
    ],
)
def test_the_way_to_the_internet_decides(kind: str, place: str, good: str, bad: str) -> None:
    assert verdict(INTERNET, made(kind, **{place: good})) == MET
    assert verdict(INTERNET, made(kind, **{place: PARAMETER})) == UNDECIDED
    for value in (bad, GONE, "VpcOnly" if kind == NOTEBOOK else "Disabled", *NEVER_TEXT):
        assert verdict(INTERNET, made(kind, **{place: value})) == BROKEN
    for value in MALFORMED:
        assert verdict(INTERNET, made(kind, **{place: value})) in (BROKEN, UNDECIDED)


@pytest.mark.parametrize(
    ("version", "wanted"),
    [("2", MET), (2, MET), ("1", BROKEN), (1, BROKEN), (GONE, BROKEN), ([], BROKEN), (PARAMETER, UNDECIDED)],
)
def test_the_least_version_of_metadata_decides(version: Json, wanted: str) -> None:
    config: Json = {"MinimumInstanceMetadataServiceVersion": version}
    assert verdict(TOKEN, made(NOTEBOOK, InstanceMetadataServiceConfiguration=config)) == wanted
    assert verdict(TOKEN, made(NOTEBOOK)) == BROKEN
