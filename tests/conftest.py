"""What all tests share; and what the emulator skipped is said at the end."""

from __future__ import annotations

import os

import pytest

# The CDK's built-in validation costs a second a synthesis, and is the subject of few tests; those switch it on.
os.environ.setdefault("CDK_VALIDATION", "false")

SKIPPED = "skipped by the emulator"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which types of resource the emulated AWS did not make, so that nobody takes them for tried."""
    kinds = {
        str(value)
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == SKIPPED
    }
    if kinds:
        terminalreporter.write_line(f"{SKIPPED}: {', '.join(sorted(kinds))}")
