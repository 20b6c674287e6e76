"""What the services and clusters are, and what they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from aws_cdk import App, CfnParameter, Environment, Stack, Stage
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager

from hipaa_constructs import (
    ComplianceError,
    EncryptedLogGroup,
    EncryptionKey,
    FlowLoggedVpc,
    HipaaEcsCluster,
    HipaaEcsService,
    HttpsLoadBalancer,
    ReplicaEncryptionKey,
    TlsProxy,
    enforce,
)
from tests._refusals import made, refusal, waiver
from tests._synthesis import (
    Body,
    at,
    metadata_waivers,
    of_type,
    report_of,
    statement_called,
    statements,
    synthesized,
    the,
)
from tools.examples import imported_certificate, network

SERVICE = "AWS::ECS::Service"
TASK = "AWS::ECS::TaskDefinition"
CLUSTER = "AWS::ECS::Cluster"
TARGETS = "AWS::ElasticLoadBalancingV2::TargetGroup"
SCALED = "AWS::ApplicationAutoScaling::ScalableTarget"
KEY = "AWS::KMS::Key"
DIGEST = "@sha256:" + "0" * 64
PROXY = TlsProxy(image=f"public.ecr.aws/docker/library/nginx{DIGEST}")
IMAGE = "public.ecr.aws/example/portal"
HTTP = {"container_port": 8080, "container_protocol": "http", "tls_proxy": PROXY}


def service(stack: Stack, **options: object) -> HipaaEcsService:
    given: dict[str, object] = {"container_port": 8443, "image": ecs.ContainerImage.from_registry(IMAGE), **options}
    if "vpc" not in given:
        given["vpc"] = network(stack)
    if not {"load_balancer", "certificates"} & given.keys():
        given["certificates"] = [imported_certificate(stack)]
    found = made(HipaaEcsService, stack, **given)
    assert isinstance(found, HipaaEcsService)
    return found


def with_options(**options: object) -> Body:
    return synthesized(lambda stack: service(stack, **options))


def shared(stack: Stack, **options: object) -> HipaaEcsService:
    vpc = network(stack)
    balancer = HttpsLoadBalancer(stack, "Balancer", vpc=vpc, certificates=[imported_certificate(stack)])
    conditions = [elbv2.ListenerCondition.path_patterns(["/portal/*"])]
    given = {"vpc": vpc, "load_balancer": balancer, "listener_conditions": conditions, **options}
    return service(stack, **given)


def containers(template: Body) -> list[Body]:
    found = at(the(template, TASK), "Properties", "ContainerDefinitions")
    assert isinstance(found, list)
    return [one for one in found if isinstance(one, dict)]


PLAIN = with_options()
PROXIED = with_options(**HTTP)
SHARED = synthesized(shared)
EXEC = with_options(
    enable_execute_command=True, readonly_root_filesystem=False, waivers=[waiver("EcsContainerReadOnly")]
)
BOTH = pytest.mark.parametrize("template", [PLAIN, PROXIED], ids=["https", "proxied"])


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack", env=Environment(account="123456789012", region="us-east-1"))


@BOTH
def test_the_load_balancer_talks_https_to_the_tasks_and_checks_them_so(template: Body) -> None:
    properties = at(the(template, TARGETS), "Properties")
    assert (at(properties, "Protocol"), at(properties, "HealthCheckProtocol")) == ("HTTPS", "HTTPS")


def test_a_program_that_speaks_https_is_reached_itself() -> None:
    reached = at(the(PLAIN, SERVICE), "Properties", "LoadBalancers", 0)
    assert (at(reached, "ContainerName"), at(reached, "ContainerPort")) == ("Container", 8443)


def test_a_program_that_speaks_http_is_reached_through_its_proxy() -> None:
    reached = at(the(PROXIED, SERVICE), "Properties", "LoadBalancers", 0)
    assert (at(reached, "ContainerName"), at(reached, "ContainerPort")) == ("TlsProxy", 8443)


def test_a_program_behind_a_proxy_opens_no_port_of_the_task() -> None:
    program, proxy = containers(PROXIED)
    assert program.get("PortMappings") is None
    assert at(proxy, "PortMappings", 0, "ContainerPort") == 8443


def test_the_proxy_takes_no_tls_older_than_12() -> None:
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in json.dumps(containers(PROXIED)[1]["Environment"])


def test_the_proxy_hands_requests_to_the_program() -> None:
    assert "proxy_pass http://127.0.0.1:8080;" in json.dumps(containers(PROXIED)[1]["Environment"])


def test_the_proxy_makes_its_certificate_at_each_start() -> None:
    assert "openssl req -x509" in json.dumps(containers(PROXIED)[1]["Command"])


def test_the_proxy_takes_other_sizes_and_times() -> None:
    proxy = TlsProxy(image=PROXY.image, port=9443, largest_body_mib=5, timeout_seconds=10)
    text = proxy.configuration(8080)
    assert all(part in text for part in ("listen 9443 ssl;", "client_max_body_size 5m;", "proxy_read_timeout 10s;"))


@BOTH
def test_containers_can_be_tampered_with_by_nobody(template: Body) -> None:
    for container in containers(template):
        assert (container["ReadonlyRootFilesystem"], container["Privileged"]) == (True, False)
        assert container["User"] in ("1000:1000", "101:101")
        linux = at(container, "LinuxParameters")
        assert (at(linux, "InitProcessEnabled"), at(linux, "Capabilities", "Drop")) == (True, ["ALL"])


@BOTH
def test_scratch_files_are_in_memory(template: Body) -> None:
    for container in containers(template):
        folder = at(container, "LinuxParameters", "Tmpfs", 0)
        assert (at(folder, "ContainerPath"), at(folder, "Size")) == ("/tmp", 64)
        assert at(folder, "MountOptions") == ["rw", "noexec", "nosuid", "nodev"]


@BOTH
def test_containers_print_to_an_encrypted_log_group(template: Body) -> None:
    groups = of_type(template, "AWS::Logs::LogGroup")
    for container in containers(template):
        named = at(container, "LogConfiguration", "Options", "awslogs-group", "Ref")
        assert at(groups[str(named)], "Properties", "KmsKeyId") is not None


def test_tasks_get_no_public_addresses() -> None:
    network = at(the(PLAIN, SERVICE), "Properties", "NetworkConfiguration", "AwsvpcConfiguration")
    assert at(network, "AssignPublicIp") == "DISABLED"
    assert at(network, "Subnets") == ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]


def test_tasks_may_call_https_only() -> None:
    (group,) = [body for name, body in of_type(PLAIN, "AWS::EC2::SecurityGroup").items() if "LoadBalancer" not in name]
    first, second = (at(group, "Properties", "SecurityGroupEgress", number) for number in (0, 1))
    assert [at(first, key) for key in ("IpProtocol", "FromPort", "ToPort")] == ["tcp", 443, 443]
    assert second is None


def test_tasks_take_the_security_groups_that_are_given() -> None:
    stack = Stack(App(), "S")
    group = ec2.SecurityGroup(stack, "Group", vpc=(vpc := network(stack)))
    made_ = service(stack, vpc=vpc, security_groups=[group])
    assert [one.node.path for one in made_.service.connections.security_groups] == ["S/Group"]


def test_only_the_load_balancer_reaches_the_tasks() -> None:
    opening = at(the(PLAIN, "AWS::EC2::SecurityGroupIngress"), "Properties")
    balancers = [name for name in of_type(PLAIN, "AWS::EC2::SecurityGroup") if "LoadBalancer" in name]
    assert at(opening, "SourceSecurityGroupId") == {"Fn::GetAtt": [balancers[0], "GroupId"]}
    assert (at(opening, "FromPort"), at(opening, "ToPort")) == (8443, 8443)


def test_there_are_two_tasks_at_least() -> None:
    target = at(the(PLAIN, SCALED), "Properties")
    assert (at(target, "MinCapacity"), at(target, "MaxCapacity")) == (2, 6)
    assert at(the(PLAIN, SERVICE), "Properties", "DesiredCount") is None


def test_deployments_that_fail_are_rolled_back() -> None:
    deployment = at(the(PLAIN, SERVICE), "Properties", "DeploymentConfiguration")
    assert at(deployment, "DeploymentCircuitBreaker") == {"Enable": True, "Rollback": True}
    assert at(deployment, "MinimumHealthyPercent") == 100


def test_tasks_spread_over_zones_again_after_a_failure() -> None:
    assert at(the(PLAIN, SERVICE), "Properties", "AvailabilityZoneRebalancing") == "ENABLED"


def test_nobody_opens_a_shell_in_a_task() -> None:
    assert at(the(PLAIN, SERVICE), "Properties", "EnableExecuteCommand") is None
    assert "ssmmessages" not in json.dumps(PLAIN)


@pytest.mark.parametrize("role", ["TaskRole", "ExecutionRole"])
def test_ecs_takes_the_roles_for_this_account_only(role: str) -> None:
    (statement,) = statements(the(PLAIN, "AWS::IAM::Role", f"It{role}"), "AssumeRolePolicyDocument")
    assert statement["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
    assert at(statement, "Condition", "StringEquals") == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert ":ecs:" in json.dumps(at(statement, "Condition", "ArnLike", "aws:SourceArn"))


def test_grants_become_managed_policies() -> None:
    def build(stack: Stack) -> None:
        s3.Bucket.from_bucket_name(stack, "Records", "records").grant_read(service(stack).task_role)

    template = synthesized(build)
    assert of_type(template, "AWS::IAM::Policy") == {}
    assert "s3:GetObject*" in json.dumps(the(template, "AWS::IAM::ManagedPolicy", "ItTaskRole"))


def test_ecs_may_fetch_the_image_and_the_secrets() -> None:
    def build(stack: Stack) -> None:
        images = ecr.Repository.from_repository_name(stack, "Images", "portal")
        secret = secretsmanager.Secret.from_secret_name_v2(stack, "Secret", "portal")
        service(
            stack,
            image=ecs.ContainerImage.from_ecr_repository(images, "sha256:" + "1" * 64),
            secrets={"DB_PASSWORD": ecs.Secret.from_secrets_manager(secret)},
        )

    template = synthesized(build)
    granted = json.dumps(the(template, "AWS::IAM::ManagedPolicy", "ItExecutionRole"))
    assert "ecr:BatchGetImage" in granted
    assert "secretsmanager:GetSecretValue" in granted
    assert at(containers(template)[0], "Secrets", 0, "Name") == "DB_PASSWORD"


def test_tasks_start_after_what_ecs_may_do_for_them() -> None:
    (policy,) = (name for name in of_type(PLAIN, "AWS::IAM::ManagedPolicy") if name.startswith("ItExecutionRole"))
    waits = the(PLAIN, SERVICE)["DependsOn"]
    assert isinstance(waits, list)
    assert policy in waits


def test_storage_is_encrypted_with_the_stacks_key() -> None:
    (key,) = of_type(PLAIN, KEY)
    storage = at(the(PLAIN, CLUSTER), "Properties", "Configuration", "ManagedStorageConfiguration")
    assert at(storage, "FargateEphemeralStorageKmsKeyId") == {"Ref": key}


@pytest.mark.parametrize(
    ("sid", "action"),
    [
        ("FargateStorageOfThisAccount", "kms:GenerateDataKeyWithoutPlaintext"),
        ("FargateStorageGrantsOfThisAccount", "kms:CreateGrant"),
    ],
)
def test_fargate_uses_the_key_for_clusters_of_this_account_only(sid: str, action: str) -> None:
    statement = statement_called(the(PLAIN, KEY), sid, "KeyPolicy")
    assert (statement["Principal"], statement["Action"]) == ({"Service": "fargate.amazonaws.com"}, action)
    account = at(statement, "Condition", "StringEquals", "kms:EncryptionContext:aws:ecs:clusterAccount")
    assert account == {"Ref": "AWS::AccountId"}


def test_fargate_grants_decryption_and_nothing_else() -> None:
    statement = statement_called(the(PLAIN, KEY), "FargateStorageGrantsOfThisAccount", "KeyPolicy")
    assert at(statement, "Condition", "ForAllValues:StringEquals") == {"kms:GrantOperations": ["Decrypt"]}


def test_sessions_are_encrypted_and_logged() -> None:
    configured = at(the(PLAIN, CLUSTER), "Properties", "Configuration", "ExecuteCommandConfiguration")
    assert at(configured, "Logging") == "OVERRIDE"
    assert at(configured, "KmsKeyId") is not None
    assert at(configured, "LogConfiguration", "CloudWatchEncryptionEnabled") is True


def test_tasks_are_measured() -> None:
    settings = at(the(PLAIN, CLUSTER), "Properties", "ClusterSettings")
    assert settings == [{"Name": "containerInsights", "Value": "enhanced"}]


def test_a_shell_can_be_had_on_record() -> None:
    assert at(the(EXEC, SERVICE), "Properties", "EnableExecuteCommand") is True
    granted = json.dumps(the(EXEC, "AWS::IAM::ManagedPolicy", "ItTaskRole"))
    assert all(action in granted for action in ("ssmmessages:OpenDataChannel", "logs:PutLogEvents", "kms:Decrypt"))


def test_a_service_has_the_logical_id_of_the_plain_one() -> None:
    def build(stack: Stack) -> None:
        task = ecs.FargateTaskDefinition(stack, "Task")
        task.add_container("A", image=ecs.ContainerImage.from_registry(IMAGE))
        cluster = ecs.Cluster(stack, "Cluster", vpc=network(stack))
        ecs.FargateService(stack, "It", cluster=cluster, task_definition=task)

    assert list(of_type(PLAIN, SERVICE)) == list(of_type(synthesized(build), SERVICE))


def test_a_cluster_has_the_logical_id_of_the_plain_one() -> None:
    ours = synthesized(lambda stack: HipaaEcsCluster(stack, "It", vpc=network(stack)))
    plain = synthesized(lambda stack: ecs.Cluster(stack, "It", vpc=network(stack)))
    assert list(of_type(ours, CLUSTER)) == list(of_type(plain, CLUSTER))


def test_a_shared_load_balancer_sends_what_is_asked_for() -> None:
    rule = at(the(SHARED, "AWS::ElasticLoadBalancingV2::ListenerRule"), "Properties")
    (targets,) = of_type(SHARED, TARGETS)
    assert at(rule, "Actions", 0, "TargetGroupArn") == {"Ref": targets}
    assert at(rule, "Conditions", 0, "PathPatternConfig", "Values") == ["/portal/*"]


def test_a_shared_cluster_is_used() -> None:
    def build(stack: Stack) -> None:
        vpc = network(stack)
        service(stack, vpc=vpc, cluster=HipaaEcsCluster(stack, "Shared", vpc=vpc))

    template = synthesized(build)
    (cluster,) = of_type(template, CLUSTER)
    assert at(the(template, SERVICE), "Properties", "Cluster") == {"Ref": cluster}


def test_a_log_group_of_its_own_is_used() -> None:
    template = synthesized(lambda stack: service(stack, log_group=EncryptedLogGroup(stack, "Own")))
    named = at(containers(template)[0], "LogConfiguration", "Options", "awslogs-group", "Ref")
    assert str(named).startswith("Own")


def test_an_imported_key_is_named_as_it_is() -> None:
    arn = "arn:aws:kms:us-east-1:123456789012:key/1234"
    template = synthesized(lambda stack: service(stack, encryption_key=kms.Key.from_key_arn(stack, "Key", arn)))
    storage = at(the(template, CLUSTER), "Properties", "Configuration", "ManagedStorageConfiguration")
    assert at(storage, "FargateEphemeralStorageKmsKeyId") == "1234"


def test_free_options_win_over_defaults() -> None:
    template = with_options(min_healthy_percent=50, service_name="portal")
    properties = at(the(template, SERVICE), "Properties")
    assert at(properties, "DeploymentConfiguration", "MinimumHealthyPercent") == 50
    assert at(properties, "ServiceName") == "portal"


def test_further_options_of_the_container_are_passed_on() -> None:
    template = with_options(container={"command": ["serve"], "working_directory": "/srv"})
    assert (containers(template)[0]["Command"], containers(template)[0]["WorkingDirectory"]) == (["serve"], "/srv")


def test_tokens_pass() -> None:
    def build(stack: Stack) -> None:
        service(
            stack,
            environment={"TABLE": CfnParameter(stack, "Table").value_as_string},
            min_count=CfnParameter(stack, "Least", type="Number").value_as_number,
            max_count=CfnParameter(stack, "Most", type="Number").value_as_number,
        )

    assert at(the(synthesized(build), SCALED), "Properties", "MinCapacity") == {"Ref": "Least"}


def over_two_stacks(app: App) -> HipaaEcsService:
    front = Stack(app, "Front")
    vpc = FlowLoggedVpc(front, "Vpc", max_azs=2, endpoints="standard").vpc
    return service(
        Stack(app, "Stack"),
        vpc=vpc,
        load_balancer=HttpsLoadBalancer(front, "Balancer", vpc=vpc, certificates=[imported_certificate(front)]),
        listener_conditions=[elbv2.ListenerCondition.path_patterns(["/portal/*"])],
    )


BUILDS: dict[str, Callable[[App], object]] = {
    "a load balancer of another stack": over_two_stacks,
    "the defaults": lambda app: service(Stack(app, "Stack")),
    "a proxy": lambda app: service(Stack(app, "Stack"), **HTTP),
    "what is shared": lambda app: shared(Stack(app, "Stack")),
    "a Region": lambda app: service(Stack(app, "Stack", env=Environment(account="1" * 12, region="us-east-1"))),
    "a Stage": lambda app: service(Stack(Stage(app, "Stage"), "Stack")),
}


@pytest.mark.parametrize("build", BUILDS.values(), ids=BUILDS)
def test_it_breaks_no_rule(build: Callable[[App], object]) -> None:
    assert report_of(build).findings == []


@pytest.mark.parametrize("build", BUILDS.values(), ids=BUILDS)
def test_it_is_enforced(build: Callable[[App], object]) -> None:
    app = App()
    build(app)
    enforce(app)
    app.synth()


def test_an_open_shell_is_enforced_with_its_waiver() -> None:
    app = App()
    options = {"enable_execute_command": True, "readonly_root_filesystem": False}
    service(Stack(app, "Stack"), waivers=[waiver("EcsContainerReadOnly")], **options)
    enforce(app)
    app.synth()


def test_a_waiver_is_recorded_on_what_its_rule_is_about() -> None:
    assert [one["rule"] for one in metadata_waivers(the(EXEC, TASK))] == ["EcsContainerReadOnly"]
    assert metadata_waivers(the(EXEC, SERVICE)) == []


WAY_OUT = 'to go without it pass waivers=[Waiver(rule="{}", …)] ({})'
SECRETS = "free of secrets, which belong in secrets={…: ecs.Secret.from_secrets_manager(…)}"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"container_protocol": "http"},
            "container_protocol must be 'https' without a tls_proxy, got 'http'; let the program end TLS, or pass "
            "tls_proxy=TlsProxy(image=…) (164.312(e)(2)(ii))",
        ),
        (
            {"container_protocol": "tcp"},
            "container_protocol must be 'https' or 'http', got 'tcp'; say what the program speaks (164.312(e)(2)(ii))",
        ),
        (
            {"tls_proxy": PROXY},
            "tls_proxy must be left out for a program that speaks HTTPS, got 'one'; say container_protocol='http' if "
            "it speaks plain HTTP (164.312(e)(2)(ii))",
        ),
        (
            {"tls_proxy": "nginx"},
            "tls_proxy must be a TlsProxy, got 'nginx'; pass TlsProxy(image=…) (164.312(e)(2)(ii))",
        ),
        (
            {**HTTP, "container_port": 8443},
            "container_port must be another port than the proxy's, got 8443; pass TlsProxy(port=…) (164.312(e)(2)(ii))",
        ),
        (
            {"certificates": []},
            "certificates must be at least one certificate of ACM, got []; make one with acm.Certificate, or import it "
            "by its ARN (164.312(e)(2)(ii))",
        ),
        (
            {"listener_conditions": [elbv2.ListenerCondition.path_patterns(["/a"])]},
            "listener_conditions must be left out without a load_balancer, got 'some'; the service gets every request "
            "of its own load balancer (164.312(e)(2)(ii))",
        ),
        (
            {"min_count": 1},
            "min_count must be 2 or more, got 1; " + WAY_OUT.format("EcsServiceRunsTwoTasks", "164.308(a)(7)(i)"),
        ),
        (
            {"max_count": 1},
            "max_count must be 2 or more, got 1; min_count tasks run always (164.308(a)(7)(i))",
        ),
        (
            {"platform_version": ecs.FargatePlatformVersion.VERSION1_3},
            "platform_version must be LATEST, got FargatePlatformVersion.VERSION1_3; "
            + WAY_OUT.format("EcsServiceOnLatestPlatform", "164.308(a)(5)(ii)(B)"),
        ),
        (
            {"user": "root"},
            "user must be a user that is not root, got 'root'; "
            + WAY_OUT.format("EcsContainerNotRoot", "164.312(a)(1)"),
        ),
        (
            {"user": "0:1000"},
            "user must be a user that is not root, got '0:1000'; "
            + WAY_OUT.format("EcsContainerNotRoot", "164.312(a)(1)"),
        ),
        (
            {"readonly_root_filesystem": False},
            "readonly_root_filesystem must be True, got False; "
            + WAY_OUT.format("EcsContainerReadOnly", "164.312(c)(1)"),
        ),
        (
            {"environment": {"DB_PASSWORD": "x"}},
            f"environment must be {SECRETS}, got 'DB_PASSWORD, whose name looks like a secret'; "
            + WAY_OUT.format("EcsVariablesWithoutSecrets", "164.312(a)(1)"),
        ),
        (
            {"environment": {"DATABASE": "postgres://portal:x@db/portal"}},
            f"environment must be {SECRETS}, got 'DATABASE, whose value looks like a secret'; "
            + WAY_OUT.format("EcsVariablesWithoutSecrets", "164.312(a)(1)"),
        ),
        (
            {"temporary_folders": {"tmp": 64}},
            "temporary_folders must be absolute paths with sizes of 1 MiB or more, got 'tmp: 64'; {'/tmp': 64} is the "
            "default (164.312(c)(1))",
        ),
        (
            {"container": {"privileged": True}},
            "container must be options of ContainerOptions, got 'privileged'; the others are arguments of their own, "
            "or not for tasks with PHI (164.312(a)(1))",
        ),
        (
            {"enable_execute_command": True},
            "enable_execute_command must be False with a root file system that is read only, got True; AWS's agent "
            "writes to it; pass readonly_root_filesystem=False with its waiver (164.312(c)(1))",
        ),
        (
            {"assign_public_ip": True},
            "assign_public_ip can't be set, got True; tasks get no public addresses (164.312(e)(1)); the load balancer "
            "is the way in",
        ),
        (
            {"desired_count": 3},
            "desired_count can't be set, got 3; pass min_count and max_count: scaling sets the count between them",
        ),
        (
            {"load_balancer": "mine", "certificates": []},
            "load_balancer must be an HttpsLoadBalancer, got 'mine'; make one, or leave it out (164.312(e)(2)(ii))",
        ),
        ({"service_nam": "x"}, "there is no option service_nam; did you mean service_name?"),
    ],
)
def test_what_is_weaker_is_refused(stack: Stack, options: dict[str, object], message: str) -> None:
    refusal(lambda: service(stack, **options), f"Stack/It: {message}")


def test_a_variable_has_one_value(stack: Stack) -> None:
    secret = ecs.Secret.from_secrets_manager(secretsmanager.Secret.from_secret_name_v2(stack, "S", "s"))
    refusal(
        lambda: service(stack, environment={"STAGE": "a"}, secrets={"STAGE": secret}),
        "Stack/It: secrets must be of other names than environment, got 'STAGE'; a variable has one value "
        "(164.312(a)(1))",
    )


def test_a_shared_load_balancer_has_its_own_certificates(stack: Stack) -> None:
    refusal(
        lambda: shared(stack, certificates=[imported_certificate(Stack(App(), "Other"))]),
        "Stack/It: certificates must be left out with a load_balancer, got 'some'; pass them to that load balancer "
        "(164.312(e)(2)(ii))",
    )


def test_a_shared_load_balancer_must_know_what_to_send(stack: Stack) -> None:
    refusal(
        lambda: shared(stack, listener_conditions=[]),
        "Stack/It: listener_conditions must be given with a load_balancer, got 'none'; e.g. "
        "[elbv2.ListenerCondition.host_headers(['portal.example.com'])] (164.312(a)(1))",
    )


def test_public_subnets_are_refused(stack: Stack) -> None:
    refusal(
        lambda: service(
            stack, vpc=ec2.Vpc(stack, "Vpc"), vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)
        ),
        "Stack/It: vpc_subnets must be isolated or private, got 'public ones'; public ones lead to the internet "
        "(164.312(e)(1))",
    )


any_proxy: Callable[..., object] = TlsProxy


@pytest.mark.parametrize("image", ["nginx", "nginx:1.29", "nginx@sha256:12", None])
def test_a_proxy_without_a_digest_is_refused(image: object) -> None:
    refusal(
        lambda: any_proxy(image=image),
        f"TlsProxy: image must be named by its digest, NAME@sha256:…, got {image!r}; what ends TLS must not change "
        "without a deployment (164.312(c)(1))",
    )


KEYS: dict[str, Callable[[Stack], object]] = {
    "a multi-Region key": lambda stack: EncryptionKey(stack, "Key", multi_region=True),
    "a plain multi-Region key": lambda stack: kms.Key(stack, "Key", multi_region=True),
    "a replica": lambda stack: ReplicaEncryptionKey(stack, "Key", primary_key_arn="arn:aws:kms:us-west-2:1:key/mrk-1"),
    "an imported multi-Region key": lambda stack: kms.Key.from_key_arn(
        stack, "Key", "arn:aws:kms:us-east-1:123456789012:key/mrk-1"
    ),
    "an alias": lambda stack: kms.Alias.from_alias_name(stack, "Key", "alias/records"),
}


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_a_key_that_fargate_does_not_take_is_refused(stack: Stack, key: Callable[[Stack], object]) -> None:
    refusal(
        lambda: service(stack, encryption_key=key(stack)),
        "Stack/It: encryption_key must be a key of one Region, by itself and not by an alias, got 'Stack/Key'; Fargate "
        "takes no other; leave it out, or pass an EncryptionKey with the default multi_region (164.312(a)(2)(iv))",
    )


def test_a_cluster_without_measurements_is_refused(stack: Stack) -> None:
    refusal(
        lambda: HipaaEcsCluster(stack, "It", vpc=network(stack), container_insights_v2=ecs.ContainerInsights.DISABLED),
        "Stack/It: container_insights_v2 must be ENHANCED or ENABLED, got ContainerInsights.DISABLED; "
        + WAY_OUT.format("EcsClusterMeasured", "164.312(b)"),
    )


def test_a_cluster_takes_no_instances(stack: Stack) -> None:
    refusal(
        lambda: made(HipaaEcsCluster, stack, vpc=network(stack), capacity=1),
        "Stack/It: capacity can't be set, got 1; tasks run on Fargate, whose hosts AWS patches (164.308(a)(5)(ii)(B)); "
        "call add_instances for others",
    )


def test_a_refusal_leaves_nothing_behind(stack: Stack) -> None:
    with pytest.raises(ComplianceError):
        service(stack, user="root")
    assert "It" not in [child.node.id for child in stack.node.children]
