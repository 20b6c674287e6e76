"""What a template must show of Amazon CloudFront."""

from __future__ import annotations

import re
from collections.abc import Callable

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome, Verdict, all_met, any_met
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._vended_logs import DELIVERY, SOURCE, vended

DISTRIBUTION = "AWS::CloudFront::Distribution"
VPC_ORIGIN = "AWS::CloudFront::VpcOrigin"
_GUIDE = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/"
_MODERN = ("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")
_BUCKET_DOMAIN = re.compile(r".+\.s3[.-][^/]*amazonaws\.com(\.cn)?")
_WEBSITE = ".s3-website"
_CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""The managed policy CachingDisabled.

AWS: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
"""


def _each_behavior(distribution: Resource, judge: Callable[[Node], Outcome]) -> Outcome:
    """Judge the default behavior and all others."""
    others = distribution.at("DistributionConfig", "CacheBehaviors")
    return all_met(
        [
            judge(distribution.at("DistributionConfig", "DefaultCacheBehavior")),
            *([others.undecided()] if others.is_unknown else []),
            *(judge(one) for one in others.items()),
        ]
    )


def _origins(distribution: Resource) -> tuple[list[Node], list[Outcome]]:
    """Return the origins of a distribution, and what is hidden of them."""
    place = distribution.at("DistributionConfig", "Origins")
    return place.items(), [place.undecided()] if place.is_unknown else []


def _custom(distribution: Resource, origins: list[Node]) -> list[Node]:
    """Return how origins other than buckets are reached, the one of a distribution in the older form among them."""
    places = [distribution.at("DistributionConfig", "CustomOrigin"), *(one.at("CustomOriginConfig") for one in origins)]
    return [place for place in places if not place.is_absent]


@rule(
    title="every distribution answers over HTTPS only",
    fix="set ViewerProtocolPolicy of every behavior to https-only or redirect-to-https",
    applies_to=(DISTRIBUTION,),
    controls=("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    requirement="HC-125",
    same_as=(
        "config:cloudfront-viewer-policy-https",
        "guard:CLOUDFRONT_VIEWER_POLICY_HTTPS",
        "prowler:cloudfront_distributions_https_enabled",
        "checkov:CKV_AWS_34",
    ),
    url=_GUIDE + "using-https-viewers-to-cloudfront.html",
)
def cloudfront_viewers_use_https(distribution: Resource) -> Outcome:
    """Judge every behavior; one that allows all answers in plain text."""
    return _viewers_use_https(distribution)


def _viewers_use_https(distribution: Resource) -> Outcome:
    return _each_behavior(
        distribution, lambda one: one.at("ViewerProtocolPolicy").must_be("https-only", "redirect-to-https")
    )


@rule(
    title="every distribution reaches its origins over HTTPS only",
    fix="set OriginProtocolPolicy to https-only; name the bucket itself in place of its website endpoint",
    applies_to=(DISTRIBUTION, VPC_ORIGIN),
    controls=("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    requirement="HC-126",
    same_as=(
        "config:cloudfront-traffic-to-origin-encrypted",
        "prowler:cloudfront_distributions_origin_traffic_encrypted",
    ),
    url=_GUIDE + "using-https-cloudfront-to-custom-origin.html",
)
def cloudfront_origins_use_https(resource: Resource) -> Outcome:
    """Judge all origins; match-viewer is HTTPS where viewers use nothing else, and a bucket is reached by it always.

    Whether access control changes that for a bucket, no page of AWS says plainly.
    """
    if resource.type == VPC_ORIGIN:
        return resource.at("VpcOriginEndpointConfig", "OriginProtocolPolicy").must_be("https-only")
    origins, hidden = _origins(resource)
    older = resource.at("DistributionConfig", "S3Origin")
    return all_met(
        [
            MET,
            *(_over_https(resource, config) for config in _custom(resource, origins)),
            *([] if older.is_absent else [_viewers_use_https(resource)]),
            *(_bucket_over_https(resource, one) for one in origins if not one.at("S3OriginConfig").is_absent),
            *hidden,
        ]
    )


def _over_https(distribution: Resource, config: Node) -> Outcome:
    policy = config.at("OriginProtocolPolicy")
    return _viewers_use_https(distribution) if policy.text == "match-viewer" else policy.must_be("https-only")


def _bucket_over_https(distribution: Resource, origin: Node) -> Outcome:
    outcome = _viewers_use_https(distribution)
    if outcome.verdict is Verdict.BROKEN and _signs(origin).verdict is not Verdict.BROKEN:
        return origin.undecided("viewers may use HTTP, and access control may ask for HTTPS all the same")
    return outcome


@rule(
    title="every distribution reaches its origins over TLS 1.2 only",
    fix="set OriginSSLProtocols to [TLSv1.2]",
    applies_to=(DISTRIBUTION, VPC_ORIGIN),
    controls=("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    requirement="HC-127",
    url=_GUIDE + "DownloadDistValuesOrigin.html",
)
def cloudfront_origins_use_tls12(resource: Resource) -> Outcome:
    """Judge custom and VPC origins; where nothing is said, older versions are spoken too."""
    if resource.type == VPC_ORIGIN:
        return _only_tls_12(resource.at("VpcOriginEndpointConfig", "OriginSSLProtocols"))
    origins, hidden = _origins(resource)
    spoken = [_only_tls_12(config.at("OriginSSLProtocols")) for config in _custom(resource, origins)]
    return all_met([MET, *spoken, *hidden])


def _only_tls_12(protocols: Node) -> Outcome:
    if protocols.is_unknown:
        return protocols.undecided()
    items = protocols.items()
    return all_met(item.must_be("TLSv1.2") for item in items) if items else protocols.broken()


@rule(
    title="every distribution speaks TLS 1.2 or newer with viewers",
    fix="set ViewerCertificate.MinimumProtocolVersion to TLSv1.2_2021 or newer",
    applies_to=(DISTRIBUTION,),
    controls=("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    requirement="HC-128",
    same_as=("checkov:CKV_AWS_174",),
    url=_GUIDE + "secure-connections-supported-viewer-protocols-ciphers.html",
)
def cloudfront_viewers_use_tls12(distribution: Resource) -> Outcome:
    """Judge the security policy; with CloudFront's own certificate it is TLSv1, whatever is said."""
    certificate = distribution.at("DistributionConfig", "ViewerCertificate")
    own = certificate.at("CloudFrontDefaultCertificate")
    return all_met(
        [
            MET if own.is_absent else own.must_be(False),
            certificate.at("MinimumProtocolVersion").must_be(*_MODERN),
        ]
    )


@rule(
    title="every distribution has a certificate of its own",
    fix="set ViewerCertificate.AcmCertificateArn, of us-east-1, and SslSupportMethod to sni-only",
    applies_to=(DISTRIBUTION,),
    controls=("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    requirement="HC-129",
    same_as=(
        "config:cloudfront-custom-ssl-certificate",
        "config:cloudfront-sni-enabled",
        "guard:CLOUDFRONT_CUSTOM_SSL_CERTIFICATE",
        "guard:CLOUDFRONT_SNI_ENABLED",
        "prowler:cloudfront_distributions_custom_ssl_certificate",
    ),
    url=_GUIDE + "CNAMEs.html",
)
def cloudfront_has_own_certificate(distribution: Resource) -> Outcome:
    """Judge the certificate; CloudFront's own one negotiates TLS 1.0."""
    certificate = distribution.at("DistributionConfig", "ViewerCertificate")
    own = certificate.at("CloudFrontDefaultCertificate")
    return all_met(
        [
            MET if own.is_absent else own.must_be(False),
            any_met(certificate.at(name).must_be_set() for name in ("AcmCertificateArn", "IamCertificateId")),
            certificate.at("SslSupportMethod").must_be("sni-only"),
        ]
    )


@rule(
    title="every distribution reaches buckets by origin access control",
    fix="set OriginAccessControlId of the origin, and let the distribution in by the bucket's policy",
    applies_to=(DISTRIBUTION,),
    controls=("164.312(a)(1)", "164.312(e)(1)", "164.308(a)(4)(ii)(C)"),
    requirement="HC-130",
    same_as=(
        "config:cloudfront-s3-origin-access-control-enabled",
        "prowler:cloudfront_distributions_s3_origin_access_control",
    ),
    url=_GUIDE + "private-content-restricting-access-to-s3.html",
)
def cloudfront_buckets_use_access_control(distribution: Resource) -> Outcome:
    """Judge the origins that are buckets; without it the bucket must be public, or is reached by the older identity.

    A bucket under CustomOriginConfig is one too, as far as its domain name shows it, but for the endpoint of a website.
    """
    origins, hidden = _origins(distribution)
    older = distribution.at("DistributionConfig", "S3Origin")
    return all_met(
        [
            MET,
            *([] if older.is_absent else [older.broken("the older form, which knows no access control")]),
            *(_signs(origin) for origin in origins if _is_bucket(origin)),
            *hidden,
        ]
    )


def _is_bucket(origin: Node) -> bool:
    domain = origin.at("DomainName")
    target = domain.target()
    named = target is not None and target.type == "AWS::S3::Bucket"
    return not origin.at("S3OriginConfig").is_absent or (
        _WEBSITE not in domain.outline() and (named or _BUCKET_DOMAIN.fullmatch(domain.outline()) is not None)
    )


def _signs(origin: Node) -> Outcome:
    """Judge that an origin has an access control that signs requests, which never turns off."""
    place = origin.at("OriginAccessControlId")
    control = place.target()
    if control is None or control.type != "AWS::CloudFront::OriginAccessControl":
        return place.must_be_set()
    behavior = control.at("OriginAccessControlConfig", "SigningBehavior")
    if behavior.is_unknown and behavior.may_be("never"):
        return place.undecided("the templates do not show whether its access control signs")
    return place.broken("an access control that never signs") if behavior.text == "never" else MET


@rule(
    title="every distribution logs the requests made to it",
    fix="add an AWS::Logs::DeliverySource with its ARN and an AWS::Logs::Delivery, or set Logging.Bucket",
    applies_to=(DISTRIBUTION,),
    controls=("164.312(b)",),
    requirement="HC-132",
    same_as=(
        "cdk-nag:AwsSolutions-CFR3",
        "config:cloudfront-accesslogs-enabled",
        "guard:CLOUDFRONT_ACCESSLOGS_ENABLED",
        "prowler:cloudfront_distributions_logging_enabled",
    ),
    url=_GUIDE + "standard-logging.html",
)
def cloudfront_access_logged(distribution: Resource) -> Outcome:
    """Judge both kinds of standard logging."""
    return any_met([vended(distribution), distribution.at("DistributionConfig", "Logging", "Bucket").must_be_set()])


@rule(
    title="no distribution keeps answers at the edge",
    fix="set CachePolicyId of every behavior to CachingDisabled; waive it for what holds no PHI",
    applies_to=(DISTRIBUTION,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-134",
    severity=Severity.WARNING,
    url=_GUIDE + "using-managed-cache-policies.html",
)
def cloudfront_caches_nothing(distribution: Resource) -> Outcome:
    """Judge every behavior; one with field-level encryption may cache, as the fields are unreadable there."""
    return _each_behavior(distribution, _caches_nothing)


def _caches_nothing(behavior: Node) -> Outcome:
    policy, fields = behavior.at("CachePolicyId"), behavior.at("FieldLevelEncryptionId")
    target = policy.target()
    if not fields.is_absent and fields.must_be_set() is MET:
        return MET
    if target is not None and target.type == "AWS::CloudFront::CachePolicy":
        return _keeps_for_no_time([target.at("CachePolicyConfig", name) for name in ("DefaultTTL", "MaxTTL", "MinTTL")])
    if policy.is_absent:
        return _keeps_for_no_time([behavior.at(name) for name in ("DefaultTTL", "MaxTTL", "MinTTL")])
    return policy.must_be(_CACHING_DISABLED)


def _keeps_for_no_time(places: list[Node]) -> Outcome:
    return all_met(place.must_be(0) for place in places)


@rule(
    title="every distribution has a web ACL",
    fix="set WebACLId to the ARN of a web ACL of the scope CLOUDFRONT",
    applies_to=(DISTRIBUTION,),
    controls=("164.308(a)(5)(ii)(B)", "164.312(e)(1)"),
    requirement="HC-135",
    same_as=(
        "cdk-nag:AwsSolutions-CFR2",
        "config:cloudfront-associated-with-waf",
        "prowler:cloudfront_distributions_using_waf",
        "checkov:CKV_AWS_68",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "distribution-web-awswaf.html",
)
def cloudfront_has_web_acl(distribution: Resource) -> Outcome:
    """Judge that one is named."""
    return distribution.at("DistributionConfig", "WebACLId").must_be_set()


@rule(
    title="no log of a distribution holds cookies",
    fix="set Logging.IncludeCookies to false, and leave cs(Cookie) out of RecordFields of the delivery",
    applies_to=(DISTRIBUTION,),
    controls=("164.312(a)(1)",),
    requirement="HC-133",
    severity=Severity.WARNING,
    url=_GUIDE + "standard-logs-reference.html",
)
def cloudfront_logs_without_cookies(distribution: Resource) -> Outcome:
    """Judge both kinds of standard logging; a cookie lets whoever reads it in as the one who sent it."""
    cookies = distribution.at("DistributionConfig", "Logging", "IncludeCookies")
    assembly = distribution.template.assembly
    sources, _ = assembly.pointing_at(distribution, SOURCE, "ResourceArn")
    fields = [
        field
        for source in sources
        for delivery in assembly.pointing_at(source, DELIVERY, "DeliverySourceName")[0]
        for field in delivery.each("RecordFields", "*")
    ]
    delivered = [field.broken() for field in fields if field.text == "cs(Cookie)"]
    return all_met([MET if cookies.is_absent else cookies.must_be(False), *delivered])
