"""Amazon SNS: topics that only TLS reaches, and that alarms can publish to although they are encrypted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct, IConstruct

from hipaa_constructs.services._of_stack import one_of_stack
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._tokens import ACCOUNT_ID, PARTITION, REGION
from hipaa_constructs.services._waiving import waive
from hipaa_constructs.services.kms import AnyKey, EncryptionKey, let_in, usable_key
from hipaa_constructs.waivers import Waiver


class TopicOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_sns.Topic` that are passed on as they are."""

    content_based_deduplication: bool
    display_name: str
    fifo: bool
    fifo_throughput_scope: sns.FifoThroughputScope
    logging_configs: Sequence[sns.LoggingConfig]
    message_retention_period_in_days: float
    signature_version: str
    topic_name: str
    tracing_config: sns.TracingConfig


class EncryptedTopic(Construct):
    """A topic whose messages are encrypted with your key, and that accepts them over TLS only.

    Alarms, event rules and other services of AWS can't publish to an encrypted topic before both its policy and its
    key's let them: `allow_alarms`, `allow_event_rules` and `allow_service` do, for this account alone.

    A million requests cost about 0.50 USD, deliveries by protocol; nothing by the hour.

    Rules: SnsTopicUsesCustomerManagedKey, SnsTopicTlsOnly, SnsTopicPolicyNamesPrincipals.
    Your duty: who subscribes. E-mail and text messages leave the encrypted path: no PHI belongs in them. Topic names,
    subjects and message attributes are not encrypted.
    AWS: https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html

    Attributes:
        topic: the `sns.Topic`, with the logical id that it would have without this construct.
    """

    contract = Contract(
        wraps=sns.Topic,
        types=("AWS::SNS::Topic", "AWS::SNS::TopicPolicy"),
        fixed={
            "enforce_ssl": "publishing without TLS is always denied (164.312(e)(1))",
            "master_key": "pass encryption_key; a topic is always encrypted with a key of yours (164.312(a)(2)(iv))",
        },
        governed={},
        chosen=("encryption_key",),
        free=TopicOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        encryption_key: AnyKey | None = None,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[TopicOptions],
    ) -> None:
        """Make a topic.

        Args:
            scope: where it belongs.
            id: its id there.
            encryption_key: by default the stack's `EncryptionKey`. An imported key must let the services use it that
                publish.
            waivers: exceptions from the rules about topics and their policies.
            **options: of `sns.Topic`, see `TopicOptions`.

        Raises:
            ComplianceError: an option is fixed or unknown, or a waiver is about something else.
        """
        Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        super().__init__(scope, id)
        self._key = EncryptionKey.of(self) if encryption_key is None else encryption_key
        self.topic = sns.Topic(self, "Default", master_key=usable_key(scope, self._key), enforce_ssl=True, **options)
        waive(self, *waivers)

    @classmethod
    def of(cls, scope: IConstruct) -> EncryptedTopic:
        """Return the one topic of a stack that alarms go to, which is made when it is first asked for.

        Nested stacks use the topic of the stack they belong to.

        Args:
            scope: anything in the stack.

        Raises:
            ComplianceError: something else than an `EncryptedTopic` is called ``EncryptedTopic`` in the stack.
        """
        return one_of_stack(scope, cls, cls, way_out="pass a topic wherever one is asked for")

    def allow_alarms(self) -> None:
        """Let the CloudWatch alarms of this account and Region publish.

        AWS: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
        """
        self.allow_service(
            "cloudwatch.amazonaws.com",
            source_arn=f"arn:{PARTITION}:cloudwatch:{REGION}:{ACCOUNT_ID}:alarm:*",
        )

    def allow_event_rules(self) -> None:
        """Let the EventBridge rules of this account and Region publish.

        AWS: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
        """
        self.allow_service(
            "events.amazonaws.com",
            source_arn=f"arn:{PARTITION}:events:{REGION}:{ACCOUNT_ID}:rule/*",
        )

    def allow_service(self, service: str, *, source_arn: str | None = None) -> None:
        """Let a service of AWS publish on behalf of this account alone, and use the key for its topics.

        In the key's policy the condition is the encryption context, which SNS sets for every message, as some services
        send no source to KMS.

        Args:
            service: its principal, e.g. ``backup.amazonaws.com``.
            source_arn: an ARN or pattern of what publishes; by default anything of this account.

        AWS: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
        """
        principal = iam.ServicePrincipal(service)
        source = (
            {"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}}
            if source_arn is None
            else {"ArnLike": {"aws:SourceArn": source_arn}}
        )
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["sns:Publish"], resources=[self.topic.topic_arn], principals=[principal], conditions=source
            )
        )
        topics = f"arn:{PARTITION}:sns:{REGION}:{ACCOUNT_ID}:*"
        let_in(
            self._key,
            iam.PolicyStatement(
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                resources=["*"],
                principals=[principal],
                conditions={"ArnLike": {"kms:EncryptionContext:aws:sns:topicArn": topics}},
            ),
        )
