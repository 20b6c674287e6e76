"""Templates to measure with: synthetic, always the same, and built like those of real applications."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from hipaa_constructs.rules._value import Json

RESOURCES = 491
"""In each template: the size that other tools were measured on."""

_UNITS = 15
_WEAK = 5
"""Every so many parts of the application are careless: plain text, no key, no log."""

_SECTIONS: Mapping[str, Json] = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Parameters": {"Stage": {"Type": "String", "AllowedValues": ["prod", "test"], "Default": "prod"}},
    "Conditions": {"IsProduction": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
}


def template(number: int = 0) -> dict[str, Json]:
    """Make a template of `RESOURCES` resources.

    Args:
        number: makes logical ids and names that differ from those of other numbers.
    """
    prefix = f"App{number}"
    resources: dict[str, Json] = dict(_archive(f"{prefix}Archive"))
    resources[f"{prefix}Alarms"] = _resource("SNS::Topic", {"KmsMasterKeyId": "alias/aws/sns"})
    for unit in range(_UNITS):
        name = f"{prefix}Unit{unit}"
        weak = unit % _WEAK == _WEAK - 1
        resources |= dict(_storage(name, f"{prefix}Archive", weak=weak))
        resources |= dict(_network(name, unit))
        resources |= dict(_database(name, weak=weak))
        resources |= dict(_compute(name, weak=weak))
        if unit != _UNITS - 1:
            resources |= dict(_messages(name, f"{prefix}Alarms", weak=weak))
    return {**_SECTIONS, "Resources": resources}


def sized(resources: int) -> dict[str, Json]:
    """Make one template of so many resources, far more than CloudFormation takes.

    Args:
        resources: how many; the mix is that of `template`, as far as there are enough.
    """
    found: dict[str, Json] = {}
    for number in range(-(-resources // RESOURCES)):
        more = template(number)["Resources"]
        assert isinstance(more, dict)
        found |= more
    return {**_SECTIONS, "Resources": dict(islice(found.items(), resources))}


def _resource(kind: str, properties: Mapping[str, Json], **attributes: Json) -> Json:
    return {"Type": f"AWS::{kind}", "Properties": dict(properties), **attributes}


def _arn(logical_id: str) -> Json:
    return {"Fn::GetAtt": [logical_id, "Arn"]}


def _objects(bucket: str) -> Json:
    return {"Fn::Join": ["", [_arn(bucket), "/*"]]}


def _policy(*statements: Json) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _allow(actions: list[Json], resource: Json, **more: Json) -> Json:
    return {"Effect": "Allow", "Action": actions, "Resource": resource, **more}


def _trust(service: str) -> Json:
    principal: Json = {"Service": f"{service}.amazonaws.com"}
    return _policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal})


def _tls_only(bucket: str) -> Json:
    return {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": [_arn(bucket), _objects(bucket)],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _bucket(encryption: Json, **properties: Json) -> Json:
    everything = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    return _resource(
        "S3::Bucket",
        {
            "BucketEncryption": {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": encryption}]},
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "PublicAccessBlockConfiguration": dict.fromkeys(everything, True),
            "VersioningConfiguration": {"Status": {"Fn::If": ["IsProduction", "Enabled", "Suspended"]}},
            **properties,
        },
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
    )


def _archive(name: str) -> Iterator[tuple[str, Json]]:
    yield name, _bucket({"SSEAlgorithm": "AES256"})
    logging: Json = {"Service": "logging.s3.amazonaws.com"}
    account: Json = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    delivery = _allow(["s3:PutObject"], _objects(name), Principal=logging, Condition=account)
    document = _policy(_tls_only(name), delivery)
    yield f"{name}Policy", _resource("S3::BucketPolicy", {"Bucket": {"Ref": name}, "PolicyDocument": document})


def _storage(name: str, archive: str, *, weak: bool) -> Iterator[tuple[str, Json]]:
    root: Json = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    logs: Json = {"Service": {"Fn::Sub": "logs.${AWS::Region}.amazonaws.com"}}
    context = "kms:EncryptionContext:aws:logs:arn"
    groups: Json = {"Fn::Sub": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*"}
    use = _allow(["kms:Encrypt*", "kms:Decrypt*"], "*", Principal=logs, Condition={"ArnLike": {context: groups}})
    document = _policy(_allow(["kms:*"], "*", Principal=root), use)
    kept: Json = "Delete" if weak else "Retain"
    yield (
        f"{name}Key",
        _resource(
            "KMS::Key",
            {"EnableKeyRotation": not weak, "KeyPolicy": document, "PendingWindowInDays": 30},
            DeletionPolicy=kept,
            UpdateReplacePolicy=kept,
        ),
    )
    alias: dict[str, Json] = {"AliasName": f"alias/{name.lower()}", "TargetKeyId": {"Ref": f"{name}Key"}}
    yield f"{name}Alias", _resource("KMS::Alias", alias)
    for what in ("Records", "Exports"):
        bucket = f"{name}{what}"
        encryption: Json = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": _arn(f"{name}Key")}
        logging: dict[str, Json] = {"DestinationBucketName": {"Ref": archive}, "LogFilePrefix": f"{bucket}/"}
        careless = weak and what == "Exports"
        yield (
            bucket,
            _bucket({"SSEAlgorithm": "AES256"}) if careless else _bucket(encryption, LoggingConfiguration=logging),
        )
        reader = _allow(["s3:GetObject"], _objects(bucket), Principal={"AWS": _arn(f"{name}Role")})
        document = _policy(reader) if careless else _policy(_tls_only(bucket), reader)
        properties: dict[str, Json] = {"Bucket": {"Ref": bucket}, "PolicyDocument": document}
        yield f"{bucket}Policy", _resource("S3::BucketPolicy", properties)
    for what in ("Audit", "Flow"):
        key: dict[str, Json] = {} if weak and what == "Flow" else {"KmsKeyId": _arn(f"{name}Key")}
        days: Json = {"Fn::If": ["IsProduction", 2192, 30]}
        yield (
            f"{name}{what}Logs",
            _resource(
                "Logs::LogGroup",
                {"RetentionInDays": days, **key},
                DeletionPolicy="Retain",
                UpdateReplacePolicy="Retain",
            ),
        )


def _network(name: str, unit: int) -> Iterator[tuple[str, Json]]:
    vpc: Json = {"Ref": f"{name}Vpc"}
    dns: dict[str, Json] = {"EnableDnsHostnames": True, "EnableDnsSupport": True}
    yield f"{name}Vpc", _resource("EC2::VPC", {"CidrBlock": f"10.{unit}.0.0/16", **dns})
    yield f"{name}Routes", _resource("EC2::RouteTable", {"VpcId": vpc})
    for zone in range(2):
        chosen: Json = {"Fn::Select": [zone, {"Fn::GetAZs": ""}]}
        subnet: dict[str, Json] = {"VpcId": vpc, "CidrBlock": f"10.{unit}.{zone}.0/24", "AvailabilityZone": chosen}
        yield f"{name}Subnet{zone}", _resource("EC2::Subnet", subnet)
        association: dict[str, Json] = {
            "RouteTableId": {"Ref": f"{name}Routes"},
            "SubnetId": {"Ref": f"{name}Subnet{zone}"},
        }
        yield f"{name}Association{zone}", _resource("EC2::SubnetRouteTableAssociation", association)
    for what in ("App", "Database"):
        group: dict[str, Json] = {"GroupDescription": f"{what} of {name}", "VpcId": vpc}
        yield f"{name}{what}Group", _resource("EC2::SecurityGroup", group)
    ingress: dict[str, Json] = {
        "GroupId": {"Fn::GetAtt": [f"{name}DatabaseGroup", "GroupId"]},
        "SourceSecurityGroupId": {"Fn::GetAtt": [f"{name}AppGroup", "GroupId"]},
        "IpProtocol": "tcp",
        "FromPort": 5432,
        "ToPort": 5432,
    }
    yield f"{name}Ingress", _resource("EC2::SecurityGroupIngress", ingress)
    endpoint: dict[str, Json] = {
        "VpcId": vpc,
        "VpcEndpointType": "Gateway",
        "ServiceName": {"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"},
        "RouteTableIds": [{"Ref": f"{name}Routes"}],
    }
    yield f"{name}Endpoint", _resource("EC2::VPCEndpoint", endpoint)
    flow: dict[str, Json] = {
        "ResourceId": vpc,
        "ResourceType": "VPC",
        "TrafficType": "ALL",
        "LogGroupName": {"Ref": f"{name}FlowLogs"},
        "DeliverLogsPermissionArn": _arn(f"{name}Role"),
    }
    yield f"{name}FlowLog", _resource("EC2::FlowLog", flow)


def _database(name: str, *, weak: bool) -> Iterator[tuple[str, Json]]:
    subnets: Json = [{"Ref": f"{name}Subnet{zone}"} for zone in range(2)]
    group: dict[str, Json] = {"DBSubnetGroupDescription": name, "SubnetIds": subnets}
    yield f"{name}Subnets", _resource("RDS::DBSubnetGroup", group)
    forced: dict[str, Json] = {
        "Description": name,
        "Family": "postgres17",
        "Parameters": {"rds.force_ssl": "0" if weak else "1"},
    }
    yield f"{name}Parameters", _resource("RDS::DBParameterGroup", forced)
    instance: dict[str, Json] = {
        "Engine": "postgres",
        "DBInstanceClass": "db.m7g.large",
        "AllocatedStorage": "100",
        "MultiAZ": {"Fn::If": ["IsProduction", True, False]},
        "BackupRetentionPeriod": 1 if weak else 35,
        "DeletionProtection": not weak,
        "MasterUsername": "portal",
        "ManageMasterUserPassword": True,
        "DBSubnetGroupName": {"Ref": f"{name}Subnets"},
        "DBParameterGroupName": {"Ref": f"{name}Parameters"},
        "VPCSecurityGroups": [{"Fn::GetAtt": [f"{name}DatabaseGroup", "GroupId"]}],
        **({} if weak else {"StorageEncrypted": True, "KmsKeyId": _arn(f"{name}Key")}),
    }
    yield (
        f"{name}Database",
        _resource("RDS::DBInstance", instance, DeletionPolicy="Snapshot", UpdateReplacePolicy="Snapshot"),
    )


def _compute(name: str, *, weak: bool) -> Iterator[tuple[str, Json]]:
    yield f"{name}Role", _resource("IAM::Role", {"AssumeRolePolicyDocument": _trust("lambda")})
    yield f"{name}JobRole", _resource("IAM::Role", {"AssumeRolePolicyDocument": _trust("ecs-tasks")})
    actions: list[Json] = ["*"] if weak else ["s3:GetObject", "s3:PutObject"]
    records = _allow(actions, "*" if weak else _objects(f"{name}Records"))
    document = _policy(records, _allow(["kms:Decrypt", "kms:GenerateDataKey"], _arn(f"{name}Key")))
    managed: dict[str, Json] = {"PolicyDocument": document, "Roles": [{"Ref": f"{name}Role"}]}
    yield f"{name}RolePolicy", _resource("IAM::ManagedPolicy", managed)
    function: dict[str, Json] = {
        "Code": {"ZipFile": "exports.handler = async () => {};"},
        "Handler": "index.handler",
        "Runtime": "nodejs24.x",
        "Role": _arn(f"{name}Role"),
        "KmsKeyArn": _arn(f"{name}Key"),
        "LoggingConfig": {"LogGroup": {"Ref": f"{name}AuditLogs"}},
        "VpcConfig": {
            "SubnetIds": [{"Ref": f"{name}Subnet{zone}"} for zone in range(2)],
            "SecurityGroupIds": [{"Fn::GetAtt": [f"{name}AppGroup", "GroupId"]}],
        },
        "Environment": {"Variables": {"RECORDS": {"Ref": f"{name}Records"}}},
    }
    yield f"{name}Function", _resource("Lambda::Function", function, DependsOn=[f"{name}RolePolicy"])


def _messages(name: str, alarms: str, *, weak: bool) -> Iterator[tuple[str, Json]]:
    key: Json = {"Ref": f"{name}Key"}
    yield f"{name}DeadLetters", _resource("SQS::Queue", {"KmsMasterKeyId": key})
    redrive: Json = {"deadLetterTargetArn": _arn(f"{name}DeadLetters"), "maxReceiveCount": 5}
    yield f"{name}Queue", _resource("SQS::Queue", {"KmsMasterKeyId": key, "RedrivePolicy": redrive})
    yield f"{name}Topic", _resource("SNS::Topic", {} if weak else {"KmsMasterKeyId": key})
    inline: dict[str, Json] = {
        "PolicyName": "queue",
        "PolicyDocument": _policy(_allow(["sqs:ReceiveMessage"], _arn(f"{name}Queue"))),
        "Roles": [{"Ref": f"{name}JobRole"}],
    }
    yield f"{name}JobPolicy", _resource("IAM::Policy", inline)
    source: Json = {"ArnEquals": {"aws:SourceArn": {"Ref": f"{name}Topic"}}}
    sender: Json = {"Service": "sns.amazonaws.com"}
    queue = _allow(["sqs:SendMessage"], _arn(f"{name}Queue"), Principal=sender, Condition=source)
    policy: dict[str, Json] = {"Queues": [{"Ref": f"{name}Queue"}], "PolicyDocument": _policy(queue)}
    yield f"{name}QueuePolicy", _resource("SQS::QueuePolicy", policy)
    subscription: dict[str, Json] = {
        "TopicArn": {"Ref": f"{name}Topic"},
        "Protocol": "sqs",
        "Endpoint": _arn(f"{name}Queue"),
    }
    yield f"{name}Subscription", _resource("SNS::Subscription", subscription)
    alarm: dict[str, Json] = {
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "Threshold": 0,
        "Period": 300,
        "Statistic": "Maximum",
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateNumberOfMessagesVisible",
        "Dimensions": [{"Name": "QueueName", "Value": {"Fn::GetAtt": [f"{name}DeadLetters", "QueueName"]}}],
        "AlarmActions": [{"Ref": alarms}],
    }
    yield f"{name}Alarm", _resource("CloudWatch::Alarm", alarm)
