"""The way in."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import Aws, Duration, Fn
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_wafv2 as wafv2

from benchmarks.by_hand.common import DOMAIN, PortalStack, log_group, stack_key
from benchmarks.by_hand.service import ServiceStack, certificate

_GROUPS = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
)
_RECORDED = (
    "timestamp(ms)", "DistributionId", "date", "time", "x-edge-location", "sc-bytes", "c-ip", "cs-method", "cs(Host)",
    "cs-uri-stem", "sc-status", "cs(User-Agent)", "x-edge-result-type", "x-edge-request-id", "x-host-header",
    "cs-protocol", "cs-bytes", "time-taken", "x-forwarded-for", "ssl-protocol", "ssl-cipher",
    "x-edge-response-result-type", "cs-protocol-version", "fle-status", "fle-encrypted-fields", "c-port",
    "time-to-first-byte", "x-edge-detailed-result-type", "sc-content-type", "sc-content-len", "sc-range-start",
    "sc-range-end",
)  # fmt: skip


class EdgeStack(PortalStack):
    """CloudFront from outside, Route 53 from inside."""

    def __init__(self, app: cdk.App, id: str, serving: Sequence[ServiceStack]) -> None:
        """Make the distribution and the zone."""
        super().__init__(app, id, "us-east-1", stateful=False)
        key = stack_key(self)
        self._deliver(self._distribution(serving, self._web_acl(key)), key)
        zone = route53.HostedZone(self, "Inside", zone_name=DOMAIN, vpcs=[one.vpc for one in serving])
        for number, one in enumerate(serving):
            healthy = route53.HealthCheck(
                self,
                f"Healthy{one.region}",
                type=route53.HealthCheckType.CLOUDWATCH_METRIC,
                alarm_identifier=route53.AlarmIdentifier(name=one.unhealthy, region=one.region),
            )
            route53.CfnRecordSet(
                self,
                f"Inside{one.region}",
                hosted_zone_id=zone.hosted_zone_id,
                name=DOMAIN,
                type="A",
                alias_target={
                    "dnsName": one.load_balancer.load_balancer_dns_name,
                    "hostedZoneId": one.load_balancer.load_balancer_canonical_hosted_zone_id,
                    "evaluateTargetHealth": True,
                },
                failover="SECONDARY" if number else "PRIMARY",
                set_identifier=one.region,
                health_check_id=healthy.health_check_id,
            )

    def _distribution(self, serving: Sequence[ServiceStack], web_acl: wafv2.CfnWebACL) -> cloudfront.Distribution:
        headers = cloudfront.ResponseHeadersPolicy(
            self,
            "SecurityHeaders",
            comment="HTTPS only, embedded nowhere, stored nowhere",
            custom_headers_behavior=cloudfront.ResponseCustomHeadersBehavior(
                custom_headers=[
                    cloudfront.ResponseCustomHeader(header="Cache-Control", value="no-store", override=False)
                ]
            ),
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
                frame_options=cloudfront.ResponseHeadersFrameOptions(
                    frame_option=cloudfront.HeadersFrameOption.DENY, override=False
                ),
                referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                    referrer_policy=cloudfront.HeadersReferrerPolicy.NO_REFERRER, override=False
                ),
                strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=Duration.days(730), include_subdomains=True, override=True, preload=True
                ),
            ),
        )
        ways = [
            cloudfront.VpcOrigin(
                self,
                f"VpcOrigin{number}",
                endpoint=cloudfront.VpcOriginEndpoint.application_load_balancer(one.load_balancer),
                https_port=443,
                protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
                origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
            )
            for number, one in enumerate(serving)
        ]
        first, second = (
            origins.VpcOrigin.with_vpc_origin(way, domain_name=DOMAIN, origin_shield_enabled=False) for way in ways
        )
        return cloudfront.Distribution(
            self,
            "Portal",
            certificate=certificate(self),
            domain_names=[DOMAIN],
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            web_acl_id=web_acl.attr_arn,
            default_behavior=_behavior(
                origins.OriginGroup(
                    primary_origin=first, fallback_origin=second, fallback_status_codes=[500, 502, 503, 504]
                ),
                headers,
                cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
            ),
            additional_behaviors={
                "/api/*": _behavior(
                    origins.VpcOrigin.with_vpc_origin(ways[0], domain_name=DOMAIN, origin_shield_enabled=False),
                    headers,
                    cloudfront.AllowedMethods.ALLOW_ALL,
                )
            },
        )

    def _web_acl(self, key: kms.Key) -> wafv2.CfnWebACL:
        rules: list[dict[str, object]] = []
        for name in _GROUPS:
            group: dict[str, object] = {"name": name, "vendorName": "AWS"}
            if name == "AWSManagedRulesCommonRuleSet":
                group["ruleActionOverrides"] = [{"name": "SizeRestrictions_BODY", "actionToUse": {"count": {}}}]
            rules.append(
                {
                    "name": name,
                    "priority": len(rules),
                    "overrideAction": {"none": {}},
                    "statement": {"managedRuleGroupStatement": group},
                    "visibilityConfig": _seen_as(name),
                }
            )
        limit = {"aggregateKeyType": "IP", "evaluationWindowSec": 300, "limit": 2000}
        rules.append(
            {
                "name": "RateLimit",
                "priority": len(rules),
                "action": {"block": {}},
                "statement": {"rateBasedStatement": limit},
                "visibilityConfig": _seen_as("RateLimit"),
            }
        )
        web_acl = wafv2.CfnWebACL(
            self,
            "WebAcl",
            scope="CLOUDFRONT",
            default_action={"allow": {}},
            rules=rules,
            visibility_config=_seen_as("EdgePortalWebAcl"),
        )
        name = f"aws-waf-logs-edge-portal-{Fn.select(2, Fn.split('/', Aws.STACK_ID))}"
        group_of_logs = log_group(self, "WebAclLog", key, name)
        wafv2.CfnLoggingConfiguration(
            self,
            "WebAclLogging",
            resource_arn=web_acl.attr_arn,
            log_destination_configs=[_arn_of(group_of_logs)],
            redacted_fields=[
                {"singleHeader": {"Name": "authorization"}},
                {"singleHeader": {"Name": "cookie"}},
                {"queryString": {}},
            ],
        )
        return web_acl

    def _deliver(self, distribution: cloudfront.Distribution, key: kms.Key) -> None:
        arn = f"arn:{Aws.PARTITION}:cloudfront::{Aws.ACCOUNT_ID}:distribution/{distribution.distribution_id}"
        source = logs.CfnDeliverySource(self, "LogSource", name="Edge-Portal", log_type="ACCESS_LOGS", resource_arn=arn)
        destination = logs.CfnDeliveryDestination(
            self,
            "LogDestination",
            name="Edge-Portal",
            output_format="json",
            destination_resource_arn=_arn_of(log_group(self, "Log", key)),
        )
        logs.CfnDelivery(
            self,
            "LogDelivery",
            delivery_source_name=source.ref,
            delivery_destination_arn=destination.attr_arn,
            record_fields=list(_RECORDED),
        )


def _behavior(
    origin: cloudfront.IOrigin, headers: cloudfront.ResponseHeadersPolicy, methods: cloudfront.AllowedMethods
) -> cloudfront.BehaviorOptions:
    return cloudfront.BehaviorOptions(
        origin=origin,
        allowed_methods=methods,
        cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
        compress=False,
        origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER,
        response_headers_policy=headers,
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
    )


def _seen_as(name: str) -> dict[str, object]:
    return {"cloudWatchMetricsEnabled": True, "metricName": name, "sampledRequestsEnabled": False}


def _arn_of(group: logs.LogGroup) -> str:
    return f"arn:{Aws.PARTITION}:logs:{Aws.REGION}:{Aws.ACCOUNT_ID}:log-group:{group.log_group_name}"
