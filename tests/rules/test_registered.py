"""What a rule says of itself once it is registered, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from hipaa_constructs.controls import CONTROLS
from hipaa_constructs.rules import RULES, Outcome, Resource, Rule, Severity, Template
from hipaa_constructs.rules._outcome import MET
from hipaa_constructs.rules._rule import decided_by_checker, registered_together, rule

PAGE = "https://docs.aws.amazon.com/s3/"


def ward_bucket_named(bucket: Resource) -> Outcome:
    """Judge nothing."""
    return MET


class Undone(Exception):
    """Takes back what was registered."""


@contextmanager
def taken_back() -> Iterator[None]:
    """Register rules for a while."""
    with suppress(Undone), registered_together():
        yield
        raise Undone


def registered(requirement: str = "") -> Rule:
    return rule(
        title="every bucket of a ward has its name",
        fix="set BucketName",
        applies_to=("AWS::S3::Bucket",),
        controls=("164.312(a)(1)",),
        url=PAGE,
        requirement=requirement,
    )(ward_bucket_named)


def test_a_rule_says_what_it_was_told() -> None:
    with taken_back():
        made = registered(requirement="W-1")
        assert RULES["WardBucketNamed"] is made
        assert made == Rule(
            id="WardBucketNamed",
            title="every bucket of a ward has its name",
            fix="set BucketName",
            applies_to=("AWS::S3::Bucket",),
            controls=("164.312(a)(1)",),
            requirement="W-1",
            same_as=(),
            severity=Severity.ERROR,
            url=PAGE,
            waivable=True,
            check=ward_bucket_named,
        )
    assert "WardBucketNamed" not in RULES


def test_a_demand_that_the_checker_decides_says_what_it_was_told() -> None:
    with taken_back():
        made = decided_by_checker(
            "WardAsked", title="t", fix="f", controls=("164.312(a)(1)",), requirement="W-2", url=PAGE
        )
        assert made == Rule(
            id="WardAsked",
            title="t",
            fix="f",
            applies_to=("*",),
            controls=("164.312(a)(1)",),
            requirement="W-2",
            same_as=(),
            severity=Severity.ERROR,
            url=PAGE,
            waivable=False,
            check=None,
        )
        assert made.service == "waivers"


def test_a_requirement_may_be_left_out() -> None:
    with taken_back():
        assert registered().requirement == ""


def test_no_id_is_used_twice() -> None:
    with taken_back():
        registered()
        with pytest.raises(ValueError, match=r"^two rules are called WardBucketNamed$"):
            registered()


def test_what_is_cited_must_be_known() -> None:
    with taken_back(), pytest.raises(ValueError, match=r"^X cites 1, 2, which controls.py does not describe$"):
        decided_by_checker("X", title="t", fix="f", controls=("1", "164.312(b)", "2"), requirement="", url=PAGE)
    assert "X" not in RULES


def test_what_fails_takes_back_what_was_registered_with_it() -> None:
    before = dict(RULES)
    with taken_back():
        registered()
    assert dict(RULES) == before


def test_the_service_is_that_of_the_module() -> None:
    assert RULES["S3BucketVersioned"].service == "s3"
    assert RULES["RdsLogsExported"].service == "rds"
    with taken_back():
        assert registered().service == __name__.rpartition(".")[2]


def test_paragraphs_are_cited_as_they_are_described() -> None:
    rule_of_buckets = RULES["S3BucketVersioned"]
    assert rule_of_buckets.cited == tuple(CONTROLS[control] for control in rule_of_buckets.controls)


def test_what_is_not_said_of_a_rule_is_empty() -> None:
    with taken_back():
        made = rule(title="t", fix="f", applies_to=("*",), controls=(), url=PAGE)(ward_bucket_named)
        assert (made.requirement, made.same_as, made.only) == ("", (), None)
        assert (made.severity, made.waivable) == (Severity.ERROR, True)


def test_a_rule_may_say_which_resources_it_can_apply_to() -> None:
    def first(template: Template) -> list[Resource]:
        return list(template.resources.values())[:1]

    with taken_back():
        made = rule(title="t", fix="f", applies_to=("*",), controls=(), url=PAGE, only=first)(ward_bucket_named)
        assert made.only is first
