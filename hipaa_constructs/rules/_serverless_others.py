"""Functions, tables, state machines and other resources of AWS SAM, as CloudFormation resources."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from hipaa_constructs.rules._resolve import intrinsic
from hipaa_constructs.rules._serverless import HIDDEN, Body, Path, Reading, Source, arn_of, propagated, renamed, tags
from hipaa_constructs.rules._value import Json

_CALLERS = {
    "Api": "apigateway.amazonaws.com",
    "CloudWatchEvent": "events.amazonaws.com",
    "CloudWatchLogs": "logs.amazonaws.com",
    "Cognito": "cognito-idp.amazonaws.com",
    "EventBridgeRule": "events.amazonaws.com",
    "HttpApi": "apigateway.amazonaws.com",
    "IoTRule": "iot.amazonaws.com",
    "S3": "s3.amazonaws.com",
    "SNS": "sns.amazonaws.com",
    "Schedule": "events.amazonaws.com",
}
"""Who calls a function for each type of event; the transform permits it for the source of the event alone."""

_SOURCES = {
    "DocumentDB": "Cluster",
    "DynamoDB": "Stream",
    "Kinesis": "Stream",
    "MQ": "Broker",
    "MSK": "Stream",
    "SQS": "Queue",
    "SelfManagedKafka": "KafkaBootstrapServers",
}
"""Where the types of events that Lambda polls name what they poll."""

_NOT_OF_A_FUNCTION = (
    *("AssumeRolePolicyDocument", "AutoPublishAlias", "AutoPublishAliasAllProperties", "AutoPublishCodeSha256"),
    *("CodeUri", "DeadLetterQueue", "DeploymentPreference", "EventInvokeConfig", "Events", "FunctionUrlConfig"),
    *("ImageUri", "InlineCode", "PermissionsBoundary", "Policies", "PropagateTags", "ProvisionedConcurrencyConfig"),
    *("RolePath", "Tracing", "VersionDescription"),
)


def of_function(source: Source) -> Iterator[Reading]:
    """Yield the function, its role, URL, destinations, permissions and event sources."""
    own = source.properties
    properties = {**renamed(own, {}, _NOT_OF_A_FUNCTION), **tags(own), "Code": _code(own)}
    if "Tracing" in own:
        properties["TracingConfig"] = {"Mode": own["Tracing"]}
    if "DeadLetterQueue" in own:
        queue = own["DeadLetterQueue"]
        known = isinstance(queue, dict) and intrinsic(queue) is None
        properties["DeadLetterConfig"] = renamed(source.mapping("DeadLetterQueue"), {}, ("Type",)) if known else queue
    if "Role" not in own:
        properties["Role"] = arn_of(source.logical_id + "Role")
        yield from _role(source)
    yield source.reading(
        "", "AWS::Lambda::Function", properties, TracingConfig="Tracing", DeadLetterConfig="DeadLetterQueue"
    )
    function: Json = {"Ref": source.logical_id}
    if "FunctionUrlConfig" in own:
        url = {**source.mapping("FunctionUrlConfig"), "TargetFunctionArn": function}
        yield source.reading("Url", "AWS::Lambda::Url", url, all="FunctionUrlConfig")
    if "EventInvokeConfig" in own:
        yield from _destinations(source, function)
    for name, kind, event, place in source.events():
        yield from _event(source, name, kind, event, place)


def _code(own: Body) -> Json:
    if "InlineCode" in own:
        return {"ZipFile": own["InlineCode"]}
    if "ImageUri" in own:
        return {"ImageUri": own["ImageUri"]}
    return {"S3Key": HIDDEN}


def _role(source: Source) -> Iterator[Reading]:
    """Yield the role, if the author says what it may do."""
    raw = source.properties.get("Policies")
    places: dict[Path, Path] = {}
    policies: list[Json] = []
    arns: list[Json] = []
    for number, one in enumerate(raw if isinstance(raw, list) else [raw]):
        place: Path = ("Properties", "Policies", number) if isinstance(raw, list) else ("Properties", "Policies")
        if isinstance(one, dict) and "Statement" in one:
            places["Properties", "Policies", len(policies), "PolicyDocument"] = place
            policies.append({"PolicyName": f"{source.logical_id}RolePolicy{len(policies)}", "PolicyDocument": one})
        elif isinstance(one, str) or intrinsic(one) is not None:
            places["Properties", "ManagedPolicyArns", len(arns)] = place
            arns.append(_arn(one))
    if policies or arns:
        properties: Body = {"Policies": policies, "ManagedPolicyArns": arns, **propagated(source.properties)}
        yield replace(source.reading("Role", "AWS::IAM::Role", properties), places=places)


def _arn(policy: Json) -> Json:
    named = isinstance(policy, str) and not policy.startswith("arn:")
    return f"arn:aws:iam::aws:policy/{policy}" if named else policy


def _destinations(source: Source, function: Json) -> Iterator[Reading]:
    config = dict(source.mapping("EventInvokeConfig"))
    destinations = dict(source.mapping("EventInvokeConfig", "DestinationConfig"))
    for name, destination in destinations.items():
        if isinstance(destination, dict) and "Destination" not in destination:
            made = {"SQS": "Queue", "SNS": "Topic"}.get(str(destination.get("Type")))
            if made is not None:
                suffix = f"EventInvokeConfig{name}{made}"
                service = str(destination["Type"])
                place = ("EventInvokeConfig", "DestinationConfig", name)
                kind, properties = f"AWS::{service}::{made}", propagated(source.properties)
                yield source.reading(suffix, kind, properties, all=place, Tags="Tags")
                destinations[name] = {"Destination": arn_of(source.logical_id + suffix)}
    if destinations:
        config["DestinationConfig"] = destinations
    config = {**config, "FunctionName": function, "Qualifier": "$LATEST"}
    yield source.reading("EventInvokeConfig", "AWS::Lambda::EventInvokeConfig", config, all="EventInvokeConfig")


def _event(source: Source, name: str, kind: str, event: Body, place: Path) -> Iterator[Reading]:
    function: Json = {"Ref": source.logical_id}
    if kind in _CALLERS:
        permission: Body = {
            "Action": "lambda:InvokeFunction",
            "FunctionName": function,
            "Principal": _CALLERS[kind],
            "SourceArn": arn_of(source.logical_id + name),
        }
        yield source.reading(f"{name}Permission", "AWS::Lambda::Permission", permission, all=place)
    elif kind in _SOURCES:
        left_out = (_SOURCES[kind],)
        mapping = {
            **renamed(event, {}, left_out),
            "EventSourceArn": event.get(_SOURCES[kind]),
            "FunctionName": function,
        }
        yield source.reading(
            name, "AWS::Lambda::EventSourceMapping", mapping, all=place, EventSourceArn=(*place, _SOURCES[kind])
        )


def of_table(source: Source) -> Iterator[Reading]:
    """Yield the table, which is paid for on demand where nothing is said."""
    own = source.properties
    key = source.mapping("PrimaryKey")
    properties: Body = {
        **renamed(own, {}, ("PrimaryKey",)),
        **tags(own),
        "KeySchema": [{"AttributeName": key.get("Name", "id"), "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": key.get("Name", "id"), "AttributeType": key.get("Type", "S")}],
    }
    if "ProvisionedThroughput" not in own:
        properties["BillingMode"] = "PAY_PER_REQUEST"
    yield source.reading("", "AWS::DynamoDB::Table", properties)


_MACHINE = {
    "DefinitionUri": "DefinitionS3Location",
    "Logging": "LoggingConfiguration",
    "Name": "StateMachineName",
    "Role": "RoleArn",
    "Tracing": "TracingConfiguration",
    "Type": "StateMachineType",
}


def of_state_machine(source: Source) -> Iterator[Reading]:
    """Yield the state machine and its role."""
    left_out = (
        *("AutoPublishAlias", "DeploymentPreference", "Events", "PermissionsBoundary", "Policies", "PropagateTags"),
        *("RolePath", "UseAliasAsEventTarget"),
    )
    properties = {**renamed(source.properties, _MACHINE, left_out), **tags(source.properties)}
    if "Role" not in source.properties:
        properties["RoleArn"] = arn_of(source.logical_id + "Role")
        yield from _role(source)
    places = {there: here for here, there in _MACHINE.items()}
    yield source.reading("", "AWS::StepFunctions::StateMachine", properties, **places)


def of_application(source: Source) -> Iterator[Reading]:
    """Yield the nested stack; the template of one from the Serverless Application Repository is hidden."""
    location = source.properties.get("Location")
    url = location if isinstance(location, str) else HIDDEN
    properties = {**renamed(source.properties, {}, ("Location",)), **tags(source.properties), "TemplateURL": url}
    yield source.reading("", "AWS::CloudFormation::Stack", properties, TemplateURL="Location")


def of_layer(source: Source) -> Iterator[Reading]:
    """Yield the version of the layer."""
    properties = renamed(source.properties, {"ContentUri": "Content"}, ("RetentionPolicy",))
    yield source.reading("", "AWS::Lambda::LayerVersion", properties, Content="ContentUri")


def of_graphql_api(source: Source) -> Iterator[Reading]:
    """Yield the API and its cache; it logs all fields where nothing is said."""
    own, auth = source.properties, source.mapping("Auth")
    additional = auth.get("Additional", [])
    providers: list[Json] = [
        {"AuthenticationType": one.get("Type")} if isinstance(one, dict) else one
        for one in (additional if isinstance(additional, list) else [additional])
    ]
    properties: Body = {
        **{name: own[name] for name in ("Name", "XrayEnabled") if name in own},
        **tags(own),
        "AuthenticationType": auth.get("Type"),
        "AdditionalAuthenticationProviders": providers,
    }
    logging = own.get("Logging", True)
    role = arn_of(source.logical_id + "CloudWatchRole")
    default: Body = {"CloudWatchLogsRoleArn": role, "FieldLogLevel": "ALL"}
    if logging is True or logging == "true":
        properties["LogConfig"] = default
    elif isinstance(logging, dict) and intrinsic(logging) is None:
        properties["LogConfig"] = {**default, **logging}
    elif logging is not False and logging != "false":
        properties["LogConfig"] = logging
    yield source.reading(
        "",
        "AWS::AppSync::GraphQLApi",
        properties,
        AuthenticationType=("Auth", "Type"),
        AdditionalAuthenticationProviders=("Auth", "Additional"),
        LogConfig="Logging",
    )
    if "Cache" in own:
        cache: Body = {**source.mapping("Cache"), "ApiId": {"Fn::GetAtt": [source.logical_id, "ApiId"]}}
        yield source.reading("ApiCache", "AWS::AppSync::ApiCache", cache, all="Cache")


OTHERS: Mapping[str, Callable[[Source], Iterator[Reading]]] = {
    "Application": of_application,
    "Function": of_function,
    "GraphQLApi": of_graphql_api,
    "LayerVersion": of_layer,
    "SimpleTable": of_table,
    "StateMachine": of_state_machine,
}
"""What reads each type of SAM but APIs."""
