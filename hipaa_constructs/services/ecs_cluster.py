"""Amazon ECS: the cluster, whose storage and sessions are encrypted with your key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

from aws_cdk import Aws, Token
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._waiving import waive
from hipaa_constructs.services.kms import AnyKey, EncryptionKey, ReplicaEncryptionKey, is_alias, let_in, usable_key
from hipaa_constructs.services.logs import EncryptedLogGroup
from hipaa_constructs.waivers import Waiver

_INSIGHTS = (ecs.ContainerInsights.ENHANCED, ecs.ContainerInsights.ENABLED)
_ACCOUNT = "kms:EncryptionContext:aws:ecs:clusterAccount"


class ClusterOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_ecs.Cluster` that are passed on as they are."""

    cluster_name: str
    default_cloud_map_namespace: ecs.CloudMapNamespaceOptions
    enable_fargate_capacity_providers: bool


_FIXED = {
    "capacity": "tasks run on Fargate, whose hosts AWS patches (164.308(a)(5)(ii)(B)); "
    "make an ecs.Cluster for instances",
    "container_insights": "the CDK deprecates it; pass container_insights_v2",
    "execute_command_configuration": "sessions are always encrypted and logged (164.312(b)); read execute_command_logs",
    "managed_storage_configuration": "storage is always encrypted with your key (164.312(a)(2)(iv)); "
    "pass encryption_key",
}


class HipaaEcsCluster(Construct):
    """A cluster for Fargate whose tasks' storage is encrypted with your key, and whose sessions are on record.

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
    """

    contract = Contract(
        wraps=ecs.Cluster,
        types=("AWS::ECS::Cluster",),
        fixed=_FIXED,
        governed={"container_insights_v2": ("EcsClusterMeasured",)},
        chosen=("encryption_key", "vpc"),
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
        self.encryption_key = usable_key(self, given)
        self.cluster = ecs.Cluster(self, "Default", vpc=vpc, container_insights_v2=container_insights_v2, **options)
        self.execute_command_logs = EncryptedLogGroup(self, "ExecuteCommandLogs", encryption_key=given).log_group
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
        waive(self, *waivers)

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
    return not Token.is_unresolved(plain.key_arn) and "/mrk-" in plain.key_arn


def _fargate_statements() -> Sequence[iam.PolicyStatement]:
    # AWS's example names the cluster too. Its name is not known before the cluster, which needs the key.
    fargate = iam.ServicePrincipal("fargate.amazonaws.com")
    account = {_ACCOUNT: Aws.ACCOUNT_ID}
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
