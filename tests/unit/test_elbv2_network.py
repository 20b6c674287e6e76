"""What the Network Load Balancers are, and what they refuse."""

from __future__ import annotations

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_elasticloadbalancingv2_targets as targets

from hipaa_constructs import ComplianceError, FlowLoggedVpc, HttpsLoadBalancer, LogArchive, TlsNetworkLoadBalancer
from tests._refusals import made, refusal, waiver
from tests._synthesis import (
    Body,
    at,
    metadata_waivers,
    of_type,
    report_of,
    statement_called,
    synthesized,
    the,
)
from tools.examples import imported_certificate, network

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
TARGETS = "AWS::ElasticLoadBalancingV2::TargetGroup"
GROUP = "AWS::EC2::SecurityGroup"
INGRESS = "AWS::EC2::SecurityGroupIngress"
EGRESS = "AWS::EC2::SecurityGroupEgress"
NAG = "cdk-nag:HIPAA.Security-ELBv2ACMCertificateRequired"
OTHER_PORT = elbv2.HealthCheck(protocol=elbv2.Protocol.HTTPS, port="8080")


def balancer(stack: Stack, **options: object) -> TlsNetworkLoadBalancer:
    given = dict(options)
    if "vpc" not in options:
        given["vpc"] = network(stack)
    if not options.get("pass_through") and "certificates" not in options:
        given["certificates"] = [imported_certificate(stack)]
    found = made(TlsNetworkLoadBalancer, stack, **given)
    assert isinstance(found, TlsNetworkLoadBalancer)
    return found


def with_options(**options: object) -> Body:
    return synthesized(lambda stack: balancer(stack, **options))


def before_balancer(stack: Stack) -> None:
    vpc = network(stack)
    front = HttpsLoadBalancer(stack, "Front", vpc=vpc, certificates=[imported_certificate(stack)])
    TlsNetworkLoadBalancer(
        stack,
        "It",
        vpc=vpc,
        pass_through=True,
        targets=[targets.AlbListenerTarget(front.listener)],
        health_check=elbv2.HealthCheck(protocol=elbv2.Protocol.HTTPS, path="/health"),
    )


def before_service(stack: Stack) -> None:
    vpc = network(stack)
    task = ecs.FargateTaskDefinition(stack, "Task")
    task.add_container(
        "Program",
        image=ecs.ContainerImage.from_registry("public.ecr.aws/example/portal"),
        port_mappings=[ecs.PortMapping(container_port=8443)],
    )
    cluster = ecs.Cluster(stack, "Cluster", vpc=vpc)
    subnets = ec2.SubnetSelection(subnets=vpc.isolated_subnets)
    service = ecs.FargateService(stack, "Service", cluster=cluster, task_definition=task, vpc_subnets=subnets)
    balancer(stack, vpc=vpc, targets=[service], target_port=8443)


PLAIN = with_options()
PASSING = with_options(pass_through=True, target_port=8443, allow_from=[ec2.Peer.ipv4("10.0.0.0/8")])
BEFORE_BALANCER = synthesized(before_balancer)
BEFORE_SERVICE = synthesized(before_service)


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack", env=Environment(account="123456789012", region="us-east-1"))


def attributes(template: Body) -> dict[str, object]:
    listed = at(the(template, BALANCER), "Properties", "LoadBalancerAttributes")
    assert isinstance(listed, list)
    return {str(at(one, "Key")): at(one, "Value") for one in listed}


def test_a_load_balancer_has_the_logical_id_of_the_plain_one() -> None:
    plain = synthesized(lambda stack: elbv2.NetworkLoadBalancer(stack, "It", vpc=network(stack)))
    assert list(of_type(PLAIN, BALANCER)) == list(of_type(plain, BALANCER))


def test_a_load_balancer_is_internal_and_lies_in_the_inner_subnets() -> None:
    properties = at(the(PLAIN, BALANCER), "Properties")
    assert at(properties, "Scheme") == "internal"
    assert at(properties, "Subnets") == ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]


def test_it_ends_tls_and_begins_it_anew() -> None:
    listener = at(the(PLAIN, LISTENER), "Properties")
    assert (at(listener, "Protocol"), at(listener, "Port")) == ("TLS", 443)
    assert at(listener, "SslPolicy") == "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
    assert at(the(PLAIN, TARGETS), "Properties", "Protocol") == "TLS"


def test_its_listener_leads_to_its_targets() -> None:
    (group,) = of_type(PLAIN, TARGETS)
    actions = at(the(PLAIN, LISTENER), "Properties", "DefaultActions")
    assert actions == [{"TargetGroupArn": {"Ref": group}, "Type": "forward"}]


def test_it_passes_tls_through_to_targets_that_answer_https() -> None:
    listener, group = at(the(PASSING, LISTENER), "Properties"), at(the(PASSING, TARGETS), "Properties")
    assert (at(listener, "Protocol"), at(listener, "Certificates"), at(listener, "SslPolicy")) == ("TCP", None, None)
    assert (at(group, "Protocol"), at(group, "Port")) == ("TCP", 8443)
    assert at(group, "HealthCheckProtocol") == "HTTPS"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("deletion_protection.enabled", "true"),
        ("load_balancing.cross_zone.enabled", "true"),
        ("access_logs.s3.enabled", "true"),
    ],
)
def test_its_attributes_are_safe(key: str, value: str) -> None:
    assert attributes(PLAIN)[key] == value


def test_its_log_goes_to_the_archive_of_the_stack() -> None:
    archive = next(iter(of_type(PLAIN, "AWS::S3::Bucket")))
    assert attributes(PLAIN)["access_logs.s3.bucket"] == {"Ref": archive}


def test_its_log_goes_to_an_archive_of_ones_own() -> None:
    template = synthesized(lambda stack: balancer(stack, log_archive=LogArchive(stack, "Own")))
    assert all(name.startswith("Own") for name in of_type(template, "AWS::S3::Bucket"))


def test_the_archive_takes_the_logs_of_this_account_only() -> None:
    policy = the(PLAIN, "AWS::S3::BucketPolicy", "LogArchivePolicy")
    for sid, actions in (
        ("LogsOfThisAccount", "s3:PutObject"),
        ("LogDeliveryAsksWhoseBucketItIs", ["s3:GetBucketAcl", "s3:ListBucket"]),
    ):
        statement = statement_called(policy, sid)
        assert (at(statement, "Principal", "Service"), statement["Action"]) == ("delivery.logs.amazonaws.com", actions)
        account = at(statement, "Condition", "StringEquals", "aws:SourceAccount")
        assert account == {"Ref": "AWS::AccountId"}


def test_it_waits_until_it_may_log() -> None:
    (policy,) = (name for name in of_type(PLAIN, "AWS::S3::BucketPolicy") if name.startswith("LogArchivePolicy"))
    assert the(PLAIN, BALANCER)["DependsOn"] == [policy]


def test_nobody_reaches_it_before_somebody_is_named_also_by_private_link() -> None:
    assert at(the(PLAIN, GROUP), "Properties", "SecurityGroupIngress") is None
    assert at(the(PLAIN, BALANCER), "Properties", "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic") == "on"


def test_those_who_are_named_reach_its_port() -> None:
    assert at(the(PASSING, GROUP), "Properties", "SecurityGroupIngress") == [
        {
            "CidrIp": "10.0.0.0/8",
            "Description": "TLS to the load balancer",
            "FromPort": 443,
            "IpProtocol": "tcp",
            "ToPort": 443,
        }
    ]


def test_it_takes_security_groups_of_ones_own() -> None:
    def build(stack: Stack) -> None:
        vpc = network(stack)
        balancer(stack, vpc=vpc, security_groups=[ec2.SecurityGroup(stack, "Own", vpc=vpc)])

    (name,) = of_type(synthesized(build), GROUP)
    assert name.startswith("Own")


def test_targets_with_security_groups_are_opened_to_it() -> None:
    opened = at(the(BEFORE_SERVICE, INGRESS), "Properties")
    assert (at(opened, "FromPort"), at(opened, "ToPort")) == (8443, 8443)
    assert at(the(BEFORE_SERVICE, EGRESS), "Properties", "ToPort") == 8443


def test_an_application_load_balancer_is_a_target() -> None:
    properties = at(the(BEFORE_BALANCER, TARGETS), "Properties")
    assert (at(properties, "TargetType"), at(properties, "Protocol")) == ("alb", "TCP")


@pytest.mark.parametrize("options", [{}, {"pass_through": True, "target_port": 8443}], ids=str)
def test_it_breaks_no_rule(options: dict[str, object]) -> None:
    assert report_of(lambda app: balancer(Stack(app, "Stack"), **options)).findings == []


def test_before_an_application_load_balancer_it_breaks_no_rule() -> None:
    assert report_of(lambda app: before_balancer(Stack(app, "Stack"))).findings == []


def test_it_may_face_the_internet() -> None:
    def build(stack: Stack) -> None:
        opening = waiver("RouteNotToInternetGateway")
        vpc = FlowLoggedVpc(stack, "Public", public_subnets=True, waivers=[opening]).vpc
        balancer(stack, vpc=vpc, internet_facing=True)

    template = synthesized(build)
    assert at(the(template, BALANCER), "Properties", "Scheme") == "internet-facing"
    assert at(the(template, GROUP, "It"), "Properties", "SecurityGroupIngress", 0, "CidrIp") == "0.0.0.0/0"


def test_free_options_are_passed_on() -> None:
    template = with_options(load_balancer_name="portal", zonal_shift=True, cross_zone_enabled=False)
    assert at(the(template, BALANCER), "Properties", "Name") == "portal"
    assert attributes(template)["zonal_shift.config.enabled"] == "true"
    assert attributes(template)["load_balancing.cross_zone.enabled"] == "false"


def test_a_waiver_is_recorded_on_the_load_balancer() -> None:
    template = with_options(deletion_protection=False, waivers=[waiver("LoadBalancerProtectedFromDeletion")])
    assert len(metadata_waivers(the(template, BALANCER))) == 1


def test_the_waiver_that_cdk_nag_needs_is_put_on_the_listener_that_passes_tls_through() -> None:
    template = with_options(pass_through=True, waivers=[waiver(NAG)])
    assert [one["rule"] for one in metadata_waivers(the(template, LISTENER))] == [NAG]
    assert metadata_waivers(the(template, BALANCER)) == []


def test_no_certificate_is_refused(stack: Stack) -> None:
    refusal(
        lambda: balancer(stack, certificates=[]),
        "Stack/It: certificates must be at least one certificate of ACM, got []; make one with acm.Certificate, or "
        "import it by its ARN (164.312(e)(2)(ii))",
    )


def test_a_certificate_of_what_is_passed_through_is_refused(stack: Stack) -> None:
    refusal(
        lambda: balancer(stack, pass_through=True, certificates=[imported_certificate(stack)]),
        "Stack/It: certificates must be left out where TLS is passed through, got 'some'; the targets have them "
        "(164.312(e)(2)(ii))",
    )


def test_an_old_version_of_tls_is_refused(stack: Stack) -> None:
    with pytest.raises(ComplianceError, match=r"ssl_policy must be a policy with TLS 1\.2 or 1\.3 as its floor"):
        balancer(stack, ssl_policy=elbv2.SslPolicy.TLS13_10)


def test_no_protection_from_deletion_is_refused(stack: Stack) -> None:
    refusal(
        lambda: balancer(stack, deletion_protection=False),
        "Stack/It: deletion_protection must be True, got False; to go without it pass "
        'waivers=[Waiver(rule="LoadBalancerProtectedFromDeletion", …)] (164.308(a)(7)(i))',
    )


def test_everyone_on_another_port_is_refused(stack: Stack) -> None:
    with pytest.raises(ComplianceError, match="allow_from must be known callers on a port that is not 443"):
        balancer(stack, port=2575, allow_from=[ec2.Peer.any_ipv4()])


def test_everyone_is_let_in_on_443(stack: Stack) -> None:
    assert balancer(stack, allow_from=[ec2.Peer.any_ipv4()])


def test_a_health_check_over_http_is_refused(stack: Stack) -> None:
    with pytest.raises(ComplianceError, match="health_check must be over HTTPS or TCP, got 'over HTTP'"):
        balancer(stack, health_check=elbv2.HealthCheck(protocol=elbv2.Protocol.HTTP))


@pytest.mark.parametrize(
    ("check", "shown"),
    [
        (elbv2.HealthCheck(protocol=elbv2.Protocol.TCP), "over TCP"),
        (elbv2.HealthCheck(path="/health"), "the default"),
        (OTHER_PORT, "over HTTPS on port 8080"),
    ],
)
def test_a_health_check_that_does_not_show_tls_is_refused_where_it_is_passed_through(
    stack: Stack, check: elbv2.HealthCheck, shown: str
) -> None:
    message = f"health_check must be over HTTPS on the targets' own port where TLS is passed through, got '{shown}'"
    with pytest.raises(ComplianceError, match=message):
        balancer(stack, pass_through=True, target_port=8443, health_check=check)


def test_it_needs_both_waivers(stack: Stack) -> None:
    check = elbv2.HealthCheck(protocol=elbv2.Protocol.TCP)
    with pytest.raises(ComplianceError, match="NlbListenerEncrypted"):
        balancer(stack, pass_through=True, health_check=check, waivers=[waiver("TargetGroupEncrypted")])
    waived = [waiver("TargetGroupEncrypted"), waiver("NlbListenerEncrypted")]
    assert balancer(stack, pass_through=True, vpc=stack.node.find_child("Network"), health_check=check, waivers=waived)


@pytest.mark.parametrize(
    ("option", "why"),
    [
        ("disable_security_groups", "a security group always says who may connect"),
        ("subnet_mappings", "pass vpc_subnets, which are checked"),
    ],
)
def test_an_option_that_is_fixed_is_refused(stack: Stack, option: str, why: str) -> None:
    with pytest.raises(ComplianceError, match=f"{option} can't be set, got True; {why}"):
        balancer(stack, **{option: True})
