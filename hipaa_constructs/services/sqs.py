"""Amazon SQS: queues that only TLS reaches, encrypted, with a second queue for what can't be worked off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict, Unpack

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._waiving import excuse
from hipaa_constructs.services.kms import AnyKey, usable_key
from hipaa_constructs.services.profile import Relaxation
from hipaa_constructs.waivers import Waiver

_LONGEST = Duration.days(14)
_REMOVAL = Relaxation(
    option="removal_policy",
    production=RemovalPolicy.RETAIN,
    development=RemovalPolicy.DESTROY,
    without_phi=True,
)
_KEY_REUSE = (Duration.minutes(1), Duration.days(1))


class QueueOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_sqs.Queue` that are passed on as they are."""

    content_based_deduplication: bool
    data_key_reuse: Duration
    deduplication_scope: sqs.DeduplicationScope
    delivery_delay: Duration
    fifo: bool
    fifo_throughput_limit: sqs.FifoThroughputLimit
    max_message_size_bytes: float
    queue_name: str
    receive_message_wait_time: Duration
    redrive_allow_policy: sqs.RedriveAllowPolicy
    retention_period: Duration
    visibility_timeout: Duration


class EncryptedQueue(Construct):
    """A queue whose messages are encrypted with your key and kept for 14 days, and that speaks TLS only.

    What is received too often without being deleted goes to a second queue, encrypted in the same way. Both stay when
    the stack goes. A million requests cost about 0.40 USD, as do about 130,000 data keys that SQS asks KMS for; nothing
    by the hour.

    Rules: SqsQueueUsesCustomerManagedKey, SqsQueueTlsOnly, SqsQueuePolicyNamesPrincipals, SqsQueueHasDeadLetterQueue.
    Your duty: an alarm on the second queue, and that names of queues and attributes of messages, which are not
    encrypted, hold no PHI; better that messages name records and hold nothing of them.
    AWS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html

    Attributes:
        queue: the `sqs.Queue`, with the logical id that it would have without this construct.
        dead_letter_queue: the queue for what failed; None if that is waived.
    """

    contract = Contract(
        wraps=sqs.Queue,
        types=("AWS::SQS::Queue", "AWS::SQS::QueuePolicy"),
        fixed={
            "encryption": "it is always SSE-KMS (164.312(a)(2)(iv)); pass encryption_key to choose the key",
            "encryption_master_key": "pass encryption_key; a queue is always encrypted with a key of yours "
            "(164.312(a)(2)(iv))",
            "enforce_ssl": "requests without TLS are always denied (164.312(e)(1))",
        },
        governed={"dead_letter_queue": ("SqsQueueHasDeadLetterQueue",)},
        chosen=("removal_policy",),
        free=QueueOptions,
        relaxations=(_REMOVAL,),
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        encryption_key: AnyKey | None = None,
        dead_letter_queue: sqs.DeadLetterQueue | Literal[False] | None = None,
        max_receive_count: int = 5,
        removal_policy: RemovalPolicy | None = None,
        holds_phi: bool = True,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[QueueOptions],
    ) -> None:
        """Make a queue.

        Args:
            scope: where it belongs.
            id: its id there.
            encryption_key: by default the stack's `EncryptionKey`. An imported key must let the services use it that
                send.
            dead_letter_queue: where messages go that can't be worked off; by default a queue of its own with the same
                key, which keeps them for 14 days. False, if waived, drops them when their time is up.
            max_receive_count: how often a message is received before it goes there; by default 5 times.
            removal_policy: by default both queues stay when the stack goes, with their messages.
            holds_phi: False says that it holds no PHI; a development environment then lets it go with its stack.
            waivers: exceptions from the rules about queues and their policies.
            **options: of `sqs.Queue`, see `QueueOptions`. Messages are kept for 14 days by default, the longest, and
                data keys are used for 5 minutes.

        Raises:
            ComplianceError: an option is fixed or unknown, weaker than a rule that is not waived, or none that SQS
                takes.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options, holds_phi=holds_phi)
        removal_policy = arguments.default(_REMOVAL, removal_policy)
        arguments.govern(
            "dead_letter_queue",
            dead_letter_queue,
            holds=dead_letter_queue is not False,
            asked="a queue for messages that fail",
            rule="SqsQueueHasDeadLetterQueue",
        )
        _check_counts(arguments, max_receive_count, options.get("data_key_reuse"))
        super().__init__(scope, id)
        key = usable_key(scope, encryption_key)
        options.setdefault("retention_period", _LONGEST)
        if dead_letter_queue is None:
            # SQS moves messages of a FIFO queue to another one only.
            fifo = bool(options.get("fifo") or options.get("queue_name", "").endswith(".fifo"))
            failed = queue_for_failures(self, "Failed", key, removal_policy, fifo=fifo)
            dead_letter_queue = sqs.DeadLetterQueue(queue=failed, max_receive_count=max_receive_count)
        self.dead_letter_queue: sqs.IQueue | None = dead_letter_queue.queue if dead_letter_queue else None
        self.queue = sqs.Queue(
            self,
            "Default",
            dead_letter_queue=dead_letter_queue or None,
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            enforce_ssl=True,
            removal_policy=removal_policy,
            **options,
        )
        excuse(self, arguments)


def queue_for_failures(
    scope: Construct, id: str, key: kms.IKey, removal_policy: RemovalPolicy, *, fifo: bool = False
) -> sqs.Queue:
    """Make a queue for what could not be worked off, which passes nothing on itself.

    Args:
        scope: what fails.
        id: its id there.
        key: that it is encrypted with.
        removal_policy: of the queue.
        fifo: whether it takes the messages of a FIFO queue.
    """
    return sqs.Queue(
        scope,
        id,
        encryption=sqs.QueueEncryption.KMS,
        encryption_master_key=key,
        enforce_ssl=True,
        fifo=fifo or None,
        removal_policy=removal_policy,
        retention_period=_LONGEST,
    )


def _check_counts(arguments: Arguments, max_receive_count: int, data_key_reuse: Duration | None) -> None:
    if not 1 <= max_receive_count <= 1000:
        arguments.refuse(
            "max_receive_count", max_receive_count, asked="1 to 1000", way_out="SQS counts no further",
            citation="164.308(a)(7)(i)",
        )  # fmt: skip
    shortest, longest = _KEY_REUSE
    if data_key_reuse is not None and not (
        shortest.to_seconds() <= data_key_reuse.to_seconds() <= longest.to_seconds()
    ):
        arguments.refuse(
            "data_key_reuse", data_key_reuse, asked="1 minute to 24 hours", way_out="SQS takes no other time",
            citation="164.312(a)(2)(iv)",
        )  # fmt: skip
