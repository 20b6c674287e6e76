"""What a template must show of Amazon EventBridge."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome, all_met, any_met
from hipaa_constructs.rules._policy import callers_named, read
from hipaa_constructs.rules._rule import Severity, rule

BUS = "AWS::Events::EventBus"
BUS_POLICY = "AWS::Events::EventBusPolicy"
_GUIDE = "https://docs.aws.amazon.com/eventbridge/latest/userguide/"


@rule(
    title="every event bus is encrypted with a customer managed key",
    fix="set KmsKeyIdentifier to a key of yours",
    applies_to=(BUS,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-408",
    severity=Severity.WARNING,
    url=_GUIDE + "eb-encryption-event-bus-cmkey.html",
)
def event_bus_uses_customer_managed_key(bus: Resource) -> Outcome:
    """Judge the key; EventBridge encrypts with one of its own otherwise."""
    return customers_key(bus.at("KmsKeyIdentifier"), by_alias=True)


@rule(
    title="no policy opens an event bus to everyone",
    fix="name principals, or an organization in Condition",
    applies_to=(BUS, BUS_POLICY),
    controls=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    requirement="HC-409",
    same_as=("prowler:eventbridge_bus_exposed",),
    url=_GUIDE + "eb-event-bus-permissions-manage.html",
)
def event_bus_policy_names_principals(resource: Resource) -> Outcome:
    """Judge each statement that allows something, also in the older form; a bus without a policy is the account's."""
    if resource.type == BUS:
        return _document(resource.at("Policy"))
    statement = resource.at("Statement")
    return _older(resource) if statement.is_absent else _statement(statement)


def _document(place: Node) -> Outcome:
    if place.is_absent:
        return MET
    if not (place.is_unknown or isinstance(place.value, (dict, str))):
        return place.broken()
    statements, hidden = read(place)
    unsure = [place.undecided()] if hidden or place.is_unknown else []
    return all_met([MET, *unsure, *map(callers_named, statements)])


def _statement(place: Node) -> Outcome:
    if place.is_unknown:
        return place.undecided()
    # The property holds one statement, where a document would hold several.
    document = Node(place.template, {"Statement": place.value if isinstance(place.value, dict) else None}, place.path)
    statements, _ = read(document)
    return all_met(map(callers_named, statements)) if statements else place.broken()


def _older(policy: Resource) -> Outcome:
    principal, condition = policy.at("Principal"), policy.at("Condition")
    if principal.text and principal.text != "*":
        return MET
    confined = condition.at("Value").must_be_set() if condition.at("Key").text == "aws:PrincipalOrgID" else None
    named = principal.undecided() if principal.is_unknown else principal.broken()
    hidden = condition.undecided() if condition.is_unknown else None
    return any_met(one for one in (confined, named, hidden) if one is not None)
