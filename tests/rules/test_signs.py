"""Texts in which a sign of what must not stand there is looked for, in all resources at once."""

from __future__ import annotations

import re

import pytest

from hipaa_constructs.rules import Assembly, Template
from hipaa_constructs.rules._texts import folded, has_sign, suspects, texts
from hipaa_constructs.rules._value import Json
from tests.rules._judging import resource, template

SIGNS = {b"mrn": re.compile(rb"(?<![a-z])(?<!0)mrn 0000")}


def made(*names: str) -> Template:
    return Template(
        template({f"R{number:02}": resource("AWS::SNS::Topic", {"N": name}) for number, name in enumerate(names)})
    )


def suspected(made: Template) -> list[str]:
    Assembly([made])
    return [one.logical_id for one in suspects(made, SIGNS)]


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["mrn 4711"], ["R00"]),
        (["MRN 4711"], ["R00"]),
        (["mrn x"], []),
        (["ward"], []),
        (["mrn 4711", "ward"], ["R00"]),
        (["ward", "mrn 4711"], ["R01"]),
        (["mrn 4711", "mrn x"], ["R00"]),
        (["mrn x", "mrn 4711"], ["R01"]),
        (["mrn 4711", "ward", "mrn 4712", "mrn x", "mrn 4713", "ward"], ["R00", "R02", "R04"]),
        (["mrn 4711"] * 9, [f"R0{number}" for number in range(9)]),
    ],
    ids=str,
)
def test_the_resources_that_have_a_sign_are_found_and_no_others(names: list[str], wanted: list[str]) -> None:
    assert suspected(made(*names)) == wanted


def test_resources_of_every_type_are_looked_through() -> None:
    kinds = ("AWS::SNS::Topic", "AWS::SQS::Queue", "AWS::SNS::Topic")
    resources = {f"R{number}": resource(kind, {"N": f"mrn {number}711"}) for number, kind in enumerate(kinds)}
    assert sorted(suspected(Template(template(resources)))) == ["R0", "R1", "R2"]


def test_each_template_is_looked_through_for_itself() -> None:
    found = [made("ward"), made("mrn 4711"), made("ward", "mrn 4712")]
    Assembly(found)
    assert [[one.logical_id for one in suspects(each, SIGNS)] for each in found] == [[], ["R00"], ["R01"]]


@pytest.mark.parametrize("length", range(120))
def test_a_sign_at_the_beginning_of_a_text_of_any_length_is_found(length: int) -> None:
    text = "mrn 4711".ljust(length, ".")
    assert suspected(made(text)) == ["R00"]
    assert has_sign(folded({"Name": text}), SIGNS)


@pytest.mark.parametrize("text", ["ward", "mrn x", "xmrn 4711"])
def test_a_text_without_sign_has_none(text: str) -> None:
    assert not has_sign(folded([text]), SIGNS)


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("x", [((), "x")]),
        ({"B": "y", "A": ["x"]}, [(("A", 0), "x"), (("B",), "y")]),
        ({"A": {"Fn::Sub": "x"}}, [(("A",), "x")]),
        ({"A": {"Fn::If": ["c", "x", "y"]}}, [(("A", 0), "c"), (("A", 1), "x"), (("A", 2), "y")]),
        ({"A": {"B": "x"}}, [(("A", "B"), "x")]),
        ({"A": {"Skipped": "x", "B": 3}}, []),
    ],
    ids=str,
)
def test_each_text_is_found_with_its_place(raw: Json, wanted: list[object]) -> None:
    assert sorted(texts(raw, without=frozenset(("Skipped",)))) == wanted
