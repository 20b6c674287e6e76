"""The managed rules of AWS Config that packs hold are those that the rules here name, by the identifiers of AWS."""

from __future__ import annotations

import pytest
from aws_cdk import aws_config as config

from hipaa_constructs.services._conformance import managed_rules
from tools.config_rules import ACCOUNT, IDENTIFIERS, NOT_ASKED, PARAMETERS, REGIONS, TARGET, named, required, written


def test_the_table_is_what_moto_keeps_of_the_list_of_aws() -> None:
    assert TARGET.read_text("utf-8") == written()


def test_every_rule_of_config_that_a_rule_names_is_in_the_table() -> None:
    assert set(managed_rules()) == {*named(), *ACCOUNT}


def test_what_only_accounts_show_no_rule_names() -> None:
    assert set(ACCOUNT).isdisjoint(named())


@pytest.mark.parametrize("name", sorted({*IDENTIFIERS, *PARAMETERS}))
def test_every_exception_is_of_a_rule_in_the_table(name: str) -> None:
    assert name in managed_rules()
    assert name not in NOT_ASKED


@pytest.mark.parametrize("name", sorted(managed_rules()))
def test_a_rule_is_told_all_that_it_can_t_be_without(name: str) -> None:
    assert required(name) <= set(managed_rules()[name].parameters)


def test_the_cdk_knows_most_identifiers() -> None:
    known = {value for name in dir(config.ManagedRuleIdentifiers) if isinstance(value := _identifier(name), str)}
    assert len({rule.identifier for rule in managed_rules().values()} & known) > 100


def _identifier(name: str) -> object:
    return getattr(config.ManagedRuleIdentifiers, name) if name.isupper() else None


def test_the_regions_are_codes() -> None:
    codes = {code for rule in managed_rules().values() for code in rule.only_in | rule.not_in}
    assert codes <= set(REGIONS.values())
