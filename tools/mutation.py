"""Mutants of a module: what mutmut changes in its functions, also in decorated ones, and in the constants they use.

mutmut leaves decorated functions and constants alone, because it writes mutants as other functions beside them. Here a
mutant's code takes the place of the function's own in a process of its own, so that a decorator has seen nothing else,
and a constant is mutated as the function that returns it.
"""

from __future__ import annotations

import difflib
import functools
import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

import libcst as cst
from mutmut.mutation.file_mutation import ChildReplacementTransformer, Mutation, create_mutations

from hipaa_constructs.rules import Rule

_LITERALS = (
    cst.SimpleString,
    cst.ConcatenatedString,
    cst.Integer,
    cst.Float,
    cst.BinaryOperation,
    cst.Tuple,
    cst.Set,
    cst.List,
    cst.Dict,
)
PACKAGE = "hipaa_constructs.rules."
Key = tuple[str, str, str, str]
_MAKERS = ("frozenset", "re.compile")
_ANY_CASE = re.compile(r"\"(?!arn:|aws:cdk)[a-z0-9-]+:[A-Za-z][A-Za-z0-9*:-]*/?\"")
"""Actions and condition keys of IAM, which compares them without their case."""

_PROSE = re.compile(r"[a-z]\w* (.* )?[a-z]\w*")


@dataclass(frozen=True, slots=True)
class Target:
    """A function, a method or a constant that is mutated.

    Attributes:
        module: where it is.
        name: what it is called there; a method with its class.
        function: the function, below all decorators; None for a constant.
    """

    module: ModuleType
    name: str
    function: FunctionType | None

    @property
    def module_name(self) -> str:
        """The name of the module by itself."""
        return self.module.__name__.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one target.

    Attributes:
        target: what is changed.
        function: how it is written, without decorators.
        mutation: what stands where.
    """

    target: Target
    function: cst.FunctionDef
    mutation: Mutation

    @property
    def module(self) -> str:
        """The name of the module that it changes."""
        return self.target.module_name

    def key(self) -> Key:
        """Return what tells it from others: the module, the name, and the lines that differ, before and after."""
        before, after = _lines(self.function), _lines(self._mutated())
        blocks = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        changed = [(before[a:b], after[c:d]) for kind, a, b, c, d in blocks if kind != "equal"]
        old, new = _joined([one for one, _ in changed]), _joined([other for _, other in changed])
        return self.module, self.target.name, old, new

    def activate(self) -> bool:
        """Put the mutant in its target's place, for the rest of the process; False if it is no value of a constant."""
        made = _made(self._mutated(), self.target.module)
        function = self.target.function
        if function is not None:
            function.__code__ = made.__code__
            function.__defaults__, function.__kwdefaults__ = made.__defaults__, made.__kwdefaults__
            return True
        try:
            new = made()
        except Exception:
            return False
        old = getattr(self.target.module, self.target.name)
        for module in _modules_with(self.target.name, old):
            setattr(module, self.target.name, new)
        return True

    def _mutated(self) -> cst.FunctionDef:
        replacement = ChildReplacementTransformer(self.mutation.original_node, self.mutation.mutated_node)
        mutated = self.function.visit(replacement)
        assert isinstance(mutated, cst.FunctionDef)
        return mutated


def mutants(module: ModuleType) -> Iterator[Mutant]:
    """Make the mutants of a module, without those that can make no difference to a verdict; see `_is_idle`."""
    path = Path(inspect.getfile(module))
    plain = cst.parse_module(path.read_text("utf-8")).visit(_Plain())
    tree, mutations, _, _ = create_mutations(path.name, plain.code)
    constants = {name for name in vars(module) if name.isupper()}
    names = {function: name for name, function in _functions(tree.body)}
    for mutation in mutations:
        function = mutation.contained_by_top_level_function
        if not isinstance(function, cst.FunctionDef) or _is_idle(mutation):
            continue
        name = names[function]
        found = None if name in constants else _function(module, name)
        yield Mutant(Target(module, name, found), function, mutation)


class _Plain(cst.CSTTransformer):
    """Takes decorators away, and makes constants functions that return them."""

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        return updated_node.with_changes(decorators=[])

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> cst.ClassDef:
        return updated_node.with_changes(decorators=[])

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:
        return updated_node.with_changes(body=[_as_function(statement) for statement in updated_node.body])


def _as_function(statement: cst.CSTNode) -> cst.CSTNode:
    line = statement.body[0] if isinstance(statement, cst.SimpleStatementLine) else None
    if isinstance(line, cst.Assign):
        target, value = line.targets[0].target, line.value
    elif isinstance(line, cst.AnnAssign) and line.value is not None:
        target, value = line.target, line.value
    else:
        return statement
    if not isinstance(target, cst.Name) or not target.value.isupper() or not _is_literal(value):
        return statement
    body = cst.IndentedBlock([cst.SimpleStatementLine([cst.Return(value)])])
    return cst.FunctionDef(target, cst.Parameters(), body)


def _is_literal(value: cst.BaseExpression) -> bool:
    made = isinstance(value, cst.Call) and cst.Module([]).code_for_node(value.func) in _MAKERS
    return made or isinstance(value, _LITERALS)


def _functions(body: object, prefix: str = "") -> Iterator[tuple[str, cst.FunctionDef]]:
    for statement in body if isinstance(body, (list, tuple)) else ():
        if isinstance(statement, cst.FunctionDef):
            yield prefix + statement.name.value, statement
        elif isinstance(statement, cst.ClassDef):
            yield from _functions(statement.body.body, f"{statement.name.value}.")


def _function(module: ModuleType, name: str) -> FunctionType:
    """Find a function by its name, below all that decorates it."""
    owner, _, last = name.rpartition(".")
    found: object = vars(getattr(module, owner) if owner else module)[last]
    if isinstance(found, Rule):
        found = found.check
    if isinstance(found, property):
        found = found.fget
    if isinstance(found, (classmethod, staticmethod)):
        found = found.__func__
    found = inspect.unwrap(found) if callable(found) else found
    assert isinstance(found, FunctionType), name
    return found


def _is_idle(mutation: Mutation) -> bool:
    """Tell whether a mutation changes a text for people, or takes it from a call, or a case that means nothing."""
    old, new = mutation.original_node, mutation.mutated_node
    if isinstance(old, cst.SimpleString) and isinstance(new, cst.SimpleString) and _ANY_CASE.fullmatch(old.value):
        return old.value.lower() == new.value.lower()
    if isinstance(old, cst.Call) and isinstance(new, cst.Call):
        gone = [arg.value for arg in old.args if arg not in new.args]
        return bool(gone) and all(map(_is_prose, gone))
    return _is_prose(old)


def _is_prose(node: cst.CSTNode) -> bool:
    texts = node.parts if isinstance(node, cst.FormattedString) else [node]
    written = (one.value for one in texts if isinstance(one, (cst.SimpleString, cst.FormattedStringText)))
    return any(_PROSE.search(text) for text in written)


def _made(function: cst.FunctionDef, module: ModuleType) -> FunctionType:
    code = compile(cst.Module([function]).code, inspect.getfile(module), "exec")
    names: dict[str, object] = {}
    exec(code, vars(module), names)
    made = names[function.name.value]
    assert isinstance(made, FunctionType)
    return made


def _lines(function: cst.FunctionDef) -> list[str]:
    return [line.strip() for line in cst.Module([function]).code.splitlines()]


def _joined(blocks: list[list[str]]) -> str:
    return " … ".join(" ".join(block) for block in blocks)


def code_using(target: Target) -> list[CodeType]:
    """Return the code of a function, or of those functions of the rules that use a constant."""
    if target.function is not None:
        return [target.function.__code__]
    value = getattr(target.module, target.name)
    found = (one for module in _modules_with(target.name, value) for one in _functions_of(module))
    return [one.__code__ for one in found if target.name in _names_used(one.__code__)]


def _modules_with(name: str, value: object) -> list[ModuleType]:
    loaded = [module for key, module in sys.modules.items() if key.startswith(PACKAGE)]
    return [module for module in loaded if vars(module).get(name) is value]


@functools.cache
def _functions_of(module: ModuleType) -> list[FunctionType]:
    tree = cst.parse_module(Path(inspect.getfile(module)).read_text("utf-8"))
    return [_function(module, name) for name, _ in _functions(tree.body)]


@functools.cache
def _names_used(code: CodeType) -> frozenset[str]:
    inner = (_names_used(one) for one in code.co_consts if isinstance(one, CodeType))
    return frozenset(code.co_names).union(*inner)
