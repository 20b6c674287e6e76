"""What betrays that a plain value is a secret."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hipaa_constructs.rules._resolve import names_in
from hipaa_constructs.rules._value import Unresolved

if TYPE_CHECKING:
    from hipaa_constructs.rules._node import Node
    from hipaa_constructs.rules._template import Template

_SECRET_NAME = re.compile(
    r"(password|passwd|passphrase)s?([_.-]value|[_.-]\d+)?$"
    r"|(^|[_.-])(pwd|pass|secret|token|credentials?|auth[_.-]?key|signing[_.-]?key|encryption[_.-]?key)s?"
    r"([_.-](access[_.-])?key|[_.-]value|[_.-]\d+)?$"
    r"|(api|access|private|secret)[_.-]?key$|client[_.-]?secret$"
)
_SECRET_VALUE = re.compile(
    r"(AKIA|ASIA)[A-Z0-9]{16}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|[a-z][a-z0-9+.-]{0,20}://[^/\s:@]{1,250}:[^/\s@]{1,250}@"
    r"|\{\{resolve:(secretsmanager|ssm-secure):"
)


def names_a_secret(name: str, value: str = "") -> bool:
    """Tell whether the name of a variable says that its value is a secret, and not where one is.

    Args:
        name: that of the variable.
        value: its value as far as it is known: a number of tokens, as of a language model, is no secret.
    """
    lowered = name.lower()
    return _SECRET_NAME.search(lowered) is not None and not (lowered.endswith("tokens") and value.isdecimal())


def holds_a_secret(value: str) -> bool:
    """Tell whether a value is a secret by its form: an access key, a private key, a URL with a password.

    A dynamic reference to a secret is one too: CloudFormation writes the secret itself in its place.
    """
    return _SECRET_VALUE.search(value) is not None


def is_unechoed(template: Template, name: str) -> bool:
    """Tell whether a name is a parameter of a template that has NoEcho, which says that its value is a secret."""
    parameter = template.section("Parameters").get(name)
    return isinstance(parameter, dict) and parameter.get("NoEcho") in (True, "true")


def unechoed(value: Node) -> str | None:
    """Return the parameter with NoEcho that a value is made of: CloudFormation writes the secret itself there."""
    hidden = value.value
    if not isinstance(hidden, Unresolved):
        return None
    names = (name for name, attribute in names_in(hidden.expression) if not attribute)
    return next((name for name in names if is_unechoed(hidden.template, name)), None)
