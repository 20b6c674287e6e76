"""AWS WAF: web ACLs with rules, and with a log that leaves out what nobody should read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias, TypedDict, Unpack

from aws_cdk import Aws, Fn, Names
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.services._of_stack import region_of
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._tokens import ACCOUNT_ID, PARTITION, REGION, is_unresolved
from hipaa_constructs.services._waiving import waive
from hipaa_constructs.services.elbv2 import HttpsLoadBalancer
from hipaa_constructs.services.kms import AnyKey
from hipaa_constructs.services.logs import EncryptedLogGroup
from hipaa_constructs.waivers import Waiver

_GLOBAL_REGION = "us-east-1"
_CITATION = "164.308(a)(5)(ii)(B)"
_COUNTED = {
    "AWSManagedRulesAmazonIpReputationList": (),
    "AWSManagedRulesCommonRuleSet": ("SizeRestrictions_BODY",),
    "AWSManagedRulesKnownBadInputsRuleSet": (),
    "AWSManagedRulesSQLiRuleSet": (),
    "AWSManagedRulesAnonymousIpList": ("HostingProviderIPList",),
}
"""The rules of AWS, in their order, and which of each only count. A priority, once deployed, keeps its rule."""

_FIVE_MINUTES = 300
_LEAST_RATE, _MOST_RATE = 10, 2_000_000_000

Rule = wafv2.CfnWebACL.RuleProperty
Protected: TypeAlias = HttpsLoadBalancer | elbv2.IApplicationLoadBalancer | apigateway.IStage
"""What a web ACL can stand before in a Region."""


class WebAclOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_wafv2.CfnWebACL` that are passed on as they are."""

    description: str
    token_domains: Sequence[str]


class HipaaWebAcl(Construct):
    """A web ACL with AWS's rules against known attacks, a rate limit and an encrypted log without credentials.

    The rules are those against sources of bad reputation, common attacks, known bad inputs (Log4j among them), SQL
    injection and sources that hide who they are, and a limit of 2,000 requests in five minutes for each address. Two
    only count: the common rules' limit of the body's size, as documents are larger, and the list of hosting providers,
    from which the systems of others call. The log leaves out the Authorization and Cookie headers and the query string;
    requests are not sampled, as samples leave out nothing.

    A distribution takes its ARN; load balancers and the stages of REST APIs are put behind it by `associate`.

    Costs 5 USD a month, 1 USD for each rule (six by default) and 0.60 USD for a million requests.

    Rules: WebAclLogged, WebAclHasRules, WebAclLogRedacted, LogGroupEncrypted, LogGroupKeptSixYears.
    Your duty: to watch what is blocked, and that no PHI stands in paths, which are logged.
    AWS: https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html

    Attributes:
        resource: the ``AWS::WAFv2::WebACL``; the CDK has no construct of a higher level for it.
        log_group: what requests are logged to.
        web_acl_arn: what a distribution or an association names.
    """

    contract = Contract(
        wraps=wafv2.CfnWebACL,
        types=("AWS::WAFv2::WebACL", "AWS::WAFv2::LoggingConfiguration"),
        fixed={
            "visibility_config": "metrics are always on; samples are off, as they leave nothing out (164.312(a)(1))"
        },
        governed={},
        chosen=("rules", "encryption_key"),
        free=WebAclOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        web_acl_scope: Literal["CLOUDFRONT", "REGIONAL"] = "REGIONAL",
        rate_limit: int = 2000,
        rules: Sequence[Rule] = (),
        encryption_key: AnyKey | None = None,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[WebAclOptions],
    ) -> None:
        """Make a web ACL.

        Args:
            scope: where it belongs.
            id: its id there.
            web_acl_scope: ``REGIONAL``, the default, for load balancers and APIs of the Region, or ``CLOUDFRONT``, in a
                stack of us-east-1.
            rate_limit: how many requests of an address pass in five minutes, by default 2000.
            rules: further ones, with priorities from 10 on.
            encryption_key: of the log; by default the stack's `EncryptionKey`.
            waivers: exceptions from the rules about web ACLs.
            **options: of `wafv2.CfnWebACL`, see `WebAclOptions`.

        Raises:
            ComplianceError: an option is fixed or unknown, the limit is none, or the Region is not CloudFront's.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        _check(arguments, web_acl_scope, rate_limit, region_of(scope))
        super().__init__(scope, id)
        self.resource = wafv2.CfnWebACL(
            self,
            "Default",
            scope=web_acl_scope,
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_visible(Names.unique_resource_name(self, max_length=100)),
            rules=[*_managed_rules(), _rate_rule(rate_limit), *rules],
            **options,
        )
        self.web_acl_arn: str = self.resource.attr_arn
        # WAF asks for the beginning of the name. The end is the stack's own id, so that a stack that is deleted and
        # made again does not find the name of the log group that was kept.
        stack_id = Fn.select(2, Fn.split("/", Aws.STACK_ID))
        unique = Names.unique_resource_name(self, max_length=80, separator="-").lower()
        name = f"aws-waf-logs-{unique}-{stack_id}"
        self.log_group = EncryptedLogGroup(
            self, "Log", encryption_key=encryption_key, data_protection_policy=False, log_group_name=name
        )
        group = self.log_group.log_group
        wafv2.CfnLoggingConfiguration(
            self,
            "Logging",
            resource_arn=self.web_acl_arn,
            log_destination_configs=[f"arn:{PARTITION}:logs:{REGION}:{ACCOUNT_ID}:log-group:{group.log_group_name}"],
            redacted_fields=[
                *({"singleHeader": {"Name": header}} for header in ("authorization", "cookie")),
                {"queryString": {}},
            ],
        )
        self._regional = web_acl_scope == "REGIONAL"
        waive(self, *waivers)

    def associate(self, id: str, behind: Protected | str) -> wafv2.CfnWebACLAssociation:
        """Put what answers requests behind the web ACL; it takes one only.

        Args:
            id: of the association, in this construct.
            behind: an Application Load Balancer, a stage of a REST API, or the ARN of what else AWS WAF protects in the
                Region.

        Raises:
            ComplianceError: the web ACL is for CloudFront, or the load balancer has one already.

        AWS: https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html
        """
        if not self._regional:
            raise ComplianceError(
                f"{self.node.path}: web_acl_scope must be 'REGIONAL' to associate, got 'CLOUDFRONT'; pass web_acl_arn "
                f"to the distribution ({_CITATION})"
            )
        if isinstance(behind, HttpsLoadBalancer):
            if behind.web_acl_association is not None:
                raise ComplianceError(
                    f"{self.node.path}: behind must be without a web ACL, got {behind.node.path}, which has one; pass "
                    f"this one to it as web_acl_arn ({_CITATION})"
                )
            behind = behind.load_balancer
        return wafv2.CfnWebACLAssociation(self, id, resource_arn=_arn_of(behind), web_acl_arn=self.web_acl_arn)


def _arn_of(behind: elbv2.IApplicationLoadBalancer | apigateway.IStage | str) -> str:
    if isinstance(behind, str):
        return behind
    if hasattr(behind, "load_balancer_arn"):
        return behind.load_balancer_arn
    api = behind.rest_api.rest_api_id
    return f"arn:{PARTITION}:apigateway:{REGION}::/restapis/{api}/stages/{behind.stage_name}"


def _visible(name: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    return wafv2.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, sampled_requests_enabled=False, metric_name=name
    )


def _managed_rules() -> list[Rule]:
    statements = wafv2.CfnWebACL
    count = statements.RuleActionProperty(count={})
    return [
        statements.RuleProperty(
            name=name,
            priority=priority,
            override_action=statements.OverrideActionProperty(none={}),
            statement=statements.StatementProperty(
                managed_rule_group_statement=statements.ManagedRuleGroupStatementProperty(
                    vendor_name="AWS",
                    name=name,
                    rule_action_overrides=[
                        statements.RuleActionOverrideProperty(name=one, action_to_use=count) for one in counted
                    ]
                    or None,
                )
            ),
            visibility_config=_visible(name),
        )
        for priority, (name, counted) in enumerate(_COUNTED.items())
    ]


def _rate_rule(limit: int) -> Rule:
    statements = wafv2.CfnWebACL
    return statements.RuleProperty(
        name="RateLimit",
        priority=len(_COUNTED),
        action=statements.RuleActionProperty(block={}),
        statement=statements.StatementProperty(
            rate_based_statement=statements.RateBasedStatementProperty(
                aggregate_key_type="IP", limit=limit, evaluation_window_sec=_FIVE_MINUTES
            )
        ),
        visibility_config=_visible("RateLimit"),
    )


def _check(arguments: Arguments, scope: str, rate: int, region: str) -> None:
    if scope not in ("CLOUDFRONT", "REGIONAL"):
        arguments.refuse(
            "web_acl_scope",
            scope,
            asked="'CLOUDFRONT' or 'REGIONAL'",
            way_out="AWS WAF knows no other",
            citation=_CITATION,
        )
    if scope == "CLOUDFRONT" and not is_unresolved(region) and region != _GLOBAL_REGION:
        arguments.refuse(
            "web_acl_scope",
            f"CLOUDFRONT in {region}",
            asked="REGIONAL outside us-east-1",
            way_out="web ACLs of CloudFront live in us-east-1; make a stack there",
            citation=_CITATION,
        )
    if not _LEAST_RATE <= rate <= _MOST_RATE:
        arguments.refuse(
            "rate_limit",
            rate,
            asked=f"from {_LEAST_RATE} to {_MOST_RATE}",
            way_out="AWS WAF takes no other limit",
            citation=_CITATION,
        )
