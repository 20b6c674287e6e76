"""What is there already becomes better in place, and what can't is named."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from unittest.mock import patch

import pytest
from aws_cdk import App, Mixins, RemovalPolicy, Stack
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_efs as efs
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from hipaa_constructs import EncryptedBucket, EncryptedFileSystem, EncryptedQueue, EncryptedTable, HipaaHardening
from hipaa_constructs.checker import Report, check
from hipaa_constructs.loading import discover
from hipaa_constructs.services import _hardening as table
from hipaa_constructs.services import hardening as hardening_module
from hipaa_constructs.services._hardening_stack import Contents
from tests._refusals import waiver
from tests._synthesis import Body, at, list_at, of_type, the
from tools.examples import BY_ID, KEY_IN_THE_WEST, POSTGRES, network

BUCKET, POLICY, QUEUE, TOPIC = table.BUCKET, table.BUCKET_POLICY, table.QUEUE, table.TOPIC


@lru_cache
def hardened(build: Callable[[Stack], object], *, harden: bool = True) -> tuple[Body, Report, HipaaHardening]:
    """Return the template of a stack, what is judged of it, and what the mixin says."""
    with tempfile.TemporaryDirectory() as folder:
        app = App(outdir=folder)
        build(Stack(app, "Stack"))
        hardening = HipaaHardening()
        if harden:
            Mixins.of(app).apply(hardening)
        app.synth()
        body: Body = json.loads((Path(folder) / "Stack.template.json").read_text("utf-8"))
        return body, check(discover([folder]).templates), hardening


def everything(stack: Stack) -> None:
    """Make what a careless team makes."""
    archive = s3.Bucket(stack, "Logs")
    s3.Bucket(stack, "Records", server_access_logs_bucket=archive)
    s3.CfnBucket(stack, "Plain")
    sqs.Queue(stack, "Events")
    sqs.CfnQueue(stack, "PlainQueue")
    sns.Topic(stack, "Alarms")
    sns.CfnTopic(stack, "PlainTopic")
    logs.LogGroup(stack, "Group", retention=logs.RetentionDays.ONE_WEEK, removal_policy=RemovalPolicy.DESTROY)
    kms.Key(stack, "Key", removal_policy=RemovalPolicy.DESTROY)
    secretsmanager.Secret(stack, "Secret")
    ecr.Repository(stack, "Images")
    cloudtrail.Trail(stack, "Trail")
    inside = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
    vpc = network(stack)
    rds.DatabaseInstance(stack, "Database", engine=POSTGRES, vpc=vpc, vpc_subnets=inside)
    dynamodb.Table(stack, "Visits", partition_key=BY_ID, removal_policy=RemovalPolicy.DESTROY)
    dynamodb.TableV2(stack, "Claims", partition_key=BY_ID)
    efs.FileSystem(stack, "Scans", vpc=vpc, vpc_subnets=inside, encrypted=False)
    elasticache.CfnReplicationGroup(stack, "Cache", replication_group_description="sessions")


def properties(kind: str, prefix: str) -> Body:
    found = the(hardened(everything)[0], kind, prefix)["Properties"]
    assert isinstance(found, dict)
    return found


def findings(report: Report) -> set[tuple[str, str]]:
    return {(one.resource.logical_id, one.rule.id) for one in report.findings}


def test_every_change_settles_the_finding_that_it_names() -> None:
    _, report, hardening = hardened(everything)
    changed = {(one.path, one.rule) for one in hardening.changes}
    left = {(str(one.resource.construct_path), one.rule.id) for one in report.findings}
    assert changed
    assert changed & left == set()


def test_half_of_the_findings_are_settled_and_there_are_no_new_ones() -> None:
    before, after = (findings(hardened(everything, harden=harden)[1]) for harden in (False, True))
    assert after <= before
    assert len(after) <= len(before) / 2


@pytest.mark.parametrize("prefix", ["Records", "Plain"])
def test_a_bucket_is_encrypted_versioned_private_and_logged(prefix: str) -> None:
    bucket = properties(BUCKET, prefix)
    (default,) = list_at(bucket, "BucketEncryption", "ServerSideEncryptionConfiguration")
    assert at(default, "BucketKeyEnabled") is True
    assert str(at(default, "ServerSideEncryptionByDefault", "KMSMasterKeyID", "Fn::GetAtt", 0)).startswith("Hardening")
    assert at(bucket, "VersioningConfiguration", "Status") == "Enabled"
    closed = at(bucket, "PublicAccessBlockConfiguration")
    assert isinstance(closed, dict)
    assert list(closed.values()) == [True] * 4
    assert at(bucket, "LoggingConfiguration", "DestinationBucketName") is not None


def test_a_bucket_that_logs_are_delivered_to_keeps_its_encryption() -> None:
    assert at(properties(BUCKET, "Logs"), "BucketEncryption") is None


def test_a_bucket_that_a_service_delivers_to_keeps_its_encryption_and_says_so() -> None:
    assert at(properties(BUCKET, "TrailS3"), "BucketEncryption") is None
    (said,) = [one for one in hardened(everything)[2].unchanged if one.path == "Stack/Trail/S3/Resource"]
    assert str(said) == (
        "Stack/Trail/S3/Resource: BucketEncryption stays absent: services of AWS deliver to it; let them use a key of "
        "yours first, then set it (S3BucketUsesCustomerManagedKey)"
    )


@pytest.mark.parametrize("prefix", ["Records", "Plain"])
def test_a_bucket_refuses_plaintext_and_old_tls(prefix: str) -> None:
    policy = the(hardened(everything)[0], POLICY, prefix)
    denied = [at(one, "Condition") for one in list_at(policy, "Properties", "PolicyDocument", "Statement")]
    assert denied == [{"Bool": {"aws:SecureTransport": "false"}}, {"NumericLessThan": {"s3:TlsVersion": 1.2}}]
    assert policy["DeletionPolicy"] == "Retain"


@pytest.mark.parametrize(("kind", "prefix"), [(QUEUE, "Events"), (QUEUE, "PlainQueue"), (TOPIC, "Al"), (TOPIC, "Pl")])
def test_queues_and_topics_are_encrypted_with_the_key_of_the_stack(kind: str, prefix: str) -> None:
    assert str(at(properties(kind, prefix), "KmsMasterKeyId", "Fn::GetAtt", 0)).startswith("HardeningKey")


def test_whoever_may_use_what_is_encrypted_may_use_its_key_by_way_of_the_service() -> None:
    key = the(hardened(everything)[0], "AWS::KMS::Key", "HardeningKey")
    (statement,) = [
        one
        for one in list_at(key, "Properties", "KeyPolicy", "Statement")
        if at(one, "Sid") == "WhoeverUsesTheResources"
    ]
    condition = at(statement, "Condition", "StringEquals")
    assert at(condition, "kms:CallerAccount") == {"Ref": "AWS::AccountId"}
    assert len(list_at(condition, "kms:ViaService")) == 5


def test_a_log_group_keeps_six_years_and_outlives_its_stack() -> None:
    group = the(hardened(everything)[0], table.LOG_GROUP, "Group")
    assert at(group, "Properties", "RetentionInDays") == 2192
    assert group["DeletionPolicy"] == "Retain"


def test_a_database_is_named_with_what_only_another_one_can_have() -> None:
    said = [str(one) for one in hardened(everything)[2].unchanged if one.path == "Stack/Database/Resource"]
    assert said == [
        "Stack/Database/Resource: StorageEncrypted stays absent: CloudFormation would replace it; copy a snapshot with "
        "your key and restore it (RdsStorageEncrypted)",
        "Stack/Database/Resource: KmsKeyId stays absent: CloudFormation would replace it; copy a snapshot with your "
        "key and restore it (RdsUsesCustomerManagedKey)",
    ]


def test_a_table_is_encrypted_restorable_protected_and_kept() -> None:
    found = properties(table.TABLE, "Visits")
    assert str(at(found, "SSESpecification", "KMSMasterKeyId", "Fn::GetAtt", 0)).startswith("HardeningKey")
    assert at(found, "SSESpecification", "SSEEnabled") is True
    assert at(found, "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled") is True
    assert found["DeletionProtectionEnabled"] is True
    assert the(hardened(everything)[0], table.TABLE)["DeletionPolicy"] == "Retain"


def test_a_global_table_of_one_region_is_so_too() -> None:
    found = properties(table.GLOBAL_TABLE, "Claims")
    (replica,) = list_at(found, "Replicas")
    assert found["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
    assert str(at(replica, "SSESpecification", "KMSMasterKeyId", "Fn::GetAtt", 0)).startswith("HardeningKey")
    assert at(replica, "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled") is True
    assert at(replica, "DeletionProtectionEnabled") is True


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        (table.TABLE, ("ResourcePolicy", "PolicyDocument")),
        (table.GLOBAL_TABLE, ("Replicas", 0, "ResourcePolicy", "PolicyDocument")),
    ],
)
def test_a_table_refuses_plaintext(kind: str, place: tuple[str | int, ...]) -> None:
    (statement,) = list_at(properties(kind, ""), *place, "Statement")
    assert (at(statement, "Effect"), at(statement, "Action")) == ("Deny", "dynamodb:*")
    assert at(statement, "Condition") == {"Bool": {"aws:SecureTransport": "false"}}


def test_a_file_system_refuses_plaintext_and_lets_in_whom_it_let_in() -> None:
    allowed, denied = list_at(properties(table.FILE_SYSTEM, "Scans"), "FileSystemPolicy", "Statement")
    assert (at(allowed, "Effect"), len(list_at(allowed, "Action"))) == ("Allow", 3)
    assert at(denied, "Effect") == "Deny"
    assert at(denied, "Condition") == {"Bool": {"aws:SecureTransport": "false"}}


def test_a_file_system_is_backed_up_and_kept() -> None:
    assert at(properties(table.FILE_SYSTEM, "Scans"), "BackupPolicy", "Status") == "ENABLED"


def test_a_file_system_is_named_with_what_only_another_one_can_have() -> None:
    said = [str(one) for one in hardened(everything)[2].unchanged if one.path == "Stack/Scans/Resource"]
    assert said == [
        f"Stack/Scans/Resource: {name} stays {before}: CloudFormation would replace it; make another file system, and "
        f"copy the files with AWS DataSync ({rule})"
        for name, before, rule in (
            ("Encrypted", "False", "EfsEncrypted"),
            ("KmsKeyId", "absent", "EfsUsesCustomerManagedKey"),
        )
    ]


def test_replicas_need_keys_and_policies_that_only_their_team_knows() -> None:
    def build(stack: Stack) -> None:
        replicas = [
            dynamodb.CfnGlobalTable.ReplicaSpecificationProperty(region=region) for region in ("us-east-1", "us-west-2")
        ]
        dynamodb.CfnGlobalTable(
            stack,
            "It",
            attribute_definitions=[{"attributeName": "id", "attributeType": "S"}],
            key_schema=[{"attributeName": "id", "keyType": "HASH"}],
            replicas=replicas,
        )

    template, _, hardening = hardened(build)
    replicas = list_at(the(template, table.GLOBAL_TABLE), "Properties", "Replicas")
    assert [at(one, "DeletionProtectionEnabled") for one in replicas] == [True, True]
    assert [at(one, "SSESpecification") for one in replicas] == [None, None]
    assert [str(one).partition(": ")[2] for one in hardening.unchanged] == [
        "Replicas.0.SSESpecification.KMSMasterKeyId stays [None, None]: each Region needs a key of its own; give each "
        "replica one (DynamodbReplicaUsesCustomerManagedKey)",
        "Replicas.0.ResourcePolicy.PolicyDocument stays as it is: add a statement that denies requests without TLS to "
        "it, in each replica (DynamodbTableTlsOnly)",
    ]


def test_a_policy_of_a_file_system_is_named_and_stays() -> None:
    document = {"Version": "2012-10-17", "Statement": []}
    template, _, hardening = hardened(
        lambda stack: efs.CfnFileSystem(stack, "It", encrypted=True, file_system_policy=document)
    )
    assert at(the(template, table.FILE_SYSTEM), "Properties", "FileSystemPolicy") == document
    assert "EfsTlsOnly" in [one.rule for one in hardening.unchanged]


def test_a_change_is_told_in_a_line() -> None:
    told = [str(one) for one in hardened(everything)[2].changes]
    assert "Stack/Group/Resource: RetentionInDays 7 -> 2192 (LogGroupKeptSixYears)" in told


def test_a_longer_retention_stays() -> None:
    template, _, _ = hardened(lambda stack: logs.LogGroup(stack, "It", retention=logs.RetentionDays.TEN_YEARS))
    assert at(the(template, table.LOG_GROUP), "Properties", "RetentionInDays") == 3653


def test_a_key_of_the_user_stays() -> None:
    arn = "arn:aws:kms:us-east-1:123456789012:key/1"
    template, _, _ = hardened(lambda stack: sqs.CfnQueue(stack, "It", kms_master_key_id=arn))
    assert at(the(template, QUEUE), "Properties", "KmsMasterKeyId") == arn
    assert of_type(template, "AWS::KMS::Key") == {}


def test_acls_that_are_set_stay() -> None:
    template, _, _ = hardened(lambda stack: s3.CfnBucket(stack, "It", access_control="BucketOwnerFullControl"))
    assert at(the(template, BUCKET, "It"), "Properties", "OwnershipControls") is None


def test_an_oracle_database_gets_no_iam() -> None:
    template, _, _ = hardened(lambda stack: rds.CfnDBInstance(stack, "It", engine="oracle-ee"))
    assert at(the(template, table.DATABASE), "Properties", "EnableIAMDatabaseAuthentication") is None


def test_a_member_of_a_cluster_keeps_what_its_cluster_says() -> None:
    template, _, hardening = hardened(
        lambda stack: rds.CfnDBInstance(stack, "It", engine="aurora-postgresql", db_cluster_identifier="records")
    )
    assert the(template, table.DATABASE)["Properties"] == {
        "DBClusterIdentifier": "records",
        "Engine": "aurora-postgresql",
    }
    assert (hardening.changes, hardening.unchanged) == ([], [])


def test_a_policy_of_the_lowest_level_is_named_and_stays() -> None:
    def build(stack: Stack) -> None:
        bucket = s3.CfnBucket(stack, "It")
        statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutBucketPolicy", "Resource": bucket.attr_arn}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        s3.CfnBucketPolicy(stack, "ItPolicy", bucket=bucket.ref, policy_document=document)

    template, _, hardening = hardened(build)
    assert len(list_at(the(template, POLICY, "ItPolicy"), "Properties", "PolicyDocument", "Statement")) == 1
    assert "S3BucketTlsOnly" in [one.rule for one in hardening.unchanged]


def test_what_a_waiver_allows_stays() -> None:
    def build(stack: Stack) -> None:
        EncryptedBucket(stack, "It", versioned=False, waivers=[waiver("S3BucketVersioned")])

    template, _, hardening = hardened(build)
    assert at(the(template, BUCKET, "It"), "Properties", "VersioningConfiguration") is None
    assert hardening.changes == []


def test_blocks_of_this_package_stay_as_they_are() -> None:
    def build(stack: Stack) -> None:
        EncryptedBucket(stack, "Records")
        EncryptedQueue(stack, "Events")
        EncryptedTable(stack, "Visits", partition_key=BY_ID)
        EncryptedFileSystem(
            stack,
            "Scans",
            vpc=network(stack),
            replication_region="us-west-2",
            replication_key=KEY_IN_THE_WEST,
        )

    assert hardened(build)[0] == hardened(build, harden=False)[0]


def test_a_stack_is_read_once_for_all_that_it_has() -> None:
    app = App()
    stack = Stack(app, "Stack")
    for number in range(5):
        s3.Bucket(stack, f"Bucket{number}")
        sqs.Queue(stack, f"Queue{number}")
    with patch.object(hardening_module, "Contents", wraps=Contents) as read:
        Mixins.of(app).apply(HipaaHardening())
    assert read.call_count == 1


@pytest.mark.parametrize("plain", [True, False])
def test_what_is_made_afterwards_is_hardened_the_next_time_and_nothing_twice(plain: bool) -> None:
    app, hardening = App(), HipaaHardening()
    stack = Stack(app, "Stack")
    make = sqs.CfnQueue if plain else sqs.Queue
    make(stack, "First")
    Mixins.of(app).apply(hardening)
    changed = [one.path for one in hardening.changes]
    make(stack, "Second")
    Mixins.of(app).apply(hardening)
    later = [one.path for one in hardening.changes[len(changed) :]]
    assert [path.replace("Second", "First") for path in later if "Second" in path] == changed
    assert not any("First" in path for path in later)
