"""Amazon CloudFront: where requests go, over TLS 1.2 or newer and to nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.services._tokens import ACCOUNT_ID, PARTITION, is_unresolved
from hipaa_constructs.services.s3 import EncryptedBucket

_CITATION = "164.312(e)(1)"
_TLS_12 = [cloudfront.OriginSslPolicy.TLS_V1_2]
_NO_HEADERS: Mapping[str, str] = {}
_UNAVAILABLE = (500, 502, 503, 504)

Bind = Callable[[Construct], cloudfront.IOrigin]
Allow = Callable[[str | None], bool]


@dataclass(frozen=True, slots=True)
class HttpsOrigin:
    """Where a distribution fetches from: a bucket, an internal load balancer, or a server with TLS 1.2.

    Make one with `bucket`, `load_balancer` or `custom`, and one that stands in for another with `or_else`.

    Attributes:
        bind: makes the CDK's origin in a distribution.
        allow: lets the distribution with an id in, where that takes a policy; whether it could.
        forwards_host: whether requests keep the Host header of the viewer.
        is_bucket: whether a bucket answers, which takes no headers and no parameters of viewers.
        reads_only: whether GET, HEAD and OPTIONS alone are sent there.
    """

    bind: Bind
    allow: Allow | None
    forwards_host: bool
    is_bucket: bool = False
    reads_only: bool = False

    @classmethod
    def bucket(
        cls,
        bucket: EncryptedBucket | s3.IBucket,
        *,
        encryption_key: kms.IKey | None = None,
        origin_path: str | None = None,
        origin_shield_region: str | None = None,
    ) -> HttpsOrigin:
        """Fetch from a private bucket, as the only one who is let in, by origin access control.

        The bucket's policy and the key's let CloudFront read for this account's distributions; with the
        ``distribution_id`` of the distribution, for that one alone. Neither can name a distribution that is not there
        yet: its origin would depend on what depends on it. Those of an imported bucket must be there already.

        Args:
            bucket: with objects that CloudFront may show.
            encryption_key: of the bucket, where it is not an `EncryptedBucket`.
            origin_path: a prefix of all keys; none by default.
            origin_shield_region: a Region whose cache all others ask first; none by default.

        Raises:
            ComplianceError: the bucket is a website, whose endpoint speaks no TLS.

        AWS: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
        """
        own = bucket.bucket if isinstance(bucket, EncryptedBucket) else bucket
        key = bucket.encryption_key if isinstance(bucket, EncryptedBucket) else encryption_key or own.encryption_key
        if own.is_website:
            raise ComplianceError(
                f"HttpsOrigin.bucket: the bucket must be no website, got {own.node.path}; website endpoints speak no "
                f"TLS; take website_index_document away ({_CITATION})"
            )

        def bind(scope: Construct) -> cloudfront.IOrigin:
            # Of a bucket that it knows, the L2 would let every distribution of every account use the key.
            named = s3.Bucket.from_bucket_attributes(
                scope,
                f"Origin{own.node.addr[-8:]}",
                bucket_arn=own.bucket_arn,
                bucket_regional_domain_name=own.bucket_regional_domain_name,
            )
            return origins.S3BucketOrigin.with_origin_access_control(
                named,
                origin_path=origin_path,
                origin_shield_region=origin_shield_region,
                origin_shield_enabled=None if origin_shield_region else False,
            )

        def allow(known_id: str | None) -> bool:
            return _let_read(own, key, known_id)

        return cls(bind, allow, forwards_host=False, is_bucket=True, reads_only=True)

    @classmethod
    def load_balancer(
        cls,
        load_balancer: elbv2.IApplicationLoadBalancer,
        *,
        domain_name: str,
        https_port: int = 443,
        origin_shield_region: str | None = None,
    ) -> HttpsOrigin:
        """Fetch from an internal load balancer, through a VPC origin: nothing but CloudFront reaches it from outside.

        The VPC must have an internet gateway attached, without a route to it (``create_internet_gateway=True`` of
        `FlowLoggedVpc`), and the load balancer's security group must admit port 443 from
        ``CloudFront-VPCOrigins-Service-SG``, which AWS makes with the first VPC origin of a VPC.

        Args:
            load_balancer: with an HTTPS listener.
            domain_name: the name that its certificate is for.
            https_port: of the listener, by default 443.
            origin_shield_region: a Region whose cache all others ask first; none by default.

        AWS: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
        """
        _refuse_plaintext("load_balancer", domain_name)

        def bind(scope: Construct) -> cloudfront.IOrigin:
            # One for all behaviors and origin groups: the L2 would make one for each.
            id = f"VpcOrigin{load_balancer.node.addr[-8:]}{https_port}"
            made = scope.node.try_find_child(id)
            vpc_origin = (
                made
                if isinstance(made, cloudfront.VpcOrigin)
                else cloudfront.VpcOrigin(
                    scope,
                    id,
                    endpoint=cloudfront.VpcOriginEndpoint.application_load_balancer(load_balancer),
                    https_port=https_port,
                    protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
                    origin_ssl_protocols=_TLS_12,
                )
            )
            return origins.VpcOrigin.with_vpc_origin(
                vpc_origin,
                domain_name=domain_name,
                origin_shield_region=origin_shield_region,
                origin_shield_enabled=None if origin_shield_region else False,
            )

        return cls(bind, None, forwards_host=True)

    @classmethod
    def custom(
        cls,
        domain_name: str,
        *,
        https_port: int = 443,
        origin_path: str | None = None,
        custom_headers: Mapping[str, str] = _NO_HEADERS,
        origin_shield_region: str | None = None,
    ) -> HttpsOrigin:
        """Fetch from a server with a certificate for its name, over TLS 1.2.

        Args:
            domain_name: of the server, without ``https://``.
            https_port: by default 443.
            origin_path: a prefix of all paths; none by default.
            custom_headers: sent with every request, none by default. They stand in the template: no secrets.
            origin_shield_region: a Region whose cache all others ask first; none by default.

        Raises:
            ComplianceError: the name is that of a website endpoint of S3, or a URL.
        """
        _refuse_plaintext("custom", domain_name)

        def bind(scope: Construct) -> cloudfront.IOrigin:
            return origins.HttpOrigin(
                domain_name,
                https_port=https_port,
                protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
                origin_ssl_protocols=_TLS_12,
                origin_path=origin_path,
                custom_headers=custom_headers or None,
                origin_shield_region=origin_shield_region,
                origin_shield_enabled=None if origin_shield_region else False,
            )

        return cls(bind, None, forwards_host=False)

    def or_else(self, other: HttpsOrigin, *, status_codes: Sequence[int] = _UNAVAILABLE) -> HttpsOrigin:
        """Fetch from another origin what this one fails to answer: an origin group.

        CloudFront tries the other one for GET, HEAD and OPTIONS only, each request anew; it refuses behaviors that
        take other methods of a group. A path that is written to has one origin.

        Args:
            other: the same content elsewhere, say in another Region; no group itself.
            status_codes: the answers, beside no answer at all, that make CloudFront ask the other one: of 400, 403,
                404, 416, 429, 500, 502, 503 and 504; by default those from 500 on.

        Raises:
            ComplianceError: the other origin is a group.

        AWS: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
        """
        for one in (self, other):
            if one.reads_only and not one.is_bucket:
                raise ComplianceError(
                    "HttpsOrigin.or_else: both origins must be single ones, got a group; a group has two members "
                    "(164.308(a)(7)(ii)(C))"
                )
        allowing = [one.allow for one in (self, other) if one.allow is not None]

        def bind(scope: Construct) -> cloudfront.IOrigin:
            return origins.OriginGroup(
                primary_origin=self.bind(scope),
                fallback_origin=other.bind(scope),
                fallback_status_codes=list(status_codes),
            )

        def allow(known_id: str | None) -> bool:
            return all([one(known_id) for one in allowing])

        return HttpsOrigin(
            bind,
            allow if allowing else None,
            forwards_host=self.forwards_host and other.forwards_host,
            is_bucket=self.is_bucket and other.is_bucket,
            reads_only=True,
        )


def _refuse_plaintext(kind: str, name: str) -> None:
    if is_unresolved(name):
        return
    if ".s3-website" in name:
        raise ComplianceError(
            f"HttpsOrigin.{kind}: domain_name must speak TLS, got {name!r}; website endpoints of S3 don't; pass "
            f"HttpsOrigin.bucket(…) ({_CITATION})"
        )
    if not name or "/" in name or ":" in name:
        raise ComplianceError(
            f"HttpsOrigin.{kind}: domain_name must be the name of a server, got {name!r}; leave the protocol, the port "
            f"and the path out ({_CITATION})"
        )


def _let_read(bucket: s3.IBucket, key: kms.IKey | None, known_id: str | None) -> bool:
    conditions: dict[str, dict[str, str]] = {
        "StringEquals": {"aws:SourceAccount": ACCOUNT_ID},
        "ArnLike": {"aws:SourceArn": f"arn:{PARTITION}:cloudfront::{ACCOUNT_ID}:distribution/{known_id or '*'}"},
    }
    principals: Sequence[iam.IPrincipal] = [iam.ServicePrincipal("cloudfront.amazonaws.com")]
    added = bucket.add_to_resource_policy(
        iam.PolicyStatement(
            actions=["s3:GetObject"],
            resources=[bucket.arn_for_objects("*")],
            principals=principals,
            conditions=conditions,
        )
    )
    if key is not None:
        key.add_to_resource_policy(
            iam.PolicyStatement(actions=["kms:Decrypt"], resources=["*"], principals=principals, conditions=conditions)
        )
    return added.statement_added
