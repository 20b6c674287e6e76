"""Amazon DynamoDB: tables with a key of yours in each Region, that can be restored, and that only TLS reaches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypedDict, Unpack

import jsii
from aws_cdk import Aws, CfnTag, Duration, IStableAnyProducer, Lazy, RemovalPolicy, TagManager
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from constructs import Construct

from hipaa_constructs.services._keeping import KEEPING
from hipaa_constructs.services._of_stack import region_of
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._tokens import is_unresolved
from hipaa_constructs.services._waiving import excuse
from hipaa_constructs.services.backup import HipaaBackupPlan
from hipaa_constructs.services.kms import AnyKey, usable_key
from hipaa_constructs.services.profile import Relaxation
from hipaa_constructs.waivers import Waiver

_NO_REPLICAS: Mapping[str, str] = MappingProxyType({})
_LONGEST = Duration.days(35)
_PROTECTION = Relaxation(
    option="deletion_protection",
    production=True,
    development=False,
    rules=("DynamodbTableDeletionProtected",),
    without_phi=True,
)
_REMOVAL = Relaxation(
    option="removal_policy",
    production=RemovalPolicy.RETAIN,
    development=RemovalPolicy.DESTROY,
    rules=("DynamodbTableKept",),
    without_phi=True,
)
_PLAIN_KEYS = (
    "it shows the keys of items in plain text, and AWS advises against it where a key of yours encrypts them "
    "(164.312(a)(2)(iv))"
)
_ENCRYPTED = "164.312(a)(2)(iv)"
_OF_A_KNOWN_REGION = (
    "billing",
    "global_table_settings_replication_mode",
    "kinesis_stream",
    "stream_resource_policy",
    "table_class",
)


class TableOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_dynamodb.TableV2` that are passed on as they are."""

    billing: dynamodb.Billing
    dynamo_stream: dynamodb.StreamViewType
    global_secondary_indexes: Sequence[dynamodb.GlobalSecondaryIndexPropsV2]
    global_table_settings_replication_mode: dynamodb.GlobalTableSettingsReplicationMode
    kinesis_stream: kinesis.IStream
    local_secondary_indexes: Sequence[dynamodb.LocalSecondaryIndexProps]
    multi_region_consistency: dynamodb.MultiRegionConsistency
    sort_key: dynamodb.Attribute
    stream_resource_policy: iam.PolicyDocument
    table_class: dynamodb.TableClass
    table_name: str
    tags: Sequence[CfnTag]
    time_to_live_attribute: str
    warm_throughput: dynamodb.WarmThroughput
    witness_region: str


class EncryptedTable(Construct):
    """A table that your key encrypts, in each Region its own, that is restored to any second and speaks TLS only.

    Items, indexes and streams are encrypted alike. Continuous backups go back 35 days, and a backup plan keeps others.
    Deletion is refused, the table stays when the stack goes, and its policy, as that of each replica, denies requests
    without TLS. Capacity follows the load.

    The resource is an ``AWS::DynamoDB::GlobalTable``, also without replicas. CloudFormation does not turn an
    ``AWS::DynamoDB::Table`` into one: import it, as AWS describes for the CDK's `TableV2`.

    Price: on demand, about 0.63 USD for a million writes of 1 KB and 0.13 USD for a million reads of 4 KB, in each
    Region; 0.25 USD for a GB and month, and 0.20 USD more for continuous backups.

    Rules: DynamodbReplicaUsesCustomerManagedKey, DynamodbTableRestorable, DynamodbTableDeletionProtected,
    DynamodbTableKept, DynamodbTableTlsOnly, DynamodbTableScales, DynamodbTableInBackupPlan.
    Your duty: that names of tables, indexes and attributes hold no PHI, as they are not encrypted with your key; who
    may read; that DynamoDB is switched on in the Region's AWS Backup settings; data events of a trail
    (``EncryptedTrail(data_events=…)``).
    AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/best-practices-security-preventative.html

    Attributes:
        table: the `dynamodb.TableV2`, with the logical id that it would have without this construct.
        encryption_key: the key of the table in this Region.
    """

    contract = Contract(
        wraps=dynamodb.TableV2,
        types=("AWS::DynamoDB::GlobalTable",),
        fixed={
            "contributor_insights": _PLAIN_KEYS,
            "contributor_insights_specification": _PLAIN_KEYS,
            "encryption": "it is always a key of yours (164.312(a)(2)(iv)); pass encryption_key to choose the key",
            "point_in_time_recovery": "continuous backups are always on (164.308(a)(7)(ii)(A)); pass recovery_period",
            "point_in_time_recovery_specification": "continuous backups are always on (164.308(a)(7)(ii)(A)); pass "
            "recovery_period",
        },
        governed={
            "deletion_protection": ("DynamodbTableDeletionProtected",),
            "new_replicas": ("DynamodbTableTlsOnly",),
            "removal_policy": ("DynamodbTableKept",),
        },
        chosen=("partition_key", "replicas", "resource_policy"),
        free=TableOptions,
        relaxations=(_PROTECTION, _REMOVAL),
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        partition_key: dynamodb.Attribute,
        encryption_key: AnyKey | None = None,
        replicas: Mapping[str, str] = _NO_REPLICAS,
        new_replicas: Sequence[str] | None = None,
        resource_policy: iam.PolicyDocument | None = None,
        recovery_period: Duration = _LONGEST,
        backup_plan: HipaaBackupPlan | None = None,
        deletion_protection: bool | None = None,
        removal_policy: RemovalPolicy | None = None,
        holds_phi: bool = True,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[TableOptions],
    ) -> None:
        """Make a table.

        Args:
            scope: where it belongs. With replicas, ``billing``, ``table_class`` or Kinesis the Region of its
                stack must be known.
            id: its id there.
            partition_key: the attribute that items are found by.
            encryption_key: of the table in this Region; by default the stack's `EncryptionKey`.
            replicas: further Regions, each with the ARN of a key there; none by default.
            new_replicas: those of them that this deployment makes, to be said wherever there are replicas. DynamoDB
                takes no policy for them until they are there, so they need a waiver for as long, and the next
                deployment says that there are none: ``[]``.
            resource_policy: further statements; by default requests without TLS are denied, and nobody is let in.
            recovery_period: how far back continuous backups go, 1 to 35 days; by default 35.
            backup_plan: by default the stack's `HipaaBackupPlan`.
            deletion_protection: by default every deletion is refused until this is switched off.
            removal_policy: by default, and unless waived, the table stays when the stack goes.
            holds_phi: False says that it holds no PHI; a development environment then lets it go with its stack.
            waivers: exceptions from the rules about global tables.
            **options: of `dynamodb.TableV2`, see `TableOptions`. Capacity is on demand by default. DynamoDB takes no
                ``stream_resource_policy`` for a stream that is not there yet.

        Raises:
            ComplianceError: an option is fixed or unknown, weaker than a rule that is not waived, or does not go
                together with the Region.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options, holds_phi=holds_phi)
        deletion_protection = arguments.default(_PROTECTION, deletion_protection)
        removal_policy = arguments.default(_REMOVAL, removal_policy)
        region = region_of(scope)
        _check_recovery(arguments, recovery_period)
        _check_replicas(arguments, region, replicas, new_replicas)
        _check_options(arguments, options, region)
        arguments.govern(
            "deletion_protection",
            deletion_protection,
            holds=deletion_protection is True,
            asked="True",
            rule="DynamodbTableDeletionProtected",
        )
        arguments.govern(
            "removal_policy", removal_policy, holds=removal_policy in KEEPING, asked="RETAIN", rule="DynamodbTableKept"
        )
        super().__init__(scope, id)
        self.encryption_key: kms.IKey = usable_key(scope, encryption_key)
        policy = resource_policy or iam.PolicyDocument()
        policy.add_statements(_refusing_plaintext())
        recovery = dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True, recovery_period_in_days=recovery_period.to_days()
        )
        self.table = dynamodb.TableV2(
            self,
            "Default",
            partition_key=partition_key,
            encryption=dynamodb.TableEncryptionV2.customer_managed_key(self.encryption_key, dict(replicas)),
            deletion_protection=deletion_protection,
            point_in_time_recovery_specification=recovery,
            removal_policy=removal_policy,
            # A feature flag decides whether replicas have the policy of the table.
            replicas=[
                dynamodb.ReplicaTableProps(
                    region=one, resource_policy=iam.PolicyDocument(statements=[_refusing_plaintext()])
                )
                for one in replicas
            ],
            resource_policy=policy,
            **options,
        )
        resource = self.table.node.default_child
        assert isinstance(resource, dynamodb.CfnGlobalTable)
        for position, one in enumerate(replicas):
            if one in (new_replicas or ()):
                resource.add_property_deletion_override(f"Replicas.{position}.ResourcePolicy")
        if is_unresolved(region):
            # The L2 writes no key into a replica whose Region it does not know.
            resource.replicas = [
                dynamodb.CfnGlobalTable.ReplicaSpecificationProperty(
                    region=Aws.REGION,
                    deletion_protection_enabled=deletion_protection,
                    point_in_time_recovery_specification={
                        "pointInTimeRecoveryEnabled": True,
                        "recoveryPeriodInDays": recovery_period.to_days(),
                    },
                    resource_policy={"policyDocument": policy},
                    sse_specification={"kmsMasterKeyId": self.encryption_key.key_arn},
                )
            ]
            resource.add_property_override(
                "Replicas.0.Tags", Lazy.any(_TagsOf(self.table, options.get("tags", ())), omit_empty_array=True)
            )
        (backup_plan or HipaaBackupPlan.of(scope)).protect(self.table)
        excuse(self, arguments)


@jsii.implements(IStableAnyProducer)
class _TagsOf:
    """The tags of a table, which are known once the app is synthesized."""

    def __init__(self, table: dynamodb.TableV2, given: Sequence[CfnTag]) -> None:
        self._table, self._given = table, given

    def produce(self) -> list[dict[str, str]]:
        manager = TagManager.of(self._table)
        assert manager is not None
        tags = {**manager.tag_values(), **{one.key: one.value for one in self._given}}
        return [{"Key": key, "Value": value} for key, value in tags.items()]


def _refusing_plaintext() -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid="TlsOnly",
        effect=iam.Effect.DENY,
        principals=[iam.AnyPrincipal()],
        actions=["dynamodb:*"],
        # The ARN of the table would make it depend on itself.
        resources=["*"],
        conditions={"Bool": {"aws:SecureTransport": "false"}},
    )


def _check_recovery(arguments: Arguments, period: Duration) -> None:
    if not 1 <= period.to_days(integral=False) <= _LONGEST.to_days():
        arguments.refuse(
            "recovery_period",
            period,
            asked="1 to 35 days",
            way_out="DynamoDB goes back no further; a backup plan does",
            citation="164.308(a)(7)(ii)(A)",
        )


def _check_replicas(
    arguments: Arguments, here: str, replicas: Mapping[str, str], new_replicas: Sequence[str] | None
) -> None:
    for region, key in replicas.items():
        if region == here:
            arguments.refuse(
                "replicas",
                region,
                asked="in other Regions than the stack's",
                way_out="pass encryption_key for this one",
                citation=_ENCRYPTED,
            )
        if not is_unresolved(key) and f":{region}:" not in key:
            arguments.refuse(
                "replicas",
                key,
                asked=f"encrypted with a key in {region}, by its ARN",
                way_out="a replica is encrypted with a key of its own Region",
                citation=_ENCRYPTED,
            )
    if replicas and new_replicas is None:
        arguments.refuse(
            "new_replicas",
            None,
            asked="the Regions whose replicas this deployment makes, or []",
            way_out="DynamoDB takes no policy for a replica that is not there yet, and the deployment would fail",
            citation="164.312(e)(1)",
        )
    for region in new_replicas or ():
        if region not in replicas:
            arguments.refuse(
                "new_replicas",
                region,
                asked="among replicas",
                way_out="name it with a key there",
                citation="164.312(e)(1)",
            )
    arguments.govern(
        "new_replicas",
        ", ".join(new_replicas or ()),
        holds=not new_replicas,
        asked="empty",
        rule="DynamodbTableTlsOnly",
    )
    if replicas and is_unresolved(here):
        _ask_for_region(arguments, "replicas")


def _check_options(arguments: Arguments, options: TableOptions, here: str) -> None:
    if is_unresolved(here):
        for name in _OF_A_KNOWN_REGION:
            if name in options:
                _ask_for_region(arguments, name)
    for index in options.get("global_secondary_indexes", ()):
        if is_unresolved(here) and index.max_read_request_units is not None:
            _ask_for_region(arguments, "max_read_request_units")


def _ask_for_region(arguments: Arguments, name: str) -> None:
    arguments.refuse(
        name,
        "one without",
        asked="in a stack whose Region is known",
        way_out="pass env=Environment(region=…) to the stack, so that the CDK writes it beside the key",
        citation=_ENCRYPTED,
    )
