"""Amazon ECS: the cluster, whose storage and sessions are encrypted with your key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._tokens import ACCOUNT_ID, is_unresolved
from hipaa_constructs.services._waiving import waive
from hipaa_constructs.services.autoscaling import HipaaAutoScalingGroup
from hipaa_constructs.services.kms import AnyKey, EncryptionKey, ReplicaEncryptionKey, is_alias, let_in, usable_key
from hipaa_constructs.services.logs import EncryptedLogGroup
from hipaa_constructs.waivers import Waiver

_AGENT = {"ECS_AWSVPC_BLOCK_IMDS": "true", "ECS_DISABLE_PRIVILEGED": "true"}
_INSIGHTS = (ecs.ContainerInsights.ENHANCED, ecs.ContainerInsights.ENABLED)
_ACCOUNT = "kms:EncryptionContext:aws:ecs:clusterAccount"


class ClusterOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_ecs.Cluster` that are passed on as they are."""

    cluster_name: str
    default_cloud_map_namespace: ecs.CloudMapNamespaceOptions


_FIXED = {
    "capacity": "tasks run on Fargate, whose hosts AWS patches (164.308(a)(5)(ii)(B)); call add_instances for others",
    "container_insights": "the CDK deprecates it; pass container_insights_v2",
    "execute_command_configuration": "sessions are always encrypted and logged (164.312(b)); read execute_command_logs",
    "managed_storage_configuration": "storage is always encrypted with your key (164.312(a)(2)(iv)); "
    "pass encryption_key",
}


class HipaaEcsCluster(Construct):
    """A cluster whose tasks' storage is encrypted, on Fargate with your key, and whose sessions are on record.

    What tasks write, and the layers of their images, is encrypted with the key. Should a service switch ECS Exec on,
    each session is encrypted with the key and logged, command by command, in a log group of the cluster. Container
    Insights measures each task.

    The price: nothing by the hour for the cluster; Container Insights with enhanced observability some 0.01 USD an hour
    for ten containers, by the number of its metrics.

    Rules: EcsClusterEncryptsEphemeralStorage, EcsClusterLogsExecSessions, EcsClusterMeasured.
    Your duty: that no PHI is in the names of services and tasks.
    AWS: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-storage-encryption.html

    Attributes:
        cluster: the `ecs.Cluster`, with the logical id that it would have without this construct.
        encryption_key: the key as the CDK sees it.
        execute_command_logs: where sessions of ECS Exec are logged.
        capacity_providers: what services that name a capacity provider must wait for; None without any.
    """

    contract = Contract(
        wraps=ecs.Cluster,
        types=("AWS::ECS::Cluster",),
        fixed=_FIXED,
        governed={"container_insights_v2": ("EcsClusterMeasured",)},
        chosen=("enable_fargate_capacity_providers", "encryption_key", "vpc"),
        free=ClusterOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: ec2.IVpc,
        encryption_key: AnyKey | None = None,
        container_insights_v2: ecs.ContainerInsights = ecs.ContainerInsights.ENHANCED,
        enable_fargate_capacity_providers: bool = False,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[ClusterOptions],
    ) -> None:
        """Make a cluster.

        Args:
            scope: where it belongs.
            id: its id there.
            vpc: the network of its services.
            encryption_key: of storage and sessions, of this Region only; by default the stack's `EncryptionKey`. An
                imported key must let Fargate and CloudWatch Logs use it.
            container_insights_v2: by default enhanced, which measures each task and container; off needs a waiver.
            enable_fargate_capacity_providers: lets services name ``FARGATE`` and ``FARGATE_SPOT`` in their strategies;
                by default they run on Fargate without one.
            waivers: exceptions from the rules about clusters.
            **options: of `ecs.Cluster`, see `ClusterOptions`.

        Raises:
            ComplianceError: an option is fixed or unknown, or weaker than a rule that is not waived; the key is an
                alias or of several Regions, which Fargate takes not.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        arguments.govern(
            "container_insights_v2",
            container_insights_v2,
            holds=container_insights_v2 in _INSIGHTS,
            asked="ENHANCED or ENABLED",
            rule="EcsClusterMeasured",
        )
        check_key(arguments, encryption_key)
        super().__init__(scope, id)
        given = EncryptionKey.of(self) if encryption_key is None else encryption_key
        self.encryption_key = usable_key(scope, given)
        self.cluster = ecs.Cluster(self, "Default", vpc=vpc, container_insights_v2=container_insights_v2, **options)
        self.execute_command_logs = EncryptedLogGroup(
            self, "ExecuteCommandLogs", encryption_key=given, data_protection_policy=False
        ).log_group
        resource = self.cluster.node.default_child
        assert isinstance(resource, ecs.CfnCluster)
        resource.configuration = ecs.CfnCluster.ClusterConfigurationProperty(
            execute_command_configuration=ecs.CfnCluster.ExecuteCommandConfigurationProperty(
                kms_key_id=self.encryption_key.key_arn,
                logging="OVERRIDE",
                log_configuration=ecs.CfnCluster.ExecuteCommandLogConfigurationProperty(
                    cloud_watch_encryption_enabled=True,
                    cloud_watch_log_group_name=self.execute_command_logs.log_group_name,
                ),
            ),
            managed_storage_configuration=ecs.CfnCluster.ManagedStorageConfigurationProperty(
                fargate_ephemeral_storage_kms_key_id=self.encryption_key.key_id,
            ),
        )
        let_in(given, *_fargate_statements())
        self.capacity_providers: ecs.CfnClusterCapacityProviderAssociations | None = None
        self._providers: list[str] = []
        if enable_fargate_capacity_providers:
            self._place_with("FARGATE", "FARGATE_SPOT")
        waive(self, *waivers)

    def add_instances(
        self,
        id: str,
        *,
        instance_type: ec2.InstanceType,
        min_capacity: int | None = None,
        max_capacity: int | None = None,
        root_volume_gib: int = 30,
        vpc_subnets: ec2.SubnetSelection | None = None,
        encryption_key: AnyKey | None = None,
        waivers: Sequence[Waiver] = (),
    ) -> ecs.AsgCapacityProvider:
        """Add instances that tasks can run on, for what Fargate has not, such as processors and sizes.

        They run the image of Amazon Linux 2023 for ECS that is the newest at the deployment. Their tasks get no
        credentials of the instance, nor privileges. ECS adds instances for tasks, and lets none with a task on it be
        replaced for its age: deploy every month, which replaces them one by one when there is a newer image.

        Args:
            id: of the group under the cluster.
            instance_type: size and processor, which the images of the tasks must be made for.
            min_capacity: how many instances there are at least; by default two, and never fewer.
            max_capacity: how many at most; by default three times as many.
            root_volume_gib: for images and what tasks write, in GiB; by default 30.
            vpc_subnets: by default the private subnets, else the isolated ones.
            encryption_key: of the volumes; by default the AWS managed key of Amazon EBS, see `HipaaAutoScalingGroup`.
            waivers: exceptions from the rules about groups and launch templates.

        Returns:
            What to pass to `HipaaEcsService` as ``capacity_provider``.

        Raises:
            ComplianceError: as `HipaaAutoScalingGroup` does.

        AWS: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/asg-capacity-providers.html
        """
        arm = instance_type.architecture is ec2.InstanceArchitecture.ARM_64
        hardware = ecs.AmiHardwareType.ARM if arm else ecs.AmiHardwareType.STANDARD
        start = ec2.UserData.for_linux()
        settings = {"ECS_CLUSTER": self.cluster.cluster_name, **_AGENT}
        start.add_commands(*(f"echo {name}={value} >> /etc/ecs/ecs.config" for name, value in settings.items()))
        made = HipaaAutoScalingGroup(
            self,
            id,
            vpc=self.cluster.vpc,
            vpc_subnets=vpc_subnets,
            instance_type=instance_type,
            machine_image=ecs.EcsOptimizedImage.amazon_linux2023(hardware),
            min_capacity=min_capacity,
            max_capacity=max_capacity,
            root_volume_gib=root_volume_gib,
            encryption_key=encryption_key,
            user_data=start,
            waivers=waivers,
        )
        for statement in _agent_statements(self.cluster.cluster_arn):
            made.role.role.add_to_principal_policy(statement)
        provider = ecs.AsgCapacityProvider(
            made,
            "Provider",
            auto_scaling_group=made.group,
            enable_managed_draining=True,
            enable_managed_scaling=True,
            enable_managed_termination_protection=True,
        )
        self._place_with(provider.capacity_provider_name)
        return provider

    def _place_with(self, *providers: str) -> None:
        # The CDK would make this a sibling of the cluster that is called like this construct.
        if self.capacity_providers is None:
            self.capacity_providers = ecs.CfnClusterCapacityProviderAssociations(
                self,
                "CapacityProviders",
                cluster=self.cluster.cluster_name,
                capacity_providers=[],
                default_capacity_provider_strategy=[],
            )
        self._providers += providers
        self.capacity_providers.capacity_providers = list(self._providers)

    def allow_execute_command(self, role: iam.IGrantable) -> None:
        """Grant what ECS Exec needs in a task, as AWS documents it.

        Args:
            role: the role of the task.

        AWS: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
        """
        principal = role.grant_principal
        for statement in (
            iam.PolicyStatement(
                actions=[
                    "ssmmessages:CreateControlChannel",
                    "ssmmessages:CreateDataChannel",
                    "ssmmessages:OpenControlChannel",
                    "ssmmessages:OpenDataChannel",
                    "logs:DescribeLogGroups",
                ],
                resources=["*"],
            ),
            iam.PolicyStatement(
                actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                resources=[self.execute_command_logs.log_group_arn],
            ),
            iam.PolicyStatement(actions=["kms:Decrypt"], resources=[self.encryption_key.key_arn]),
        ):
            principal.add_to_principal_policy(statement)


def _agent_statements(cluster_arn: str) -> Sequence[iam.PolicyStatement]:
    # What the agent needs of AmazonEC2ContainerServiceforEC2Role, for one cluster; images are fetched and logs written
    # as the task's execution role: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html
    return (
        iam.PolicyStatement(
            actions=[
                "ecs:DeregisterContainerInstance",
                "ecs:RegisterContainerInstance",
                "ecs:SubmitAttachmentStateChanges",
                "ecs:SubmitContainerStateChange",
                "ecs:SubmitTaskStateChange",
            ],
            resources=[cluster_arn],
        ),
        iam.PolicyStatement(
            actions=["ecs:Poll", "ecs:StartTelemetrySession"],
            resources=["*"],
            conditions={"ArnEquals": {"ecs:cluster": cluster_arn}},
        ),
        iam.PolicyStatement(actions=["ecs:DiscoverPollEndpoint"], resources=["*"]),
    )


def check_key(arguments: Arguments, key: AnyKey | None) -> None:
    """Refuse a key that Fargate does not take: an alias, or a key of several Regions."""
    if key is not None and (is_alias(key) or _is_multi_region(key)):
        arguments.refuse(
            "encryption_key",
            key.node.path,
            asked="a key of one Region, by itself and not by an alias",
            way_out="Fargate takes no other; leave it out, or pass an EncryptionKey with the default multi_region",
            citation="164.312(a)(2)(iv)",
        )


def _is_multi_region(key: AnyKey) -> bool:
    if isinstance(key, ReplicaEncryptionKey):
        return True
    plain = key.key if isinstance(key, EncryptionKey) else key
    resource = plain.node.default_child
    if isinstance(resource, kms.CfnKey):
        return resource.multi_region is True
    return not is_unresolved(plain.key_arn) and "/mrk-" in plain.key_arn


def _fargate_statements() -> Sequence[iam.PolicyStatement]:
    # AWS's example names the cluster too. Its name is not known before the cluster, which needs the key.
    fargate = iam.ServicePrincipal("fargate.amazonaws.com")
    account = {_ACCOUNT: ACCOUNT_ID}
    return (
        iam.PolicyStatement(
            sid="FargateStorageOfThisAccount",
            actions=["kms:GenerateDataKeyWithoutPlaintext"],
            resources=["*"],
            principals=[fargate],
            conditions={"StringEquals": account},
        ),
        iam.PolicyStatement(
            sid="FargateStorageGrantsOfThisAccount",
            actions=["kms:CreateGrant"],
            resources=["*"],
            principals=[fargate],
            conditions={
                "StringEquals": account,
                "ForAllValues:StringEquals": {"kms:GrantOperations": ["Decrypt"]},
            },
        ),
    )
