"""What else is judged of buckets that receive logs: hidden grants, and each way of a lifecycle."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._buckets import bucket, encryption, lets_s3_deliver, logs, objects, policy, records
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    changed,
    outcome,
    partly,
    resource,
    template,
    verdict,
    verdicts,
)

PROPERTIES = ("Resources", "It", "Properties")
RULES = (*PROPERTIES, "LifecycleConfiguration", "Rules")


def delivered_by(*statements: Json, of: Json = None) -> Body:
    """Make a bucket that another one logs to, with a policy of its own or one that may be its own."""
    source: Json = {"LoggingConfiguration": {"DestinationBucketName": {"Ref": "It"}}}
    it = bucket({"BucketEncryption": encryption("AES256")})
    return template({"It": it, "Other": bucket(source), "ItsPolicy": policy(*statements, bucket=of)})


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        pytest.param({"Principal": "*", "Condition": {}}, MET, id="everyone"),
        pytest.param({"Principal": {"Service": PARAMETER}}, UNDECIDED, id="service-unknown"),
        pytest.param({"Principal": PARAMETER}, UNDECIDED, id="principal-unknown"),
        pytest.param({"Principal": {"Service": ["x", PARAMETER]}}, UNDECIDED, id="one-service-unknown"),
        pytest.param({"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}, BROKEN, id="an-account"),
        pytest.param({"Effect": PARAMETER}, UNDECIDED, id="effect-unknown"),
        pytest.param({"Action": PARAMETER}, UNDECIDED, id="action-unknown"),
        pytest.param({"Resource": PARAMETER}, MET, id="resource-unknown"),
        pytest.param({"Resource": partly("*")}, MET, id="resource-partly-unknown"),
        pytest.param({"Resource": partly("arn")}, BROKEN, id="another-resource-partly-unknown"),
        pytest.param({"Resource": {"Fn::GetAtt": ["It", "Arn"]}}, BROKEN, id="the-bucket-alone"),
        pytest.param({"Resource": [{"Fn::GetAtt": ["It", "Arn"]}, objects("It")]}, MET, id="objects-too"),
    ],
)
def test_what_is_hidden_of_the_grant_is_undecided(changes: Body, wanted: str) -> None:
    assert verdict("S3LogBucketCanReceive", delivered_by({**lets_s3_deliver(), **changes})) == wanted


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [(lets_s3_deliver(), UNDECIDED), ({**lets_s3_deliver(), "Action": "s3:Get*"}, BROKEN), (PARAMETER, UNDECIDED)],
)
def test_a_policy_that_may_be_another_buckets_leaves_it_open(statement: Json, wanted: str) -> None:
    assert verdict("S3LogBucketCanReceive", delivered_by(statement, of=PARAMETER)) == wanted


def test_s3_itself_need_not_write_where_a_load_balancer_does() -> None:
    target: Json = {"S3BucketName": {"Ref": "It"}, "Enabled": True}
    balancer = resource("AWS::ElasticLoadBalancing::LoadBalancer", {"AccessLoggingPolicy": target})
    body = template({"It": bucket({"BucketEncryption": encryption("AES256")}), "Balancer": balancer})
    assert verdict("S3LogBucketCanReceive", body) == MET


@pytest.mark.parametrize(
    ("encrypted", "wanted"),
    [
        (GONE, MET),
        (encryption("AES256"), MET),
        (encryption("aws:kms"), BROKEN),
        ({}, BROKEN),
        ("x", BROKEN),
        (PARAMETER, UNDECIDED),
    ],
    ids=str,
)
def test_a_log_bucket_that_says_nothing_of_encryption_has_that_of_s3(encrypted: Json, wanted: str) -> None:
    body = changed(logs(), (*PROPERTIES, "BucketEncryption"), encrypted)
    assert verdict("S3LogBucketCanReceive", body) == wanted


def test_what_is_missing_is_named() -> None:
    assert (
        outcome("S3LogBucketCanReceive", delivered_by()).found == "no bucket policy lets logging.s3.amazonaws.com write"
    )


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        ({"Status": "Disabled", "ExpirationDate": "2027-01-01"}, MET),
        ({"Status": "Enabled", "ExpirationDate": "2027-01-01"}, BROKEN),
        ({"ExpirationDate": "2027-01-01"}, BROKEN),
        ({"Status": PARAMETER, "ExpirationDate": "2027-01-01"}, BROKEN),
        ({"Status": "Enabled", "ExpirationDate": PARAMETER}, UNDECIDED),
        ({"Status": "Disabled", "NoncurrentVersionExpirationInDays": 1}, MET),
        ({"Status": "Enabled", "NoncurrentVersionExpirationInDays": 2192}, MET),
        ({"Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 2191}}, BROKEN),
    ],
)
def test_each_way_to_expire_counts_unless_it_is_off(rule: Json, wanted: str) -> None:
    assert verdict("S3LogsKeptSixYears", changed(logs(), RULES, [rule])) == wanted


def expiring(prefix: Json, *writers: Json) -> Body:
    """Make a log bucket in which what begins with a prefix expires, with what writes to it."""
    rules: Json = [{"Status": "Enabled", "Prefix": prefix, "ExpirationInDays": 7}]
    it = bucket({"BucketName": "it", "LifecycleConfiguration": {"Rules": rules}})
    return template({"It": it, **{f"Writer{number}": writer for number, writer in enumerate(writers)}})


def trail_to(prefix: Json) -> Json:
    return resource("AWS::CloudTrail::Trail", {"S3BucketName": {"Ref": "It"}, "S3KeyPrefix": prefix})


def balancer_to(prefix: Json, kind: str = "access_logs") -> Json:
    attributes: list[Json] = [{"Key": f"{kind}.s3.bucket", "Value": {"Ref": "It"}}]
    attributes += [] if prefix is None else [{"Key": f"{kind}.s3.prefix", "Value": prefix}]
    return resource("AWS::ElasticLoadBalancingV2::LoadBalancer", {"LoadBalancerAttributes": attributes})


def source_to(prefix: Json) -> Json:
    return bucket({"LoggingConfiguration": {"DestinationBucketName": {"Ref": "It"}, "LogFilePrefix": prefix}})


CLASSIC = resource("AWS::ElasticLoadBalancing::LoadBalancer", {"AccessLoggingPolicy": {"S3BucketName": {"Ref": "It"}}})
TO_FLOWS = resource("AWS::EC2::FlowLog", {"LogDestination": {"Fn::GetAtt": ["It", "Arn"]}})


@pytest.mark.parametrize(
    ("prefix", "writers", "wanted"),
    [
        ("athena-results/", [trail_to(GONE)], MET),
        ("AWSLogs/", [trail_to(GONE)], BROKEN),
        ("AWSLogs/123456789012/CloudTrail/", [trail_to(GONE)], BROKEN),
        ("AWS", [trail_to(GONE)], BROKEN),
        ("", [trail_to(GONE)], BROKEN),
        (GONE, [trail_to(GONE)], BROKEN),
        (PARAMETER, [trail_to(GONE)], BROKEN),
        ({"Fn::Sub": "results/${AnyParameter}"}, [trail_to(GONE)], MET),
        ("AWSLogs/", [trail_to("trails")], MET),
        ("trails/", [trail_to("trails")], BROKEN),
        ("trails-2/", [trail_to("trails")], MET),
        ("results/", [trail_to(PARAMETER)], BROKEN),
        ("results/", [trail_to({"Fn::Sub": "trails-${AnyParameter}"})], MET),
        ("trails-2/", [trail_to({"Fn::Sub": "trails-${AnyParameter}"})], BROKEN),
        ("results/", [balancer_to(None)], MET),
        ("AWSLogs/", [balancer_to(None)], BROKEN),
        ("web/", [balancer_to("web")], BROKEN),
        ("results/", [balancer_to("web")], MET),
        ("web/", [balancer_to("web", "connection_logs")], BROKEN),
        ("results/", [balancer_to("web", "connection_logs")], MET),
        ("results/", [balancer_to(PARAMETER)], BROKEN),
        ("results/", [source_to("s3/")], MET),
        ("s3/2026", [source_to("s3/")], BROKEN),
        ("results/", [source_to(GONE)], BROKEN),
        ("results/", [source_to(PARAMETER)], BROKEN),
        ("results/", [trail_to(GONE), source_to("results/")], BROKEN),
        ("results/", [trail_to(GONE), source_to("s3/")], MET),
        ("results/", [trail_to(GONE), CLASSIC], BROKEN),
        ("results/", [trail_to(GONE), TO_FLOWS], BROKEN),
        ("results/", [trail_to(GONE), policy(lets_s3_deliver())], BROKEN),
    ],
)
def test_only_a_lifecycle_rule_that_reaches_logs_counts(prefix: Json, writers: list[Json], wanted: str) -> None:
    assert verdict("S3LogsKeptSixYears", expiring(prefix, *writers)) == wanted


FLOW_LOG, DISTRIBUTION = "AWS::EC2::FlowLog", "AWS::CloudFront::Distribution"


def written_by(kind: str, destination: Json, days: int = 30, **attributes: Json) -> Body:
    """Make a bucket whose objects expire and one more, with what writes logs to a destination."""
    expiry: Json = {"Rules": [{"Status": "Enabled", "ExpirationInDays": days}]}
    to_edge: Json = {"DistributionConfig": {"Logging": {"Bucket": destination}}}
    writer: Json = {"LogDestination": destination} if kind == FLOW_LOG else to_edge
    buckets = {"It": bucket({"BucketName": "it", "LifecycleConfiguration": expiry}), "Other": bucket({})}
    conditions: Json = {"Never": {"Fn::Equals": ["a", "b"]}}
    return template({**buckets, "Writer": resource(kind, writer, **attributes)}, Conditions=conditions)


@pytest.mark.parametrize(
    ("kind", "destination"),
    [
        (FLOW_LOG, {"Fn::GetAtt": ["It", "Arn"]}),
        (FLOW_LOG, {"Fn::Join": ["", [{"Fn::GetAtt": ["It", "Arn"]}, "/flows/"]]}),
        (FLOW_LOG, {"Fn::Sub": "arn:aws:s3:::${It}/flows"}),
        (FLOW_LOG, {"Fn::Sub": "arn:${AWS::Partition}:s3:::it"}),
        (FLOW_LOG, "arn:aws:s3:::it"),
        (FLOW_LOG, "arn:aws:s3:::it/flows/"),
        (DISTRIBUTION, {"Fn::GetAtt": ["It", "DomainName"]}),
        (DISTRIBUTION, {"Fn::GetAtt": ["It", "RegionalDomainName"]}),
        (DISTRIBUTION, {"Fn::Sub": "${It}.s3.amazonaws.com"}),
        (DISTRIBUTION, "it.s3.amazonaws.com"),
        (DISTRIBUTION, "it.s3-eu-west-1.amazonaws.com"),
    ],
    ids=str,
)
def test_flow_logs_and_logs_of_cloudfront_are_kept_too(kind: str, destination: Json) -> None:
    assert verdict("S3LogsKeptSixYears", written_by(kind, destination)) == BROKEN
    assert verdict("S3LogsKeptSixYears", written_by(kind, destination, days=2192)) == MET


@pytest.mark.parametrize(
    ("kind", "destination"),
    [
        (FLOW_LOG, {"Fn::GetAtt": ["Other", "Arn"]}),
        (FLOW_LOG, {"Fn::Sub": "arn:aws:s3:::${It}-flows"}),
        (FLOW_LOG, "arn:aws:s3:::it-flows"),
        (FLOW_LOG, "arn:aws:logs:us-east-1:123456789012:log-group:it"),
        (FLOW_LOG, PARAMETER),
        (FLOW_LOG, GONE),
        (FLOW_LOG, 7),
        (DISTRIBUTION, "other.s3.amazonaws.com"),
        (DISTRIBUTION, GONE),
    ],
    ids=str,
)
def test_a_bucket_that_no_log_is_written_to_need_keep_nothing(kind: str, destination: Json) -> None:
    assert verdict("S3LogsKeptSixYears", written_by(kind, destination)) == NOT_APPLICABLE


def test_a_writer_that_is_never_made_writes_nothing() -> None:
    body = written_by(FLOW_LOG, {"Fn::GetAtt": ["It", "Arn"]}, Condition="Never")
    assert verdict("S3LogsKeptSixYears", body) == NOT_APPLICABLE


@pytest.mark.parametrize("kind", [FLOW_LOG, DISTRIBUTION])
def test_flow_logs_and_logs_of_cloudfront_may_be_encrypted_with_a_key(kind: str) -> None:
    body = written_by(kind, {"Fn::GetAtt": ["It", "Arn"]})
    assert verdict("S3BucketEncryptedWithKms", body) == BROKEN


@pytest.mark.parametrize(
    "action",
    [
        "AbortIncompleteMultipartUpload",
        "ExpirationDate",
        "ExpirationInDays",
        "NoncurrentVersionExpiration",
        "NoncurrentVersionExpirationInDays",
        "NoncurrentVersionTransition",
        "NoncurrentVersionTransitions",
        "Transition",
        "Transitions",
    ],
)
def test_each_action_makes_a_lifecycle(action: str) -> None:
    assert verdict("S3BucketLifecycleSet", changed(records(), RULES, [{"Status": "Enabled", action: "x"}])) == MET


@pytest.mark.parametrize("names", [("It", "Source"), ("Source", "It")], ids=str)
def test_each_bucket_of_a_template_is_known_by_itself(names: tuple[str, ...]) -> None:
    body = logs()
    resources = body["Resources"]
    assert isinstance(resources, dict)
    judged = verdicts("S3BucketEncryptedWithKms", template({name: resources[name] for name in names}))
    assert judged == {"It": NOT_APPLICABLE, "Source": BROKEN}


def test_the_replica_of_a_log_bucket_is_encrypted_by_s3() -> None:
    rules: Json = {"Rules": [{"Status": "Enabled", "Destination": {"Bucket": "arn:aws:s3:::replica"}}]}
    for body, wanted in ((logs(), NOT_APPLICABLE), (records(), BROKEN)):
        assert verdict("S3ReplicaEncrypted", changed(body, (*PROPERTIES, "ReplicationConfiguration"), rules)) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"), [(True, MET), ("true", MET), (False, BROKEN), (GONE, BROKEN), (PARAMETER, UNDECIDED)], ids=str
)
def test_the_end_of_delete_markers_makes_a_lifecycle(value: Json, wanted: str) -> None:
    rules: Json = [{"Status": "Enabled", "ExpiredObjectDeleteMarker": value}]
    assert verdict("S3BucketLifecycleSet", changed(records(), RULES, rules)) == wanted


def test_a_replica_may_be_encrypted_under_an_alias_of_ones_own() -> None:
    place = (*PROPERTIES, "ReplicationConfiguration", "Rules", 0, "Destination", "EncryptionConfiguration")
    own = changed(records(), (*place, "ReplicaKmsKeyID"), "alias/records")
    assert verdict("S3ReplicaEncrypted", own) == MET
    assert verdict("S3ReplicaEncrypted", changed(own, (*place, "ReplicaKmsKeyID"), "alias/aws/s3")) == BROKEN
