"""What the certificates are, and what they refuse."""

from __future__ import annotations

import pytest
from aws_cdk import App, Fn, Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_sns as sns

from hipaa_constructs import EncryptedTopic, HipaaCertificate
from tests._refusals import made, refusal, waiver
from tests._synthesis import Body, at, metadata_waivers, of_type, report_of, synthesized, the

CERTIFICATE = "AWS::CertificateManager::Certificate"
ALARM = "AWS::CloudWatch::Alarm"
TOPIC = "AWS::SNS::Topic"
NAME = "portal.example.org"


def with_options(**options: object) -> Body:
    return synthesized(lambda stack: made(HipaaCertificate, stack, domain_name=NAME, **options))


PLAIN = with_options()


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def test_a_certificate_is_validated_by_dns() -> None:
    assert at(the(PLAIN, CERTIFICATE), "Properties", "ValidationMethod") == "DNS"


def test_a_certificate_is_in_the_transparency_logs() -> None:
    preference = at(the(PLAIN, CERTIFICATE), "Properties", "CertificateTransparencyLoggingPreference")
    assert preference == "ENABLED"


def test_a_certificate_is_what_the_plain_one_is_with_validation_by_dns() -> None:
    validation = acm.CertificateValidation.from_dns()
    plain = synthesized(lambda stack: acm.Certificate(stack, "It", domain_name=NAME, validation=validation))
    properties = at(the(plain, CERTIFICATE), "Properties")
    assert isinstance(properties, dict)
    assert list(of_type(PLAIN, CERTIFICATE)) == list(of_type(plain, CERTIFICATE))
    assert the(PLAIN, CERTIFICATE)["Properties"] == {
        **properties,
        "CertificateTransparencyLoggingPreference": "ENABLED",
    }


def test_the_alarm_goes_off_when_thirty_days_are_left() -> None:
    properties = at(the(PLAIN, ALARM), "Properties")
    assert (at(properties, "MetricName"), at(properties, "Statistic")) == ("DaysToExpiry", "Minimum")
    assert (at(properties, "Threshold"), at(properties, "ComparisonOperator")) == (30, "LessThanOrEqualToThreshold")


def test_the_alarm_is_about_the_certificate() -> None:
    (certificate,) = of_type(PLAIN, CERTIFICATE)
    dimensions = at(the(PLAIN, ALARM), "Properties", "Dimensions")
    assert dimensions == [{"Name": "CertificateArn", "Value": {"Ref": certificate}}]


def test_the_alarm_stays_when_the_certificate_has_expired() -> None:
    assert at(the(PLAIN, ALARM), "Properties", "TreatMissingData") == "ignore"


def test_the_alarm_tells_the_topic_of_the_stack_which_lets_it() -> None:
    (topic,) = of_type(PLAIN, TOPIC)
    assert at(the(PLAIN, ALARM), "Properties", "AlarmActions") == [{"Ref": topic}]
    statement = at(the(PLAIN, "AWS::SNS::TopicPolicy"), "Properties", "PolicyDocument", "Statement", 1)
    assert at(statement, "Principal", "Service") == "cloudwatch.amazonaws.com"


def test_the_alarm_tells_a_topic_of_ones_own() -> None:
    def build(stack: Stack) -> None:
        HipaaCertificate(stack, "It", domain_name=NAME, alarm_topic=EncryptedTopic(stack, "Own"))

    (topic,) = of_type(synthesized(build), TOPIC)
    assert topic.startswith("Own")


def test_the_alarm_tells_an_imported_topic() -> None:
    arn = "arn:aws:sns:us-east-1:123456789012:alarms"
    template = synthesized(
        lambda stack: HipaaCertificate(
            stack, "It", domain_name=NAME, alarm_topic=sns.Topic.from_topic_arn(stack, "Topic", arn)
        )
    )
    assert at(the(template, ALARM), "Properties", "AlarmActions") == [arn]
    assert of_type(template, TOPIC) == {}


def test_free_options_are_passed_on() -> None:
    properties = at(the(with_options(allow_export=True, certificate_name="portal"), CERTIFICATE), "Properties")
    assert at(properties, "CertificateExport") == "ENABLED"
    assert at(properties, "Tags") == [{"Key": "Name", "Value": "portal"}]


def test_a_certificate_breaks_no_rule() -> None:
    report = report_of(lambda app: HipaaCertificate(Stack(app, "Stack"), "It", domain_name=NAME))
    assert report.findings == []


def test_a_name_that_only_the_deployment_knows_is_taken(stack: Stack) -> None:
    assert HipaaCertificate(stack, "It", domain_name=Fn.import_value("Name"))


def test_validation_by_mail_is_refused(stack: Stack) -> None:
    refusal(
        lambda: made(HipaaCertificate, stack, domain_name=NAME, validation=acm.CertificateValidation.from_email()),
        "Stack/It: validation must be by DNS, got 'EMAIL'; to go without it pass "
        'waivers=[Waiver(rule="AcmCertificateRenewsItself", …)] (164.312(e)(1))',
    )


def test_a_short_key_is_refused(stack: Stack) -> None:
    refusal(
        lambda: made(HipaaCertificate, stack, domain_name=NAME, key_algorithm=acm.KeyAlgorithm.RSA_1024),
        "Stack/It: key_algorithm must be RSA 2048 or stronger, got 'RSA_1024'; to go without it pass "
        'waivers=[Waiver(rule="AcmCertificateKeyStrong", …)] (164.312(e)(1))',
    )


def test_an_elliptic_key_is_taken() -> None:
    template = with_options(key_algorithm=acm.KeyAlgorithm.EC_PRIME256_V1)
    assert at(the(template, CERTIFICATE), "Properties", "KeyAlgorithm") == "EC_prime256v1"


def test_a_certificate_that_is_not_published_is_refused(stack: Stack) -> None:
    refusal(
        lambda: made(HipaaCertificate, stack, domain_name=NAME, transparency_logging_enabled=False),
        "Stack/It: transparency_logging_enabled must be True, got False; to go without it pass "
        'waivers=[Waiver(rule="AcmCertificateTransparent", …)] (164.312(e)(2)(i))',
    )


def test_a_waiver_is_recorded_on_the_certificate() -> None:
    template = with_options(
        transparency_logging_enabled=False, waivers=[waiver("AcmCertificateTransparent")], alarm_days=45
    )
    assert len(metadata_waivers(the(template, CERTIFICATE))) == 1


@pytest.mark.parametrize(
    ("option", "value", "way_out"),
    [
        ("domain_name", "mrn-0012345.example.org", "use opaque host names, as certificates are published for good"),
        (
            "subject_alternative_names",
            [NAME, "mrn-0012345.example.org"],
            "use opaque host names, as certificates are published for good",
        ),
        ("certificate_name", "mrn-0012345", "tags are not encrypted"),
    ],
)
def test_a_name_like_an_identifier_of_a_patient_is_refused_and_not_repeated(
    stack: Stack, option: str, value: object, way_out: str
) -> None:
    refusal(
        lambda: made(HipaaCertificate, stack, **{"domain_name": NAME, option: value}),
        f"Stack/It: {option} must be free of identifiers of patients, got 'text that looks like a medical record "
        f"number'; {way_out} (164.312(a)(1))",
    )


@pytest.mark.parametrize("days", [0, 46])
def test_an_alarm_too_late_or_too_early_is_refused(stack: Stack, days: int) -> None:
    refusal(
        lambda: made(HipaaCertificate, stack, domain_name=NAME, alarm_days=days),
        f"Stack/It: alarm_days must be 1 to 45, got {days}; before that ACM may not have begun to renew it "
        "(164.312(e)(1))",
    )


def test_a_refusal_leaves_nothing_behind(stack: Stack) -> None:
    with pytest.raises(Exception, match="alarm_days"):
        made(HipaaCertificate, stack, domain_name=NAME, alarm_days=0)
    assert stack.node.children == []
