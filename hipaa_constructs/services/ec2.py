"""Amazon VPC: networks without a way in or out that nobody asked for, and with a record of all that moves in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict, Unpack

from aws_cdk import Tags
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs
from constructs import Construct, DependencyGroup, IDependable

from hipaa_constructs.services._deliveries import allow_delivery
from hipaa_constructs.services._library_waivers import VPC_DEFAULT_GROUP_CLOSED_BY_RUNBOOK
from hipaa_constructs.services._of_stack import region_of
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._tokens import is_unresolved
from hipaa_constructs.services._waiving import record
from hipaa_constructs.services.ec2_default_group import close_default_group
from hipaa_constructs.services.ec2_endpoints import STANDARD_SERVICES, allow_image_layers, confine, standard_accounts
from hipaa_constructs.services.ec2_flow_logs import flow_log
from hipaa_constructs.services.ec2_subnets import (
    PUBLIC,
    Place,
    as_vpc,
    check_ranges,
    check_tiers,
    make_subnet,
    places,
    tiers,
    zones_of,
)
from hipaa_constructs.services.kms import AnyKey
from hipaa_constructs.services.logs import EncryptedLogGroup
from hipaa_constructs.services.profile import Relaxation
from hipaa_constructs.services.s3 import EncryptedBucket
from hipaa_constructs.waivers import Waiver

Endpoints = Literal["none", "gateway", "standard"]

_DEFAULT_RANGE = "10.0.0.0/16"
_MOST_ZONES = 6
_RESILIENCE = "164.308(a)(7)(ii)(C)"
_TENANCIES = {ec2.DefaultInstanceTenancy.DEFAULT: "default", ec2.DefaultInstanceTenancy.DEDICATED: "dedicated"}
_OPENS_TO_INTERNET = "RouteNotToInternetGateway"
_ZONES = Relaxation(option="max_azs", production=3, development=2)


class VpcOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_ec2.Vpc` that are passed on as they are."""

    default_instance_tenancy: ec2.DefaultInstanceTenancy
    vpc_name: str


_IPV6 = "IPv6 addresses are reachable from the internet by themselves (164.312(e)(1)); make an ec2.Vpc if you must"
_VPN = "call vpc.enable_vpn_gateway() and vpc.add_vpn_connection() of this construct's vpc"
_FIXED = {
    "cidr": "the CDK deprecates it; pass ip_addresses=ec2.IpAddresses.cidr(…)",
    "enable_dns_hostnames": "DNS is always on: the private names of endpoints need it (164.312(e)(1))",
    "enable_dns_support": "DNS is always on: the private names of endpoints need it (164.312(e)(1))",
    "flow_logs": "all traffic is always logged (164.312(b)); pass flow_log_destination to say where to",
    "gateway_endpoints": "pass endpoints, whose policies admit the own account only (164.312(a)(1))",
    "ip_protocol": _IPV6,
    "ipv6_addresses": _IPV6,
    "nat_gateway_provider": "pass nat_gateways for NAT gateways; NAT instances would have to be patched",
    "nat_gateway_subnets": "NAT gateways lie in the public subnets; pass nat_gateways to say how many",
    "restrict_default_security_group": "the default security group is always closed (164.312(e)(1))",
    "vpn_connections": _VPN,
    "vpn_gateway": _VPN,
    "vpn_gateway_asn": _VPN,
    "vpn_route_propagation": _VPN,
}


class FlowLoggedVpc(Construct):
    """A private network over three Availability Zones: no internet, all traffic logged, default group closed, DNS on.

    Each zone has an isolated subnet, for databases, and a private one, for what calls other services. Neither has a
    route to the internet; S3 and DynamoDB are reached by gateway endpoints, other services by ``endpoints="standard"``.
    No subnet gives out public addresses. The flow log goes to an `EncryptedLogGroup`, with the fields of version 5 (who
    really spoke, which way, by which path) and the reason of a refusal.

    CloudFormation can't take rules out of a VPC's default security group. AWS Systems Manager does, by AWS's own
    runbook, a few seconds after the VPC is made and every six hours.

    The zones are those that the Region shows at the deployment; nothing is looked up at synthesis, so it comes out the
    same with and without credentials. Logical ids are those of an `ec2.Vpc` with the same tiers.

    The price: flow logs about 0.50 USD a GB; nothing by the hour unless asked for. ``endpoints="standard"`` about
    0.01 USD an hour for each of 12 endpoints in each zone (some 260 USD a month over three zones) and 0.01 USD a GB;
    each NAT gateway about 0.05 USD an hour and 0.05 USD a GB.

    Rules: VpcFlowLogged, VpcDefaultSecurityGroupClosed, VpcSpansZones, FlowLogRecordsAllTraffic,
    FlowLogRecordsWhoSpoke, SubnetAssignsNoPublicAddress, VpcEndpointPolicyConfined.
    With ``endpoints="standard"`` also VpcEndpointPrivateDnsOn and the rules about security groups.
    Library waiver: cdk-nag's VPCDefaultSecurityGroupClosed, which knows no other way than the CDK's Lambda function.
    Your duty: security groups, who may change routes, that somebody reads the flow log.
    AWS: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-best-practices.html

    Attributes:
        vpc: the network as the CDK's other constructs take it, an `ec2.IVpc` that knows its subnets by type.
        resource: the ``AWS::EC2::VPC``, with the logical id that it would have in an `ec2.Vpc`.
        subnets: the subnets, in the order of their tiers and zones.
        flow_log: the ``AWS::EC2::FlowLog``.
        log_group: the log group of the flow log; None if it goes to a bucket.
        endpoint_security_group: admits port 443 from the network's own addresses; None without interface endpoints.
    """

    contract = Contract(
        wraps=ec2.Vpc,
        types=("AWS::EC2::VPC", "AWS::EC2::Route"),
        fixed=_FIXED,
        governed={
            "max_azs": ("VpcSpansZones",),
            "availability_zones": ("VpcSpansZones",),
            "public_subnets": (_OPENS_TO_INTERNET,),
            "subnet_configuration": (_OPENS_TO_INTERNET,),
        },
        chosen=("create_internet_gateway", "ip_addresses", "nat_gateways", "reserved_azs"),
        free=VpcOptions,
        relaxations=(_ZONES,),
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        ip_addresses: ec2.IIpAddresses | None = None,
        connected_cidrs: Sequence[str] = (),
        max_azs: int | None = None,
        availability_zones: Sequence[str] | None = None,
        reserved_azs: int = 1,
        subnet_configuration: Sequence[ec2.SubnetConfiguration] | None = None,
        public_subnets: bool = False,
        create_internet_gateway: bool = False,
        nat_gateways: int = 0,
        endpoints: Endpoints = "gateway",
        trusted_accounts: Sequence[str] = (),
        flow_log_destination: EncryptedLogGroup | EncryptedBucket | None = None,
        flow_log_fields: Sequence[ec2.LogFormat] = (),
        flow_log_interval: ec2.FlowLogMaxAggregationInterval = ec2.FlowLogMaxAggregationInterval.ONE_MINUTE,
        encryption_key: AnyKey | None = None,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[VpcOptions],
    ) -> None:
        """Make a network.

        Args:
            scope: where it belongs.
            id: its id there.
            ip_addresses: by default ``10.0.0.0/16``; from /16 to /28, or from an IPAM pool.
            connected_cidrs: the addresses of networks that peering, VPN or a transit gateway will connect, which must
                not overlap with its own or with each other; none by default.
            max_azs: how many Availability Zones; by default three, at least two unless waived. A Region that shows the
                account fewer fails the deployment.
            availability_zones: the zones by name, in place of ``max_azs``, e.g. to match those of another network.
            reserved_azs: for how many more zones addresses are kept, so that one can be added without moving any
                subnet; one by default.
            subnet_configuration: tiers of your own in place of the isolated and the private one. By default a tier's
                subnet has a sixteenth of the addresses, a public one a 256th.
            public_subnets: adds a public tier with a route to an internet gateway, for internet-facing load balancers;
                needs a waiver of RouteNotToInternetGateway. Not by default. Subnets give out no public addresses: load
                balancers have their own.
            create_internet_gateway: attaches an internet gateway without any route to it, as CloudFront's VPC origins
                need. Not by default; public subnets bring one along.
            nat_gateways: how many, at most one a zone, for calls from the private subnets to the internet; needs public
                subnets. None by default.
            endpoints: ``"gateway"``, the default, for S3 and DynamoDB at no cost; ``"standard"`` also for the services
                that this package's blocks call, at a price by the hour; ``"none"``.
            trusted_accounts: whose resources may be reached through the endpoints that carry data, beside the own
                account's; none by default.
            flow_log_destination: by default an `EncryptedLogGroup` of its own. A bucket gets Parquet files by the hour.
            flow_log_fields: further fields of the flow log, such as those of ECS tasks; none by default.
            flow_log_interval: how long flows are gathered into one record; by default one minute, at a larger volume
                than ten.
            encryption_key: of the flow log's own log group; by default the stack's `EncryptionKey`.
            waivers: exceptions from the rules about VPCs and routes.
            **options: of `ec2.Vpc`, see `VpcOptions`.

        Raises:
            ComplianceError: an option is fixed or unknown, weaker than a rule that is not waived, or makes no network.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        zones = _zones(arguments, availability_zones, max_azs, region_of(scope))
        plan = ip_addresses or ec2.IpAddresses.cidr(_DEFAULT_RANGE)
        own = plan.allocate_vpc_cidr()
        check_ranges(arguments, own.cidr_block, connected_cidrs)
        prefix = own.ipv4_netmask_length if own.cidr_block is None else float(own.cidr_block.rpartition("/")[2])
        configuration = _configuration(arguments, subnet_configuration, prefix, public=public_subnets)
        is_public = any(tier.subnet_type == PUBLIC for tier in configuration)
        _check_gateways(arguments, nat_gateways, len(zones), is_public=is_public)
        _check_choices(arguments, endpoints, reserved_azs)
        found = places(arguments, plan, own.cidr_block, configuration, zones, reserved_azs)
        super().__init__(scope, id)
        self.resource = ec2.CfnVPC(
            self,
            "Resource",
            cidr_block=own.cidr_block,
            ipv4_ipam_pool_id=own.ipv4_ipam_pool_id,
            ipv4_netmask_length=own.ipv4_netmask_length,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            instance_tenancy=_TENANCIES[options.get("default_instance_tenancy", ec2.DefaultInstanceTenancy.DEFAULT)],
        )
        Tags.of(self.resource).add("Name", options.get("vpc_name") or self.node.path)
        network = own.cidr_block or self.resource.attr_cidr_block
        if own.cidr_block is None:
            found = places(arguments, plan, network, configuration, zones, reserved_azs)
        vpc_id = self.resource.ref
        made = [(place, make_subnet(self, place, vpc_id)) for place in found]
        self.subnets: Sequence[ec2.Subnet] = [subnet for _, subnet in made]
        self.vpc = as_vpc(self, "Vpc", vpc_id=vpc_id, cidr=network, zones=zones, subnets=made)
        to_internet = self._connect(made, nat_gateways, gateway=is_public or create_internet_gateway)
        self.log_group: logs.LogGroup | None = None
        self.flow_log = self._log(flow_log_destination, flow_log_fields, flow_log_interval, encryption_key)
        close_default_group(self, self.resource)
        self.endpoint_security_group: ec2.SecurityGroup | None = None
        self._of_endpoints: Sequence[ec2.ISubnet] | None = None
        self._trusted = tuple(trusted_accounts)
        self._network = network
        if endpoints != "none":
            self._add_gateway_endpoints()
        if endpoints == "standard":
            for name, service in STANDARD_SERVICES.items():
                self._add_interface_endpoint(name, service, standard_accounts(name, self._trusted))
        record(self.resource, [VPC_DEFAULT_GROUP_CLOSED_BY_RUNBOOK.waiver], path=arguments.path, by_library=True)
        record(self.resource, [one for one in waivers if one.rule != _OPENS_TO_INTERNET], path=arguments.path)
        for route in to_internet:
            record(route, [one for one in waivers if one.rule == _OPENS_TO_INTERNET], path=arguments.path)

    def add_interface_endpoint(
        self, id: str, service: ec2.IInterfaceVpcEndpointService, *, supports_policy: bool = True
    ) -> ec2.InterfaceVpcEndpoint:
        """Add a private way to one more AWS service, for the account's own principals; about 0.01 USD an hour and zone.

        Args:
            id: its id.
            service: one of `ec2.InterfaceVpcEndpointAwsService`, or an endpoint service.
            supports_policy: False for the few services, and the endpoint services of others, that take no policy.
        """
        return self._add_interface_endpoint(id, service, None, supports_policy=supports_policy)

    def _add_interface_endpoint(
        self,
        id: str,
        service: ec2.IInterfaceVpcEndpointService,
        accounts: Sequence[str] | None,
        *,
        supports_policy: bool = True,
    ) -> ec2.InterfaceVpcEndpoint:
        endpoint = self.vpc.add_interface_endpoint(
            id,
            service=service,
            open=False,
            private_dns_enabled=True,
            security_groups=[self._endpoint_group()],
            subnets=ec2.SubnetSelection(subnets=self._one_a_zone()),
        )
        if supports_policy:
            confine(endpoint, accounts)
        return endpoint

    def _endpoint_group(self) -> ec2.SecurityGroup:
        if self.endpoint_security_group is None:
            group = ec2.SecurityGroup(
                self,
                "EndpointSecurityGroup",
                vpc=self.vpc,
                description="HTTPS from this network to AWS services",
                allow_all_outbound=False,
            )
            group.add_ingress_rule(ec2.Peer.ipv4(self._network), ec2.Port.tcp(443), "HTTPS from this network")
            self.endpoint_security_group = group
        return self.endpoint_security_group

    def _one_a_zone(self) -> Sequence[ec2.ISubnet]:
        if self._of_endpoints is None:
            tier = self.vpc.private_subnets or self.vpc.isolated_subnets or self.vpc.public_subnets
            self._of_endpoints = tier[: len(self.vpc.availability_zones)]
        return self._of_endpoints

    def _add_gateway_endpoints(self) -> None:
        s3 = self.vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
        confine(s3, self._trusted)
        allow_image_layers(s3)
        tables = self.vpc.add_gateway_endpoint("DynamoDb", service=ec2.GatewayVpcEndpointAwsService.DYNAMODB)
        confine(tables, self._trusted)

    def _connect(
        self, made: Sequence[tuple[Place, ec2.Subnet]], nat_gateways: int, *, gateway: bool
    ) -> list[ec2.CfnRoute]:
        """Attach what leads to the internet, as far as asked for, and return the routes to it."""
        if not gateway:
            return []
        igw = ec2.CfnInternetGateway(self, "IGW")
        attachment = ec2.CfnVPCGatewayAttachment(self, "VPCGW", internet_gateway_id=igw.ref, vpc_id=self.resource.ref)
        public = [subnet for _, subnet in made if isinstance(subnet, ec2.PublicSubnet)]
        if not public:
            return []
        for subnet in public:
            subnet.add_default_internet_route(igw.ref, attachment)
        nats = [subnet.add_nat_gateway() for subnet in public[:nat_gateways]]
        private = [(place, subnet) for place, subnet in made if isinstance(subnet, ec2.PrivateSubnet)]
        for place, inner in private if nats else ():
            inner.add_default_nat_route(nats[_number_of(place) % len(nats)].ref)
        self._tell_dependents(made)
        routes = [child for subnet in public for child in subnet.node.find_all() if isinstance(child, ec2.CfnRoute)]
        return routes

    def _tell_dependents(self, made: Sequence[tuple[Place, ec2.Subnet]]) -> None:
        # What needs the internet waits for these groups, which the imported form of the VPC leaves empty.
        routes = {subnet.subnet_id: subnet.internet_connectivity_established for _, subnet in made}
        for subnet in (*self.vpc.public_subnets, *self.vpc.private_subnets):
            _wait(subnet.internet_connectivity_established, routes[subnet.subnet_id])
            _wait(self.vpc.internet_connectivity_established, routes[subnet.subnet_id])

    def _log(
        self,
        destination: EncryptedLogGroup | EncryptedBucket | None,
        fields: Sequence[ec2.LogFormat],
        interval: ec2.FlowLogMaxAggregationInterval,
        key: AnyKey | None,
    ) -> ec2.CfnFlowLog:
        if isinstance(destination, EncryptedBucket):
            allow_delivery(destination.bucket, destination.encryption_key)
            return flow_log(self, self.resource, fields=fields, interval=interval, bucket=destination.bucket)
        group = destination or EncryptedLogGroup(self, "FlowLogGroup", encryption_key=key, data_protection_policy=False)
        self.log_group = group.log_group
        return flow_log(self, self.resource, fields=fields, interval=interval, group=self.log_group)


def _zones(arguments: Arguments, given: Sequence[str] | None, most: int | None, region: str) -> list[str]:
    if given is not None and most is not None:
        arguments.refuse(
            "max_azs", most, asked="left out with availability_zones", way_out="name the zones or count them",
            citation=_RESILIENCE,
        )  # fmt: skip
    number = arguments.default(_ZONES, most)
    if given is None and not is_unresolved(number) and not 1 <= number <= _MOST_ZONES:
        arguments.refuse(
            "max_azs", number, asked="from 2 to 6", way_out="no Region has more zones", citation=_RESILIENCE
        )
    zones = zones_of(arguments, given, number, region)
    name, shown = ("max_azs", number) if given is None else ("availability_zones", zones)
    arguments.govern(name, shown, holds=len(zones) > 1, asked="two zones or more", rule="VpcSpansZones")
    return zones


def _configuration(
    arguments: Arguments,
    given: Sequence[ec2.SubnetConfiguration] | None,
    prefix: float | None,
    *,
    public: bool,
) -> Sequence[ec2.SubnetConfiguration]:
    arguments.govern("public_subnets", public, holds=public is False, asked="False", rule=_OPENS_TO_INTERNET)
    if given is None:
        return tiers(prefix, public=public)
    check_tiers(arguments, given)
    arguments.govern(
        "subnet_configuration",
        "a public tier",
        holds=all(tier.subnet_type != PUBLIC for tier in given),
        asked="of private and isolated tiers",
        rule=_OPENS_TO_INTERNET,
    )
    return given


def _check_gateways(arguments: Arguments, number: int, zones: int, *, is_public: bool) -> None:
    if not 0 <= number <= zones:
        way_out = "a zone needs no second NAT gateway"
        arguments.refuse("nat_gateways", number, asked=f"from 0 to {zones}", way_out=way_out, citation=_RESILIENCE)
    if number and not is_public:
        way_out = "NAT gateways lie in public subnets; pass public_subnets=True as well, or use endpoints"
        arguments.refuse(
            "nat_gateways", number, asked="0 without public subnets", way_out=way_out, citation="164.312(e)(1)"
        )


def _check_choices(arguments: Arguments, endpoints: Endpoints, reserved: int) -> None:
    if endpoints not in ("none", "gateway", "standard"):
        arguments.refuse(
            "endpoints", endpoints, asked="none, gateway or standard", way_out="add others by add_interface_endpoint()",
            citation="164.312(e)(1)",
        )  # fmt: skip
    if not 0 <= reserved <= _MOST_ZONES:
        arguments.refuse(
            "reserved_azs", reserved, asked="from 0 to 6", way_out="no Region has more zones", citation=_RESILIENCE
        )


def _number_of(place: Place) -> int:
    return int(place.id.rpartition("Subnet")[2]) - 1


def _wait(group: IDependable, what: IDependable) -> None:
    assert isinstance(group, DependencyGroup)
    group.add(what)
