"""Functions, weakened."""

from __future__ import annotations

from aws_cdk import Stack

from tests.mutation._weakening import Weakening
from tools import examples


def function(stack: Stack) -> None:
    examples.function(stack).add_function_url()


WEAKENING = Weakening(
    "lambda",
    (function,),
    only=(
        "Function:Properties/DeadLetterConfig*:deleted",
        "Function:Properties/KmsKeyArn:*",
        "Function:Properties/LoggingConfig:deleted",
        "Function:Properties/LoggingConfig/LogGroup:*",
        "Function:Properties/ReservedConcurrentExecutions:deleted",
        "Function:Properties/Runtime:deleted",
        "Function:Properties/TracingConfig*:*",
        "Function:Properties/VpcConfig*:deleted",
        "LogGroup:Properties/DataProtectionPolicy:deleted",
        "LogGroup:Properties/KmsKeyId:*",
        "LogGroup:Properties/RetentionInDays:*",
        "LogGroup:*Policy:*",
        "Queue:Properties/KmsMasterKeyId:*",
        "QueuePolicy:Properties/PolicyDocument/Statement/0/Condition*:*",
        "SecurityGroup:Properties/SecurityGroupEgress/0/*Port:*",
        "Url:Properties/AuthType:*",
    ),
    exempt=(("Function:Properties/TracingConfig*", "*", "traces are for operations; who called what is in the logs"),),
)
