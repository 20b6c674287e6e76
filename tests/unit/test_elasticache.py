"""What the cache clusters are, and what they refuse."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable

import pytest
from aws_cdk import App, CfnParameter, Duration, NestedStack, RemovalPolicy, Stack, Stage
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_

from hipaa_constructs import ComplianceError, FlowLoggedVpc, HipaaRedisCluster, ManagedPolicyRole
from hipaa_constructs.rules._value import Json
from tests._refusals import made, refusal, waiver
from tests._synthesis import Body, at, of_type, report_of, statements, synthesized, the

GROUP = "AWS::ElastiCache::ReplicationGroup"
USER = "AWS::ElastiCache::User"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:rotate"


def network(stack: Stack) -> ec2.IVpc:
    return FlowLoggedVpc(stack, "Network").vpc


def function(stack: Stack) -> lambda_.IFunction:
    return lambda_.Function.from_function_attributes(stack, "Rotate", function_arn=FUNCTION, same_environment=True)


def with_token(stack: Stack) -> None:
    HipaaRedisCluster(stack, "It", vpc=network(stack), auth_token_rotation=function(stack))


PLAIN = synthesized(lambda stack: HipaaRedisCluster(stack, "It", vpc=network(stack)))
TOKEN = synthesized(with_token)


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def properties(template: Body) -> Json:
    return at(the(template, GROUP), "Properties")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AtRestEncryptionEnabled", True),
        ("TransitEncryptionEnabled", True),
        ("TransitEncryptionMode", "required"),
        ("AutomaticFailoverEnabled", True),
        ("MultiAZEnabled", True),
        ("AutoMinorVersionUpgrade", True),
        ("SnapshotRetentionLimit", 35),
        ("ReplicasPerNodeGroup", 1),
        ("Engine", "valkey"),
    ],
)
def test_what_is_set(name: str, value: Json) -> None:
    assert at(properties(PLAIN), name) == value


def test_data_is_encrypted_with_the_stacks_key() -> None:
    (key,) = of_type(PLAIN, "AWS::KMS::Key")
    assert at(properties(PLAIN), "KmsKeyId") == {"Fn::GetAtt": [key, "Arn"]}


def test_nodes_are_in_the_isolated_subnets() -> None:
    found = at(the(PLAIN, "AWS::ElastiCache::SubnetGroup"), "Properties", "SubnetIds")
    assert found == [{"Ref": name} for name in of_type(PLAIN, "AWS::EC2::Subnet") if "Isolated" in name]


def test_nobody_is_admitted_until_named() -> None:
    assert of_type(PLAIN, "AWS::EC2::SecurityGroupIngress") == {}
    assert at(the(PLAIN, "AWS::EC2::SecurityGroup", "It"), "Properties", "SecurityGroupIngress") is None


def test_who_is_named_is_admitted_on_the_port() -> None:
    def build(stack: Stack) -> None:
        vpc = network(stack)
        cluster = HipaaRedisCluster(stack, "It", vpc=vpc, port=6380)
        app = ec2.SecurityGroup(stack, "App", vpc=vpc, description="App", allow_all_outbound=False)
        cluster.connections.allow_default_port_from(app, "the app")

    opening = at(the(synthesized(build), "AWS::EC2::SecurityGroupIngress"), "Properties")
    assert (at(opening, "FromPort"), at(opening, "ToPort"), at(opening, "IpProtocol")) == (6380, 6380, "tcp")


def test_slow_and_engine_log_go_to_encrypted_groups() -> None:
    groups = of_type(PLAIN, "AWS::Logs::LogGroup")
    configurations = at(properties(PLAIN), "LogDeliveryConfigurations")
    assert isinstance(configurations, list)
    assert [at(one, "LogType") for one in configurations] == ["slow-log", "engine-log"]
    for one in configurations:
        name = at(one, "DestinationDetails", "CloudWatchLogsDetails", "LogGroup", "Ref")
        assert at(groups[str(name)], "Properties", "KmsKeyId") is not None


def test_a_last_snapshot_is_taken_when_the_cluster_goes() -> None:
    group = the(PLAIN, GROUP)
    assert (group["DeletionPolicy"], group["UpdateReplacePolicy"]) == ("Snapshot", "Snapshot")


def test_a_cluster_has_the_logical_id_of_the_plain_one() -> None:
    plain = synthesized(lambda stack: elasticache.CfnReplicationGroup(stack, "It", replication_group_description="x"))
    assert list(of_type(PLAIN, GROUP)) == list(of_type(plain, GROUP))


def test_the_default_user_is_off_and_alone() -> None:
    (name,) = of_type(PLAIN, USER)
    user = at(the(PLAIN, USER), "Properties")
    assert (at(user, "UserName"), at(user, "AccessString")) == ("default", "off ~* -@all")
    assert at(the(PLAIN, "AWS::ElastiCache::UserGroup"), "Properties", "UserIds") == [{"Ref": name}]


def with_user(stack: Stack) -> None:
    cluster = HipaaRedisCluster(stack, "It", vpc=network(stack))
    role = ManagedPolicyRole(stack, "App", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
    cluster.grant_connect(role, cluster.add_user("Portal"))


WITH_USER = synthesized(with_user)


def test_a_user_signs_in_with_iam() -> None:
    user = at(the(WITH_USER, USER, "ItUserPortal"), "Properties")
    assert at(user, "AuthenticationMode") == {"Type": "iam"}
    assert at(user, "UserName") == at(user, "UserId")


def test_a_user_may_do_nothing_dangerous() -> None:
    access = str(at(the(WITH_USER, USER, "ItUserPortal"), "Properties", "AccessString"))
    assert access.startswith("on ")
    assert {"-@dangerous", "-@admin"} <= set(access.split())


def test_who_is_granted_may_connect_as_that_user_only() -> None:
    (statement,) = statements(the(WITH_USER, "AWS::IAM::ManagedPolicy", "AppGrants"))
    assert statement["Action"] == "elasticache:Connect"
    named = json.dumps(statement["Resource"])
    assert '":replicationgroup:", {"Ref": "It"}' in named
    assert ":user:stack-it-" in named
    assert "*" not in named


def test_a_token_is_generated_and_no_template_holds_it() -> None:
    token = json.dumps(at(properties(TOKEN), "AuthToken"))
    assert "{{resolve:secretsmanager:" in token
    generated = at(the(TOKEN, "AWS::SecretsManager::Secret"), "Properties", "GenerateSecretString")
    assert at(generated, "PasswordLength") == 64
    assert at(generated, "ExcludePunctuation") is True


def test_a_token_is_rotated() -> None:
    schedule = at(the(TOKEN, "AWS::SecretsManager::RotationSchedule"), "Properties")
    assert at(schedule, "RotationLambdaARN") == FUNCTION


def test_a_token_is_rotated_once_there_is_a_cluster_that_has_it() -> None:
    (group,) = of_type(TOKEN, GROUP)
    needed = the(TOKEN, "AWS::SecretsManager::RotationSchedule")["DependsOn"]
    assert isinstance(needed, list)
    assert group in needed


def test_a_cluster_with_a_token_breaks_no_rule() -> None:
    assert report_of(lambda app: with_token(Stack(app, "Stack"))).findings == []


def test_with_a_token_there_are_no_users() -> None:
    assert of_type(TOKEN, USER) == {}
    assert at(properties(TOKEN), "UserGroupIds") is None


def test_several_shards_switch_cluster_mode_on() -> None:
    template = synthesized(lambda stack: HipaaRedisCluster(stack, "It", vpc=network(stack), num_node_groups=3))
    parameters = at(the(template, "AWS::ElastiCache::ParameterGroup"), "Properties")
    assert at(properties(template), "ClusterMode") == "enabled"
    assert at(parameters, "CacheParameterGroupFamily") == "valkey8"
    assert at(parameters, "Properties") == {"cluster-enabled": "yes"}


def test_redis_can_be_chosen_with_parameters() -> None:
    template = synthesized(
        lambda stack: HipaaRedisCluster(
            stack, "It", vpc=network(stack), engine="redis", engine_version="7.0", parameters={"timeout": "60"}
        )
    )
    parameters = at(the(template, "AWS::ElastiCache::ParameterGroup"), "Properties")
    assert (at(properties(template), "Engine"), at(properties(template), "EngineVersion")) == ("redis", "7.0")
    assert at(parameters, "CacheParameterGroupFamily") == "redis7"
    assert at(parameters, "Properties") == {"timeout": "60"}


def test_every_option_of_a_replication_group_is_sorted_out() -> None:
    contract = HipaaRedisCluster.contract
    parameters = inspect.signature(vars(elasticache.CfnReplicationGroup)["__init__"]).parameters.values()
    options = {one.name for one in parameters if one.kind is inspect.Parameter.KEYWORD_ONLY}
    assert {*contract.fixed, *contract.free.__annotations__} <= options
    own = {"removal_policy", "snapshot_retention"}
    assert {*contract.fixed, *contract.governed, *contract.chosen, *contract.free.__annotations__} - own == options


def test_what_only_the_deployment_knows_passes() -> None:
    def build(stack: Stack) -> None:
        def number(name: str) -> int:
            return int(CfnParameter(stack, name, type="Number").value_as_number)

        HipaaRedisCluster(
            stack,
            "It",
            vpc=network(stack),
            engine_version=CfnParameter(stack, "Version").value_as_string,
            cache_node_type=CfnParameter(stack, "Type").value_as_string,
            num_node_groups=number("Shards"),
            replicas_per_node_group=number("Replicas"),
            port=number("Port"),
            snapshot_retention=Duration.days(number("Days")),
        )

    template = synthesized(build)
    parameters = at(the(template, "AWS::ElastiCache::ParameterGroup"), "Properties")
    assert at(properties(template), "ClusterMode") == "enabled"
    assert [at(properties(template), name, "Ref") for name in ("EngineVersion", "CacheNodeType", "Port")] == [
        "Version",
        "Type",
        "Port",
    ]
    assert [at(properties(template), name, "Ref") for name in ("NumNodeGroups", "ReplicasPerNodeGroup")] == [
        "Shards",
        "Replicas",
    ]
    assert at(properties(template), "SnapshotRetentionLimit") == {"Ref": "Days"}
    family = {"Fn::Select": [0, {"Fn::Split": [".", {"Ref": "Version"}]}]}
    assert at(parameters, "CacheParameterGroupFamily") == {"Fn::Join": ["", ["valkey", family]]}


def users_of(build: Callable[[App], Stack]) -> set[str]:
    app = App()
    stack = build(app)
    cluster = HipaaRedisCluster(stack, "It", vpc=imported(stack, ["us-east-1a", "us-east-1b"]))
    names = ("Portal", "PortalOfPatientsOne", "PortalOfPatientsTwo", "portal", "Größe/1")
    return {cluster.add_user(name).user_id for name in names}


def test_users_whose_names_are_alike_have_ids_of_their_own() -> None:
    found = users_of(lambda app: Stack(app, "Stack"))
    assert len(found) == 5
    assert all(re.fullmatch("[a-z][a-z0-9]*(-[a-z0-9]+)*", name) and len(name) <= 40 for name in found)


@pytest.mark.parametrize(
    "other",
    [
        lambda app: Stack(app, "Another"),
        lambda app: Stack(app, "Stack", stack_name="Another"),
        lambda app: Stack(Stage(app, "Prod"), "Stack"),
        lambda app: NestedStack(Stack(app, "One"), "Stack"),
        lambda app: NestedStack(Stack(app, "Two"), "Stack"),
    ],
)
def test_users_of_other_stacks_have_other_ids(other: Callable[[App], Stack]) -> None:
    nested = users_of(lambda app: NestedStack(Stack(app, "Three"), "Stack"))
    assert users_of(other).isdisjoint(users_of(lambda app: Stack(app, "Stack")) | nested)


def test_free_options_are_passed_on() -> None:
    template = synthesized(
        lambda stack: HipaaRedisCluster(stack, "It", vpc=network(stack), snapshot_window="03:00-04:00")
    )
    assert at(properties(template), "SnapshotWindow") == "03:00-04:00"


def test_a_cluster_in_an_imported_network_breaks_no_rule() -> None:
    def build(app: App) -> None:
        stack = Stack(app, "Stack")
        vpc = ec2.Vpc.from_vpc_attributes(
            stack,
            "Network",
            vpc_id="vpc-1",
            availability_zones=["us-east-1a", "us-east-1b"],
            isolated_subnet_ids=["subnet-1", "subnet-2"],
        )
        HipaaRedisCluster(stack, "It", vpc=vpc)

    assert report_of(build).findings == []


def test_a_cluster_in_a_stage_breaks_no_rule() -> None:
    def build(app: App) -> None:
        stack = Stack(Stage(app, "Prod"), "Stack")
        with_user(stack)

    assert report_of(build).findings == []


def imported(stack: Stack, zones: list[str], *, public: bool = False) -> ec2.IVpc:
    ids = [f"subnet-{number}" for number in range(len(zones))]
    if public:
        return ec2.Vpc.from_vpc_attributes(
            stack, "Network", vpc_id="vpc-1", availability_zones=zones, public_subnet_ids=ids
        )
    return ec2.Vpc.from_vpc_attributes(
        stack, "Network", vpc_id="vpc-1", availability_zones=zones, isolated_subnet_ids=ids
    )


def test_a_network_of_one_zone_is_refused(stack: Stack) -> None:
    refusal(
        lambda: HipaaRedisCluster(stack, "It", vpc=imported(stack, ["us-east-1a"])),
        "Stack/It: vpc_subnets must be of two Availability Zones or more, got '1 of 1'; a zone that fails must not "
        "take everything along; pass a network that has them (164.308(a)(7)(ii)(C))",
    )


def test_a_network_of_public_subnets_is_refused(stack: Stack) -> None:
    refusal(
        lambda: HipaaRedisCluster(stack, "It", vpc=imported(stack, ["us-east-1a", "us-east-1b"], public=True)),
        "Stack/It: vpc must be a network with isolated or private subnets, got 'a network without them'; make a "
        "FlowLoggedVpc, or pass vpc_subnets (164.312(e)(1))",
    )


def test_public_subnets_are_refused(stack: Stack) -> None:
    vpc = imported(stack, ["us-east-1a", "us-east-1b"], public=True)
    refusal(
        lambda: HipaaRedisCluster(
            stack, "It", vpc=vpc, vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)
        ),
        "Stack/It: vpc_subnets must be isolated or private, got 'public ones'; public ones lead to the internet "
        "(164.312(e)(1))",
    )


@pytest.mark.parametrize("replicas", [-1, 6])
def test_a_number_of_replicas_that_can_not_be_is_refused(stack: Stack, replicas: int) -> None:
    refusal(
        lambda: HipaaRedisCluster(stack, "It", vpc=network(stack), replicas_per_node_group=replicas),
        f"Stack/It: replicas_per_node_group must be from 0 to 5, got {replicas}; no primary has more "
        "(164.308(a)(7)(ii)(C))",
    )


def test_a_cluster_without_replicas_is_refused(stack: Stack) -> None:
    refusal(
        lambda: HipaaRedisCluster(stack, "It", vpc=network(stack), replicas_per_node_group=0),
        "Stack/It: replicas_per_node_group must be 1 or more, got 0; to go without it pass "
        'waivers=[Waiver(rule="RedisFailsOver", …)] (164.308(a)(7)(i))',
    )


@pytest.mark.parametrize(("shards", "fails_over"), [(1, False), (2, True)])
def test_what_may_go_without_replicas_fails_over_between_shards_only(shards: int, fails_over: bool) -> None:
    def build(stack: Stack) -> None:
        HipaaRedisCluster(
            stack,
            "It",
            vpc=network(stack),
            num_node_groups=shards,
            replicas_per_node_group=0,
            waivers=[waiver("RedisFailsOver")],
        )

    properties = the(synthesized(build), "AWS::ElastiCache::ReplicationGroup")["Properties"]
    assert (at(properties, "AutomaticFailoverEnabled"), at(properties, "MultiAZEnabled")) == (fails_over, False)


@pytest.mark.parametrize("replicas", ["2", 1.5, True])
def test_replicas_that_are_no_number_are_refused(stack: Stack, replicas: object) -> None:
    with pytest.raises(ComplianceError, match="replicas_per_node_group must be from 0 to 5"):
        made(HipaaRedisCluster, stack, vpc=network(stack), replicas_per_node_group=replicas)


@pytest.mark.parametrize("port", [0, 65536])
def test_a_port_that_is_none_is_refused(stack: Stack, port: int) -> None:
    refusal(
        lambda: HipaaRedisCluster(stack, "It", vpc=network(stack), port=port),
        f"Stack/It: port must be from 1 to 65535, got {port}; TCP knows no other port (164.312(e)(1))",
    )


def test_no_shard_is_refused(stack: Stack) -> None:
    refusal(
        lambda: HipaaRedisCluster(stack, "It", vpc=network(stack), num_node_groups=0),
        "Stack/It: num_node_groups must be from 1 to 500, got 0; a cluster has a shard (164.308(a)(7)(ii)(C))",
    )


@pytest.mark.parametrize("kind", ["cache.t1.micro", "cache.m1.small", "db.t4g.small", "small"])
def test_a_node_type_without_tls_is_refused(stack: Stack, kind: str) -> None:
    refusal(
        lambda: HipaaRedisCluster(stack, "It", vpc=network(stack), cache_node_type=kind),
        f"Stack/It: cache_node_type must be a node type of a current generation, got '{kind}'; older ones neither "
        "speak TLS nor fail over; take for example cache.m7g.large (164.312(e)(1))",
    )


def test_cluster_mode_against_the_number_of_shards_is_refused(stack: Stack) -> None:
    refusal(
        lambda: HipaaRedisCluster(stack, "It", vpc=network(stack), parameters={"cluster-enabled": "no"}),
        "Stack/It: parameters must be without it, got 'cluster-enabled'; several num_node_groups switch cluster mode "
        "on (164.308(a)(7)(ii)(C))",
    )


def test_an_alias_of_a_key_is_refused_before_anything_is_built(stack: Stack) -> None:
    alias = kms.Alias.from_alias_name(stack, "Key", "alias/records")
    refusal(
        lambda: HipaaRedisCluster(stack, "It", vpc=network(stack), encryption_key=alias),
        "Stack/It: encryption_key must be a key, got 'an alias'; CloudWatch Logs takes the ARN of a key only; pass the "
        "key itself (164.312(a)(2)(iv))",
    )
    assert stack.node.try_find_child("It") is None


@pytest.mark.parametrize(
    ("retention", "message"),
    [
        (
            Duration.hours(400),
            "a whole number of days, got 16 days 16 hours; ElastiCache counts in days",
        ),
        (35, "a Duration, got 35; pass Duration.days(…)"),
    ],
)
def test_snapshots_that_are_not_counted_in_days_are_refused(stack: Stack, retention: object, message: str) -> None:
    refusal(
        lambda: made(HipaaRedisCluster, stack, vpc=network(stack), snapshot_retention=retention),
        f"Stack/It: snapshot_retention must be {message} (164.308(a)(7)(ii)(A))",
    )


@pytest.mark.parametrize("engine", [None, 7, ["redis"]])
def test_an_engine_that_is_no_text_is_refused(stack: Stack, engine: object) -> None:
    with pytest.raises(ComplianceError, match="engine must be valkey or redis"):
        made(HipaaRedisCluster, stack, vpc=network(stack), engine=engine)


@pytest.mark.parametrize(
    ("engine", "version", "floor"),
    [
        ("valkey", 8, "7.2"),
        ("valkey", "7.1", "7.2"),
        ("valkey", "newest", "7.2"),
        ("redis", "6.2", "7.0"),
        ("redis", "5.0.6", "7.0"),
    ],
)
def test_a_version_below_the_floor_is_refused(stack: Stack, engine: str, version: object, floor: str) -> None:
    refusal(
        lambda: made(HipaaRedisCluster, stack, vpc=network(stack), engine=engine, engine_version=version),
        f"Stack/It: engine_version must be {floor} or newer for {engine}, got {version!r}; older ones can't sign users "
        "in with IAM (164.312(d))",
    )


def test_another_engine_is_refused(stack: Stack) -> None:
    refusal(
        lambda: made(HipaaRedisCluster, stack, vpc=network(stack), engine="memcached"),
        "Stack/It: engine must be valkey or redis, got 'memcached'; no other engine of ElastiCache is encrypted, "
        "signed in to and backed up (164.312(a)(2)(iv))",
    )


def test_snapshots_of_fewer_days_need_a_waiver(stack: Stack) -> None:
    refusal(
        lambda: HipaaRedisCluster(stack, "It", vpc=network(stack), snapshot_retention=Duration.days(7)),
        "Stack/It: snapshot_retention must be 15 days or longer, got 7 days; to go without it pass waivers=[Waiver("
        'rule="RedisBackedUp", …)] (164.308(a)(7)(i))',
    )


def test_snapshots_of_more_days_than_elasticache_keeps_are_refused(stack: Stack) -> None:
    refusal(
        lambda: HipaaRedisCluster(stack, "It", vpc=network(stack), snapshot_retention=Duration.days(36)),
        "Stack/It: snapshot_retention must be 35 days or shorter, got 36 days; ElastiCache keeps none longer; copy "
        "snapshots to a bucket (164.308(a)(7)(ii)(A))",
    )


def test_a_cluster_that_goes_without_a_trace_needs_a_waiver(stack: Stack) -> None:
    refusal(
        lambda: HipaaRedisCluster(stack, "It", vpc=network(stack), removal_policy=RemovalPolicy.DESTROY),
        "Stack/It: removal_policy must be SNAPSHOT or RETAIN, got RemovalPolicy.DESTROY; to go without it pass "
        'waivers=[Waiver(rule="RedisKept", …)] (164.308(a)(7)(ii)(A))',
    )


def test_a_waived_cluster_goes() -> None:
    template = synthesized(
        lambda stack: HipaaRedisCluster(
            stack,
            "It",
            vpc=network(stack),
            removal_policy=RemovalPolicy.DESTROY,
            waivers=[waiver("RedisKept")],
        )
    )
    assert the(template, GROUP)["DeletionPolicy"] == "Delete"


def test_a_token_in_the_template_is_refused(stack: Stack) -> None:
    refusal(
        lambda: made(HipaaRedisCluster, stack, vpc=network(stack), auth_token="x"),
        "Stack/It: auth_token can't be set, got 'x'; a token in the template can be read by everybody who can read the "
        "stack; pass auth_token_rotation (164.312(d))",
    )


@pytest.mark.parametrize("access", ["on >swordfish ~* +@all", "on #abc ~*", "on ~* +@all reset"])
def test_a_password_in_the_template_is_refused(stack: Stack, access: str) -> None:
    cluster = HipaaRedisCluster(stack, "It", vpc=network(stack))
    refusal(
        lambda: cluster.add_user("App", access_string=access),
        "Stack/It: access_string must be without passwords, got one; the user signs in with IAM (164.312(d))",
    )


def test_a_user_without_a_password_is_refused(stack: Stack) -> None:
    cluster = HipaaRedisCluster(stack, "It", vpc=network(stack))
    refusal(
        lambda: cluster.add_user("App", access_string="on nopass ~* +@all"),
        "Stack/It: access_string must make the user sign in, got nopass (164.312(d))",
    )


def test_a_cluster_with_a_token_has_no_users(stack: Stack) -> None:
    cluster = HipaaRedisCluster(stack, "It", vpc=network(stack), auth_token_rotation=function(stack))
    refusal(
        lambda: cluster.add_user("App"),
        "Stack/It: add_user() must be called on a cluster with users, got one with an AUTH token (164.312(d))",
    )


def test_a_refusal_leaves_nothing_behind(stack: Stack) -> None:
    vpc = network(stack)
    before = list(stack.node.children)
    with pytest.raises(Exception, match="replicas_per_node_group"):
        HipaaRedisCluster(stack, "It", vpc=vpc, replicas_per_node_group=0)
    assert stack.node.children == before
