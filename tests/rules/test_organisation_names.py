"""What is judged of identifiers of patients in templates."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    MALFORMED,
    MET,
    NEVER_TEXT,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    outcome,
    resource,
    template,
    verdict,
)

RECORD = "a medical record number"
RULE, URL, LOG = "TemplateWithoutPhi", "UrlWithoutIdentifiers", "AccessLogFormatWithoutIdentifiers"
QUEUE = "AWS::SQS::Queue"
SSN, PHONE, MRN, DOB = "123-45-6789", "212-555-0100", "MRN 4711234", "dob=1970-01-02"


def one(properties: Json, kind: str = QUEUE, **attributes: Json) -> Body:
    return template({"It": resource(kind, properties, **attributes)})


def judged(body: Body) -> str:
    """Judge a resource, also where it is not the first of a template, which is looked at whatever stands in it."""
    alone, resources = verdict(RULE, body), body["Resources"]
    assert isinstance(resources, dict)
    beside = verdict(RULE, {**body, "Resources": {"First": resource(QUEUE), **resources}})
    assert beside == (BROKEN if alone == BROKEN else NOT_APPLICABLE)
    return alone


@pytest.mark.parametrize(
    "text",
    [
        SSN,
        f"a {SSN} b",
        "(212) 555-0100",
        "(212) 555 0100",
        "212 555 2000",
        "212.555.2000",
        PHONE,
        MRN,
        "mrn:4711",
        DOB,
    ],
)
@pytest.mark.parametrize("key", ["QueueName", "Description", "Anything"])
def test_an_identifier_in_any_text_breaks(key: str, text: str) -> None:
    assert judged(one({key: text})) == BROKEN


@pytest.mark.parametrize("text", ["born 1970", "birth-date 01/02", "medical record 12345", "medical-record#1234"])
def test_words_before_a_number_make_it_an_identifier(text: str) -> None:
    assert judged(one({"QueueName": text})) == BROKEN


@pytest.mark.parametrize(
    "text",
    [
        "2012-10-17",
        "arn:aws:sqs:us-east-1:123456789012:visits",
        "6f1c3a52-1234-4567-8901-123456789012",
        "000-45-6789",
        "mrn-service",
        "newborn-ward",
        "adobe-2020",
        "10.0.0.0/16",
        "ops@clinic.example",
        "git@github.com:clinic/app.git",
    ],
)
def test_other_texts_are_no_identifiers(text: str) -> None:
    assert judged(one({"Value": text})) == MET


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"QueueName": "ann@example.com"}, BROKEN),
        ({"Description": "visits of ann@example.com"}, BROKEN),
        ({"Description": "ask the owner, ops@example.com"}, MET),
        ({"UserName": "ops@example.com"}, MET),
        ({"FromName": "ops@example.com"}, MET),
        ({"Endpoint": "ops@example.com"}, MET),
        ({"KeyPrefix": "ann@example.com/"}, BROKEN),
        ({"Owner": {"DisplayName": "ops@example.com"}}, MET),
        ({"Portal": {"DisplayName": "ann@example.com"}}, BROKEN),
        ({"Portal": {"UserName": "ann@example.com"}}, MET),
        ({"Name": {"Value": "ann@example.com"}}, MET),
    ],
)
def test_an_address_counts_where_names_stand(properties: Json, wanted: str) -> None:
    assert judged(one(properties)) == wanted


def test_an_identifier_inside_an_intrinsic_function_breaks() -> None:
    written: list[Json] = [{"Fn::Sub": f"q-{SSN}"}, {"Fn::Join": ["-", ["q", SSN]]}, {"Fn::If": ["C", "a", SSN]}]
    for text in written:
        assert judged(one({"QueueName": text})) == BROKEN


@pytest.mark.parametrize("other", [{"Kind": "x"}, ["x"], {"Fn::Sub": "x"}], ids=str)
def test_what_stands_beside_an_identifier_does_not_hide_it(other: Json) -> None:
    assert judged(one({"Other": other, "QueueName": SSN})) == BROKEN
    assert judged(one({"QueueName": SSN, "Other": other})) == BROKEN


def test_an_identifier_in_tags_and_metadata_breaks() -> None:
    assert judged(one({"Tags": [{"Key": "patient", "Value": SSN}]})) == BROKEN
    assert judged(one({}, Metadata={"Comment": SSN})) == BROKEN


def test_a_finding_says_where_and_of_what_kind_but_not_what() -> None:
    found = outcome(RULE, one({"Tags": [{"Key": "patient", "Value": SSN}]}))
    assert (found.property, found.found) == ("Tags[0].Value", "text that looks like a social security number")


@pytest.mark.parametrize("key", ["UserData", "Body", "BuildSpec", "DefinitionString", "InlineCode", "TemplateBody"])
def test_programs_are_passed_over(key: str) -> None:
    assert judged(one({key: SSN})) == MET


def test_what_this_package_wrote_is_passed_over() -> None:
    waivers: Json = {"waivers": [{"reason": SSN}]}
    assert judged(one({}, Metadata={"hipaa_constructs": waivers})) == MET


def test_what_other_rules_judge_is_passed_over() -> None:
    assert judged(one({"BucketName": SSN}, "AWS::S3::Bucket")) == MET
    assert judged(one({"AccelerateConfiguration": SSN}, "AWS::S3::Bucket")) == BROKEN
    assert judged(one({"Environment": {"Variables": {"A": SSN}}}, "AWS::Lambda::Function")) == MET
    assert judged(one({"Name": f"{SSN}.example.com"}, "AWS::Route53::RecordSet")) == MET


@pytest.mark.parametrize(
    "sections",
    [
        {"Outputs": {"A": {"Value": SSN}}},
        {"Outputs": {"A": {"Value": "x", "Description": PHONE}}},
        {"Parameters": {"A": {"Type": "String", "Default": SSN}}},
        {"Metadata": {"A": MRN}},
        {"Description": f"of {SSN}"},
        {"Description": "visits of ann@example.com"},
        {"Mappings": {"A": {"B": {"C": SSN}}}},
    ],
)
def test_an_identifier_in_another_section_breaks_at_the_first_resource(sections: dict[str, Json]) -> None:
    resources: dict[str, Json] = {"A": resource("AWS::CDK::Metadata"), "It": resource(QUEUE), "Other": resource(QUEUE)}
    body = template(resources, **sections)
    assert [verdict(RULE, body, of=of) for of in ("A", "It", "Other")] == [NOT_APPLICABLE, BROKEN, NOT_APPLICABLE]


def test_programs_in_another_section_are_passed_over() -> None:
    for name, wanted in (("Content", MET), ("Comment", BROKEN)):
        assert verdict(RULE, template({"It": resource(QUEUE)}, Metadata={"A": {name: SSN}})) == wanted


def test_a_finding_names_the_section() -> None:
    body = template({"It": resource(QUEUE)}, Outputs={"A": {"Value": SSN}})
    assert outcome(RULE, body).found == "Outputs.A.Value has text that looks like a social security number"


def test_addresses_of_the_staff_in_parameters_are_none() -> None:
    parameters: Json = {"AlarmEmail": {"Type": "String", "Default": "ops@clinic.example"}}
    assert verdict(RULE, template({"It": resource(QUEUE)}, Parameters=parameters)) == MET


@pytest.mark.parametrize("properties", [*NEVER_TEXT, *MALFORMED, PARAMETER])
def test_no_properties_make_it_fail(properties: Json) -> None:
    assert judged(one(properties)) == MET


def path_with(item: Json, path: str = "/visits") -> Json:
    return {"Body": {"paths": {path: item}}}


DEFINITIONS: list[tuple[Json, str]] = [
    (path_with({"get": {}}, "/patients/{ssn}"), BROKEN),
    (path_with({"get": {}}, "/patients/{id}/{birthDate}"), BROKEN),
    (path_with({"get": {}}, "/patients/{id}"), MET),
    (path_with({"get": {"parameters": [{"in": "query", "name": "ssn"}]}}), BROKEN),
    (path_with({"parameters": [{"in": "query", "name": "mrn"}]}), BROKEN),
    (path_with({"parameters": [{"in": "path", "name": "mrn"}]}), BROKEN),
    (path_with({"get": {"parameters": [{"in": "header", "name": "ssn"}]}}), MET),
    (path_with({"get": {"parameters": [{"in": "query", "name": "page"}, PARAMETER, "x"]}}), MET),
    (path_with({"summary": {"parameters": [{"in": "query", "name": "ssn"}]}}), MET),
    (path_with(PARAMETER, "/patients/{ssn}"), BROKEN),
    (path_with(PARAMETER), UNDECIDED),
    ({"Body": PARAMETER}, UNDECIDED),
    ({"BodyS3Location": {"Bucket": "b"}}, UNDECIDED),
    ({}, NOT_APPLICABLE),
]


@pytest.mark.parametrize(
    ("event", "of", "place"),
    [
        ("Api", "FInMethod", "Path"),
        ("HttpApi", "FInRoute", "RouteKey"),
    ],
)
@pytest.mark.parametrize(("path", "wanted"), [("/patients/{ssn}", BROKEN), ("/patients/{id}", MET)])
def test_the_path_of_an_event_of_sam_decides(event: str, of: str, place: str, path: str, wanted: str) -> None:
    events: Json = {"In": {"Type": event, "Properties": {"Path": path, "Method": "get"}}}
    function = resource("AWS::Serverless::Function", {"Events": events})
    found = outcome(URL, template({"F": function}, Transform="AWS::Serverless-2016-10-31"), of=of)
    assert (found.verdict.value, found.property) == (wanted, place if wanted == BROKEN else "")


@pytest.mark.parametrize(
    ("kind", "properties", "wanted"),
    [
        ("AWS::ApiGateway::Resource", {"PathPart": "{id}"}, MET),
        ("AWS::ApiGateway::Resource", {"PathPart": "ssn"}, MET),
        ("AWS::ApiGateway::Resource", {"PathPart": "{ssn}"}, BROKEN),
        ("AWS::ApiGateway::Resource", {"PathPart": "{proxy+}"}, MET),
        ("AWS::ApiGatewayV2::Route", {"RouteKey": "GET /patients/{mrn}"}, BROKEN),
        ("AWS::ApiGatewayV2::Route", {"RouteKey": "GET /patients/{id}/{birthDate}"}, BROKEN),
        ("AWS::ApiGatewayV2::Route", {"RouteKey": "GET /patients/{patientId}"}, MET),
        ("AWS::ApiGateway::Method", {"RequestParameters": {"method.request.querystring.dob": True}}, BROKEN),
        ("AWS::ApiGateway::Method", {"RequestParameters": {"method.request.path.phone": False}}, BROKEN),
        ("AWS::ApiGateway::Method", {"RequestParameters": {"method.request.header.email": True}}, MET),
        ("AWS::ApiGateway::Method", {"RequestParameters": {"method.request.querystring.page": True}}, MET),
        ("AWS::ApiGateway::Method", {"RequestParameters": {"method.request.QueryString.dob": True}}, BROKEN),
        (
            "AWS::CloudFront::OriginRequestPolicy",
            {"OriginRequestPolicyConfig": {"QueryStringsConfig": {"QueryStrings": ["page", "email"]}}},
            BROKEN,
        ),
        (
            "AWS::CloudFront::CachePolicy",
            {
                "CachePolicyConfig": {
                    "ParametersInCacheKeyAndForwardedToOrigin": {"QueryStringsConfig": {"QueryStrings": ["last_name"]}}
                }
            },
            BROKEN,
        ),
        (
            "AWS::ElasticLoadBalancingV2::ListenerRule",
            {"Conditions": [{"QueryStringConfig": {"Values": [{"Key": "ssn", "Value": "1"}]}}]},
            BROKEN,
        ),
        ("AWS::ElasticLoadBalancingV2::ListenerRule", {"Conditions": []}, MET),
        ("AWS::ApiGateway::Resource", {"PathPart": PARAMETER}, MET),
        ("AWS::ApiGateway::Resource", {}, MET),
        *(
            (kind, properties, wanted)
            for kind in ("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api")
            for properties, wanted in DEFINITIONS
        ),
    ],
)
def test_the_names_of_path_variables_and_query_strings_decide(kind: str, properties: Json, wanted: str) -> None:
    assert verdict(URL, one(properties, kind)) == wanted


@pytest.mark.parametrize(
    "name",
    [
        "SSN",
        "birthday",
        "date_of_birth",
        "dob",
        "e-mail",
        "email_address",
        "firstName",
        "last-name",
        "medical_record_no",
        "mrn",
        "patient_name",
        "phone",
        "social-security-number",
        "ssn",
        "surname",
        "telephone_number",
    ],
)
def test_a_name_of_an_identifier_is_known_in_every_spelling(name: str) -> None:
    assert verdict(URL, one({"PathPart": f"{{{name}}}"}, "AWS::ApiGateway::Resource")) == BROKEN


@pytest.mark.parametrize("name", ["assignment", "dobbin", "emailed", "phonebook", "filename", "username", "birthplace"])
def test_other_names_are_none(name: str) -> None:
    assert verdict(URL, one({"PathPart": f"{{{name}}}"}, "AWS::ApiGateway::Resource")) == MET


@pytest.mark.parametrize(
    ("format", "wanted"),
    [
        ("$context.requestId $context.authorizer.claims.sub", MET),
        ('{"who":"$context.authorizer.claims.email"}', BROKEN),
        ("$context.authorizer.jwt.claims.phone_number", BROKEN),
        ("$context.authorizer.birthdate", BROKEN),
        ("$context.authorizer.claims.email_verified", MET),
        ("$context.identity.sourceIp", MET),
        (PARAMETER, MET),
    ],
)
@pytest.mark.parametrize(
    ("kind", "key"),
    [("AWS::ApiGateway::Stage", "AccessLogSetting"), ("AWS::ApiGatewayV2::Stage", "AccessLogSettings")],
)
def test_the_claims_that_are_logged_decide(kind: str, key: str, format: Json, wanted: str) -> None:
    assert verdict(LOG, one({key: {"Format": format}}, kind)) == wanted


def test_a_stage_without_access_log_is_not_asked() -> None:
    assert verdict(LOG, one({}, "AWS::ApiGateway::Stage")) == NOT_APPLICABLE


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("AWS::Lambda::Function", "Environment"),
        ("AWS::S3::Bucket", "BucketName"),
        ("AWS::S3::Bucket", "LifecycleConfiguration"),
        ("AWS::S3::Bucket", "ReplicationConfiguration"),
        ("AWS::S3::Bucket", "Tags"),
    ],
)
def test_what_a_rule_of_the_service_judges_is_not_judged_twice(kind: str, name: str) -> None:
    assert judged(one({name: {"Id": SSN}}, kind)) == MET
    assert judged(one({name: {"Id": SSN}})) == BROKEN


@pytest.mark.parametrize(
    "name",
    [
        "Body",
        "BuildSpec",
        "Content",
        "DefinitionString",
        "FunctionCode",
        "InlineCode",
        "TemplateBody",
        "UserData",
        "ZipFile",
        "aws:cdk:path",
        "hipaa_constructs",
    ],
)
def test_programs_and_what_tools_write_are_passed_over(name: str) -> None:
    assert judged(one({name: SSN})) == MET
    assert judged(one({name.upper(): SSN})) == BROKEN


def test_a_parameter_of_a_definition_is_told_where_its_name_stands() -> None:
    properties = path_with({"get": {"parameters": [{"in": "query", "name": "ssn"}]}})
    found = outcome(URL, one(properties, "AWS::ApiGateway::RestApi"))
    assert found.path == ("Properties", "Body", "paths", "/visits", "get", "parameters", 0, "name")


@pytest.mark.parametrize(
    ("of", "wanted"),
    [
        ("First", f"text that looks like {RECORD}; Description has text that looks like {RECORD}"),
        ("Second", f"text that looks like {RECORD}"),
    ],
)
def test_what_stands_in_other_sections_is_told_beside_a_finding_of_the_first_resource(of: str, wanted: str) -> None:
    named = resource("AWS::SNS::Topic", {"TopicName": "mrn-4711001"})
    body = template({"First": named, "Second": named}, Description="MRN 4711001")
    assert outcome(RULE, body, of=of).found == wanted


def test_all_that_stands_in_other_sections_is_told() -> None:
    sections: dict[str, Json] = {"Description": "MRN 4711001", "Metadata": {"Note": "MRN 4711001"}}
    told = [f"{place} has text that looks like {RECORD}" for place in ("Description", "Metadata.Note")]
    assert outcome(RULE, template({"It": resource("AWS::SNS::Topic")}, **sections)).found == "; ".join(told)
