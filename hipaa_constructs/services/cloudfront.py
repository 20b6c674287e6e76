"""Amazon CloudFront: HTTPS from the viewer to the origin, and nothing kept on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict, Unpack

from aws_cdk import Annotations
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from hipaa_constructs.services._of_stack import region_of
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._tokens import is_unresolved
from hipaa_constructs.services._waiving import waive
from hipaa_constructs.services.cloudfront_behaviors import HttpsBehavior, security_headers
from hipaa_constructs.services.cloudfront_logs import deliver_logs
from hipaa_constructs.services.cloudfront_origins import HttpsOrigin
from hipaa_constructs.services.kms import AnyKey
from hipaa_constructs.services.logs import EncryptedLogGroup
from hipaa_constructs.services.s3 import EncryptedBucket
from hipaa_constructs.services.wafv2 import HipaaWebAcl
from hipaa_constructs.waivers import Waiver

_READS = frozenset(("GET", "HEAD", "OPTIONS"))
_REGION = "us-east-1"
_IN_TRANSIT = "164.312(e)(1)"
_MODERN = (
    cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
    cloudfront.SecurityPolicyProtocol.TLS_V1_2_2025,
    cloudfront.SecurityPolicyProtocol.TLS_V1_3_2025,
)
_LOGS = "logs are delivered by standard logging v2, encrypted; pass log_destination (164.312(b))"
_POLICY_WARNING = "@aws-cdk/aws-cloudfront-origins:updateImportedBucketPolicyOac"
_NAMES: Mapping[str, HttpsBehavior] = {}


class DistributionOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_cloudfront.Distribution` that are passed on as they are."""

    comment: str
    default_root_object: str
    enable_ipv6: bool
    enabled: bool
    error_responses: Sequence[cloudfront.ErrorResponse]
    geo_restriction: cloudfront.GeoRestriction
    http_version: cloudfront.HttpVersion
    price_class: cloudfront.PriceClass
    publish_additional_metrics: bool


class EndToEndHttpsDistribution(Construct):
    """A distribution with TLS 1.2 or newer from the viewer to the origin, security headers, web ACL and access log.

    Plain HTTP is redirected; your own certificate serves your own names; origins are reached over TLS 1.2 only, buckets
    by origin access control, internal load balancers without any way in from the internet. Nothing is cached, and
    browsers are told to store nothing. The access log goes to an encrypted log group, without cookies, query strings
    and referrers.

    CloudFront takes certificates, web ACLs and log sources of us-east-1 only: so must the stack be. Requests cost about
    0.01 USD for 10,000, transfer 0.085 USD a GB; the web ACL see `HipaaWebAcl`; nothing by the hour.

    Rules: CloudfrontViewersUseHttps, CloudfrontOriginsUseHttps, CloudfrontOriginsUseTls12, CloudfrontViewersUseTls12,
    CloudfrontHasOwnCertificate, CloudfrontBucketsUseAccessControl, CloudfrontAccessLogged, CloudfrontCachesNothing,
    CloudfrontHasWebAcl, WebAclLogged, LogGroupEncrypted.
    Your duty: that no PHI stands in paths and names, which are logged; the records of the names in DNS.
    AWS: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https.html

    Attributes:
        distribution: the `cloudfront.Distribution`, with the logical id that it would have without this construct.
        web_acl: the `HipaaWebAcl`; None if another one was named or it is waived.
        log_destination: what the access log is delivered to; None if it is waived.
    """

    contract = Contract(
        wraps=cloudfront.Distribution,
        types=("AWS::CloudFront::Distribution",),
        fixed={
            "enable_logging": _LOGS,
            "log_bucket": _LOGS,
            "log_file_prefix": _LOGS,
            "log_includes_cookies": "cookies hold credentials, and are never logged (164.312(a)(1))",
            "ssl_support_method": "names are told apart by SNI; other ways cost 600 USD a month (164.312(e)(1))",
        },
        governed={
            "additional_behaviors": ("CloudfrontCachesNothing", "CloudfrontViewersUseHttps"),
            "default_behavior": ("CloudfrontCachesNothing", "CloudfrontViewersUseHttps"),
            "log_destination": ("CloudfrontAccessLogged",),
            "minimum_protocol_version": ("CloudfrontViewersUseTls12",),
            "web_acl_id": ("CloudfrontHasWebAcl",),
        },
        chosen=("certificate", "domain_names"),
        free=DistributionOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        certificate: acm.ICertificate,
        domain_names: Sequence[str],
        default_behavior: HttpsBehavior | HttpsOrigin,
        additional_behaviors: Mapping[str, HttpsBehavior | HttpsOrigin] = _NAMES,
        minimum_protocol_version: cloudfront.SecurityPolicyProtocol = cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
        web_acl_id: HipaaWebAcl | str | Literal[False] | None = None,
        log_destination: EncryptedLogGroup | EncryptedBucket | Literal[False] | None = None,
        distribution_id: str | None = None,
        encryption_key: AnyKey | None = None,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[DistributionOptions],
    ) -> None:
        """Make a distribution.

        Args:
            scope: where it belongs, in a stack of us-east-1.
            id: its id there.
            certificate: for the names, of ACM in us-east-1. CloudFront's own one negotiates TLS 1.0.
            domain_names: what viewers call it by; one at least.
            default_behavior: where requests go, with or without further settings.
            additional_behaviors: the same by path, e.g. ``/images/*``; none by default.
            minimum_protocol_version: by default TLSv1.2_2021; newer ones pass too.
            web_acl_id: by default a `HipaaWebAcl` of its own; another one, or its ARN. False, if waived, for none.
            log_destination: by default an `EncryptedLogGroup` of its own, kept for six years. False, if waived,
                for none.
            distribution_id: its own id, known after the first deployment, e.g. ``E2QWRUHAPOMQZL``: confines what
                buckets and their keys allow CloudFront to this distribution; by default to those of this account.
            encryption_key: of the logs; by default the stack's `EncryptionKey`.
            waivers: exceptions from the rules about distributions.
            **options: of `cloudfront.Distribution`, see `DistributionOptions`. HTTP/2 and HTTP/3 are spoken by default.

        Raises:
            ComplianceError: an option is fixed or unknown, weaker than a rule that is not waived, or of another Region.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        first = _behavior(arguments, "default_behavior", default_behavior)
        others = {path: _behavior(arguments, "additional_behaviors", one) for path, one in additional_behaviors.items()}
        _check_names(arguments, certificate, domain_names, region_of(scope))
        _check_protection(arguments, minimum_protocol_version, web_acl_id, log_destination)
        super().__init__(scope, id)
        self.web_acl: HipaaWebAcl | None = web_acl_id if isinstance(web_acl_id, HipaaWebAcl) else None
        if web_acl_id is None:
            self.web_acl = HipaaWebAcl(self, "WebAcl", web_acl_scope="CLOUDFRONT", encryption_key=encryption_key)
        options.setdefault("http_version", cloudfront.HttpVersion.HTTP2_AND_3)
        headers = security_headers(self)
        bound = self._bound([first, *others.values()])
        self.distribution = cloudfront.Distribution(
            self,
            "Default",
            certificate=certificate,
            domain_names=list(domain_names),
            minimum_protocol_version=minimum_protocol_version,
            default_behavior=first.options(self, headers, bound[first.origin]),
            additional_behaviors={path: one.options(self, headers, bound[one.origin]) for path, one in others.items()},
            web_acl_id=self.web_acl.web_acl_arn
            if self.web_acl
            else web_acl_id
            if isinstance(web_acl_id, str)
            else None,
            **options,
        )
        self._encrypt_fields(first, list(others.values()))
        let_in = [origin.allow(distribution_id) for origin in bound if origin.allow is not None]
        if all(let_in):
            # The CDK says that it can't change the policies of the buckets, which is done here.
            Annotations.of(self.distribution).acknowledge_warning(_POLICY_WARNING)
        self.log_destination: EncryptedLogGroup | EncryptedBucket | None = None
        if log_destination is not False:
            self.log_destination = log_destination or EncryptedLogGroup(
                self, "Log", encryption_key=encryption_key, data_protection_policy=False
            )
            deliver_logs(self, self.distribution, self.log_destination)
        waive(self, *waivers)

    def _bound(self, behaviors: Sequence[HttpsBehavior]) -> dict[HttpsOrigin, cloudfront.IOrigin]:
        """Return the CDK's form of each origin, one for all behaviors that share it."""
        found = dict.fromkeys(behavior.origin for behavior in behaviors)
        return {origin: origin.bind(self) for origin in found}

    def _encrypt_fields(self, first: HttpsBehavior, others: Sequence[HttpsBehavior]) -> None:
        resource = self.distribution.node.default_child
        assert isinstance(resource, cloudfront.CfnDistribution)
        places = ["DefaultCacheBehavior", *(f"CacheBehaviors.{number}" for number in range(len(others)))]
        for place, behavior in zip(places, [first, *others], strict=True):
            if behavior.field_level_encryption_id is not None:
                path = f"DistributionConfig.{place}.FieldLevelEncryptionId"
                resource.add_property_override(path, behavior.field_level_encryption_id)


def _behavior(arguments: Arguments, name: str, given: HttpsBehavior | HttpsOrigin) -> HttpsBehavior:
    if not isinstance(given, (HttpsBehavior, HttpsOrigin)):
        arguments.refuse(
            name,
            type(given).__name__,
            asked="an HttpsOrigin or an HttpsBehavior",
            way_out="make one with HttpsOrigin.bucket(), load_balancer() or custom(); others may speak plain HTTP",
            citation=_IN_TRANSIT,
        )
    behavior = given if isinstance(given, HttpsBehavior) else HttpsBehavior(origin=given)
    arguments.govern(
        name,
        behavior.viewer_protocol_policy.name,
        holds=behavior.is_https,
        asked="HTTPS_ONLY or REDIRECT_TO_HTTPS in viewer_protocol_policy",
        rule="CloudfrontViewersUseHttps",
    )
    origin, methods = behavior.origin, behavior.allowed_methods
    if origin.reads_only and not origin.is_bucket and methods is not None and not _READS.issuperset(methods.methods):
        arguments.refuse(
            name,
            ", ".join(methods.methods),
            asked="GET, HEAD and OPTIONS at most in allowed_methods, with an origin group",
            way_out="CloudFront fails over no other method; give paths that are written to one origin",
            citation="164.308(a)(7)(ii)(C)",
        )
    cached = behavior.cache_policy is not None and behavior.field_level_encryption_id is None
    disabled = cloudfront.CachePolicy.CACHING_DISABLED.cache_policy_id
    arguments.govern(
        name,
        "another cache_policy",
        holds=not cached or (behavior.cache_policy is not None and behavior.cache_policy.cache_policy_id == disabled),
        asked="CachePolicy.CACHING_DISABLED in cache_policy",
        rule="CloudfrontCachesNothing",
    )
    return behavior


def _check_names(arguments: Arguments, certificate: acm.ICertificate, names: Sequence[str], region: str) -> None:
    if not names:
        arguments.refuse(
            "domain_names",
            names,
            asked="one name or more",
            way_out="under a name of CloudFront its own certificate is used, which negotiates TLS 1.0",
            citation=_IN_TRANSIT,
        )
    if not is_unresolved(region) and region != _REGION:
        arguments.refuse(
            "scope",
            f"a stack in {region}",
            asked=f"in a stack of {_REGION}",
            way_out="web ACLs and log sources of CloudFront live there; make a stack with env=Environment(region="
            "'us-east-1'), and cross_region_references=True if it needs anything of others",
            citation=_IN_TRANSIT,
        )
    arn = certificate.certificate_arn
    fields = arn.split(":")
    if not is_unresolved(arn) and (len(fields) < 6 or fields[3] != _REGION):
        arguments.refuse(
            "certificate",
            arn,
            asked=f"of {_REGION}",
            way_out="CloudFront takes certificates of no other Region; ask ACM for one there",
            citation=_IN_TRANSIT,
        )


def _check_protection(
    arguments: Arguments,
    protocol: cloudfront.SecurityPolicyProtocol,
    web_acl: HipaaWebAcl | str | Literal[False] | None,
    log_destination: EncryptedLogGroup | EncryptedBucket | Literal[False] | None,
) -> None:
    arguments.govern(
        "minimum_protocol_version",
        protocol.name,
        holds=protocol in _MODERN,
        asked="TLS_V1_2_2021 or newer",
        rule="CloudfrontViewersUseTls12",
    )
    arguments.govern("web_acl_id", web_acl, holds=web_acl is not False, asked="a web ACL", rule="CloudfrontHasWebAcl")
    arguments.govern(
        "log_destination",
        log_destination,
        holds=log_destination is not False,
        asked="a log group or a bucket",
        rule="CloudfrontAccessLogged",
    )
