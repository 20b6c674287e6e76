"""The rules about AWS Lambda functions."""

from __future__ import annotations

import datetime

import pytest

from hipaa_constructs.rules import RULES, Assembly, Template
from hipaa_constructs.rules._functions import deprecated_on
from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NEVER_TEXT,
    NOT_APPLICABLE,
    PARAMETER,
    TODAY,
    UNDECIDED,
    Body,
    outcome,
    resource,
    template,
    verdict,
)

FUNCTION = "AWS::Lambda::Function"
GROUP = "AWS::Logs::LogGroup"
PERMISSION = "AWS::Lambda::Permission"
KEY: Json = {"Fn::GetAtt": ["Key", "Arn"]}
IT: Json = {"Ref": "It"}
VARIABLES: Json = {"Variables": {"A": "b"}}
SUBNETS: Json = {"SubnetIds": ["a", "b"], "SecurityGroupIds": ["g"]}


def function(properties: Json = None, **others: Json) -> Body:
    return template({"It": resource(FUNCTION, properties), "Key": resource("AWS::KMS::Key"), **others})


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"Environment": VARIABLES, "KmsKeyArn": KEY}, MET),
        ({"Environment": VARIABLES, "KmsKeyArn": "alias/mine"}, BROKEN),
        ({"Environment": VARIABLES}, BROKEN),
        ({"Environment": VARIABLES, "KmsKeyArn": GONE}, BROKEN),
        ({"Environment": VARIABLES, "KmsKeyArn": PARAMETER}, UNDECIDED),
        ({"Environment": PARAMETER}, UNDECIDED),
        ({"Environment": PARAMETER, "KmsKeyArn": KEY}, MET),
        ({"Environment": {"Variables": {}}}, NOT_APPLICABLE),
        ({"Environment": {}}, NOT_APPLICABLE),
        ({}, NOT_APPLICABLE),
        ({"Environment": "x"}, BROKEN),
    ],
)
def test_the_key_of_variables_decides(properties: Body, wanted: str) -> None:
    assert verdict("LambdaVariablesUseCustomerManagedKey", function(properties)) == wanted


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("TABLE", "visits", MET),
        ("DB_PASSWORD", "hunter2", BROKEN),
        ("DB_PASSWORD", "", MET),
        ("DB_PASSWORD", PARAMETER, UNDECIDED),
        ("DB_PASSWORD", {"Ref": "Key"}, MET),
        ("DB_PASSWORD", {"Fn::Sub": "x-${AnyParameter}"}, MET),
        ("DB_SECRET", "arn:aws:secretsmanager:us-east-1:1:secret:x", MET),
        ("DB_SECRET", "/prod/db", MET),
        ("USE_TOKEN", "true", MET),
        ("USE_TOKEN", "False", MET),
        ("USE_TOKEN", True, MET),
        ("TOKEN", 60, MET),
        ("TABLE", "AKIAIOSFODNN7EXAMPLE", BROKEN),
        ("URL", "postgres://me:secret@host/db", BROKEN),
        ("TABLE", "{{resolve:secretsmanager:x}}", BROKEN),
        ("TABLE", {"Fn::Sub": "{{resolve:secretsmanager:${AnyParameter}}}"}, BROKEN),
        ("PATIENT", "123-45-6789", BROKEN),
        ("TABLE", PARAMETER, MET),
        ("TABLE", GONE, MET),
    ],
)
def test_what_a_variable_says_decides(name: str, value: Json, wanted: str) -> None:
    body = function({"Environment": {"Variables": {name: value}}})
    assert verdict("LambdaVariablesWithoutSecrets", body) == wanted


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        (GONE, NOT_APPLICABLE),
        ({}, NOT_APPLICABLE),
        ({"Variables": {}}, MET),
        (PARAMETER, UNDECIDED),
        ({"Variables": PARAMETER}, UNDECIDED),
        ("x", BROKEN),
        ({"Variables": ["x"]}, BROKEN),
        ({"Variables": None}, BROKEN),
    ],
)
def test_variables_of_a_wrong_type_break(environment: Json, wanted: str) -> None:
    assert verdict("LambdaVariablesWithoutSecrets", function({"Environment": environment})) == wanted


@pytest.mark.parametrize(
    ("config", "wanted"),
    [
        (SUBNETS, MET),
        ({"SubnetIds": ["a"]}, BROKEN),
        ({"SecurityGroupIds": ["a"]}, BROKEN),
        ({"SubnetIds": [], "SecurityGroupIds": []}, BROKEN),
        (GONE, BROKEN),
        ("x", BROKEN),
        (PARAMETER, UNDECIDED),
        ({"SubnetIds": PARAMETER, "SecurityGroupIds": ["g"]}, UNDECIDED),
    ],
)
def test_the_network_of_a_function_decides(config: Json, wanted: str) -> None:
    assert verdict("LambdaInVpc", function({"VpcConfig": config})) == wanted


@pytest.mark.parametrize("rule", ["LambdaInVpc", "LambdaConcurrencyReserved"])
def test_a_function_on_a_capacity_provider_has_the_network_and_the_capacity_of_that(rule: str) -> None:
    assert verdict(rule, function({"CapacityProviderConfig": {}})) == NOT_APPLICABLE


@pytest.mark.parametrize(
    ("subnets", "wanted"),
    [
        (["a", "b"], MET),
        (["a"], BROKEN),
        ([{"Ref": "One"}, {"Ref": "Other"}], MET),
        ([{"Ref": "One"}, {"Ref": "Same"}], BROKEN),
        ([{"Ref": "One"}, "b"], MET),
        ("x", BROKEN),
        (PARAMETER, UNDECIDED),
        ([], NOT_APPLICABLE),
        (GONE, NOT_APPLICABLE),
    ],
)
def test_the_zones_of_a_function_decide(subnets: Json, wanted: str) -> None:
    zones = {"One": "a", "Other": "b", "Same": "a"}
    others = {name: resource("AWS::EC2::Subnet", {"AvailabilityZone": zone}) for name, zone in zones.items()}
    assert verdict("LambdaSpansZones", function({"VpcConfig": {"SubnetIds": subnets}}, **others)) == wanted


def permission(principal: str, of: Json = IT) -> Json:
    return resource(PERMISSION, {"FunctionName": of, "Principal": principal, "SourceArn": "arn"})


@pytest.mark.parametrize(
    ("properties", "others", "wanted"),
    [
        ({"DeadLetterConfig": {"TargetArn": KEY}}, {}, MET),
        ({"DeadLetterConfig": {"TargetArn": PARAMETER}}, {}, UNDECIDED),
        ({"DeadLetterConfig": {}}, {"P": permission("s3.amazonaws.com")}, BROKEN),
        ({}, {"P": permission("s3.amazonaws.com")}, BROKEN),
        ({}, {"P": permission("events.amazonaws.com"), "Q": permission("apigateway.amazonaws.com")}, BROKEN),
        ({}, {"P": permission("apigateway.amazonaws.com")}, NOT_APPLICABLE),
        ({}, {"P": permission("apigateway.amazonaws.com"), "Q": permission("123456789012")}, UNDECIDED),
        ({}, {"P": permission("s3.amazonaws.com", of={"Ref": "Another"})}, UNDECIDED),
        ({}, {"U": resource("AWS::Lambda::Url", {"TargetFunctionArn": IT})}, NOT_APPLICABLE),
        ({}, {"M": resource("AWS::Lambda::EventSourceMapping", {"FunctionName": IT})}, NOT_APPLICABLE),
        ({}, {"P": permission("s3.amazonaws.com", of=PARAMETER)}, UNDECIDED),
        (
            {},
            {"P": permission("s3.amazonaws.com", of=PARAMETER), "Q": permission("apigateway.amazonaws.com")},
            UNDECIDED,
        ),
        ({}, {}, UNDECIDED),
    ],
)
def test_who_calls_a_function_and_where_failures_go_decide(properties: Body, others: Body, wanted: str) -> None:
    body = function(properties, **{"Another": resource(FUNCTION), **others})
    assert verdict("LambdaKeepsFailedEvents", body) == wanted


def destinations(of: Json, destination: Json) -> Json:
    config: Json = {"OnFailure": {"Destination": destination}}
    return resource("AWS::Lambda::EventInvokeConfig", {"FunctionName": of, "DestinationConfig": config})


@pytest.mark.parametrize(
    ("of", "destination", "wanted"),
    [
        (IT, KEY, MET),
        (IT, "arn:aws:sqs:us-east-1:1:q", MET),
        (IT, GONE, BROKEN),
        (IT, "", BROKEN),
        (PARAMETER, KEY, UNDECIDED),
        ({"Ref": "Key"}, KEY, UNDECIDED),
        ("named", KEY, MET),
        ("another", KEY, BROKEN),
    ],
)
def test_a_destination_takes_what_failed(of: Json, destination: Json, wanted: str) -> None:
    body = function({"FunctionName": "named"}, Config=destinations(of, destination), P=permission("sns.amazonaws.com"))
    assert verdict("LambdaKeepsFailedEvents", body) == wanted


@pytest.mark.parametrize(
    ("number", "wanted"),
    [(0, MET), (5, MET), ("5", MET), (-1, BROKEN), (GONE, BROKEN), ("x", BROKEN), ({}, BROKEN), (PARAMETER, UNDECIDED)],
)
def test_the_reserved_concurrency_decides(number: Json, wanted: str) -> None:
    assert verdict("LambdaConcurrencyReserved", function({"ReservedConcurrentExecutions": number})) == wanted


@pytest.mark.parametrize(
    ("runtime", "wanted"),
    [
        ("python3.14", MET),
        ("nodejs22.x", MET),
        ("python3.99", MET),
        ("provided.al2023", MET),
        ("python3.9", BROKEN),
        ("nodejs", BROKEN),
        ("nodejs20.x", BROKEN),
        (GONE, BROKEN),
        ("", BROKEN),
        (PARAMETER, UNDECIDED),
        *((value, BROKEN) for value in NEVER_TEXT),
    ],
)
def test_the_runtime_decides(runtime: Json, wanted: str) -> None:
    assert verdict("LambdaRuntimeSupported", function({"Runtime": runtime})) == wanted


@pytest.mark.parametrize(("days", "wanted"), [(-1, MET), (0, BROKEN), (1, BROKEN)])
def test_a_runtime_is_supported_until_the_day_before_its_deprecation(days: int, wanted: str) -> None:
    made = Template(function({"Runtime": "python3.12"}))
    Assembly([made], today=deprecated_on()["python3.12"] + datetime.timedelta(days=days))
    assert RULES["LambdaRuntimeSupported"].judge(made.resources["It"]).verdict.value == wanted


def test_the_table_of_runtimes_knows_what_is_mended_today() -> None:
    assert {name for name, last in deprecated_on().items() if last > TODAY} == {
        *("dotnet10", "java11", "java17", "java21", "java25", "java8.al2", "nodejs22.x", "nodejs24.x"),
        *("provided.al2023", "python3.11", "python3.12", "python3.13", "python3.14", "ruby3.4", "ruby4.0"),
    }


@pytest.mark.parametrize("properties", [{"PackageType": "Image"}, {"Code": {"ImageUri": "x"}}])
def test_an_image_brings_its_own_runtime(properties: Body) -> None:
    assert verdict("LambdaRuntimeSupported", function(properties)) == NOT_APPLICABLE


def logged(name: Json) -> Json:
    return resource(GROUP, {"LogGroupName": name})


OF_IT: Json = {"Fn::Join": ["", ["/aws/lambda/", IT]]}


@pytest.mark.parametrize(
    ("properties", "group", "wanted"),
    [
        ({"LoggingConfig": {"LogGroup": {"Ref": "Group"}}}, "any", MET),
        ({"LoggingConfig": {"LogGroup": {"Ref": "Key"}}}, "any", UNDECIDED),
        ({"LoggingConfig": {"LogGroup": "any"}}, "any", MET),
        ({"LoggingConfig": {"LogGroup": "other"}}, "any", BROKEN),
        ({"LoggingConfig": {"LogGroup": "/aws/lambda/x"}}, {"Fn::Sub": "/aws/lambda/${AnyParameter}"}, UNDECIDED),
        ({"LoggingConfig": {"LogGroup": PARAMETER}}, "any", UNDECIDED),
        ({"LoggingConfig": {"LogGroup": 3}}, "any", BROKEN),
        ({"LoggingConfig": {}}, "any", BROKEN),
        ({"LoggingConfig": "x"}, "any", BROKEN),
        ({}, "any", BROKEN),
        ({}, OF_IT, MET),
        ({}, {"Fn::Sub": "/aws/lambda/${It}"}, MET),
        ({}, {"Fn::Sub": "/aws/lambda/${It}-x"}, BROKEN),
        ({}, {"Fn::Sub": "/aws/lambda/${Another}"}, BROKEN),
        ({"FunctionName": "f"}, "/aws/lambda/f", MET),
        ({"FunctionName": "f"}, "/aws/lambda/g", BROKEN),
        ({"FunctionName": "f"}, {"Fn::Sub": "/aws/lambda/${AnyParameter}"}, UNDECIDED),
        ({"FunctionName": "f"}, {"Fn::Sub": "/other/${AnyParameter}"}, BROKEN),
        ({"FunctionName": "f"}, PARAMETER, UNDECIDED),
        ({"FunctionName": "f"}, {"Fn::Sub": "/aws/lambda/${Another}"}, BROKEN),
        ({"FunctionName": {"Fn::Sub": "f-${AnyParameter}"}}, {"Fn::Sub": "/aws/lambda/f-${AnyParameter}"}, MET),
        ({"FunctionName": {"Fn::Sub": "f-${AnyParameter}"}}, {"Fn::Sub": "/aws/lambda/g-${AnyParameter}"}, UNDECIDED),
        ({"FunctionName": PARAMETER}, "any", UNDECIDED),
    ],
)
def test_the_log_group_of_a_function_decides(properties: Body, group: Json, wanted: str) -> None:
    body = function(properties, Group=logged(group), Another=resource(FUNCTION))
    assert verdict("LambdaLogGroupDeclared", body) == wanted


def test_a_log_group_of_another_stack_counts() -> None:
    assert (
        verdict("LambdaLogGroupDeclared", function({"FunctionName": "f"}), template({"G": logged("/aws/lambda/f")}))
        == MET
    )


def test_a_log_group_that_is_never_made_is_none() -> None:
    group = resource(GROUP, {"LogGroupName": OF_IT}, Condition="Never")
    body = template({"It": resource(FUNCTION), "Group": group}, Conditions={"Never": {"Fn::Equals": ["a", "b"]}})
    assert verdict("LambdaLogGroupDeclared", body) == BROKEN


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("http://records.internal/", BROKEN),
        ("HTTP://records.internal/", BROKEN),
        ("redis://cache:6379", BROKEN),
        ("amqp://queue", BROKEN),
        ("ftp://files", BROKEN),
        ("ldap://people", BROKEN),
        ("ws://chat", BROKEN),
        ("s3://records", MET),
        ("https://records/?next=http://x", MET),
        ("http://records/?next=https://x", BROKEN),
        ({"Fn::Sub": "http://${AnyParameter}/"}, BROKEN),
        ("https://records.internal/", MET),
        ("rediss://cache:6379", MET),
        ("http://localhost:2772", MET),
        ("http://127.0.0.1:2772", MET),
        ("http://[::1]:2772", MET),
        ("http", MET),
        (PARAMETER, MET),
        (3, MET),
    ],
)
def test_an_endpoint_without_tls_breaks(value: Json, wanted: str) -> None:
    body = function({"Environment": {"Variables": {"URL": value}}})
    assert verdict("LambdaVariablesNameTlsEndpoints", body) == wanted


@pytest.mark.parametrize("environment", [GONE, PARAMETER, "x", {"Variables": []}])
def test_a_function_without_variables_names_no_endpoint(environment: Json) -> None:
    assert verdict("LambdaVariablesNameTlsEndpoints", function({"Environment": environment})) == NOT_APPLICABLE


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ("LambdaVariablesWithoutSecrets", "Environment"),
        ("LambdaInVpc", "VpcConfig"),
        ("LambdaRuntimeSupported", "Runtime"),
        ("LambdaConcurrencyReserved", "ReservedConcurrentExecutions"),
    ],
)
@pytest.mark.parametrize("value", MALFORMED, ids=str)
def test_a_malformed_intrinsic_function_is_no_pass(rule: str, place: str, value: Json) -> None:
    assert verdict(rule, function({place: value})) in (BROKEN, UNDECIDED)


SAM: Json = "AWS::Serverless-2016-10-31"


@pytest.mark.parametrize(
    ("rule", "properties", "wanted"),
    [
        ("LambdaInVpc", {"VpcConfig": SUBNETS}, MET),
        ("LambdaInVpc", {}, BROKEN),
        ("LambdaRuntimeSupported", {"Runtime": "python3.9"}, BROKEN),
        ("LambdaKeepsFailedEvents", {"Events": {"In": {"Type": "S3", "Properties": {}}}}, BROKEN),
        ("LambdaKeepsFailedEvents", {"Events": {"In": {"Type": "SQS", "Properties": {}}}}, NOT_APPLICABLE),
        ("LambdaKeepsFailedEvents", {"DeadLetterQueue": {"Type": "SQS", "TargetArn": "arn"}}, MET),
        ("LambdaKeepsFailedEvents", {"EventInvokeConfig": {"DestinationConfig": {"OnFailure": {"Type": "SQS"}}}}, MET),
    ],
)
def test_functions_of_sam_are_judged_alike(rule: str, properties: Body, wanted: str) -> None:
    body = template({"It": resource("AWS::Serverless::Function", properties)}, Transform=SAM)
    assert verdict(rule, body) == wanted


def test_globals_of_sam_count() -> None:
    body = template(
        {"It": resource("AWS::Serverless::Function", {})}, Transform=SAM, Globals={"Function": {"VpcConfig": SUBNETS}}
    )
    assert verdict("LambdaInVpc", body) == MET


@pytest.mark.parametrize(
    ("principal", "wanted"),
    [
        *(
            (f"{name}.amazonaws.com", NOT_APPLICABLE)
            for name in [
                "apigateway",
                "bedrock",
                "cognito-idp",
                "edgelambda",
                "elasticloadbalancing",
                "lex",
                "lexv2",
                "transfer",
                "vpc-lattice",
            ]
        ),
        ("alexa-appkit.amazon.com", NOT_APPLICABLE),
        *(
            (f"{name}.amazonaws.com", BROKEN)
            for name in ["cloudformation", "codecommit", "config", "events", "iot", "logs", "s3", "ses", "sns"]
        ),
        ("unheard.amazonaws.com", UNDECIDED),
    ],
)
def test_each_service_waits_for_the_answer_or_does_not(principal: str, wanted: str) -> None:
    assert verdict("LambdaKeepsFailedEvents", function({}, P=permission(principal))) == wanted


def test_a_finding_says_what_betrays_a_secret() -> None:
    body = function({"Environment": {"Variables": {"URL": "postgres://app:hunter2@db/app"}}})
    assert outcome("LambdaVariablesWithoutSecrets", body).found == "a value with the form of a secret"
