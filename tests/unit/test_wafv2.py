"""What the web ACLs are, and what they refuse."""

from __future__ import annotations

import json

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_wafv2 as wafv2

from hipaa_constructs import HipaaWebAcl, HttpsLoadBalancer
from hipaa_constructs.checker import check
from hipaa_constructs.rules import Template, Verdict
from hipaa_constructs.rules._value import Json
from tests._refusals import made, refusal
from tests._synthesis import at, of_type, report_of, synthesized, the
from tools.examples import imported_certificate, network

ACL = "AWS::WAFv2::WebACL"
LOGGING = "AWS::WAFv2::LoggingConfiguration"

PLAIN = synthesized(lambda stack: HipaaWebAcl(stack, "It"))


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def rules() -> list[Json]:
    found = at(the(PLAIN, ACL), "Properties", "Rules")
    assert isinstance(found, list)
    return found


def test_the_rules_of_aws_and_a_rate_limit_are_there() -> None:
    assert [at(rule, "Name") for rule in rules()] == [
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
        "AWSManagedRulesSQLiRuleSet",
        "AWSManagedRulesAnonymousIpList",
        "RateLimit",
    ]


def test_priorities_differ() -> None:
    assert [at(rule, "Priority") for rule in rules()] == [0, 1, 2, 3, 4, 5]


def test_large_bodies_are_counted_only() -> None:
    override = at(rules()[1], "Statement", "ManagedRuleGroupStatement", "RuleActionOverrides", 0)
    assert override == {"Name": "SizeRestrictions_BODY", "ActionToUse": {"Count": {}}}


def test_hosting_providers_are_counted_only() -> None:
    override = at(rules()[4], "Statement", "ManagedRuleGroupStatement", "RuleActionOverrides", 0)
    assert override == {"Name": "HostingProviderIPList", "ActionToUse": {"Count": {}}}


@pytest.mark.parametrize("number", [0, 2, 3])
def test_the_other_rules_of_aws_act(number: int) -> None:
    assert at(rules()[number], "OverrideAction") == {"None": {}}
    assert at(rules()[number], "Statement", "ManagedRuleGroupStatement", "RuleActionOverrides") is None


def test_the_rate_limit_blocks() -> None:
    assert at(rules()[5], "Action") == {"Block": {}}
    assert at(rules()[5], "Statement", "RateBasedStatement", "Limit") == 2000


def test_requests_are_not_sampled() -> None:
    places = [at(the(PLAIN, ACL), "Properties"), *rules()]
    assert {at(place, "VisibilityConfig", "SampledRequestsEnabled") for place in places} == {False}


def test_the_log_leaves_credentials_and_query_strings_out() -> None:
    assert at(the(PLAIN, LOGGING), "Properties", "RedactedFields") == [
        {"SingleHeader": {"Name": "authorization"}},
        {"SingleHeader": {"Name": "cookie"}},
        {"QueryString": {}},
    ]


def test_the_log_group_has_the_name_that_waf_asks_for_and_is_new_for_each_stack() -> None:
    name = json.dumps(at(the(PLAIN, "AWS::Logs::LogGroup"), "Properties", "LogGroupName"))
    assert '"aws-waf-logs-stack-it-' in name
    assert '{"Ref": "AWS::StackId"}' in name


def test_the_log_group_is_encrypted() -> None:
    (key,) = of_type(PLAIN, "AWS::KMS::Key")
    assert at(the(PLAIN, "AWS::Logs::LogGroup"), "Properties", "KmsKeyId") == {"Fn::GetAtt": [key, "Arn"]}


def test_a_web_acl_has_the_logical_id_of_the_plain_one() -> None:
    plain = synthesized(
        lambda stack: wafv2.CfnWebACL(
            stack,
            "It",
            scope="REGIONAL",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=wafv2.CfnWebACL.VisibilityConfigProperty(
                cloud_watch_metrics_enabled=True, sampled_requests_enabled=False, metric_name="x"
            ),
        )
    )
    assert list(of_type(PLAIN, ACL)) == list(of_type(plain, ACL))


def test_it_breaks_no_rule() -> None:
    assert report_of(lambda app: HipaaWebAcl(Stack(app, "Stack"), "It")).findings == []


def test_one_for_cloudfront_is_refused_elsewhere() -> None:
    stack = Stack(App(), "Stack", env=Environment(account="123456789012", region="eu-west-1"))
    refusal(
        lambda: HipaaWebAcl(stack, "It", web_acl_scope="CLOUDFRONT"),
        "Stack/It: web_acl_scope must be REGIONAL outside us-east-1, got 'CLOUDFRONT in eu-west-1'; web ACLs of "
        "CloudFront live in us-east-1; make a stack there (164.308(a)(5)(ii)(B))",
    )


def test_another_scope_is_refused(stack: Stack) -> None:
    refusal(
        lambda: made(HipaaWebAcl, stack, web_acl_scope="GLOBAL"),
        "Stack/It: web_acl_scope must be 'CLOUDFRONT' or 'REGIONAL', got 'GLOBAL'; AWS WAF knows no other "
        "(164.308(a)(5)(ii)(B))",
    )


@pytest.mark.parametrize("limit", [9, 2_000_000_001])
def test_a_limit_that_waf_does_not_take_is_refused(stack: Stack, limit: int) -> None:
    refusal(
        lambda: HipaaWebAcl(stack, "It", rate_limit=limit),
        f"Stack/It: rate_limit must be from 10 to 2000000000, got {limit}; AWS WAF takes no other limit "
        "(164.308(a)(5)(ii)(B))",
    )


ASSOCIATION = "AWS::WAFv2::WebACLAssociation"


def associated(stack: Stack) -> None:
    acl = HipaaWebAcl(stack, "It")
    vpc, certificate = network(stack), imported_certificate(stack)
    acl.associate("Https", HttpsLoadBalancer(stack, "Https", vpc=vpc, certificates=[certificate]))
    acl.associate("Plain", elbv2.ApplicationLoadBalancer(stack, "Plain", vpc=vpc))
    api = apigateway.RestApi(stack, "Api", deploy_options=apigateway.StageOptions(stage_name="live"))
    api.root.add_method("GET")
    acl.associate("Stage", api.deployment_stage)
    acl.associate("Pool", POOL)


POOL = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_ABCDEFGHI"
ASSOCIATED = synthesized(associated)


@pytest.mark.parametrize("prefix", ["Https", "Plain"])
def test_a_load_balancer_is_put_behind_it(prefix: str) -> None:
    kind = "AWS::ElasticLoadBalancingV2::LoadBalancer"
    (balancer,) = (name for name in of_type(ASSOCIATED, kind) if name.startswith(prefix))
    assert at(the(ASSOCIATED, ASSOCIATION, f"It{prefix}"), "Properties") == {
        "ResourceArn": {"Ref": balancer},
        "WebACLArn": {"Fn::GetAtt": [next(iter(of_type(ASSOCIATED, ACL))), "Arn"]},
    }


def test_a_stage_of_a_rest_api_is_put_behind_it() -> None:
    arn = json.dumps(at(the(ASSOCIATED, ASSOCIATION, "ItStage"), "Properties", "ResourceArn"))
    assert '"::/restapis/", {"Ref": "Api' in arn
    assert '"/stages/", {"Ref": "ApiDeploymentStagelive' in arn


def test_whatever_else_is_put_behind_it_by_its_arn() -> None:
    assert at(the(ASSOCIATED, ASSOCIATION, "ItPool"), "Properties", "ResourceArn") == POOL


def test_the_rules_see_that_a_stage_is_behind_it() -> None:
    judged = check([Template({"Resources": ASSOCIATED["Resources"]})]).judgements
    (stage,) = (one.outcome.verdict for one in judged if one.rule.id == "ApiHasWebAcl")
    assert stage is Verdict.MET


def test_one_for_cloudfront_can_not_be_associated(stack: Stack) -> None:
    acl = HipaaWebAcl(stack, "It", web_acl_scope="CLOUDFRONT")
    refusal(
        lambda: acl.associate("Pool", POOL),
        "Stack/It: web_acl_scope must be 'REGIONAL' to associate, got 'CLOUDFRONT'; pass web_acl_arn to the "
        "distribution (164.308(a)(5)(ii)(B))",
    )


def test_a_load_balancer_takes_one_web_acl(stack: Stack) -> None:
    acl = HipaaWebAcl(stack, "It")
    front = HttpsLoadBalancer(
        stack,
        "Front",
        vpc=network(stack),
        certificates=[imported_certificate(stack)],
        web_acl_arn=HipaaWebAcl(stack, "Other").web_acl_arn,
    )
    refusal(
        lambda: acl.associate("Front", front),
        "Stack/It: behind must be without a web ACL, got Stack/Front, which has one; pass this one to it as "
        "web_acl_arn (164.308(a)(5)(ii)(B))",
    )
