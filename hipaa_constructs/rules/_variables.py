"""Plain variables of containers, which whoever may describe the task or the job reads."""

from __future__ import annotations

import json

from hipaa_constructs.rules._node import Node
from hipaa_constructs.rules._outcome import MET, Outcome
from hipaa_constructs.rules._secrets import holds_a_secret, names_a_secret, unechoed
from hipaa_constructs.rules._value import Unresolved


def without_secret(variable: Node) -> Outcome:
    """Judge the name and the form of the value of a variable that has both as its properties."""
    if variable.is_unknown:
        return variable.undecided()
    name, value = variable.at("Name"), variable.at("Value")
    if value.text == "" or value.is_absent:
        return MET
    if name.text is not None and names_a_secret(name.text, value.outline()):
        return name.broken(f"{name.text}, with a plain value")
    secret = secret_written(value)
    if secret is not None:
        return value.broken(secret)
    return name.undecided() if name.is_unknown else MET


def secret_written(value: Node) -> str | None:
    """Return what betrays that a value is a secret, whatever its variable is called."""
    # The engine takes a dynamic reference for unknown text, so its words stand in the expression alone.
    written = json.dumps(value.value.expression) if isinstance(value.value, Unresolved) else ""
    if holds_a_secret(value.outline()) or holds_a_secret(written):
        return "a value with the form of a secret"
    hidden = unechoed(value)
    return None if hidden is None else f"{hidden}, a parameter with NoEcho"
