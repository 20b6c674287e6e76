"""Amazon CloudFront: how requests of a path are answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from hipaa_constructs.services.cloudfront_origins import HttpsOrigin

_TWO_YEARS = Duration.days(730)
_SECURE = (
    cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
    cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpsBehavior:
    """How a distribution answers requests of a path.

    Attributes:
        origin: where it fetches from.
        viewer_protocol_policy: by default plain HTTP is redirected to HTTPS.
        cache_policy: by default nothing is cached; anything else needs a waiver of CloudfrontCachesNothing.
        origin_request_policy: what of a request reaches the origin; by default everything, but of buckets and custom
            origins the Host header.
        response_headers_policy: by default HSTS for two years and the other security headers, and that browsers store
            nothing.
        allowed_methods: by default all, of buckets and origin groups GET, HEAD and OPTIONS.
        compress: by default not, as compressed answers over TLS can leak what they hold.
        trusted_key_groups: whose signed URLs or cookies are asked for; none by default.
        function_associations: functions at the edge; none by default.
        edge_lambdas: functions at the edge; none by default.
        field_level_encryption_id: of a configuration that encrypts fields of posts; none by default.
    """

    origin: HttpsOrigin
    viewer_protocol_policy: cloudfront.ViewerProtocolPolicy = cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS
    cache_policy: cloudfront.ICachePolicy | None = None
    origin_request_policy: cloudfront.IOriginRequestPolicy | None = None
    response_headers_policy: cloudfront.IResponseHeadersPolicy | None = None
    allowed_methods: cloudfront.AllowedMethods | None = None
    compress: bool = False
    trusted_key_groups: Sequence[cloudfront.IKeyGroup] = ()
    function_associations: Sequence[cloudfront.FunctionAssociation] = ()
    edge_lambdas: Sequence[cloudfront.EdgeLambda] = ()
    field_level_encryption_id: str | None = None

    @property
    def is_https(self) -> bool:
        """Whether nobody gets an answer without TLS."""
        return self.viewer_protocol_policy in _SECURE

    def options(
        self, scope: Construct, headers: cloudfront.IResponseHeadersPolicy, origin: cloudfront.IOrigin
    ) -> cloudfront.BehaviorOptions:
        """Return it as the CDK's distribution takes it.

        Args:
            scope: the distribution.
            headers: the security headers that it sends by default.
            origin: the CDK's form of the origin.
        """
        policies = cloudfront.OriginRequestPolicy
        methods = cloudfront.AllowedMethods
        by_name = policies.ALL_VIEWER if self.origin.forwards_host else policies.ALL_VIEWER_EXCEPT_HOST_HEADER
        return cloudfront.BehaviorOptions(
            origin=origin,
            viewer_protocol_policy=self.viewer_protocol_policy,
            cache_policy=self.cache_policy or cloudfront.CachePolicy.CACHING_DISABLED,
            origin_request_policy=self.origin_request_policy or (None if self.origin.is_bucket else by_name),
            response_headers_policy=self.response_headers_policy or headers,
            allowed_methods=self.allowed_methods
            or (methods.ALLOW_GET_HEAD_OPTIONS if self.origin.reads_only else methods.ALLOW_ALL),
            compress=self.compress,
            trusted_key_groups=list(self.trusted_key_groups) or None,
            function_associations=list(self.function_associations) or None,
            edge_lambdas=list(self.edge_lambdas) or None,
        )


def security_headers(scope: Construct) -> cloudfront.ResponseHeadersPolicy:
    """Make the headers that tell browsers to use TLS only, to embed nowhere and to store nothing.

    AWS: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-response-headers.html
    """
    return cloudfront.ResponseHeadersPolicy(
        scope,
        "SecurityHeaders",
        comment="HTTPS only, embedded nowhere, stored nowhere",
        security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
            strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                access_control_max_age=_TWO_YEARS, include_subdomains=True, preload=True, override=True
            ),
            content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
            frame_options=cloudfront.ResponseHeadersFrameOptions(
                frame_option=cloudfront.HeadersFrameOption.DENY, override=False
            ),
            referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                referrer_policy=cloudfront.HeadersReferrerPolicy.NO_REFERRER, override=False
            ),
        ),
        custom_headers_behavior=cloudfront.ResponseCustomHeadersBehavior(
            custom_headers=[cloudfront.ResponseCustomHeader(header="Cache-Control", value="no-store", override=False)]
        ),
    )
