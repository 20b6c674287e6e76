"""A report in JUnit XML, for the test tab of a CI server."""

from __future__ import annotations

import io
import re
from itertools import groupby

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from hipaa_constructs.checker import Judgement
from hipaa_constructs.formats._run import Run, found_in
from hipaa_constructs.rules import Verdict

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_junit(run: Run) -> str:
    """Return a suite a template, in it a case for each rule and resource.

    A finding below the severity that fails the run is a skipped case and no failure, so that the
    server agrees with the exit status; so is one that is waived or in the baseline. An unusable input is an error.
    """
    xml = JUnitXml("hipaa-constructs")
    judgements = run.report.judgements
    for _, group in groupby(judgements, key=lambda one: id(one.resource.template)):
        cases = list(group)
        suite = TestSuite(_xml(cases[0].resource.template.name))
        suite.add_testcases([_case(one, run) for one in cases])
        xml.add_testsuite(suite)
    if run.resolved:
        suite = TestSuite("resolved since the baseline")
        names = [(one.rule, f"{one.template} {one.resource or one.property}".rstrip()) for one in run.resolved]
        suite.add_testcases([TestCase(rule, _xml(name)) for rule, name in names])
        xml.add_testsuite(suite)
    if run.problems:
        suite = TestSuite("unusable input")
        for problem in run.problems:
            case = TestCase(_xml(problem.name), "unusable input")
            case.result = [Error(_xml(str(problem)), "unusable")]
            suite.add_testcase(case)
        xml.add_testsuite(suite)
    suites = list(xml)
    xml.tests = sum(suite.tests for suite in suites)
    xml.failures = sum(suite.failures for suite in suites)
    xml.errors = sum(suite.errors for suite in suites)
    xml.skipped = sum(suite.skipped for suite in suites)
    content = io.BytesIO()
    xml.write(content)
    return content.getvalue().decode() + "\n"


def _case(one: Judgement, run: Run) -> TestCase:
    resource = one.resource
    place = resource.construct_path or resource.logical_id
    case = TestCase(f"{one.rule.id}: {one.rule.title}", _xml(f"{resource.type} {place}"))
    if one.outcome.verdict is Verdict.MET:
        return case
    found = _xml(f"{one.outcome.verdict}: {found_in(one)}")
    if one.waiver is not None:
        waiver = one.waiver.waiver
        terms = f"approved by {waiver.approved_by}, until {waiver.expiry}"
        case.result = [Skipped(_xml(f"waived, {terms}: {waiver.reason}"), "waived")]
    elif one.baselined:
        case.result = [Skipped(f"in the baseline; {found}", "baselined")]
    elif run.fails_by(one):
        failure = Failure(found, one.severity)
        line = "" if one.line is None else f":{one.line}"
        failure.text = _xml(
            f"{resource.template.name}{line} {resource.logical_id}\n"
            f"{found}\nFix: {one.rule.fix}\nCites: {', '.join(one.rule.controls) or 'nothing'}"
        )
        case.result = [failure]
    else:
        case.result = [Skipped(found, one.severity)]
    return case


def _xml(text: str) -> str:
    """Return a text without the characters that XML can't hold."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
