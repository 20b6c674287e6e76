"""What the buckets are, and what they refuse."""

from __future__ import annotations

import pytest
from aws_cdk import App, Duration, Environment, NestedStack, RemovalPolicy, Stack, Stage
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from hipaa_constructs import (
    ComplianceError,
    EncryptedBucket,
    EncryptedTopic,
    EncryptionKey,
    LogArchive,
    ReplicaBucket,
)
from hipaa_constructs.rules._value import Json
from tests._refusals import made, refusal, waiver
from tests._synthesis import (
    Body,
    at,
    list_at,
    metadata_waivers,
    of_type,
    report_of,
    statement_called,
    statements,
    synthesized,
    the,
)

BUCKET = "AWS::S3::Bucket"
POLICY = "AWS::S3::BucketPolicy"
TEMPLATE = synthesized(lambda stack: EncryptedBucket(stack, "It"))
IT = the(TEMPLATE, BUCKET, "It")
ITS_POLICY = the(TEMPLATE, POLICY, "It")
ARCHIVE = the(TEMPLATE, BUCKET, "LogArchive6")
ARCHIVE_POLICY = the(TEMPLATE, POLICY, "LogArchivePolicy")
ACCESS_LOGS = the(TEMPLATE, BUCKET, "LogArchiveAccessLogs")
ACCESS_LOGS_POLICY = the(TEMPLATE, POLICY, "LogArchiveAccessLogs")
DEFAULT = ("Properties", "BucketEncryption", "ServerSideEncryptionConfiguration", 0)
BUCKETS = ["records", "archive", "access logs"]
ALL = pytest.mark.parametrize("bucket", [IT, ARCHIVE, ACCESS_LOGS], ids=BUCKETS)
ALL_POLICIES = pytest.mark.parametrize("policy", [ITS_POLICY, ARCHIVE_POLICY, ACCESS_LOGS_POLICY], ids=BUCKETS)


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def conditions(policy: Body) -> list[object]:
    return [statement.get("Condition") for statement in statements(policy) if statement["Effect"] == "Deny"]


# EncryptedBucket and LogArchive


@ALL
@pytest.mark.parametrize("attribute", ["DeletionPolicy", "UpdateReplacePolicy"])
def test_a_bucket_outlives_its_stack(bucket: Body, attribute: str) -> None:
    assert bucket[attribute] == "Retain"


@ALL_POLICIES
@pytest.mark.parametrize("attribute", ["DeletionPolicy", "UpdateReplacePolicy"])
def test_a_policy_stays_with_its_bucket(policy: Body, attribute: str) -> None:
    assert policy[attribute] == "Retain"


@ALL
def test_public_access_is_blocked_in_all_four_ways(bucket: Body) -> None:
    assert at(bucket, "Properties", "PublicAccessBlockConfiguration") == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }


@ALL
def test_acls_are_switched_off(bucket: Body) -> None:
    rules = at(bucket, "Properties", "OwnershipControls", "Rules")
    assert rules == [{"ObjectOwnership": "BucketOwnerEnforced"}]


@ALL
def test_old_versions_are_kept(bucket: Body) -> None:
    assert at(bucket, "Properties", "VersioningConfiguration", "Status") == "Enabled"


@ALL
def test_keys_that_the_client_holds_are_blocked(bucket: Body) -> None:
    assert at(bucket, *DEFAULT, "BlockedEncryptionTypes", "EncryptionType") == ["SSE-C"]


@ALL_POLICIES
def test_plaintext_requests_are_denied(policy: Body) -> None:
    assert {"Bool": {"aws:SecureTransport": "false"}} in conditions(policy)


@ALL_POLICIES
def test_requests_below_tls_1_2_are_denied(policy: Body) -> None:
    assert {"NumericLessThan": {"s3:TlsVersion": 1.2}} in conditions(policy)


# EncryptedBucket


def test_objects_are_encrypted_with_the_stacks_key() -> None:
    (key,) = of_type(TEMPLATE, "AWS::KMS::Key")
    assert at(IT, *DEFAULT, "ServerSideEncryptionByDefault") == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": {"Fn::GetAtt": [key, "Arn"]},
    }


def test_a_bucket_key_keeps_the_requests_to_kms_few() -> None:
    assert at(IT, *DEFAULT, "BucketKeyEnabled") is True


BY_ACCOUNTS: Body = {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}


def test_uploads_that_ask_for_other_encryption_are_denied() -> None:
    header = "s3:x-amz-server-side-encryption"
    assert {"StringNotEquals": {header: "aws:kms"}, "Null": {header: "false"}, **BY_ACCOUNTS} in conditions(ITS_POLICY)


def test_uploads_that_ask_for_another_key_are_denied() -> None:
    (key,) = of_type(TEMPLATE, "AWS::KMS::Key")
    header = "s3:x-amz-server-side-encryption"
    other_key = {f"{header}-aws-kms-key-id": {"Fn::GetAtt": [key, "Arn"]}}
    assert {"StringNotEquals": other_key, "Null": {header: "false"}, **BY_ACCOUNTS} in conditions(ITS_POLICY)


def test_access_is_logged_to_the_stacks_archive() -> None:
    (archive,) = (name for name in of_type(TEMPLATE, BUCKET) if name.startswith(("LogArchive6", "LogArchivePolicy")))
    assert at(IT, "Properties", "LoggingConfiguration") == {
        "DestinationBucketName": {"Ref": archive},
        "LogFilePrefix": "s3/",
        "TargetObjectKeyFormat": {"PartitionedPrefix": {"PartitionDateSource": "EventTime"}},
    }


def test_the_archive_can_receive_logs_before_the_bucket_is_made() -> None:
    (policy,) = (name for name in of_type(TEMPLATE, POLICY) if name.startswith(("LogArchive6", "LogArchivePolicy")))
    assert IT["DependsOn"] == [policy]


def test_incomplete_uploads_are_aborted_and_nothing_expires() -> None:
    rules = at(IT, "Properties", "LifecycleConfiguration", "Rules")
    assert rules == [
        {
            "Id": "AbortIncompleteUploads",
            "Status": "Enabled",
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        }
    ]


def test_the_missing_replica_is_waived_by_the_library() -> None:
    (recorded,) = metadata_waivers(IT)
    assert (recorded["rule"], recorded["made_by"]) == ("S3BucketReplicated", "hipaa_constructs")


@pytest.mark.parametrize("kind", [BUCKET, POLICY])
def test_the_logical_ids_are_those_of_the_plain_bucket(kind: str) -> None:
    plain = synthesized(lambda stack: s3.Bucket(stack, "It", enforce_ssl=True))
    assert set(of_type(plain, kind)) <= set(of_type(TEMPLATE, kind))


def test_a_lifecycle_rule_of_the_apps_comes_beside() -> None:
    rule = s3.LifecycleRule(id="Mine", noncurrent_version_expiration=Duration.days(90))
    template = synthesized(lambda stack: EncryptedBucket(stack, "It", lifecycle_rules=[rule]))
    ids = [at(one, "Id") for one in listed(the(template, BUCKET, "It"), "LifecycleConfiguration", "Rules")]
    assert ids == ["AbortIncompleteUploads", "Mine"]


def listed(resource: Body, *keys: str) -> list[Json]:
    found = at(resource, "Properties", *keys)
    assert isinstance(found, list)
    return found


def test_another_log_bucket_is_used_as_it_is() -> None:
    def build(stack: Stack) -> None:
        central = s3.Bucket.from_bucket_name(stack, "Central", "central-logs")
        EncryptedBucket(stack, "It", server_access_logs_bucket=central, server_access_logs_prefix="portal/")

    template = synthesized(build)
    assert at(the(template, BUCKET), "Properties", "LoggingConfiguration", "DestinationBucketName") == "central-logs"


def test_another_key_is_used() -> None:
    template = synthesized(lambda stack: EncryptedBucket(stack, "It", encryption_key=kms.Key(stack, "Own")))
    (key,) = of_type(template, "AWS::KMS::Key")
    assert key.startswith("Own")


def test_a_higher_tls_version_is_allowed() -> None:
    template = synthesized(lambda stack: EncryptedBucket(stack, "It", minimum_tls_version=1.3))
    assert {"NumericLessThan": {"s3:TlsVersion": 1.3}} in conditions(the(template, POLICY, "It"))


def test_free_options_are_passed_on() -> None:
    template = synthesized(
        lambda stack: EncryptedBucket(stack, "It", bucket_name="portal-records", object_lock_enabled=True)
    )
    bucket = the(template, BUCKET, "It")
    assert at(bucket, "Properties", "BucketName") == "portal-records"
    assert at(bucket, "Properties", "ObjectLockEnabled") is True


def test_users_grant_on_the_bucket_of_the_cdk() -> None:
    def build(stack: Stack) -> None:
        role = iam.Role(stack, "Reader", assumed_by=iam.AccountRootPrincipal())
        EncryptedBucket(stack, "It").bucket.grant_read(role)

    granted = [one["Action"] for one in statements(the(synthesized(build), "AWS::IAM::Policy"))]
    assert "kms:Decrypt" in str(granted)


# Replication


def replicated(app: App) -> EncryptedBucket:
    there = Stack(
        app,
        "There",
        env=Environment(account="123456789012", region="us-west-2"),
        cross_region_references=True,
    )
    here = Stack(
        app,
        "Here",
        env=Environment(account="123456789012", region="us-east-1"),
        cross_region_references=True,
    )
    copy = EncryptedBucket(there, "Copy", bucket_name="portal-records-copy")
    return EncryptedBucket(here, "It", replicate_to=copy)


def with_replica(stack: Stack) -> None:
    target = ReplicaBucket(
        bucket=s3.Bucket.from_bucket_arn(stack, "Copy", "arn:aws:s3:::portal-records-copy"),
        encryption_key=kms.Key.from_key_arn(stack, "CopyKey", "arn:aws:kms:us-west-2:123456789012:key/1234"),
    )
    EncryptedBucket(stack, "It", replicate_to=target)


REPLICATED = synthesized(with_replica, region="us-east-1")


def test_everything_is_replicated_with_the_key_of_the_other_region() -> None:
    (rule,) = listed(the(REPLICATED, BUCKET, "It"), "ReplicationConfiguration", "Rules")
    assert rule == {
        "Id": "Everything",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Enabled"},
        "SourceSelectionCriteria": {
            "ReplicaModifications": {"Status": "Enabled"},
            "SseKmsEncryptedObjects": {"Status": "Enabled"},
        },
        "Destination": {
            "Bucket": "arn:aws:s3:::portal-records-copy",
            "EncryptionConfiguration": {"ReplicaKmsKeyID": "arn:aws:kms:us-west-2:123456789012:key/1234"},
            "Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}},
            "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}},
        },
    }


def test_a_replicated_bucket_needs_no_waiver() -> None:
    assert metadata_waivers(the(REPLICATED, BUCKET, "It")) == []


def test_the_replication_role_has_a_managed_policy_and_no_inline_one() -> None:
    assert of_type(REPLICATED, "AWS::IAM::Policy") == {}
    assert at(the(REPLICATED, "AWS::IAM::Role"), "Properties", "Policies") is None
    assert len(of_type(REPLICATED, "AWS::IAM::ManagedPolicy")) == 1


def test_the_replication_role_decrypts_here_and_encrypts_there_through_s3_only() -> None:
    found = [one for one in statements(the(REPLICATED, "AWS::IAM::ManagedPolicy")) if "kms" in str(one["Action"])]
    assert [one["Action"] for one in found] == ["kms:Decrypt", ["kms:Encrypt", "kms:GenerateDataKey"]]
    assert {at(one, "Condition", "StringLike", "kms:ViaService") for one in found} == {"s3.*"}


def test_the_replication_role_may_read_the_locks_of_locked_objects() -> None:
    actions = str([one["Action"] for one in statements(the(REPLICATED, "AWS::IAM::ManagedPolicy"))])
    assert "s3:GetObjectLegalHold" in actions
    assert "s3:GetObjectRetention" in actions


def test_no_statement_of_the_replication_role_is_about_everything() -> None:
    assert "*" not in [one["Resource"] for one in statements(the(REPLICATED, "AWS::IAM::ManagedPolicy"))]


def test_a_bucket_replicates_to_another_region_of_the_same_app_without_a_finding() -> None:
    rules = {one.rule.id for one in report_of(replicated).findings if one.resource.type in (BUCKET, POLICY)}
    assert rules == set()


def test_a_bucket_is_deployed_after_the_one_that_it_replicates_to() -> None:
    app = App()
    replicated(app)
    here, there = (app.node.find_child(name) for name in ("Here", "There"))
    assert isinstance(here, Stack)
    assert [one.node.path for one in here.dependencies] == [there.node.path]


def test_a_replica_in_another_stage_is_deployed_by_its_owner() -> None:
    app = App()
    stacks = [
        Stack(Stage(app, name, env=Environment(account="123456789012", region=region)), "Stack")
        for name, region in (("There", "us-west-2"), ("Here", "us-east-1"))
    ]
    copy = EncryptedBucket(stacks[0], "Copy", bucket_name="portal-records-copy")
    EncryptedBucket(stacks[1], "It", replicate_to=copy)
    assert stacks[1].dependencies == []


def alarming(stack: Stack) -> None:
    target = ReplicaBucket(
        bucket=s3.Bucket.from_bucket_arn(stack, "Copy", "arn:aws:s3:::portal-records-copy"),
        encryption_key=kms.Key.from_key_arn(stack, "CopyKey", "arn:aws:kms:us-west-2:123456789012:key/1234"),
    )
    EncryptedBucket(stack, "It", replicate_to=target).alarm_replication(EncryptedTopic(stack, "Alarms"))


def test_late_and_failed_replication_set_off_alarms() -> None:
    template = synthesized(alarming, region="us-east-1")
    found = {
        at(one, "Properties", "MetricName"): (
            at(one, "Properties", "Threshold"),
            at(one, "Properties", "TreatMissingData"),
        )
        for one in of_type(template, "AWS::CloudWatch::Alarm").values()
    }
    assert found == {"ReplicationLatency": (900, "notBreaching"), "OperationsFailedReplication": (0, "notBreaching")}


def test_alarms_on_replication_are_about_the_rule_and_both_buckets() -> None:
    template = synthesized(alarming, region="us-east-1")
    for alarm in of_type(template, "AWS::CloudWatch::Alarm").values():
        dimensions = {at(one, "Name"): at(one, "Value") for one in list_at(alarm, "Properties", "Dimensions")}
        (bucket,) = (one for one in of_type(template, BUCKET) if one.startswith("It"))
        assert dimensions == {
            "SourceBucket": {"Ref": bucket},
            "DestinationBucket": "portal-records-copy",
            "RuleId": at(the(template, BUCKET, "It"), "Properties", "ReplicationConfiguration", "Rules", 0, "Id"),
        }


def test_alarms_on_replication_break_no_rule() -> None:
    def build(app: App) -> None:
        alarming(Stack(app, "Stack", env=Environment(account="123456789012", region="us-east-1")))

    assert report_of(build).findings == []


def test_an_alarm_on_what_is_not_replicated_is_refused(stack: Stack) -> None:
    records = EncryptedBucket(stack, "It")
    refusal(
        lambda: records.alarm_replication(EncryptedTopic(stack, "Alarms")),
        "Stack/It: replicate_to must be given for an alarm on replication, got None; name a bucket in a second Region "
        "(164.308(a)(7)(ii)(A))",
    )


def test_replication_of_unversioned_objects_is_refused(stack: Stack) -> None:
    target = EncryptedBucket(stack, "Copy")
    refusal(
        lambda: EncryptedBucket(
            stack, "It", versioned=False, replicate_to=target, waivers=[waiver("S3BucketVersioned")]
        ),
        "Stack/It: versioned must be True with replicate_to, got False; S3 replicates versioned buckets only "
        "(164.308(a)(7)(ii)(A))",
    )


# What EncryptedBucket refuses


def test_a_bucket_without_versions_is_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedBucket(stack, "It", versioned=False),
        "Stack/It: versioned must be True, got False; to go without it pass "
        'waivers=[Waiver(rule="S3BucketVersioned", …)] (164.312(c)(1))',
    )


def test_a_lower_tls_version_is_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedBucket(stack, "It", minimum_tls_version=1.1),
        "Stack/It: minimum_tls_version must be 1.2 or higher, got 1.1; to go without it pass "
        'waivers=[Waiver(rule="S3BucketTls12Only", …)] (164.312(e)(1))',
    )


def test_a_bucket_that_goes_with_its_stack_is_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedBucket(stack, "It", removal_policy=RemovalPolicy.DESTROY),
        "Stack/It: removal_policy must be RETAIN, got RemovalPolicy.DESTROY; to go without it pass "
        'waivers=[Waiver(rule="S3BucketKept", …)] (164.308(a)(7)(ii)(A))',
    )


def test_a_bucket_without_access_logs_is_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedBucket(stack, "It", server_access_logs_bucket=False),
        "Stack/It: server_access_logs_bucket must be a bucket, got False; to go without it pass "
        'waivers=[Waiver(rule="S3BucketAccessLogged", …)] (164.312(b))',
    )


def test_an_alias_is_refused_as_a_key(stack: Stack) -> None:
    alias = kms.Key(stack, "Key").add_alias("records")
    refusal(
        lambda: EncryptedBucket(stack, "It", encryption_key=alias),
        "Stack/It: encryption_key must be a key, got 'an alias'; S3 would look the alias up in the account of whoever "
        "uploads; pass the key itself (164.312(a)(2)(iv))",
    )


def test_an_imported_alias_is_refused_as_a_key(stack: Stack) -> None:
    alias = kms.Alias.from_alias_name(stack, "Alias", "alias/records")
    with pytest.raises(ComplianceError, match="encryption_key must be a key, got 'an alias'"):
        EncryptedBucket(stack, "It", encryption_key=alias)


@pytest.mark.parametrize("option", EncryptedBucket.contract.fixed)
def test_a_fixed_option_of_a_bucket_is_refused_with_the_way_out(stack: Stack, option: str) -> None:
    refusal(
        lambda: made(EncryptedBucket, stack, **{option: "x"}),
        f"Stack/It: {option} can't be set, got 'x'; {EncryptedBucket.contract.fixed[option]}",
    )


def test_an_unknown_option_is_refused_with_the_closest(stack: Stack) -> None:
    refusal(
        lambda: made(EncryptedBucket, stack, bucket_nam="x"),
        "Stack/It: there is no option bucket_nam; did you mean bucket_name?",
    )


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"versioned": False}, "S3BucketVersioned"),
        ({"minimum_tls_version": 1.1}, "S3BucketTls12Only"),
        ({"removal_policy": RemovalPolicy.DESTROY}, "S3BucketKept"),
        ({"server_access_logs_bucket": False}, "S3BucketAccessLogged"),
    ],
)
def test_a_waived_weakness_is_recorded_on_the_bucket(options: dict[str, object], rule: str) -> None:
    template = synthesized(lambda stack: made(EncryptedBucket, stack, waivers=[waiver(rule)], **options))
    recorded = [one["rule"] for one in metadata_waivers(the(template, BUCKET, "It"))]
    assert recorded == ["S3BucketReplicated", rule]


def test_a_waiver_of_the_apps_takes_the_place_of_the_librarys() -> None:
    template = synthesized(lambda stack: EncryptedBucket(stack, "It", waivers=[waiver("S3BucketReplicated")]))
    (recorded,) = metadata_waivers(the(template, BUCKET, "It"))
    assert recorded["approved_by"] == "CISO"


def test_a_refused_bucket_leaves_nothing_in_the_tree(stack: Stack) -> None:
    with pytest.raises(ComplianceError):
        EncryptedBucket(stack, "It", versioned=False)
    assert stack.node.children == []


# LogArchive


def test_the_archive_is_encrypted_with_keys_of_s3() -> None:
    assert at(ARCHIVE, *DEFAULT, "ServerSideEncryptionByDefault") == {"SSEAlgorithm": "AES256"}


def test_accesses_to_the_archive_are_logged_to_a_bucket_of_its_own() -> None:
    (own,) = (name for name in of_type(TEMPLATE, BUCKET) if name.startswith("LogArchiveAccessLogs"))
    assert at(ARCHIVE, "Properties", "LoggingConfiguration", "DestinationBucketName") == {"Ref": own}


def test_accesses_to_access_logs_are_not_logged() -> None:
    assert at(ACCESS_LOGS, "Properties", "LoggingConfiguration") is None


def test_the_archive_waits_until_its_accesses_may_be_logged() -> None:
    (policy,) = (name for name in of_type(TEMPLATE, POLICY) if name.startswith("LogArchiveAccessLogs"))
    assert ARCHIVE["DependsOn"] == [policy]


def test_the_archive_keeps_logs_for_six_years_in_ever_cheaper_storage() -> None:
    rule = listed(ARCHIVE, "LifecycleConfiguration", "Rules")[1]
    assert rule == {
        "Id": "KeepForSixYears",
        "Status": "Enabled",
        "ExpirationInDays": 2192,
        "NoncurrentVersionExpiration": {"NoncurrentDays": 2192},
        "Transitions": [
            {"StorageClass": "GLACIER_IR", "TransitionInDays": 90},
            {"StorageClass": "DEEP_ARCHIVE", "TransitionInDays": 365},
        ],
    }


def test_nobody_deletes_a_log() -> None:
    denial = statement_called(ARCHIVE_POLICY, "NobodyDeletesLogs")
    assert (denial["Effect"], denial["Principal"]) == ("Deny", {"AWS": "*"})
    assert denial["Action"] == ["s3:DeleteObject", "s3:DeleteObjectVersion"]


def test_s3_delivers_logs_of_this_account_only() -> None:
    delivery = statement_called(ARCHIVE_POLICY, "S3AccessLogsOfThisAccount")
    assert delivery["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert at(delivery, "Condition", "StringEquals", "aws:SourceAccount") == {"Ref": "AWS::AccountId"}


def test_load_balancers_deliver_logs_only_when_allowed() -> None:
    assert "LoadBalancerLogsOfThisAccount" not in str(ARCHIVE_POLICY)


def test_load_balancers_of_this_account_and_region_only_deliver_logs() -> None:
    template = synthesized(lambda stack: LogArchive(stack, "It").allow_load_balancer_logs())
    delivery = statement_called(the(template, POLICY, "ItPolicy"), "LoadBalancerLogsOfThisAccount")
    source = at(delivery, "Condition", "ArnLike", "aws:SourceArn", "Fn::Join", 1)
    assert isinstance(source, list)
    assert source[2:] == [
        ":elasticloadbalancing:",
        {"Ref": "AWS::Region"},
        ":",
        {"Ref": "AWS::AccountId"},
        ":loadbalancer/*",
    ]


def test_the_exceptions_of_the_archive_are_the_librarys() -> None:
    assert {one["made_by"] for one in metadata_waivers(ARCHIVE)} == {"hipaa_constructs"}


def test_the_archive_has_the_logical_id_of_the_plain_bucket() -> None:
    plain = synthesized(lambda stack: s3.Bucket(stack, "It"))
    ours = synthesized(lambda stack: LogArchive(stack, "It"))
    assert set(of_type(plain, BUCKET)) < set(of_type(ours, BUCKET))


@pytest.mark.parametrize(("days", "moves"), [(30, []), (365, [90]), (366, [90, 365])])
def test_logs_that_are_kept_for_a_waived_time_never_move_after_their_end(days: int, moves: list[int]) -> None:
    def build(stack: Stack) -> None:
        LogArchive(stack, "It", retention=Duration.days(days), waivers=[waiver("S3LogsKeptSixYears")])

    rules = listed(the(synthesized(build), BUCKET, "It1"), "LifecycleConfiguration", "Rules")
    found = at(rules[1], "Transitions")
    assert [at(move, "TransitionInDays") for move in (found if isinstance(found, list) else [])] == moves


def test_logs_may_be_kept_longer() -> None:
    template = synthesized(lambda stack: LogArchive(stack, "It", retention=Duration.days(3653)))
    assert at(listed(the(template, BUCKET, "It1"), "LifecycleConfiguration", "Rules")[1], "ExpirationInDays") == 3653


def test_logs_kept_shorter_are_refused(stack: Stack) -> None:
    refusal(
        lambda: LogArchive(stack, "It", retention=Duration.days(365)),
        "Stack/It: retention must be 2192 days (six years) or longer, got 365 days; to go without it pass "
        'waivers=[Waiver(rule="S3LogsKeptSixYears", …)] (164.316(b)(2)(i))',
    )


@pytest.mark.parametrize("option", LogArchive.contract.fixed)
def test_a_fixed_option_of_an_archive_is_refused_with_the_way_out(stack: Stack, option: str) -> None:
    refusal(
        lambda: made(LogArchive, stack, **{option: "x"}),
        f"Stack/It: {option} can't be set, got 'x'; {LogArchive.contract.fixed[option]}",
    )


def test_a_stack_has_one_archive(stack: Stack) -> None:
    assert LogArchive.of(stack) is LogArchive.of(Construct(stack, "Deep"))


def test_a_nested_stack_uses_the_archive_and_key_of_the_stack_it_belongs_to(stack: Stack) -> None:
    nested = EncryptedBucket(NestedStack(stack, "Nested"), "It")
    assert nested.encryption_key is EncryptionKey.of(stack).key
    assert LogArchive.of(nested) is LogArchive.of(stack)


def test_another_construct_under_the_archives_id_is_refused(stack: Stack) -> None:
    Construct(stack, "LogArchive")
    refusal(
        lambda: LogArchive.of(stack),
        "Stack/LogArchive: the id LogArchive is kept for the stack's LogArchive, got another construct; rename it, or "
        "pass server_access_logs_bucket= to each EncryptedBucket",
    )


def test_an_archive_of_this_package_may_be_passed_as_the_log_bucket() -> None:
    template = synthesized(
        lambda stack: EncryptedBucket(stack, "It", server_access_logs_bucket=LogArchive(stack, "Central"))
    )
    destination = at(the(template, BUCKET, "It"), "Properties", "LoggingConfiguration", "DestinationBucketName", "Ref")
    assert str(destination).startswith("Central")
