"""What the load balancers are, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from aws_cdk import App, Aws, CfnParameter, Environment, Stack, Stage
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from hipaa_constructs import ComplianceError, FlowLoggedVpc, HttpsLoadBalancer, LogArchive, enforce
from tests._refusals import made, refusal, waiver
from tests._synthesis import Body, at, metadata_waivers, of_type, report_of, statements, synthesized, the
from tools.examples import imported_certificate, network

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
GROUP = "AWS::EC2::SecurityGroup"
WEB_ACL = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/portal/0123"
NAG = "cdk-nag:HIPAA.Security-ELBv2ACMCertificateRequired"


def balancer(stack: Stack, **options: object) -> HttpsLoadBalancer:
    given = {"vpc": network(stack), "certificates": [imported_certificate(stack)], **options}
    found = made(HttpsLoadBalancer, stack, **given)
    assert isinstance(found, HttpsLoadBalancer)
    return found


def with_options(**options: object) -> Body:
    return synthesized(lambda stack: balancer(stack, **options))


def attributes(template: Body) -> dict[str, object]:
    listed = at(the(template, BALANCER), "Properties", "LoadBalancerAttributes")
    assert isinstance(listed, list)
    return {str(at(one, "Key")): at(one, "Value") for one in listed}


PLAIN = with_options()
REDIRECTING = with_options(redirect_http=True, allow_from=[ec2.Peer.ipv4("10.0.0.0/8")])


def public_network(stack: Stack) -> ec2.IVpc:
    return FlowLoggedVpc(stack, "Public", public_subnets=True, waivers=[waiver("RouteNotToInternetGateway")]).vpc


def public(stack: Stack) -> HttpsLoadBalancer:
    return balancer(stack, vpc=public_network(stack), internet_facing=True, web_acl_arn=WEB_ACL)


PUBLIC = synthesized(public)


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack", env=Environment(account="123456789012", region="us-east-1"))


def test_a_load_balancer_is_internal() -> None:
    assert at(the(PLAIN, BALANCER), "Properties", "Scheme") == "internal"


def test_it_lies_in_the_private_subnets() -> None:
    subnets = at(the(PLAIN, BALANCER), "Properties", "Subnets")
    assert subnets == ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]


def test_it_listens_on_https_alone() -> None:
    properties = at(the(PLAIN, LISTENER), "Properties")
    assert (at(properties, "Protocol"), at(properties, "Port")) == ("HTTPS", 443)


def test_it_speaks_the_newest_tls() -> None:
    policy = at(the(PLAIN, LISTENER), "Properties", "SslPolicy")
    assert policy == "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"


def test_what_no_rule_is_about_is_not_found() -> None:
    action = at(the(PLAIN, LISTENER), "Properties", "DefaultActions", 0)
    assert (at(action, "Type"), at(action, "FixedResponseConfig", "StatusCode")) == ("fixed-response", "404")


def test_nobody_reaches_it_before_somebody_is_named() -> None:
    assert at(the(PLAIN, GROUP), "Properties", "SecurityGroupIngress") is None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("deletion_protection.enabled", "true"),
        ("routing.http.desync_mitigation_mode", "defensive"),
        ("routing.http.drop_invalid_header_fields.enabled", "true"),
        ("access_logs.s3.enabled", "true"),
        ("connection_logs.s3.enabled", "true"),
    ],
)
def test_its_attributes_are_safe(key: str, value: str) -> None:
    assert attributes(PLAIN)[key] == value


@pytest.mark.parametrize("kind", ["access_logs", "connection_logs"])
def test_its_logs_go_to_the_archive_of_the_stack(kind: str) -> None:
    archive = next(iter(of_type(PLAIN, "AWS::S3::Bucket")))
    assert attributes(PLAIN)[f"{kind}.s3.bucket"] == {"Ref": archive}


def test_it_waits_until_it_may_log() -> None:
    (policy,) = (name for name in of_type(PLAIN, "AWS::S3::BucketPolicy") if name.startswith("LogArchivePolicy"))
    assert the(PLAIN, BALANCER)["DependsOn"] == [policy]


def test_the_archive_grants_once() -> None:
    def build(stack: Stack) -> None:
        vpc, certificate = network(stack), imported_certificate(stack)
        for name in ("One", "Two"):
            HttpsLoadBalancer(stack, name, vpc=vpc, certificates=[certificate])

    policy = the(synthesized(build), "AWS::S3::BucketPolicy", "LogArchivePolicy")
    writers = [one for one in statements(policy) if one.get("Sid") == "LoadBalancerLogsOfThisAccount"]
    assert len(writers) == 1


def test_it_logs_to_an_archive_of_another_kind_too() -> None:
    def build(stack: Stack) -> None:
        balancer(stack, log_archive=LogArchive(stack, "Own"))

    template = synthesized(build)
    assert all(name.startswith("Own") for name in of_type(template, "AWS::S3::Bucket"))


def test_a_load_balancer_has_the_logical_id_of_the_plain_one() -> None:
    plain = synthesized(lambda stack: elbv2.ApplicationLoadBalancer(stack, "It", vpc=network(stack)))
    assert list(of_type(PLAIN, BALANCER)) == list(of_type(plain, BALANCER))


def test_a_redirect_leads_to_https() -> None:
    action = at(the(REDIRECTING, LISTENER, http(REDIRECTING)), "Properties", "DefaultActions", 0)
    assert (at(action, "Type"), at(action, "RedirectConfig", "Protocol")) == ("redirect", "HTTPS")


def http(template: Body) -> str:
    (found,) = (
        name for name, body in of_type(template, LISTENER).items() if at(body, "Properties", "Protocol") == "HTTP"
    )
    return found


def test_whom_it_is_open_to_may_connect_to_both_ports() -> None:
    openings = at(the(REDIRECTING, GROUP), "Properties", "SecurityGroupIngress")
    assert isinstance(openings, list)
    assert [(at(one, "CidrIp"), at(one, "FromPort")) for one in openings] == [("10.0.0.0/8", 443), ("10.0.0.0/8", 80)]


def test_a_public_one_lies_in_public_subnets_and_is_open() -> None:
    assert at(the(PUBLIC, BALANCER), "Properties", "Scheme") == "internet-facing"
    openings = at(the(PUBLIC, GROUP, "It"), "Properties", "SecurityGroupIngress")
    assert isinstance(openings, list)
    assert [(at(one, "CidrIp"), at(one, "FromPort")) for one in openings] == [("0.0.0.0/0", 443)]


def test_a_public_one_has_its_web_acl() -> None:
    association = at(the(PUBLIC, "AWS::WAFv2::WebACLAssociation"), "Properties")
    (name,) = of_type(PUBLIC, BALANCER)
    assert (at(association, "ResourceArn"), at(association, "WebACLArn")) == ({"Ref": name}, WEB_ACL)


BUILDS: dict[str, Callable[[App], object]] = {
    "the defaults": lambda app: balancer(Stack(app, "Stack")),
    "a public one": lambda app: public(Stack(app, "Stack")),
    "a Region": lambda app: balancer(Stack(app, "Stack", env=Environment(account="1" * 12, region="us-east-1"))),
    "a redirect": lambda app: balancer(
        Stack(app, "Stack"), redirect_http=True, allow_from=[ec2.Peer.ipv4("10.0.0.0/8")]
    ),
    "a Stage": lambda app: balancer(Stack(Stage(app, "Stage"), "Stack")),
    "an archive of another stack": lambda app: balancer(
        Stack(app, "Stack"), log_archive=LogArchive(Stack(app, "Logs"), "Archive")
    ),
}


@pytest.mark.parametrize("build", BUILDS.values(), ids=BUILDS)
def test_it_breaks_no_rule(build: Callable[[App], object]) -> None:
    assert report_of(build).findings == []


def test_tokens_pass() -> None:
    def build(stack: Stack) -> None:
        certificate = CfnParameter(stack, "Arn").value_as_string
        balancer(
            stack,
            certificates=[acm.Certificate.from_certificate_arn(stack, "C", certificate)],
            web_acl_arn=CfnParameter(stack, "WebAcl").value_as_string,
        )

    assert at(the(synthesized(build), LISTENER), "Properties", "Certificates", 0, "CertificateArn") == {"Ref": "Arn"}


def test_isolated_subnets_do_where_there_are_no_private_ones() -> None:
    def build(stack: Stack) -> None:
        isolated = ec2.SubnetConfiguration(name="a", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
        balancer(stack, vpc=ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=0, subnet_configuration=[isolated]))

    template = synthesized(build)
    assert at(the(template, BALANCER), "Properties", "Subnets") == [
        {"Ref": name} for name in of_type(template, "AWS::EC2::Subnet")
    ]


def test_a_waiver_is_recorded_on_what_its_rule_is_about() -> None:
    template = with_options(ssl_policy=elbv2.SslPolicy.LEGACY, waivers=[waiver("TlsListenerTls12Only")])
    assert [one["rule"] for one in metadata_waivers(the(template, LISTENER))] == ["TlsListenerTls12Only"]
    assert metadata_waivers(the(template, BALANCER)) == []


def test_what_cdk_nag_asks_of_redirects_is_waived_on_them() -> None:
    template = with_options(redirect_http=True, waivers=[waiver(NAG)])
    assert [one["rule"] for one in metadata_waivers(the(template, LISTENER, http(template)))] == [NAG]
    assert metadata_waivers(the(template, BALANCER)) == []


def test_a_redirect_with_its_waiver_is_enforced() -> None:
    app = App()
    balancer(Stack(app, "Stack"), redirect_http=True, waivers=[waiver(NAG)])
    enforce(app)
    app.synth()


WAY_OUT = 'to go without it pass waivers=[Waiver(rule="{}", …)] ({})'


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"ssl_policy": elbv2.SslPolicy.RECOMMENDED},
            "ssl_policy must be a policy with TLS 1.2 or 1.3 as its floor, got SslPolicy.RECOMMENDED; "
            + WAY_OUT.format("TlsListenerTls12Only", "164.312(a)(2)(iv)"),
        ),
        (
            {"deletion_protection": False},
            "deletion_protection must be True, got False; "
            + WAY_OUT.format("LoadBalancerProtectedFromDeletion", "164.308(a)(7)(i)"),
        ),
        (
            {"desync_mitigation_mode": elbv2.DesyncMitigationMode.MONITOR},
            "desync_mitigation_mode must be DEFENSIVE or STRICTEST, got DesyncMitigationMode.MONITOR; "
            + WAY_OUT.format("AlbDesyncMitigated", "164.312(e)(2)(i)"),
        ),
        (
            {"drop_invalid_header_fields": False},
            "drop_invalid_header_fields must be True, got False; "
            + WAY_OUT.format("AlbDropsInvalidHeaders", "164.312(a)(2)(iv)"),
        ),
        (
            {"internet_facing": True},
            "web_acl_arn must be given for an internet-facing load balancer, got None; "
            + WAY_OUT.format("AlbPublicBehindWebAcl", "164.308(a)(5)(ii)(B)"),
        ),
        (
            {"redirect_http": True, "allow_from": [ec2.Peer.any_ipv6()]},
            "redirect_http must be False where everyone may connect, got True; "
            + WAY_OUT.format("SecurityGroupOpenOnHttpsOnly", "164.312(e)(1)"),
        ),
        (
            {"certificates": []},
            "certificates must be at least one certificate of ACM, got []; make one with acm.Certificate, or import it "
            "by its ARN (164.312(e)(2)(ii))",
        ),
        (
            {"certificates": ["arn:aws:acm:us-east-1:1:certificate/1"]},
            "certificates must be acm.ICertificate objects, got 'arn:aws:acm:us-east-1:1:certificate/1'; import one by "
            "acm.Certificate.from_certificate_arn() (164.312(e)(2)(ii))",
        ),
        (
            {"certificates": [elbv2.ListenerCertificate.from_arn("arn:aws:acm:eu-west-1:1:certificate/1")]},
            "certificates must be of the load balancer's Region, us-east-1, got "
            "'arn:aws:acm:eu-west-1:1:certificate/1'; request one there (164.312(e)(2)(ii))",
        ),
        (
            {"certificates": [elbv2.ListenerCertificate.from_arn("arn:aws:iam::1:server-certificate/portal")]},
            "certificates must be of ACM, got 'arn:aws:iam::1:server-certificate/portal'; import it into ACM, which "
            "watches its expiry (164.312(e)(2)(ii))",
        ),
        (
            {"web_acl_arn": "arn:aws:wafv2:us-east-1:1:global/webacl/edge/1"},
            "web_acl_arn must be the ARN of a regional web ACL, got 'arn:aws:wafv2:us-east-1:1:global/webacl/edge/1'; "
            "make one with the scope REGIONAL; CLOUDFRONT is for distributions (164.312(e)(1))",
        ),
        ({"vpc_name": "x"}, "there is no option vpc_name"),
    ],
)
def test_what_is_weaker_is_refused(stack: Stack, options: dict[str, object], message: str) -> None:
    refusal(lambda: balancer(stack, **options), f"Stack/It: {message}")


def test_a_network_of_one_zone_is_refused(stack: Stack) -> None:
    vpc = ec2.Vpc.from_vpc_attributes(
        stack, "One", vpc_id="vpc-1", availability_zones=["us-east-1a"], private_subnet_ids=["subnet-1"]
    )
    refusal(
        lambda: balancer(stack, vpc=vpc),
        "Stack/It: vpc_subnets must be of two Availability Zones or more, got '1 of 1'; a zone that fails must not "
        "take everything along; pass a network that has them (164.308(a)(7)(ii)(C))",
    )


def test_public_subnets_of_an_internal_one_are_refused(stack: Stack) -> None:
    refusal(
        lambda: balancer(
            stack, vpc=ec2.Vpc(stack, "Vpc"), vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)
        ),
        "Stack/It: vpc_subnets must be isolated or private, got 'public ones'; public ones lead to the internet "
        "(164.312(e)(1))",
    )


def test_a_network_without_public_subnets_is_refused_for_a_public_one(stack: Stack) -> None:
    refusal(
        lambda: balancer(stack, internet_facing=True, web_acl_arn=WEB_ACL),
        "Stack/It: vpc must be a network with public subnets, got 'a network without them'; make a FlowLoggedVpc, or "
        "pass vpc_subnets (164.312(e)(1))",
    )


def test_subnets_that_do_not_say_their_zone_are_refused(stack: Stack) -> None:
    subnets = [ec2.Subnet.from_subnet_id(stack, name, f"subnet-{name}") for name in ("a", "b")]
    with pytest.raises(ComplianceError, match="vpc_subnets must be subnets of the network, each with its zone"):
        balancer(stack, vpc_subnets=ec2.SubnetSelection(subnets=subnets))


def test_a_refusal_leaves_nothing_behind(stack: Stack) -> None:
    with pytest.raises(Exception, match="deletion_protection"):
        balancer(stack, deletion_protection=False)
    assert "It" not in [child.node.id for child in stack.node.children]


def test_everyone_may_be_let_in_explicitly() -> None:
    template = with_options(allow_from=[ec2.Peer.any_ipv4()])
    assert at(the(template, GROUP), "Properties", "SecurityGroupIngress", 0, "CidrIp") == "0.0.0.0/0"


def test_a_region_that_the_deployment_decides_is_not_compared() -> None:
    arn = f"arn:aws:acm:{Aws.REGION}:123456789012:certificate/1"
    template = with_options(certificates=[elbv2.ListenerCertificate.from_arn(arn)])
    assert of_type(template, LISTENER)
