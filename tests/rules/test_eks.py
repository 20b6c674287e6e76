"""What is judged of clusters and node groups of Amazon EKS."""

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
    outcome,
    resource,
    template,
    verdict,
)

SECRETS, ENDPOINT, LOGS, SSH = (
    "EksSecretsUseCustomerManagedKey",
    "EksEndpointNotPublic",
    "EksControlPlaneLogged",
    "EksNodesSshClosed",
)
KEY: Json = {"KeyArn": {"Fn::GetAtt": ["Key", "Arn"]}}
TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")


def cluster(**properties: Json) -> Body:
    return template({"It": resource("AWS::EKS::Cluster", properties), "Key": resource("AWS::KMS::Key")})


@pytest.mark.parametrize(
    ("config", "wanted"),
    [
        ([{"Resources": ["secrets"], "Provider": KEY}], MET),
        ([{"Resources": ["other", "secrets"], "Provider": KEY}], MET),
        ([{}, {"Resources": ["secrets"], "Provider": KEY}], MET),
        ([{"Resources": ["other"], "Provider": KEY}], BROKEN),
        ([{"Resources": [], "Provider": KEY}], BROKEN),
        ([{"Provider": KEY}], BROKEN),
        ([{"Resources": ["secrets"]}], BROKEN),
        ([{"Resources": ["secrets"], "Provider": {"KeyArn": "alias/aws/eks"}}], BROKEN),
        ([{"Resources": ["secrets"], "Provider": {"KeyArn": "alias/portal"}}], MET),
        ([{"Resources": ["secrets"], "Provider": {"KeyArn": "arn:aws:kms:us-east-1:1:alias/portal"}}], MET),
        ([{"Resources": ["secrets"], "Provider": PARAMETER}], UNDECIDED),
        ([{"Resources": PARAMETER, "Provider": KEY}], UNDECIDED),
        ([{"Resources": PARAMETER}], BROKEN),
        ([PARAMETER], UNDECIDED),
        (PARAMETER, UNDECIDED),
        ([], BROKEN),
        (GONE, BROKEN),
        *((value, BROKEN) for value in NEVER_TEXT),
    ],
)
def test_the_key_of_the_secrets_decides(config: Json, wanted: str) -> None:
    assert verdict(SECRETS, cluster(EncryptionConfig=config)) == wanted


@pytest.mark.parametrize(
    ("config", "wanted"),
    [
        ({"EndpointPublicAccess": False}, MET),
        ({"EndpointPublicAccess": "false"}, MET),
        ({"EndpointPublicAccess": True}, BROKEN),
        ({}, BROKEN),
        (GONE, BROKEN),
        ("x", BROKEN),
        ({"PublicAccessCidrs": ["203.0.113.0/24"]}, MET),
        ({"EndpointPublicAccess": True, "PublicAccessCidrs": ["203.0.113.0/24", "0.0.0.0/0"]}, BROKEN),
        ({"PublicAccessCidrs": []}, BROKEN),
        ({"PublicAccessCidrs": [7]}, BROKEN),
        ({"PublicAccessCidrs": [PARAMETER]}, UNDECIDED),
        ({"PublicAccessCidrs": PARAMETER}, UNDECIDED),
        ({"EndpointPublicAccess": PARAMETER}, UNDECIDED),
        ({"EndpointPublicAccess": PARAMETER, "PublicAccessCidrs": ["203.0.113.0/24"]}, MET),
        (PARAMETER, UNDECIDED),
    ],
)
def test_who_reaches_the_api_decides(config: Json, wanted: str) -> None:
    assert verdict(ENDPOINT, cluster(ResourcesVpcConfig=config)) == wanted


def logging(types: Json) -> Body:
    return cluster(Logging={"ClusterLogging": {"EnabledTypes": types}})


@pytest.mark.parametrize("missing", TYPES)
def test_every_type_of_log_is_on(missing: str) -> None:
    all_: list[Json] = [{"Type": kind} for kind in TYPES]
    assert verdict(LOGS, logging(all_)) == MET
    some: list[Json] = [{"Type": kind} for kind in TYPES if kind != missing]
    assert outcome(LOGS, logging(some)).found == f"without {missing}"
    assert verdict(LOGS, logging(some)) == BROKEN
    assert verdict(LOGS, logging([*some, {"Type": PARAMETER}])) == UNDECIDED
    assert verdict(LOGS, logging([*some, PARAMETER])) == UNDECIDED


@pytest.mark.parametrize(
    ("types", "wanted"), [([], BROKEN), (GONE, BROKEN), ("api", BROKEN), (["api"], BROKEN), (PARAMETER, UNDECIDED)]
)
def test_without_types_nothing_is_logged(types: Json, wanted: str) -> None:
    assert verdict(LOGS, logging(types)) == wanted


@pytest.mark.parametrize(
    ("remote", "wanted"),
    [
        (GONE, MET),
        ({}, MET),
        ({"Ec2SshKey": "admin", "SourceSecurityGroups": ["sg-1"]}, MET),
        ({"Ec2SshKey": "admin"}, BROKEN),
        ({"Ec2SshKey": "admin", "SourceSecurityGroups": []}, BROKEN),
        ({"Ec2SshKey": "admin", "SourceSecurityGroups": PARAMETER}, UNDECIDED),
        ({"Ec2SshKey": PARAMETER}, BROKEN),
        ({"SourceSecurityGroups": []}, MET),
        (PARAMETER, UNDECIDED),
        ("x", BROKEN),
    ],
)
def test_remote_access_names_who_may(remote: Json, wanted: str) -> None:
    assert verdict(SSH, template({"It": resource("AWS::EKS::Nodegroup", {"RemoteAccess": remote})})) == wanted


@pytest.mark.parametrize("value", MALFORMED, ids=str)
def test_a_malformed_intrinsic_function_is_no_pass(value: Json) -> None:
    assert verdict(SECRETS, cluster(EncryptionConfig=value)) in (BROKEN, UNDECIDED)
    assert verdict(ENDPOINT, cluster(ResourcesVpcConfig=value)) in (BROKEN, UNDECIDED)
    assert verdict(LOGS, logging(value)) in (BROKEN, UNDECIDED)


def test_what_is_not_encrypted_is_told_where_it_should_be_named() -> None:
    found = outcome(SECRETS, cluster(EncryptionConfig=[{"Provider": KEY}]))
    assert found.property == "EncryptionConfig[0].Resources"


def test_all_types_of_logs_that_are_missing_are_told() -> None:
    some: Json = [{"Type": kind} for kind in TYPES[2:]]
    assert outcome(LOGS, logging(some)).found == "without api, audit"
