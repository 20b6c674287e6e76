"""The portal itself, in a Region."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import Aws, Duration
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3

from benchmarks.by_hand.common import DOMAIN, PRIMARY, RECOVERY, PortalStack, log_group, on_behalf_of, stack_key
from benchmarks.by_hand.data import Stores
from benchmarks.by_hand.foundation import KeysStack, NetworkStack

_CLOUDFRONT = {PRIMARY: "pl-b6a144df", RECOVERY: "pl-82a045eb"}


def certificate(stack: cdk.Stack) -> acm.Certificate:
    """Ask for a certificate."""
    return acm.Certificate(
        stack, "Certificate", domain_name=DOMAIN, validation=acm.CertificateValidation.from_dns(None)
    )


class ServiceStack(PortalStack):
    """Tasks on Fargate behind a load balancer."""

    def __init__(
        self, app: cdk.App, id: str, region: str, keys: KeysStack, network: NetworkStack, stores: Stores
    ) -> None:
        """Make the service."""
        super().__init__(app, id, region, stateful=False)
        self.vpc, self.unhealthy = network.vpc, f"{id}-Unhealthy"
        self.node.set_context("@aws-cdk/aws-ecs:removeDefaultDeploymentAlarm", True)
        peers = [ec2.Peer.prefix_list(_CLOUDFRONT[region]), ec2.Peer.ipv4(network.cidr)]
        self.load_balancer, listener = self._balancer(keys.log_archive, peers)
        key = stack_key(self)
        tasks = ec2.SecurityGroup(self, "Tasks", vpc=network.vpc, allow_all_outbound=False)
        tasks.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.HTTPS, "Endpoints of AWS services; there is no other route")
        role, grants = self._role("TaskRole")
        service = ecs.FargateService(
            self,
            "Portal",
            cluster=self._cluster(key),
            task_definition=self._task(key, role, stores, keys.key),
            vpc_subnets=ec2.SubnetSelection(subnet_group_name="Private"),
            security_groups=[tasks],
            assign_public_ip=False,
            platform_version=ecs.FargatePlatformVersion.LATEST,
            availability_zone_rebalancing=ecs.AvailabilityZoneRebalancing.ENABLED,
            min_healthy_percent=100,
            max_healthy_percent=200,
            circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            deployment_controller=ecs.DeploymentController(type=ecs.DeploymentControllerType.ECS),
        )
        target_group = elbv2.ApplicationTargetGroup(
            self,
            "TargetGroup",
            vpc=network.vpc,
            port=8443,
            protocol=elbv2.ApplicationProtocol.HTTPS,
            target_type=elbv2.TargetType.IP,
            health_check=elbv2.HealthCheck(protocol=elbv2.Protocol.HTTPS, path="/", healthy_http_codes="200"),
            deregistration_delay=Duration.seconds(30),
            targets=[service.load_balancer_target(container_name="Container", container_port=8443)],
        )
        elbv2.ApplicationListenerRule(
            self,
            "ListenerRule",
            listener=listener,
            action=elbv2.ListenerAction.forward([target_group]),
            conditions=[elbv2.ListenerCondition.host_headers([DOMAIN])],
            priority=1,
        )
        scaling = service.auto_scale_task_count(min_capacity=2, max_capacity=6)
        scaling.scale_on_cpu_utilization("Cpu", target_utilization_percent=60)
        service.connections.allow_to_default_port(stores.records, "Queries")
        service.connections.allow_to_default_port(stores.sessions.connections, "Sessions")
        stores.sessions.grant_connect(grants)
        stores.documents.grant_read_write(grants)
        stores.events.grant_send_messages(grants)
        stores.events.grant_consume_messages(grants)
        service.node.add_dependency(grants)
        failing = target_group.metrics.unhealthy_host_count(period=Duration.minutes(1))
        keys.alarm(self, "Unhealthy", failing, above=0, name=self.unhealthy)

    def _balancer(
        self, archive: s3.Bucket, peers: list[ec2.IPeer]
    ) -> tuple[elbv2.ApplicationLoadBalancer, elbv2.ApplicationListener]:
        balancer = elbv2.ApplicationLoadBalancer(
            self,
            "LoadBalancer",
            vpc=self.vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_group_name="Private"),
            internet_facing=False,
            deletion_protection=True,
            desync_mitigation_mode=elbv2.DesyncMitigationMode.DEFENSIVE,
            drop_invalid_header_fields=True,
        )
        for kind, prefix in (("access_logs", "load-balancer-access"), ("connection_logs", "load-balancer-connections")):
            balancer.set_attribute(f"{kind}.s3.enabled", "true")
            balancer.set_attribute(f"{kind}.s3.bucket", archive.bucket_name)
            balancer.set_attribute(f"{kind}.s3.prefix", prefix)
        listener = balancer.add_listener(
            "Https",
            port=443,
            protocol=elbv2.ApplicationProtocol.HTTPS,
            certificates=[elbv2.ListenerCertificate.from_arn(certificate(self).certificate_arn)],
            ssl_policy=elbv2.SslPolicy.TLS13_12_RES_PQ,
            default_action=elbv2.ListenerAction.fixed_response(404),
            open=False,
        )
        for peer in peers:
            balancer.connections.allow_from(peer, ec2.Port.tcp(443), "HTTPS to the load balancer")
        return balancer, listener

    def _cluster(self, key: kms.Key) -> ecs.Cluster:
        shells = log_group(self, "ExecuteCommandLogs", key)
        cluster = ecs.Cluster(self, "Cluster", vpc=self.vpc, container_insights_v2=ecs.ContainerInsights.ENHANCED)
        resource = cluster.node.default_child
        assert isinstance(resource, ecs.CfnCluster)
        resource.configuration = ecs.CfnCluster.ClusterConfigurationProperty(
            execute_command_configuration={
                "kmsKeyId": key.key_arn,
                "logging": "OVERRIDE",
                "logConfiguration": {
                    "cloudWatchEncryptionEnabled": True,
                    "cloudWatchLogGroupName": shells.log_group_name,
                },
            },
            managed_storage_configuration={"fargateEphemeralStorageKmsKeyId": key.key_id},
        )
        fargate = iam.ServicePrincipal("fargate.amazonaws.com")
        account = {"kms:EncryptionContext:aws:ecs:clusterAccount": Aws.ACCOUNT_ID}
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="FargateStorageOfThisAccount",
                actions=["kms:GenerateDataKeyWithoutPlaintext"],
                resources=["*"],
                principals=[fargate],
                conditions={"StringEquals": account},
            )
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="FargateStorageGrantsOfThisAccount",
                actions=["kms:CreateGrant"],
                resources=["*"],
                principals=[fargate],
                conditions={
                    "StringEquals": account,
                    "ForAllValues:StringEquals": {"kms:GrantOperations": ["Decrypt"]},
                },
            )
        )
        return cluster

    def _role(self, id: str) -> tuple[iam.Role, iam.ManagedPolicy]:
        here = f"arn:{Aws.PARTITION}:ecs:{Aws.REGION}:{Aws.ACCOUNT_ID}:*"
        role = iam.Role(self, id, assumed_by=on_behalf_of("ecs-tasks.amazonaws.com", here))
        return role, iam.ManagedPolicy(role, "Grants", roles=[role])

    def _task(self, key: kms.Key, role: iam.Role, stores: Stores, secrets_key: kms.IKey) -> ecs.TaskDefinition:
        images = ecr.Repository.from_repository_name(self, "Images", "portal")
        known = logs.DataIdentifier
        masking = logs.DataProtectionPolicy(
            identifiers=[
                known.DRIVERSLICENSE_US,
                known.DRUGENFORCEMENTAGENCYNUMBER_US,
                known.EMAILADDRESS,
                known.HEALTHCAREPROCEDURECODE_US,
                known.HEALTHINSURANCECLAIMNUMBER_US,
                known.INDIVIDUALTAXIDENTIFICATIONNUMBER_US,
                known.MEDICAREBENEFICIARYNUMBER_US,
                known.NATIONALDRUGCODE_US,
                known.NATIONALPROVIDERID_US,
                known.PASSPORTNUMBER_US,
                known.PHONENUMBER_US,
                known.SSN_US,
            ]
        )
        group = log_group(self, "LogGroup", key, masking=masking)
        execution, starts = self._role("ExecutionRole")
        images.grant_pull(starts)
        group.grant_write(starts)
        starts.add_statements(
            iam.PolicyStatement(
                actions=["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
                resources=[stores.password.secret_arn],
            ),
            iam.PolicyStatement(
                actions=["kms:Decrypt"],
                resources=[secrets_key.key_arn],
                conditions={"StringEquals": {"kms:ViaService": f"secretsmanager.{self.region}.amazonaws.com"}},
            ),
        )
        task = ecs.TaskDefinition(
            self,
            "TaskDefinition",
            compatibility=ecs.Compatibility.FARGATE,
            network_mode=ecs.NetworkMode.AWS_VPC,
            cpu="512",
            memory_mib="1024",
            task_role=role,
            execution_role=execution.without_policy_updates(),
        )
        linux = ecs.LinuxParameters(task, "Linux", init_process_enabled=True)
        linux.drop_capabilities(ecs.Capability.ALL)
        mount = ecs.TmpfsMountOption
        options = [mount.RW, mount.NOEXEC, mount.NOSUID, mount.NODEV]
        linux.add_tmpfs(ecs.Tmpfs(container_path="/tmp", size=64, mount_options=options))
        container = task.add_container(
            "Container",
            image=ecs.ContainerImage.from_ecr_repository(images, "1.0.0"),
            environment={
                "RECORDS_HOST": stores.records_host,
                "SESSIONS_HOST": stores.sessions.cluster.attr_primary_end_point_address,
                "DOCUMENTS_BUCKET": stores.documents.bucket_name,
                "EVENTS_QUEUE": stores.events.queue_url,
            },
            user="1000:1000",
            readonly_root_filesystem=True,
            privileged=False,
            linux_parameters=linux,
            logging=ecs.LogDriver.aws_logs(log_group=group, stream_prefix="container"),
            port_mappings=[ecs.PortMapping(container_port=8443, name="https")],
        )
        resource = task.node.default_child
        assert isinstance(resource, ecs.CfnTaskDefinition)
        password = {"Name": "RECORDS_PASSWORD", "ValueFrom": f"{stores.password.secret_arn}:password::"}
        resource.add_property_override("ContainerDefinitions.0.Secrets", [password])
        assert container.container_name == "Container"
        return task
