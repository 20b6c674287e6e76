"""An AWS on this machine: moto's server, and the real CDK CLI that deploys to it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

ACCOUNT = "123456789012"
REGION = "us-east-1"
# CloudFormation honours DependsOn; moto does so when it creates a stack directly, and not in change sets.
DEPLOY = ("deploy", "--require-approval", "never", "--method", "direct")
ROOT = Path(__file__).parents[2]
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "emulated",
    "AWS_SECRET_ACCESS_KEY": "emulated",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


@dataclass(frozen=True, slots=True)
class Cloud:
    """The emulated AWS.

    Attributes:
        endpoint: where it listens; the CDK CLI needs ``localhost`` in it for moto to find the templates.
        folder: for whatever the CDK CLI writes.
        log: what the server says of itself.
    """

    endpoint: str
    folder: Path
    log: Path

    def client(self, service: str, region: str = REGION) -> Any:
        make: Any = boto3.client
        return make(
            service,
            endpoint_url=self.endpoint,
            region_name=region,
            aws_access_key_id="emulated",
            aws_secret_access_key="emulated",
        )

    def cdk(self, *arguments: str, app: str | None = None) -> str:
        """Run the CDK CLI and return what it printed."""
        cli = shutil.which("cdk")
        if cli is None:
            pytest.fail("the CDK CLI is not on PATH; `make test` installs it and puts it there")
        # Two of them in one folder get into each other's way.
        command = [cli, *arguments, "--no-notices", "--no-color", "--output", str(self.folder / "cdk.out")]
        if app is not None:
            command += ["--app", app]
        done = subprocess.run(
            command, cwd=ROOT, env=self._environment(), capture_output=True, text=True, timeout=420, check=False
        )
        printed = done.stdout + done.stderr
        if done.returncode:
            raise AssertionError(
                f"cdk {' '.join(arguments)}: exit {done.returncode}\n{printed}\nthe server: {self.said()[-3000:]}"
            )
        return printed

    def said(self) -> str:
        """Return what the server has said so far."""
        return self.log.read_text(encoding="utf-8")

    def kinds(self) -> set[str]:
        """Return the types of all resources of the templates that were synthesized."""
        templates = [json.loads(path.read_text("utf-8")) for path in (self.folder / "cdk.out").glob("*.template.json")]
        return {str(resource["Type"]) for template in templates for resource in template["Resources"].values()}

    def skipped(self) -> set[str]:
        """Return those of them that the emulator does not make."""
        said = self.said()
        return {kind for kind in self.kinds() if f"No Moto CloudFormation support for {kind}\n" in said}

    def _environment(self) -> Mapping[str, str]:
        return {
            **foreign_free(),
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ENDPOINT_URL_S3": self.endpoint,
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CDK_DISABLE_VERSION_CHECK": "1",
            "CDK_HOME": str(self.folder / "home"),
            "CDK_VALIDATION": "false",
            "CI": "true",
        }


def foreign_free() -> dict[str, str]:
    """Return the environment without the AWS settings of whoever runs the tests."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))},
        **CREDENTIALS,
    }


@contextmanager
def running_cloud(folder: Path) -> Iterator[Cloud]:
    """Run the emulated AWS; it is stopped whatever happens."""
    log = folder / "server.log"
    # It ends with its standard input, also when this process is killed.
    with (
        log.open("w", encoding="utf-8") as stream,
        subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("_server.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stream,
            env=foreign_free(),
            text=True,
        ) as server,
    ):
        try:
            assert server.stdout is not None
            port = server.stdout.readline().strip()
            assert port, f"the server did not start: {log.read_text(encoding='utf-8')[-3000:]}"
            yield Cloud(f"http://localhost:{port}", folder, log)
        finally:
            server.kill()
