"""Keys, archives, networks, and what the recovery Region keeps."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_backup as backup
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from benchmarks.by_hand.common import (
    SIX_YEARS,
    PortalStack,
    accept,
    allow,
    allow_writing,
    log_archive,
    log_group,
    logs_statement,
    on_behalf_of,
    records_bucket,
    service_role,
)

_RUNBOOK = "AWSConfigRemediation-RemoveVPCDefaultSecurityGroupRules"
_F = ec2.LogFormat
_FIELDS = (
    _F.VERSION, _F.ACCOUNT_ID, _F.INTERFACE_ID, _F.SRC_ADDR, _F.DST_ADDR, _F.SRC_PORT, _F.DST_PORT, _F.PROTOCOL,
    _F.PACKETS, _F.BYTES, _F.START_TIMESTAMP, _F.END_TIMESTAMP, _F.ACTION, _F.LOG_STATUS, _F.VPC_ID, _F.SUBNET_ID,
    _F.INSTANCE_ID, _F.TCP_FLAGS, _F.TRAFFIC_TYPE, _F.PKT_SRC_ADDR, _F.PKT_DST_ADDR, _F.REGION, _F.AZ_ID,
    _F.PKT_SRC_AWS_SERVICE, _F.PKT_DST_AWS_SERVICE, _F.FLOW_DIRECTION, _F.TRAFFIC_PATH, _F.custom("${reject-reason}"),
)  # fmt: skip
_S = ec2.InterfaceVpcEndpointAwsService
_ENDPOINTS = {
    "CloudWatch": _S.CLOUDWATCH_MONITORING,
    "CloudWatchLogs": _S.CLOUDWATCH_LOGS,
    "Ecr": _S.ECR,
    "EcrDocker": _S.ECR_DOCKER,
    "Ecs": _S.ECS,
    "Kms": _S.KMS,
    "SecretsManager": _S.SECRETS_MANAGER,
    "Sns": _S.SNS,
    "Sqs": _S.SQS,
    "Ssm": _S.SSM,
    "SsmMessages": _S.SSM_MESSAGES,
    "Sts": _S.STS,
}
_HOLDING_DATA = ("CloudWatchLogs", "Kms", "SecretsManager", "Sns", "Sqs")


class KeysStack(PortalStack):
    """A key, an archive of logs, and the topic of alarms."""

    def __init__(self, app: cdk.App, id: str, region: str, copy_of: KeysStack | None = None) -> None:
        """Make the key, or a copy of another Region's."""
        super().__init__(app, id, region)
        self.key: kms.IKey = self._primary() if copy_of is None else self._replica(copy_of.key)
        self.log_archive = log_archive(self)
        balancers = f"arn:{Aws.PARTITION}:elasticloadbalancing:{Aws.REGION}:{Aws.ACCOUNT_ID}:loadbalancer/*"
        allow_writing(
            self.log_archive,
            "LoadBalancerLogsOfThisAccount",
            "logdelivery.elasticloadbalancing.amazonaws.com",
            {"ArnLike": {"aws:SourceArn": balancers}},
        )
        self.topic = sns.Topic(self, "Alarms", master_key=self.key, enforce_ssl=True)
        for service, source in (("cloudwatch", "alarm:*"), ("events", "rule/*")):
            arn = f"arn:{Aws.PARTITION}:{service}:{Aws.REGION}:{Aws.ACCOUNT_ID}:{source}"
            self.topic.add_to_resource_policy(
                iam.PolicyStatement(
                    actions=["sns:Publish"],
                    principals=[iam.ServicePrincipal(f"{service}.amazonaws.com")],
                    resources=[self.topic.topic_arn],
                    conditions={"ArnLike": {"aws:SourceArn": arn}},
                )
            )

    def _primary(self) -> kms.IKey:
        key = kms.Key(
            self,
            "EncryptionKey",
            enable_key_rotation=True,
            multi_region=True,
            pending_window=Duration.days(30),
            removal_policy=RemovalPolicy.RETAIN,
        )
        key.add_to_resource_policy(_alarms_statement())
        key.add_to_resource_policy(logs_statement())
        return key

    def _replica(self, key: kms.IKey) -> kms.IKey:
        root = iam.PolicyStatement(actions=["kms:*"], principals=[iam.AccountRootPrincipal()], resources=["*"])
        replica = kms.CfnReplicaKey(
            self,
            "EncryptionKey",
            key_policy=iam.PolicyDocument(statements=[root, _alarms_statement(), logs_statement()]),
            pending_window_in_days=30,
            primary_key_arn=key.key_arn,
        )
        replica.apply_removal_policy(RemovalPolicy.RETAIN)
        return kms.Key.from_key_arn(self, "Imported", replica.attr_arn)

    def alarm(
        self, scope: Construct, id: str, metric: cloudwatch.Metric, above: float, name: str | None = None
    ) -> None:
        """Tell the topic when a measure is above what it may be, or missing."""
        alarm = cloudwatch.Alarm(
            scope,
            id,
            metric=metric,
            threshold=above,
            evaluation_periods=3,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            alarm_name=name,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))
        alarm.add_insufficient_data_action(actions.SnsAction(self.topic))


def _alarms_statement() -> iam.PolicyStatement:
    topics = f"arn:{Aws.PARTITION}:sns:{Aws.REGION}:{Aws.ACCOUNT_ID}:*"
    return iam.PolicyStatement(
        actions=["kms:Decrypt", "kms:GenerateDataKey*"],
        principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com"), iam.ServicePrincipal("events.amazonaws.com")],
        resources=["*"],
        conditions={"ArnLike": {"kms:EncryptionContext:aws:sns:topicArn": topics}},
    )


class NetworkStack(PortalStack):
    """A network without a way out, and endpoints of AWS services."""

    def __init__(self, app: cdk.App, id: str, region: str, keys: KeysStack, cidr: str) -> None:
        """Make the network."""
        super().__init__(app, id, region)
        self.cidr = cidr
        self.vpc = ec2.Vpc(
            self,
            "Network",
            ip_addresses=ec2.IpAddresses.cidr(cidr),
            availability_zones=[region + zone for zone in "abc"],
            reserved_azs=1,
            create_internet_gateway=False,
            restrict_default_security_group=False,
            subnet_configuration=[
                ec2.SubnetConfiguration(name="Isolated", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=20),
                ec2.SubnetConfiguration(name="Private", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=20),
            ],
        )
        gateway = ec2.CfnInternetGateway(self.vpc, "IGW")
        ec2.CfnVPCGatewayAttachment(self.vpc, "VPCGW", internet_gateway_id=gateway.ref, vpc_id=self.vpc.vpc_id)
        self._log_flows(keys.key)
        self._close_default_group()
        self._add_endpoints()

    def _log_flows(self, key: kms.IKey) -> None:
        group = log_group(self.vpc, "FlowLogGroup", key)
        flow_logs = f"arn:{Aws.PARTITION}:ec2:{Aws.REGION}:{Aws.ACCOUNT_ID}:vpc-flow-log/*"
        role, policy = service_role(
            self.vpc,
            "FlowLogRole",
            on_behalf_of("vpc-flow-logs.amazonaws.com", flow_logs),
            "Writes the flow log of a VPC to its log group",
            allow(["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"], [group.log_group_arn]),
            allow(["logs:DescribeLogGroups"], ["*"]),
        )
        log = ec2.CfnFlowLog(
            self.vpc,
            "FlowLog",
            resource_id=self.vpc.vpc_id,
            resource_type="VPC",
            traffic_type="ALL",
            log_format=" ".join(field.value for field in _FIELDS),
            max_aggregation_interval=60,
            log_destination_type="cloud-watch-logs",
            log_destination=f"arn:{Aws.PARTITION}:logs:{Aws.REGION}:{Aws.ACCOUNT_ID}:log-group:{group.log_group_name}",
            deliver_logs_permission_arn=role.role_arn,
        )
        log.node.add_dependency(policy)

    def _close_default_group(self) -> None:
        here = f"{Aws.REGION}:{Aws.ACCOUNT_ID}"
        automation = f"arn:{Aws.PARTITION}:ssm:*:{Aws.ACCOUNT_ID}:automation-execution/*"
        group = f"arn:{Aws.PARTITION}:ec2:{here}:security-group/{self.vpc.vpc_default_security_group}"
        role, policy = service_role(
            self.vpc,
            "DefaultGroupRole",
            on_behalf_of("ssm.amazonaws.com", automation),
            "Takes the rules out of the default security group of a VPC",
            allow(["ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress"], [group]),
            allow(["ec2:DescribeSecurityGroups"], ["*"]),
            allow(
                ["ssm:GetAutomationExecution", "ssm:StartAutomationExecution"],
                [automation, f"arn:{Aws.PARTITION}:ssm:*:*:automation-definition/{_RUNBOOK}:*"],
            ),
        )
        policy.add_statements(
            allow(["iam:PassRole"], [role.role_arn], {"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}})
        )
        association = ssm.CfnAssociation(
            self.vpc,
            "DefaultGroup",
            name=_RUNBOOK,
            association_name="CloseDefaultSecurityGroup",
            max_concurrency="1",
            max_errors="1",
            schedule_expression="rate(6 hours)",
            automation_target_parameter_name="GroupId",
            parameters={"AutomationAssumeRole": [role.role_arn]},
            targets=[{"key": "ParameterValues", "values": [self.vpc.vpc_default_security_group]}],
        )
        association.node.add_dependency(policy)
        resource = self.vpc.node.default_child
        assert isinstance(resource, ec2.CfnVPC)
        accept(resource, "VPCDefaultSecurityGroupClosed", because="AWS's own runbook closes it")

    def _add_endpoints(self) -> None:
        tables = self.vpc.add_gateway_endpoint("DynamoDb", service=ec2.GatewayVpcEndpointAwsService.DYNAMODB)
        _confine(tables, own_resources=True)
        buckets = self.vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
        _confine(buckets, own_resources=True)
        buckets.add_to_policy(
            iam.PolicyStatement(
                sid="LayersOfContainerImages",
                principals=[iam.AnyPrincipal()],
                actions=["s3:GetObject"],
                resources=[f"arn:{Aws.PARTITION}:s3:::prod-{Aws.REGION}-starport-layer-bucket/*"],
            )
        )
        group = ec2.SecurityGroup(
            self.vpc,
            "EndpointSecurityGroup",
            vpc=self.vpc,
            description="HTTPS from this network to AWS services",
            allow_all_outbound=False,
        )
        group.add_ingress_rule(ec2.Peer.ipv4(self.cidr), ec2.Port.tcp(443), "HTTPS from this network")
        for name, service in _ENDPOINTS.items():
            endpoint = self.vpc.add_interface_endpoint(
                name,
                service=service,
                open=False,
                private_dns_enabled=True,
                security_groups=[group],
                subnets=ec2.SubnetSelection(subnet_group_name="Private"),
            )
            _confine(endpoint, own_resources=name in _HOLDING_DATA)


def _confine(endpoint: ec2.VpcEndpoint, *, own_resources: bool) -> None:
    conditions: dict[str, object] = {"StringEquals": {"aws:PrincipalAccount": Aws.ACCOUNT_ID}}
    if own_resources:
        conditions["StringEqualsIfExists"] = {"aws:ResourceAccount": [Aws.ACCOUNT_ID]}
    endpoint.add_to_policy(
        iam.PolicyStatement(
            sid="OwnPrincipals",
            principals=[iam.AnyPrincipal()],
            actions=["*"],
            resources=["*"],
            conditions=conditions,
        )
    )


class CopiesStack(PortalStack):
    """What the recovery Region keeps."""

    def __init__(self, app: cdk.App, id: str, region: str, keys: KeysStack) -> None:
        """Make the vault, the repository and the replica buckets."""
        super().__init__(app, id, region)
        self.key = keys.key
        self.vault = vault(self, "Vault", keys.key)
        repository(self, keys.key)
        named = cdk.PhysicalName.GENERATE_IF_NEEDED
        self.documents = records_bucket(self, "Documents", keys.key, keys.log_archive, name=named)
        self.trail = records_bucket(
            self,
            "Trail",
            keys.key,
            keys.log_archive,
            name=named,
            lock=s3.ObjectLockRetention.governance(SIX_YEARS),
        )


def vault(scope: Construct, id: str, key: kms.IKey) -> backup.BackupVault:
    """Make a locked vault."""
    made = backup.BackupVault(
        scope,
        id,
        encryption_key=key,
        removal_policy=RemovalPolicy.RETAIN,
        block_recovery_point_deletion=True,
        lock_configuration=backup.LockConfiguration(min_retention=Duration.days(35)),
    )
    return made


def repository(scope: Construct, key: kms.IKey) -> ecr.Repository:
    """Make a repository of images."""
    return ecr.Repository(
        scope,
        "Images",
        repository_name="portal",
        encryption=ecr.RepositoryEncryption.KMS,
        encryption_key=key,
        image_scan_on_push=True,
        image_tag_mutability=ecr.TagMutability.IMMUTABLE,
        removal_policy=RemovalPolicy.RETAIN,
    )
