"""What the CDK does not know yet."""

from __future__ import annotations

from aws_cdk import Aws, Fn, Token

# Asked of the CDK, which is another process, once and not in every ARN.
PARTITION, REGION, ACCOUNT_ID = Aws.PARTITION, Aws.REGION, Aws.ACCOUNT_ID

STACK_UUID = Fn.select(2, Fn.split("/", Aws.STACK_ID))
"""The end of a name that another deployment of the stack does not find taken by what this one left."""


def is_unresolved(value: object) -> bool:
    """Tell whether a value holds a token, and ask the CDK, which knows, only where it may."""
    match value:
        case None | bool():
            return False
        case str():
            return "${Token[" in value and Token.is_unresolved(value)
        case int() | float():
            return value < 0 and Token.is_unresolved(value)
        case list():
            return any("#{Token[" in one for one in value if isinstance(one, str)) and Token.is_unresolved(value)
    return Token.is_unresolved(value)
