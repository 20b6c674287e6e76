"""What REST and HTTP APIs have in common: what a line of their access logs says."""

from __future__ import annotations

import json

from hipaa_constructs.services._options import Arguments
from hipaa_constructs.services.kms import AnyKey, is_alias

_BOTH = {
    "requestId": "$context.requestId",
    "requestTime": "$context.requestTime",
    "sourceIp": "$context.identity.sourceIp",
    "httpMethod": "$context.httpMethod",
    "protocol": "$context.protocol",
    "status": "$context.status",
    "responseLength": "$context.responseLength",
    "error": "$context.error.responseType",
    "integrationStatus": "$context.integration.status",
    "integrationLatency": "$context.integrationLatency",
    "principal": "$context.authorizer.principalId",
    "subject": "$context.authorizer.claims.sub",
}
_OF_REST = {
    "extendedRequestId": "$context.extendedRequestId",
    "resourcePath": "$context.resourcePath",
    "stage": "$context.stage",
    "caller": "$context.identity.userArn",
    "account": "$context.identity.accountId",
    "vpcEndpoint": "$context.identity.vpceId",
    "responseLatency": "$context.responseLatency",
    "tlsVersion": "$context.tlsVersion",
    "cipherSuite": "$context.cipherSuite",
    "traceId": "$context.xrayTraceId",
    "webAcl": "$context.wafResponseCode",
}
_OF_HTTP = {
    "routeKey": "$context.routeKey",
    "stage": "$context.stage",
    "caller": "$context.identity.userArn",
    "account": "$context.identity.accountId",
    "responseLatency": "$context.responseLatency",
}


def rest_log_line() -> str:
    """Return the format of the access log of REST APIs: who asked for what, without paths, queries and bodies.

    AWS: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
    """
    return json.dumps({**_BOTH, **_OF_REST}, separators=(",", ":"))


def http_log_line() -> str:
    """Return the format of the access log of HTTP APIs, likewise.

    AWS: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
    """
    return json.dumps({**_BOTH, **_OF_HTTP}, separators=(",", ":"))


def refuse_alias(arguments: Arguments, key: AnyKey | None) -> None:
    """Refuse a key that is only named by an alias, which log groups do not take."""
    if is_alias(key):
        arguments.refuse(
            "encryption_key", "an alias", asked="a key",
            way_out="CloudWatch Logs takes the ARN of a key only; pass the key itself",
            citation="164.312(a)(2)(iv)",
        )  # fmt: skip
