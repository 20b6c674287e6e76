"""Which services of AWS are HIPAA eligible, by the dated list in ``eligible_services.csv``."""

from __future__ import annotations

import csv
import datetime
import enum
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_FILE = "eligible_services.csv"
_DATE = "(as of)"


class Standing(enum.StrEnum):
    """What the list says of a service."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not eligible"
    SUPPORTING = "supporting"
    """Holds no PHI by its nature, whether it is on the list or not."""
    UNCLEAR = "unclear"
    """A capability of a service on the list, which the list does not name."""


class Entry(NamedTuple):
    """A line of the list: where resource types of a prefix stand, and why."""

    standing: Standing
    note: str


class EligibleServices(NamedTuple):
    """The list.

    Attributes:
        as_of: the day on which AWS's list was read.
        entries: by the prefix of resource types: two parts of a type's name, or the whole of it.
    """

    as_of: datetime.date
    entries: Mapping[str, Entry]

    def of(self, kind: str) -> Entry | None:
        """Return what the list says of a resource type, None if it does not know the service."""
        service, _, _ = kind.rpartition("::")
        return self.entries.get(kind) or self.entries.get(service) or self.entries.get(kind.partition("::")[0])


@cache
def eligible_services() -> EligibleServices:
    """Read the list that came with the package."""
    text = files(__package__).joinpath(_FILE).read_text("utf-8")
    rows = {row["prefix"]: row for row in csv.DictReader(text.splitlines())}
    as_of = datetime.date.fromisoformat(rows.pop(_DATE)["standing"])
    entries = {prefix: Entry(Standing(row["standing"]), row["note"]) for prefix, row in rows.items()}
    return EligibleServices(as_of, entries)
