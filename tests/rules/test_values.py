"""Values, as rules compare and quote them."""

from __future__ import annotations

import datetime
import time
from typing import cast

import pytest

from hipaa_constructs.rules import Assembly, Template
from hipaa_constructs.rules._value import UNKNOWN, Json, as_number, describe, may_match, name_in, same


@pytest.mark.parametrize(
    ("pattern", "text", "answer"),
    [
        ("records", "records", True),
        ("records", "record", False),
        ("*", "", True),
        ("*", "records", True),
        ("rec*", "records", True),
        ("rec*", "arec", False),
        ("*ords", "records", True),
        ("*ords", "ordsx", False),
        ("rec*ords", "records", True),
        ("reco*cords", "records", False),
        ("a*b*c", "abc", True),
        ("a*b*c", "a-b-c", True),
        ("a*b*c", "acb", False),
        ("a*b*b*c", "abbc", True),
        ("a*b*b*c", "abc", False),
        ("a*bc*c", "abcc", True),
        ("a*bc*c", "abc", False),
        ("a*ab*b", "aab", False),
        ("a*ab*b", "aabb", True),
        ("a*b*a*c", "ab-a-c", True),
        ("a*b*a*c", "aa-b-c", False),
        ("*x*x", "x", False),
        ("*x*x", "xx", True),
        ("ab*b*c", "abc", False),
        ("ab*b*c", "abbc", True),
    ],
)
def test_what_is_known_of_a_text_may_be_a_text(pattern: str, text: str, answer: bool) -> None:
    assert may_match([pattern.replace("*", UNKNOWN)], text) is answer


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("30", 30.0),
        ("-1", -1.0),
        ("1.5", 1.5),
        (30, 30.0),
        (999_999_999_999_999, 999_999_999_999_999.0),
        (10**15, None),
        (-(10**15), None),
        ("1234567890123456", None),
        ("x", None),
        ("", None),
        (True, None),
        (None, None),
        ([1], None),
    ],
)
def test_a_number_may_be_written_as_text(value: Json, number: float | None) -> None:
    assert as_number(value) == number


@pytest.mark.parametrize(
    ("value", "wanted", "answer"),
    [
        ("true", True, True),
        ("TRUE", True, True),
        (True, True, True),
        (1, True, False),
        ("false", False, True),
        ("30", 30, True),
        (30, 30, True),
        (31, 30, False),
        ("x", "x", True),
        ("X", "x", False),
        (1, "1", False),
    ],
)
def test_values_are_compared_as_cloudformation_does(value: Json, wanted: bool | int | str, answer: bool) -> None:
    assert same(value, wanted) is answer


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("", '""'),
        (" \n ", '""'),
        ("a\n  b", "a b"),
        ("x" * 80, "x" * 80),
        ("x" * 81, "x" * 79 + "…"),
        ({"a": [1]}, '{"a": [1]}'),
        (None, "null"),
    ],
)
def test_a_value_is_quoted_short_and_on_one_line(value: Json, shown: str) -> None:
    assert describe(value) == shown


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("records", "records"),
        ("arn:aws:s3:::records", "records"),
        ("arn:aws:logs:us-east-1:123456789012:log-group:records:*", "records"),
        ("arn:aws:cloudfront::123456789012:distribution/E1", "E1"),
        ("distribution/E1", "distribution/E1"),
        ("a:b", "a:b"),
    ],
)
def test_a_name_stands_in_an_arn(text: str, name: str) -> None:
    assert name_in(text) == name


def test_today_is_the_day_in_utc() -> None:
    before = datetime.datetime.now(datetime.UTC).date()
    today = Assembly([Template({})]).today
    assert before <= today <= datetime.datetime.now(datetime.UTC).date()


@pytest.mark.parametrize("zone", ["AAA-14", "AAA12"])
def test_today_is_the_day_in_utc_wherever_the_clock_stands(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        before = datetime.datetime.now(datetime.UTC).date()
        assert before <= Assembly([]).today <= datetime.datetime.now(datetime.UTC).date()
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_date_of_yaml_is_quoted_as_text() -> None:
    assert describe(cast("Json", {"From": datetime.date(2026, 11, 27)})) == '{"From": "2026-11-27"}'
