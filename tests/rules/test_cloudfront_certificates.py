"""What else is judged of distributions: certificates and logs that are known in part."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, GONE, MET, PARAMETER, UNDECIDED, resource, template, verdict

ACM: Json = "arn:aws:acm:us-east-1:123456789012:certificate/1"


def judged(rule: str, **config: Json) -> str:
    return verdict(rule, template({"It": resource("AWS::CloudFront::Distribution", {"DistributionConfig": config})}))


@pytest.mark.parametrize(
    ("own", "wanted"),
    [(GONE, MET), (False, MET), ("false", MET), (True, BROKEN), ("x", BROKEN), (PARAMETER, UNDECIDED)],
)
def test_the_certificate_of_cloudfront_itself_breaks(own: Json, wanted: str) -> None:
    certificate: Json = {
        "AcmCertificateArn": ACM,
        "SslSupportMethod": "sni-only",
        "CloudFrontDefaultCertificate": own,
    }
    assert judged("CloudfrontHasOwnCertificate", ViewerCertificate=certificate) == wanted


@pytest.mark.parametrize(
    ("logging", "wanted"),
    [
        ({"Bucket": "logs.s3.amazonaws.com"}, MET),
        ({"Prefix": "cloudfront/"}, BROKEN),
        ({"Bucket": ""}, BROKEN),
        ({"Bucket": PARAMETER}, UNDECIDED),
        ("logs", BROKEN),
    ],
)
def test_a_bucket_takes_the_logs(logging: Json, wanted: str) -> None:
    assert judged("CloudfrontAccessLogged", Logging=logging) == wanted
