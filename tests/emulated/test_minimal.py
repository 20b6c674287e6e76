"""The minimal example, deployed by the real CDK CLI to an emulated AWS, and read back.

The emulator is moto with the additions of `_server.py`. It shows that the template deploys in order, that every
reference resolves, that S3 and KMS as emulated take what they are given, and what then exists. It judges no requests
by policies, and encrypts, logs and expires nothing. It forgets the date-based key format of access logs, the block of
SSE-C, how often a key rotates and how long its deletion waits: the tests of the templates have these.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulated._cloud import ACCOUNT, DEPLOY, REGION, Cloud

APP = f"{sys.executable} examples/minimal/app.py"
BUCKETS = {"records": "portal-records", "archive": "portal-logarchive6", "access-logs": "portal-logarchiveaccesslogs"}


@dataclass(frozen=True, slots=True)
class Portal:
    """What was deployed."""

    cloud: Cloud
    buckets: dict[str, str]
    key_arn: str

    @property
    def records(self) -> str:
        return self.buckets["records"]

    @property
    def archive(self) -> str:
        return self.buckets["archive"]

    def s3(self, operation: str, bucket: str, **arguments: Any) -> dict[str, Any]:
        return dict(getattr(self.cloud.client("s3"), operation)(Bucket=bucket, **arguments))

    def kms(self, operation: str, **arguments: Any) -> dict[str, Any]:
        return dict(getattr(self.cloud.client("kms"), operation)(KeyId=self.key_arn, **arguments))

    def statements(self, bucket: str) -> list[dict[str, Any]]:
        return list(json.loads(self.s3("get_bucket_policy", bucket)["Policy"])["Statement"])

    def lifecycle(self, bucket: str) -> dict[str, dict[str, Any]]:
        rules = self.s3("get_bucket_lifecycle_configuration", bucket)["Rules"]
        return {rule["ID"]: rule for rule in rules}


@pytest.fixture(scope="module")
def portal(cloud: Cloud) -> Portal:
    cloud.cdk("bootstrap", f"aws://{ACCOUNT}/{REGION}")
    cloud.cdk(*DEPLOY, app=APP)
    names = [bucket["Name"] for bucket in cloud.client("s3").list_buckets()["Buckets"]]
    buckets = {kind: next(name for name in names if name.startswith(prefix)) for kind, prefix in BUCKETS.items()}
    (key,) = cloud.client("kms").list_keys()["Keys"]
    portal = Portal(cloud, buckets, key["KeyArn"])
    for bucket in portal.buckets.values():
        portal.s3("put_object", bucket, Key="note", Body=b"kept")
    return portal


@pytest.fixture(scope="module")
def second_deployment(portal: Portal) -> str:
    return portal.cloud.cdk(*DEPLOY, app=APP)


@pytest.fixture(scope="module")
def after_destroy(portal: Portal, second_deployment: str) -> Portal:
    stacks = portal.cloud.client("cloudformation")
    stacks.update_termination_protection(StackName="Portal", EnableTerminationProtection=False)
    portal.cloud.cdk("destroy", "--force", "--app", str(portal.cloud.folder / "cdk.out"))
    return portal


def deny_statements(portal: Portal, bucket: str, operator: str, context_key: str) -> list[dict[str, Any]]:
    return [
        one
        for one in portal.statements(bucket)
        if one["Effect"] == "Deny" and context_key in one.get("Condition", {}).get(operator, {})
    ]


def both_arns(bucket: str) -> list[str]:
    return [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]


def test_only_the_cdk_metadata_is_skipped_by_the_emulator(portal: Portal) -> None:
    deployed, skipped = portal.cloud.kinds(), portal.cloud.skipped()
    assert skipped == {"AWS::CDK::Metadata"}
    assert deployed - skipped == {"AWS::KMS::Key", "AWS::S3::Bucket", "AWS::S3::BucketPolicy"}


def test_the_stack_is_protected_from_deletion(portal: Portal) -> None:
    (stack,) = portal.cloud.client("cloudformation").describe_stacks(StackName="Portal")["Stacks"]
    assert (stack["StackStatus"], stack["EnableTerminationProtection"]) == ("CREATE_COMPLETE", True)


def test_records_are_encrypted_with_the_customers_key(portal: Portal) -> None:
    configuration = portal.s3("get_bucket_encryption", portal.records)["ServerSideEncryptionConfiguration"]
    (rule,) = configuration["Rules"]
    wanted = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": portal.key_arn}
    assert rule == {"ApplyServerSideEncryptionByDefault": wanted, "BucketKeyEnabled": True}


def test_an_upload_that_asks_for_nothing_gets_the_customers_key(portal: Portal) -> None:
    stored = portal.s3("head_object", portal.records, Key="note")
    assert (stored["ServerSideEncryption"], stored["SSEKMSKeyId"]) == ("aws:kms", portal.key_arn)


def test_the_archive_is_encrypted_with_a_key_of_s3(portal: Portal) -> None:
    configuration = portal.s3("get_bucket_encryption", portal.archive)["ServerSideEncryptionConfiguration"]
    (rule,) = configuration["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


@pytest.mark.parametrize("which", BUCKETS)
def test_every_bucket_keeps_versions(portal: Portal, which: str) -> None:
    assert portal.s3("get_bucket_versioning", portal.buckets[which])["Status"] == "Enabled"


@pytest.mark.parametrize("which", BUCKETS)
def test_every_bucket_denies_plaintext_requests(portal: Portal, which: str) -> None:
    bucket = portal.buckets[which]
    (statement,) = deny_statements(portal, bucket, "Bool", "aws:SecureTransport")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert (statement["Principal"], statement["Action"]) == ({"AWS": "*"}, "s3:*")
    assert statement["Resource"] == both_arns(bucket)


@pytest.mark.parametrize("which", BUCKETS)
def test_every_bucket_denies_tls_older_than_1_2(portal: Portal, which: str) -> None:
    bucket = portal.buckets[which]
    (statement,) = deny_statements(portal, bucket, "NumericLessThan", "s3:TlsVersion")
    assert statement["Condition"] == {"NumericLessThan": {"s3:TlsVersion": 1.2}}
    assert (statement["Principal"], statement["Action"]) == ({"AWS": "*"}, "s3:*")
    assert statement["Resource"] == both_arns(bucket)


def test_uploads_that_ask_for_other_encryption_are_denied(portal: Portal) -> None:
    header = "s3:x-amz-server-side-encryption"
    (statement,) = deny_statements(portal, portal.records, "StringNotEquals", header)
    assert statement["Condition"] == {
        "StringNotEquals": {header: "aws:kms"},
        "Null": {header: "false"},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    }
    assert (statement["Action"], statement["Resource"]) == ("s3:PutObject", f"arn:aws:s3:::{portal.records}/*")


def test_uploads_that_ask_for_another_key_are_denied(portal: Portal) -> None:
    header = "s3:x-amz-server-side-encryption"
    key_header = f"{header}-aws-kms-key-id"
    (statement,) = deny_statements(portal, portal.records, "StringNotEquals", key_header)
    assert statement["Condition"] == {
        "StringNotEquals": {key_header: portal.key_arn},
        "Null": {header: "false"},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    }
    assert (statement["Action"], statement["Resource"]) == ("s3:PutObject", f"arn:aws:s3:::{portal.records}/*")


@pytest.mark.parametrize("which", BUCKETS)
def test_every_bucket_blocks_all_public_access(portal: Portal, which: str) -> None:
    blocked = portal.s3("get_public_access_block", portal.buckets[which])["PublicAccessBlockConfiguration"]
    ways = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    assert blocked == dict.fromkeys(ways, True)


@pytest.mark.parametrize("which", BUCKETS)
def test_every_bucket_has_its_acls_off(portal: Portal, which: str) -> None:
    controls = portal.s3("get_bucket_ownership_controls", portal.buckets[which])["OwnershipControls"]
    assert controls == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


@pytest.mark.parametrize("which", BUCKETS)
def test_every_bucket_aborts_incomplete_uploads(portal: Portal, which: str) -> None:
    rule = portal.lifecycle(portal.buckets[which])["AbortIncompleteUploads"]
    assert (rule["Status"], rule["AbortIncompleteMultipartUpload"]) == ("Enabled", {"DaysAfterInitiation": 7})


def test_records_never_expire(portal: Portal) -> None:
    assert set(portal.lifecycle(portal.records)) == {"AbortIncompleteUploads"}


def test_access_to_records_is_logged_to_the_archive(portal: Portal) -> None:
    # The emulator, as S3 does, takes this only when the archive's policy lets the logging service write there.
    logging = portal.s3("get_bucket_logging", portal.records)["LoggingEnabled"]
    assert logging == {"TargetBucket": portal.archive, "TargetPrefix": "s3/"}


def test_access_to_the_archive_is_logged_too(portal: Portal) -> None:
    logging = portal.s3("get_bucket_logging", portal.archive)["LoggingEnabled"]
    assert logging["TargetBucket"] == portal.buckets["access-logs"]


def test_the_archive_takes_logs_from_this_account_only(portal: Portal) -> None:
    (statement,) = (one for one in portal.statements(portal.archive) if one["Effect"] == "Allow")
    assert statement["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert statement["Condition"] == {
        "ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"},
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
    }
    assert (statement["Action"], statement["Resource"]) == ("s3:PutObject", f"arn:aws:s3:::{portal.archive}/*")


def test_nobody_deletes_logs(portal: Portal) -> None:
    (statement,) = (one for one in portal.statements(portal.archive) if one.get("Sid") == "NobodyDeletesLogs")
    assert (statement["Effect"], statement["Principal"]) == ("Deny", {"AWS": "*"})
    assert statement["Action"] == ["s3:DeleteObject", "s3:DeleteObjectVersion"]
    assert statement["Resource"] == f"arn:aws:s3:::{portal.archive}/*"
    assert "Condition" not in statement


def test_logs_move_to_glacier_and_expire_after_six_years(portal: Portal) -> None:
    rule = portal.lifecycle(portal.archive)["KeepForSixYears"]
    assert rule["Status"] == "Enabled"
    assert rule["Expiration"] == {"Days": 2192}
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 2192}
    moves = {one["StorageClass"]: one["Days"] for one in rule["Transitions"]}
    assert moves == {"GLACIER_IR": 90, "DEEP_ARCHIVE": 365}


def test_the_key_rotates(portal: Portal) -> None:
    assert portal.kms("get_key_rotation_status")["KeyRotationEnabled"] is True


def test_the_key_is_the_customers_and_enabled(portal: Portal) -> None:
    key = portal.kms("describe_key")["KeyMetadata"]
    assert (key["KeyManager"], key["KeyState"], key["KeySpec"]) == ("CUSTOMER", "Enabled", "SYMMETRIC_DEFAULT")


def test_the_keys_policy_names_the_account_and_nobody_else(portal: Portal) -> None:
    (statement,) = json.loads(portal.kms("get_key_policy", PolicyName="default")["Policy"])["Statement"]
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


def test_a_second_deployment_changes_nothing(second_deployment: str) -> None:
    assert "Portal (no changes)" in second_deployment


def test_destroying_the_stack_ends_it(after_destroy: Portal) -> None:
    with pytest.raises(ClientError, match="does not exist"):
        after_destroy.cloud.client("cloudformation").describe_stacks(StackName="Portal")


@pytest.mark.parametrize("which", BUCKETS)
def test_every_bucket_outlives_the_stack_with_its_contents(after_destroy: Portal, which: str) -> None:
    kept = after_destroy.s3("get_object", after_destroy.buckets[which], Key="note")
    assert kept["Body"].read() == b"kept"


@pytest.mark.parametrize("which", BUCKETS)
def test_every_bucket_policy_outlives_the_stack(after_destroy: Portal, which: str) -> None:
    assert deny_statements(after_destroy, after_destroy.buckets[which], "Bool", "aws:SecureTransport")


def test_the_key_outlives_the_stack_and_rotates_on(after_destroy: Portal) -> None:
    assert after_destroy.kms("describe_key")["KeyMetadata"]["KeyState"] == "Enabled"
    assert after_destroy.kms("get_key_rotation_status")["KeyRotationEnabled"] is True
