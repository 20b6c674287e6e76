"""Texts that look like identifiers of a patient, going by 45 CFR 164.514(b)(2)(i)."""

from __future__ import annotations

import re

_STAFF = re.compile(r"owner|contact|team|creat|maintain|support|on-?call|e-?mail")

_LONGEST = 1024
"""How many characters are looked at: more than any name or tag that AWS takes."""

_PATTERNS = {  # Of texts in lower case.
    "a social security number": re.compile(r"(?<!\d)(?<!\d-)(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?!-?\d)"),
    "a medical record number": re.compile(r"(?<![a-z])(mrn|medical[-_ ]?record)[-_ :#=]*\d{4,}"),
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}"),
    "a phone number": re.compile(r"(?<!\w)(?<!\d-)(\+1[-. ]?)?\(?[2-9]\d{2}\)?[-. ][2-9]\d{2}[-. ]\d{4}(?!-?\d)(?!\w)"),
    "a birth date": re.compile(r"(?<![a-z])(dob|birth[-_ ]?date|born)[-_ :=]*\d{2,4}[-/.]?\d{1,2}"),
}

_OF_RECORDS = ("a social security number", "a medical record number", "a birth date")


def names_staff(tag_key: str | None) -> bool:
    """Tell whether a tag is for the address of whoever runs the resource, who is no patient."""
    return tag_key is not None and _STAFF.search(tag_key.lower()) is not None


def phi_like(text: str | None) -> str | None:
    """Return what kind of identifier a text looks like, or None."""
    if text is None:
        return None
    start = text[:_LONGEST].lower()
    return next((kind for kind, pattern in _PATTERNS.items() if pattern.search(start)), None)


def record_like(text: str) -> str | None:
    """Return what kind of identifier of a patient a program holds, or None; addresses there are of whoever runs it."""
    folded = text.lower()
    return next((kind for kind in _OF_RECORDS if _PATTERNS[kind].search(folded)), None)
