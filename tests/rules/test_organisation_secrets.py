"""What is judged of secrets in plain text."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules import _texts, organisation_names, organisation_secrets
from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    MALFORMED,
    MET,
    NEVER_TEXT,
    NOT_APPLICABLE,
    PARAMETER,
    Body,
    outcome,
    resource,
    template,
    verdict,
)

RULE = "TemplateWithoutSecrets"
BROKER = "AWS::AmazonMQ::Broker"
ACCESS_KEY = "AKIA" + "Q7ZP4M2X" * 2
PRIVATE_KEY = "-----BEGIN RSA " + "PRIVATE KEY-----"


def one(properties: Json, kind: str = BROKER) -> Body:
    return template({"It": resource(kind, properties)})


def judged(body: Body) -> str:
    """Judge a resource, also where it is not the first of a template, which is looked at whatever stands in it."""
    alone, resources = verdict(RULE, body), body["Resources"]
    assert isinstance(resources, dict)
    beside = verdict(RULE, {**body, "Resources": {"First": resource(BROKER), **resources}})
    assert beside == (BROKEN if alone == BROKEN else NOT_APPLICABLE)
    return alone


@pytest.mark.parametrize(
    "key",
    [
        "AccessToken",
        "ApiKeyValue",
        "ApiToken",
        "AppSecret",
        "AuthToken",
        "BearerToken",
        "ClientSecret",
        "HECToken",
        "JwtToken",
        "KeyPassphrase",
        "MasterUserPassword",
        "OAuthToken",
        "OauthToken",
        "Password",
        "PrivateKey",
        "RefreshToken",
        "SasToken",
        "SecretAccessKey",
        "SecretKey",
        "SecretString",
        "SecretToken",
        "SharedSecret",
    ],
)
@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("hunter2", BROKEN),
        ("", MET),
        ("{{resolve:secretsmanager:db:SecretString:password}}", MET),
        ("arn:aws:secretsmanager:us-east-1:123456789012:secret:db", MET),
        ("/keys/tls.pem", MET),
        ("/keys/tls.pem\n", MET),
        ("days", MET),
        ("true", MET),
        (PARAMETER, MET),
        (None, MET),
        (7, MET),
        ({"Fn::If": ["Prod", "hunter2", PARAMETER]}, BROKEN),
        ({"Fn::If": ["Prod", PARAMETER, ""]}, MET),
        ({"Fn::Sub": "${AnyParameter}"}, MET),
        ({"Fn::Sub": "x-${AnyParameter}"}, MET),
        ({"Fn::Sub": "hunter2"}, BROKEN),
        ({"Fn::Sub": ["hunter2", {}]}, BROKEN),
        ({"Fn::Join": ["", ["hunter", "2"]]}, BROKEN),
        ({"Fn::Join": ["", ["hunter", PARAMETER]]}, MET),
        ({"Fn::Join": ["", ["{{resolve:secretsmanager:", PARAMETER, "}}"]]}, MET),
    ],
)
def test_a_property_named_like_a_secret_holds_no_literal(key: str, value: Json, wanted: str) -> None:
    assert judged(one({"Users": [{key: value}]})) == wanted


@pytest.mark.parametrize(
    ("document", "wanted"),
    [
        ('{"username":"${AnyParameter}","password":"hunter2"}', BROKEN),
        ('{"user":"${AnyParameter}", "api-key" : "hunter2"}', BROKEN),
        ('{"username":"${AnyParameter}","dbPassword":"hunter2"}', BROKEN),
        ('{"username":"admin","password":"${AnyParameter}"}', MET),
        ('{"username":"admin","password":"x-${AnyParameter}"}', MET),
        ('{"username":"${AnyParameter}","password":""}', MET),
        ('{"username":"${AnyParameter}","password":"{{resolve:ssm-secure:/db}}"}', MET),
    ],
)
def test_a_document_of_a_secret_holds_no_literal_under_the_name_of_one(document: str, wanted: str) -> None:
    before, name, after = document.partition("${AnyParameter}")
    pieces: Json = [before, PARAMETER, after] if name else [before]
    functions: list[Json] = [
        {"Fn::Sub": document},
        {"Fn::Sub": [document, {"X": PARAMETER}]},
        {"Fn::Join": ["", pieces]},
    ]
    for written in functions:
        body = one({"SecretString": written}, "AWS::SecretsManager::Secret")
        assert judged(body) == (wanted if name else BROKEN)


@pytest.mark.parametrize(
    ("document", "wanted"),
    [
        ('{"username":"admin","password":"hunter2"}', BROKEN),
        ('{"username":"admin","passwd":"hunter2"}', BROKEN),
        ('{"username":"admin"}', MET),
        ({"Fn::Sub": '{"username":"${AnyParameter}","passwd":"hunter2"}'}, BROKEN),
        ({"Fn::Sub": '{"username":"${AnyParameter}"}'}, MET),
        ({"Fn::Join": ["", '{"passwd":"hunter2"}']}, MET),
    ],
)
def test_what_a_secret_is_generated_from_holds_no_literal(document: Json, wanted: str) -> None:
    generated: Json = {"GenerateStringKey": "other", "SecretStringTemplate": document}
    assert judged(one({"GenerateSecretString": generated}, "AWS::SecretsManager::Secret")) == wanted


@pytest.mark.parametrize(
    "key", ["PasswordPolicy", "PasswordField", "SecretArn", "SecretStringKey", "TokenType", "HttpTokens", "SecretId"]
)
def test_other_properties_may(key: str) -> None:
    assert judged(one({key: "hunter2"})) == MET


@pytest.mark.parametrize(
    "variables",
    [
        {"Environment": {"Variables": {"DB_PASSWORD": "hunter2"}}},
        {"Environment": {"DB_PASSWORD": "hunter2"}},
        {"EnvironmentVariables": [{"Name": "apiKey", "Value": "hunter2"}]},
        {"RuntimeEnvironmentVariables": [{"Name": "CLIENT_SECRET", "Value": "hunter2"}]},
        {"OptionSettings": [{"OptionName": "DB_PASSWORD", "Value": "hunter2"}]},
        {"DefaultArguments": {"--db_password": "hunter2"}},
        {"DefaultArguments": {"--token": "hunter2"}},
        {"Parameters": {"DbPassword": "hunter2"}},
        {"Environment": [{"Name": "URL", "Value": "postgres://app:hunter2@db/app"}]},
        {"Environment": [{"Name": "X", "Value": "{{resolve:secretsmanager:db:SecretString:password}}"}]},
    ],
)
def test_a_variable_named_like_a_secret_holds_no_literal(variables: Json) -> None:
    assert judged(one({"Deep": variables}, "AWS::Batch::JobDefinition")) == BROKEN


@pytest.mark.parametrize(
    "variables",
    [
        {"Environment": {"Variables": {"DB_HOST": "db"}}},
        {"Environment": {"Variables": {"DB_PASSWORD": PARAMETER}}},
        {"Environment": [{"Name": "DB_PASSWORD_ARN", "Value": "arn:aws:secretsmanager:us-east-1:1:secret:db"}]},
        {"Environment": [{"Name": "DB_PASSWORD"}]},
        {"Environment": [{"Name": PARAMETER, "Value": "x"}]},
        {"Environment": "x"},
        {"Labels": {"DB_PASSWORD": "x"}},
        {"Environment": {"Variables": {"MAX_TOKENS": "4096"}}},
    ],
)
def test_other_variables_may(variables: Json) -> None:
    assert judged(one(variables, "AWS::Batch::JobDefinition")) == MET


FIREHOSE = "AWS::KinesisFirehose::DeliveryStream"


def endpoint(key: Json) -> Json:
    return {"HttpEndpointDestinationConfiguration": {"EndpointConfiguration": {"AccessKey": key}}}


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("hunter2", BROKEN),
        ({"Fn::If": ["Prod", "hunter2", PARAMETER]}, BROKEN),
        (PARAMETER, MET),
        ({"Fn::Sub": "${AnyParameter}"}, MET),
        ("{{resolve:secretsmanager:hook:SecretString:token}}", MET),
        ("arn:aws:codeconnections:us-east-1:123456789012:connection/x", MET),
    ],
)
def test_some_types_have_secrets_under_names_that_do_not_say_so(value: Json, wanted: str) -> None:
    assert judged(one({"Token": value}, "AWS::CodeBuild::SourceCredential")) == wanted
    assert judged(one({"Value": value}, "AWS::ApiGateway::ApiKey")) == wanted
    assert judged(one(endpoint(value), FIREHOSE)) == wanted


def test_the_same_names_elsewhere_say_nothing() -> None:
    assert judged(one({"Tags": [{"Key": "team", "Value": "x"}]}, "AWS::ApiGateway::ApiKey")) == MET
    assert judged(one({"AccessKey": "x"}, "AWS::DataSync::LocationObjectStorage")) == MET
    assert judged(one({"Token": "x"}, "AWS::MediaLive::Channel")) == MET


def test_a_secret_of_one_type_alone_is_told_where_it_stands() -> None:
    found = outcome(RULE, one(endpoint("hunter2"), FIREHOSE))
    place = "HttpEndpointDestinationConfiguration.EndpointConfiguration.AccessKey"
    assert (found.property, found.found) == (place, "a plain value of AccessKey")


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::Cognito::UserPoolIdentityProvider", {"ProviderDetails": {"client_secret": "hunter2"}}),
        ("AWS::KafkaConnect::Connector", {"ConnectorConfiguration": {"database.password": "hunter2"}}),
        ("AWS::KafkaConnect::Connector", {"ConnectorConfiguration": {"sasl.client_secret": "hunter2"}}),
    ],
)
def test_details_of_a_provider_or_a_connector_hold_no_secret(kind: str, properties: Json) -> None:
    assert judged(one(properties, kind)) == BROKEN


@pytest.mark.parametrize("holder", ["BodyParameters", "HeaderParameters", "QueryStringParameters"])
@pytest.mark.parametrize(
    ("parameter", "wanted"),
    [
        ({"Key": "X-Key", "Value": "hunter2", "IsValueSecret": True}, BROKEN),
        ({"Key": "X-Key", "Value": "hunter2", "IsValueSecret": "true"}, BROKEN),
        ({"Key": "X-Key", "Value": "hunter2", "IsValueSecret": False}, MET),
        ({"Key": "X-Key", "Value": "hunter2"}, MET),
        ({"Key": "api_key", "Value": "hunter2"}, BROKEN),
        ({"Key": "X-Key", "Value": PARAMETER, "IsValueSecret": True}, MET),
    ],
)
def test_a_parameter_of_a_connection_may_say_that_it_is_secret(holder: str, parameter: Json, wanted: str) -> None:
    properties: Json = {"AuthParameters": {"InvocationHttpParameters": {holder: [parameter]}}}
    assert judged(one(properties, "AWS::Events::Connection")) == wanted


@pytest.mark.parametrize(
    ("script", "wanted"),
    [
        ("#!/bin/sh\nexport DB_PASSWORD=hunter2\n", BROKEN),
        ("#!/bin/sh\nAPI_KEY='abc'\n", BROKEN),
        ("#!/bin/sh\n  set TOKEN=abc\n", BROKEN),
        ("#!/bin/sh\nexport DB_PASSWORD=$(aws secretsmanager get-secret-value)\n", MET),
        ('#!/bin/sh\nexport DB_PASSWORD="$1"\n', MET),
        ("#!/bin/sh\nexport DB_HOST=db\n", MET),
        (f"echo {ACCESS_KEY}", BROKEN),
        (f"echo {PRIVATE_KEY}", BROKEN),
        ("echo AKIAIOSFODNN7EXAMPLE", MET),
    ],
)
def test_a_script_that_instances_run_holds_none(script: str, wanted: str) -> None:
    joined: Json = {"Fn::Join": ["", [script, PARAMETER]]}
    written: list[Json] = [script, {"Fn::Base64": script}, {"Fn::Base64": joined}]
    for data in written:
        assert judged(one({"UserData": data}, "AWS::EC2::Instance")) == wanted


@pytest.mark.parametrize("text", [ACCESS_KEY, "ASIA" + "Q7ZP4M2X" * 2, f"x {PRIVATE_KEY} y"])
def test_the_form_of_a_secret_is_known_anywhere(text: str) -> None:
    assert judged(one({"Anything": text})) == BROKEN
    assert judged(one({"Password": {"Fn::Sub": text}})) == BROKEN


@pytest.mark.parametrize(
    "pieces",
    [
        {"Fn::Join": ["", ["x", {"Fn::Sub": [ACCESS_KEY, {}]}]]},
        {"Fn::Sub": ["x-${Key}", {"Key": ACCESS_KEY}]},
        {"Fn::Base64": {"Fn::Join": ["", [ACCESS_KEY]]}},
    ],
    ids=str,
)
def test_the_form_of_a_secret_is_known_in_pieces_of_pieces(pieces: Json) -> None:
    assert judged(one({"Anything": pieces})) == BROKEN


@pytest.mark.parametrize(
    "text", ["AKIA", f"X{ACCESS_KEY}", f"{ACCESS_KEY}7", "Asia/Tokyo", "-----BEGIN CERTIFICATE-----"]
)
def test_other_texts_are_no_secrets(text: str) -> None:
    assert judged(one({"Anything": text})) == MET


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"Name": "/app/db/password", "Value": "hunter2"}, BROKEN),
        ({"Name": "/app/db/pwd", "Value": "hunter2"}, BROKEN),
        ({"Name": "/app/db/host", "Value": "hunter2"}, MET),
        ({"Name": "/app/llm/max_tokens", "Value": "4096"}, MET),
        ({"Name": "/app/llm/max_tokens", "Value": "hunter2"}, BROKEN),
        ({"Name": "/app/db/password", "Value": PARAMETER}, MET),
        ({"Name": PARAMETER, "Value": "hunter2"}, MET),
        ({"Name": {"Fn::Sub": "/${AnyParameter}/db_password"}, "Value": "hunter2"}, BROKEN),
        ({"Name": {"Fn::Sub": ["/${App}/db_password", {"App": PARAMETER}]}, "Value": "hunter2"}, BROKEN),
        ({"Name": {"Fn::Join": ["", ["/", PARAMETER, "/db_password"]]}, "Value": "hunter2"}, BROKEN),
        ({"Name": {"Fn::Join": ["/", [PARAMETER, "password"]]}, "Value": "hunter2"}, BROKEN),
        ({"Name": {"Fn::Join": ["/", ["password", PARAMETER]]}, "Value": "hunter2"}, MET),
        ({"Name": {"Fn::Sub": "/password/${AnyParameter}"}, "Value": "hunter2"}, MET),
        ({"Name": {"Fn::Sub": "/app/${DbPassword}"}, "Value": "hunter2"}, MET),
        ({"Name": {"Ref": "DbPassword"}, "Value": "hunter2"}, MET),
        ({"Name": {"Fn::Sub": "/app/db_password"}, "Value": PARAMETER}, MET),
        ("x", MET),
    ],
)
def test_a_parameter_store_value_is_no_place_for_one(properties: Json, wanted: str) -> None:
    assert judged(one(properties, "AWS::SSM::Parameter")) == wanted


ELSEWHERE: list[tuple[str, Json]] = [
    ("AWS::ECS::TaskDefinition", {"ContainerDefinitions": [{"Environment": [{"Name": "TOKEN", "Value": "x"}]}]}),
    ("AWS::ElastiCache::ReplicationGroup", {"AuthToken": "hunter2"}),
    ("AWS::ElastiCache::User", {"Passwords": [ACCESS_KEY]}),
    ("AWS::ElastiCache::User", {"AuthenticationMode": {"Passwords": [ACCESS_KEY]}}),
    ("AWS::Lambda::Function", {"Environment": {"Variables": {"DB_PASSWORD": "x"}}}),
    ("AWS::RDS::DBCluster", {"MasterUserPassword": "hunter2"}),
    ("AWS::RDS::DBInstance", {"MasterUserPassword": "hunter2"}),
]


@pytest.mark.parametrize(("kind", "properties"), ELSEWHERE, ids=str)
def test_what_a_rule_of_the_service_judges_is_not_judged_twice(kind: str, properties: Json) -> None:
    assert [judged(one(properties, kind)), judged(one(properties))] == [MET, BROKEN]


def test_a_secret_beside_what_is_judged_elsewhere_is_found() -> None:
    both: Json = {"Environment": {"Variables": {"A": "b"}}, "Code": {"ZipFile": f"key = '{ACCESS_KEY}'"}}
    assert judged(one(both, "AWS::Lambda::Function")) == BROKEN


@pytest.mark.parametrize("kind", [*dict(ELSEWHERE)])
def test_other_secrets_of_a_type_with_such_a_rule_are_judged_here(kind: str) -> None:
    assert judged(one({"Deep": [{"Password": "hunter2"}]}, kind)) == BROKEN


@pytest.mark.parametrize(
    ("kind", "properties", "place"),
    [
        ("AWS::RDS::DBInstance", {"TdeCredentialPassword": "hunter2"}, "TdeCredentialPassword"),
        ("AWS::Lambda::Function", {"Code": {"ZipFile": f"key = '{ACCESS_KEY}'"}}, "Code.ZipFile"),
        (
            "AWS::ECS::TaskDefinition",
            {"ContainerDefinitions": [{"Command": ["sh", ACCESS_KEY]}]},
            "ContainerDefinitions[0].Command[1]",
        ),
    ],
    ids=str,
)
def test_a_secret_that_no_rule_of_the_service_reads_is_found(kind: str, properties: Json, place: str) -> None:
    found = outcome(RULE, one(properties, kind))
    assert (found.verdict.value, found.property) == (BROKEN, place)


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("PLAINTEXT", BROKEN),
        ("SECRETS_MANAGER", MET),
        ("PARAMETER_STORE", MET),
        (PARAMETER, MET),
        (None, BROKEN),
        (["SECRETS_MANAGER"], BROKEN),
    ],
)
@pytest.mark.parametrize("name", ["DB_PASSWORD", "GITHUB_TOKEN"])
def test_the_type_of_a_variable_of_a_build_tells_whether_its_value_names_a_secret(
    name: str, kind: Json, wanted: str
) -> None:
    variable: Json = {"Name": name, "Value": "hunter2", "Type": kind}
    environment: Json = {"EnvironmentVariables": [variable]}
    assert judged(one({"Environment": environment}, "AWS::CodeBuild::Project")) == wanted


@pytest.mark.parametrize("variable", [{"Name": "DB_PASSWORD", "Value": "hunter2"}, {"DB_PASSWORD": "hunter2"}])
def test_a_variable_of_a_build_without_a_type_is_plain_text(variable: Json) -> None:
    assert judged(one({"EnvironmentVariables": [variable]}, "AWS::CodeBuild::Project")) == BROKEN


@pytest.mark.parametrize("text", [ACCESS_KEY, PRIVATE_KEY])
def test_the_commands_of_a_build_hold_no_secret(text: str) -> None:
    written: list[Json] = [f"version: 0.2\n# {text}", {"Fn::Sub": f"# {text} ${{AnyParameter}}"}]
    for commands in written:
        source: Json = {"Source": {"Type": "NO_SOURCE", "BuildSpec": commands}}
        assert judged(one(source, "AWS::CodeBuild::Project")) == BROKEN


@pytest.mark.parametrize(
    ("name", "parameter", "wanted"),
    [
        ("Any", {"Type": "String", "NoEcho": True, "Default": "hunter2"}, BROKEN),
        ("Any", {"Type": "String", "NoEcho": "true", "Default": "hunter2"}, BROKEN),
        ("Any", {"Type": "String", "NoEcho": True}, MET),
        ("Any", {"Type": "String", "NoEcho": True, "Default": ""}, MET),
        ("DbPassword", {"Type": "String", "Default": "hunter2"}, BROKEN),
        ("GitHubToken", {"Type": "String", "Default": "hunter2"}, BROKEN),
        ("DbPassword", {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "hunter2"}, MET),
        ("DbPassword", {"Type": "String"}, MET),
        ("DbHost", {"Type": "String", "Default": "db"}, MET),
        ("DbPassword", "x", MET),
        ("MaxTokens", {"Type": "String", "Default": "4096"}, MET),
    ],
)
def test_a_parameter_has_no_secret_default(name: str, parameter: Json, wanted: str) -> None:
    body = template({"It": resource(BROKER), "Other": resource(BROKER)}, Parameters={name: parameter})
    assert [verdict(RULE, body), verdict(RULE, body, of="Other")] == [wanted, NOT_APPLICABLE]


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("A", {"Ref": "Hidden"}, BROKEN),
        ("A", {"Fn::Sub": "x-${Hidden}"}, BROKEN),
        ("A", {"Ref": "Shown"}, MET),
        ("A", ACCESS_KEY, BROKEN),
        ("A", {"Fn::Join": ["", [PRIVATE_KEY[:18], PRIVATE_KEY[18:]]]}, BROKEN),
        ("A", "{{resolve:secretsmanager:db:SecretString:password}}", BROKEN),
        ("A", {"Fn::Join": ["", ["{{resolve:secretsmanager:", {"Ref": "Secret"}, ":SecretString}}"]]}, BROKEN),
        ("DbPassword", "hunter2", BROKEN),
        ("DbPassword", {"Ref": "Secret"}, MET),
        ("DbHost", "db", MET),
        ("MaxTokens", "4096", MET),
    ],
)
def test_an_output_shows_no_secret(name: str, value: Json, wanted: str) -> None:
    parameters: Json = {"Hidden": {"Type": "String", "NoEcho": True}, "Shown": {"Type": "String"}}
    body = template({"It": resource(BROKER)}, Parameters=parameters, Outputs={name: {"Value": value}})
    assert verdict(RULE, body) == wanted


@pytest.mark.parametrize("sections", [{"Outputs": {"A": "x"}}, {"Outputs": []}, {"Parameters": "x"}])
def test_malformed_sections_hold_none(sections: dict[str, Json]) -> None:
    assert verdict(RULE, template({"It": resource(BROKER)}, **sections)) == MET


def test_a_finding_says_where_but_not_what() -> None:
    found = outcome(RULE, one({"Users": [{"Password": "hunter2"}]}))
    assert (found.property, found.found) == ("Users[0].Password", "a plain value of Password")


def test_a_finding_about_a_section_names_it() -> None:
    body = template({"It": resource(BROKER)}, Parameters={"DbPassword": {"Type": "String", "Default": "hunter2"}})
    assert outcome(RULE, body).found == "Parameters.DbPassword has a plain default"


@pytest.mark.parametrize("properties", [*NEVER_TEXT, *MALFORMED, PARAMETER])
def test_no_properties_make_it_fail(properties: Json) -> None:
    assert judged(one(properties)) == MET


@pytest.mark.parametrize("word", [*organisation_secrets._SIGNS, *organisation_names._SIGNS])
def test_the_words_of_signs_are_made_of_what_is_looked_through(word: bytes) -> None:
    assert word == word.lower().translate(None, _texts._OF_NO_WORD)


@pytest.mark.parametrize(
    "holder",
    [
        "Arguments",
        "DefaultArguments",
        "Environment",
        "EnvironmentVariables",
        "Parameters",
        "RuntimeEnvironmentVariables",
        "Variables",
    ],
)
def test_each_place_of_variables_is_looked_at(holder: str) -> None:
    # The name alone has none of the signs by which the text of a resource is looked through.
    assert judged(one({holder: {"DB_PASSWD": "hunter2"}}, "AWS::Glue::Job")) == BROKEN
    assert judged(one({holder.lower(): {"DB_PASSWD": "hunter2"}}, "AWS::Glue::Job")) == MET


@pytest.mark.parametrize("kind", ["Environment", "ConfigurationTemplate"])
@pytest.mark.parametrize("value", ["hunter2", "x"])
def test_each_option_of_an_environment_is_looked_at(value: str, kind: str) -> None:
    option: Json = {"OptionName": "DB_PASSWD", "Value": value}
    assert judged(one({"OptionSettings": [option]}, f"AWS::ElasticBeanstalk::{kind}")) == BROKEN


@pytest.mark.parametrize("other", [["x"], {"General": True}, "x", {"Fn::Sub": "x"}], ids=str)
def test_what_stands_beside_a_secret_does_not_hide_it(other: Json) -> None:
    assert judged(one({"Users": [{"Password": "hunter2"}], "Other": other})) == BROKEN
    assert judged(one({"Other": other, "Users": [{"Password": "hunter2"}]})) == BROKEN


def test_a_parameter_of_parameter_store_is_known_by_the_end_of_its_path() -> None:
    for name in ("/portal/db/passwd", "passwd", "/portal/token"):
        parameter: Json = {"Name": name, "Type": "String", "Value": "hunter2"}
        found = outcome(RULE, one(parameter, "AWS::SSM::Parameter"))
        assert (found.verdict.value, found.property) == (BROKEN, "Value")


def test_a_malformed_parameter_hides_no_other() -> None:
    parameters: Json = {"A": "x", "DbPassword": {"Type": "String", "Default": "hunter2"}}
    assert verdict(RULE, template({"It": resource(BROKER)}, Parameters=parameters)) == BROKEN


DEFAULTS: Json = {name: {"Type": "String", "Default": "hunter2"} for name in ("DbPassword", "GitHubToken")}
TOLD = "Parameters.DbPassword has a plain default; Parameters.GitHubToken has a plain default"


def test_all_secrets_in_sections_are_told() -> None:
    assert outcome(RULE, template({"It": resource(BROKER)}, Parameters=DEFAULTS)).found == TOLD


@pytest.mark.parametrize(
    ("of", "wanted"),
    [("First", f"a plain value of Password; {TOLD}"), ("Second", "a plain value of Password")],
)
def test_secrets_in_sections_are_told_beside_one_of_the_first_resource(of: str, wanted: str) -> None:
    secret = resource(BROKER, {"Users": [{"Password": "hunter2"}]})
    assert outcome(RULE, template({"First": secret, "Second": secret}, Parameters=DEFAULTS), of=of).found == wanted


@pytest.mark.parametrize("name", [None, 7, ["password"], {"password": "x"}])
def test_a_name_of_a_parameter_that_is_no_text_says_nothing(name: Json) -> None:
    assert judged(one({"Name": name, "Value": "hunter2"}, "AWS::SSM::Parameter")) == MET
