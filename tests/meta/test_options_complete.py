"""Nothing that a wrapped construct of the CDK can do is silently out of reach."""

from __future__ import annotations

import inspect

import pytest
from constructs import Construct

from hipaa_constructs.rules import RULES
from hipaa_constructs.services._options import Contract
from tools.examples import EXAMPLES

CONTRACTS: list[tuple[type[Construct], Contract]] = [
    (kind, contract) for kind in EXAMPLES if isinstance(contract := getattr(kind, "contract", None), Contract)
]
EACH = pytest.mark.parametrize(("kind", "contract"), CONTRACTS, ids=lambda value: getattr(value, "__name__", ""))
EACH_OF_THE_CDKS = pytest.mark.parametrize(
    ("kind", "contract"),
    [pair for pair in CONTRACTS if not pair[1].wraps.__name__.startswith("Cfn")],
    ids=lambda value: getattr(value, "__name__", ""),
)


def arguments(kind: type) -> set[str]:
    parameters = inspect.signature(vars(kind)["__init__"]).parameters.values()
    return {one.name for one in parameters if one.kind is inspect.Parameter.KEYWORD_ONLY}


def test_every_construct_has_a_contract() -> None:
    assert [kind for kind, _ in CONTRACTS] == list(EXAMPLES)


@EACH_OF_THE_CDKS
def test_every_option_of_the_wrapped_construct_is_fixed_governed_chosen_or_free(
    kind: type[Construct], contract: Contract
) -> None:
    sorted_out = {*contract.fixed, *contract.governed, *contract.chosen, *contract.free.__annotations__}
    assert arguments(contract.wraps) <= sorted_out


@EACH_OF_THE_CDKS
def test_fixed_and_free_options_are_those_of_the_wrapped_construct(kind: type[Construct], contract: Contract) -> None:
    assert {*contract.fixed, *contract.free.__annotations__} <= arguments(contract.wraps)


@EACH
def test_no_option_is_of_two_kinds(kind: type[Construct], contract: Contract) -> None:
    kinds = [contract.fixed, contract.governed, contract.chosen, contract.free.__annotations__]
    names = [name for one in kinds for name in one]
    assert len(names) == len(set(names))


@EACH
def test_governed_and_chosen_options_are_arguments_of_the_construct(kind: type[Construct], contract: Contract) -> None:
    assert {*contract.governed, *contract.chosen} <= arguments(kind)


@EACH
def test_every_governed_option_can_be_waived(kind: type[Construct], contract: Contract) -> None:
    for needed in contract.governed.values():
        for rule in needed:
            assert RULES[rule].waivable
            assert not set(RULES[rule].applies_to).isdisjoint(contract.types)
