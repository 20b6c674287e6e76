"""Amazon ECS: containers that write nothing but their memory, as nobody in particular."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from aws_cdk import Duration
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_logs as logs

from hipaa_constructs.rules._secrets import holds_a_secret, names_a_secret
from hipaa_constructs.services._options import Arguments
from hipaa_constructs.services._tokens import is_unresolved
from hipaa_constructs.services.ecs_tls_proxy import TlsProxy


class ContainerOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_ecs.ContainerDefinition` that are passed on as they are."""

    command: Sequence[str]
    container_name: str
    cpu: int
    docker_labels: Mapping[str, str]
    enable_restart_policy: bool
    entry_point: Sequence[str]
    health_check: ecs.HealthCheck
    memory_limit_mib: int
    memory_reservation_mib: int
    restart_attempt_period: Duration
    restart_ignored_exit_codes: Sequence[int]
    start_timeout: Duration
    stop_timeout: Duration
    system_controls: Sequence[ecs.SystemControl]
    ulimits: Sequence[ecs.Ulimit]
    version_consistency: ecs.VersionConsistency
    working_directory: str


def check_container(
    arguments: Arguments,
    *,
    container: Mapping[str, object],
    environment: Mapping[str, str],
    secrets: Mapping[str, ecs.Secret],
    user: str,
    readonly_root_filesystem: bool,
    temporary_folders: Mapping[str, int],
) -> None:
    """Refuse a container that a rule refuses, or that would not start."""
    for name in container:
        if name not in ContainerOptions.__annotations__:
            arguments.refuse(
                "container", name, asked="options of ContainerOptions",
                way_out="the others are arguments of their own, or not for tasks with PHI", citation="164.312(a)(1)",
            )  # fmt: skip
    for name, value in environment.items():
        _check_variable(arguments, name, value)
    for name in secrets:
        if name in environment:
            arguments.refuse(
                "secrets", name, asked="of other names than environment", way_out="a variable has one value",
                citation="164.312(a)(1)",
            )  # fmt: skip
    name = str(user).partition(":")[0]
    arguments.govern(
        "user",
        user,
        holds=bool(name) and name not in ("root", "0"),
        asked="a user that is not root",
        rule="EcsContainerNotRoot",
    )
    arguments.govern(
        "readonly_root_filesystem",
        readonly_root_filesystem,
        holds=readonly_root_filesystem is True,
        asked="True",
        rule="EcsContainerReadOnly",
    )
    for path, size in temporary_folders.items():
        if not path.startswith("/") or path == "/" or (not is_unresolved(size) and size < 1):
            arguments.refuse(
                "temporary_folders", f"{path}: {size}", asked="absolute paths with sizes of 1 MiB or more",
                way_out="{'/tmp': 64} is the default", citation="164.312(c)(1)",
            )  # fmt: skip


def _check_variable(arguments: Arguments, name: str, value: str) -> None:
    if not is_unresolved(value) and value == "":
        return
    named = names_a_secret(name, value)
    if named or (isinstance(value, str) and holds_a_secret(value)):
        arguments.govern(
            "environment",
            f"{name}, whose {'name' if named else 'value'} looks like a secret",
            holds=False,
            asked="free of secrets, which belong in secrets={…: ecs.Secret.from_secrets_manager(…)}",
            rule="EcsVariablesWithoutSecrets",
        )


def in_memory(folders: Mapping[str, int]) -> Sequence[ecs.Tmpfs]:
    """Return file systems in memory, which anybody in the container may write and nobody run programs from."""
    options = [ecs.TmpfsMountOption.RW, ecs.TmpfsMountOption.NOEXEC, ecs.TmpfsMountOption.NOSUID,
               ecs.TmpfsMountOption.NODEV]  # fmt: skip
    return [ecs.Tmpfs(container_path=path, size=size, mount_options=options) for path, size in folders.items()]


def linux_parameters(task: ecs.TaskDefinition, id: str, folders: Mapping[str, int]) -> ecs.LinuxParameters:
    """Return an init process that reaps and forwards signals, no kernel capability, and folders in memory."""
    parameters = ecs.LinuxParameters(task, id, init_process_enabled=True)
    parameters.drop_capabilities(ecs.Capability.ALL)
    parameters.add_tmpfs(*in_memory(folders))
    return parameters


def log_driver(group: logs.ILogGroup, prefix: str) -> ecs.LogDriver:
    """Return the driver that sends what a container prints to a log group."""
    return ecs.LogDriver.aws_logs(log_group=group, stream_prefix=prefix)


def add_proxy(
    task: ecs.TaskDefinition, proxy: TlsProxy, *, target: int, group: logs.ILogGroup
) -> ecs.ContainerDefinition:
    """Add the container that ends TLS in the task.

    Args:
        task: what it belongs to.
        proxy: its options.
        target: the port that the program listens on.
        group: where it logs.
    """
    return task.add_container(
        "TlsProxy",
        image=ecs.ContainerImage.from_registry(proxy.image),
        entry_point=["/bin/sh", "-c"],
        command=[proxy.start],
        environment={"NGINX_CONFIGURATION": proxy.configuration(target)},
        cpu=proxy.cpu,
        memory_limit_mib=proxy.memory_limit_mib,
        user=proxy.user,
        readonly_root_filesystem=True,
        privileged=False,
        linux_parameters=linux_parameters(task, "TlsProxyLinux", {"/tmp": 64}),
        logging=log_driver(group, "tls-proxy"),
        port_mappings=[ecs.PortMapping(container_port=proxy.port, name="tls-proxy")],
    )
