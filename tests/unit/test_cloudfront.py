"""What the distributions are, and what they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from aws_cdk import App, Environment, Stack, Stage
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Annotations, Match

from hipaa_constructs import (
    EncryptedBucket,
    EncryptedLogGroup,
    EndToEndHttpsDistribution,
    HipaaWebAcl,
    HttpsBehavior,
    HttpsOrigin,
)
from hipaa_constructs.rules._value import Json
from tests._refusals import made, refusal, waiver
from tests._synthesis import Body, at, of_type, report_of, statements, synthesized, the

DISTRIBUTION = "AWS::CloudFront::Distribution"
VPC_ORIGIN = "AWS::CloudFront::VpcOrigin"
ARN = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
ALB = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/portal/1234567890abcdef"
NAMES = ["portal.example.org"]
SERVER = HttpsOrigin.custom("api.example.org")


def certificate(stack: Stack, arn: str = ARN) -> acm.ICertificate:
    return acm.Certificate.from_certificate_arn(stack, "Certificate", arn)


def before_bucket(stack: Stack) -> None:
    EndToEndHttpsDistribution(
        stack,
        "It",
        certificate=certificate(stack),
        domain_names=NAMES,
        default_behavior=HttpsOrigin.bucket(EncryptedBucket(stack, "Pages")),
    )


def balanced(stack: Stack) -> HttpsOrigin:
    balancer = elbv2.ApplicationLoadBalancer.from_application_load_balancer_attributes(
        stack,
        "Balancer",
        load_balancer_arn=ALB,
        security_group_id="sg-1",
        load_balancer_dns_name="internal-portal.us-east-1.elb.amazonaws.com",
    )
    return HttpsOrigin.load_balancer(balancer, domain_name="internal.example.org")


def before_balancer(stack: Stack) -> None:
    EndToEndHttpsDistribution(
        stack, "It", certificate=certificate(stack), domain_names=NAMES, default_behavior=balanced(stack)
    )


def before(behavior: HttpsBehavior | HttpsOrigin) -> Callable[[Stack], object]:
    def build(stack: Stack) -> object:
        return EndToEndHttpsDistribution(
            stack, "It", certificate=certificate(stack), domain_names=NAMES, default_behavior=behavior
        )

    return build


PAGES = synthesized(before_bucket)
BALANCED = synthesized(before_balancer)
CUSTOM = synthesized(before(SERVER))


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def config(template: Body) -> Json:
    return at(the(template, DISTRIBUTION), "Properties", "DistributionConfig")


def test_plain_http_is_redirected() -> None:
    assert at(config(PAGES), "DefaultCacheBehavior", "ViewerProtocolPolicy") == "redirect-to-https"


def test_viewers_use_tls_1_2_and_the_own_certificate() -> None:
    assert at(config(PAGES), "ViewerCertificate") == {
        "AcmCertificateArn": ARN,
        "MinimumProtocolVersion": "TLSv1.2_2021",
        "SslSupportMethod": "sni-only",
    }


def test_http_2_and_3_are_spoken() -> None:
    assert at(config(PAGES), "HttpVersion") == "http2and3"


def test_nothing_is_cached() -> None:
    disabled = cloudfront.CachePolicy.CACHING_DISABLED.cache_policy_id
    assert at(config(PAGES), "DefaultCacheBehavior", "CachePolicyId") == disabled


def test_a_bucket_is_reached_by_origin_access_control() -> None:
    (control,) = of_type(PAGES, "AWS::CloudFront::OriginAccessControl")
    assert at(config(PAGES), "Origins", 0, "OriginAccessControlId") == {"Fn::GetAtt": [control, "Id"]}


@pytest.mark.parametrize(
    ("kind", "document", "action"),
    [("AWS::S3::BucketPolicy", "PolicyDocument", "s3:GetObject"), ("AWS::KMS::Key", "KeyPolicy", "kms:Decrypt")],
)
def test_cloudfront_reads_for_this_accounts_distributions_only(kind: str, document: str, action: str) -> None:
    holder = the(PAGES, kind, "Pages" if "Bucket" in kind else "")
    (allowed,) = (
        one for one in statements(holder, document) if at(one, "Principal", "Service") == "cloudfront.amazonaws.com"
    )
    assert allowed["Action"] == action
    condition = allowed["Condition"]
    assert at(condition, "StringEquals", "aws:SourceAccount") == {"Ref": "AWS::AccountId"}
    assert ":distribution/*" in json.dumps(at(condition, "ArnLike", "aws:SourceArn"))


def test_once_it_exists_cloudfront_reads_for_this_distribution_alone() -> None:
    def build(stack: Stack) -> None:
        EndToEndHttpsDistribution(
            stack,
            "It",
            certificate=certificate(stack),
            domain_names=NAMES,
            default_behavior=HttpsOrigin.bucket(EncryptedBucket(stack, "Pages")),
            distribution_id="E2QWRUHAPOMQZL",
        )

    text = json.dumps(the(synthesized(build), "AWS::KMS::Key"))
    assert ":distribution/E2QWRUHAPOMQZL" in text
    assert ":distribution/*" not in text


def test_a_bucket_of_another_stack_makes_no_circle() -> None:
    def build(app: App) -> None:
        bucket = EncryptedBucket(Stack(app, "Data"), "Pages")
        edge = Stack(app, "Edge")
        EndToEndHttpsDistribution(
            edge,
            "It",
            certificate=certificate(edge),
            domain_names=NAMES,
            default_behavior=HttpsOrigin.bucket(bucket),
        )

    assert report_of(build).findings == []


def test_an_imported_bucket_is_left_as_it_is() -> None:
    def build(stack: Stack) -> None:
        bucket = s3.Bucket.from_bucket_name(stack, "Pages", "pages")
        EndToEndHttpsDistribution(
            stack,
            "It",
            certificate=certificate(stack),
            domain_names=NAMES,
            default_behavior=HttpsOrigin.bucket(bucket),
        )

    assert of_type(synthesized(build), "AWS::S3::BucketPolicy") == {}


def warnings(build: Callable[[Stack], object]) -> Annotations:
    stack = Stack(App(), "Stack")
    build(stack)
    return Annotations.from_stack(stack)


def test_the_cdk_does_not_warn_of_policies_that_are_there() -> None:
    warnings(before_bucket).has_no_warning("*", Match.any_value())


def test_the_cdk_warns_of_policies_of_imported_buckets() -> None:
    def build(stack: Stack) -> None:
        before(HttpsOrigin.bucket(s3.Bucket.from_bucket_name(stack, "Pages", "pages")))(stack)

    warnings(build).has_warning("*", Match.string_like_regexp("policy of an imported bucket"))


def test_a_load_balancer_is_reached_privately_over_tls_1_2() -> None:
    endpoint = at(the(BALANCED, VPC_ORIGIN), "Properties", "VpcOriginEndpointConfig")
    assert (at(endpoint, "OriginProtocolPolicy"), at(endpoint, "OriginSSLProtocols")) == ("https-only", ["TLSv1.2"])
    assert at(endpoint, "Arn") == ALB


def test_a_load_balancer_is_called_by_the_name_of_its_certificate() -> None:
    assert at(config(BALANCED), "Origins", 0, "DomainName") == "internal.example.org"


def test_a_server_is_reached_over_tls_1_2() -> None:
    origin = at(config(CUSTOM), "Origins", 0, "CustomOriginConfig")
    assert (at(origin, "OriginProtocolPolicy"), at(origin, "OriginSSLProtocols")) == ("https-only", ["TLSv1.2"])


def test_a_server_gets_everything_but_the_host_header() -> None:
    policy = cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER.origin_request_policy_id
    assert at(config(CUSTOM), "DefaultCacheBehavior", "OriginRequestPolicyId") == policy


def test_a_load_balancer_gets_the_host_header_too() -> None:
    policy = cloudfront.OriginRequestPolicy.ALL_VIEWER.origin_request_policy_id
    assert at(config(BALANCED), "DefaultCacheBehavior", "OriginRequestPolicyId") == policy


def group(stack: Stack) -> HttpsOrigin:
    return balanced(stack).or_else(HttpsOrigin.custom("standby.example.org"))


def before_group(stack: Stack) -> None:
    EndToEndHttpsDistribution(
        stack, "It", certificate=certificate(stack), domain_names=NAMES, default_behavior=group(stack)
    )


GROUPED = synthesized(before_group)


def test_another_origin_stands_in_for_one_that_fails() -> None:
    groups = at(config(GROUPED), "OriginGroups", "Items")
    target = at(config(GROUPED), "DefaultCacheBehavior", "TargetOriginId")
    assert (at(groups, 0, "Id"), at(groups, 1)) == (target, None)
    assert at(groups, 0, "FailoverCriteria", "StatusCodes", "Items") == [500, 502, 503, 504]
    members = [at(groups, 0, "Members", "Items", n, "OriginId") for n in (0, 1)]
    assert members == [at(config(GROUPED), "Origins", n, "Id") for n in (0, 1)]


def test_an_origin_group_is_read_from_only() -> None:
    assert at(config(GROUPED), "DefaultCacheBehavior", "AllowedMethods") == ["GET", "HEAD", "OPTIONS"]


def test_a_load_balancer_that_keeps_its_host_is_not_grouped_with_a_server_that_does_not() -> None:
    policy = cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER.origin_request_policy_id
    assert at(config(GROUPED), "DefaultCacheBehavior", "OriginRequestPolicyId") == policy


def test_a_load_balancer_in_a_group_and_alone_is_one_vpc_origin() -> None:
    def build(stack: Stack) -> None:
        alone = balanced(stack)
        EndToEndHttpsDistribution(
            stack,
            "It",
            certificate=certificate(stack),
            domain_names=NAMES,
            default_behavior=alone.or_else(SERVER),
            additional_behaviors={"/api/*": alone},
        )

    assert len(of_type(synthesized(build), VPC_ORIGIN)) == 1


def test_both_buckets_of_a_group_let_cloudfront_read() -> None:
    def build(stack: Stack) -> None:
        pages, copies = (HttpsOrigin.bucket(EncryptedBucket(stack, name)) for name in ("Pages", "Copies"))
        before(pages.or_else(copies))(stack)

    template = synthesized(build)
    for name in ("Pages", "Copies"):
        allowed = [one for one in statements(the(template, "AWS::S3::BucketPolicy", name)) if one["Effect"] == "Allow"]
        assert [at(one, "Principal", "Service") for one in allowed] == ["cloudfront.amazonaws.com"]
    assert at(config(template), "DefaultCacheBehavior", "OriginRequestPolicyId") is None


def test_a_group_of_groups_is_refused(stack: Stack) -> None:
    refusal(
        lambda: SERVER.or_else(group(stack)),
        "HttpsOrigin.or_else: both origins must be single ones, got a group; a group has two members "
        "(164.308(a)(7)(ii)(C))",
    )


def test_methods_that_write_are_refused_of_a_group(stack: Stack) -> None:
    behavior = HttpsBehavior(origin=group(stack), allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL)
    refusal(
        lambda: before(behavior)(stack),
        "Stack/It: default_behavior must be GET, HEAD and OPTIONS at most in allowed_methods, with an origin group, "
        "got 'GET, HEAD, OPTIONS, PUT, PATCH, POST, DELETE'; CloudFront fails over no other method; give paths that "
        "are written to one origin (164.308(a)(7)(ii)(C))",
    )


def test_browsers_are_told_to_use_tls_and_to_store_nothing() -> None:
    headers = at(the(PAGES, "AWS::CloudFront::ResponseHeadersPolicy"), "Properties", "ResponseHeadersPolicyConfig")
    hsts = at(headers, "SecurityHeadersConfig", "StrictTransportSecurity")
    assert at(hsts, "AccessControlMaxAgeSec") == 63072000
    assert at(headers, "CustomHeadersConfig", "Items", 0, "Value") == "no-store"


def test_logs_are_delivered_to_an_encrypted_group() -> None:
    (group,) = (name for name in of_type(PAGES, "AWS::Logs::LogGroup") if name.startswith("ItLog"))
    destination = at(the(PAGES, "AWS::Logs::DeliveryDestination"), "Properties", "DestinationResourceArn")
    assert json.dumps({"Ref": group}) in json.dumps(destination)
    assert at(of_type(PAGES, "AWS::Logs::LogGroup")[group], "Properties", "KmsKeyId") is not None


@pytest.mark.parametrize("field", ["cs(Cookie)", "cs-uri-query", "cs(Referer)"])
def test_logs_leave_out_what_can_identify_patients(field: str) -> None:
    fields = at(the(PAGES, "AWS::Logs::Delivery"), "Properties", "RecordFields")
    assert isinstance(fields, list)
    assert field not in fields


def test_logs_can_be_delivered_to_a_bucket() -> None:
    def build(stack: Stack) -> None:
        EndToEndHttpsDistribution(
            stack,
            "It",
            certificate=certificate(stack),
            domain_names=NAMES,
            default_behavior=SERVER,
            log_destination=EncryptedBucket(stack, "Logs"),
        )

    template = synthesized(build)
    (bucket,) = (name for name in of_type(template, "AWS::S3::Bucket") if name.startswith("Logs"))
    destination = at(the(template, "AWS::Logs::DeliveryDestination"), "Properties", "DestinationResourceArn")
    assert destination == {"Fn::GetAtt": [bucket, "Arn"]}
    services = [at(one, "Principal", "Service") for one in statements(the(template, "AWS::S3::BucketPolicy", "Logs"))]
    assert "delivery.logs.amazonaws.com" in services


def test_logs_can_be_delivered_to_a_group_of_ones_own() -> None:
    def build(stack: Stack) -> None:
        EndToEndHttpsDistribution(
            stack,
            "It",
            certificate=certificate(stack),
            domain_names=NAMES,
            default_behavior=SERVER,
            log_destination=EncryptedLogGroup(stack, "Edge"),
        )

    assert [name for name in of_type(synthesized(build), "AWS::Logs::LogGroup") if name.startswith("ItLog")] == []


def test_there_is_a_web_acl() -> None:
    (acl,) = of_type(PAGES, "AWS::WAFv2::WebACL")
    assert at(config(PAGES), "WebACLId") == {"Fn::GetAtt": [acl, "Arn"]}
    assert at(the(PAGES, "AWS::WAFv2::WebACL"), "Properties", "Scope") == "CLOUDFRONT"


@pytest.mark.parametrize("named", ["arn", "construct"])
def test_another_web_acl_can_be_named(named: str) -> None:
    def build(stack: Stack) -> None:
        arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/x/1"
        EndToEndHttpsDistribution(
            stack,
            "It",
            certificate=certificate(stack),
            domain_names=NAMES,
            default_behavior=SERVER,
            web_acl_id=arn if named == "arn" else HipaaWebAcl(stack, "Acl", web_acl_scope="CLOUDFRONT"),
        )

    acls = list(of_type(synthesized(build), "AWS::WAFv2::WebACL"))
    assert [name for name in acls if name.startswith("It")] == []


def test_paths_have_behaviors_and_share_origins() -> None:
    def build(stack: Stack) -> None:
        EndToEndHttpsDistribution(
            stack,
            "It",
            certificate=certificate(stack),
            domain_names=NAMES,
            default_behavior=SERVER,
            additional_behaviors={
                "/api/*": SERVER,
                "/forms/*": HttpsBehavior(origin=SERVER, field_level_encryption_id="C36X3MQ5ZHXZG9"),
            },
        )

    found = config(synthesized(build))
    behaviors = at(found, "CacheBehaviors")
    origin_list = at(found, "Origins")
    assert isinstance(behaviors, list)
    assert isinstance(origin_list, list)
    assert [at(one, "PathPattern") for one in behaviors] == ["/api/*", "/forms/*"]
    assert [at(one, "FieldLevelEncryptionId") for one in behaviors] == [None, "C36X3MQ5ZHXZG9"]
    assert len(origin_list) == 1


def test_a_distribution_has_the_logical_id_of_the_plain_one() -> None:
    plain = synthesized(
        lambda stack: cloudfront.Distribution(
            stack,
            "It",
            default_behavior=cloudfront.BehaviorOptions(origin=origins.HttpOrigin("api.example.org")),
        )
    )
    assert list(of_type(CUSTOM, DISTRIBUTION)) == list(of_type(plain, DISTRIBUTION))


def test_origin_shield_and_geo_restriction_are_free() -> None:
    def build(stack: Stack) -> None:
        EndToEndHttpsDistribution(
            stack,
            "It",
            certificate=certificate(stack),
            domain_names=NAMES,
            default_behavior=HttpsOrigin.custom("api.example.org", origin_shield_region="us-east-2"),
            geo_restriction=cloudfront.GeoRestriction.allowlist("US"),
        )

    found = config(synthesized(build))
    assert at(found, "Origins", 0, "OriginShield") == {"Enabled": True, "OriginShieldRegion": "us-east-2"}
    assert at(found, "Restrictions", "GeoRestriction", "Locations") == ["US"]


@pytest.mark.parametrize("build", [before_bucket, before_balancer, before(SERVER)])
def test_a_distribution_in_a_stage_breaks_no_rule(build: Callable[[Stack], object]) -> None:
    environment = Environment(account="123456789012", region="us-east-1")
    assert report_of(lambda app: build(Stack(Stage(app, "Prod"), "Stack", env=environment))).findings == []


def test_another_region_is_refused() -> None:
    stack = Stack(App(), "Stack", env=Environment(account="123456789012", region="eu-west-1"))
    refusal(
        lambda: before_bucket(stack),
        "Stack/It: scope must be in a stack of us-east-1, got 'a stack in eu-west-1'; web ACLs and log sources of "
        "CloudFront live there; make a stack with env=Environment(region='us-east-1'), and "
        "cross_region_references=True if it needs anything of others (164.312(e)(1))",
    )


def test_a_certificate_of_another_region_is_refused(stack: Stack) -> None:
    arn = ARN.replace("us-east-1", "eu-west-1")
    refusal(
        lambda: EndToEndHttpsDistribution(
            stack, "It", certificate=certificate(stack, arn), domain_names=NAMES, default_behavior=SERVER
        ),
        f"Stack/It: certificate must be of us-east-1, got '{arn}'; CloudFront takes certificates of no other Region; "
        "ask ACM for one there (164.312(e)(1))",
    )


def test_no_names_are_refused(stack: Stack) -> None:
    refusal(
        lambda: EndToEndHttpsDistribution(
            stack, "It", certificate=certificate(stack), domain_names=[], default_behavior=SERVER
        ),
        "Stack/It: domain_names must be one name or more, got []; under a name of CloudFront its own certificate is "
        "used, which negotiates TLS 1.0 (164.312(e)(1))",
    )


def test_an_origin_of_the_cdk_is_refused(stack: Stack) -> None:
    refusal(
        lambda: made(
            EndToEndHttpsDistribution,
            stack,
            certificate=certificate(stack),
            domain_names=NAMES,
            default_behavior=origins.HttpOrigin("api.example.org"),
        ),
        "Stack/It: default_behavior must be an HttpsOrigin or an HttpsBehavior, got 'HttpOrigin'; make one with "
        "HttpsOrigin.bucket(), load_balancer() or custom(); others may speak plain HTTP (164.312(e)(1))",
    )


def test_plain_http_for_viewers_needs_a_waiver(stack: Stack) -> None:
    behavior = HttpsBehavior(origin=SERVER, viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.ALLOW_ALL)
    refusal(
        lambda: before(behavior)(stack),
        "Stack/It: default_behavior must be HTTPS_ONLY or REDIRECT_TO_HTTPS in viewer_protocol_policy, got "
        "'ALLOW_ALL'; to go without it pass waivers=[Waiver(rule=\"CloudfrontViewersUseHttps\", …)] (164.312(e)(1))",
    )


CACHED = HttpsBehavior(origin=SERVER, cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED)


def test_caching_needs_a_waiver(stack: Stack) -> None:
    refusal(
        lambda: before(CACHED)(stack),
        "Stack/It: default_behavior must be CachePolicy.CACHING_DISABLED in cache_policy, got 'another cache_policy'; "
        'to go without it pass waivers=[Waiver(rule="CloudfrontCachesNothing", …)] (164.312(a)(2)(iv))',
    )


def test_waived_caching_caches() -> None:
    template = synthesized(
        lambda stack: EndToEndHttpsDistribution(
            stack,
            "It",
            certificate=certificate(stack),
            domain_names=NAMES,
            default_behavior=CACHED,
            waivers=[waiver("CloudfrontCachesNothing")],
        )
    )
    optimized = cloudfront.CachePolicy.CACHING_OPTIMIZED.cache_policy_id
    assert at(config(template), "DefaultCacheBehavior", "CachePolicyId") == optimized


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"minimum_protocol_version": cloudfront.SecurityPolicyProtocol.TLS_V1_2_2019},
            "minimum_protocol_version must be TLS_V1_2_2021 or newer, got 'TLS_V1_2_2019'; to go without it pass "
            'waivers=[Waiver(rule="CloudfrontViewersUseTls12", …)] (164.312(e)(1))',
        ),
        (
            {"web_acl_id": False},
            "web_acl_id must be a web ACL, got False; to go without it pass waivers=[Waiver("
            'rule="CloudfrontHasWebAcl", …)] (164.308(a)(5)(ii)(B))',
        ),
        (
            {"log_destination": False},
            "log_destination must be a log group or a bucket, got False; to go without it pass waivers=[Waiver("
            'rule="CloudfrontAccessLogged", …)] (164.312(b))',
        ),
    ],
)
def test_weaker_options_need_a_waiver(stack: Stack, options: dict[str, object], message: str) -> None:
    refusal(
        lambda: made(
            EndToEndHttpsDistribution,
            stack,
            certificate=certificate(stack),
            domain_names=NAMES,
            default_behavior=SERVER,
            **options,
        ),
        f"Stack/It: {message}",
    )


@pytest.mark.parametrize("option", ["enable_logging", "log_bucket", "log_includes_cookies", "ssl_support_method"])
def test_what_is_set_can_not_be_set(stack: Stack, option: str) -> None:
    with pytest.raises(Exception, match=f"Stack/It: {option} can't be set"):
        made(
            EndToEndHttpsDistribution,
            stack,
            certificate=certificate(stack),
            domain_names=NAMES,
            default_behavior=SERVER,
            **{option: None},
        )


def test_a_website_endpoint_is_refused() -> None:
    refusal(
        lambda: HttpsOrigin.custom("pages.s3-website-us-east-1.amazonaws.com"),
        "HttpsOrigin.custom: domain_name must speak TLS, got 'pages.s3-website-us-east-1.amazonaws.com'; website "
        "endpoints of S3 don't; pass HttpsOrigin.bucket(…) (164.312(e)(1))",
    )


@pytest.mark.parametrize("name", ["http://api.example.org", "api.example.org/v1", "api.example.org:8080", ""])
def test_what_is_no_name_is_refused(name: str) -> None:
    refusal(
        lambda: HttpsOrigin.custom(name),
        f"HttpsOrigin.custom: domain_name must be the name of a server, got '{name}'; leave the protocol, the port and "
        "the path out (164.312(e)(1))",
    )


def test_a_bucket_that_is_a_website_is_refused(stack: Stack) -> None:
    bucket = s3.Bucket(stack, "Pages", website_index_document="index.html")
    refusal(
        lambda: HttpsOrigin.bucket(bucket),
        "HttpsOrigin.bucket: the bucket must be no website, got Stack/Pages; website endpoints speak no TLS; take "
        "website_index_document away (164.312(e)(1))",
    )


def test_a_key_of_ones_own_lets_cloudfront_decrypt() -> None:
    def build(stack: Stack) -> None:
        key = kms.Key(stack, "Key")
        bucket = s3.Bucket(stack, "Pages", encryption_key=key)
        before(HttpsOrigin.bucket(bucket))(stack)

    services = [
        at(one, "Principal", "Service")
        for one in statements(the(synthesized(build), "AWS::KMS::Key", "Key"), "KeyPolicy")
    ]
    assert "cloudfront.amazonaws.com" in services


def test_a_refusal_leaves_nothing_behind(stack: Stack) -> None:
    own = certificate(stack)
    with pytest.raises(Exception, match="domain_names"):
        EndToEndHttpsDistribution(stack, "It", certificate=own, domain_names=[], default_behavior=SERVER)
    assert stack.node.try_find_child("It") is None
