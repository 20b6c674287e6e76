"""What a development environment does without, and what it never does."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest
from aws_cdk import App, RemovalPolicy, Stack, Stage
from constructs import Construct

from hipaa_constructs import (
    EncryptedBucket,
    FlowLoggedVpc,
    HipaaRdsInstance,
    HipaaRedisCluster,
    Profile,
    enforce,
)
from hipaa_constructs.checker import Report, check
from hipaa_constructs.loading import discover
from hipaa_constructs.rules import RULES
from hipaa_constructs.services._options import Contract
from hipaa_constructs.services.profile import CONTEXT_KEY, Relaxation
from tests._refusals import refusal
from tests._synthesis import Body, at, the
from tools.examples import EXAMPLES, POSTGRES, network

DATABASE, BUCKET, CACHE = "AWS::RDS::DBInstance", "AWS::S3::Bucket", "AWS::ElastiCache::ReplicationGroup"


def contract(kind: type[Construct]) -> Contract:
    found: object = vars(kind)["contract"]
    assert isinstance(found, Contract)
    return found


RELAXED = [(kind, one) for kind in EXAMPLES for one in contract(kind).relaxations]
EACH_RELAXATION = pytest.mark.parametrize(
    ("kind", "relaxation"), RELAXED, ids=lambda one: getattr(one, "__name__", getattr(one, "option", ""))
)
WITH_PHI_OR_NOT = [kind for kind in EXAMPLES if any(one.without_phi for one in contract(kind).relaxations)]


@lru_cache
def developed(build: Callable[[Stack], object], profile: Profile = Profile.DEVELOPMENT) -> tuple[Body, Report]:
    """Return the template of a stack in an environment, and what is judged of it."""
    with tempfile.TemporaryDirectory() as folder:
        app = App(outdir=folder)
        profile.apply_to(app)
        build(Stack(app, "Stack"))
        app.synth()
        body: Body = json.loads((Path(folder) / "Stack.template.json").read_text("utf-8"))
        return body, check(discover([folder]).templates)


@pytest.mark.parametrize("kind", EXAMPLES, ids=lambda kind: kind.__name__)
def test_a_development_environment_has_no_finding_that_production_has_not(kind: type[Construct]) -> None:
    _, report = developed(EXAMPLES[kind])
    _, before = developed(EXAMPLES[kind], Profile.PRODUCTION)
    assert {one.rule.id for one in report.findings} <= {one.rule.id for one in before.findings}


@pytest.mark.parametrize("kind", EXAMPLES, ids=lambda kind: kind.__name__)
def test_what_is_excused_in_development_is_about_the_loss_of_data_alone(kind: type[Construct]) -> None:
    _, report = developed(EXAMPLES[kind])
    _, before = developed(EXAMPLES[kind], Profile.PRODUCTION)
    more = {one.rule.id for one in report.waived} - {one.rule.id for one in before.waived}
    assert {control for rule in more for control in RULES[rule].controls if "(a)(7)" not in control} == set()


@EACH_RELAXATION
def test_a_relaxed_rule_is_about_contingencies_alone(kind: type[Construct], relaxation: Relaxation[object]) -> None:
    # Confidentiality and audit are the same everywhere.
    for rule in relaxation.rules:
        assert all(control.startswith("164.308(a)(7)") for control in RULES[rule].controls)


@EACH_RELAXATION
def test_a_relaxed_option_is_one_of_the_construct(kind: type[Construct], relaxation: Relaxation[object]) -> None:
    known = contract(kind)
    assert relaxation.option in {
        *known.governed,
        *known.chosen,
        *known.free.__annotations__,
        "monthly_retention",
        "yearly_retention",
    }
    assert set(relaxation.rules) <= {rule for rules in known.governed.values() for rule in rules}
    assert relaxation.production != relaxation.development


def test_a_database_has_no_standby_and_a_week_of_backups() -> None:
    template, report = developed(EXAMPLES[HipaaRdsInstance])
    database = the(template, DATABASE)["Properties"]
    found = [at(database, one) for one in ("MultiAZ", "BackupRetentionPeriod", "DBInstanceClass", "StorageEncrypted")]
    assert found == [False, 7, "db.t4g.medium", True]
    assert {"RdsMultiAz", "RdsBackupsKept"} <= {one.rule.id for one in report.waived}


def test_what_the_user_says_counts_in_development_too() -> None:
    def build(stack: Stack) -> None:
        HipaaRdsInstance(stack, "It", engine=POSTGRES, vpc=network(stack), multi_az=True)

    template, report = developed(build)
    assert at(the(template, DATABASE), "Properties", "MultiAZ") is True
    assert "RdsMultiAz" not in {one.rule.id for one in report.waived}


def test_a_cache_has_one_node() -> None:
    cache = the(developed(EXAMPLES[HipaaRedisCluster])[0], CACHE)["Properties"]
    found = [at(cache, one) for one in ("ReplicasPerNodeGroup", "AutomaticFailoverEnabled", "CacheNodeType")]
    assert found == [0, False, "cache.t4g.micro"]


@pytest.mark.parametrize("kind", WITH_PHI_OR_NOT, ids=lambda kind: kind.__name__)
def test_what_may_hold_phi_stays_in_development(kind: type[Construct]) -> None:
    template, _ = developed(EXAMPLES[kind])
    resources = template["Resources"]
    assert isinstance(resources, dict)
    kept = [at(one, "DeletionPolicy") for one in resources.values() if at(one, "Type") == contract(kind).types[0]]
    assert kept
    assert "Delete" not in kept


def test_what_holds_no_phi_goes_with_its_stack_in_development() -> None:
    template, report = developed(lambda stack: EncryptedBucket(stack, "It", holds_phi=False))
    assert the(template, BUCKET, "It")["DeletionPolicy"] == "Delete"
    assert report.findings == []


def test_what_holds_no_phi_stays_in_production() -> None:
    template, _ = developed(lambda stack: EncryptedBucket(stack, "It", holds_phi=False), Profile.PRODUCTION)
    assert the(template, BUCKET, "It")["DeletionPolicy"] == "Retain"


def test_a_store_of_phi_is_not_destroyed_by_choice_in_development() -> None:
    stack = development_stack()
    refusal(
        lambda: EncryptedBucket(stack, "It", removal_policy=RemovalPolicy.DESTROY),
        "Stack/It: removal_policy must be RETAIN, got RemovalPolicy.DESTROY; to go without it pass "
        'waivers=[Waiver(rule="S3BucketKept", …)] (164.308(a)(7)(ii)(A))',
    )


def development_stack() -> Stack:
    app = App()
    Profile.DEVELOPMENT.apply_to(app)
    return Stack(app, "Stack")


def test_enforce_chooses_the_profile_of_an_app() -> None:
    app = App()
    enforce(app, profile=Profile.DEVELOPMENT)
    assert Profile.of(Stack(app, "Stack")) is Profile.DEVELOPMENT


def test_the_context_chooses_the_profile_of_an_app() -> None:
    assert Profile.of(Stack(App(context={CONTEXT_KEY: "development"}), "Stack")) is Profile.DEVELOPMENT


def test_a_stage_overrules_its_app() -> None:
    app = App(context={CONTEXT_KEY: "development"})
    stage = Stage(app, "Prod")
    Profile.PRODUCTION.apply_to(stage)
    assert [Profile.of(Stack(one, "Stack")) for one in (app, stage)] == [Profile.DEVELOPMENT, Profile.PRODUCTION]


def test_nothing_said_is_production() -> None:
    assert Profile.of(Stack(App(), "Stack")) is Profile.PRODUCTION


def test_a_profile_that_there_is_not_is_refused() -> None:
    stack = Stack(App(context={CONTEXT_KEY: "staging"}), "Stack")
    refusal(
        lambda: FlowLoggedVpc(stack, "It"),
        "Stack: the context hipaa_constructs:profile must be production or development, got 'staging'",
    )
    assert stack.node.children == []


def test_a_profile_that_comes_too_late_is_refused() -> None:
    app = App()
    FlowLoggedVpc(Stack(app, "Stack"), "It")
    refusal(
        lambda: enforce(app, profile=Profile.DEVELOPMENT),
        "App: the profile must be chosen before a construct is made, got one in Stack; choose it first, or pass "
        "-c hipaa_constructs:profile=development",
    )


def test_a_profile_is_of_an_app_or_a_stage() -> None:
    apply: Callable[..., None] = Profile.DEVELOPMENT.apply_to
    stack = Stack(App(), "Stack")
    refusal(
        lambda: apply(stack),
        "Profile: scope must be an App or a Stage, got Stack",
    )
