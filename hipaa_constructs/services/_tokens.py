"""What the CDK does not know yet."""

from __future__ import annotations

from aws_cdk import Aws, Token

# Asked of the CDK, which is another process, once and not in every ARN.
PARTITION, REGION, ACCOUNT_ID = Aws.PARTITION, Aws.REGION, Aws.ACCOUNT_ID


def is_unresolved(value: object) -> bool:
    """Tell whether a value holds a token, and ask the CDK only where it may."""
    if isinstance(value, str) and "${Token[" not in value:
        return False
    return Token.is_unresolved(value)
