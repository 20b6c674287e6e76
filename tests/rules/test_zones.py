"""What is judged of the zones of subnets, whatever names them."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, MET, PARAMETER, UNDECIDED, outcome, resource, template, verdict

BALANCERS = "AWS::ElasticLoadBalancingV2::LoadBalancer"
RULES = ("LoadBalancerSpansZones", "AutoScalingGroupSpansZones", "EcsServiceRunsTwoTasks", "LambdaSpansZones")
EACH_RULE = pytest.mark.parametrize("rule", RULES)
SUBNETS: dict[str, Json] = {
    "A": {"AvailabilityZone": "us-east-1a"},
    "AlsoA": {"AvailabilityZone": "us-east-1a", "AvailabilityZoneId": "use1-az9"},
    "B": {"AvailabilityZone": "us-east-1b"},
    "One": {"AvailabilityZoneId": "use1-az1"},
    "AlsoOne": {"AvailabilityZoneId": "use1-az1"},
    "Two": {"AvailabilityZoneId": "use1-az2"},
    "First": {"AvailabilityZone": {"Fn::Select": [0, {"Fn::GetAZs": ""}]}},
    "AlsoFirst": {"AvailabilityZone": {"Fn::Select": [0, {"Fn::GetAZs": ""}]}},
    "Anywhere": {},
    "Elsewhere": {},
}


def holder(rule: str, subnets: Json) -> Json:
    match rule:
        case "LoadBalancerSpansZones":
            return resource(BALANCERS, {"Subnets": subnets})
        case "AutoScalingGroupSpansZones":
            return resource("AWS::AutoScaling::AutoScalingGroup", {"VPCZoneIdentifier": subnets})
        case "EcsServiceRunsTwoTasks":
            network: Json = {"AwsvpcConfiguration": {"Subnets": subnets}}
            return resource("AWS::ECS::Service", {"DesiredCount": 2, "NetworkConfiguration": network})
    return resource("AWS::Lambda::Function", {"VpcConfig": {"SubnetIds": subnets}})


def body_of(rule: str, subnets: Json) -> dict[str, Json]:
    declared = {name: resource("AWS::EC2::Subnet", properties) for name, properties in SUBNETS.items()}
    return template({"It": holder(rule, subnets), **declared})


@EACH_RULE
@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (("A", "B"), MET),
        (("A", "AlsoA"), BROKEN),
        (("A", "AlsoA", "B"), MET),
        (("A", "A"), BROKEN),
        (("One", "Two"), MET),
        (("One", "AlsoOne"), BROKEN),
        (("First", "AlsoFirst"), BROKEN),
        (("A", "Two"), MET),
        (("Anywhere", "Elsewhere"), MET),
        (("Anywhere", "Anywhere"), BROKEN),
        (("A", "Anywhere"), MET),
        (("Anywhere", "A"), MET),
        (("A",), BROKEN),
        ((), BROKEN),
    ],
    ids=str,
)
def test_the_zones_of_subnets_decide(rule: str, names: tuple[str, ...], wanted: str) -> None:
    if names or rule != "LambdaSpansZones":
        assert verdict(rule, body_of(rule, [{"Ref": name} for name in names])) == wanted


@EACH_RULE
@pytest.mark.parametrize(
    ("subnets", "wanted"),
    [
        (["subnet-1", "subnet-2"], MET),
        (["subnet-1", "subnet-1"], BROKEN),
        ([{"Ref": "A"}, "subnet-1"], MET),
        ([{"Ref": "A"}, {"Ref": "AlsoA"}, "subnet-1"], MET),
        (PARAMETER, UNDECIDED),
    ],
    ids=str,
)
def test_a_subnet_of_elsewhere_may_be_in_another_zone(rule: str, subnets: Json, wanted: str) -> None:
    assert verdict(rule, body_of(rule, subnets)) == wanted


@EACH_RULE
def test_a_finding_tells_what_is_missing(rule: str) -> None:
    assert outcome(rule, body_of(rule, [{"Ref": "A"}])).found == "1 subnets"
    assert outcome(rule, body_of(rule, [{"Ref": "A"}, {"Ref": "A"}])).found == "one subnet only"
    assert outcome(rule, body_of(rule, [{"Ref": "A"}, {"Ref": "AlsoA"}])).found == "all in one zone"
