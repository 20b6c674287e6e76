"""Which log groups that templates declare are those of Lambda functions."""

from __future__ import annotations

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome
from hipaa_constructs.rules._resolve import names_in
from hipaa_constructs.rules._template import Assembly
from hipaa_constructs.rules._value import UNKNOWN, Unresolved, may_match

_PREFIX = "/aws/lambda/"


class FunctionLogGroups:
    """The declared log groups, by how their names tell whose they are."""

    def __init__(self, assembly: Assembly) -> None:
        """Index the log groups that may be of functions."""
        self._names: set[str] = set()
        self._functions: set[Resource] = set()
        self._expressions: set[tuple[int, str, tuple[tuple[str, str], ...]]] = set()
        self._hidden: list[str] = []
        for group in assembly.resources("AWS::Logs::LogGroup"):
            if group.exists:
                self._note(group.at("LogGroupName"))

    def _note(self, name: Node) -> None:
        outline = name.outline()
        if name.text is not None:
            self._names.add(name.text)
        elif isinstance(name.value, Unresolved):
            target = name.target()
            if target is not None and outline == _PREFIX + UNKNOWN:
                self._functions.add(target)
            self._expressions.add(_expression(name.value, outline))
            if target is None or target.type != "AWS::Lambda::Function":
                self._hidden.append(outline)

    def declares(self, function: Resource) -> Outcome:
        """Judge that one of them is a function's own."""
        chosen = function.at("LoggingConfig", "LogGroup")
        if not chosen.is_absent:
            return self._named(chosen)
        name = function.at("FunctionName")
        if function in self._functions:
            return MET
        if isinstance(name.value, Unresolved):
            outline = name.outline()
            if _expression(name.value, _PREFIX + outline) in self._expressions:
                return MET
            return name.undecided("an intrinsic function hides the name of its log group")
        if name.text is None:
            return chosen.broken("no log group is declared for it")
        return self._literal(chosen, _PREFIX + name.text)

    def _named(self, chosen: Node) -> Outcome:
        target = chosen.target()
        if target is not None and target.type == "AWS::Logs::LogGroup":
            return MET
        if chosen.text is not None:
            return self._literal(chosen, chosen.text)
        return chosen.undecided() if chosen.is_unknown else chosen.broken()

    def _literal(self, chosen: Node, name: str) -> Outcome:
        if name in self._names:
            return MET
        if any(may_match([hidden], name) for hidden in self._hidden):
            return chosen.undecided("an intrinsic function hides the name of a log group")
        return chosen.broken(f"no template declares the log group {name}")


def _expression(value: Unresolved, outline: str) -> tuple[int, str, tuple[tuple[str, str], ...]]:
    return id(value.template), outline, tuple(names_in(value.expression))


def log_groups_of_functions(assembly: Assembly) -> FunctionLogGroups:
    """Return the index of an assembly."""
    return assembly.once("log groups of functions", lambda: FunctionLogGroups(assembly))
