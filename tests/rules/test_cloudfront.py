"""What is judged of distributions and their origins."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, GONE, MET, PARAMETER, UNDECIDED, Body, partly, resource, template, verdict

DISTRIBUTION = "AWS::CloudFront::Distribution"
VPC_ORIGIN = "AWS::CloudFront::VpcOrigin"
DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
ARN = "arn:aws:acm:us-east-1:123456789012:certificate/1"


def distribution(config: Json, **others: Json) -> Body:
    return template({"It": resource(DISTRIBUTION, {"DistributionConfig": config}), **others})


def behaving(key: str, *values: Json) -> list[Body]:
    """Return distributions with a value in the default behavior, and in another one."""
    first, good = {key: values[0]}, {key: values[1]}
    return [
        distribution({"DefaultCacheBehavior": first}),
        distribution({"DefaultCacheBehavior": good, "CacheBehaviors": [good, first]}),
    ]


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [
        ("https-only", MET),
        ("redirect-to-https", MET),
        ("allow-all", BROKEN),
        (GONE, BROKEN),
        (7, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
    ids=str,
)
def test_every_behavior_answers_over_https(policy: Json, wanted: str) -> None:
    bodies = behaving("ViewerProtocolPolicy", policy, "https-only")
    assert [verdict("CloudfrontViewersUseHttps", body) for body in bodies] == [wanted, wanted]


@pytest.mark.parametrize("rule", ["CloudfrontViewersUseHttps", "CloudfrontCachesNothing"])
def test_hidden_behaviors_are_undecided(rule: str) -> None:
    default: Json = {"ViewerProtocolPolicy": "https-only", "CachePolicyId": DISABLED}
    body = distribution({"DefaultCacheBehavior": default, "CacheBehaviors": PARAMETER})
    assert verdict(rule, body) == UNDECIDED


def from_origin(config: Json, viewers: str = "https-only") -> Body:
    return distribution(
        {"Origins": [{"CustomOriginConfig": config}], "DefaultCacheBehavior": {"ViewerProtocolPolicy": viewers}}
    )


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (from_origin({"OriginProtocolPolicy": "https-only"}), MET),
        (from_origin({"OriginProtocolPolicy": "match-viewer"}), MET),
        (from_origin({"OriginProtocolPolicy": "match-viewer"}, "allow-all"), BROKEN),
        (from_origin({"OriginProtocolPolicy": "http-only"}), BROKEN),
        (from_origin({}), BROKEN),
        (from_origin({"OriginProtocolPolicy": PARAMETER}), UNDECIDED),
        (distribution({"CustomOrigin": {"OriginProtocolPolicy": "https-only"}}), MET),
        (distribution({"CustomOrigin": {"OriginProtocolPolicy": "http-only"}}), BROKEN),
        (distribution({"Origins": [{"VpcOriginConfig": {"VpcOriginId": "x"}}]}), MET),
        (distribution({"Origins": PARAMETER}), UNDECIDED),
    ],
    ids=str,
)
def test_origins_are_reached_over_https(body: Body, wanted: str) -> None:
    assert verdict("CloudfrontOriginsUseHttps", body) == wanted


def control(behavior: Json) -> Json:
    return resource(
        "AWS::CloudFront::OriginAccessControl", {"OriginAccessControlConfig": {"SigningBehavior": behavior}}
    )


@pytest.mark.parametrize(
    ("viewers", "signing", "wanted"),
    [
        ("https-only", GONE, MET),
        ("allow-all", GONE, BROKEN),
        ("allow-all", "never", BROKEN),
        ("allow-all", "always", UNDECIDED),
        ("allow-all", PARAMETER, UNDECIDED),
        ("redirect-to-https", "never", MET),
        (PARAMETER, "never", UNDECIDED),
    ],
    ids=str,
)
def test_a_bucket_is_reached_as_its_viewers_reach_the_distribution(viewers: Json, signing: Json, wanted: str) -> None:
    access: Json = GONE if signing is GONE else {"Ref": "Control"}
    config: Json = {
        "Origins": [{"S3OriginConfig": {}, "OriginAccessControlId": access}],
        "DefaultCacheBehavior": {"ViewerProtocolPolicy": viewers},
    }
    assert verdict("CloudfrontOriginsUseHttps", distribution(config, Control=control(signing))) == wanted


@pytest.mark.parametrize(("viewers", "wanted"), [("https-only", MET), ("allow-all", BROKEN)])
def test_a_bucket_in_the_older_form_is_reached_as_its_viewers_reach_the_distribution(viewers: str, wanted: str) -> None:
    config: Json = {"S3Origin": {"DNSName": "x"}, "DefaultCacheBehavior": {"ViewerProtocolPolicy": viewers}}
    assert verdict("CloudfrontOriginsUseHttps", distribution(config)) == wanted


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [("https-only", MET), ("match-viewer", BROKEN), ("http-only", BROKEN), (GONE, BROKEN), (PARAMETER, UNDECIDED)],
    ids=str,
)
def test_vpc_origins_are_reached_over_https(policy: Json, wanted: str) -> None:
    body = template({"It": resource(VPC_ORIGIN, {"VpcOriginEndpointConfig": {"OriginProtocolPolicy": policy}})})
    assert verdict("CloudfrontOriginsUseHttps", body) == wanted


@pytest.mark.parametrize(
    ("protocols", "wanted"),
    [
        (["TLSv1.2"], MET),
        (["TLSv1.1", "TLSv1.2"], BROKEN),
        (["SSLv3"], BROKEN),
        ([], BROKEN),
        (GONE, BROKEN),
        ("TLSv1.2", BROKEN),
        (PARAMETER, UNDECIDED),
        ([PARAMETER], UNDECIDED),
    ],
    ids=str,
)
def test_origins_are_reached_over_tls_1_2(protocols: Json, wanted: str) -> None:
    rule = "CloudfrontOriginsUseTls12"
    vpc = template({"It": resource(VPC_ORIGIN, {"VpcOriginEndpointConfig": {"OriginSSLProtocols": protocols}})})
    assert verdict(rule, from_origin({"OriginSSLProtocols": protocols})) == wanted
    assert verdict(rule, vpc) == wanted
    assert verdict(rule, distribution({"CustomOrigin": {"OriginSSLProtocols": protocols}})) == wanted


def test_the_protocols_of_a_bucket_are_those_of_aws() -> None:
    body = distribution({"Origins": [{"S3OriginConfig": {}}]})
    assert verdict("CloudfrontOriginsUseTls12", body) == MET


def test_the_protocols_of_hidden_origins_are_undecided() -> None:
    assert verdict("CloudfrontOriginsUseTls12", distribution({"Origins": PARAMETER})) == UNDECIDED


@pytest.mark.parametrize(
    ("version", "wanted"),
    [
        ("TLSv1.2_2021", MET),
        ("TLSv1.2_2025", MET),
        ("TLSv1.3_2025", MET),
        ("TLSv1.2_2019", BROKEN),
        ("TLSv1", BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
    ids=str,
)
def test_the_security_policy_decides(version: Json, wanted: str) -> None:
    body = distribution({"ViewerCertificate": {"MinimumProtocolVersion": version}})
    assert verdict("CloudfrontViewersUseTls12", body) == wanted


@pytest.mark.parametrize(("own", "wanted"), [(True, BROKEN), (False, MET), (GONE, MET), (PARAMETER, UNDECIDED)])
def test_the_security_policy_means_nothing_with_the_certificate_of_cloudfront(own: Json, wanted: str) -> None:
    certificate: Json = {"CloudFrontDefaultCertificate": own, "MinimumProtocolVersion": "TLSv1.2_2021"}
    assert verdict("CloudfrontViewersUseTls12", distribution({"ViewerCertificate": certificate})) == wanted


@pytest.mark.parametrize(
    ("certificate", "wanted"),
    [
        ({"AcmCertificateArn": ARN, "SslSupportMethod": "sni-only"}, MET),
        ({"IamCertificateId": "x", "SslSupportMethod": "sni-only"}, MET),
        ({"AcmCertificateArn": ARN, "SslSupportMethod": "vip"}, BROKEN),
        ({"AcmCertificateArn": ARN}, BROKEN),
        ({"CloudFrontDefaultCertificate": True}, BROKEN),
        ({"SslSupportMethod": "sni-only"}, BROKEN),
        (GONE, BROKEN),
        ({"AcmCertificateArn": PARAMETER, "SslSupportMethod": "sni-only"}, UNDECIDED),
        (PARAMETER, UNDECIDED),
    ],
    ids=str,
)
def test_the_certificate_decides(certificate: Json, wanted: str) -> None:
    assert verdict("CloudfrontHasOwnCertificate", distribution({"ViewerCertificate": certificate})) == wanted


@pytest.mark.parametrize(
    ("origin", "wanted"),
    [
        ({"S3OriginConfig": {}, "OriginAccessControlId": {"Fn::GetAtt": ["Control", "Id"]}}, MET),
        ({"S3OriginConfig": {}, "OriginAccessControlId": "E1"}, MET),
        ({"S3OriginConfig": {}}, BROKEN),
        ({"S3OriginConfig": {"OriginAccessIdentity": "origin-access-identity/cloudfront/E1"}}, BROKEN),
        ({"S3OriginConfig": {}, "OriginAccessControlId": ""}, BROKEN),
        ({"S3OriginConfig": {}, "OriginAccessControlId": PARAMETER}, UNDECIDED),
        ({"CustomOriginConfig": {}}, MET),
    ],
    ids=str,
)
def test_buckets_are_reached_by_origin_access_control(origin: Json, wanted: str) -> None:
    assert verdict("CloudfrontBucketsUseAccessControl", distribution({"Origins": [origin]})) == wanted


@pytest.mark.parametrize(
    ("behavior", "wanted"),
    [
        ("always", MET),
        ("no-override", MET),
        ("never", BROKEN),
        (PARAMETER, UNDECIDED),
        (partly("never"), UNDECIDED),
        (partly("always"), MET),
    ],
    ids=str,
)
def test_an_access_control_that_never_signs_is_none(behavior: Json, wanted: str) -> None:
    origin: Json = {"S3OriginConfig": {}, "OriginAccessControlId": {"Fn::GetAtt": ["Control", "Id"]}}
    body = distribution({"Origins": [origin]}, Control=control(behavior))
    assert verdict("CloudfrontBucketsUseAccessControl", body) == wanted


@pytest.mark.parametrize(
    ("domain", "wanted"),
    [
        ({"Fn::GetAtt": ["Bucket", "RegionalDomainName"]}, BROKEN),
        ({"Fn::Sub": "${Bucket}.s3.${AWS::Region}.amazonaws.com"}, BROKEN),
        ("records.s3.amazonaws.com", BROKEN),
        ("records.s3-eu-west-1.amazonaws.com", BROKEN),
        ("records.s3.cn-north-1.amazonaws.com.cn", BROKEN),
        ("records.s3-website-us-east-1.amazonaws.com", MET),
        ({"Fn::Sub": "${Bucket}.s3-website.${AWS::Region}.amazonaws.com"}, MET),
        ({"Fn::GetAtt": ["Balancer", "DNSName"]}, MET),
        ("api.example.com", MET),
        (PARAMETER, MET),
        (7, MET),
    ],
    ids=str,
)
def test_a_bucket_as_a_custom_origin_is_a_bucket(domain: Json, wanted: str) -> None:
    others = {
        "Bucket": resource("AWS::S3::Bucket"),
        "Balancer": resource("AWS::ElasticLoadBalancingV2::LoadBalancer"),
    }
    bare: Json = {"CustomOriginConfig": {}, "DomainName": domain}
    controlled: Json = {"CustomOriginConfig": {}, "DomainName": domain, "OriginAccessControlId": "E1"}
    assert verdict("CloudfrontBucketsUseAccessControl", distribution({"Origins": [bare]}, **others)) == wanted
    assert verdict("CloudfrontBucketsUseAccessControl", distribution({"Origins": [controlled]}, **others)) == MET


@pytest.mark.parametrize(
    ("config", "wanted"),
    [({"S3Origin": {"DNSName": "x"}}, BROKEN), ({"Origins": PARAMETER}, UNDECIDED), ({}, MET)],
    ids=str,
)
def test_origins_in_other_forms_have_no_access_control(config: Json, wanted: str) -> None:
    assert verdict("CloudfrontBucketsUseAccessControl", distribution(config)) == wanted


OF_IT: Json = {"Fn::Join": ["", ["arn:aws:cloudfront::", {"Ref": "AWS::AccountId"}, ":distribution/", {"Ref": "It"}]]}


def delivered(arn: Json, source: Json) -> Body:
    return distribution(
        {},
        Source=resource("AWS::Logs::DeliverySource", {"Name": "access", "ResourceArn": arn}),
        Delivery=resource("AWS::Logs::Delivery", {"DeliverySourceName": source}),
    )


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (delivered(OF_IT, {"Ref": "Source"}), MET),
        (delivered({"Fn::Sub": "arn:aws:cloudfront::${AWS::AccountId}:distribution/${It}"}, "access"), MET),
        (delivered(OF_IT, "another"), BROKEN),
        (delivered("arn:aws:cloudfront::123456789012:distribution/E1", {"Ref": "Source"}), BROKEN),
        (delivered(PARAMETER, {"Ref": "Source"}), UNDECIDED),
        (distribution({"Logging": {"Bucket": "logs.s3.amazonaws.com"}}), MET),
        (distribution({"Logging": {}}), BROKEN),
        (distribution({}), BROKEN),
    ],
    ids=str,
)
def test_either_kind_of_log_decides(body: Body, wanted: str) -> None:
    assert verdict("CloudfrontAccessLogged", body) == wanted


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [
        (DISABLED, MET),
        (OPTIMIZED, BROKEN),
        (7, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
    ids=str,
)
def test_nothing_is_cached(policy: Json, wanted: str) -> None:
    bodies = behaving("CachePolicyId", policy, DISABLED)
    assert [verdict("CloudfrontCachesNothing", body) for body in bodies] == [wanted, wanted]


@pytest.mark.parametrize(
    ("seconds", "wanted"), [((0, 0, 0), MET), ((0, 60, 0), BROKEN), ((60, 60, 0), BROKEN), ((0, 0, 1), BROKEN)]
)
def test_a_cache_policy_of_no_time_caches_nothing(seconds: tuple[int, int, int], wanted: str) -> None:
    default, longest, shortest = seconds
    times: Body = {"DefaultTTL": default, "MaxTTL": longest, "MinTTL": shortest}
    named = distribution(
        {"DefaultCacheBehavior": {"CachePolicyId": {"Ref": "Policy"}}},
        Policy=resource("AWS::CloudFront::CachePolicy", {"CachePolicyConfig": times}),
    )
    assert verdict("CloudfrontCachesNothing", named) == wanted
    assert verdict("CloudfrontCachesNothing", distribution({"DefaultCacheBehavior": times})) == wanted


def test_an_empty_name_encrypts_no_fields() -> None:
    behavior: Json = {"CachePolicyId": OPTIMIZED, "FieldLevelEncryptionId": ""}
    assert verdict("CloudfrontCachesNothing", distribution({"DefaultCacheBehavior": behavior})) == BROKEN


def test_encrypted_fields_may_be_cached() -> None:
    behavior: Json = {"CachePolicyId": OPTIMIZED, "FieldLevelEncryptionId": "C1"}
    assert verdict("CloudfrontCachesNothing", distribution({"DefaultCacheBehavior": behavior})) == MET


@pytest.mark.parametrize(
    ("acl", "wanted"),
    [
        ({"Fn::GetAtt": ["Acl", "Arn"]}, MET),
        ("arn:aws:wafv2:x", MET),
        ("", BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
    ids=str,
)
def test_a_web_acl_is_named(acl: Json, wanted: str) -> None:
    assert verdict("CloudfrontHasWebAcl", distribution({"WebACLId": acl})) == wanted


@pytest.mark.parametrize(
    ("cookies", "wanted"), [(GONE, MET), (False, MET), (True, BROKEN), ("x", BROKEN), (PARAMETER, UNDECIDED)]
)
def test_cookies_in_the_log_decide(cookies: Json, wanted: str) -> None:
    body = template({"It": resource(DISTRIBUTION, {"DistributionConfig": {"Logging": {"IncludeCookies": cookies}}})})
    assert verdict("CloudfrontLogsWithoutCookies", body) == wanted


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [(["date", "cs(Cookie)"], BROKEN), (["date", "cs-method"], MET), (GONE, MET), ("cs(Cookie)", MET)],
)
def test_cookies_in_a_delivery_decide(fields: Json, wanted: str) -> None:
    source = resource("AWS::Logs::DeliverySource", {"Name": "s", "ResourceArn": {"Fn::Sub": "${It}"}})
    delivery = resource("AWS::Logs::Delivery", {"DeliverySourceName": {"Ref": "Source"}, "RecordFields": fields})
    body = template({"It": resource(DISTRIBUTION, {}), "Source": source, "Delivery": delivery})
    assert verdict("CloudfrontLogsWithoutCookies", body) == wanted
