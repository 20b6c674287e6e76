"""What a template must show of Amazon OpenSearch Serverless: what its security policies say."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import NOT_APPLICABLE, Outcome, all_met
from hipaa_constructs.rules._policy import as_document
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._stores import AT_REST, PRIVATE, off_or_absent

POLICY = "AWS::OpenSearchServerless::SecurityPolicy"
COLLECTION = "AWS::OpenSearchServerless::Collection"
_GUIDE = "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/"


def _parsed(policy: Resource) -> Node | Outcome:
    """Return what the policy says, with `UNKNOWN` for each piece of the text that is not known."""
    place = policy.at("Policy")
    said = as_document(place)
    if said is place:
        return place.undecided() if place.is_unknown else place.broken()
    return said


@rule(
    title="every collection of OpenSearch Serverless is encrypted with a customer managed key",
    fix="set KmsARN to a key of yours in the policy of type encryption, and AWSOwnedKey to false",
    applies_to=(POLICY, COLLECTION),
    controls=AT_REST,
    requirement="HC-357",
    severity=Severity.WARNING,
    url=_GUIDE + "serverless-encryption.html",
)
def opensearch_serverless_uses_customer_managed_key(resource: Resource) -> Outcome:
    """Judge policies of encryption, and collections that name a key themselves."""
    if resource.type == COLLECTION:
        config = resource.at("EncryptionConfig")
        return NOT_APPLICABLE if config.is_absent else _own_key(config, "KmsKeyArn")
    kind = resource.at("Type")
    if kind.is_unknown or kind.text != "encryption":
        return kind.undecided() if kind.is_unknown else NOT_APPLICABLE
    policy = _parsed(resource)
    return _own_key(policy, "KmsARN") if isinstance(policy, Node) else policy


def _own_key(config: Node, name: str) -> Outcome:
    return all_met([off_or_absent(config.at("AWSOwnedKey")), customers_key(config.at(name))])


@rule(
    title="no collection of OpenSearch Serverless is reached from the internet",
    fix="set AllowFromPublic to false and SourceVPCEs to endpoints of yours in the policy of type network",
    applies_to=(POLICY,),
    controls=PRIVATE,
    requirement="HC-360",
    url=_GUIDE + "serverless-network.html",
)
def opensearch_serverless_not_public(resource: Resource) -> Outcome:
    """Judge every rule of policies of the network; without one a collection can't be reached at all."""
    kind = resource.at("Type")
    if kind.is_unknown or kind.text != "network":
        return kind.undecided() if kind.is_unknown else NOT_APPLICABLE
    policy = _parsed(resource)
    if not isinstance(policy, Node):
        return policy
    return all_met(off_or_absent(one.at("AllowFromPublic")) for one in policy.items() or [policy])
