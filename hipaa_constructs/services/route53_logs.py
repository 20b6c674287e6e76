"""Amazon Route 53: who may write down which names are asked for, and what zones are signed with."""

from __future__ import annotations

from aws_cdk import Names, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct, IConstruct

from hipaa_constructs.services._of_stack import one_of_stack
from hipaa_constructs.services._tokens import ACCOUNT_ID, PARTITION, REGION, STACK_UUID
from hipaa_constructs.services.kms import AnyKey
from hipaa_constructs.services.logs import EncryptedLogGroup

_ZONES = f"arn:{PARTITION}:route53:::hostedzone/*"
_PUBLIC, _PRIVATE = "/aws/route53/", "/aws/route53resolver/"
_LONGEST_WAIT = 30


class DnsQueryLogging(Construct):
    """The one policy of a stack that lets Route 53 write to its log groups; CloudWatch Logs takes ten in a Region.

    AWS: https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateQueryLoggingConfig.html

    Attributes:
        resource: the ``AWS::Logs::ResourcePolicy``.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        """Make the policy.

        Args:
            scope: the stack.
            id: its id there.
        """
        super().__init__(scope, id)
        policy = logs.ResourcePolicy(
            self,
            "Default",
            # A policy that another deployment of the stack left has the id of that one.
            resource_policy_name=f"{Names.unique_resource_name(self, max_length=80)}-{STACK_UUID}",
            policy_statements=[
                _writing("route53.amazonaws.com", _PUBLIC, _ZONES),
                _writing(
                    "delivery.logs.amazonaws.com",
                    _PRIVATE,
                    f"arn:{PARTITION}:logs:{REGION}:{ACCOUNT_ID}:*",
                ),
            ],
        )
        resource = policy.node.default_child
        assert isinstance(resource, logs.CfnResourcePolicy)
        self.resource = resource
        # Log groups outlive the stack, and so do zones that write to them.
        resource.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)

    @classmethod
    def of(cls, scope: IConstruct) -> DnsQueryLogging:
        """Return the one of a stack, which is made when it is first asked for.

        Args:
            scope: anything in the stack.

        Raises:
            ComplianceError: something else is called ``DnsQueryLogging`` in the stack.
        """
        return one_of_stack(scope, cls, cls, way_out="make the zone in another stack")


def query_log(scope: Construct, id: str, key: AnyKey | None, *, public: bool) -> EncryptedLogGroup:
    """Make a log group that Route 53 may write to.

    Args:
        scope: the zone.
        id: its id there.
        key: what it is encrypted with.
        public: whether the queries of a public zone are written to it, or else those of a network.
    """
    # The end is the stack's own id, so that a stack that is deleted and made again does not find the name of the log
    # group that was kept.
    unique = Names.unique_resource_name(scope, max_length=80, separator="-").lower()
    name = f"{_PUBLIC if public else _PRIVATE}{unique}-{STACK_UUID}"
    return EncryptedLogGroup(scope, id, encryption_key=key, log_group_name=name, data_protection_policy=False)


class DnsSigningKey(Construct):
    """The one key of a stack that Route 53 signs the keys of zones with, retained like what it signs.

    It can't rotate by itself. The price is about 1 USD a month, and 0.15 USD for 10,000 signatures.

    AWS: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-configuring-dnssec-cmk-requirements.html

    Attributes:
        key: the `kms.Key`.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        """Make the key.

        Args:
            scope: the stack, of us-east-1.
            id: its id there.
        """
        super().__init__(scope, id)
        self.key = kms.Key(
            self,
            "Default",
            description="Signs the DNS zones of the stack",
            key_spec=kms.KeySpec.ECC_NIST_P256,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            removal_policy=RemovalPolicy.RETAIN,
        )
        resource = self.key.node.default_child
        assert isinstance(resource, kms.CfnKey)
        resource.pending_window_in_days = _LONGEST_WAIT
        for statement in _signing():
            self.key.add_to_resource_policy(statement)

    @classmethod
    def of(cls, scope: IConstruct) -> DnsSigningKey:
        """Return the one of a stack, which is made when it is first asked for.

        Args:
            scope: anything in the stack.

        Raises:
            ComplianceError: something else is called ``DnsSigningKey`` in the stack.
        """
        return one_of_stack(scope, cls, cls, way_out="pass signing_key=")


def _writing(service: str, prefix: str, source: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        actions=["logs:CreateLogStream", "logs:PutLogEvents"],
        resources=[f"arn:{PARTITION}:logs:{REGION}:{ACCOUNT_ID}:log-group:{prefix}*"],
        principals=[iam.ServicePrincipal(service)],
        conditions={"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}, "ArnLike": {"aws:SourceArn": source}},
    )


def _signing() -> list[iam.PolicyStatement]:
    service = iam.ServicePrincipal("dnssec-route53.amazonaws.com")
    own = {"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}, "ArnLike": {"aws:SourceArn": _ZONES}}
    return [
        iam.PolicyStatement(
            sid="DnssecOfThisAccount",
            actions=["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"],
            resources=["*"],
            principals=[service],
            conditions=own,
        ),
        iam.PolicyStatement(
            sid="DnssecGrantsToItself",
            actions=["kms:CreateGrant"],
            resources=["*"],
            principals=[service],
            # AWS documents no other condition here, and the CDK sets none.
            conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
    ]
