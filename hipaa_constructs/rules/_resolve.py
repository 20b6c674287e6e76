"""CloudFormation's intrinsic functions, carried out as far as the templates alone allow."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from hipaa_constructs.rules._value import ABSENT, UNKNOWN, Json, Scalar, Unresolved, Value, as_number, as_text

if TYPE_CHECKING:
    from hipaa_constructs.rules._template import Template

Resolved = tuple["Template", Value]
"""A value with the template whose names the intrinsics inside it use."""

DEEPEST = 40
"""Values that refer to values that refer to values, past which a cycle is taken for granted."""

MOST_STEPS = 1000
"""Intrinsic functions behind one value, past which it is taken for unknown: a few that name each other many times over
could go on for ever without being deep."""

_CANONICAL = json.JSONEncoder(sort_keys=True, default=str)
"""Made once: it takes longer to make than to use."""

_SUB_VARIABLE = re.compile(r"\$\{(!?)([^${}]*)\}")
_DYNAMIC_REFERENCE = re.compile(r"\{\{resolve:[^{}]*\}\}")
_PSEUDO = "AWS::"
_NO_KEY = "any other"
_REFERENCES = ("Ref", "Fn::GetAtt", "Fn::ImportValue", "Fn::GetStackOutput")
_OLD_FUNCTIONS = ("Ref", "Condition")
"""Those whose names do not begin with ``Fn::``."""


def intrinsic(raw: Json) -> tuple[str, Json] | None:
    """Return the function and its argument if a value is an intrinsic function, else None."""
    if not isinstance(raw, dict):
        return None
    if len(raw) == 1:
        (name,) = raw
        if name in _OLD_FUNCTIONS or name.startswith("Fn::"):
            return name, raw[name]
    elif "Fn::Transform" in raw:
        return "Fn::Transform", raw["Fn::Transform"]
    return None


def is_plain(raw: Json) -> bool:
    """Tell, faster than `resolve` can, that a value stands for itself; False says nothing."""
    if isinstance(raw, str):
        return "{{" not in raw
    if isinstance(raw, dict):
        if len(raw) == 1:
            (name,) = raw
            return not (name in _OLD_FUNCTIONS or name.startswith("Fn::"))
        return "Fn::Transform" not in raw
    return True


def settled(template: Template, raw: Json) -> Resolved:
    """Return what `resolve` does, without working it out again if it holds in every world."""
    known = template.settled.get(id(raw))
    if known is not None:
        return known[1]
    # What most values are names a resource of the template itself, which no world changes.
    if template.referred(raw) is not None:
        result: Resolved = template, Unresolved(template, raw)
        template.settled[id(raw)] = (raw, result)
        return result
    world = template.assembly.world
    asked = world.asked
    result = resolve(template, raw)
    if world.asked == asked:
        # The raw value is kept with it, so that no other one gets its id.
        template.settled[id(raw)] = (raw, result)
    return result


def resolve(template: Template, raw: Json, depth: int = 0) -> Resolved:
    """Return what a value comes out as in the assembly's current world.

    Only the value itself is resolved: what stands inside a list or a mapping is resolved when it is asked for.
    """
    if isinstance(raw, str):
        return template, _text(template, raw, raw) if "{{" in raw else raw
    function = intrinsic(raw)
    if function is None:
        return template, raw
    name, argument = function
    assembly = template.assembly
    assembly.steps = assembly.steps + 1 if depth else 1
    if depth < DEEPEST and assembly.steps <= MOST_STEPS:
        match name:
            case "Ref":
                return _ref(template, raw, argument, depth)
            case "Fn::GetAtt":
                return _get_att(template, raw, argument, depth)
            case "Fn::If":
                return _if(template, raw, argument, depth)
            case "Fn::ImportValue":
                return _import_value(template, raw, argument, depth)
            case "Fn::GetStackOutput":
                return _get_stack_output(template, raw, argument, depth)
            case "Fn::FindInMap":
                return _find_in_map(template, raw, argument, depth)
            case "Fn::Join":
                return template, _join(template, raw, argument, depth)
            case "Fn::Sub":
                return template, _sub(template, raw, argument, depth)
            case "Fn::Select":
                return _select(template, raw, argument, depth)
            case "Fn::Length":
                return template, _length(template, raw, argument, depth)
            case "Fn::ToJsonString":
                return template, _to_json_string(template, raw, argument)
            case "Condition":
                return template, raw
    return template, Unresolved(template, raw)


def _text(template: Template, raw: Json, text: str) -> Value:
    """Return a text, or what is known of it around dynamic references and the pieces that are `UNKNOWN`."""
    if "{{" in text:
        text = _DYNAMIC_REFERENCE.sub(UNKNOWN, text)
    if UNKNOWN not in text:
        return text
    first, *others = text.split(UNKNOWN)
    parts: list[str | None] = [first]
    for other in others:
        parts += None, other
    return Unresolved(template, raw, tuple(parts))


def _ref(template: Template, raw: Json, name: Json, depth: int) -> Resolved:
    if name == "AWS::NoValue":
        return template, ABSENT
    if not isinstance(name, str) or name in template.resources:
        return template, Unresolved(template, raw)
    if name.startswith(_PSEUDO):
        known = {"AWS::Region": template.region, "AWS::AccountId": template.account}.get(name)
        return template, known or Unresolved(template, raw)
    parameter = template.section("Parameters").get(name)
    if not isinstance(parameter, dict):
        return template, Unresolved(template, raw)
    passed = template.passed_by_parent(name)
    if passed is not None:
        return resolve(passed[0], passed[1], depth + 1)
    values = _allowed(parameter)
    return template, template.choose(("parameter", name), name, values) if values else Unresolved(template, raw)


def _allowed(parameter: dict[str, Json]) -> list[Scalar]:
    """Return all the values that a parameter can have, or none if that is not known."""
    allowed = parameter.get("AllowedValues")
    if not isinstance(allowed, list) or parameter.get("Type") not in ("String", "Number"):
        return []
    values = [value for value in allowed if isinstance(value, (bool, int, float, str))]
    return values if len(values) == len(allowed) else []


def _get_att(template: Template, raw: Json, argument: Json, depth: int) -> Resolved:
    target = attribute_of(argument)
    if target is not None:
        output = template.nested_output(*target)
        if output is not None:
            return resolve(output[0], output[1], depth + 1)
    return template, Unresolved(template, raw)


def attribute_of(argument: Json) -> tuple[str, str] | None:
    """Return the logical id and the attribute of a ``Fn::GetAtt``, in either of its two spellings."""
    if isinstance(argument, str):
        logical_id, dot, attribute = argument.partition(".")
        return (logical_id, attribute) if dot else None
    if isinstance(argument, list) and len(argument) == 2:
        logical, name = argument
        if isinstance(logical, str):
            return logical, name if isinstance(name, str) else ""
    return None


def plain_name(raw: Json) -> tuple[str, str] | None:
    """Return what `names_in` yields of a value that is nothing but one reference."""
    function = intrinsic(raw)
    is_plain_reference = function is not None and function[0] in _REFERENCES
    return next(names_in(raw), None) if is_plain_reference else None


def is_computed(raw: Json) -> bool:
    """Tell whether a value is what a resource, an export or a stack says of itself, which is never empty."""
    match intrinsic(raw):
        case "Ref", str(name):
            return name.startswith(_PSEUDO)
        case "Fn::GetAtt", str(argument):
            return all(argument.partition("."))
        case "Fn::GetAtt", [str(logical_id), str() | dict() as attribute]:
            return bool(logical_id and attribute)
        case "Fn::ImportValue", str() | dict() as name:
            return bool(name)
        case "Fn::GetStackOutput", {"StackName": _, "OutputName": _}:
            return True
    return False


def _if(template: Template, raw: Json, argument: Json, depth: int) -> Resolved:
    if isinstance(argument, list) and len(argument) == 3:
        name, yes, no = argument
        if isinstance(name, str):
            return resolve(template, yes if condition(template, name, depth + 1) else no, depth + 1)
    return template, Unresolved(template, raw)


def _import_value(template: Template, raw: Json, argument: Json, depth: int) -> Resolved:
    _, name = resolve(template, argument, depth + 1)
    if isinstance(name, str):
        export = template.assembly.export(name, template)
        if export is not None:
            return resolve(export[0], export[1], depth + 1)
    return template, Unresolved(template, raw)


def _get_stack_output(template: Template, raw: Json, argument: Json, depth: int) -> Resolved:
    asked = StackOutput.of(argument)
    if asked is not None:
        output = template.assembly.stack_output(*asked, template)
        if output is not None:
            return resolve(output[0], output[1], depth + 1)
    return template, Unresolved(template, raw)


class StackOutput(NamedTuple):
    """What a ``Fn::GetStackOutput`` asks for, when all of it is plain text.

    Attributes:
        stack_name: the name of the stack.
        output: the logical id of the output.
        region: where the stack is; None stands for the Region of the stack that asks.
    """

    stack_name: str
    output: str
    region: str | None

    @classmethod
    def of(cls, argument: Json) -> StackOutput | None:
        """Take the argument of the function."""
        match argument:
            # What a role of another account may read, no template here can tell.
            case {"RoleArn": _}:
                return None
            case {"StackName": str(stack_name), "OutputName": str(output), "Region": str(region)}:
                return cls(stack_name, output, region)
            case {"Region": _}:
                return None
            case {"StackName": str(stack_name), "OutputName": str(output)}:
                return cls(stack_name, output, None)
        return None

    @classmethod
    def parsed(cls, text: str) -> StackOutput:
        """Read a `text`."""
        return cls(*json.loads(text))

    @property
    def text(self) -> str:
        """The three in one text."""
        return json.dumps(self)


def _find_in_map(template: Template, raw: Json, argument: Json, depth: int) -> Resolved:
    default: list[Json] = []
    match argument:
        case [first, second, third, {"DefaultValue": value}]:
            default = [value]
        case [first, second, third, *_]:
            pass
        case _:
            return template, Unresolved(template, raw)
    level: Json = template.section("Mappings")
    for position, key in enumerate((first, second, third)):
        if not isinstance(level, dict) or not level:
            return template, Unresolved(template, raw)
        _, known = resolve(template, key, depth + 1)
        if isinstance(known, str):
            if known not in level:
                return resolve(template, default[0], depth + 1) if default else (template, Unresolved(template, raw))
            level = level[known]
        elif position and isinstance(known, Unresolved):
            # Maps have keys of their own, so the same unknown key is another question in each of them.
            keys = [*sorted(level), *([_NO_KEY] if default else [])]
            answer = template.choose(("mapping", _canonical(key), *keys), _label(key), keys)
            if answer == _NO_KEY:
                return resolve(template, default[0], depth + 1)
            level = level[answer]
        else:
            return template, Unresolved(template, raw)
    return resolve(template, level, depth + 1)


def _length(template: Template, raw: Json, argument: Json, depth: int) -> Value:
    home, values = resolve(template, argument, depth + 1)
    if not isinstance(values, list):
        return Unresolved(template, raw)
    found = [resolve(home, value, depth + 1)[1] for value in values]
    return sum(value is not ABSENT for value in found)


def _to_json_string(template: Template, raw: Json, argument: Json) -> Value:
    text = json.dumps(argument, separators=(",", ":"))
    # What looks like an intrinsic function may be one anywhere inside.
    hidden = any(mark in text for mark in ('{"Ref":', '{"Condition":', '"Fn::', "{{resolve:"))
    return Unresolved(template, raw) if hidden else text


def _join(template: Template, raw: Json, argument: Json, depth: int) -> Value:
    if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[0], str):
        return Unresolved(template, raw)
    delimiter, pieces = argument[0], argument[1]
    home, values = resolve(template, pieces, depth + 1)
    if not isinstance(values, list):
        return Unresolved(template, raw)
    parts: list[str | None] = []
    for number, piece in enumerate(values):
        if number and delimiter:
            parts.append(delimiter)
        parts += _parts(resolve(home, piece, depth + 1)[1])
    return _assembled(template, raw, parts)


def _sub(template: Template, raw: Json, argument: Json, depth: int) -> Value:
    variables: dict[str, Json] = {}
    match argument:
        case str(text):
            pass
        case [str(text), dict(variables)]:
            pass
        case _:
            return Unresolved(template, raw)
    parts: list[str | None] = []
    end = 0
    for found in _SUB_VARIABLE.finditer(text):
        parts.append(text[end : found.start()])
        end = found.end()
        if found[1]:
            parts.append("${" + found[2] + "}")
        else:
            parts += _parts(resolve(template, _sub_variable(found[2].strip(), variables), depth + 1)[1])
    parts.append(text[end:])
    return _assembled(template, raw, parts)


def _sub_variable(name: str, variables: dict[str, Json]) -> Json:
    if name in variables:
        return variables[name]
    logical_id, dot, attribute = name.partition(".")
    return {"Fn::GetAtt": [logical_id, attribute]} if dot else {"Ref": name}


def _parts(value: Value) -> list[str | None]:
    if isinstance(value, Unresolved):
        return list(value.parts)
    if isinstance(value, (bool, int, float, str)):
        return [as_text(value)]
    return [None]


def _assembled(template: Template, raw: Json, parts: list[str | None]) -> Value:
    return _text(template, raw, "".join([UNKNOWN if part is None else part for part in parts]))


def _select(template: Template, raw: Json, argument: Json, depth: int) -> Resolved:
    match argument:
        case [index, values]:
            number = as_number(resolve(template, index, depth + 1)[1])
            home, items = resolve(template, values, depth + 1)
            if number is not None and isinstance(items, list) and 0 <= number < len(items):
                return resolve(home, items[int(number)], depth + 1)
    return template, Unresolved(template, raw)


def condition(template: Template, name: str, depth: int = 0) -> bool:
    """Tell whether a named condition holds in the assembly's current world."""
    if not depth:
        template.assembly.steps = 0
    world, question = template.assembly.world, (id(template), name)
    definition = template.section("Conditions").get(name)
    if definition is not None and question not in world.conditions:
        world.conditions[question] = None
        world.conditions[question] = _decided(template, definition, name, depth)
    world.asked += 1
    known = world.conditions.get(question)
    return template.choose(("condition", name), name, (True, False)) if known is None else known


def _decided(template: Template, definition: Json, name: str, depth: int) -> bool:
    """Tell whether a condition holds, by what is known of it if it hangs on one parameter alone, as most do."""
    world = template.assembly.world
    known = template.decided.get(name)
    if known is not None:
        question, results = known
        world.choose(question.key, question.label, question.answers)
        if world.last is not None and world.last.given in results:
            return results[world.last.given]
    asked, world.last = world.asked, None
    holds = _holds(template, definition, name, depth)
    last = world.last
    if world.asked == asked + 1 and last is not None and last.is_of_parameter:
        template.decided.setdefault(name, (last, {}))[1][last.given] = holds
    return holds


def _holds(template: Template, raw: Json, name: str, depth: int) -> bool:
    function, argument = intrinsic(raw) or ("", None)
    if depth < DEEPEST:
        match function:
            case "Condition" if isinstance(argument, str):
                return condition(template, argument, depth + 1)
            case "Fn::Not" if isinstance(argument, list) and len(argument) == 1:
                return not _holds(template, argument[0], name, depth + 1)
            case "Fn::And" if isinstance(argument, list):
                return all(_holds(template, one, name, depth + 1) for one in argument)
            case "Fn::Or" if isinstance(argument, list):
                return any(_holds(template, one, name, depth + 1) for one in argument)
            case "Fn::Equals" if isinstance(argument, list) and len(argument) == 2:
                return _equal(template, argument[0], argument[1], depth)
    return template.choose(("condition", name), name, (True, False))


def _equal(template: Template, left: Json, right: Json, depth: int) -> bool:
    _, one = resolve(template, left, depth + 1)
    _, other = resolve(template, right, depth + 1)
    if isinstance(one, (bool, int, float, str)) and isinstance(other, (bool, int, float, str)):
        return as_text(one) == as_text(other)
    if isinstance(one, Unresolved) and isinstance(other, (bool, int, float, str)):
        return _comes_out_as(one, as_text(other))
    if isinstance(other, Unresolved) and isinstance(one, (bool, int, float, str)):
        return _comes_out_as(other, as_text(one))
    sides = sorted((_canonical(left), _canonical(right)))
    if sides[0] == sides[1]:
        return True
    return template.choose(("equals", *sides), f"{_label(left)} = {_label(right)}", (True, False))


def _comes_out_as(unknown: Unresolved, text: str) -> bool:
    """Choose whether a value is a text; what is one text in a world is no other text there."""
    if not unknown.may_be(text):
        return False
    template, value = unknown.template, _canonical(unknown.expression)
    world = template.assembly.world
    question = (id(template), value)
    if question in world.texts:
        world.asked += 1
        return world.texts[question] == text
    if template.choose(("equals", value, text), f"{_label(unknown.expression)} = {text}", (True, False)):
        world.texts[question] = text
        return True
    return False


def _canonical(raw: Json) -> str:
    return _CANONICAL.encode(raw)


def _label(raw: Json) -> str:
    function = intrinsic(raw)
    if function is not None and function[0] == "Ref" and isinstance(function[1], str):
        return function[1]
    return raw if isinstance(raw, str) else _canonical(raw)


def is_reference(raw: Json) -> bool:
    """Tell whether a value is nothing but text and the names and attributes of resources, not a choice among them."""
    function = intrinsic(raw)
    match function:
        case None:
            return isinstance(raw, (bool, int, float, str))
        case (("Ref" | "Fn::GetAtt" | "Fn::ImportValue" | "Fn::GetStackOutput"), _):
            return True
        case "Fn::Sub", str():
            return True
        case "Fn::Sub", [str(), dict(variables)]:
            return all(is_reference(value) for value in variables.values())
        case "Fn::Join", [str(), list(pieces)]:
            return all(is_reference(piece) for piece in pieces)
    return False


def names_in(raw: Json) -> Iterator[tuple[str, str]]:
    """Yield what a raw value names in any intrinsic function, whichever branch is taken.

    Yields:
        The logical id and the attribute, which is empty for ``Ref``; for an import ``Fn::ImportValue`` and the name of
        the export, for an output of another stack ``Fn::GetStackOutput`` and its `StackOutput.text`, as far as they are
        plain text.
    """
    pending: list[Json] = [raw]
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending += value
        elif isinstance(value, dict):
            function, argument = intrinsic(value) or ("", None)
            match function:
                case "Ref" if isinstance(argument, str):
                    yield argument, ""
                case "Fn::GetAtt" if (target := attribute_of(argument)) is not None:
                    yield target
                case "Fn::ImportValue" if isinstance(argument, str):
                    yield "Fn::ImportValue", argument
                case "Fn::GetStackOutput" if (asked := StackOutput.of(argument)) is not None:
                    yield "Fn::GetStackOutput", asked.text
                case "Fn::Sub" if isinstance(argument, str):
                    yield from _names_in_text(argument, {})
                case "Fn::Sub" if isinstance(argument, list):
                    match argument:
                        case [str(text), dict(variables)]:
                            yield from _names_in_text(text, variables)
                            pending += variables.values()
                        case _:
                            pending += argument
                case _:
                    pending += value.values()


def _names_in_text(text: str, variables: dict[str, Json]) -> Iterator[tuple[str, str]]:
    for found in _SUB_VARIABLE.finditer(text):
        name = found[2].strip()
        if not found[1] and name not in variables:
            logical_id, _, attribute = name.partition(".")
            yield logical_id, attribute
