"""The table of public rules is whole, and each name in it, and in `same_as`, is one that the other tool has."""

import csv
import gzip
import importlib.util
import json
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from hipaa_constructs.rules import RULES
from hipaa_constructs.waivers import WITHOUT_SAME_RULE
from tools.public_rules import SETS, WHY_NOT, public_rules

CATALOGUE = Path(__file__).parent.parent.parent / "docs" / "catalogue.csv"
TABLE = public_rules()
TOOLS = [one.tool for one in SETS]
NAMES = {tool: {one.name for one in TABLE if one.tool == tool} for tool in TOOLS}
CLAIMED = {
    tool: {name.partition(":")[2] for rule in RULES.values() for name in rule.same_as if name.startswith(f"{tool}:")}
    for tool in TOOLS
}
EACH_TOOL = pytest.mark.parametrize("tool", TOOLS)

# AWS Config's names of rules whose identifier is another.
IDENTIFIERS = {
    "cloudtrail-enabled": "CLOUD_TRAIL_ENABLED",
    "ec2-instance-managed-by-systems-manager": "EC2_INSTANCE_MANAGED_BY_SSM",
    "ec2-instances-in-vpc": "INSTANCES_IN_VPC",
    "multi-region-cloudtrail-enabled": "MULTI_REGION_CLOUD_TRAIL_ENABLED",
    "restricted-common-ports": "RESTRICTED_INCOMING_TRAFFIC",
    "restricted-ssh": "INCOMING_SSH_DISABLED",
}

# A rule of conformance packs that stands for a question to people.
NO_MANAGED_RULE = "aws-config-process-check"

CHECKOV = """
from checkov.cloudformation.checks.resource.registry import cfn_registry
from checkov.cloudformation.runner import Runner
from checkov.common.checks_infra.registry import get_graph_checks_registry
graph = get_graph_checks_registry("cloudformation")
graph.load_checks()
print(*{check.id for checks in cfn_registry.checks.values() for check in checks}, *{check.id for check in graph.checks})
"""


def folder_of(package: str) -> Path:
    found = importlib.util.find_spec(package)
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


def source_of_nag(pack: str) -> str:
    [archive] = (folder_of("cdk_nag") / "_jsii").glob("cdk-nag@*.tgz")
    with tarfile.open(archive) as package:
        source = package.extractfile(f"package/lib/packs/{pack}.js")
        assert source is not None
        return source.read().decode("utf-8")


def named_in_catalogue(column: str, *, outside_of_set: bool) -> set[str]:
    with CATALOGUE.open(newline="", encoding="utf-8") as file:
        names = {name.strip() for row in csv.DictReader(file) for name in row[column].split(";")} - {""}
    return {name.rstrip("*") for name in names if name.endswith("*") is outside_of_set}


def test_no_rule_is_listed_twice() -> None:
    assert len({(one.tool, one.name) for one in TABLE}) == len(TABLE)


def test_every_public_rule_is_answered_by_a_rule_or_by_a_reason() -> None:
    assert [f"{one.tool}:{one.name}" for one in TABLE if not one.rules and not one.why_not] == []


def test_no_public_rule_has_both_a_rule_and_a_reason() -> None:
    assert [f"{one.tool}:{one.name}" for one in TABLE if one.rules and (one.why_not or one.reason)] == []


def test_a_reason_is_of_a_known_kind() -> None:
    assert {one.why_not for one in TABLE if not one.rules} == set(WHY_NOT)


def test_a_reason_is_a_phrase() -> None:
    written = [one.reason for one in TABLE if one.why_not]
    assert [reason for reason in written if not re.fullmatch(r"\S.*[^\s.]", reason)] == []


def test_a_better_rule_is_named() -> None:
    named = {one.name: re.findall(r"`(\w+)`", one.reason) for one in TABLE if one.why_not == "better rule"}
    assert [name for name, rules in named.items() if not rules] == []


def test_a_rule_that_a_reason_names_exists() -> None:
    assert {name for one in TABLE for name in re.findall(r"`(\w+)`", one.reason)} <= set(RULES)


def test_the_table_has_all_rules_of_cdk_nags_pack() -> None:
    found = re.findall(r"rule: \w+\.(\w+)", source_of_nag("hipaa-security"))
    assert NAMES["cdk-nag"] == {f"HIPAA.Security-{name}" for name in found}


def test_the_table_has_all_checks_of_checkov() -> None:
    done = subprocess.run([sys.executable, "-c", CHECKOV], capture_output=True, text=True, check=True)
    assert NAMES["checkov"] == set(done.stdout.split())


def test_the_rules_of_the_conformance_pack_are_managed_rules_of_aws_config() -> None:
    listed = folder_of("moto") / "config" / "resources" / "aws_managed_rules.json.gz"
    managed = set(json.loads(gzip.decompress(listed.read_bytes()))["ManagedRules"])
    names = (NAMES["config"] | CLAIMED["config"]) - {NO_MANAGED_RULE}
    assert {IDENTIFIERS.get(name, name.upper().replace("-", "_")) for name in names} <= managed


def test_checks_of_cdk_nag_without_a_same_rule_can_be_waived_too() -> None:
    assert {f"cdk-nag:{name}" for name in NAMES["cdk-nag"] - CLAIMED["cdk-nag"]} == WITHOUT_SAME_RULE


@EACH_TOOL
def test_the_table_has_as_many_rules_as_were_counted(tool: str) -> None:
    counted = {"cdk-nag": 90, "guard": 85, "config": 130, "prowler": 95, "checkov": 139}
    assert len(NAMES[tool]) == counted[tool]


def test_a_check_of_checkov_that_a_rule_claims_to_be_the_same_as_exists() -> None:
    assert CLAIMED["checkov"] <= NAMES["checkov"]


def test_a_rule_of_cdk_nag_that_a_rule_claims_to_be_the_same_as_exists() -> None:
    others = {
        f"AwsSolutions-{name}" for name in re.findall(r"ruleSuffixOverride: '(\w+)'", source_of_nag("aws-solutions"))
    }
    assert CLAIMED["cdk-nag"] - NAMES["cdk-nag"] <= others


@pytest.mark.parametrize(
    ("tool", "column"), [("config", "config_rule"), ("guard", "guard_rule"), ("prowler", "prowler_check")]
)
def test_what_a_rule_claims_to_be_the_same_as_is_in_the_set_or_marked_as_outside_of_it(tool: str, column: str) -> None:
    assert CLAIMED[tool] - NAMES[tool] <= named_in_catalogue(column, outside_of_set=True)


@pytest.mark.parametrize(
    ("tool", "column"), [("config", "config_rule"), ("guard", "guard_rule"), ("prowler", "prowler_check")]
)
def test_what_the_catalogue_marks_as_outside_of_a_set_is_not_in_it(tool: str, column: str) -> None:
    assert NAMES[tool] & named_in_catalogue(column, outside_of_set=True) == set()
