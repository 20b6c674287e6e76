"""Who may point at whom, over-approximated once so that each question looks at few candidates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from hipaa_constructs.rules._resolve import intrinsic
from hipaa_constructs.rules._value import Json, Unresolved, name_in

if TYPE_CHECKING:
    from hipaa_constructs.rules._node import Resource


class Pointers:
    """The resources of one type, by what stands at one place of theirs before anything is resolved."""

    def __init__(self, resources: Iterable[Resource], path: tuple[str, ...]) -> None:
        """Index resources.

        Args:
            resources: those that may point.
            path: the place in their properties, with ``"*"`` for each place of a list.
        """
        self._sure: dict[Resource, list[Resource]] = defaultdict(list)
        self._by_target: dict[Resource, list[Resource]] = defaultdict(list)
        self._by_target_types: dict[str, list[Resource]] = defaultdict(list)
        self._by_name: dict[str, list[Resource]] = defaultdict(list)
        self._others: list[Resource] = []
        for resource in resources:
            for raw, is_there in _places(resource.body.get("Properties"), path):
                self._note(resource, raw, is_there=is_there)

    def _note(self, resource: Resource, raw: Json, *, is_there: bool) -> None:
        if isinstance(raw, str) and "{{" not in raw:
            self._by_name[name_in(raw)].append(resource)
            return
        referred = resource.template.referred(raw) if is_there else None
        if referred is not None:
            self._sure[referred].append(resource)
            self._by_target_types[referred.type].append(resource)
            return
        target = resource.template.led_to(raw)
        if target is not None:
            self._by_target[target].append(resource)
            self._by_target_types[target.type].append(resource)
        else:
            self._others.append(resource)

    def sure(self, resource: Resource) -> list[Resource]:
        """Return the resources that point at another one whatever comes true, where they exist."""
        return list(dict.fromkeys(self._sure.get(resource, ())))

    def candidates(self, resource: Resource) -> list[Resource]:
        """Return every other resource that may point at another one, and few that do not."""
        found = [*self._by_target.get(resource, ()), *self._others]
        for kind, pointing in self._by_target_types.items():
            # An attribute of something else, say of a custom resource, can be the name of anything.
            if resource.type != kind:
                found += pointing
        if self._by_name:
            name = resource.name.value
            if isinstance(name, str):
                found += self._by_name.get(name, ())
            elif isinstance(name, Unresolved):
                found += (one for text, several in self._by_name.items() if name.may_be(text) for one in several)
        if not found:
            return found
        sure = set(self._sure.get(resource, ()))
        return [one for one in dict.fromkeys(found) if one not in sure]


def _places(raw: Json, path: tuple[str, ...]) -> Iterator[tuple[Json, bool]]:
    """Yield what stands at a path, or the intrinsic function on the way that hides it, and whether it is the former."""
    if not path or intrinsic(raw) is not None:
        if raw is not None:
            yield raw, not path
    elif path[0] == "*":
        for item in raw if isinstance(raw, list) else ():
            yield from _places(item, path[1:])
    elif isinstance(raw, dict) and path[0] in raw:
        yield from _places(raw[path[0]], path[1:])
