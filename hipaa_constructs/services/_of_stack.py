"""What a stack has one of: its key, its log archive."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from weakref import WeakKeyDictionary, WeakSet

from aws_cdk import Stack
from constructs import Construct, IConstruct

from hipaa_constructs.errors import ComplianceError

C = TypeVar("C", bound=Construct)

_KNOWN: WeakKeyDictionary[Stack, dict[str, Construct]] = WeakKeyDictionary()
"""What each stack's own is, as far as asked: every question to Node takes time, and every construct asks."""

_NOT_NESTED: WeakSet[Stack] = WeakSet()
_REGIONS: WeakKeyDictionary[Stack, str] = WeakKeyDictionary()
_PATHS: WeakKeyDictionary[IConstruct, str] = WeakKeyDictionary()
_STACKS: WeakKeyDictionary[IConstruct, Stack] = WeakKeyDictionary()


def stack_of(scope: IConstruct) -> Stack:
    """Return the stack that something is in."""
    if isinstance(scope, Stack):
        return scope
    if scope not in _STACKS:
        _STACKS[scope] = Stack.of(scope)
    return _STACKS[scope]


def path_of(scope: IConstruct) -> str:
    """Return the path of something, which does not change."""
    if scope not in _PATHS:
        _PATHS[scope] = scope.node.path
    return _PATHS[scope]


def region_of(scope: IConstruct) -> str:
    """Return the Region of the stack that something is in, which is a token where only the deployment knows."""
    stack = stack_of(scope)
    if stack not in _REGIONS:
        _REGIONS[stack] = stack.region
    return _REGIONS[stack]


def one_of_stack(scope: IConstruct, kind: type[C], make: Callable[[Stack, str], C], *, way_out: str) -> C:
    """Return the one construct of a kind that a stack has, which is made when it is first asked for.

    Its id is the name of the kind. Nested stacks use that of the stack they belong to.

    Args:
        scope: anything in the stack.
        kind: the class.
        make: makes it in a stack, with an id.
        way_out: what to do where something else has the id.

    Raises:
        ComplianceError: something else has the id.
    """
    nearest, id = stack_of(scope), kind.__name__
    known = _KNOWN.setdefault(nearest, {})
    found: IConstruct | None = known.get(id)
    if not isinstance(found, kind):
        stack = outermost(nearest)
        found = stack.node.try_find_child(id) or make(stack, id)
        if not isinstance(found, kind):
            raise ComplianceError(
                f"{found.node.path}: the id {id} is kept for the stack's {id}, got another construct; rename it, or "
                f"{way_out}"
            )
        known[id] = found
    return found


def outermost(stack: Stack) -> Stack:
    """Return the stack that a nested one belongs to, which is itself for any other."""
    while stack not in _NOT_NESTED and (parent := stack.nested_stack_parent) is not None:
        stack = parent
    _NOT_NESTED.add(stack)
    return stack
