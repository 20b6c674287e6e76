"""The Security Rule as the package describes it."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from types import MappingProxyType

import pytest

from hipaa_constructs.controls import CONTROLS, Control, Evidence, Kind, control
from hipaa_constructs.errors import ComplianceError

ALL = list(CONTROLS.values())
SPECIFICATIONS = [each for each in ALL if each.kind is not Kind.STANDARD]
# Appendix A covers 164.308, 164.310 and 164.312, and has no line for 164.308(b)(2).
MATRIX = [each for each in ALL if each.section in {"164.308", "164.310", "164.312"} and each.id != "164.308(b)(2)"]


def kinds(section: str) -> dict[Kind, int]:
    """Count the standards, required and addressable paragraphs of a section."""
    return dict(Counter(each.kind for each in ALL if each.section == section))


def test_each_key_is_the_id_of_its_control() -> None:
    assert [each.id for each in ALL] == list(CONTROLS)


@pytest.mark.parametrize("id", CONTROLS)
def test_an_id_is_a_paragraph_of_the_security_rule(id: str) -> None:
    paragraph = r"164\.3(08|10|12|14|16)\([a-e]\)(\([1-8]\)(\((i|ii|iii|iv)\)(\([A-E]\))?)?)?"
    assert re.fullmatch(paragraph, id)


def test_the_paragraphs_stand_in_the_order_of_the_regulation() -> None:
    # Numerals up to (iv), letters and digits all sort as the regulation counts them.
    assert list(CONTROLS) == sorted(CONTROLS)


def test_appendix_a_lists_18_standards() -> None:
    assert sum(each.kind is Kind.STANDARD for each in MATRIX) == 18


def test_appendix_a_lists_22_addressable_specifications() -> None:
    assert sum(each.kind is Kind.ADDRESSABLE for each in MATRIX) == 22


def test_appendix_a_marks_20_lines_as_required_6_of_them_bare_standards() -> None:
    required = sum(each.kind is Kind.REQUIRED for each in MATRIX)
    with_specifications = {each.standard for each in SPECIFICATIONS}
    bare = {each.id for each in MATRIX if each.kind is Kind.STANDARD} - with_specifications
    assert (required, bare) == (
        14,
        {
            "164.308(a)(2)",
            "164.308(a)(8)",
            "164.310(b)",
            "164.310(c)",
            "164.312(b)",
            "164.312(d)",
        },
    )


@pytest.mark.parametrize(
    ("section", "standards", "required", "addressable"),
    [
        ("164.308", 10, 10, 11),
        ("164.310", 4, 2, 6),
        ("164.312", 5, 2, 5),
        ("164.314", 2, 10, 0),
        ("164.316", 2, 3, 0),
    ],
)
def test_each_section_is_complete(section: str, standards: int, required: int, addressable: int) -> None:
    expected = {
        Kind.STANDARD: standards,
        Kind.REQUIRED: required,
        Kind.ADDRESSABLE: addressable,
    }
    assert kinds(section) == {kind: count for kind, count in expected.items() if count}


@pytest.mark.parametrize("specification", SPECIFICATIONS, ids=lambda each: each.id)
def test_a_specification_belongs_to_a_standard_of_its_section(specification: Control) -> None:
    standard = CONTROLS[specification.standard]
    assert (standard.kind, standard.section) == (Kind.STANDARD, specification.section)


@pytest.mark.parametrize("specification", SPECIFICATIONS, ids=lambda each: each.id)
def test_no_other_standard_stands_between_a_specification_and_its_own(
    specification: Control,
) -> None:
    ids = list(CONTROLS)
    between = ids[ids.index(specification.standard) + 1 : ids.index(specification.id)]
    standards = {id for id in between if CONTROLS[id].kind is Kind.STANDARD}
    # (b)(3) specifies (b)(1) and (b)(2); Appendix A files it under (b)(1).
    assert standards == ({"164.308(b)(2)"} if specification.id == "164.308(b)(3)" else set())


def test_a_standard_is_its_own_standard() -> None:
    assert all(each.standard == each.id for each in ALL if each.kind is Kind.STANDARD)


def test_the_standard_of_an_administrative_specification_is_paragraph_i() -> None:
    assert control("164.308(a)(7)(ii)(A)").standard == "164.308(a)(7)(i)"


def test_the_standard_of_any_other_specification_is_paragraph_1() -> None:
    assert control("164.312(e)(2)(ii)").standard == "164.312(e)(1)"


def test_the_written_contract_specifies_the_business_associate_standard() -> None:
    assert control("164.308(b)(3)").standard == "164.308(b)(1)"


def test_the_section_is_the_id_without_its_paragraphs() -> None:
    assert control("164.312(a)(2)(iv)").section == "164.312"


def test_the_url_leads_to_the_paragraph_in_the_ecfr() -> None:
    assert control("164.312(a)(2)(iv)").url == (
        "https://www.ecfr.gov/current/title-45/section-164.312#p-164.312(a)(2)(iv)"
    )


def test_each_url_is_another() -> None:
    assert len({each.url for each in ALL}) == len(ALL)


def test_the_kind_of_a_specification_is_that_of_the_regulation() -> None:
    assert control("164.312(a)(2)(iv)").kind is Kind.ADDRESSABLE


def test_titles_are_the_words_of_the_regulation() -> None:
    assert control("164.308(a)(4)(ii)(A)").title == "Isolating health care clearinghouse functions"


def test_a_standard_shows_as_much_as_the_strongest_of_its_specifications() -> None:
    assert control("164.308(a)(7)(i)").evidence is Evidence.YES


def test_a_standard_names_the_specifications_that_support_it() -> None:
    assert control("164.312(e)(1)").shows == "through Integrity controls; Encryption"


def test_a_standard_of_which_no_specification_can_be_shown_says_so() -> None:
    facility = control("164.310(a)(1)")
    assert (facility.evidence, facility.shows) == (
        Evidence.NO,
        "nothing: none of its specifications can be shown",
    )


def test_documentation_is_shown_by_itself_and_not_through_its_specifications() -> None:
    assert control("164.316(b)(1)").shows.startswith("the report of the rules")


def test_assurances_from_subcontractors_are_shown_like_those_from_business_associates() -> None:
    assert control("164.308(b)(2)").evidence is control("164.308(b)(1)").evidence


def test_only_encryption_logs_integrity_and_backup_are_wholly_shown_by_a_template() -> None:
    standards = {each.standard for each in ALL if each.evidence is Evidence.YES}
    assert standards == {
        "164.308(a)(7)(i)",
        "164.310(d)(1)",
        "164.312(a)(1)",
        "164.312(b)",
        "164.312(c)(1)",
        "164.312(e)(1)",
    }


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
def test_a_paragraph_says_nothing_exactly_when_no_template_supports_it(each: Control) -> None:
    assert each.shows.startswith("nothing: ") is (each.evidence is Evidence.NO)


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
def test_no_phrase_claims_compliance(each: Control) -> None:
    assert not re.search(r"compl(y|ie|ian)|meets|satisf", each.shows, re.IGNORECASE)


@pytest.mark.parametrize(
    "id",
    ["164.312", "164.312(a)(2)", "164.312(a)(2)(v)", "164.308(b)(4)", "164.502(b)", ""],
)
def test_an_unknown_id_is_refused_in_one_line(id: str) -> None:
    with pytest.raises(ComplianceError) as refusal:
        control(id)
    assert str(refusal.value) == (
        f"'{id}' is no standard or implementation specification of 45 CFR 164.308 to 164.316; "
        "hipaa_constructs.controls.CONTROLS lists them all"
    )


def test_an_unknown_id_with_a_line_break_is_still_refused_in_one_line() -> None:
    with pytest.raises(ComplianceError, match=r"\A.*\Z"):
        control("164.312\n(b)")


def test_the_mapping_cannot_be_changed() -> None:
    assert isinstance(CONTROLS, MappingProxyType)


@pytest.mark.parametrize("attribute", ["id", "title", "kind"])
def test_a_control_cannot_be_changed(attribute: str) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(control("164.312(b)"), attribute, "Another")
