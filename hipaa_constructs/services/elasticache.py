"""Amazon ElastiCache: Valkey and Redis OSS clusters that speak TLS only, to whom they know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict, Unpack

import jsii
from aws_cdk import Duration, RemovalPolicy, SecretValue
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._placement import inner_subnets
from hipaa_constructs.services._tokens import ACCOUNT_ID, PARTITION, REGION, is_unresolved
from hipaa_constructs.services._waiving import excuse
from hipaa_constructs.services.elasticache_arguments import (
    check_access,
    check_engine,
    check_keeping,
    check_key,
    check_nodes,
    check_parameters,
)
from hipaa_constructs.services.elasticache_engines import Engine, EngineName
from hipaa_constructs.services.elasticache_users import closed_group, iam_user
from hipaa_constructs.services.kms import AnyKey, EncryptionKey, usable_key
from hipaa_constructs.services.logs import EncryptedLogGroup
from hipaa_constructs.services.profile import Relaxation
from hipaa_constructs.services.secretsmanager import EncryptedSecret
from hipaa_constructs.waivers import Waiver

_PORT = 6379
_FIVE_WEEKS = Duration.days(35)
_LOGS = {"SlowLog": "slow-log", "EngineLog": "engine-log"}
_EVERYTHING_SAFE = "on ~* &* +@all -@dangerous -@admin"
_NODE_TYPE = Relaxation(option="cache_node_type", production="cache.t4g.small", development="cache.t4g.micro")
_REPLICAS = Relaxation(option="replicas_per_node_group", production=1, development=0, rules=("RedisFailsOver",))
_SNAPSHOTS = Relaxation(
    option="snapshot_retention", production=_FIVE_WEEKS, development=Duration.days(7), rules=("RedisBackedUp",)
)
_REMOVAL = Relaxation(
    option="removal_policy",
    production=RemovalPolicy.SNAPSHOT,
    development=RemovalPolicy.DESTROY,
    rules=("RedisKept",),
    without_phi=True,
)


class RedisOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_elasticache.CfnReplicationGroup` that are passed on as they are."""

    data_tiering_enabled: bool
    durability: str
    ip_discovery: str
    network_type: str
    notification_topic_arn: str
    preferred_maintenance_window: str
    replication_group_description: str
    replication_group_id: str
    snapshot_arns: Sequence[str]
    snapshot_name: str
    snapshot_window: str
    snapshotting_cluster_id: str


@jsii.implements(ec2.IConnectable)
class HipaaRedisCluster(Construct):
    """A Valkey or Redis OSS cluster: encrypted at rest and in transit, signed in to, over several zones, backed up.

    TLS is required, not only preferred. Users sign in with IAM, by tokens that last 15 minutes (`add_user`,
    `grant_connect`), and the default user is off; or with an AUTH token out of an `EncryptedSecret` that your function
    rotates. Primary and replicas lie in isolated subnets of several Availability Zones, with automatic failover; the
    security group admits only whom `connections` names. Daily snapshots are kept for 35 days, and a last one is taken
    when the cluster goes. Slow and engine logs go to encrypted log groups.

    A node costs by the hour, about 0.03 USD for the default ``cache.t4g.small``; there are two of them by default.

    ElastiCache lets its logs into the log groups itself, by a resource policy, if the role that deploys may
    ``logs:CreateLogDelivery``, ``logs:PutResourcePolicy``, ``logs:DescribeResourcePolicies`` and
    ``logs:DescribeLogGroups``.

    Rules: RedisEncryptedAtRest, RedisUsesCustomerManagedKey, RedisEncryptedInTransit, RedisTlsRequired,
    RedisAuthenticated, RedisUserSignsIn, RedisDefaultUserReplaced, RedisBackedUp, RedisFailsOver, RedisInSubnetGroup,
    RedisInSecurityGroup, RedisEngineSupported, RedisLogged, RedisKept.
    Your duty: that clients verify certificates; who may connect; that keys carry no PHI, as slow logs hold them; with
    an AUTH token, that your function may change the cluster, and rotates the token there as well.
    AWS: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/encryption.html

    Attributes:
        resource: the ``AWS::ElastiCache::ReplicationGroup``; the CDK has no construct of a higher level for it.
        connections: whom the security group admits, on the port of the cluster.
        security_group: what the nodes are in.
        log_groups: of the slow and the engine log.
        user_group: who may sign in; None with an AUTH token.
        secret: the AUTH token; None with users.
        endpoint_address: the host name to write to.
        endpoint_port: its port.
    """

    contract = Contract(
        wraps=elasticache.CfnReplicationGroup,
        types=("AWS::ElastiCache::ReplicationGroup",),
        fixed={
            "at_rest_encryption_enabled": "data is always encrypted at rest (164.312(a)(2)(iv))",
            "auth_token": "a token in the template can be read by everybody who can read the stack; pass "
            "auth_token_rotation (164.312(d))",
            "auto_minor_version_upgrade": "minor versions are always installed (164.308(a)(5)(ii)(B))",
            "automatic_failover_enabled": "a replica always takes over (164.308(a)(7)(ii)(C))",
            "cache_parameter_group_name": "pass parameters (164.312(e)(1))",
            "cache_security_group_names": "clusters are in a VPC, with a security group (164.312(e)(1))",
            "cache_subnet_group_name": "pass vpc, and vpc_subnets (164.312(e)(1))",
            "cluster_mode": "several num_node_groups switch it on (164.308(a)(7)(ii)(C))",
            "global_replication_group_id": "a member has the settings of its primary, which nothing here can judge; "
            "make a CfnReplicationGroup (164.312(a)(2)(iv))",
            "kms_key_id": "pass encryption_key (164.312(a)(2)(iv))",
            "log_delivery_configurations": "slow and engine logs always go to encrypted log groups (164.312(b))",
            "multi_az_enabled": "nodes always lie in several Availability Zones (164.308(a)(7)(ii)(C))",
            "node_group_configuration": "pass num_node_groups and replicas_per_node_group (164.308(a)(7)(ii)(C))",
            "num_cache_clusters": "pass replicas_per_node_group (164.308(a)(7)(ii)(C))",
            "preferred_cache_cluster_a_zs": "ElastiCache spreads the nodes over the zones of vpc_subnets "
            "(164.308(a)(7)(ii)(C))",
            "primary_cluster_id": "a stand-alone cluster is not encrypted at rest; restore a snapshot of it "
            "(164.312(a)(2)(iv))",
            "security_group_ids": "pass security_groups for further ones (164.312(e)(1))",
            "snapshot_retention_limit": "pass snapshot_retention (164.308(a)(7)(ii)(A))",
            "tags": "call Tags.of() (164.308(a)(7)(ii)(E))",
            "transit_encryption_enabled": "TLS is always on (164.312(e)(2)(ii))",
            "transit_encryption_mode": "TLS is always required (164.312(e)(2)(ii))",
            "user_group_ids": "call add_user(), or pass auth_token_rotation (164.312(d))",
        },
        governed={
            "removal_policy": ("RedisKept",),
            "replicas_per_node_group": ("RedisFailsOver",),
            "snapshot_retention": ("RedisBackedUp",),
        },
        chosen=("engine", "engine_version", "cache_node_type", "port", "num_node_groups"),
        free=RedisOptions,
        relaxations=(_NODE_TYPE, _REPLICAS, _SNAPSHOTS, _REMOVAL),
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: ec2.IVpc,
        vpc_subnets: ec2.SubnetSelection | None = None,
        engine: EngineName = "valkey",
        engine_version: str | None = None,
        cache_node_type: str | None = None,
        num_node_groups: int = 1,
        replicas_per_node_group: int | None = None,
        port: int = _PORT,
        auth_token_rotation: lambda_.IFunction | None = None,
        parameters: Mapping[str, str] | None = None,
        encryption_key: AnyKey | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] = (),
        snapshot_retention: Duration | None = None,
        removal_policy: RemovalPolicy | None = None,
        holds_phi: bool = True,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[RedisOptions],
    ) -> None:
        """Make a cluster.

        Args:
            scope: where it belongs.
            id: its id there.
            vpc: the network.
            vpc_subnets: by default its isolated subnets, or the private ones if it has no isolated ones; in two
                Availability Zones at least.
            engine: ``valkey``, the default, or ``redis``.
            engine_version: by default Valkey 8.0 or Redis OSS 7.1; at least Valkey 7.2 or Redis OSS 7.0. Later minor
                versions are installed by AWS.
            cache_node_type: by default ``cache.t4g.small``.
            num_node_groups: how many shards; one by default, which keeps cluster mode off. A number that only the
                deployment knows switches it on.
            replicas_per_node_group: of each primary, at most 5; one by default, and none only if that is waived.
            port: by default 6379.
            auth_token_rotation: a function that rotates the AUTH token in the secret and in the cluster
                (``elasticache:ModifyReplicationGroup``); AWS has a template for the passwords of users only. With it
                an AUTH token takes the place of users; without it, the default, users sign in with IAM, by tokens
                that last 15 minutes, so that there is nothing to rotate.
            parameters: of the engine, by name; none beside AWS's defaults.
            encryption_key: by default the stack's `EncryptionKey`.
            security_groups: further ones, beside the cluster's own.
            snapshot_retention: how long daily snapshots are kept, in days up to 35; by default 35, at least 15 unless
                waived.
            removal_policy: by default a last snapshot is taken when the cluster goes; RETAIN keeps the cluster.
            holds_phi: False says that it holds no PHI; a development environment then lets it go with its stack.
            waivers: exceptions from the rules about caches.
            **options: of `elasticache.CfnReplicationGroup`, see `RedisOptions`.

        Raises:
            ComplianceError: an option is fixed or unknown, weaker than a rule that is not waived, or makes no cluster.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options, holds_phi=holds_phi)
        cache_node_type = arguments.default(_NODE_TYPE, cache_node_type)
        replicas_per_node_group = arguments.default(_REPLICAS, replicas_per_node_group)
        snapshot_retention = arguments.default(_SNAPSHOTS, snapshot_retention)
        removal_policy = arguments.default(_REMOVAL, removal_policy)
        chosen = check_engine(arguments, engine, engine_version)
        version = engine_version or chosen.default
        check_nodes(arguments, cache_node_type, num_node_groups, replicas_per_node_group, port)
        check_keeping(arguments, snapshot_retention, removal_policy)
        check_key(arguments, encryption_key)
        check_parameters(arguments, parameters)
        sharded = is_unresolved(num_node_groups) or num_node_groups > 1
        subnets = inner_subnets(arguments, vpc, vpc_subnets)
        super().__init__(scope, id)
        key: AnyKey = EncryptionKey.of(self) if encryption_key is None else encryption_key
        self.security_group = ec2.SecurityGroup(
            self, "SecurityGroup", vpc=vpc, description="Nodes of a cache cluster", allow_all_outbound=False
        )
        self.log_groups: Mapping[str, EncryptedLogGroup] = {
            name: EncryptedLogGroup(self, name, encryption_key=key, data_protection_policy=False) for name in _LOGS
        }
        self.user_group: elasticache.CfnUserGroup | None = None
        self.secret: secretsmanager.Secret | None = None
        token = None
        if auth_token_rotation is None:
            self.user_group = closed_group(self)
        else:
            token = self._token(auth_token_rotation, key)
            self.secret = token.secret
        options.setdefault("replication_group_description", self.node.path)
        self.resource = elasticache.CfnReplicationGroup(
            self,
            "Default",
            engine=chosen.name,
            engine_version=version,
            cache_node_type=cache_node_type,
            num_node_groups=num_node_groups,
            replicas_per_node_group=replicas_per_node_group,
            cluster_mode="enabled" if sharded else "disabled",
            cache_parameter_group_name=self._parameters(chosen, version, parameters, sharded=sharded),
            port=port,
            at_rest_encryption_enabled=True,
            kms_key_id=usable_key(scope, key).key_arn,
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            auth_token=None if self.secret is None else _as_text(self.secret),
            user_group_ids=None if self.user_group is None else [self.user_group.ref],
            # Of several shards each has another primary, so ElastiCache asks for it without replicas too.
            automatic_failover_enabled=sharded or replicas_per_node_group != 0,
            multi_az_enabled=replicas_per_node_group != 0,
            auto_minor_version_upgrade=True,
            snapshot_retention_limit=snapshot_retention.to_days(),
            cache_subnet_group_name=self._subnet_group(subnets.subnets or ()),
            security_group_ids=[group.security_group_id for group in (self.security_group, *security_groups)],
            log_delivery_configurations=[
                elasticache.CfnReplicationGroup.LogDeliveryConfigurationRequestProperty(
                    destination_type="cloudwatch-logs",
                    destination_details=elasticache.CfnReplicationGroup.DestinationDetailsProperty(
                        cloud_watch_logs_details=elasticache.CfnReplicationGroup.CloudWatchLogsDestinationDetailsProperty(
                            log_group=self.log_groups[name].log_group.log_group_name
                        )
                    ),
                    log_format="json",
                    log_type=kind,
                )
                for name, kind in _LOGS.items()
            ],
            **options,
        )
        self.resource.apply_removal_policy(removal_policy)
        if token is not None and token.rotation is not None:
            # The first rotation follows at once, and needs a cluster that has the token.
            token.rotation.node.add_dependency(self.resource)
        self.endpoint_address, self.endpoint_port = (
            (self.resource.attr_configuration_end_point_address, self.resource.attr_configuration_end_point_port)
            if sharded
            else (self.resource.attr_primary_end_point_address, self.resource.attr_primary_end_point_port)
        )
        self._connections = ec2.Connections(
            security_groups=[self.security_group, *security_groups], default_port=ec2.Port.tcp(port)
        )
        excuse(self, arguments)

    @property
    def connections(self) -> ec2.Connections:
        """Whom the security group admits: ``cluster.connections.allow_default_port_from(service)``."""
        return self._connections

    def add_user(self, id: str, *, access_string: str = _EVERYTHING_SAFE) -> elasticache.CfnUser:
        """Let one more user sign in with IAM.

        Args:
            id: its id; its name is made of it and the path.
            access_string: which keys and commands, in the words of the engine, beginning with ``on``; by default
                all but dangerous and administrative ones.

        Raises:
            ComplianceError: the cluster has an AUTH token, or the user would not have to sign in, or by a password
                that stands in the template.

        AWS: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html
        """
        group = self.user_group
        if group is None:
            raise ComplianceError(
                f"{self.node.path}: add_user() must be called on a cluster with users, got one with an AUTH token "
                "(164.312(d))"
            )
        check_access(self.node.path, access_string)
        user = iam_user(self, id, access_string)
        group.user_ids = [*group.user_ids, user.ref]
        return user

    def grant_connect(self, grantee: iam.IGrantable, user: elasticache.CfnUser) -> iam.Grant:
        """Let an identity sign in as a user.

        Args:
            grantee: a `ManagedPolicyRole`, so that no inline policy is made.
            user: one that `add_user` made.

        AWS: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html
        """
        place = f"arn:{PARTITION}:elasticache:{REGION}:{ACCOUNT_ID}"
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["elasticache:Connect"],
            resource_arns=[f"{place}:replicationgroup:{self.resource.ref}", f"{place}:user:{user.user_id}"],
        )

    def _token(self, rotation: lambda_.IFunction, key: AnyKey) -> EncryptedSecret:
        return EncryptedSecret(
            self,
            "AuthToken",
            encryption_key=key,
            rotation_lambda=rotation,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                password_length=64, exclude_punctuation=True, include_space=False
            ),
        )

    def _parameters(
        self, engine: Engine, version: str, parameters: Mapping[str, str] | None, *, sharded: bool
    ) -> str | None:
        if not parameters and not sharded:
            return None
        return elasticache.CfnParameterGroup(
            self,
            "Parameters",
            cache_parameter_group_family=engine.family(version),
            description=self.node.path,
            properties={**({"cluster-enabled": "yes"} if sharded else {}), **(parameters or {})},
        ).ref

    def _subnet_group(self, subnets: Sequence[ec2.ISubnet]) -> str:
        return elasticache.CfnSubnetGroup(
            self, "Subnets", description=self.node.path, subnet_ids=[subnet.subnet_id for subnet in subnets]
        ).ref


def _as_text(secret: secretsmanager.Secret) -> str:
    # A dynamic reference: CloudFormation looks the token up at the deployment, and no template holds it.
    return SecretValue.secrets_manager(secret.secret_arn).unsafe_unwrap()
