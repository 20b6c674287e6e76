"""Resources of AWS SAM are read as what its transform makes of them."""

from __future__ import annotations

import pytest

from hipaa_constructs.checker import check
from hipaa_constructs.rules import RULES, Assembly, Resource, Template
from hipaa_constructs.rules._serverless import merged
from hipaa_constructs.rules._value import ABSENT, Json, Unresolved
from tests.rules._judging import PARAMETER, Body, resource, template

SAM: Json = "AWS::Serverless-2016-10-31"
FUNCTION = "AWS::Lambda::Function"
KEY_ARN: Json = {"Fn::GetAtt": ["Key", "Arn"]}


def stack(resources: Body, **sections: Json) -> Template:
    made = Template(template(resources, Transform=SAM, **sections))
    Assembly([made])
    return made


def read(kind: str, properties: Json = None, **sections: Json) -> dict[str, Resource]:
    """Read one resource of SAM."""
    return stack(
        {"It": resource(f"AWS::Serverless::{kind}", {} if properties is None else properties)}, **sections
    ).resources


def types(found: dict[str, Resource]) -> dict[str, str]:
    return {name: one.type for name, one in found.items()}


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("Function", {"It": FUNCTION}),
        ("SimpleTable", {"It": "AWS::DynamoDB::Table"}),
        ("StateMachine", {"It": "AWS::StepFunctions::StateMachine"}),
        ("Application", {"It": "AWS::CloudFormation::Stack"}),
        ("LayerVersion", {"It": "AWS::Lambda::LayerVersion"}),
        ("GraphQLApi", {"It": "AWS::AppSync::GraphQLApi"}),
        ("Api", {"It": "AWS::ApiGateway::RestApi", "ItStage": "AWS::ApiGateway::Stage"}),
        ("HttpApi", {"It": "AWS::ApiGatewayV2::Api", "ItApiGatewayDefaultStage": "AWS::ApiGatewayV2::Stage"}),
    ],
)
def test_each_type_stands_for_others(kind: str, wanted: dict[str, str]) -> None:
    assert types(read(kind)) == wanted
    bare = stack({"It": {"Type": f"AWS::Serverless::{kind}"}})
    assert types(bare.resources) == wanted


def test_a_function_keeps_its_properties() -> None:
    own: Body = {"Runtime": "python3.14", "KmsKeyArn": KEY_ARN, "VpcConfig": {"SubnetIds": ["a"]}, "Role": "r"}
    function = read("Function", own)["It"]
    assert function.at("Runtime").value == "python3.14"
    assert function.at("VpcConfig", "SubnetIds").value == ["a"]
    assert function.at("Role").value == "r"
    assert function.at("TracingConfig").is_absent
    assert function.at("DeadLetterConfig").is_absent


def test_a_function_has_other_names_for_tracing_and_dead_letters() -> None:
    own: Body = {"Tracing": "Active", "DeadLetterQueue": {"Type": "SQS", "TargetArn": KEY_ARN}, "Tags": {"a": "b"}}
    function = read("Function", own)["It"]
    assert function.at("TracingConfig", "Mode").value == "Active"
    assert function.at("DeadLetterConfig").value == {"TargetArn": KEY_ARN}
    assert function.at("Tags").value == [{"Key": "a", "Value": "b"}]
    assert isinstance(function.at("Role").value, Unresolved)


@pytest.mark.parametrize("kind", ["Function", "Api", "GraphQLApi"])
def test_tags_that_are_hidden_stay_hidden(kind: str) -> None:
    assert isinstance(read(kind, {"Tags": PARAMETER})["It"].at("Tags").value, Unresolved)


@pytest.mark.parametrize(
    ("own", "place"),
    [({"InlineCode": "x"}, "ZipFile"), ({"ImageUri": "x"}, "ImageUri")],
)
def test_code_of_a_function_has_other_names(own: Body, place: str) -> None:
    assert read("Function", own)["It"].at("Code", place).value == "x"


def test_attributes_are_kept() -> None:
    one = resource("AWS::Serverless::Function", {}, DeletionPolicy="Retain", Metadata={"a": 1}, Connectors={})
    function = stack({"It": one}).resources["It"]
    assert function.attribute("DeletionPolicy").value == "Retain"
    assert function.attribute("Metadata").value == {"a": 1}
    assert function.attribute("Connectors").is_absent


def test_a_url_stands_for_itself() -> None:
    url = read("Function", {"FunctionUrlConfig": {"AuthType": "NONE"}})["ItUrl"]
    assert url.type == "AWS::Lambda::Url"
    assert url.at("AuthType").value == "NONE"
    assert [one.logical_id for one in url.at("TargetFunctionArn").targets()] == ["It"]


def test_policies_stand_for_a_role() -> None:
    policies: Json = [{"Statement": []}, "AWSLambdaExecute", "arn:aws:iam::1:policy/x", {"S3ReadPolicy": {}}, PARAMETER]
    role = read("Function", {"Policies": policies})["ItRole"]
    assert role.type == "AWS::IAM::Role"
    assert len(role.at("Policies").items()) == 1
    assert role.at("Policies", 0, "PolicyDocument").value == {"Statement": []}
    assert [one.value for one in role.at("ManagedPolicyArns").items()][:2] == [
        "arn:aws:iam::aws:policy/AWSLambdaExecute",
        "arn:aws:iam::1:policy/x",
    ]
    assert len(role.at("ManagedPolicyArns").items()) == 3


@pytest.mark.parametrize("own", [{}, {"Policies": {"S3ReadPolicy": {}}}, {"Policies": "x", "Role": "r"}])
def test_a_role_that_the_author_does_not_write_is_left_out(own: Body) -> None:
    assert list(read("Function", own)) == ["It"]


def test_a_policy_alone_stands_for_a_role() -> None:
    assert read("Function", {"Policies": {"Statement": []}})["ItRole"].at("Policies", 0).value is not ABSENT


def test_destinations_stand_for_a_configuration() -> None:
    own: Body = {"EventInvokeConfig": {"MaximumRetryAttempts": 1, "DestinationConfig": {"OnFailure": {"Type": "SQS"}}}}
    found = read("Function", own)
    config = found["ItEventInvokeConfig"]
    assert config.type == "AWS::Lambda::EventInvokeConfig"
    assert config.at("MaximumRetryAttempts").value == 1
    assert [one.type for one in config.at("DestinationConfig", "OnFailure", "Destination").targets()] == [
        "AWS::SQS::Queue"
    ]


@pytest.mark.parametrize("failure", [{"Type": "SQS", "Destination": "arn"}, {"Type": "Lambda"}, "x"])
def test_destinations_of_the_author_stay(failure: Json) -> None:
    found = read("Function", {"EventInvokeConfig": {"DestinationConfig": {"OnFailure": failure}}})
    assert sorted(found) == ["It", "ItEventInvokeConfig"]
    assert found["ItEventInvokeConfig"].at("DestinationConfig", "OnFailure").value == failure


def test_a_topic_is_made_for_failures() -> None:
    found = read("Function", {"EventInvokeConfig": {"DestinationConfig": {"OnFailure": {"Type": "SNS"}}}})
    assert found["ItEventInvokeConfigOnFailureTopic"].type == "AWS::SNS::Topic"


@pytest.mark.parametrize(
    ("kind", "principal"),
    [
        ("S3", "s3.amazonaws.com"),
        ("SNS", "sns.amazonaws.com"),
        ("Schedule", "events.amazonaws.com"),
        ("HttpApi", "apigateway.amazonaws.com"),
    ],
)
def test_events_that_call_a_function_stand_for_a_permission(kind: str, principal: str) -> None:
    found = read("Function", {"Events": {"In": {"Type": kind, "Properties": {}}}})["ItInPermission"]
    assert found.type == "AWS::Lambda::Permission"
    assert found.at("Principal").value == principal
    assert found.at("SourceArn").must_be_set().verdict.value == "met"


def test_events_that_lambda_polls_stand_for_a_mapping() -> None:
    found = read("Function", {"Events": {"In": {"Type": "SQS", "Properties": {"Queue": KEY_ARN, "BatchSize": 1}}}})
    assert found["ItIn"].type == "AWS::Lambda::EventSourceMapping"
    assert found["ItIn"].at("EventSourceArn").must_be_set().verdict.value == "met"
    assert found["ItIn"].at("BatchSize").value == 1
    assert [one.logical_id for one in found["ItIn"].at("FunctionName").targets()] == ["It"]


@pytest.mark.parametrize("events", ["x", [], {"In": "x"}, {"In": {"Type": 3}}, {"In": {"Type": "Unheard"}}, PARAMETER])
def test_events_that_are_none_stand_for_nothing(events: Json) -> None:
    assert list(read("Function", {"Events": events})) == ["It"]


def test_a_table_is_paid_for_on_demand() -> None:
    table = read("SimpleTable", {"SSESpecification": {"SSEEnabled": True}, "PrimaryKey": {"Name": "n", "Type": "N"}})[
        "It"
    ]
    assert table.at("BillingMode").value == "PAY_PER_REQUEST"
    assert table.at("SSESpecification", "SSEEnabled").value is True
    assert table.at("KeySchema", 0, "AttributeName").value == "n"
    assert table.at("PrimaryKey").is_absent
    assert read("SimpleTable", {"ProvisionedThroughput": {}})["It"].at("BillingMode").is_absent


def test_a_state_machine_has_other_names() -> None:
    own: Body = {"Logging": {"Level": "ALL"}, "Tracing": {"Enabled": True}, "Type": "EXPRESS", "Policies": "P"}
    found = read("StateMachine", own)
    machine = found["It"]
    assert machine.at("LoggingConfiguration", "Level").value == "ALL"
    assert machine.at("TracingConfiguration", "Enabled").value is True
    assert machine.at("StateMachineType").value == "EXPRESS"
    assert found["ItRole"].type == "AWS::IAM::Role"


@pytest.mark.parametrize(("location", "known"), [("./app.yaml", True), ({"ApplicationId": "a"}, False)])
def test_an_application_is_a_nested_stack(location: Json, known: bool) -> None:
    url = read("Application", {"Location": location})["It"].at("TemplateURL")
    assert url.is_unknown is not known


def test_a_layer_has_another_name_for_its_content() -> None:
    assert read("LayerVersion", {"ContentUri": "s3://b/k"})["It"].at("Content").value == "s3://b/k"


def test_a_graphql_api_logs_everything_where_nothing_is_said() -> None:
    said: tuple[Json, ...] = ({}, {"Logging": True})
    for own in said:
        config = read("GraphQLApi", own)["It"].at("LogConfig")
        assert (config.at("ExcludeVerboseContent").is_absent, config.at("FieldLogLevel").value) == (True, "ALL")
    assert read("GraphQLApi", {"Logging": False})["It"].at("LogConfig").is_absent
    assert (
        read("GraphQLApi", {"Logging": {"FieldLogLevel": "ERROR"}})["It"].at("LogConfig", "FieldLogLevel").value
        == "ERROR"
    )
    assert read("GraphQLApi", {"Logging": PARAMETER})["It"].at("LogConfig").is_unknown


def test_a_graphql_api_names_its_authorization_otherwise() -> None:
    own: Body = {"Auth": {"Type": "AWS_IAM", "Additional": [{"Type": "API_KEY"}]}, "Cache": {"Ttl": 1}}
    found = read("GraphQLApi", own)
    assert found["It"].at("AuthenticationType").value == "AWS_IAM"
    assert found["It"].at("AdditionalAuthenticationProviders", 0, "AuthenticationType").value == "API_KEY"
    assert found["ItApiCache"].at("Ttl").value == 1


def test_an_api_is_split_from_its_stage() -> None:
    own: Body = {
        "StageName": "Prod",
        "TracingEnabled": True,
        "MethodSettings": [{"LoggingLevel": "INFO"}],
        "EndpointConfiguration": {"Type": "PRIVATE", "VPCEndpointIds": ["v"]},
        "DefinitionBody": {"paths": {}},
        "Auth": {"ResourcePolicy": {"CustomStatements": []}},
    }
    found = read("Api", own)
    assert found["ItProdStage"].at("TracingEnabled").value is True
    assert found["ItProdStage"].at("MethodSettings", 0, "LoggingLevel").value == "INFO"
    assert [one.logical_id for one in found["ItProdStage"].at("RestApiId").targets()] == ["It"]
    assert found["It"].at("EndpointConfiguration").value == {"Types": ["PRIVATE"], "VpcEndpointIds": ["v"]}
    assert found["It"].at("Body").value == {"paths": {}}
    assert found["It"].at("Policy").is_unknown


@pytest.mark.parametrize("kind", ["Api", "HttpApi"])
def test_a_definition_elsewhere_is_hidden(kind: str) -> None:
    assert read(kind, {"DefinitionUri": "s3://b/k"})["It"].at("BodyS3Location").is_unknown


@pytest.mark.parametrize("kind", ["Api", "HttpApi"])
def test_the_default_authorizer_stands_in_the_definition(kind: str) -> None:
    own: Body = {"DefinitionBody": {"paths": {}}, "Auth": {"DefaultAuthorizer": "Mine"}}
    assert read(kind, own)["It"].at("Body", "security").value == [{"Mine": []}]
    assert read(kind, {"DefinitionBody": {"paths": {}}})["It"].at("Body", "security").is_absent
    assert read(kind, {**own, "DefinitionBody": {"security": []}})["It"].at("Body", "security").value == []
    assert read(kind, {**own, "DefinitionBody": PARAMETER})["It"].at("Body").is_unknown
    assert read(kind, {**own, "Auth": {"DefaultAuthorizer": "NONE"}})["It"].at("Body", "security").is_absent


def test_a_domain_of_an_api_stands_for_itself() -> None:
    domain: Json = {
        "DomainName": "a.org",
        "CertificateArn": "c",
        "EndpointConfiguration": "EDGE",
        "SecurityPolicy": "TLS_1_0",
    }
    found = read("Api", {"Domain": domain})["ItDomainName"]
    assert found.type == "AWS::ApiGateway::DomainName"
    assert found.at("SecurityPolicy").value == "TLS_1_0"
    assert found.at("EndpointConfiguration", "Types").value == ["EDGE"]
    http = read("HttpApi", {"Domain": domain})["ItApiGatewayDomainName"]
    assert http.at("DomainNameConfigurations", 0, "SecurityPolicy").value == "TLS_1_0"
    assert http.at("DomainName").value == "a.org"


def test_a_stage_of_an_http_api_has_its_settings() -> None:
    found = read("HttpApi", {"AccessLogSettings": {"Format": "f"}})["ItApiGatewayDefaultStage"]
    assert found.at("AccessLogSettings", "Format").value == "f"
    assert found.at("StageName").value == "$default"
    assert read("HttpApi", {"StageName": "live"})["ItApiGatewayDefaultStage"].at("StageName").value == "live"


def function(kind: str, **event: Json) -> Json:
    return resource("AWS::Serverless::Function", {"Events": {"In": {"Type": kind, "Properties": event}}})


@pytest.mark.parametrize(
    ("kind", "stage"), [("Api", "ServerlessRestApiProdStage"), ("HttpApi", "ServerlessHttpApiApiGatewayDefaultStage")]
)
def test_an_event_implies_an_api(kind: str, stage: str) -> None:
    made = stack(
        {"F": function(kind, Path="/", Method="get")}, Globals={kind: {"TracingEnabled": True, "AccessLogSettings": {}}}
    )
    assert stage in made.resources
    assert made.resources[stage].origin == ("Globals",)
    if kind == "Api":
        assert made.resources[stage].at("TracingEnabled").value is True


@pytest.mark.parametrize(("kind", "at"), [("Api", "RestApiId"), ("HttpApi", "ApiId")])
def test_an_event_of_a_named_api_implies_none(kind: str, at: str) -> None:
    named: Body = {at: {"Ref": "Elsewhere"}}
    made = stack({"F": function(kind, Path="/", Method="get", **named)})
    assert sorted(made.resources) == ["F", "FInPermission"]


@pytest.mark.parametrize(
    ("kind", "at", "made_of", "suffix"),
    [
        ("Api", "RestApiId", "AWS::ApiGateway::Method", "Method"),
        ("HttpApi", "ApiId", "AWS::ApiGatewayV2::Route", "Route"),
    ],
)
@pytest.mark.parametrize(
    ("own", "default", "wanted"),
    [
        (None, None, ABSENT),
        (None, "Mine", "CUSTOM"),
        (None, "AWS_IAM", "AWS_IAM"),
        ({"Authorizer": "NONE"}, "Mine", "NONE"),
        ({"Authorizer": "Mine"}, None, "CUSTOM"),
        ({"ApiKeyRequired": True}, None, ABSENT),
        ({"ApiKeyRequired": True}, "Mine", "CUSTOM"),
    ],
)
def test_an_event_of_an_api_stands_for_a_method(
    kind: str, at: str, made_of: str, suffix: str, own: Json, default: Json, wanted: object
) -> None:
    auth: Body = {} if default is None else {"Auth": {"DefaultAuthorizer": default}}
    event: Body = {"Path": "/a", "Method": "get", at: {"Ref": "It"}, **({} if own is None else {"Auth": own})}
    made = stack({"It": resource(f"AWS::Serverless::{kind}", auth), "F": function(kind, **event)})
    found = made.resources[f"FIn{suffix}"]
    assert found.type == made_of
    assert found.at("AuthorizationType").value == wanted
    assert found.at("HttpMethod" if kind == "Api" else "RouteKey").value == ("GET" if kind == "Api" else "GET /a")


def test_a_hidden_authorizer_is_hidden() -> None:
    for auth in (PARAMETER, {"Authorizer": PARAMETER}):
        made = stack({"F": function("Api", Path="/", Method="get", Auth=auth)})
        assert made.resources["FInMethod"].at("AuthorizationType").is_unknown


@pytest.mark.parametrize(
    ("general", "own", "wanted"),
    [
        ({"a": 1}, {}, {"a": 1}),
        ({"a": 1}, {"a": 2}, {"a": 2}),
        ({"a": {"b": 1}}, {"a": {"c": 2}}, {"a": {"b": 1, "c": 2}}),
        ({"a": [1]}, {"a": [2]}, {"a": [1, 2]}),
        ({"a": [1]}, {"a": {"b": 1}}, {"a": {"b": 1}}),
        ({"a": {"b": 1}}, {"a": {"Ref": "P"}}, {"a": {"Ref": "P"}}),
        ({"a": {"Ref": "P"}}, {"a": {"b": 1}}, {"a": {"b": 1}}),
    ],
)
def test_globals_are_merged_as_sam_does(general: Body, own: Body, wanted: Body) -> None:
    assert merged(general, own) == wanted


@pytest.mark.parametrize(
    ("ignored", "wanted"), [(None, "python3.9"), ("*", ABSENT), (["Runtime"], ABSENT), (["Timeout"], "python3.9")]
)
def test_globals_can_be_ignored(ignored: Json, wanted: object) -> None:
    attributes: Body = {} if ignored is None else {"IgnoreGlobals": ignored}
    one = resource("AWS::Serverless::Function", {}, **attributes)
    made = stack({"It": one}, Globals={"Function": {"Runtime": "python3.9"}})
    assert made.resources["It"].at("Runtime").value == wanted


@pytest.mark.parametrize("globals_", ["x", [], {"Function": "x"}, None])
def test_globals_of_a_wrong_type_are_passed_over(globals_: Json) -> None:
    assert types(read("Function", {}, Globals=globals_)) == {"It": FUNCTION}


def findings(rule: str, *resources: tuple[str, Json]) -> set[tuple[str, str, object]]:
    """Return the places that a rule names, each with the resource and the path that its line is looked up by."""

    def line_of(keys: object) -> int:
        looked_up.append(keys)
        return len(looked_up)

    looked_up: list[object] = []
    report = check([Template(template(dict(resources), Transform=SAM), line_of=line_of)], rules=[RULES[rule]])
    lines = [one.line for one in report.findings]
    paths = [looked_up[line - 1] for line in lines if line is not None]
    return {
        (one.resource.logical_id, one.outcome.property, path) for one, path in zip(report.findings, paths, strict=True)
    }


def test_a_finding_names_what_the_author_wrote() -> None:
    own: Json = {"DeadLetterQueue": {"Type": "SQS", "TargetArn": ""}, "Events": {"In": {"Type": "S3"}}}
    assert findings("LambdaKeepsFailedEvents", ("It", resource("AWS::Serverless::Function", own))) == {
        (
            "It",
            "DeadLetterQueue.TargetArn",
            ("Resources", "It", "Properties", "DeadLetterQueue", "TargetArn"),
        )
    }


def test_a_finding_about_what_a_property_stands_for_names_the_property() -> None:
    own: Json = {"FunctionUrlConfig": {"AuthType": "NONE"}}
    assert findings("LambdaUrlRequiresIam", ("It", resource("AWS::Serverless::Function", own))) == {
        (
            "ItUrl",
            "FunctionUrlConfig.AuthType",
            ("Resources", "It", "Properties", "FunctionUrlConfig", "AuthType"),
        )
    }


@pytest.mark.parametrize("alone", [False, True])
def test_a_finding_about_a_policy_names_the_policy(alone: bool) -> None:
    statement: Json = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    listed: list[Json] = [{"S3ReadPolicy": {}}, "AWSLambdaExecute", {"Statement": [statement]}]
    own: Json = {"Policies": listed[2] if alone else listed}
    ((of, name, path),) = findings("KmsDecryptLimited", ("It", resource("AWS::Serverless::Function", own)))
    assert (of, name) == ("ItRole", f"Policies{'' if alone else '[2]'}.Statement[0].Resource")
    assert path == ("Resources", "It", "Properties", "Policies", *(() if alone else (2,)), "Statement", 0, "Resource")


def test_a_finding_about_an_implied_api_leads_to_the_globals() -> None:
    own: Json = {"Events": {"In": {"Type": "Api", "Properties": {"Path": "/", "Method": "get"}}}}
    assert findings("ApiTraced", ("It", resource("AWS::Serverless::Function", own))) == {
        ("ServerlessRestApiProdStage", "TracingEnabled", ("Globals", "Properties", "TracingEnabled"))
    }


@pytest.mark.parametrize(
    ("kind", "of", "places"),
    [
        (
            "Api",
            "It",
            ("ApiKeySourceType BinaryMediaTypes DisableExecuteApiEndpoint MinimumCompressionSize Mode Name Policy")
            + " SecurityPolicy",
        ),
        (
            "Api",
            "ItStage",
            ("AccessLogSetting CacheClusterEnabled CacheClusterSize CanarySetting Description MethodSettings")
            + " TracingEnabled Variables",
        ),
        ("HttpApi", "It", "CorsConfiguration Description DisableExecuteApiEndpoint Name"),
        (
            "HttpApi",
            "ItApiGatewayDefaultStage",
            "AccessLogSettings DefaultRouteSettings RouteSettings StageVariables",
        ),
        ("GraphQLApi", "It", "Name XrayEnabled"),
    ],
)
def test_properties_of_the_same_name_are_kept(kind: str, of: str, places: str) -> None:
    for place in places.split():
        assert read(kind, {place: "kept"})[of].at(place).value == "kept"


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("DocumentDB", "Cluster"),
        ("DynamoDB", "Stream"),
        ("Kinesis", "Stream"),
        ("MQ", "Broker"),
        ("MSK", "Stream"),
        ("SQS", "Queue"),
        ("SelfManagedKafka", "KafkaBootstrapServers"),
    ],
)
def test_what_lambda_polls_is_named(kind: str, place: str) -> None:
    found = read("Function", {"Events": {"In": {"Type": kind, "Properties": {place: "source"}}}})["ItIn"]
    assert found.at("EventSourceArn").value == "source"
    assert found.at(place).is_absent


@pytest.mark.parametrize(
    ("kind", "principal"),
    [
        ("Api", "apigateway"),
        ("CloudWatchEvent", "events"),
        ("CloudWatchLogs", "logs"),
        ("Cognito", "cognito-idp"),
        ("EventBridgeRule", "events"),
        ("IoTRule", "iot"),
    ],
)
def test_who_calls_for_an_event_is_named(kind: str, principal: str) -> None:
    events: Json = {"In": {"Type": kind, "Properties": {"RestApiId": "x"}}}
    assert read("Function", {"Events": events})["ItInPermission"].at("Principal").value == f"{principal}.amazonaws.com"


def test_what_stands_for_resources_of_their_own_is_no_property() -> None:
    names = "AutoPublishAlias CodeUri DeploymentPreference EventInvokeConfig Events FunctionUrlConfig Policies Tracing"
    for name in names.split():
        assert read("Function", {name: "x"})["It"].at(name).is_absent


def test_a_dead_letter_queue_that_is_hidden_is_hidden() -> None:
    assert read("Function", {"DeadLetterQueue": PARAMETER})["It"].at("DeadLetterConfig").is_unknown


def test_an_api_of_sam_is_an_http_api() -> None:
    assert read("HttpApi")["It"].at("ProtocolType").value == "HTTP"
    domain: Json = {"Domain": {"MutualTlsAuthentication": {"TruststoreUri": "s3://b/k"}}}
    found = read("HttpApi", domain)["ItApiGatewayDomainName"]
    assert found.at("MutualTlsAuthentication", "TruststoreUri").value == "s3://b/k"
    assert found.at("DomainNameConfigurations", 0, "MutualTlsAuthentication").is_absent
