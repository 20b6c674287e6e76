"""The portal itself, in a Region."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_route53 as route53

from hipaa_constructs import ContainerSecret, HipaaEcsService, HttpsLoadBalancer
from portal.data import Stores
from portal.foundation import KeysStack, NetworkStack
from portal.settings import CLOUDFRONT, PortalStack


def certificate(stack: PortalStack) -> acm.Certificate:
    """Ask for a certificate, validated in the hosted zone, or by hand if none is set."""
    domain, zone_id = stack.settings.domain, stack.settings.hosted_zone_id
    zone = route53.HostedZone.from_hosted_zone_attributes(stack, "PublicZone", hosted_zone_id=zone_id, zone_name=domain)
    validation = acm.CertificateValidation.from_dns(zone if zone_id else None)
    return acm.Certificate(stack, "Certificate", domain_name=domain, validation=validation)


class ServiceStack(PortalStack):
    """Tasks on Fargate behind a load balancer that only CloudFront and the network itself reach."""

    def __init__(
        self, app: cdk.App, id: str, region: str, keys: KeysStack, network: NetworkStack, stores: Stores
    ) -> None:
        super().__init__(app, id, region, stateful=False)
        self.vpc, self.unhealthy = network.vpc, f"{id}-Unhealthy"
        balancer = HttpsLoadBalancer(
            self,
            "LoadBalancer",
            vpc=network.vpc,
            certificates=[certificate(self)],
            allow_from=[ec2.Peer.prefix_list(CLOUDFRONT[region]), ec2.Peer.ipv4(network.cidr)],
            log_archive=keys.log_archive,
        )
        self.load_balancer = balancer.load_balancer
        tasks = ec2.SecurityGroup(self, "Tasks", vpc=network.vpc, allow_all_outbound=False)
        tasks.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.HTTPS, "Endpoints of AWS services; there is no other route")
        images = ecr.Repository.from_repository_name(self, "Images", "portal")
        portal = HipaaEcsService(
            self,
            "Portal",
            vpc=network.vpc,
            load_balancer=balancer,
            listener_conditions=[elbv2.ListenerCondition.host_headers([self.settings.domain])],
            image=ecs.ContainerImage.from_ecr_repository(images, self.settings.image_tag),
            container_port=8443,
            security_groups=[tasks],
            environment={
                "RECORDS_HOST": stores.records.instance.db_instance_endpoint_address,
                "SESSIONS_HOST": stores.sessions.endpoint_address,
                "DOCUMENTS_BUCKET": stores.documents.bucket.bucket_name,
                "EVENTS_QUEUE": stores.events.queue.queue_url,
            },
            secrets={"RECORDS_PASSWORD": ContainerSecret(stores.password, "password")},
        )
        portal.service.connections.allow_to_default_port(stores.records.connections, "Queries")
        portal.service.connections.allow_to_default_port(stores.sessions.connections, "Sessions")
        user = stores.sessions.add_user("Portal")
        stores.sessions.grant_connect(portal.task_role, user)
        role = portal.task_role.role
        stores.documents.bucket.grant_read_write(role)
        stores.events.queue.grant_send_messages(role)
        stores.events.queue.grant_consume_messages(role)
        failing = portal.target_group.metrics.unhealthy_host_count(period=cdk.Duration.minutes(1))
        keys.alarm(self, "Unhealthy", failing, above=0, name=self.unhealthy)
