"""AWS Shield: protection against floods of requests, and people who help while one lasts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict, Unpack

from aws_cdk import Names
from aws_cdk import aws_iam as iam
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_shield as shield
from constructs import Construct

from hipaa_constructs.services._names import refuse_phi
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._tokens import PARTITION, is_unresolved
from hipaa_constructs.services._waiving import waive
from hipaa_constructs.waivers import Waiver

_CITATION = "164.308(a)(7)(i)"
_ZONE = ":route53:::hostedzone/"
_PROTECTED = (":cloudfront:", ":globalaccelerator:", ":ec2:", ":elasticloadbalancing:", _ZONE)
_NETWORK_BALANCER = ":loadbalancer/net/"
_WITH_REQUESTS = (":cloudfront:", ":loadbalancer/app/")
_PHONE = re.compile(r"\+[1-9]\d{1,14}")
_MOST_CONTACTS = 10

Aggregation = Literal["MAX", "MEAN", "SUM"]


class ProtectionOptions(TypedDict, total=False):
    """No option of `aws_cdk.aws_shield.CfnProtection` is passed on as it is."""


class EngagementOptions(TypedDict, total=False):
    """No option of `aws_cdk.aws_shield.CfnProactiveEngagement` is passed on as it is."""


class ShieldProtection(Construct):
    """A Shield Advanced protection of one distribution, load balancer, zone, accelerator or Elastic IP address.

    Shield Standard protects every account against common floods at no charge: it needs no construct, no template and
    nobody to switch it on. This is for workloads that ask for more.

    Price warning: Shield Advanced costs 3,000 USD a month for an organization, for a year at the least, and transfer of
    data. The subscription has no type in CloudFormation: an account without one, subscribed by hand, by
    ``aws shield create-subscription`` or by AWS Firewall Manager, can't deploy this.

    With a health check Shield tells an attack from a busy day sooner. `grouped_with` judges several protections as one.

    Rules: ServiceHipaaEligible.
    Your duty: the subscription; a web ACL before what answers requests; `ShieldEngagement`, once an account.
    AWS: https://docs.aws.amazon.com/waf/latest/developerguide/ddos-advanced-summary.html

    Attributes:
        resource: the ``AWS::Shield::Protection``; the CDK has no construct of a higher level for it.
        resource_arn: what is protected.
    """

    contract = Contract(
        wraps=shield.CfnProtection,
        types=("AWS::Shield::Protection", "AWS::Shield::ProtectionGroup"),
        fixed={},
        governed={},
        chosen=("resource_arn",),
        free=ProtectionOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        resource_arn: str,
        protection_name: str | None = None,
        health_check: route53.IHealthCheck | None = None,
        automatic_response: Literal["BLOCK", "COUNT"] | None = None,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[ProtectionOptions],
    ) -> None:
        """Make a protection.

        Args:
            scope: where it belongs.
            id: its id there.
            resource_arn: what it protects. A Network Load Balancer is protected by its Elastic IP addresses.
            protection_name: names no patient; by default made of the path. With another name it is made anew, and for a
                moment there is none.
            health_check: of Route 53, which tells whether the application suffers; none by default. Proactive
                engagement is for protections that have one; zones take none.
            automatic_response: whether Shield puts rules of its own into the web ACL of a distribution or Application
                Load Balancer under attack, which block requests or only count them; not by default.
            waivers: exceptions from the rules about protections.
            **options: none, see `ProtectionOptions`.

        Raises:
            ComplianceError: an option is unknown; Shield does not protect the resource, or not in this way; the name
                looks like an identifier of a patient.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        refuse_phi(arguments, "protection_name", [protection_name], way_out="names are not encrypted")
        if not is_unresolved(resource_arn):
            _check_resource(arguments, resource_arn, health_check, automatic_response)
        super().__init__(scope, id)
        self.resource_arn = resource_arn
        response: shield.CfnProtection.ApplicationLayerAutomaticResponseConfigurationProperty | None = None
        if automatic_response is not None:
            action = shield.CfnProtection.ActionProperty(
                block={} if automatic_response == "BLOCK" else None,
                count={} if automatic_response == "COUNT" else None,
            )
            response = shield.CfnProtection.ApplicationLayerAutomaticResponseConfigurationProperty(
                action=action, status="ENABLED"
            )
        self.resource = shield.CfnProtection(
            self,
            "Default",
            name=protection_name or Names.unique_resource_name(self, max_length=128, separator="-"),
            resource_arn=resource_arn,
            health_check_arns=None
            if health_check is None
            else [f"arn:{PARTITION}:route53:::healthcheck/{health_check.health_check_id}"],
            application_layer_automatic_response_configuration=response,
        )
        waive(self, *waivers)

    def grouped_with(self, *others: ShieldProtection, aggregation: Aggregation = "MAX") -> shield.CfnProtectionGroup:
        """Judge the traffic of several protected resources together, so that a shift between them is no attack.

        Args:
            others: the other protections.
            aggregation: how: by the busiest of them, the default, which suits distributions and their origins; by the
                mean, for load balancers that share traffic evenly; by the sum, for addresses.
        """
        group = shield.CfnProtectionGroup(
            self,
            "Group",
            protection_group_id=Names.unique_resource_name(self, max_length=36, separator="-"),
            pattern="ARBITRARY",
            aggregation=aggregation,
            members=[self.resource_arn, *(one.resource_arn for one in others)],
        )
        for one in (self, *others):
            # A group takes only what is protected already.
            group.node.add_dependency(one.resource)
        return group


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyContact:
    """Whom the response team of Shield calls: staff, never patients.

    Attributes:
        email_address: where to write to.
        phone_number: where to call, such as ``+12065550100``; at least one contact has one.
        notes: when to take which contact; empty by default.
    """

    email_address: str
    phone_number: str = ""
    notes: str = ""


class ShieldEngagement(Construct):
    """The response team of Shield Advanced, who call by themselves and may act: one of an account.

    The team calls when a protected resource with a health check suffers, and works with a role that AWS's managed
    policy lets look into and change web ACLs and Shield, and nothing else. The logs of the load balancers are not
    shared: paths and query strings in them may hold PHI.

    Price warning: needs the subscription of Shield Advanced, see `ShieldProtection`, and Business or Enterprise
    Support.

    Rules: ShieldEngagementProactive, IamPolicyManaged.
    Your duty: that somebody answers at all hours.
    AWS: https://docs.aws.amazon.com/waf/latest/developerguide/ddos-srt-proactive-engagement.html

    Attributes:
        resource: the ``AWS::Shield::ProactiveEngagement``; the CDK has no construct of a higher level for it.
        role: what the team works with.
    """

    contract = Contract(
        wraps=shield.CfnProactiveEngagement,
        types=("AWS::Shield::ProactiveEngagement", "AWS::Shield::DRTAccess", "AWS::IAM::Role"),
        fixed={"proactive_engagement_status": "the team always calls by itself (164.308(a)(6)(ii))"},
        governed={},
        free=EngagementOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        contacts: Sequence[EmergencyContact],
        waivers: Sequence[Waiver] = (),
        **options: Unpack[EngagementOptions],
    ) -> None:
        """Engage the team.

        Args:
            scope: where it belongs.
            id: its id there.
            contacts: whom they call, one to ten, at least one with a telephone.
            waivers: exceptions from the rules about engagement.
            **options: none, see `EngagementOptions`.

        Raises:
            ComplianceError: an option is fixed or unknown, or Shield takes no such contacts.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        _check_contacts(arguments, contacts)
        super().__init__(scope, id)
        # AWS documents no confused-deputy condition for this role.
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("drt.shield.amazonaws.com"),
            description="The response team of Shield Advanced works with it",
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AWSShieldDRTAccessPolicy")],
        )
        access = shield.CfnDRTAccess(self, "Access", role_arn=self.role.role_arn)
        self.resource = shield.CfnProactiveEngagement(
            self,
            "Default",
            proactive_engagement_status="ENABLED",
            emergency_contact_list=[
                shield.CfnProactiveEngagement.EmergencyContactProperty(
                    email_address=one.email_address,
                    phone_number=one.phone_number or None,
                    contact_notes=one.notes or None,
                )
                for one in contacts
            ],
        )
        self.resource.node.add_dependency(access)
        waive(self, *waivers)


def _check_resource(
    arguments: Arguments, arn: str, health_check: route53.IHealthCheck | None, automatic_response: str | None
) -> None:
    if _NETWORK_BALANCER in arn or not any(one in arn for one in _PROTECTED):
        arguments.refuse(
            "resource_arn", arn, asked="what Shield Advanced protects",
            way_out="protect a distribution, an Application or Classic Load Balancer, a zone, an accelerator, or the "
            "Elastic IP addresses of a Network Load Balancer", citation=_CITATION,
        )  # fmt: skip
    if health_check is not None and _ZONE in arn:
        arguments.refuse(
            "health_check", "one", asked="left out for a zone", way_out="Shield takes none there", citation=_CITATION,
        )  # fmt: skip
    if automatic_response is not None and not any(one in arn for one in _WITH_REQUESTS):
        arguments.refuse(
            "automatic_response", automatic_response,
            asked="left out but for distributions and Application Load Balancers",
            way_out="only those have web ACLs", citation=_CITATION,
        )  # fmt: skip


def _check_contacts(arguments: Arguments, contacts: Sequence[EmergencyContact]) -> None:
    if not 1 <= len(contacts) <= _MOST_CONTACTS:
        arguments.refuse(
            "contacts", f"{len(contacts)} of them", asked=f"one to {_MOST_CONTACTS}",
            way_out="Shield takes no more", citation="164.308(a)(6)(ii)",
        )  # fmt: skip
    phones = [one.phone_number for one in contacts if one.phone_number]
    for phone in phones or [""]:
        if not is_unresolved(phone) and not _PHONE.fullmatch(phone):
            arguments.refuse(
                "contacts", phone, asked="given with a telephone like +12065550100",
                way_out="the team calls", citation="164.308(a)(6)(ii)",
            )  # fmt: skip
