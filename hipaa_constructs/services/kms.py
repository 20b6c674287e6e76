"""AWS KMS: the keys that everything else is encrypted with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, TypedDict, Unpack

from aws_cdk import CfnResource, Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct, IConstruct

from hipaa_constructs.services._durations import days_of
from hipaa_constructs.services._keeping import KEEPING
from hipaa_constructs.services._of_stack import one_of_stack
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._tokens import ACCOUNT_ID, PARTITION, REGION
from hipaa_constructs.services._waiving import record
from hipaa_constructs.waivers import Waiver

_SHORTEST_WAIT_DAYS, _LONGEST_WAIT_DAYS = 7, 30
_LONGEST_WAIT = Duration.days(_LONGEST_WAIT_DAYS)


class KeyOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_kms.Key` that are passed on as they are."""

    admins: Sequence[iam.IPrincipal]
    alias: str
    description: str
    policy: iam.PolicyDocument
    rotation_period: Duration


class ReplicaKeyOptions(TypedDict, total=False):
    """No option of `aws_cdk.aws_kms.CfnReplicaKey` is passed on as it is."""


_FIXED = {
    "enable_key_rotation": "key material always rotates, by default once a year (164.312(a)(2)(iv)); "
    "pass rotation_period to change how often",
    "enabled": "a disabled key makes records unreadable (164.308(a)(7)(ii)(A)); disable it by hand if you must",
    "key_spec": "data keys are symmetric; make a kms.Key for signing",
    "key_usage": "data keys encrypt and decrypt; make a kms.Key for signing",
}


class EncryptionKey(Construct):
    """A customer managed KMS key that rotates every year, is retained, and takes 30 days to delete.

    Its policy lets IAM policies of the account grant its use, as the CDK's keys do, and the AWS services that need it
    act on behalf of this account alone. The price is about 1 USD a month for each key and each of its first two
    rotations, and for requests; so one key serves a whole stack by default, see `of`.

    The key of a stack can be made by hand with options of your own, before anything else asks for it:
    ``EncryptionKey(stack, "EncryptionKey", alias="records")``.

    Rules: KmsKeyRotated, KmsKeyDeletedSlowly, KmsKeyKept, KmsKeyPolicyNamesPrincipals.
    Your duty: who may administer the key, and alarms on its disabling.
    AWS: https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html

    Attributes:
        key: the `kms.Key`, with the logical id that it would have without this construct.
    """

    contract = Contract(
        wraps=kms.Key,
        types=("AWS::KMS::Key",),
        fixed=_FIXED,
        governed={"pending_window": ("KmsKeyDeletedSlowly",), "removal_policy": ("KmsKeyKept",)},
        chosen=("multi_region",),
        free=KeyOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        multi_region: bool = False,
        pending_window: Duration = _LONGEST_WAIT,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[KeyOptions],
    ) -> None:
        """Make a key.

        Args:
            scope: where it belongs.
            id: its id there.
            multi_region: makes a primary key that `ReplicaEncryptionKey` can copy to other Regions; by default the key
                material never leaves its Region. It can't be changed later.
            pending_window: how long a deletion waits, 7 to 30 days; by default, and unless waived, 30.
            removal_policy: by default the key stays when the stack goes, as what it encrypts does.
            waivers: exceptions from the rules about keys.
            **options: of `kms.Key`, see `KeyOptions`.

        Raises:
            ComplianceError: an option is fixed or unknown, or weaker than a rule that is not waived.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        days = days_of(pending_window)
        if not _SHORTEST_WAIT_DAYS <= days <= _LONGEST_WAIT_DAYS:
            arguments.refuse(
                "pending_window",
                pending_window,
                asked="7 to 30 days",
                way_out="KMS knows no other waiting period",
                citation="164.308(a)(7)(i)",
            )
        arguments.govern(
            "pending_window",
            pending_window,
            holds=days >= _LONGEST_WAIT_DAYS,
            asked="30 days",
            rule="KmsKeyDeletedSlowly",
        )
        arguments.govern(
            "removal_policy", removal_policy, holds=removal_policy in KEEPING, asked="RETAIN", rule="KmsKeyKept"
        )
        super().__init__(scope, id)
        self.key = kms.Key(
            self,
            "Default",
            enable_key_rotation=True,
            multi_region=multi_region or None,
            pending_window=pending_window,
            removal_policy=removal_policy,
            **options,
        )
        self._is_of_logs = False
        if waivers:
            resource = self.key.node.default_child
            assert isinstance(resource, CfnResource)
            record(resource, waivers, path=arguments.path)

    @classmethod
    def of(cls, scope: IConstruct) -> EncryptionKey:
        """Return the one key of a stack, which is made when it is first asked for.

        Nested stacks use the key of the stack they belong to.

        Args:
            scope: anything in the stack.

        Raises:
            ComplianceError: something else than an `EncryptionKey` is called ``EncryptionKey`` in the stack.
        """
        return one_of_stack(
            scope,
            cls,
            lambda stack, id: cls(stack, id, description=f"Encrypts the data of the stack {stack.node.path}"),
            way_out="pass encryption_key= wherever a key is asked for",
        )

    def allow_cloudwatch_logs(self) -> None:
        """Let CloudWatch Logs use the key, for the log groups of this account and Region only.

        The condition is on the encryption context and not on one log group, whose generated name would make the key
        depend on the log group that depends on it.

        AWS: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
        """
        if not self._is_of_logs:
            self.key.add_to_resource_policy(_cloudwatch_logs_statement())
            self._is_of_logs = True


class ReplicaEncryptionKey(Construct):
    """A copy of a multi-Region key in the Region of its own stack, retained like its primary.

    What the primary encrypts, the replica decrypts, with the same key id in another Region. The price is that of a key.

    Rules: KmsKeyDeletedSlowly, KmsKeyKept, KmsKeyPolicyNamesPrincipals.
    AWS: https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html

    Attributes:
        resource: the ``AWS::KMS::ReplicaKey``; the CDK has no construct of a higher level for it.
        key: the same as a `kms.IKey`.
    """

    contract = Contract(
        wraps=kms.CfnReplicaKey, types=("AWS::KMS::ReplicaKey",), fixed={}, governed={}, free=ReplicaKeyOptions
    )

    def __init__(
        self, scope: Construct, id: str, *, primary_key_arn: str, description: str = "", waivers: Sequence[Waiver] = ()
    ) -> None:
        """Make a replica.

        Args:
            scope: where it belongs, in a stack of another Region than the primary's.
            id: its id there.
            primary_key_arn: the ARN of the primary key, as text or as a cross-Region reference of the CDK.
            description: what it is for; empty by default.
            waivers: exceptions from the rules about keys.

        Raises:
            ComplianceError: a waiver is not about keys.
        """
        Arguments(scope, id, contract=self.contract, waivers=waivers)
        super().__init__(scope, id)
        self._policy = iam.PolicyDocument(
            statements=[
                iam.PolicyStatement(actions=["kms:*"], resources=["*"], principals=[iam.AccountRootPrincipal()])
            ]
        )
        self.resource = kms.CfnReplicaKey(
            self,
            "Default",
            primary_key_arn=primary_key_arn,
            key_policy=self._policy,
            description=description or None,
            pending_window_in_days=_LONGEST_WAIT_DAYS,
        )
        self.resource.apply_removal_policy(RemovalPolicy.RETAIN)
        self.key: kms.IKey = kms.Key.from_key_arn(self, "Key", self.resource.attr_arn)
        self._is_of_logs = False
        record(self.resource, waivers, path=self.node.path)

    def allow_cloudwatch_logs(self) -> None:
        """Let CloudWatch Logs use the key, for the log groups of this account and Region only."""
        if not self._is_of_logs:
            self.let_in(_cloudwatch_logs_statement())
            self._is_of_logs = True

    def let_in(self, *statements: iam.PolicyStatement) -> None:
        """Add statements to the policy of the key.

        Args:
            statements: each with the condition that AWS documents against confused deputies, if it names a service.
        """
        self._policy.add_statements(*statements)


AnyKey: TypeAlias = EncryptionKey | ReplicaEncryptionKey | kms.IKey
"""Whatever may be passed as an ``encryption_key``. An imported key must already let the services use it."""


def is_alias(key: AnyKey | None) -> bool:
    """Tell whether a key is only named by an alias, one of the app or an imported one."""
    if key is None or isinstance(key, (EncryptionKey, ReplicaEncryptionKey)):
        return False
    return isinstance(key, kms.Alias) or ":alias/" in key.key_arn


def usable_key(scope: IConstruct, given: AnyKey | None, *, by_cloudwatch_logs: bool = False) -> kms.IKey:
    """Return the key that a construct was given, or else its stack's, as the CDK sees it.

    Args:
        scope: the construct.
        given: what its user passed.
        by_cloudwatch_logs: whether CloudWatch Logs must be able to use it.
    """
    chosen = EncryptionKey.of(scope) if given is None else given
    if isinstance(chosen, (EncryptionKey, ReplicaEncryptionKey)):
        if by_cloudwatch_logs:
            chosen.allow_cloudwatch_logs()
        return chosen.key
    if by_cloudwatch_logs:
        chosen.add_to_resource_policy(_cloudwatch_logs_statement())
    return chosen


def let_in(key: AnyKey, *statements: iam.PolicyStatement) -> None:
    """Add statements to the policy of a key; an imported one must have them already."""
    if isinstance(key, ReplicaEncryptionKey):
        key.let_in(*statements)
        return
    policy = key.key if isinstance(key, EncryptionKey) else key
    for statement in statements:
        policy.add_to_resource_policy(statement)


def _cloudwatch_logs_statement() -> iam.PolicyStatement:
    log_groups = f"arn:{PARTITION}:logs:{REGION}:{ACCOUNT_ID}:log-group:*"
    return iam.PolicyStatement(
        sid="CloudWatchLogsOfThisAccount",
        actions=["kms:Decrypt", "kms:Describe*", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
        resources=["*"],
        principals=[iam.ServicePrincipal(f"logs.{REGION}.amazonaws.com")],
        conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_groups}},
    )
