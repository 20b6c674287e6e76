"""What is judged of load balancers, their listeners and target groups."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NEVER_TEXT,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    changed,
    partly,
    resource,
    template,
    verdict,
)

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
CLASSIC = "AWS::ElasticLoadBalancing::LoadBalancer"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
LISTENER_RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
TARGETS = "AWS::ElasticLoadBalancingV2::TargetGroup"
ASSOCIATION = "AWS::WAFv2::WebACLAssociation"

DROPS = "routing.http.drop_invalid_header_fields.enabled"
DESYNC = "routing.http.desync_mitigation_mode"
PROTECTED = "deletion_protection.enabled"
ATTRIBUTES = {
    "AlbDropsInvalidHeaders": DROPS,
    "LoadBalancerProtectedFromDeletion": PROTECTED,
}
LOGS = {"LoadBalancerAccessLogged": "access_logs", "AlbConnectionsLogged": "connection_logs"}
OF_APPLICATIONS = ("AlbDropsInvalidHeaders", "AlbConnectionsLogged", "AlbDesyncMitigated", "AlbPublicBehindWebAcl")
EACH_ATTRIBUTE = pytest.mark.parametrize(("rule", "key"), ATTRIBUTES.items(), ids=ATTRIBUTES)
EACH_LOG = pytest.mark.parametrize(("rule", "kind"), LOGS.items(), ids=LOGS)


def attributes(*pairs: tuple[Json, Json]) -> Json:
    return [{"Key": key, "Value": value} for key, value in pairs]


def balancer(listed: Json = None, **properties: Json) -> Body:
    whole: Body = {**properties} if listed is None else {"LoadBalancerAttributes": listed, **properties}
    return template({"It": resource(BALANCER, whole)})


@EACH_ATTRIBUTE
@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("true", MET),
        (True, MET),
        ("false", BROKEN),
        (False, BROKEN),
        ("yes", BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_the_value_of_an_attribute_decides(rule: str, key: str, value: Json, wanted: str) -> None:
    assert verdict(rule, balancer(attributes((key, value)))) == wanted


@EACH_ATTRIBUTE
@pytest.mark.parametrize(
    ("listed", "wanted"),
    [
        ([], BROKEN),
        (GONE, BROKEN),
        (attributes(("other", "true")), BROKEN),
        ("x", BROKEN),
        ({}, BROKEN),
        ([1, None], BROKEN),
        (PARAMETER, UNDECIDED),
        ([PARAMETER], UNDECIDED),
        (attributes((PARAMETER, "true")), UNDECIDED),
        (attributes((partly("other"), "true")), BROKEN),
    ],
)
def test_an_attribute_that_is_not_there_is_off(rule: str, key: str, listed: Json, wanted: str) -> None:
    assert verdict(rule, balancer(listed)) == wanted


@EACH_ATTRIBUTE
def test_a_load_balancer_without_attributes_breaks(rule: str, key: str) -> None:
    assert verdict(rule, template({"It": resource(BALANCER)})) == BROKEN


@pytest.mark.parametrize(
    ("listed", "wanted"),
    [
        (None, MET),
        ([], MET),
        (attributes((DESYNC, "defensive")), MET),
        (attributes((DESYNC, "strictest")), MET),
        (attributes((DESYNC, "monitor")), BROKEN),
        (attributes((DESYNC, PARAMETER)), UNDECIDED),
    ],
)
def test_the_desync_mode_decides(listed: Json, wanted: str) -> None:
    assert verdict("AlbDesyncMitigated", balancer(listed)) == wanted


@EACH_LOG
@pytest.mark.parametrize(
    ("enabled", "bucket", "wanted"),
    [
        ("true", "logs", MET),
        ("true", {"Ref": "Bucket"}, MET),
        ("true", PARAMETER, UNDECIDED),
        ("true", "", BROKEN),
        ("false", "logs", BROKEN),
        (PARAMETER, "logs", UNDECIDED),
    ],
)
def test_logs_need_a_switch_and_a_bucket(rule: str, kind: str, enabled: Json, bucket: Json, wanted: str) -> None:
    listed = attributes((f"{kind}.s3.enabled", enabled), (f"{kind}.s3.bucket", bucket))
    body = template(
        {"It": resource(BALANCER, {"LoadBalancerAttributes": listed}), "Bucket": resource("AWS::S3::Bucket")}
    )
    assert verdict(rule, body) == wanted


@EACH_LOG
def test_logs_without_a_bucket_break(rule: str, kind: str) -> None:
    assert verdict(rule, balancer(attributes((f"{kind}.s3.enabled", "true")))) == BROKEN


@EACH_LOG
def test_logs_whose_bucket_is_hidden_are_undecided(rule: str, kind: str) -> None:
    for key, wanted in ((PARAMETER, UNDECIDED), (partly("other"), BROKEN)):
        listed = attributes((f"{kind}.s3.enabled", "true"), (key, "logs"))
        assert verdict(rule, balancer(listed)) == wanted


SOURCE = "AWS::Logs::DeliverySource"
DELIVERY = "AWS::Logs::Delivery"


def vending(kind: Json, arn: Json, source: Json = GONE) -> Body:
    name: Json = {"Ref": "Source"} if source is GONE else source
    return template(
        {
            "It": resource(BALANCER),
            "Source": resource(SOURCE, {"Name": "logs", "LogType": kind, "ResourceArn": arn}),
            "Delivery": resource(DELIVERY, {"DeliverySourceName": name}),
        }
    )


@pytest.mark.parametrize(
    ("kind", "access", "connections"),
    [
        ("ALB_ACCESS_LOGS", MET, BROKEN),
        ("NLB_ACCESS_LOGS", MET, BROKEN),
        ("ALB_CONNECTION_LOGS", BROKEN, MET),
        ("ALB_HEALTH_CHECK_LOGS", BROKEN, BROKEN),
        (GONE, BROKEN, BROKEN),
        (PARAMETER, UNDECIDED, UNDECIDED),
    ],
    ids=str,
)
@pytest.mark.parametrize("arn", [{"Ref": "It"}, {"Fn::GetAtt": ["It", "LoadBalancerArn"]}], ids=str)
def test_logs_that_are_vended_count_by_their_type(kind: Json, access: str, connections: str, arn: Json) -> None:
    body = vending(kind, arn)
    assert verdict("LoadBalancerAccessLogged", body) == access
    assert verdict("AlbConnectionsLogged", body) == connections


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (vending("ALB_ACCESS_LOGS", {"Ref": "It"}, "logs"), MET),
        (vending("ALB_ACCESS_LOGS", {"Ref": "It"}, "another"), BROKEN),
        (vending("ALB_ACCESS_LOGS", {"Ref": "It"}, PARAMETER), UNDECIDED),
        (vending("ALB_ACCESS_LOGS", PARAMETER), UNDECIDED),
        (vending("ALB_CONNECTION_LOGS", PARAMETER), BROKEN),
        (vending("ALB_CONNECTION_LOGS", {"Ref": "It"}, PARAMETER), BROKEN),
        (vending("ALB_ACCESS_LOGS", "arn:aws:elasticloadbalancing:x:1:loadbalancer/app/other/1"), BROKEN),
    ],
    ids=str,
)
def test_vended_logs_need_a_source_and_a_delivery_of_it(body: Body, wanted: str) -> None:
    assert verdict("LoadBalancerAccessLogged", body) == wanted


def test_vended_logs_of_connections_are_asked_of_application_load_balancers_only() -> None:
    body = changed(vending("ALB_CONNECTION_LOGS", {"Ref": "It"}), ("Resources", "It", "Properties", "Type"), "network")
    assert verdict("AlbConnectionsLogged", body) == NOT_APPLICABLE


def test_gateway_load_balancers_have_no_access_logs() -> None:
    assert verdict("LoadBalancerAccessLogged", balancer(Type="gateway")) == NOT_APPLICABLE


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [
        ({"Enabled": True, "S3BucketName": "logs"}, MET),
        ({"Enabled": False, "S3BucketName": "logs"}, BROKEN),
        ({"Enabled": True}, BROKEN),
        (GONE, BROKEN),
        ({"Enabled": PARAMETER, "S3BucketName": "logs"}, UNDECIDED),
    ],
)
def test_the_access_log_of_a_classic_one_decides(policy: Json, wanted: str) -> None:
    body = template({"It": resource(CLASSIC, {"AccessLoggingPolicy": policy})})
    assert verdict("LoadBalancerAccessLogged", body) == wanted


@pytest.mark.parametrize("rule", OF_APPLICATIONS)
@pytest.mark.parametrize("kind", ["network", "gateway"])
def test_what_only_application_load_balancers_have_is_asked_of_no_other(rule: str, kind: str) -> None:
    assert verdict(rule, balancer(Type=kind)) == NOT_APPLICABLE


@pytest.mark.parametrize("rule", ["AlbDropsInvalidHeaders", "AlbConnectionsLogged", "AlbPublicBehindWebAcl"])
def test_a_hidden_kind_is_undecided(rule: str) -> None:
    assert verdict(rule, balancer(Type=PARAMETER)) == UNDECIDED


def web_acl(of: Json, **properties: Json) -> Body:
    return template(
        {"It": resource(BALANCER, properties), "Acl": resource(ASSOCIATION, {"ResourceArn": of, "WebACLArn": "x"})}
    )


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (web_acl({"Ref": "It"}), MET),
        (web_acl({"Ref": "It"}, Scheme="internet-facing"), MET),
        (web_acl({"Ref": "Other"}, Scheme="internet-facing"), BROKEN),
        (web_acl(PARAMETER), UNDECIDED),
        (balancer(), BROKEN),
        (balancer(Scheme="internet-facing"), BROKEN),
        (balancer(Scheme="internal"), NOT_APPLICABLE),
        (balancer(Scheme=PARAMETER), UNDECIDED),
    ],
)
def test_a_public_load_balancer_needs_a_web_acl(body: Body, wanted: str) -> None:
    resources = body["Resources"]
    assert isinstance(resources, dict)
    resources["Other"] = resource(BALANCER)
    assert verdict("AlbPublicBehindWebAcl", body) == wanted


def test_a_web_acl_of_another_stack_counts() -> None:
    one = template({"It": resource(BALANCER)}, Outputs={"Arn": {"Value": {"Ref": "It"}, "Export": {"Name": "Arn"}}})
    other = template({"Acl": resource(ASSOCIATION, {"ResourceArn": {"Fn::ImportValue": "Arn"}})})
    assert verdict("AlbPublicBehindWebAcl", one, other) == MET


def subnet(zone: Json) -> Json:
    return resource("AWS::EC2::Subnet", {"AvailabilityZone": zone})


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"Subnets": ["subnet-1", "subnet-2"]}, MET),
        ({"Subnets": [{"Ref": "A"}, {"Ref": "B"}]}, MET),
        ({"Subnets": [{"Ref": "A"}, {"Ref": "AlsoA"}]}, BROKEN),
        ({"SubnetMappings": [{"SubnetId": "subnet-1"}, {"SubnetId": "subnet-2"}]}, MET),
        ({"SubnetMappings": [{"SubnetId": "subnet-1"}]}, BROKEN),
        ({"Subnets": ["subnet-1"]}, BROKEN),
        ({"Subnets": []}, BROKEN),
        ({}, BROKEN),
        ({"Subnets": "subnet-1"}, BROKEN),
        ({"Subnets": PARAMETER}, UNDECIDED),
    ],
)
def test_the_subnets_decide_how_many_zones_there_are(properties: Body, wanted: str) -> None:
    body = template(
        {
            "It": resource(BALANCER, properties),
            "A": subnet("us-east-1a"),
            "AlsoA": subnet("us-east-1a"),
            "B": subnet("us-east-1b"),
        }
    )
    assert verdict("LoadBalancerSpansZones", body) == wanted


REDIRECT: Body = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "StatusCode": "HTTP_301"}}
TO_HTTPS: Json = REDIRECT
FORWARD: Json = {"Type": "forward", "TargetGroupArn": "x"}


def listener(protocol: Json = "HTTP", actions: Json = GONE, **properties: Json) -> Body:
    whole: Body = {"Protocol": protocol, "DefaultActions": actions, **properties}
    return template({"It": resource(LISTENER, whole)})


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (listener(actions=[TO_HTTPS]), MET),
        (listener(actions=[FORWARD]), BROKEN),
        (listener(actions=[TO_HTTPS, FORWARD]), BROKEN),
        (listener(actions=[{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTP"}}]), BROKEN),
        (listener(actions=[{"Type": "redirect", "RedirectConfig": {"Protocol": "#{protocol}"}}]), BROKEN),
        (listener(actions=[{"Type": "redirect"}]), BROKEN),
        (listener(actions=[{**REDIRECT, "Type": "forward"}]), BROKEN),
        (listener(actions=[{"Type": "fixed-response"}]), BROKEN),
        (listener(actions=[]), BROKEN),
        (listener(), BROKEN),
        (listener(actions="x"), BROKEN),
        (listener(actions=PARAMETER), UNDECIDED),
        (listener(actions=[PARAMETER]), UNDECIDED),
        (listener(PARAMETER, [TO_HTTPS]), MET),
        (listener(PARAMETER, [FORWARD]), UNDECIDED),
        (listener("HTTPS", [FORWARD]), NOT_APPLICABLE),
        (listener("TCP", [FORWARD]), NOT_APPLICABLE),
    ],
)
def test_a_listener_of_plain_http_only_redirects(body: Body, wanted: str) -> None:
    assert verdict("HttpListenerOnlyRedirects", body) == wanted


@pytest.mark.parametrize(
    ("of", "actions", "wanted"),
    [
        ({"Ref": "It"}, [FORWARD], BROKEN),
        ({"Ref": "It"}, [TO_HTTPS], MET),
        ({"Ref": "Other"}, [FORWARD], MET),
        (PARAMETER, [FORWARD], UNDECIDED),
        (PARAMETER, [TO_HTTPS], MET),
    ],
)
def test_the_rules_of_a_listener_of_plain_http_only_redirect(of: Json, actions: Json, wanted: str) -> None:
    body = template(
        {
            "It": resource(LISTENER, {"Protocol": "HTTP", "DefaultActions": [TO_HTTPS]}),
            "Other": resource(LISTENER),
            "Rule": resource(LISTENER_RULE, {"ListenerArn": of, "Actions": actions}),
        }
    )
    assert verdict("HttpListenerOnlyRedirects", body) == wanted


ACM: Json = [{"CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1"}]


@pytest.mark.parametrize(
    ("protocol", "certificates", "wanted"),
    [
        ("HTTPS", ACM, MET),
        ("TLS", ACM, MET),
        ("HTTPS", [{"CertificateArn": {"Ref": "Certificate"}}], MET),
        ("HTTPS", [{"CertificateArn": "arn:aws:iam::123456789012:server-certificate/portal"}], BROKEN),
        ("HTTPS", [{}], BROKEN),
        ("HTTPS", [], BROKEN),
        ("HTTPS", GONE, BROKEN),
        ("HTTPS", "x", BROKEN),
        ("HTTPS", PARAMETER, UNDECIDED),
        ("HTTPS", [{"CertificateArn": PARAMETER}], UNDECIDED),
        ("HTTP", GONE, NOT_APPLICABLE),
        ("TCP", GONE, NOT_APPLICABLE),
        (PARAMETER, GONE, UNDECIDED),
        (PARAMETER, ACM, MET),
    ],
)
def test_the_certificate_decides(protocol: Json, certificates: Json, wanted: str) -> None:
    body = template(
        {
            "It": resource(LISTENER, {"Protocol": protocol, "Certificates": certificates}),
            "Certificate": resource("AWS::CertificateManager::Certificate"),
        }
    )
    assert verdict("TlsListenerUsesAcmCertificate", body) == wanted


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [
        ("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", MET),
        ("ELBSecurityPolicy-TLS13-1-3-PQ-2025-09", MET),
        ("ELBSecurityPolicy-TLS13-1-2-Ext0-FIPS-PQ-2025-09", MET),
        ("ELBSecurityPolicy-TLS13-1-2-2021-06", MET),
        ("ELBSecurityPolicy-TLS-1-2-2017-01", MET),
        ("ELBSecurityPolicy-TLS-1-2-Ext-2018-06", MET),
        ("ELBSecurityPolicy-FS-1-2-Res-2020-10", MET),
        ("ELBSecurityPolicy-TLS13-1-1-2021-06", BROKEN),
        ("ELBSecurityPolicy-TLS13-1-0-PQ-2025-09", BROKEN),
        ("ELBSecurityPolicy-2016-08", BROKEN),
        ("ELBSecurityPolicy-FS-2018-06", BROKEN),
        ("ELBSecurityPolicy-TLS-1-1-2017-01", BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_the_security_policy_decides(policy: Json, wanted: str) -> None:
    assert verdict("TlsListenerTls12Only", listener("HTTPS", SslPolicy=policy)) == wanted
    assert verdict("TlsListenerTls12Only", listener("HTTP", SslPolicy=policy)) == NOT_APPLICABLE
    assert verdict("TlsListenerTls12Only", listener(partly("UDP"), SslPolicy=policy)) == NOT_APPLICABLE


@pytest.mark.parametrize("policy", NEVER_TEXT)
def test_a_security_policy_that_is_no_text_breaks(policy: Json) -> None:
    assert verdict("TlsListenerTls12Only", listener("TLS", SslPolicy=policy)) == BROKEN


@pytest.mark.parametrize(
    ("protocol", "port", "wanted"),
    [
        ("TLS", 443, MET),
        ("TCP", 443, UNDECIDED),
        ("TCP", 80, BROKEN),
        ("UDP", 53, UNDECIDED),
        ("HTTPS", 443, NOT_APPLICABLE),
        ("HTTP", 80, NOT_APPLICABLE),
        (PARAMETER, 443, UNDECIDED),
        (GONE, 443, NOT_APPLICABLE),
    ],
)
def test_a_listener_of_a_network_load_balancer_ends_tls(protocol: Json, port: int, wanted: str) -> None:
    assert verdict("NlbListenerEncrypted", listener(protocol, Port=port)) == wanted


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"Protocol": "HTTPS"}, MET),
        ({"Protocol": "TLS"}, MET),
        ({"Protocol": "HTTP"}, BROKEN),
        ({}, BROKEN),
        ({"Protocol": "TCP"}, UNDECIDED),
        ({"Protocol": "TCP", "TargetType": "alb", "Port": 443}, MET),
        ({"Protocol": "TCP", "TargetType": "alb", "Port": 8443}, UNDECIDED),
        ({"Protocol": "TCP", "TargetType": "alb", "Port": 8443, "HealthCheckProtocol": "HTTPS"}, UNDECIDED),
        ({"Protocol": "GENEVE"}, NOT_APPLICABLE),
        ({"TargetType": "lambda"}, NOT_APPLICABLE),
        ({"TargetType": PARAMETER}, UNDECIDED),
        ({"Protocol": PARAMETER}, UNDECIDED),
    ],
)
def test_the_protocol_to_the_targets_decides(properties: Body, wanted: str) -> None:
    assert verdict("TargetGroupEncrypted", template({"It": resource(TARGETS, properties)})) == wanted


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"HealthCheckProtocol": "HTTPS"}, MET),
        ({"HealthCheckProtocol": "TCP", "Protocol": "TLS"}, MET),
        ({"Protocol": "TLS"}, MET),
        ({"HealthCheckProtocol": "HTTP"}, BROKEN),
        ({"Protocol": "HTTPS"}, BROKEN),
        ({"Protocol": "TCP", "TargetType": "alb"}, BROKEN),
        ({"Protocol": PARAMETER}, UNDECIDED),
        ({"HealthCheckProtocol": PARAMETER}, UNDECIDED),
        ({"TargetType": "lambda"}, NOT_APPLICABLE),
        ({"HealthCheckEnabled": False, "Protocol": "HTTPS"}, NOT_APPLICABLE),
    ],
)
def test_the_protocol_of_health_checks_decides(properties: Body, wanted: str) -> None:
    body = template({"It": resource(TARGETS, properties)})
    assert verdict("TargetGroupHealthCheckedOverHttps", body) == wanted


@pytest.mark.parametrize("rule", ["TargetGroupEncrypted", "TargetGroupHealthCheckedOverHttps"])
@pytest.mark.parametrize("value", NEVER_TEXT)
def test_a_protocol_that_is_no_text_breaks(rule: str, value: Json) -> None:
    body = template({"It": resource(TARGETS, {"Protocol": value, "HealthCheckProtocol": value})})
    assert verdict(rule, body) == BROKEN
