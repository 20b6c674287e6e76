"""What the review of digest files makes of the answers of the AWS CLI. The script of the template runs here."""

from __future__ import annotations

import datetime
import json
import subprocess
from pathlib import Path

import pytest
from aws_cdk import Duration
from aws_cdk import aws_events as events

from hipaa_constructs import EncryptedTrail
from tests._synthesis import at, synthesized, the

DAILY = events.Schedule.rate(Duration.days(1))
SPEC = at(
    the(synthesized(lambda stack: EncryptedTrail(stack, "It", digest_review=DAILY)), "AWS::CodeBuild::Project"),
    "Properties",
    "Source",
    "BuildSpec",
)
SCRIPT = at(json.loads(str(SPEC)), "phases", "build", "commands", 0)
# As the AWS CLI answers, in awscli/customizations/cloudtrail/validation.py.
AWS = """#!/bin/bash
echo "$@" >> "{folder}/calls"
case "$1 $2" in
  "ec2 describe-regions") echo "us-east-1	eu-west-1" ;;
  "organizations list-accounts") cat "{folder}/accounts" ;;
  *) if [[ "$*" == *"{where}"* ]]; then cat "{folder}/odd"; exit {result}; else cat "{folder}/good"; fi ;;
esac
"""


def hours_ago(hours: int) -> str:
    then = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=hours)
    return then.strftime("%Y-%m-%dT%H:%M:%SZ")


def answer(newest: int, summary: str = "\n24/24 digest files valid\n88/88 log files valid\n", said: str = "") -> str:
    requested = f"Results requested for {hours_ago(24)} to {hours_ago(0)}\n"
    return f"{said}{requested}Results found for {hours_ago(24)} to {hours_ago(newest)}:\n{summary}"


def review(
    folder: Path,
    odd: str | None = None,
    *,
    result: int = 0,
    where: str = "--region eu-west-1",
    organization: bool = False,
    accounts: str = "111111111111\t222222222222\n",
) -> tuple[int, str]:
    """Run the script with an AWS CLI that answers oddly in one place; return the exit status and the output."""
    (folder / "good").write_text(answer(1))
    (folder / "odd").write_text(answer(1) if odd is None else odd)
    (folder / "accounts").write_text(accounts)
    program = folder / "aws"
    program.write_text(AWS.format(folder=folder, where=where, result=result))
    program.chmod(0o755)
    done = subprocess.run(
        ["bash", "-c", str(SCRIPT)],
        env={
            "PATH": f"{folder}:/usr/local/bin:/usr/bin:/bin",
            "TMPDIR": str(folder),
            "ACCOUNT": "123456789012",
            "COVERS_HOURS": "192",
            "ORGANIZATION": "yes" if organization else "no",
            "TRAIL_ARN": "arn:aws:cloudtrail:us-east-1:123456789012:trail/it",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def calls(folder: Path) -> list[str]:
    return (folder / "calls").read_text().splitlines()


def test_files_that_are_valid_everywhere_pass(tmp_path: Path) -> None:
    status, output = review(tmp_path)
    assert status == 0
    assert output.endswith("REVIEW PASSED\n")


def test_every_region_is_reviewed(tmp_path: Path) -> None:
    review(tmp_path)
    regions = [call.split("--region ")[1].split()[0] for call in calls(tmp_path) if "validate-logs" in call]
    assert regions == ["us-east-1", "eu-west-1"]


@pytest.mark.parametrize(
    ("odd", "result", "why"),
    [
        (
            answer(1, "\n23/24 digest files valid, 1/24 digest files INVALID\n"),
            1,
            "a file is invalid or missing, or the review could not be done",
        ),
        ("An error occurred (AccessDenied)\n", 254, "a file is invalid or missing, or the review could not be done"),
        (f"Results requested for {hours_ago(24)} to {hours_ago(0)}\nNo digests found\n", 0, "there is no digest file"),
        ("", 0, "there is no digest file"),
        (
            answer(1, said=f"No log files were delivered by CloudTrail between {hours_ago(9)} and {hours_ago(5)}\n\n"),
            0,
            "the digest files are interrupted",
        ),
        (answer(1, "\n2/2 backfill digest files valid\n"), 0, "there is no digest file"),
        (answer(7), 0, "the newest digest files are missing"),
        ("\n3/3 digest files valid\n", 0, "the newest digest files are missing"),
    ],
    ids=["invalid", "refused", "none", "silent", "interrupted", "backfill only", "newest missing", "no range"],
)
def test_one_region_fails_the_review(tmp_path: Path, odd: str, result: int, why: str) -> None:
    status, output = review(tmp_path, odd, result=result)
    assert status == 1
    assert f"REVIEW FAILED: 123456789012 eu-west-1: {why}\n" in output
    assert "REVIEW PASSED" not in output


def test_a_failure_does_not_end_the_review(tmp_path: Path) -> None:
    status, output = review(tmp_path, "", result=1, where="--region us-east-1")
    assert status == 1
    assert "== 123456789012 eu-west-1" in output


def test_digest_files_of_six_hours_may_be_under_way(tmp_path: Path) -> None:
    assert review(tmp_path, answer(5))[0] == 0


def test_files_that_came_late_are_no_interruption(tmp_path: Path) -> None:
    said = f"(backfill) No log files were delivered by CloudTrail between {hours_ago(9)} and {hours_ago(5)}\n\n"
    summary = "\n24/24 digest files valid\n2/2 backfill digest files valid\n88/88 log files valid\n"
    assert review(tmp_path, answer(1, summary, said))[0] == 0


def test_a_review_covers_the_time_asked_for(tmp_path: Path) -> None:
    review(tmp_path)
    start = calls(tmp_path)[-1].split("--start-time ")[1].split()[0]
    assert hours_ago(193) < start <= hours_ago(192)


def test_every_active_account_of_an_organization_is_reviewed(tmp_path: Path) -> None:
    status, _ = review(tmp_path, organization=True)
    accounts = [call.split("--account-id ")[1] for call in calls(tmp_path) if "validate-logs" in call]
    assert status == 0
    assert accounts == ["111111111111", "111111111111", "222222222222", "222222222222"]
    assert any("(State || Status) == 'ACTIVE'" in call for call in calls(tmp_path))


def test_one_account_of_an_organization_fails_the_review(tmp_path: Path) -> None:
    status, output = review(tmp_path, "", result=1, where="--account-id 222222222222", organization=True)
    assert status == 1
    assert "REVIEW FAILED: 222222222222 us-east-1" in output
    assert "REVIEW FAILED: 111111111111" not in output


def test_an_organization_without_accounts_is_no_review(tmp_path: Path) -> None:
    assert review(tmp_path, organization=True, accounts="") == (2, "REVIEW FAILED: nothing to review\n")
