"""Amazon Route 53: zones whose queries are on record, that are signed, and that name no patient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypedDict, Unpack

from aws_cdk import CfnResource, Names, RemovalPolicy, Tags
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53resolver as resolver
from constructs import Construct

from hipaa_constructs.rules._phi import names_staff
from hipaa_constructs.services._names import refuse_phi
from hipaa_constructs.services._of_stack import region_of
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._tokens import ACCOUNT_ID, PARTITION, REGION, is_unresolved
from hipaa_constructs.services._waiving import waive
from hipaa_constructs.services.kms import AnyKey
from hipaa_constructs.services.logs import EncryptedLogGroup
from hipaa_constructs.services.route53_logs import DnsQueryLogging, DnsSigningKey, query_log
from hipaa_constructs.waivers import Waiver

_HOME = "us-east-1"
_OPAQUE = "use opaque ids, as DNS is answered to everyone and its names are not encrypted"
_NO_TAGS: Mapping[str, str] = MappingProxyType({})


class HostedZoneOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_route53.HostedZone` that are passed on as they are."""

    add_trailing_dot: bool


class HipaaHostedZone(Construct):
    """A DNS zone that names no patient; a public one logs its queries to an encrypted log group, and is signed.

    With ``vpcs`` the zone is private: Route 53 neither logs nor signs it, and the resolver of the network writes down
    its queries if ``log_network_queries`` asks for it. Without, it is public and belongs into a stack of us-east-1, as
    Route 53 writes to log groups of that Region only, and signs with keys of it. The zone itself has no Region.

    The zone, its signing and its log stay when the stack goes: names would lead nowhere, and a new zone has other name
    servers. Signing changes nothing before the parent zone has a DS record of it.

    The price: 0.50 USD a month for a zone, 1 USD for the stack's signing key, and what logs cost.

    Rules: Route53NamesWithoutPhi, Route53QueriesLogged, Route53ZoneSigned, LogGroupEncrypted, LogGroupKeptSixYears.
    Your duty: the DS record in the parent zone, and alarms on DNSSECInternalFailure and
    DNSSECKeySigningKeysNeedingAction of AWS/Route53; that no record names a patient, which the rules judge.
    AWS: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-configuring-dnssec-enable-signing.html

    Attributes:
        zone: the `route53.HostedZone`, with the logical id that it would have without this construct.
        query_log: what queries are logged to; None for a private zone whose network does not log.
        key_signing_key: what signs the zone; None without.
        resolver_logging: what logs the queries of the networks; None without.
    """

    contract = Contract(
        wraps=route53.HostedZone,
        types=(
            "AWS::Route53::HostedZone",
            "AWS::Logs::LogGroup",
        ),
        fixed={
            "query_logs_log_group_arn": "queries are logged to an encrypted log group of the zone's own (164.312(b))"
        },
        governed={"dnssec": ("Route53ZoneSigned",), "query_logging": ("Route53QueriesLogged",)},
        chosen=("comment", "vpcs", "zone_name"),
        free=HostedZoneOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        zone_name: str,
        vpcs: Sequence[ec2.IVpc] = (),
        comment: str | None = None,
        tags: Mapping[str, str] = _NO_TAGS,
        query_logging: bool = True,
        log_network_queries: bool = False,
        dnssec: bool = True,
        signing_key: kms.IKey | None = None,
        encryption_key: AnyKey | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[HostedZoneOptions],
    ) -> None:
        """Make a zone.

        Args:
            scope: where it belongs.
            id: its id there.
            zone_name: the domain, which names no patient.
            vpcs: the networks that a private zone answers; none by default, for a public one.
            comment: which names no patient; none by default.
            tags: which name no patient; none by default. Those that ``Tags.of`` adds are judged by the rules.
            query_logging: by default, and unless waived, a public zone logs every query.
            log_network_queries: whether all queries of the networks of a private zone are logged, also those for other
                zones; not by default. One zone of a network is enough.
            dnssec: by default, and unless waived, a public zone is signed.
            signing_key: what it is signed with, a key of the kind ECC_NIST_P256 in us-east-1 that Route 53 may use; by
                default the stack's own, which is for zones alone. No zone takes a key twice.
            encryption_key: of the log; by default the stack's `EncryptionKey`.
            removal_policy: by default the zone and its signing stay when the stack goes, unless its first deployment
                fails.
            waivers: exceptions from the rules about zones and log groups.
            **options: of `route53.HostedZone`, see `HostedZoneOptions`.

        Raises:
            ComplianceError: an option is fixed or unknown, or weaker than a rule that is not waived; a text looks like
                an identifier of a patient; a public zone is not in us-east-1, or logs the queries of a network.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        public = not vpcs
        arguments.govern(
            "query_logging",
            query_logging,
            holds=query_logging is True or not public,
            asked="True",
            rule="Route53QueriesLogged",
        )
        arguments.govern("dnssec", dnssec, holds=dnssec is True or not public, asked="True", rule="Route53ZoneSigned")
        _check_names(arguments, zone_name, comment, tags)
        _check_place(arguments, region_of(scope), public=public, log_network_queries=log_network_queries)
        super().__init__(scope, id)
        self.query_log: EncryptedLogGroup | None = None
        policy: DnsQueryLogging | None = None
        if query_logging if public else log_network_queries:
            policy = DnsQueryLogging.of(self)
            self.query_log = query_log(self, "Queries", encryption_key, public=public)
        written_to = self.query_log.log_group.log_group_name if self.query_log and public else None
        self.zone = route53.HostedZone(
            self,
            "Default",
            zone_name=zone_name,
            vpcs=vpcs or None,
            comment=comment,
            query_logs_log_group_arn=None
            if written_to is None
            else f"arn:{PARTITION}:logs:{REGION}:{ACCOUNT_ID}:log-group:{written_to}",
            **options,
        )
        for key, value in tags.items():
            Tags.of(self.zone).add(key, value)
        resource = self.zone.node.default_child
        assert isinstance(resource, CfnResource)
        resource.apply_removal_policy(removal_policy)
        if policy is not None:
            # Route 53 tries to write before it takes the log group.
            resource.node.add_dependency(policy.resource)
        self.key_signing_key: route53.CfnKeySigningKey | None = None
        if public and dnssec:
            self.key_signing_key = self._sign(signing_key or DnsSigningKey.of(self).key, removal_policy)
        self.resolver_logging: resolver.CfnResolverQueryLoggingConfig | None = None
        if self.query_log is not None and policy is not None and not public:
            self.resolver_logging = self._log_networks(self.query_log, policy, vpcs)
        waive(self, *waivers)

    def _sign(self, key: kms.IKey, removal_policy: RemovalPolicy) -> route53.CfnKeySigningKey:
        zone_id = self.zone.hosted_zone_id
        signing = route53.CfnKeySigningKey(
            self,
            "KeySigningKey",
            hosted_zone_id=zone_id,
            key_management_service_arn=key.key_arn,
            name=Names.unique_resource_name(self, max_length=128, separator="_", allowed_special_characters="_"),
            status="ACTIVE",
        )
        dnssec = route53.CfnDNSSEC(self, "Dnssec", hosted_zone_id=zone_id)
        dnssec.node.add_dependency(signing)
        for resource in (signing, dnssec):
            resource.apply_removal_policy(removal_policy)
        return signing

    def _log_networks(
        self, group: EncryptedLogGroup, policy: DnsQueryLogging, vpcs: Sequence[ec2.IVpc]
    ) -> resolver.CfnResolverQueryLoggingConfig:
        logging = resolver.CfnResolverQueryLoggingConfig(
            self,
            "NetworkQueries",
            # CloudFormation would let it be left out, which the API does not.
            name=Names.unique_resource_name(self, max_length=64, separator="-"),
            destination_arn=group.log_group.log_group_arn,
        )
        logging.node.add_dependency(policy.resource)
        for number, vpc in enumerate(vpcs, start=1):
            resolver.CfnResolverQueryLoggingConfigAssociation(
                self,
                f"NetworkQueriesOf{number}",
                resolver_query_log_config_id=logging.attr_id,
                resource_id=vpc.vpc_id,
            )
        return logging


def _check_names(arguments: Arguments, zone_name: str, comment: str | None, tags: Mapping[str, str]) -> None:
    refuse_phi(arguments, "zone_name", [zone_name], way_out=_OPAQUE)
    refuse_phi(arguments, "comment", [comment], way_out=_OPAQUE)
    of_others = [value for key, value in tags.items() if not names_staff(key)]
    refuse_phi(arguments, "tags", [*tags, *of_others], way_out=_OPAQUE)


def _check_place(arguments: Arguments, region: str, *, public: bool, log_network_queries: bool) -> None:
    if public and log_network_queries:
        arguments.refuse(
            "log_network_queries", True, asked="given with vpcs",
            way_out="the resolver logs for networks; query_logging is for public zones", citation="164.312(b)",
        )  # fmt: skip
    if public and not is_unresolved(region) and region != _HOME:
        arguments.refuse(
            "scope", f"one of {region}", asked=f"a stack of {_HOME} for a public zone",
            way_out="zones have no Region, but their logs and signing keys are there; make a stack there",
            citation="164.312(b)",
        )  # fmt: skip
