"""Whose key a value names."""

from __future__ import annotations

from hipaa_constructs.rules._node import Node
from hipaa_constructs.rules._outcome import Outcome


def customers_key(key: Node, *, by_alias: bool = False) -> Outcome:
    """Judge that a place names a customer managed key.

    Args:
        key: the place.
        by_alias: whether the service looks an alias up in the owner's account; where it looks in the caller's, or takes
            ARNs only, an alias names no key of the owner's.
    """
    aliases = any(target.type == "AWS::KMS::Alias" for target in key.targets())
    refused = "alias/aws/" if by_alias else "alias/"
    if refused in key.outline() or (aliases and not by_alias):
        return key.broken()
    return key.undecided() if key.may_be("alias/aws/service") else key.must_be_set()
