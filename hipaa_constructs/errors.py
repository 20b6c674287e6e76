"""The one error a user of this package must catch."""

from __future__ import annotations


class ComplianceError(Exception):
    """A request that this package refuses, in one line.

    The line names the place, what is asked, what was given, the way out and the citation. It is raised before
    anything is built, so nothing is half made when you catch it.
    """
