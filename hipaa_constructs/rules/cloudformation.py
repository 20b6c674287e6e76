"""What a template must show of itself."""

from __future__ import annotations

from hipaa_constructs.rules._declared import UNREADABLE_LOOP, UNREADABLE_MACRO, UNREADABLE_SAM
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import Outcome, undecided
from hipaa_constructs.rules._rule import Severity, rule

_WHY = {
    UNREADABLE_LOOP: "what it loops over is known at deployment only, and so are the resources that it makes",
    UNREADABLE_MACRO: "a macro writes what is deployed, and may change all that is judged here",
    UNREADABLE_SAM: "what the transform makes of this resource is not known here, so it was not judged",
}


@rule(
    title="every resource can be read in the template",
    fix="write the resources out, or judge the template that the transform makes: "
    "aws cloudformation get-template --template-stage Processed",
    applies_to=(UNREADABLE_LOOP, UNREADABLE_MACRO, UNREADABLE_SAM),
    controls=("164.308(a)(8)",),
    requirement="HC-397",
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros.html",
)
def template_fully_readable(part: Resource) -> Outcome:
    """Judge what stands where resources can't be told: macros, and loops over lists known at the deployment only."""
    return undecided(why=_WHY[part.type])
