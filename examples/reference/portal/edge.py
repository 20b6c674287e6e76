"""The way in: one address for both Regions, from outside by CloudFront, from inside by Route 53."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_route53 as route53

from hipaa_constructs import EndToEndHttpsDistribution, HttpsOrigin
from portal.service import ServiceStack, certificate
from portal.settings import PortalStack


class EdgeStack(PortalStack):
    """Reads, and names in the networks, fail over by themselves; writes go to the Region that is first."""

    def __init__(self, app: cdk.App, id: str, serving: Sequence[ServiceStack]) -> None:
        super().__init__(app, id, "us-east-1", stateful=False)
        domain = self.settings.domain
        origins = [HttpsOrigin.load_balancer(one.load_balancer, domain_name=domain) for one in serving]
        EndToEndHttpsDistribution(
            self,
            "Portal",
            certificate=certificate(self),
            domain_names=[domain],
            default_behavior=origins[0].or_else(origins[1]) if origins[1:] else origins[0],
            additional_behaviors={"/api/*": origins[0]},
        )
        zone = route53.HostedZone(self, "Inside", zone_name=domain, vpcs=[one.vpc for one in serving])
        for number, one in enumerate(serving):
            alarm = route53.AlarmIdentifier(name=one.unhealthy, region=one.region)
            kind = route53.HealthCheckType.CLOUDWATCH_METRIC
            healthy = route53.HealthCheck(self, f"Healthy{one.region}", type=kind, alarm_identifier=alarm)
            address = {
                "dnsName": one.load_balancer.load_balancer_dns_name,
                "hostedZoneId": one.load_balancer.load_balancer_canonical_hosted_zone_id,
                "evaluateTargetHealth": True,
            }
            route53.CfnRecordSet(
                self,
                f"Inside{one.region}",
                hosted_zone_id=zone.hosted_zone_id,
                name=domain,
                type="A",
                alias_target=address,
                failover="SECONDARY" if number else "PRIMARY",
                set_identifier=one.region,
                health_check_id=healthy.health_check_id,
            )
