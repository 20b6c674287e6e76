"""The registry of rules: ids are contract, and what a rule says of itself is whole."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from hipaa_constructs.controls import CONTROLS
from hipaa_constructs.rules import RULES, Rule

EVERY_RULE = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
TOOLS = ("cdk-nag", "checkov", "config", "guard", "prowler")

SERVICES = [
    "backup",
    "cloudfront",
    "cloudtrail",
    "cloudwatch",
    "codebuild",
    "ec2",
    "ecr",
    "ecs",
    "elasticache",
    "elb",
    "elbv2",
    "iam",
    "kms",
    "logs",
    "rds",
    "recovery",
    "s3",
    "secretsmanager",
    "sns",
    "sqs",
    "wafv2",
    "waivers",
]

FROZEN = [
    "AlarmActs",
    "AlbConnectionsLogged",
    "AlbDesyncMitigated",
    "AlbDropsInvalidHeaders",
    "AlbPublicBehindWebAcl",
    "AuditLogGroupKeptSixYears",
    "AutoScalingGroupSpansZones",
    "BackupPlanRunsDaily",
    "BackupVaultDeletionDenied",
    "BackupVaultKept",
    "BackupVaultLocked",
    "BackupVaultProtectedFromDeletion",
    "BackupVaultUsesCustomerManagedKey",
    "ClassicBalancerSpansZones",
    "ClassicListenerEncrypted",
    "ClassicListenerUsesAcmCertificate",
    "CloudfrontAccessLogged",
    "CloudfrontBucketsUseAccessControl",
    "CloudfrontCachesNothing",
    "CloudfrontHasOwnCertificate",
    "CloudfrontHasWebAcl",
    "CloudfrontOriginsUseHttps",
    "CloudfrontOriginsUseTls12",
    "CloudfrontViewersUseHttps",
    "CloudfrontViewersUseTls12",
    "CodebuildSourceWithoutCredentials",
    "CodebuildVariablesWithoutCredentials",
    "DynamodbTableInBackupPlan",
    "EbsVolumeInBackupPlan",
    "Ec2MetadataNeedsToken",
    "Ec2MetadataStaysOnInstance",
    "Ec2TemplateAssignsNoPublicAddress",
    "Ec2VolumesEncrypted",
    "EcrImagesScanned",
    "EcrPolicyNamesPrincipals",
    "EcrRepositoryNotPublic",
    "EcrTagsImmutable",
    "EcrUsesCustomerManagedKey",
    "EcsClusterEncryptsEphemeralStorage",
    "EcsClusterLogsExecSessions",
    "EcsClusterMeasured",
    "EcsContainerLogged",
    "EcsContainerNotPrivileged",
    "EcsContainerNotRoot",
    "EcsContainerReadOnly",
    "EcsHostNetworkNotRoot",
    "EcsServiceOnLatestPlatform",
    "EcsServiceReachesAwsServices",
    "EcsServiceRollsBack",
    "EcsServiceRunsTwoTasks",
    "EcsServiceVolumesEncrypted",
    "EcsServiceWithoutPublicAddresses",
    "EcsTaskHasOwnNetwork",
    "EcsTaskMountsEfsByIam",
    "EcsTaskMountsEfsWithTls",
    "EcsVariablesWithoutSecrets",
    "EfsFileSystemInBackupPlan",
    "FlowLogRecordsAllTraffic",
    "FlowLogRecordsWhoSpoke",
    "HttpListenerOnlyRedirects",
    "IamPolicyManaged",
    "KmsDecryptLimited",
    "KmsKeyDeletedSlowly",
    "KmsKeyKept",
    "KmsKeyPolicyNamesPrincipals",
    "KmsKeyRotated",
    "LoadBalancerAccessLogged",
    "LoadBalancerProtectedFromDeletion",
    "LoadBalancerSpansZones",
    "LogGroupEncrypted",
    "LogGroupKept",
    "LogGroupKeptSixYears",
    "LogGroupProtectedFromDeletion",
    "LogGroupRetentionSet",
    "LogsPolicyNamesPrincipals",
    "NetworkAclAdminPortsClosed",
    "NlbListenerEncrypted",
    "RdsAudited",
    "RdsAuroraTlsOnly",
    "RdsBackedUp",
    "RdsBackupsKept",
    "RdsClusterMultiAz",
    "RdsDb2TlsOnly",
    "RdsDeletionProtected",
    "RdsEngineEligible",
    "RdsIamAuthenticated",
    "RdsInBackupPlan",
    "RdsKept",
    "RdsLogsExported",
    "RdsMinorVersionsUpgraded",
    "RdsMonitored",
    "RdsMultiAz",
    "RdsMysqlTlsOnly",
    "RdsNotPublic",
    "RdsOracleEncrypted",
    "RdsPasswordManaged",
    "RdsPerformanceInsightsEncrypted",
    "RdsPostgresTlsOnly",
    "RdsProxyTlsOnly",
    "RdsSqlServerTlsOnly",
    "RdsStorageEncrypted",
    "RdsTagsCopied",
    "RdsUsesCustomerManagedKey",
    "RecoveryObjectiveMet",
    "RecoveryPointsCopied",
    "RedisAuthenticated",
    "RedisBackedUp",
    "RedisDefaultUserReplaced",
    "RedisEncryptedAtRest",
    "RedisEncryptedInTransit",
    "RedisEngineSupported",
    "RedisFailsOver",
    "RedisInSecurityGroup",
    "RedisInSubnetGroup",
    "RedisKept",
    "RedisLogged",
    "RedisNotStandAlone",
    "RedisPasswordHidden",
    "RedisTlsRequired",
    "RedisUserSignsIn",
    "RedisUsesCustomerManagedKey",
    "RouteNotToInternetGateway",
    "RuleCompleted",
    "S3BucketAccessLogged",
    "S3BucketAclsDisabled",
    "S3BucketEncryptedWithKms",
    "S3BucketKept",
    "S3BucketKeyEnabled",
    "S3BucketLifecycleSet",
    "S3BucketNotAWebsite",
    "S3BucketNotPubliclyReadable",
    "S3BucketNotPubliclyWritable",
    "S3BucketPolicyKept",
    "S3BucketPolicyNamesPrincipals",
    "S3BucketPublicAccessBlocked",
    "S3BucketRefusesClientHeldKeys",
    "S3BucketRefusesOtherKeys",
    "S3BucketReplicated",
    "S3BucketTls12Only",
    "S3BucketTlsOnly",
    "S3BucketUsesCustomerManagedKey",
    "S3BucketVersioned",
    "S3LogBucketCanReceive",
    "S3LogsKeptSixYears",
    "S3LogsProtectedFromDeletion",
    "S3NamesWithoutPhi",
    "S3ReplicaEncrypted",
    "S3TrailBucketLocked",
    "SecretPolicyNamesPrincipals",
    "SecretRotated",
    "SecretUsesCustomerManagedKey",
    "SecurityGroupAdminPortsClosed",
    "SecurityGroupDescribed",
    "SecurityGroupOpenOnHttpsOnly",
    "SecurityGroupSshClosed",
    "ServerlessCacheUsesCustomerManagedKey",
    "SnsSubscriptionEncryptedInTransit",
    "SnsTopicPolicyNamesPrincipals",
    "SnsTopicTlsOnly",
    "SnsTopicUsesCustomerManagedKey",
    "SqsQueueHasDeadLetterQueue",
    "SqsQueuePolicyNamesPrincipals",
    "SqsQueueTlsOnly",
    "SqsQueueUsesCustomerManagedKey",
    "SubnetAssignsNoPublicAddress",
    "TargetGroupEncrypted",
    "TargetGroupHealthCheckedOverHttps",
    "TlsListenerTls12Only",
    "TlsListenerUsesAcmCertificate",
    "TrailAlarmsOnNetworkChanges",
    "TrailAlarmsOnSafeguardChanges",
    "TrailAlarmsOnSignIn",
    "TrailDeliveredToLogs",
    "TrailEncrypted",
    "TrailLogFilesValidated",
    "TrailLogging",
    "TrailLogsManagementEvents",
    "TrailLogsS3DataEvents",
    "TrailMultiRegion",
    "VpcDefaultSecurityGroupClosed",
    "VpcEndpointPolicyConfined",
    "VpcEndpointPrivateDnsOn",
    "VpcFlowLogged",
    "VpcSpansZones",
    "WaiverCurrent",
    "WaiverUsed",
    "WebAclHasRules",
    "WebAclLogRedacted",
    "WebAclLogged",
]


def test_the_ids_are_frozen() -> None:
    # An id is never renamed and never used for another rule: waivers in templates name it.
    assert sorted(RULES) == FROZEN


def test_the_frozen_ids_are_sorted_and_unique() -> None:
    assert sorted(set(FROZEN)) == FROZEN


def test_each_rule_is_registered_under_its_id() -> None:
    assert [rule.id for rule in RULES.values()] == list(RULES)


@EVERY_RULE
def test_an_id_is_in_camel_case(rule: Rule) -> None:
    assert re.fullmatch(r"([A-Z][a-z0-9]*){2,}", rule.id)


@EVERY_RULE
def test_the_id_is_the_name_of_the_function(rule: Rule) -> None:
    if rule.check is not None:
        assert rule.id == "".join(part.capitalize() for part in rule.check.__name__.split("_"))


@EVERY_RULE
def test_the_function_says_what_it_judges(rule: Rule) -> None:
    if rule.check is not None:
        assert (rule.check.__doc__ or "").startswith("Judge ")


@EVERY_RULE
@pytest.mark.parametrize("field", ["title", "fix"])
def test_a_text_is_one_line_without_a_full_stop(rule: Rule, field: str) -> None:
    text = getattr(rule, field)
    assert re.fullmatch(r"\S.*[^\s.]", text)


def test_no_two_rules_have_the_same_title() -> None:
    assert [title for title, n in Counter(r.title for r in RULES.values()).items() if n > 1] == []


@EVERY_RULE
def test_a_rule_rests_on_a_page_of_aws_or_of_the_regulation(rule: Rule) -> None:
    assert re.match(r"https://(docs\.aws\.amazon\.com|www\.ecfr\.gov)/\S+$", rule.url)


@EVERY_RULE
def test_a_rule_cites_paragraphs_that_are_described(rule: Rule) -> None:
    assert rule.controls
    assert set(rule.controls) <= set(CONTROLS)


@EVERY_RULE
def test_a_rule_cites_no_paragraph_twice(rule: Rule) -> None:
    assert len(set(rule.controls)) == len(rule.controls)


@EVERY_RULE
def test_a_rule_describes_what_it_cites(rule: Rule) -> None:
    assert [control.id for control in rule.cited] == list(rule.controls)


@EVERY_RULE
def test_a_rule_decides_a_row_of_the_catalogue(rule: Rule) -> None:
    assert re.fullmatch(r"HC-\d{3}", rule.requirement)


@EVERY_RULE
def test_the_same_check_elsewhere_is_named_with_its_tool(rule: Rule) -> None:
    pattern = rf"({'|'.join(TOOLS)}):[A-Za-z0-9_.-]+"
    assert all(re.fullmatch(pattern, check) for check in rule.same_as)


@EVERY_RULE
def test_no_check_is_named_twice_by_a_rule(rule: Rule) -> None:
    assert len(set(rule.same_as)) == len(rule.same_as)


@EVERY_RULE
def test_a_rule_is_asked_of_some_type(rule: Rule) -> None:
    assert rule.applies_to
    assert all(kind == "*" or re.fullmatch(r"\w+::\w+::\w+", kind) for kind in rule.applies_to)


@EVERY_RULE
def test_a_rule_belongs_to_a_service(rule: Rule) -> None:
    assert rule.service in SERVICES


def test_only_demands_on_waivers_and_on_rules_can_not_be_waived() -> None:
    fixed = [rule.id for rule in RULES.values() if not rule.waivable]
    assert fixed == ["WaiverCurrent", "WaiverUsed", "RuleCompleted"]


def test_the_registry_can_not_be_changed_from_outside() -> None:
    assert not hasattr(RULES, "__setitem__")
