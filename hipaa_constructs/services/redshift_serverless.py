"""Amazon Redshift Serverless: warehouses without machines to keep, that accept encrypted connections only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypedDict, Unpack

import jsii
from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_redshiftserverless as serverless
from constructs import Construct

from hipaa_constructs.services._durations import days_of
from hipaa_constructs.services._keeping import KEEPING_DATA
from hipaa_constructs.services._of_stack import region_of
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._placement import inner_subnets
from hipaa_constructs.services._rds import check_key, closed_security_group, derived_identifier, exported_log_groups
from hipaa_constructs.services._redshift import LOGS, PORT, check_copies, check_port
from hipaa_constructs.services._tokens import is_unresolved
from hipaa_constructs.services._waiving import excuse
from hipaa_constructs.services.backup import HipaaBackupPlan
from hipaa_constructs.services.kms import AnyKey, EncryptionKey, usable_key
from hipaa_constructs.services.logs import EncryptedLogGroup
from hipaa_constructs.services.profile import Relaxation
from hipaa_constructs.waivers import Waiver

_RULES = {
    "enable_user_activity_logging": "RedshiftServerlessUserActivityLogged",
    "require_ssl": "RedshiftServerlessTlsOnly",
}
_NO_PARAMETERS: Mapping[str, str] = MappingProxyType({})
_FEWEST_SUBNETS, _FEWEST_ZONES = 3, {"us-west-1": 2}
_CAPACITIES = (4, *range(8, 513, 8), *range(544, 1025, 32))
_COPIES_KEPT, _MOST_DAYS, _FOR_EVER = Duration.days(35), 3653, -1
_CAPACITY = Relaxation(option="base_capacity", production=32, development=8)
_ELSEWHERE = Relaxation(
    option="snapshot_copy_region",
    production="a second Region",
    development="none",
    rules=("RedshiftServerlessSnapshotsCopied",),
)
_REMOVAL = Relaxation(
    option="removal_policy",
    production=RemovalPolicy.RETAIN,
    development=RemovalPolicy.DESTROY,
    rules=("RedshiftServerlessKept",),
    without_phi=True,
)


class RedshiftServerlessOptions(TypedDict, total=False):
    """The options of `CfnNamespace` and `CfnWorkgroup` that are passed on as they are."""

    default_iam_role_arn: str | iam.IRole
    iam_roles: Sequence[str | iam.IRole]
    price_performance_target: serverless.CfnWorkgroup.PerformanceTargetProperty
    redshift_idc_application_arn: str
    track_name: str


@jsii.implements(ec2.IConnectable)
class HipaaRedshiftServerless(Construct):
    """A warehouse without machines to keep, encrypted with your key, that refuses plaintext and logs what users do.

    A namespace holds the data, a workgroup of the same name answers queries. Redshift makes the password, keeps it
    under your key and rotates it. Connections are TLS only. Who connects, users and what they do go to encrypted log
    groups that keep six years. COPY and UNLOAD go through the network. Isolated subnets in three zones, and a security
    group that admits whom `connections` names. A backup plan takes the namespace (Redshift's own recovery points last a
    day), and a second Region has copies under a key there. The namespace stays when its stack goes.

    The log groups are made before the namespace, which uses those that are there, under a name that is derived from the
    construct's and the stack's.

    Price: 0.375 USD for an hour of each RPU while queries run (32 of them by default: 12 USD an hour, by the second),
    managed storage (0.024 USD for a GB and month), snapshots there, and log events by the GB.

    Rules: RedshiftServerlessUsesCustomerManagedKey, RedshiftServerlessLogged, RedshiftServerlessUserActivityLogged,
    RedshiftServerlessTlsOnly, RedshiftServerlessNotPublic, RedshiftServerlessRoutedThroughVpc,
    RedshiftServerlessSubnetsPrivate, RedshiftServerlessPasswordManaged, RedshiftServerlessSnapshotsCopied,
    RedshiftServerlessKept, DataStoreInBackupPlan.
    Your duty: a key in the second Region that Redshift may use; endpoints for what is loaded, and free addresses in the
    subnets; who may read which columns; that statements in logs hold no more PHI than need be; that restores work, and
    Redshift is switched on in the Region's AWS Backup settings. CloudFormation has no type for limits of usage: set
    them by hand, or pass max_capacity.
    AWS: https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-usage-considerations.html

    Attributes:
        namespace: the ``AWS::RedshiftServerless::Namespace``; the CDK has no construct of a higher level for it.
        workgroup: the ``AWS::RedshiftServerless::Workgroup``; the same holds.
        connections: whom the security group admits, on the port of the workgroup.
        log_groups: the log groups by type of log.
    """

    contract = Contract(
        wraps=serverless.CfnNamespace,
        types=("AWS::RedshiftServerless::Namespace", "AWS::RedshiftServerless::Workgroup"),
        fixed={
            "admin_password_secret_kms_key_id": "pass encryption_key (164.312(a)(2)(iv))",
            "admin_user_password": "a password in the template can be read by everybody who can read the stack "
            "(164.312(d))",
            "config_parameters": "pass parameters (164.312(e)(1))",
            "enhanced_vpc_routing": "what is loaded and unloaded goes through the network (164.312(e)(1))",
            "final_snapshot_name": "it is derived; pass removal_policy=SNAPSHOT (164.308(a)(7)(ii)(A))",
            "final_snapshot_retention_period": "pass final_snapshot_retention (164.308(a)(7)(ii)(A))",
            "kms_key_id": "pass encryption_key (164.312(a)(2)(iv))",
            "log_exports": "audit logs always go to encrypted log groups (164.312(b))",
            "manage_admin_password": "Redshift makes and rotates the password (164.312(d))",
            "namespace_name": "it is derived, so that log groups can be made before (164.312(b))",
            "namespace_resource_policy": "share data by a policy of its own, and on the record (164.312(a)(1))",
            "publicly_accessible": "a warehouse is not reached from the internet (164.312(e)(1))",
            "recovery_point_id": "restore by hand: another id in a later deployment would overwrite the data "
            "(164.312(c)(1))",
            "security_group_ids": "pass security_groups for further ones (164.312(e)(1))",
            "snapshot_arn": "restore by hand: another ARN in a later deployment would overwrite the data "
            "(164.312(c)(1))",
            "snapshot_copy_configurations": "pass snapshot_copy_region (164.308(a)(7)(ii)(A))",
            "snapshot_name": "restore by hand: another name in a later deployment would overwrite the data "
            "(164.312(c)(1))",
            "snapshot_owner_account": "restore by hand: another account in a later deployment would overwrite the data "
            "(164.312(c)(1))",
            "subnet_ids": "pass vpc, and vpc_subnets (164.312(e)(1))",
            "tags": "call Tags.of() (164.308(a)(7)(ii)(E))",
            "workgroup": "Redshift gives it",
            "workgroup_name": "it is the name of the namespace",
        },
        governed={
            "parameters": ("RedshiftServerlessTlsOnly", "RedshiftServerlessUserActivityLogged"),
            "removal_policy": ("RedshiftServerlessKept",),
            "snapshot_copy_region": ("RedshiftServerlessSnapshotsCopied",),
        },
        chosen=("admin_username", "base_capacity", "db_name", "max_capacity", "port"),
        free=RedshiftServerlessOptions,
        relaxations=(_CAPACITY, _ELSEWHERE, _REMOVAL),
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: ec2.IVpc,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] = (),
        base_capacity: int | None = None,
        max_capacity: int | None = None,
        db_name: str = "records",
        admin_username: str = "warehouse",
        port: int = PORT,
        parameters: Mapping[str, str] = _NO_PARAMETERS,
        encryption_key: AnyKey | None = None,
        snapshot_copy_region: str | None = None,
        snapshot_copy_key: str | None = None,
        snapshot_copy_retention: Duration = _COPIES_KEPT,
        backup_plan: HipaaBackupPlan | None = None,
        removal_policy: RemovalPolicy | None = None,
        final_snapshot_retention: Duration | None = None,
        holds_phi: bool = True,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[RedshiftServerlessOptions],
    ) -> None:
        """Make a namespace and its workgroup.

        Args:
            scope: where it belongs.
            id: its id there.
            vpc: the network, with subnets in three Availability Zones or more (in us-west-1 three subnets in two), in a
                development environment too.
            vpc_subnets: by default the isolated ones, or the private ones if there are no isolated ones; public ones
                are refused.
            security_groups: further ones, beside the workgroup's own.
            base_capacity: RPUs that queries begin with: 4, 8 to 512 by eights, or, in some Regions, up to 1024 by
                thirty-twos. By default 32, in a development environment 8; AWS chooses where there is a
                price_performance_target.
            max_capacity: RPUs that are never exceeded; by default AWS's own limit.
            db_name: the first database, which stays what it was made as; by default ``records``.
            admin_username: which stays too; by default ``warehouse``.
            port: by default 5439; 5431 to 5455 or 8191 to 8215.
            parameters: further parameters of the workgroup, e.g. ``use_fips_ssl`` for a system that must be FIPS
                compliant. One that is left out again keeps its value: write the default.
            encryption_key: of storage, snapshots, password and log groups; by default the stack's `EncryptionKey`.
                Redshift takes one change at a time, of a namespace as of a workgroup: deploy several one after the
                other. Another key changes two things at once, and needs ``aws redshift-serverless update-namespace``
                for the password's before it is deployed.
            snapshot_copy_region: the second Region that snapshots and recovery points are copied to; needed in
                production unless waived.
            snapshot_copy_key: the ARN of a key there.
            snapshot_copy_retention: how long copied snapshots are kept there, 1 to 3653 days; by default 35. Recovery
                points last a day there as here.
            backup_plan: by default the stack's `HipaaBackupPlan`.
            removal_policy: by default the namespace stays when the stack goes; SNAPSHOT deletes it after a last
                snapshot.
            final_snapshot_retention: how long a last snapshot is kept, 1 to 3653 days; by default for ever.
            holds_phi: False says that it holds no PHI; a development environment then lets it go with its stack.
            waivers: exceptions from the rules about namespaces and workgroups.
            **options: of `CfnNamespace` and `CfnWorkgroup`, see `RedshiftServerlessOptions`.

        Raises:
            ComplianceError: an option is fixed or unknown, weaker than a rule that is not waived, or makes no
                warehouse.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options, holds_phi=holds_phi)
        removal_policy = arguments.default(_REMOVAL, removal_policy)
        if base_capacity is not None or "price_performance_target" not in options:
            base_capacity = arguments.default(_CAPACITY, base_capacity)
        here = region_of(scope)
        subnets = inner_subnets(arguments, vpc, vpc_subnets).subnets or ()
        _check_subnets(arguments, here, subnets)
        _check_capacity(arguments, base_capacity, max_capacity)
        check_port(arguments, port, "workgroups")
        check_key(arguments, encryption_key)
        _check_copies(arguments, here, snapshot_copy_region, snapshot_copy_key)
        copies_kept = _days(arguments, "snapshot_copy_retention", snapshot_copy_retention)
        last_kept = _FOR_EVER
        if final_snapshot_retention is not None:
            last_kept = _days(arguments, "final_snapshot_retention", final_snapshot_retention)
        for name, value, holds, asked, rule in (
            *(
                ("parameters", f"{name} {value}", value == "true", f"with {name} true", _RULES[name])
                for name, value in parameters.items()
                if name in _RULES
            ),
            ("removal_policy", removal_policy, removal_policy in KEEPING_DATA, "RETAIN or SNAPSHOT", _REMOVAL.rules[0]),
            (
                "snapshot_copy_region",
                snapshot_copy_region,
                snapshot_copy_region is not None,
                "a second Region, with a snapshot_copy_key there",
                _ELSEWHERE.rules[0],
            ),
        ):
            arguments.govern(name, value, holds=holds, asked=asked, rule=rule)
        super().__init__(scope, id)
        key: AnyKey = EncryptionKey.of(self) if encryption_key is None else encryption_key
        key_arn = usable_key(scope, key).key_arn
        own = closed_security_group(self, vpc)
        self._connections = ec2.Connections(default_port=ec2.Port.tcp(port), security_groups=[own, *security_groups])
        identifier = derived_identifier(self)
        leaves = removal_policy is RemovalPolicy.SNAPSHOT
        self.namespace = serverless.CfnNamespace(
            self,
            "Default",
            admin_password_secret_kms_key_id=key_arn,
            admin_username=admin_username,
            db_name=db_name,
            default_iam_role_arn=options.get("default_iam_role_arn"),
            final_snapshot_name=f"{identifier}-final" if leaves else None,
            final_snapshot_retention_period=last_kept if leaves else None,
            iam_roles=options.get("iam_roles"),
            kms_key_id=key_arn,
            log_exports=list(LOGS),
            manage_admin_password=True,
            namespace_name=identifier,
            redshift_idc_application_arn=options.get("redshift_idc_application_arn"),
            snapshot_copy_configurations=None
            if snapshot_copy_region is None
            else [
                serverless.CfnNamespace.SnapshotCopyConfigurationProperty(
                    destination_region=snapshot_copy_region,
                    destination_kms_key_id=snapshot_copy_key,
                    snapshot_retention_period=copies_kept,
                )
            ],
        )
        self.namespace.apply_removal_policy(RemovalPolicy.DESTROY if leaves else removal_policy)
        self.workgroup = serverless.CfnWorkgroup(
            self,
            "Workgroup",
            base_capacity=base_capacity,
            config_parameters=[
                serverless.CfnWorkgroup.ConfigParameterProperty(parameter_key=name, parameter_value=value)
                for name, value in {**dict.fromkeys(_RULES, "true"), **parameters}.items()
            ],
            enhanced_vpc_routing=True,
            max_capacity=max_capacity,
            namespace_name=self.namespace.ref,
            port=port,
            price_performance_target=options.get("price_performance_target"),
            publicly_accessible=False,
            security_group_ids=[one.security_group_id for one in self._connections.security_groups],
            subnet_ids=[subnet.subnet_id for subnet in subnets],
            track_name=options.get("track_name"),
            workgroup_name=identifier,
        )
        self.log_groups: Mapping[str, EncryptedLogGroup] = exported_log_groups(
            self, self.namespace, f"/aws/redshift/{identifier}", LOGS, key
        )
        (backup_plan or HipaaBackupPlan.of(scope)).protect(self.namespace)
        excuse(self, arguments)

    @property
    def connections(self) -> ec2.Connections:
        """Whom the security group admits, on the port of the workgroup."""
        return self._connections


def _days(arguments: Arguments, name: str, given: Duration) -> int:
    days = days_of(given)
    if not 1 <= days <= _MOST_DAYS or days != int(days):
        arguments.refuse(
            name,
            given,
            asked="1 to 3653 whole days",
            way_out="Redshift takes no other number",
            citation="164.308(a)(7)(ii)(A)",
        )
    return int(days)


def _check_capacity(arguments: Arguments, base: int | None, most: int | None) -> None:
    if base is not None and base not in _CAPACITIES:
        arguments.refuse(
            "base_capacity",
            base,
            asked="4, 8 to 512 by eights or 544 to 1024 by thirty-twos",
            way_out="Redshift takes no other number",
            citation="164.308(a)(7)(i)",
        )
    if base is not None and most is not None and most < base:
        arguments.refuse(
            "max_capacity",
            most,
            asked=f"{base} or more, which queries begin with",
            way_out="pass a smaller base_capacity too",
            citation="164.308(a)(7)(i)",
        )


def _check_subnets(arguments: Arguments, here: str, subnets: Sequence[ec2.ISubnet]) -> None:
    zones = sorted({subnet.availability_zone for subnet in subnets})
    if is_unresolved(zones):  # One token can stand for a list of zones.
        return
    few = len(zones) < _FEWEST_ZONES.get(here, _FEWEST_SUBNETS) and not any(is_unresolved(zone) for zone in zones)
    if few or len(subnets) < _FEWEST_SUBNETS:
        arguments.refuse(
            "vpc_subnets",
            f"{len(subnets)} of {len(zones)}",
            asked="three or more, of three Availability Zones",
            way_out="routing through the network needs them; pass a network that has them, say a FlowLoggedVpc with "
            "max_azs=3",
            citation="164.308(a)(7)(ii)(C)",
        )


def _check_copies(arguments: Arguments, here: str, region: str | None, key: str | None) -> None:
    check_copies(
        arguments,
        here,
        region,
        ("snapshot_copy_key", key),
        way_out="copies are encrypted with a key of the Region they go to",
    )
    if region is None or key is None or is_unresolved(region) or is_unresolved(key):
        return
    if f":{region}:" not in key:
        arguments.refuse(
            "snapshot_copy_key",
            key,
            asked=f"the ARN of a key in {region}",
            way_out="copies are encrypted with a key of the Region they go to",
            citation="164.312(a)(2)(iv)",
        )
