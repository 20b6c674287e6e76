"""What was judged, and the counts of it that every format gives."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from hipaa_constructs.baseline import Entry
from hipaa_constructs.checker import Judgement, Report
from hipaa_constructs.loading import UnusableTemplate
from hipaa_constructs.rules import Rule, Severity, Verdict

EVIDENCE = "What is met is evidence that supports the paragraphs cited; it settles none of them."


@dataclass(frozen=True, slots=True)
class Tally:
    """How much of what there is.

    Attributes:
        templates: that were judged.
        resources: in them.
        rules: that were asked.
        errors: findings that leave ePHI exposed, unencrypted, unlogged or lost.
        warnings: all other findings, the undecided ones included.
        undecided: findings of which the templates alone can't tell.
        met: demands that the templates show as wanted.
        waived: findings covered by a waiver.
        baselined: findings that stand in the baseline.
        unusable: inputs that could not be judged.
    """

    templates: int
    resources: int
    rules: int
    errors: int
    warnings: int
    undecided: int
    met: int
    waived: int
    baselined: int
    unusable: int

    @property
    def findings(self) -> int:
        """Errors and warnings."""
        return self.errors + self.warnings


@dataclass(frozen=True, slots=True)
class Run:
    """A run of the checker.

    Attributes:
        report: the judgements.
        rules: the rules that were asked.
        problems: the inputs that could not be judged.
        fail_on: the least severity that fails the run.
        skipped: why each rule that was left out was.
        baseline: the file of findings that were there before; None without one.
        resolved: its entries whose finding is gone, or waived by now.
        unjudged: its entries of templates that were not judged.
    """

    report: Report
    rules: Collection[Rule]
    problems: Sequence[UnusableTemplate] = ()
    fail_on: Severity = Severity.ERROR
    skipped: Mapping[str, str] = field(default_factory=dict)
    baseline: str | None = None
    resolved: Sequence[Entry] = ()
    unjudged: Sequence[Entry] = ()

    def tally(self) -> Tally:
        """Count."""
        templates = self.report.assembly.templates
        findings = self.report.findings
        errors = sum(one.severity is Severity.ERROR for one in findings)
        return Tally(
            templates=len(templates),
            resources=sum(len(template.resources) for template in templates),
            rules=len(self.rules),
            errors=errors,
            warnings=len(findings) - errors,
            undecided=sum(one.outcome.verdict is Verdict.UNDECIDED for one in findings),
            met=len(self.report.met),
            waived=len(self.report.waived),
            baselined=len(self.report.baselined),
            unusable=len(self.problems),
        )

    def fails_by(self, one: Judgement) -> bool:
        """Tell whether a judgement is a finding that fails the run."""
        if not one.is_finding:
            return False
        return one.severity is Severity.ERROR or self.fail_on is Severity.WARNING


def found_in(one: Judgement) -> str:
    """Return the place of a finding and what stands there: ``Name: absent``."""
    place, found = one.outcome.property, one.outcome.found
    return ": ".join(part for part in (place, found) if part) or str(one.outcome.verdict)


def version() -> str:
    """Return the version of this package; ``0`` in a source tree that is not installed."""
    # It costs more to import than a template to judge, and text does not need it.
    from importlib import metadata

    try:
        return metadata.version("hipaa-constructs")
    except metadata.PackageNotFoundError:
        return "0"
