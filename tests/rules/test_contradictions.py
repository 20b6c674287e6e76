"""Where the rule sets contradict each other or AWS: what this package decides. The numbers are those of the page."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from hipaa_constructs.controls import CONTROLS
from hipaa_constructs.rules import RULES, Severity
from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, GONE, MET, NOT_APPLICABLE, Body, outcome, resource, template, verdict

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "contradictions.md").read_text("utf-8")
BUCKET, KEY = "AWS::S3::Bucket", "arn:aws:kms:us-east-1:111122223333:key/a"


def judged(rule: str, kind: str, properties: Json, **others: Json) -> str:
    return verdict(rule, template({"It": resource(kind, properties), **others}))


def encrypted(algorithm: str) -> Body:
    default: Json = {"SSEAlgorithm": algorithm}
    return {"BucketEncryption": {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": default}]}}


LOGS_HERE = resource(BUCKET, {"LoggingConfiguration": {"DestinationBucketName": {"Ref": "It"}}})
BALANCER_LOGS_HERE = resource(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    {"LoadBalancerAttributes": [{"Key": "access_logs.s3.bucket", "Value": {"Ref": "It"}}]},
)
LOCK: Body = {"ObjectLockEnabled": True, "ObjectLockConfiguration": {"Rule": {"DefaultRetention": {"Days": 2192}}}}


def test_01_a_listener_that_redirects_to_https_needs_no_certificate() -> None:
    action: Json = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "StatusCode": "HTTP_301"}}
    listener: Json = {"Protocol": "HTTP", "Port": 80, "DefaultActions": [action]}
    kind = "AWS::ElasticLoadBalancingV2::Listener"
    assert judged("HttpListenerOnlyRedirects", kind, listener) == MET
    assert judged("TlsListenerUsesAcmCertificate", kind, listener) == NOT_APPLICABLE


def test_01_a_listener_that_forwards_plain_http_is_refused() -> None:
    listener: Json = {"Protocol": "HTTP", "Port": 80, "DefaultActions": [{"Type": "forward"}]}
    assert judged("HttpListenerOnlyRedirects", "AWS::ElasticLoadBalancingV2::Listener", listener) == BROKEN


def test_02_a_bucket_of_access_logs_is_encrypted_with_sse_s3() -> None:
    assert judged("S3BucketEncryptedWithKms", BUCKET, encrypted("AES256"), Source=LOGS_HERE) in (MET, NOT_APPLICABLE)
    assert judged("S3BucketEncryptedWithKms", BUCKET, encrypted("AES256")) == BROKEN


def test_02_a_bucket_of_access_logs_with_kms_receives_none() -> None:
    assert judged("S3LogBucketCanReceive", BUCKET, encrypted("aws:kms"), Source=LOGS_HERE) == BROKEN


def test_03_only_buckets_of_trails_must_be_locked() -> None:
    trail = resource("AWS::CloudTrail::Trail", {"S3BucketName": {"Ref": "It"}})
    assert judged("S3TrailBucketLocked", BUCKET, {}) == NOT_APPLICABLE
    assert judged("S3TrailBucketLocked", BUCKET, {}, Trail=trail) == BROKEN


def test_03_what_stops_the_delivery_of_logs_is_refused() -> None:
    body = {**encrypted("AES256"), **LOCK}
    assert judged("S3LogBucketCanReceive", BUCKET, body, Source=LOGS_HERE) == BROKEN
    channel = {"It": resource("AWS::Config::DeliveryChannel", {"S3BucketName": {"Ref": "Bucket"}})}
    assert verdict("ConfigDeliveryBucketNotLocked", template({**channel, "Bucket": resource(BUCKET, LOCK)})) == BROKEN


def test_04_a_bucket_of_balancer_logs_is_a_log_bucket_too() -> None:
    sse_s3, kms = encrypted("AES256"), encrypted("aws:kms")
    assert judged("S3BucketEncryptedWithKms", BUCKET, sse_s3, Balancer=BALANCER_LOGS_HERE) in (MET, NOT_APPLICABLE)
    assert judged("S3LogBucketCanReceive", BUCKET, kms, Balancer=BALANCER_LOGS_HERE) == BROKEN


@pytest.mark.parametrize(("algorithm", "wanted"), [("aws:kms", MET), ("aws:kms:dsse", MET), ("AES256", BROKEN)])
def test_05_both_kinds_of_kms_are_kms_and_aes256_is_none(algorithm: str, wanted: str) -> None:
    assert judged("S3BucketEncryptedWithKms", BUCKET, encrypted(algorithm)) == wanted


def test_06_replicas_and_log_buckets_are_not_replicated_again() -> None:
    rules: Json = [{"Status": "Enabled", "Destination": {"Bucket": {"Fn::GetAtt": ["It", "Arn"]}}}]
    source = resource(BUCKET, {"ReplicationConfiguration": {"Rules": rules}})
    assert judged("S3BucketReplicated", BUCKET, {}, Source=source) in (MET, NOT_APPLICABLE)
    assert judged("S3BucketReplicated", BUCKET, {}, Source=LOGS_HERE) in (MET, NOT_APPLICABLE)
    assert judged("S3BucketReplicated", BUCKET, {}) == BROKEN


def test_06_replication_is_a_warning() -> None:
    assert RULES["S3BucketReplicated"].severity is Severity.WARNING


def test_07_a_bucket_without_public_access_block_is_refused() -> None:
    assert judged("S3BucketPublicAccessBlocked", BUCKET, {}) == BROKEN


@pytest.mark.parametrize(("days", "wanted"), [(2192, MET), (2191, BROKEN), (1, BROKEN), (3653, MET)])
def test_08_six_years_are_2192_days(days: int, wanted: str) -> None:
    assert judged("LogGroupKeptSixYears", "AWS::Logs::LogGroup", {"RetentionInDays": days}) == wanted


def test_08_events_that_never_expire_are_kept_long_enough_by_no_decision() -> None:
    assert judged("LogGroupKeptSixYears", "AWS::Logs::LogGroup", {}) == MET
    assert judged("LogGroupRetentionSet", "AWS::Logs::LogGroup", {}) == BROKEN


def test_09_a_log_group_has_a_key_of_the_customers() -> None:
    assert judged("LogGroupEncrypted", "AWS::Logs::LogGroup", {}) == BROKEN
    assert judged("LogGroupEncrypted", "AWS::Logs::LogGroup", {"KmsKeyId": KEY}) == MET


def test_10_a_trail_has_a_key_of_the_customers() -> None:
    assert judged("TrailEncrypted", "AWS::CloudTrail::Trail", {}) == BROKEN
    assert judged("TrailEncrypted", "AWS::CloudTrail::Trail", {"KMSKeyId": KEY}) == MET


def task(*, privileged: bool, user: str, mode: str = "host") -> Body:
    container: Json = {"Name": "a", "Image": "a", "Privileged": privileged, "User": user}
    properties: Json = {"NetworkMode": mode, "ContainerDefinitions": [container]}
    return template({"It": resource("AWS::ECS::TaskDefinition", properties)})


STAGE = "AWS::ApiGateway::Stage"


@pytest.mark.parametrize(
    ("stage", "nothing", "encrypted"),
    [
        ({}, MET, NOT_APPLICABLE),
        ({"CacheClusterEnabled": False}, MET, NOT_APPLICABLE),
        ({"CacheClusterEnabled": True, "MethodSettings": [{"CachingEnabled": True}]}, BROKEN, BROKEN),
        (
            {"CacheClusterEnabled": True, "MethodSettings": [{"CachingEnabled": True, "CacheDataEncrypted": True}]},
            BROKEN,
            MET,
        ),
    ],
    ids=str,
)
def test_11_a_cache_that_is_off_is_right_and_one_that_is_on_is_encrypted(
    stage: Body, nothing: str, encrypted: str
) -> None:
    assert judged("ApiCachesNothing", STAGE, stage) == nothing
    assert judged("ApiCacheEncrypted", STAGE, stage) == encrypted


@pytest.mark.parametrize(
    ("setting", "logged", "bodies"),
    [
        ({"LoggingLevel": "INFO"}, MET, MET),
        ({"LoggingLevel": "INFO", "DataTraceEnabled": True}, MET, BROKEN),
        ({"LoggingLevel": "OFF"}, BROKEN, MET),
    ],
    ids=str,
)
def test_12_a_stage_logs_executions_and_no_bodies(setting: Body, logged: str, bodies: str) -> None:
    every: Json = {"HttpMethod": "*", "ResourcePath": "/*", **setting}
    assert judged("ApiExecutionLogged", STAGE, {"MethodSettings": [every]}) == logged
    assert judged("ApiBodiesNotLogged", STAGE, {"MethodSettings": [every]}) == bodies


@pytest.mark.parametrize(
    ("privileged", "user", "wanted"),
    [(False, "1000", MET), (False, "root", BROKEN), (True, "1000", BROKEN), (True, "root", BROKEN)],
)
def test_13_in_the_network_of_the_host_neither_root_nor_privileges_pass(
    privileged: bool, user: str, wanted: str
) -> None:
    assert verdict("EcsHostNetworkNotRoot", task(privileged=privileged, user=user)) == wanted


def test_13_a_privileged_container_is_refused_in_any_network() -> None:
    assert verdict("EcsContainerNotPrivileged", task(privileged=True, user="1000", mode="awsvpc")) == BROKEN
    assert verdict("EcsHostNetworkNotRoot", task(privileged=False, user="root", mode="awsvpc")) == NOT_APPLICABLE


@pytest.mark.parametrize(
    ("kind", "properties"),
    [("AWS::IAM::Policy", {}), ("AWS::IAM::Role", {"Policies": [{"PolicyName": "A", "PolicyDocument": {}}]})],
)
def test_14_both_kinds_of_inline_policy_are_found(kind: str, properties: Json) -> None:
    assert judged("IamPolicyManaged", kind, properties) == BROKEN


def test_15_a_route_to_the_internet_needs_a_waiver_in_any_tier() -> None:
    route: Json = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": {"Ref": "Gateway"}}
    gateway = resource("AWS::EC2::InternetGateway", {})
    assert judged("RouteNotToInternetGateway", "AWS::EC2::Route", route, Gateway=gateway) == BROKEN
    assert RULES["RouteNotToInternetGateway"].waivable


@pytest.mark.parametrize(("encrypted", "wanted"), [(True, MET), (False, BROKEN), (GONE, BROKEN)])
def test_16_a_file_system_says_that_it_is_encrypted(encrypted: Json, wanted: str) -> None:
    assert judged("EfsEncrypted", "AWS::EFS::FileSystem", {"Encrypted": encrypted}) == wanted


@pytest.mark.parametrize(
    ("encryption", "wanted"),
    [(GONE, BROKEN), ({"SSEEnabled": True}, BROKEN), ({"SSEEnabled": True, "KMSMasterKeyId": KEY}, MET)],
    ids=str,
)
def test_17_a_table_is_encrypted_with_a_key_of_the_customers(encryption: Json, wanted: str) -> None:
    rule = "DynamodbTableUsesCustomerManagedKey"
    assert judged(rule, "AWS::DynamoDB::Table", {"SSESpecification": encryption}) == wanted


@pytest.mark.parametrize(
    "rule", ["RdsStorageEncrypted", "RdsDeletionProtected", "RdsBackedUp", "RdsMultiAz", "RdsInBackupPlan"]
)
def test_18_members_leave_to_their_cluster_what_it_decides(rule: str) -> None:
    member: Json = {"DBClusterIdentifier": {"Ref": "Cluster"}, "Engine": "aurora-postgresql"}
    cluster = resource("AWS::RDS::DBCluster", {"Engine": "aurora-postgresql"})
    assert judged(rule, "AWS::RDS::DBInstance", member, Cluster=cluster) in (MET, NOT_APPLICABLE)


@pytest.mark.parametrize("rule", ["RdsStorageEncrypted", "RdsDeletionProtected"])
def test_18_the_cluster_is_judged_instead(rule: str) -> None:
    weak: Json = {"Engine": "aurora-postgresql", "StorageEncrypted": False, "DeletionProtection": False}
    assert judged(rule, "AWS::RDS::DBCluster", weak) == BROKEN


def test_19_advanced_selectors_count() -> None:
    fields: Json = [
        {"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
    ]
    trail: Json = {"AdvancedEventSelectors": [{"FieldSelectors": fields}]}
    assert judged("TrailLogsS3DataEvents", "AWS::CloudTrail::Trail", trail) == MET


def test_20_a_selection_by_tag_in_another_stack_counts() -> None:
    table = template({"It": resource("AWS::DynamoDB::Table", {"Tags": [{"Key": "backup", "Value": "daily"}]})})
    tags: Json = [{"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": "daily"}]
    selection = resource("AWS::Backup::BackupSelection", {"BackupSelection": {"ListOfTags": tags}})
    assert verdict("DynamodbTableInBackupPlan", table, template({"Selection": selection})) == MET
    assert verdict("DynamodbTableInBackupPlan", table) == BROKEN


@pytest.mark.parametrize(
    ("actions", "wanted"),
    [
        ({"AlarmActions": ["arn:a"], "InsufficientDataActions": ["arn:a"]}, MET),
        ({"AlarmActions": ["arn:a"]}, BROKEN),
        ({"OKActions": ["arn:a"]}, BROKEN),
    ],
)
def test_21_an_alarm_acts_in_both_states(actions: Json, wanted: str) -> None:
    assert judged("AlarmActs", "AWS::CloudWatch::Alarm", actions) == wanted


@pytest.mark.parametrize(
    ("rule", "kind", "properties"),
    [
        ("SnsTopicUsesCustomerManagedKey", "AWS::SNS::Topic", {"KmsMasterKeyId": "alias/aws/sns"}),
        ("SecretUsesCustomerManagedKey", "AWS::SecretsManager::Secret", {"KmsKeyId": "alias/aws/secretsmanager"}),
    ],
)
def test_22_keys_that_aws_manages_are_refused(rule: str, kind: str, properties: Json) -> None:
    assert judged(rule, kind, properties) == BROKEN


def test_23_a_key_may_be_of_one_region_or_of_several() -> None:
    rules = [rule.id for rule in RULES.values() if "AWS::KMS::Key" in rule.applies_to]
    kept: Body = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    of_one: Body = {"EnableKeyRotation": True}
    for properties in (of_one, {**of_one, "MultiRegion": True}):
        body = template({"It": resource("AWS::KMS::Key", properties, **kept)})
        assert {verdict(rule, body) for rule in rules} <= {MET, NOT_APPLICABLE}


def test_24_a_network_acl_is_asked_for_by_nobody_and_judged_where_it_opens() -> None:
    assert not any("AWS::EC2::NetworkAcl" in rule.applies_to for rule in RULES.values())
    entry: Body = {"CidrBlock": "0.0.0.0/0", "Protocol": 6, "RuleAction": "allow", "PortRange": {"From": 22, "To": 22}}
    assert judged("NetworkAclAdminPortsClosed", "AWS::EC2::NetworkAclEntry", entry) == BROKEN
    closed: Json = {**entry, "RuleAction": "deny"}
    assert judged("NetworkAclAdminPortsClosed", "AWS::EC2::NetworkAclEntry", closed) in (MET, NOT_APPLICABLE)


def test_25_distributions_reach_buckets_by_access_control_and_not_by_identity() -> None:
    def distribution(**origin: Json) -> Json:
        whole: Json = {"Id": "o", "DomainName": "records.s3.us-east-1.amazonaws.com", **origin}
        return {"DistributionConfig": {"Origins": [whole]}}

    kind, rule = "AWS::CloudFront::Distribution", "CloudfrontBucketsUseAccessControl"
    by_identity: Json = {"OriginAccessIdentity": "origin-access-identity/cloudfront/E1"}
    assert judged(rule, kind, distribution(S3OriginConfig=by_identity)) == BROKEN
    by_control: Json = {"OriginAccessIdentity": ""}
    assert judged(rule, kind, distribution(S3OriginConfig=by_control, OriginAccessControlId="E2")) == MET


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [
        ("ELBSecurityPolicy-TLS13-1-2-2021-06", MET),
        ("ELBSecurityPolicy-TLS-1-2-2017-01", MET),
        ("ELBSecurityPolicy-TLS-1-1-2017-01", BROKEN),
        (GONE, BROKEN),
    ],
)
def test_26_tls_1_2_is_the_floor_of_listeners(policy: Json, wanted: str) -> None:
    listener: Json = {"Protocol": "HTTPS", "SslPolicy": policy}
    assert judged("TlsListenerTls12Only", "AWS::ElasticLoadBalancingV2::Listener", listener) == wanted


@pytest.mark.parametrize(("version", "wanted"), [("TLSv1.2_2021", MET), ("TLSv1.1_2016", BROKEN)])
def test_26_tls_1_2_is_the_floor_of_distributions(version: str, wanted: str) -> None:
    certificate: Json = {"AcmCertificateArn": "arn:a", "MinimumProtocolVersion": version}
    properties: Json = {"DistributionConfig": {"ViewerCertificate": certificate}}
    assert judged("CloudfrontViewersUseTls12", "AWS::CloudFront::Distribution", properties) == wanted


@pytest.mark.parametrize(
    ("source", "wanted"),
    [({"CidrIpv6": "::/0"}, BROKEN), ({"CidrIp": "0.0.0.0/0"}, BROKEN), ({"SourceSecurityGroupId": "sg-1"}, MET)],
)
def test_27_addresses_of_both_versions_count_and_other_groups_do_not(source: Body, wanted: str) -> None:
    ingress: Json = [{"IpProtocol": "-1", **source}]
    assert judged("SecurityGroupSshClosed", "AWS::EC2::SecurityGroup", {"SecurityGroupIngress": ingress}) == wanted


@pytest.mark.parametrize(("instance", "wanted"), [(GONE, MET), ({"Ref": "Instance"}, BROKEN)], ids=str)
def test_28_an_address_in_waiting_is_no_waste(instance: Json, wanted: str) -> None:
    address: Json = {"Domain": "vpc", "InstanceId": instance}
    others = {"Instance": resource("AWS::EC2::Instance", {})}
    assert judged("ElasticIpMovesToStandby", "AWS::EC2::EIP", address, **others) == wanted


OF_FUNCTIONS = ("LambdaInVpc", "LambdaKeepsFailedEvents", "LambdaConcurrencyReserved")


@pytest.mark.parametrize("rule", OF_FUNCTIONS)
def test_29_functions_of_the_app_are_asked_and_those_of_the_cdk_are_not(rule: str) -> None:
    caller: Json = {"FunctionName": {"Ref": "It"}, "Principal": "sns.amazonaws.com"}
    called = resource("AWS::Lambda::Permission", caller)
    assert judged(rule, "AWS::Lambda::Function", {}, Called=called) == BROKEN
    provider = "CustomS3AutoDeleteObjectsCustomResourceProviderHandler9D90184F"
    of_the_cdk = {provider: resource("AWS::Lambda::Function", {})}
    assert verdict(rule, template(of_the_cdk), of=provider) == NOT_APPLICABLE
    assert RULES[rule].severity is Severity.WARNING


@pytest.mark.parametrize("kind", ["AWS::OpenSearchService::Domain", "AWS::Elasticsearch::Domain"])
def test_30_domains_of_both_types_are_judged(kind: str) -> None:
    asked = [rule for rule in RULES.values() if rule.id.startswith("Opensearch") and "Serverless" not in rule.id]
    assert all(kind in rule.applies_to for rule in asked)
    assert judged("OpensearchEncryptedAtRest", kind, {}) == BROKEN
    assert judged("OpensearchEncryptedAtRest", kind, {"EncryptionAtRestOptions": {"Enabled": True}}) == MET


def test_31_paragraphs_are_cited_by_their_numbers() -> None:
    titles = [CONTROLS[f"164.308(a)(4)(ii)({letter})"].title for letter in "ABC"]
    assert len(set(titles)) == 3


def test_32_a_classic_balancer_with_plain_http_is_refused() -> None:
    listeners: Json = [{"LoadBalancerPort": "80", "InstancePort": "80", "Protocol": "HTTP"}]
    kind = "AWS::ElasticLoadBalancing::LoadBalancer"
    assert judged("ClassicListenerEncrypted", kind, {"Listeners": listeners}) == BROKEN


@pytest.mark.parametrize("row", ["HC-050", "HC-077", "HC-198", "HC-303", "HC-304", "HC-305"])
def test_33_what_no_template_sets_is_told_as_guidance(row: str) -> None:
    with (ROOT / "docs" / "catalogue.csv").open(newline="", encoding="utf-8") as file:
        rows = {one["id"]: one for one in csv.DictReader(file)}
    assert rows[row]["enforce_by"] == "guidance only"


def test_every_contradiction_stands_on_the_page_and_names_rules_that_exist() -> None:
    lines = [line for line in PAGE.splitlines() if re.match(r"\| \d+ \|", line)]
    assert [int(line.split("|")[1]) for line in lines] == list(range(1, 34))
    named = {name for line in lines for name in re.findall(r"`([A-Z][a-zA-Z0-9]+)`", line.split("|")[5])}
    assert named
    assert named <= set(RULES)


def test_a_finding_of_the_config_channel_says_why() -> None:
    channel = {"It": resource("AWS::Config::DeliveryChannel", {"S3BucketName": {"Ref": "Bucket"}})}
    found = outcome("ConfigDeliveryBucketNotLocked", template({**channel, "Bucket": resource(BUCKET, LOCK)}))
    assert found.found == "the bucket has a default retention of Object Lock"
