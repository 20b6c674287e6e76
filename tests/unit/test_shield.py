"""What the protections are, and what they refuse."""

from __future__ import annotations

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_route53 as route53

from hipaa_constructs import ComplianceError, EmergencyContact, ShieldEngagement, ShieldProtection
from tests._refusals import made, refusal
from tests._synthesis import Body, at, list_at, of_type, report_of, synthesized, the

PROTECTION = "AWS::Shield::Protection"
GROUP = "AWS::Shield::ProtectionGroup"
ENGAGEMENT = "AWS::Shield::ProactiveEngagement"
ACCESS = "AWS::Shield::DRTAccess"
ROLE = "AWS::IAM::Role"
DISTRIBUTION = "arn:aws:cloudfront::123456789012:distribution/EDFDVBD6EXAMPLE"
BALANCERS = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer"
APPLICATION = f"{BALANCERS}/app/portal/50dc6c495c0c9188"
ZONE = "arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ"
ADDRESS = "arn:aws:ec2:us-east-1:123456789012:eip-allocation/eipalloc-0123456789abcdef0"
HOTLINE = EmergencyContact(email_address="security@example.org", phone_number="+12065550100", notes="Day and night")
MAIL = EmergencyContact(email_address="ciso@example.org")


def protected(arn: str, **options: object) -> Body:
    return synthesized(lambda stack: made(ShieldProtection, stack, resource_arn=arn, **options))


def everything(stack: Stack) -> None:
    check = route53.HealthCheck.from_health_check_id(stack, "Check", "0123")
    portal = ShieldProtection(
        stack,
        "It",
        resource_arn=DISTRIBUTION,
        protection_name="portal",
        health_check=check,
        automatic_response="COUNT",
    )
    portal.grouped_with(
        ShieldProtection(stack, "Balancer", resource_arn=APPLICATION, automatic_response="BLOCK"), aggregation="MEAN"
    )
    ShieldEngagement(stack, "Team", contacts=[HOTLINE, MAIL])


PLAIN = protected(ZONE)
ALL = synthesized(everything)


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def test_a_protection_is_of_one_resource_and_has_a_name() -> None:
    assert at(the(PLAIN, PROTECTION), "Properties") == {"Name": "Stack-It-0FC868D4", "ResourceArn": ZONE}


def test_a_resource_of_the_stack_is_protected() -> None:
    def build(stack: Stack) -> None:
        balancer = elbv2.CfnLoadBalancer(stack, "Balancer")
        ShieldProtection(stack, "It", resource_arn=balancer.ref)

    assert at(the(synthesized(build), PROTECTION), "Properties", "ResourceArn") == {"Ref": "Balancer"}


def test_a_health_check_helps_to_tell_an_attack() -> None:
    arns = at(the(ALL, PROTECTION, "It"), "Properties", "HealthCheckArns")
    assert arns == [{"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":route53:::healthcheck/0123"]]}]


@pytest.mark.parametrize(("prefix", "action"), [("It", {"Count": {}}), ("Balancer", {"Block": {}})])
def test_shield_answers_in_the_way_that_was_asked_for(prefix: str, action: dict[str, object]) -> None:
    response = at(the(ALL, PROTECTION, prefix), "Properties", "ApplicationLayerAutomaticResponseConfiguration")
    assert response == {"Action": action, "Status": "ENABLED"}


def test_a_group_has_its_members_and_waits_for_them() -> None:
    group = the(ALL, GROUP)
    assert at(group, "Properties", "Members") == [DISTRIBUTION, APPLICATION]
    assert (at(group, "Properties", "Pattern"), at(group, "Properties", "Aggregation")) == ("ARBITRARY", "MEAN")
    assert group["DependsOn"] == sorted(of_type(ALL, PROTECTION))


def test_a_group_has_a_name_that_shield_takes() -> None:
    name = at(the(ALL, GROUP), "Properties", "ProtectionGroupId")
    assert isinstance(name, str)
    assert len(name) <= 36


def test_the_team_calls_by_itself() -> None:
    assert at(the(ALL, ENGAGEMENT), "Properties") == {
        "EmergencyContactList": [
            {
                "ContactNotes": "Day and night",
                "EmailAddress": "security@example.org",
                "PhoneNumber": "+12065550100",
            },
            {"EmailAddress": "ciso@example.org"},
        ],
        "ProactiveEngagementStatus": "ENABLED",
    }


def test_the_team_has_a_role_with_the_policy_of_aws_and_nothing_else() -> None:
    properties = at(the(ALL, ROLE), "Properties")
    (policy,) = list_at(properties, "ManagedPolicyArns")
    assert at(policy, "Fn::Join", 1, 2) == ":iam::aws:policy/service-role/AWSShieldDRTAccessPolicy"
    trusted = at(properties, "AssumeRolePolicyDocument", "Statement", 0, "Principal")
    assert trusted == {"Service": "drt.shield.amazonaws.com"}


def test_the_team_sees_no_logs_of_load_balancers() -> None:
    assert at(the(ALL, ACCESS), "Properties", "LogBucketList") is None


def test_the_team_may_act_before_it_is_engaged() -> None:
    assert the(ALL, ENGAGEMENT)["DependsOn"] == list(of_type(ALL, ACCESS))


def test_protections_break_no_rule() -> None:
    assert report_of(lambda app: everything(Stack(app, "Stack"))).findings == []


@pytest.mark.parametrize("arn", [f"{BALANCERS}/net/portal/50dc6c495c0c9188", "arn:aws:s3:::records"])
def test_what_shield_does_not_protect_is_refused(stack: Stack, arn: str) -> None:
    refusal(
        lambda: ShieldProtection(stack, "It", resource_arn=arn),
        f"Stack/It: resource_arn must be what Shield Advanced protects, got '{arn}'; protect a distribution, an "
        "Application or Classic Load Balancer, a zone, an accelerator, or the Elastic IP addresses of a Network Load "
        "Balancer (164.308(a)(7)(i))",
    )


def test_a_health_check_of_a_zone_is_refused(stack: Stack) -> None:
    check = route53.HealthCheck.from_health_check_id(stack, "Check", "0123")
    refusal(
        lambda: ShieldProtection(stack, "It", resource_arn=ZONE, health_check=check),
        "Stack/It: health_check must be left out for a zone, got 'one'; Shield takes none there (164.308(a)(7)(i))",
    )


@pytest.mark.parametrize("arn", [ZONE, ADDRESS, f"{BALANCERS}/portal"])
def test_an_answer_without_a_web_acl_is_refused(stack: Stack, arn: str) -> None:
    refusal(
        lambda: ShieldProtection(stack, "It", resource_arn=arn, automatic_response="BLOCK"),
        "Stack/It: automatic_response must be left out but for distributions and Application Load Balancers, got "
        "'BLOCK'; only those have web ACLs (164.308(a)(7)(i))",
    )


def test_a_name_like_an_identifier_of_a_patient_is_refused(stack: Stack) -> None:
    refusal(
        lambda: ShieldProtection(stack, "It", resource_arn=ZONE, protection_name="mrn-0012345"),
        "Stack/It: protection_name must be free of identifiers of patients, got 'text that looks like a medical record "
        "number'; names are not encrypted (164.312(a)(1))",
    )


@pytest.mark.parametrize("number", [0, 11])
def test_no_contact_or_too_many_are_refused(stack: Stack, number: int) -> None:
    refusal(
        lambda: ShieldEngagement(stack, "It", contacts=[HOTLINE] * number),
        f"Stack/It: contacts must be one to 10, got '{number} of them'; Shield takes no more (164.308(a)(6)(ii))",
    )


@pytest.mark.parametrize("phone", ["", "206-555-0100", "+0", "+1206555010012345"])
def test_contacts_that_nobody_can_call_are_refused(stack: Stack, phone: str) -> None:
    contact = EmergencyContact(email_address="security@example.org", phone_number=phone)
    refusal(
        lambda: ShieldEngagement(stack, "It", contacts=[contact]),
        f"Stack/It: contacts must be given with a telephone like +12065550100, got '{phone}'; the team calls "
        "(164.308(a)(6)(ii))",
    )


def test_an_engagement_that_waits_to_be_called_is_refused(stack: Stack) -> None:
    with pytest.raises(ComplianceError, match="the team always calls by itself"):
        made(ShieldEngagement, stack, contacts=[HOTLINE], proactive_engagement_status="DISABLED")
    assert stack.node.children == []
