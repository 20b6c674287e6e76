"""The reference deployment keeps what it promises, and the rules notice when it no longer does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cloudsplaining.scan.policy_document import PolicyDocument

from hipaa_constructs.rules import Verdict
from hipaa_constructs.rules._value import Json
from tests._synthesis import at, list_at, metadata_waivers
from tests.examples._reference import APP, Body, Change, Synthesis, synthesized

BIN = Path(sys.executable).parent
PRIMARY, RECOVERY, EDGE = "us-east-2", "us-west-2", "us-east-1"

# As of the blocks; checkov does not know replicas, logs of logs and standard logging v2.
EXPECTED_OF_CHECKOV = {("CKV_AWS_16", "Records"), ("CKV_AWS_18", "LogArchiveAccessLogs"), ("CKV_AWS_86", "Portal")}

HOLDS_RECORDS_KEYS_OR_LOGS = {
    "AWS::Backup::BackupVault",
    "AWS::ECR::Repository",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::KMS::Key",
    "AWS::KMS::ReplicaKey",
    "AWS::Logs::LogGroup",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::SQS::Queue",
    "AWS::SecretsManager::Secret",
}
HOLDS_NOTHING = {
    "AWS::AccessAnalyzer::Analyzer",
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::Backup::BackupPlan",
    "AWS::Backup::BackupSelection",
    "AWS::Backup::RestoreTestingPlan",
    "AWS::Backup::RestoreTestingSelection",
    "AWS::CDK::Metadata",
    "AWS::CertificateManager::Certificate",
    "AWS::CloudFront::Distribution",
    "AWS::CloudFront::ResponseHeadersPolicy",
    "AWS::CloudFront::VpcOrigin",
    "AWS::CloudTrail::Trail",
    "AWS::CloudWatch::Alarm",
    "AWS::CodeBuild::Project",
    "AWS::Config::ConfigurationRecorder",
    "AWS::Config::ConformancePack",
    "AWS::Config::DeliveryChannel",
    "AWS::EC2::FlowLog",
    "AWS::EC2::InternetGateway",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::Subnet",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPC",
    "AWS::EC2::VPCEndpoint",
    "AWS::EC2::VPCGatewayAttachment",
    "AWS::ECR::ReplicationConfiguration",
    "AWS::ECS::Cluster",
    "AWS::ECS::Service",
    "AWS::ECS::TaskDefinition",
    "AWS::ElastiCache::SubnetGroup",
    "AWS::ElastiCache::User",
    "AWS::ElastiCache::UserGroup",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::Events::Rule",
    "AWS::GuardDuty::Detector",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Role",
    "AWS::Logs::Delivery",
    "AWS::Logs::DeliveryDestination",
    "AWS::Logs::DeliverySource",
    "AWS::Logs::MetricFilter",
    "AWS::RDS::DBParameterGroup",
    "AWS::RDS::DBSubnetGroup",
    "AWS::Route53::HealthCheck",
    "AWS::Route53::HostedZone",
    "AWS::Route53::RecordSet",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::SSM::Association",
    "AWS::SecretsManager::ResourcePolicy",
    "AWS::SecretsManager::RotationSchedule",
    "AWS::SecretsManager::SecretTargetAttachment",
    "AWS::SecurityHub::Hub",
    "AWS::SecurityHub::Standard",
    "AWS::WAFv2::LoggingConfiguration",
    "AWS::WAFv2::WebACL",
}


# Contract: a store under another id is a new, empty one beside the old one, which is left behind.
IDS = {
    "Audit": [
        *("EncryptionKey1B843E66", "LogArchive62E50B8E", "LogArchiveAccessLogs43707F3F"),
        *("TrailDigestReviewLogGroup7EDA9600", "TrailLogGroup4CBE3AF5", "TrailS30071F172"),
    ],
    "Data": [
        *("BackupVaultADF21B19", "Documents7E5B2978", "EventsD32975C2", "EventsFailedBEE96234", "Images2D38C313"),
        *("Password67973E0B", "Records091F6ECA", "RecordsIamDbAuthErrorLogD879E487", "RecordsPostgresqlLog11BC0280"),
        *("RecordsUpgradeLog7EAA7F85", "Sessions", "SessionsEngineLog791B39B2", "SessionsSlowLog71C24391"),
    ],
    "Edge": ["EncryptionKey1B843E66", "PortalLogE2B0CD57", "PortalWebAclLog72F3D109"],
    "Keys": ["EncryptionKey1B843E66", "LogArchive62E50B8E", "LogArchiveAccessLogs43707F3F"],
    "Network": ["NetworkFlowLogGroup4F8CEEEF"],
    "RecoveryCopies": ["Documents7E5B2978", "Images2D38C313", "Trail022F0CF2", "Vault23237E5B"],
    "RecoveryKeys": ["EncryptionKey", "LogArchive62E50B8E", "LogArchiveAccessLogs43707F3F"],
    "RecoveryNetwork": ["NetworkFlowLogGroup4F8CEEEF"],
    "RecoveryService": [
        *("EncryptionKey1B843E66", "PortalClusterExecuteCommandLogsC7A34D30", "PortalLogGroupFA13DCAB"),
    ],
    "RecoveryStandby": [
        *("EventsD32975C2", "EventsFailedBEE96234", "Records091F6ECA", "RecordsIamDbAuthErrorLogD879E487"),
        *("RecordsPostgresqlLog11BC0280", "RecordsUpgradeLog7EAA7F85", "Sessions", "SessionsEngineLog791B39B2"),
        "SessionsSlowLog71C24391",
    ],
    "Service": [
        *("EncryptionKey1B843E66", "PortalClusterExecuteCommandLogsC7A34D30", "PortalLogGroupFA13DCAB"),
    ],
}


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    return synthesized(tmp_path_factory.mktemp("warm"))


@pytest.fixture(scope="module")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    return synthesized(tmp_path_factory.mktemp("pilot"), standby="pilot-light")


def resources(synthesis: Synthesis, *kinds: str) -> Iterator[tuple[str, str, Body]]:
    """Yield the resources of some types, or all, with the stack and the logical id."""
    for stack, template in synthesis.templates().items():
        found = template["Resources"]
        assert isinstance(found, dict)
        for logical_id, resource in found.items():
            assert isinstance(resource, dict)
            if not kinds or resource["Type"] in kinds:
                yield stack, logical_id, resource


def of_stack(synthesis: Synthesis, stack: str, kind: str, prefix: str = "") -> Body:
    found = [one for name, id, one in resources(synthesis, kind) if name == stack and id.startswith(prefix)]
    assert len(found) == 1
    return found[0]


def setting(synthesis: Synthesis, stack: str, kind: str, *keys: str | int) -> Json:
    return at(of_stack(synthesis, stack, kind), "Properties", *keys)


# Checked


@pytest.mark.parametrize("standby", ["warm", "pilot"])
def test_no_rule_pack_finds_anything(standby: str, request: pytest.FixtureRequest) -> None:
    synthesis: Synthesis = request.getfixturevalue(standby)
    assert synthesis.status == 0, synthesis.printed
    # A pack that finds nothing is not in the report.
    assert set(synthesis.reported("suppressedViolations")) >= {"HIPAA.Security"}
    assert [rule for rules in synthesis.reported("violations").values() for rule in rules] == []


def test_the_app_waives_nothing_itself(warm: Synthesis) -> None:
    recorded = [one for _, _, resource in resources(warm) for one in metadata_waivers(resource)]
    assert {one["made_by"] for one in recorded} == {"hipaa_constructs"}


def test_cfn_lint_finds_no_error(warm: Synthesis) -> None:
    files = [str(path) for path in warm.folder.glob("*.template.json")]
    # The zones are named: two stacks that find them by themselves would need credentials to agree.
    command = [str(BIN / "cfn-lint"), "--ignore-checks", "W3010", "--", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0)


def test_checkov_finds_only_what_is_expected(warm: Synthesis) -> None:
    files = [part for path in warm.folder.glob("*.template.json") for part in ("--file", str(path))]
    command = [str(BIN / "checkov"), *files, "--framework", "cloudformation", "--skip-download", "--output", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    failed = json.loads(done.stdout)["results"]["failed_checks"]
    found = {(one["check_id"], re.sub("[0-9A-F]{8}$", "", one["resource"].partition(".")[2])) for one in failed}
    assert found == EXPECTED_OF_CHECKOV


def test_the_templates_are_within_the_limits_of_cloudformation(warm: Synthesis) -> None:
    for path in warm.folder.glob("*.template.json"):
        template = json.loads(path.read_text("utf-8"))
        assert path.stat().st_size <= 1_000_000
        assert len(template["Resources"]) <= 500
        assert len(template.get("Outputs", {})) <= 200


def plain(value: Json) -> Json:
    """Return a policy with text in place of intrinsic functions, as an analyser of policies reads it."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        if len(value) == 1 and next(iter(value)) in ("Ref", "Fn::GetAtt", "Fn::GetStackOutput", "Fn::Select"):
            return "arn:aws:s3:::computed"
        if "Fn::Join" in value:
            return "".join(one if isinstance(one, str) else "x" for one in list_at(value, "Fn::Join", 1))
        return {key: plain(one) for key, one in value.items()}
    return value


def test_no_iam_policy_allows_everything_of_everything(warm: Synthesis) -> None:
    judged = 0
    for stack, logical_id, policy in resources(warm, "AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"):
        body = plain(at(policy, "Properties", "PolicyDocument"))
        assert isinstance(body, dict)
        document = PolicyDocument(body)
        for statement in document.statements:
            judged += 1
            assert not ("*" in statement.actions and statement.has_resource_wildcard), (stack, logical_id)
        assert document.allows_privilege_escalation == [], (stack, logical_id)
        assert document.allows_data_exfiltration_actions == [], (stack, logical_id)
    assert judged > 20


# Settings


def test_objectives_that_are_not_met_fail_the_synthesis_with_the_numbers(tmp_path: Path) -> None:
    synthesis = synthesized(tmp_path, rpo_minutes="10", standby="pilot-light")
    assert synthesis.status != 0
    assert "RPO 10 min and RTO 240 min are set, and it has S3 replication with time control" in synthesis.printed
    assert "cross-Region automated backups (RPO 30 min, RTO 240 min)" in synthesis.printed


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("standby", "cold", "-c standby= must be warm or pilot-light, got 'cold'"),
        ("active", "both", "-c active= must be primary or recovery, got 'both'"),
        ("primary", "mars-1", "-c primary= must be us-east-1 or us-east-2 or us-west-2, got 'mars-1'"),
        ("rpo_minutes", "soon", "-c rpo_minutes= and rto_minutes= must be whole numbers"),
        ("recovery", PRIMARY, "primary= and recovery= two Regions"),
    ],
)
def test_what_is_no_choice_is_refused_in_a_line(name: str, value: str, message: str, tmp_path: Path) -> None:
    synthesis = synthesized(tmp_path, **{name: value})
    assert synthesis.status == 1
    assert message in synthesis.printed
    assert len(synthesis.printed.splitlines()) == 1


def test_the_stacks_are_read_in_one_sitting() -> None:
    stacks = ("audit", "copies", "data", "edge", "foundation", "service")
    pages = [(APP.parent / "portal" / f"{name}.py").read_text("utf-8") for name in stacks]
    assert {path.stem for path in (APP.parent / "portal").glob("*.py")} == {*stacks, "__init__", "settings"}
    assert sum(len(page.splitlines()) for page in pages) <= 400


# Built


def test_stateful_stacks_are_protected_from_deletion(warm: Synthesis) -> None:
    unprotected = {name for name, one in warm.stacks().items() if not at(one, "properties", "terminationProtection")}
    assert unprotected == {"Edge", "RecoveryService", "Service"}


def test_nothing_that_holds_records_keys_or_logs_goes_with_its_stack(warm: Synthesis) -> None:
    for stack, logical_id, resource in resources(warm):
        if resource["Type"] in HOLDS_RECORDS_KEYS_OR_LOGS:
            kept = (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy"))
            keeping = {("Retain", "Retain"), ("RetainExceptOnCreate", "Retain"), ("Snapshot", "Snapshot")}
            assert kept in keeping, (stack, logical_id)
        else:
            assert resource["Type"] in HOLDS_NOTHING, (stack, logical_id)


def test_stores_keep_their_logical_ids(warm: Synthesis) -> None:
    found: dict[str, list[str]] = {}
    for stack, logical_id, _ in resources(warm, *(HOLDS_RECORDS_KEYS_OR_LOGS - {"AWS::S3::BucketPolicy"})):
        found.setdefault(stack, []).append(logical_id)
    assert {stack: sorted(ids) for stack, ids in found.items()} == IDS


def test_no_value_crosses_regions_by_a_custom_resource(warm: Synthesis) -> None:
    kinds = {str(resource["Type"]) for _, _, resource in resources(warm)}
    assert not [kind for kind in kinds if kind.startswith("Custom::") or kind == "AWS::Lambda::Function"]


def test_no_subnet_has_a_way_out(warm: Synthesis) -> None:
    assert list(resources(warm, "AWS::EC2::Route", "AWS::EC2::NatGateway")) == []


@pytest.mark.parametrize("stack", ["Network", "RecoveryNetwork"])
def test_every_interface_endpoint_is_in_three_zones(warm: Synthesis, stack: str) -> None:
    found = [one for name, _, one in resources(warm, "AWS::EC2::VPCEndpoint") if name == stack]
    interfaces = [one for one in found if at(one, "Properties", "VpcEndpointType") == "Interface"]
    assert len(interfaces) == 12
    assert {len(list_at(one, "Properties", "SubnetIds")) for one in interfaces} == {3}


def test_a_zone_may_fail(warm: Synthesis) -> None:
    for stack in ("Data", "RecoveryStandby"):
        assert setting(warm, stack, "AWS::RDS::DBInstance", "MultiAZ") is True
        assert setting(warm, stack, "AWS::ElastiCache::ReplicationGroup", "AutomaticFailoverEnabled") is True
    for stack in ("Service", "RecoveryService"):
        assert setting(warm, stack, "AWS::ApplicationAutoScaling::ScalableTarget", "MinCapacity") == 2


def test_documents_are_replicated_with_delete_markers_and_changes_of_replicas_in_time(warm: Synthesis) -> None:
    bucket = of_stack(warm, "Data", "AWS::S3::Bucket", "Documents")
    rule = at(bucket, "Properties", "ReplicationConfiguration", "Rules", 0)
    assert at(rule, "DeleteMarkerReplication", "Status") == "Enabled"
    assert at(rule, "SourceSelectionCriteria", "ReplicaModifications", "Status") == "Enabled"
    assert at(rule, "Destination", "ReplicationTime", "Time", "Minutes") == 15
    assert json.dumps(at(rule, "Destination", "EncryptionConfiguration")).count("RecoveryKeys") == 1


def test_late_replication_sets_off_an_alarm(warm: Synthesis) -> None:
    alarms = [one for name, _, one in resources(warm, "AWS::CloudWatch::Alarm") if name == "Data"]
    assert sorted(str(at(one, "Properties", "MetricName")) for one in alarms) == [
        "OperationsFailedReplication",
        "ReplicationLatency",
    ]


def test_the_password_is_replicated_with_the_key_of_the_recovery_region(warm: Synthesis) -> None:
    replica = setting(warm, "Data", "AWS::SecretsManager::Secret", "ReplicaRegions", 0)
    assert at(replica, "Region") == RECOVERY
    assert at(replica, "KmsKeyId", "Fn::GetStackOutput", "StackName") == "RecoveryKeys"


def test_images_are_replicated(warm: Synthesis) -> None:
    rules = setting(warm, "Data", "AWS::ECR::ReplicationConfiguration", "ReplicationConfiguration", "Rules")
    assert at(rules, 0, "Destinations", 0, "Region") == RECOVERY


def test_the_key_of_the_recovery_region_is_a_copy_of_the_primary_one(warm: Synthesis) -> None:
    source = setting(warm, "RecoveryKeys", "AWS::KMS::ReplicaKey", "PrimaryKeyArn")
    assert at(source, "Fn::GetStackOutput", "StackName") == "Keys"


def test_a_warm_standby_has_a_replica_of_the_database_and_a_service(warm: Synthesis) -> None:
    source = setting(warm, "RecoveryStandby", "AWS::RDS::DBInstance", "SourceDBInstanceIdentifier")
    assert source == f"arn:aws:rds:{PRIMARY}:123456789012:db:portal-records"
    assert "RecoveryService" in warm.stacks()


def test_a_pilot_light_has_replicated_backups_alone(pilot: Synthesis) -> None:
    assert setting(pilot, "Data", "AWS::RDS::DBInstance", "AutomaticBackupReplicationRegion") == RECOVERY
    assert not {"RecoveryStandby", "RecoveryService"} & set(pilot.stacks())


def test_a_pilot_light_is_restored_from_replicated_backups(tmp_path: Path) -> None:
    backups = f"arn:aws:rds:{RECOVERY}:123456789012:auto-backup:ab-l2ijcexjp7xq7hoj4siexample"
    synthesis = synthesized(tmp_path, standby="pilot-light", restore_from=backups)
    assert synthesis.status == 0, synthesis.printed
    assert (
        setting(synthesis, "RecoveryStandby", "AWS::RDS::DBInstance", "SourceDBInstanceAutomatedBackupsArn") == backups
    )
    assert f'"Region": "{PRIMARY}"' not in json.dumps(synthesis.templates()["RecoveryStandby"])
    found = {rule for rules in synthesis.reported("violations").values() for rule in rules}
    # What a template can't say of backups: they are encrypted with the key that they were replicated with.
    assert found == {"RdsStorageEncrypted", "RdsUsesCustomerManagedKey"}


def test_reads_fail_over_and_writes_have_one_origin(warm: Synthesis) -> None:
    config = setting(warm, "Edge", "AWS::CloudFront::Distribution", "DistributionConfig")
    assert at(config, "DefaultCacheBehavior", "TargetOriginId") == at(config, "OriginGroups", "Items", 0, "Id")
    writes = at(config, "CacheBehaviors", 0, "TargetOriginId")
    assert at(config, "CacheBehaviors", 0, "PathPattern") == "/api/*"
    assert writes in [at(one, "Id") for one in list_at(config, "Origins")]


def origin_of_writes(synthesis: Synthesis) -> Json:
    config = setting(synthesis, "Edge", "AWS::CloudFront::Distribution", "DistributionConfig")
    writes = at(config, "CacheBehaviors", 0, "TargetOriginId")
    (origin,) = (one for one in list_at(config, "Origins") if at(one, "Id") == writes)
    logical_id = at(origin, "VpcOriginConfig", "VpcOriginId", "Fn::GetAtt", 0)
    assert isinstance(logical_id, str)
    (found,) = (one for _, id, one in resources(synthesis, "AWS::CloudFront::VpcOrigin") if id == logical_id)
    return at(found, "Properties", "VpcOriginEndpointConfig", "Arn", "Fn::GetStackOutput", "StackName")


def test_writes_go_to_the_primary_region(warm: Synthesis) -> None:
    assert origin_of_writes(warm) == "Service"


def test_after_a_failover_the_edge_needs_nothing_of_the_lost_region(tmp_path: Path) -> None:
    synthesis = synthesized(tmp_path, active="recovery")
    assert synthesis.status == 0, synthesis.printed
    assert origin_of_writes(synthesis) == "RecoveryService"
    assert f'"Region": "{PRIMARY}"' not in json.dumps(synthesis.templates()["Edge"])


@pytest.mark.parametrize("stack", ["RecoveryCopies", "RecoveryNetwork", "RecoveryService", "RecoveryStandby"])
def test_what_serves_after_a_failover_is_updated_without_the_lost_region(warm: Synthesis, stack: str) -> None:
    assert f'"Region": "{PRIMARY}"' not in json.dumps(warm.templates()[stack])


def test_names_inside_fail_over_by_health_checks(warm: Synthesis) -> None:
    records = [one for _, _, one in resources(warm, "AWS::Route53::RecordSet")]
    assert sorted(str(at(one, "Properties", "Failover")) for one in records) == ["PRIMARY", "SECONDARY"]
    assert all(at(one, "Properties", "HealthCheckId") for one in records)


def test_alarms_of_health_checks_exist_under_their_names(warm: Synthesis) -> None:
    alarms = {at(one, "Properties", "AlarmName") for _, _, one in resources(warm, "AWS::CloudWatch::Alarm")}
    checks = [at(one, "Properties", "HealthCheckConfig") for _, _, one in resources(warm, "AWS::Route53::HealthCheck")]
    assert {at(one, "AlarmIdentifier", "Name") for one in checks} <= alarms


# Weakened


TO_THE_OTHER_REGION = ("Properties", "ReplicationConfiguration", "Rules", 0, "Destination")
PROMISES = [
    pytest.param(
        "Data",
        Change("Documents7", ("Properties", "ReplicationConfiguration")),
        "RecoveryObjectiveMet",
        id="replicas-of-documents",
    ),
    pytest.param(
        "Data",
        Change("Documents7", (*TO_THE_OTHER_REGION, "ReplicationTime")),
        "RecoveryObjectiveMet",
        id="replicas-in-time",
    ),
    pytest.param(
        "Data",
        Change("Documents7", (*TO_THE_OTHER_REGION, "EncryptionConfiguration")),
        "S3ReplicaEncrypted",
        id="key-of-replicas",
    ),
    pytest.param(
        "RecoveryStandby",
        Change("Records0", ("Properties", "SourceDBInstanceIdentifier"), "arn:aws:rds:us-east-2:1:db:other"),
        "RecoveryObjectiveMet",
        id="replica-of-the-database",
    ),
    pytest.param(
        "Data",
        Change("BackupDA", ("Properties", "BackupPlan", "BackupPlanRule"), [{"CopyActions": []}]),
        "RecoveryPointsCopied",
        id="copies-of-backups",
    ),
    pytest.param(
        "RecoveryCopies",
        Change("Vault", ("Properties", "EncryptionKeyArn")),
        "BackupVaultUsesCustomerManagedKey",
        id="key-of-copies",
    ),
    pytest.param(
        "RecoveryCopies", Change("Vault", ("Properties", "LockConfiguration")), "BackupVaultLocked", id="lock-of-copies"
    ),
    pytest.param(
        "Data",
        Change("Password6", ("Properties", "ReplicaRegions", 0, "KmsKeyId")),
        "SecretUsesCustomerManagedKey",
        id="key-of-the-replicated-password",
    ),
    pytest.param("RecoveryKeys", Change("EncryptionKey", ("DeletionPolicy",)), "KmsKeyKept", id="key-kept"),
    *(
        pytest.param(
            network, Change(f"NetworkVpc{endpoint}"), "EcsServiceReachesAwsServices", id=f"{endpoint}-of-{network}"
        )
        for network in ("Network", "RecoveryNetwork")
        for endpoint in ("S3", "EcrD", "CloudWatchLogs", "SecretsManager")
    ),
    pytest.param(
        "Edge",
        Change("PortalVpcOrigin", ("Properties", "VpcOriginEndpointConfig", "OriginProtocolPolicy"), "match-viewer"),
        "CloudfrontOriginsUseHttps",
        id="https-to-the-origin",
    ),
    pytest.param(
        "Service",
        Change("PortalTargetGroup", ("Properties", "Protocol"), "HTTP"),
        "TargetGroupEncrypted",
        id="tls-to-the-container",
    ),
    pytest.param("Data", Change("Records0", ("Properties", "MultiAZ"), False), "RdsMultiAz", id="standby-in-a-zone"),
    pytest.param(
        "Audit",
        Change("Trail0", ("Properties", "EnableLogFileValidation"), False),
        "TrailLogFilesValidated",
        id="validation-of-the-trail",
    ),
    pytest.param(
        "Network",
        Change("NetworkFlowLogGroup", ("Properties", "RetentionInDays"), 30),
        "LogGroupKeptSixYears",
        id="logs",
    ),
]


@pytest.mark.parametrize(("stack", "change", "rule"), PROMISES)
def test_the_pack_notices_what_is_taken_away(warm: Synthesis, stack: str, change: Change, rule: str) -> None:
    broken = {one.rule.id for one in warm.changed(stack, change).findings if one.outcome.verdict is Verdict.BROKEN}
    assert rule in broken


def test_the_pack_notices_that_backups_are_no_longer_replicated(pilot: Synthesis) -> None:
    change = Change("Records0", ("Properties", "AutomaticBackupReplicationRegion"))
    broken = {one.rule.id for one in pilot.changed("Data", change).findings if one.outcome.verdict is Verdict.BROKEN}
    assert "RecoveryObjectiveMet" in broken
