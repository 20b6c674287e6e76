"""What is judged of the Regions that stacks and copies are in."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules import RULES, Assembly, Settings, Template
from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NEVER_TEXT,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    outcome,
    resource,
    template,
    verdict,
)

STACK, COPIES = "StackInAllowedRegion", "CopiesInAllowedRegions"
US = Settings(allowed_regions=("us-east-1", "us-west-2"))
NONE = Settings()


def in_region(region: str | None, settings: Settings = US, of: str = "It") -> str:
    body = template({"It": resource("AWS::SQS::Queue"), "Other": resource("AWS::SQS::Queue")})
    assembly = Assembly([Template(body, region=region)], settings=settings)
    return RULES[STACK].judge(assembly.templates[0].resources[of]).verdict.value


@pytest.mark.parametrize(("region", "wanted"), [("us-east-1", MET), ("eu-west-1", BROKEN), (None, NOT_APPLICABLE)])
def test_the_region_of_a_stack_decides(region: str | None, wanted: str) -> None:
    assert in_region(region) == wanted


def test_who_allows_no_region_allows_any() -> None:
    assert in_region("eu-west-1", NONE) == NOT_APPLICABLE
    body = template({"It": resource("AWS::RDS::DBInstance", {"AutomaticBackupReplicationRegion": "eu-west-1"})})
    assert verdict(COPIES, body) == NOT_APPLICABLE


def test_the_region_of_a_stack_is_told_once() -> None:
    assert in_region("eu-west-1", of="Other") == NOT_APPLICABLE


def holding(kind: str, region: Json) -> Body:
    made: dict[str, Json] = {
        "AWS::Cognito::UserPoolReplica": {"RegionName": region},
        "AWS::DLM::LifecyclePolicy": {
            "PolicyDetails": {"Schedules": [{"CrossRegionCopyRules": [{"TargetRegion": region}]}]}
        },
        "AWS::DynamoDB::GlobalTable": {"Replicas": [{"Region": "us-east-1"}, {"Region": region}]},
        "AWS::ECR::ReplicationConfiguration": {
            "ReplicationConfiguration": {"Rules": [{"Destinations": [{"Region": region}]}]}
        },
        "AWS::EFS::FileSystem": {"ReplicationConfiguration": {"Destinations": [{"Region": region}]}},
        "AWS::ElastiCache::GlobalReplicationGroup": {"Members": [{"ReplicationGroupRegion": region}]},
        "AWS::RDS::DBInstance": {"AutomaticBackupReplicationRegion": region},
        "AWS::Redshift::Cluster": {"DestinationRegion": region},
        "AWS::RedshiftServerless::Namespace": {"SnapshotCopyConfigurations": [{"DestinationRegion": region}]},
        "AWS::S3::MultiRegionAccessPoint": {"Regions": [{"Region": region}]},
        "AWS::SecretsManager::Secret": {"ReplicaRegions": [{"Region": region}]},
    }
    return template({"It": resource(kind, made[kind])})


KINDS = (
    "AWS::Cognito::UserPoolReplica",
    "AWS::DLM::LifecyclePolicy",
    "AWS::DynamoDB::GlobalTable",
    "AWS::ECR::ReplicationConfiguration",
    "AWS::EFS::FileSystem",
    "AWS::ElastiCache::GlobalReplicationGroup",
    "AWS::RDS::DBInstance",
    "AWS::Redshift::Cluster",
    "AWS::RedshiftServerless::Namespace",
    "AWS::S3::MultiRegionAccessPoint",
    "AWS::SecretsManager::Secret",
)


@pytest.mark.parametrize("kind", KINDS)
def test_the_region_of_a_copy_decides(kind: str) -> None:
    verdicts = [
        verdict(COPIES, holding(kind, region), settings=US)
        for region in ("us-west-2", "eu-west-1", "us-gov-west-1", PARAMETER)
    ]
    assert verdicts == [MET, BROKEN, BROKEN, UNDECIDED]


@pytest.mark.parametrize("kind", KINDS)
def test_what_copies_nowhere_is_not_asked(kind: str) -> None:
    assert verdict(COPIES, template({"It": resource(kind, {})}), settings=US) == NOT_APPLICABLE


@pytest.mark.parametrize(("region", "wanted"), [("us-west-2", MET), ("eu-west-1", BROKEN)])
def test_each_way_of_a_lifecycle_policy_to_copy_counts(region: str, wanted: str) -> None:
    ways: list[Json] = [
        {"CrossRegionCopyTargets": [{"TargetRegion": region}]},
        {"PolicyDetails": {"CrossRegionCopyTargets": [{"TargetRegion": region}]}},
        {"PolicyDetails": {"Actions": [{"CrossRegionCopy": [{"Target": region}]}]}},
    ]
    for properties in ways:
        body = template({"It": resource("AWS::DLM::LifecyclePolicy", properties)})
        assert verdict(COPIES, body, settings=US) == wanted


@pytest.mark.parametrize("region", NEVER_TEXT)
def test_a_region_that_is_no_text_breaks(region: Json) -> None:
    assert verdict(COPIES, holding("AWS::RDS::DBInstance", region), settings=US) == BROKEN


@pytest.mark.parametrize("key", ["ReplicaRegions"])
def test_a_hidden_list_is_undecided(key: str) -> None:
    body = template({"It": resource("AWS::SecretsManager::Secret", {key: PARAMETER})})
    assert verdict(COPIES, body, settings=US) == UNDECIDED


def test_a_finding_names_the_region() -> None:
    assert outcome(COPIES, holding("AWS::RDS::DBInstance", "eu-west-1"), settings=US).found == "it copies to eu-west-1"


def plan(vault: Json) -> Body:
    rules: Json = [{"CopyActions": [{"DestinationBackupVaultArn": vault}]}]
    return template({"It": resource("AWS::Backup::BackupPlan", {"BackupPlan": {"BackupPlanRule": rules}})})


@pytest.mark.parametrize(
    ("vault", "wanted"),
    [
        ("arn:aws:backup:us-west-2:123456789012:backup-vault:a", MET),
        ("arn:aws:backup:eu-west-1:123456789012:backup-vault:a", BROKEN),
        ({"Fn::Sub": "arn:aws:backup:eu-west-1:${AWS::AccountId}:backup-vault:a"}, BROKEN),
        ({"Fn::Sub": "arn:aws:backup:us-west-2:${AWS::AccountId}:backup-vault:a"}, MET),
        ({"Fn::Sub": "arn:aws:backup:${AnyParameter}:123456789012:backup-vault:a"}, UNDECIDED),
        (PARAMETER, UNDECIDED),
        ("vault", BROKEN),
        ("arn:aws:backup", BROKEN),
        ("arn:aws:backup:us-west-2", MET),
        (GONE, NOT_APPLICABLE),
    ],
)
def test_the_vault_that_backups_are_copied_to_decides(vault: Json, wanted: str) -> None:
    assert verdict(COPIES, plan(vault), settings=US) == wanted


@pytest.mark.parametrize(("region", "wanted"), [("us-west-2", MET), ("eu-west-1", BROKEN), (None, UNDECIDED)], ids=str)
def test_the_region_of_a_vault_of_the_templates_is_that_of_its_stack(region: str | None, wanted: str) -> None:
    exported: Json = {"O": {"Value": {"Fn::GetAtt": ["Vault", "BackupVaultArn"]}, "Export": {"Name": "vault"}}}
    vaults = template({"Vault": resource("AWS::Backup::BackupVault", {"BackupVaultName": "a"})}, Outputs=exported)
    made = [Template(plan({"Fn::ImportValue": "vault"}), region="us-east-1"), Template(vaults, region=region)]
    assembly = Assembly(made, settings=US)
    assert RULES[COPIES].judge(assembly.templates[0].resources["It"]).verdict.value == wanted


def replicating(to: Json, status: str = "Enabled") -> Body:
    rules: Json = [{"Status": status, "Destination": {"Bucket": to}}]
    return template({"It": resource("AWS::S3::Bucket", {"ReplicationConfiguration": {"Rules": rules}})})


@pytest.mark.parametrize(
    ("region", "status", "wanted"),
    [
        ("us-west-2", "Enabled", MET),
        ("eu-west-1", "Enabled", BROKEN),
        ("eu-west-1", "Disabled", NOT_APPLICABLE),
        (None, "Enabled", NOT_APPLICABLE),
    ],
)
def test_the_region_of_a_bucket_that_is_replicated_to_decides(region: str | None, status: str, wanted: str) -> None:
    source = Template(replicating("arn:aws:s3:::copies", status), region="us-east-1")
    copies = template({"Copies": resource("AWS::S3::Bucket", {"BucketName": "copies"})})
    assembly = Assembly([source, Template(copies, region=region)], settings=US)
    assert RULES[COPIES].judge(assembly.templates[0].resources["It"]).verdict.value == wanted


def test_a_bucket_of_another_assembly_is_not_judged() -> None:
    assert verdict(COPIES, replicating("arn:aws:s3:::elsewhere"), settings=US) == NOT_APPLICABLE
