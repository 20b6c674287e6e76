"""What is judged of how instances are operated."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NEVER_TEXT,
    NEVER_TRUE,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    outcome,
    resource,
    template,
    verdict,
)

INSTANCE = "AWS::EC2::Instance"
TEMPLATE = "AWS::EC2::LaunchTemplate"
CONFIGURATION = "AWS::AutoScaling::LaunchConfiguration"
SPOT = "AWS::EC2::SpotFleet"
FLEET = "AWS::EC2::EC2Fleet"
GROUP = "AWS::AutoScaling::AutoScalingGroup"
LATEST: Json = {"LaunchTemplateId": {"Ref": "Other"}, "Version": {"Fn::GetAtt": ["Other", "LatestVersionNumber"]}}


def launched(kind: str, properties: Json) -> Body:
    holders: dict[str, Json] = {
        TEMPLATE: {"LaunchTemplateData": properties},
        SPOT: {"SpotFleetRequestConfigData": {"LaunchSpecifications": [properties]}},
        FLEET: {"LaunchTemplateConfigs": [{"Overrides": [properties]}]},
    }
    return template({"It": resource(kind, holders.get(kind, properties))})


def from_template(properties: Body, data: Json) -> Body:
    own: Json = {"LaunchTemplate": LATEST, **properties}
    return template({"It": resource(INSTANCE, own), "Other": resource(TEMPLATE, {"LaunchTemplateData": data})})


@pytest.mark.parametrize(
    ("profile", "wanted"),
    [
        ("portal", MET),
        ({"Ref": "Profile"}, UNDECIDED),
        ({"Fn::GetAtt": ["Profile", "Arn"]}, MET),
        ("", BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
        *((value, BROKEN) for value in NEVER_TEXT),
    ],
)
def test_an_instance_profile_is_named(profile: Json, wanted: str) -> None:
    assert verdict("Ec2InstanceHasProfile", launched(INSTANCE, {"IamInstanceProfile": profile})) == wanted


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        ({"IamInstanceProfile": {"Arn": {"Fn::GetAtt": ["Profile", "Arn"]}}}, MET),
        ({"IamInstanceProfile": {"Name": "portal"}}, MET),
        ({"IamInstanceProfile": {}}, BROKEN),
        ({"IamInstanceProfile": {"Name": 7}}, BROKEN),
        ({"IamInstanceProfile": {"Name": PARAMETER}}, UNDECIDED),
        ({"IamInstanceProfile": PARAMETER}, UNDECIDED),
        ({}, BROKEN),
    ],
)
def test_a_launch_template_gives_the_profile(data: Json, wanted: str) -> None:
    assert verdict("Ec2InstanceHasProfile", from_template({}, data)) == wanted


def test_what_a_launch_template_lacks_is_found_on_the_instance() -> None:
    found = outcome("Ec2InstanceHasProfile", from_template({}, {}))
    assert (found.property, found.found) == ("IamInstanceProfile", "absent in its launch template")


def test_what_a_launch_template_hides_is_found_on_the_instance() -> None:
    found = outcome("Ec2InstanceHasProfile", from_template({}, {"IamInstanceProfile": PARAMETER}))
    assert found.path == ("Properties", "IamInstanceProfile")
    assert found.found == '{"Ref": "AnyParameter"} is known at deployment only'


def test_an_instance_overrules_its_launch_template() -> None:
    assert verdict("Ec2InstanceMonitored", from_template({"Monitoring": False}, {"Monitoring": {"Enabled": True}})) == (
        BROKEN
    )
    assert verdict("Ec2InstanceMonitored", from_template({"Monitoring": True}, {})) == MET


@pytest.mark.parametrize(
    ("specification", "wanted"),
    [
        (LATEST, MET),
        ({"LaunchTemplateId": {"Ref": "Other"}, "Version": "$Latest"}, MET),
        ({"LaunchTemplateId": {"Ref": "Other"}, "Version": "3"}, UNDECIDED),
        ({"LaunchTemplateName": "other", "Version": "$Latest"}, UNDECIDED),
        (PARAMETER, UNDECIDED),
        (GONE, BROKEN),
    ],
)
def test_a_launch_template_counts_in_its_latest_version(specification: Json, wanted: str) -> None:
    body = from_template({"LaunchTemplate": specification}, {"Monitoring": {"Enabled": True}})
    assert verdict("Ec2InstanceMonitored", body) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (True, MET),
        ("true", MET),
        (False, BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
        *((value, BROKEN) for value in NEVER_TRUE),
    ],
)
def test_detailed_monitoring_decides(value: Json, wanted: str) -> None:
    assert verdict("Ec2InstanceMonitored", launched(INSTANCE, {"Monitoring": value})) == wanted
    assert verdict("Ec2InstanceMonitored", launched(TEMPLATE, {"Monitoring": {"Enabled": value}})) == wanted
    assert verdict("Ec2InstanceMonitored", launched(SPOT, {"Monitoring": {"Enabled": value}})) == wanted


@pytest.mark.parametrize(("value", "wanted"), [(GONE, MET), (True, MET), (False, BROKEN), (PARAMETER, UNDECIDED)])
def test_a_launch_configuration_measures_by_default(value: Json, wanted: str) -> None:
    assert verdict("Ec2InstanceMonitored", launched(CONFIGURATION, {"InstanceMonitoring": value})) == wanted


@pytest.mark.parametrize("kind", [INSTANCE, TEMPLATE, CONFIGURATION, SPOT])
@pytest.mark.parametrize(
    ("type_", "optimized", "wanted"),
    [
        ("m3.xlarge", True, MET),
        ("m3.xlarge", "true", MET),
        ("m3.xlarge", GONE, BROKEN),
        ("r3.4xlarge", False, BROKEN),
        ("c1.xlarge", PARAMETER, UNDECIDED),
        ("m7g.large", GONE, MET),
        ("m7g.large", False, MET),
        ("m3.medium", GONE, MET),
        (GONE, GONE, MET),
        (PARAMETER, GONE, UNDECIDED),
        (PARAMETER, True, MET),
        (PARAMETER, PARAMETER, UNDECIDED),
    ],
)
def test_types_that_have_a_choice_are_ebs_optimized(kind: str, type_: Json, optimized: Json, wanted: str) -> None:
    body = launched(kind, {"InstanceType": type_, "EbsOptimized": optimized})
    assert verdict("Ec2InstanceEbsOptimized", body) == wanted


@pytest.mark.parametrize(
    "type_",
    [
        *("c1.xlarge", "c3.xlarge", "c3.2xlarge", "c3.4xlarge", "g2.2xlarge", "i2.xlarge", "i2.2xlarge", "i2.4xlarge"),
        *("m1.large", "m1.xlarge", "m2.2xlarge", "m2.4xlarge", "m3.xlarge", "m3.2xlarge"),
        *("r3.xlarge", "r3.2xlarge", "r3.4xlarge"),
    ],
)
def test_each_type_that_has_a_choice_is_known(type_: str) -> None:
    assert verdict("Ec2InstanceEbsOptimized", launched(INSTANCE, {"InstanceType": type_})) == BROKEN


def test_a_launch_template_says_whether_an_instance_is_ebs_optimized() -> None:
    own: Body = {"InstanceType": "m3.xlarge"}
    assert verdict("Ec2InstanceEbsOptimized", from_template(own, {"EbsOptimized": True})) == MET
    assert verdict("Ec2InstanceEbsOptimized", from_template(own, {})) == BROKEN


@pytest.mark.parametrize("kind", [INSTANCE, TEMPLATE, CONFIGURATION, SPOT, FLEET])
@pytest.mark.parametrize(
    ("key", "wanted"),
    [(GONE, MET), ("admin", BROKEN), (7, BROKEN), (None, BROKEN), (PARAMETER, UNDECIDED)],
)
def test_a_key_pair_breaks(kind: str, key: Json, wanted: str) -> None:
    assert verdict("Ec2WithoutKeyPair", launched(kind, {"KeyName": key})) == wanted


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::Batch::ComputeEnvironment", {"ComputeResources": {"Ec2KeyPair": "admin"}}),
        ("AWS::EKS::Nodegroup", {"RemoteAccess": {"Ec2SshKey": "admin"}}),
    ],
)
def test_a_key_pair_breaks_wherever_it_is_named(kind: str, properties: Json) -> None:
    assert verdict("Ec2WithoutKeyPair", launched(kind, properties)) == BROKEN
    assert verdict("Ec2WithoutKeyPair", launched(kind, {})) == MET


@pytest.mark.parametrize(
    ("parameter", "wanted"),
    [("AWS::EC2::KeyPair::KeyName", BROKEN), ("String", UNDECIDED), (3, UNDECIDED)],
)
def test_a_parameter_that_takes_key_pairs_is_never_empty(parameter: Json, wanted: str) -> None:
    parameters: Json = {"SomeKey": {"Type": parameter}}
    body = template({"It": resource(INSTANCE, {"KeyName": {"Ref": "SomeKey"}})}, Parameters=parameters)
    assert verdict("Ec2WithoutKeyPair", body) == wanted


@pytest.mark.parametrize("key", [{"Fn::ImportValue": "key"}, {"Fn::Sub": "${SomeKey}-x"}])
def test_a_key_pair_from_elsewhere_is_undecided(key: Json) -> None:
    parameters: Json = {"SomeKey": {"Type": "AWS::EC2::KeyPair::KeyName"}}
    body = template({"It": resource(INSTANCE, {"KeyName": key})}, Parameters=parameters)
    assert verdict("Ec2WithoutKeyPair", body) == UNDECIDED


def test_a_key_pair_of_the_templates_breaks() -> None:
    pair = resource("AWS::EC2::KeyPair", {"KeyName": "admin"})
    body = template({"It": resource(INSTANCE, {"KeyName": {"Ref": "Pair"}}), "Pair": pair})
    assert verdict("Ec2WithoutKeyPair", body) == BROKEN


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(True, MET), (False, BROKEN), (GONE, BROKEN), (PARAMETER, UNDECIDED), *((v, BROKEN) for v in NEVER_TRUE)],
)
def test_termination_protection_decides(value: Json, wanted: str) -> None:
    body = launched(INSTANCE, {"DisableApiTermination": value})
    assert verdict("Ec2InstanceProtectedFromTermination", body) == wanted
    body = from_template({}, {"DisableApiTermination": value})
    assert verdict("Ec2InstanceProtectedFromTermination", body) == wanted


@pytest.mark.parametrize("behind", [{"TargetGroupARNs": [{"Ref": "Group"}]}, {"LoadBalancerNames": ["classic"]}])
@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("ELB", MET),
        ("EC2,ELB", MET),
        ("ELB, EBS", MET),
        ("EC2", BROKEN),
        ("ELBS", BROKEN),
        ("", BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
        ({"Fn::Sub": "E${AnyParameter}B"}, UNDECIDED),
        ({"Fn::Sub": "e${AnyParameter}"}, BROKEN),
        *((value, BROKEN) for value in NEVER_TEXT),
    ],
)
def test_the_health_checks_of_a_group_decide(behind: Body, kind: Json, wanted: str) -> None:
    properties: Json = {**behind, "HealthCheckType": kind}
    target = resource("AWS::ElasticLoadBalancingV2::TargetGroup")
    body = template({"It": resource(GROUP, properties), "Group": target})
    assert verdict("AutoScalingGroupAsksLoadBalancer", body) == wanted


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({}, NOT_APPLICABLE),
        ({"TargetGroupARNs": []}, NOT_APPLICABLE),
        ({"TargetGroupARNs": [GONE]}, NOT_APPLICABLE),
        ({"TrafficSources": [{"Identifier": "arn", "Type": "vpc-lattice"}]}, NOT_APPLICABLE),
        ({"TrafficSources": [{"Identifier": "arn", "Type": "elbv2"}]}, BROKEN),
        ({"TrafficSources": [{"Identifier": "arn"}]}, BROKEN),
        ({"TargetGroupARNs": PARAMETER}, UNDECIDED),
        ({"TargetGroupARNs": PARAMETER, "HealthCheckType": "ELB"}, MET),
        ({"TargetGroupARNs": [PARAMETER, "arn:aws:x"]}, BROKEN),
        ({"TargetGroupARNs": "x"}, BROKEN),
    ],
)
def test_groups_that_no_load_balancer_sends_to_are_let_be(properties: Json, wanted: str) -> None:
    assert verdict("AutoScalingGroupAsksLoadBalancer", template({"It": resource(GROUP, properties)})) == wanted


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ("Ec2InstanceMonitored", "Monitoring"),
        ("Ec2WithoutKeyPair", "KeyName"),
        ("Ec2InstanceProtectedFromTermination", "DisableApiTermination"),
    ],
)
@pytest.mark.parametrize("value", MALFORMED, ids=str)
def test_a_malformed_intrinsic_function_is_no_pass(rule: str, place: str, value: Json) -> None:
    assert verdict(rule, launched(INSTANCE, {place: value})) in (BROKEN, UNDECIDED)


@pytest.mark.parametrize("properties", ["x", [], 3])
@pytest.mark.parametrize(
    "rule", ["Ec2InstanceHasProfile", "Ec2InstanceMonitored", "Ec2InstanceProtectedFromTermination"]
)
def test_properties_of_a_wrong_type_break(rule: str, properties: Json) -> None:
    assert verdict(rule, template({"It": resource(INSTANCE, properties)})) in (BROKEN, UNDECIDED)


@pytest.mark.parametrize(
    ("kind", "properties", "wanted"),
    [
        (SPOT, {"BlockDeviceMappings": [{"Ebs": {"Encrypted": True}}]}, MET),
        (SPOT, {"BlockDeviceMappings": [{"Ebs": {}}]}, BROKEN),
        (SPOT, {}, UNDECIDED),
        (FLEET, {"BlockDeviceMappings": [{"Ebs": {"Encrypted": False}}]}, BROKEN),
        (FLEET, {}, NOT_APPLICABLE),
    ],
)
def test_the_volumes_of_fleets_are_encrypted(kind: str, properties: Json, wanted: str) -> None:
    assert verdict("Ec2VolumesEncrypted", launched(kind, properties)) == wanted
