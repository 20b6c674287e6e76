"""Templates as rules read them: resources by type, values in place, and who points at whom across stacks."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar, cast

from hipaa_constructs.rules._outcome import MET, Outcome, broken, undecided
from hipaa_constructs.rules._pointers import Pointers
from hipaa_constructs.rules._resolve import condition, intrinsic, is_plain, is_reference, names_in, resolve
from hipaa_constructs.rules._value import (
    ABSENT,
    UNKNOWN,
    Json,
    Malformed,
    Scalar,
    Unresolved,
    Value,
    as_number,
    as_text,
    describe,
    may_match,
    name_in,
    same,
)
from hipaa_constructs.rules._world import World

T = TypeVar("T")

LineFinder = Callable[[Sequence[str | int]], int | None]
"""Returns the line of a place in a template's file, counted from 1."""

NESTED_STACK = "AWS::CloudFormation::Stack"


class Node:
    """A place in a template, and the value that stands there in the world being judged.

    Attributes:
        template: the template whose names the value uses.
        path: the place inside the resource, e.g. ``("Properties", "KmsKeyId")``.
        value: JSON (what stands inside it is not resolved yet), absent, malformed or unresolved.
    """

    __slots__ = ("path", "template", "value")

    def __init__(self, template: Template, raw: Json, path: tuple[str | int, ...]) -> None:
        """Resolve a raw value at its place."""
        self.path = path
        self.template: Template = template
        self.value: Value = raw
        if not is_plain(raw):
            self.template, self.value = resolve(template, raw)

    @classmethod
    def _holding(cls, template: Template, value: Value, path: tuple[str | int, ...]) -> Node:
        node = cls.__new__(cls)
        node.template, node.path, node.value = template, path, value
        return node

    def at(self, *keys: str | int) -> Node:
        """Return the place below this one; what is not there is absent, what can't be there malformed."""
        template, value = self.template, self.value
        for key in keys:
            if isinstance(value, dict) and isinstance(key, str):
                if key not in value:
                    value = ABSENT
                    break
                value = value[key]
            elif isinstance(value, list) and isinstance(key, int) and key < len(value):
                value = value[key]
            else:
                if not (value is ABSENT or isinstance(value, (Unresolved, Malformed))):
                    value = Malformed(value)
                break
            if not is_plain(value):
                template, value = resolve(template, value)
        return self._holding(template, value, (*self.path, *keys))

    def items(self) -> list[Node]:
        """Return the places of a list, without those that are ``AWS::NoValue``; no places for anything else."""
        if not isinstance(self.value, list):
            return []
        nodes = (Node(self.template, raw, (*self.path, index)) for index, raw in enumerate(self.value))
        return [node for node in nodes if node.value is not ABSENT]

    def entries(self) -> list[tuple[str, Node]]:
        """Return the keys and places of a mapping, without those that are ``AWS::NoValue``."""
        if not isinstance(self.value, dict):
            return []
        nodes = ((key, Node(self.template, raw, (*self.path, key))) for key, raw in self.value.items())
        return [(key, node) for key, node in nodes if node.value is not ABSENT]

    def each(self, *keys: str) -> list[Node]:
        """Return every place that a path leads to, with ``"*"`` for each place of a list."""
        nodes = [self]
        for key in keys:
            nodes = [found for node in nodes for found in (node.items() if key == "*" else [node.at(key)])]
        return nodes

    @property
    def is_absent(self) -> bool:
        """Whether nothing stands here."""
        return self.value is ABSENT

    @property
    def is_unknown(self) -> bool:
        """Whether an intrinsic function hides the value."""
        return isinstance(self.value, Unresolved)

    @property
    def text(self) -> str | None:
        """The value if it is text."""
        return self.value if isinstance(self.value, str) else None

    @property
    def number(self) -> float | None:
        """The value if it is a number, also one written as text."""
        return as_number(self.value)

    def outline(self) -> str:
        """Return the value as text with `UNKNOWN` for each piece of it that is not known; empty for what is no text."""
        if isinstance(self.value, Unresolved):
            return "".join(UNKNOWN if part is None else part for part in self.value.parts)
        return as_text(self.value) if isinstance(self.value, (bool, int, float, str)) else ""

    def may_be(self, text: str) -> bool:
        """Tell whether an intrinsic function hides that the value is a certain text, which no name or ARN is."""
        return (
            isinstance(self.value, Unresolved)
            and self.value.may_be(text)
            and not self._is_computed(self.value)
            and not self.targets()
        )

    def agrees_with(self, other: Node) -> bool:
        """Tell whether two places surely hold the same value: the same text, expression or resource."""
        one, two = self.value, other.value
        if isinstance(one, Unresolved) and isinstance(two, Unresolved):
            if one.template is two.template and one.expression == two.expression:
                return True
            target = self.target()
            return target is not None and target is other.target() and self.outline() == other.outline() == UNKNOWN
        return self.text is not None and self.text == other.text

    def shown(self) -> str:
        """Return the value as a finding quotes it."""
        return describe(self.value)

    def broken(self, found: str = "") -> Outcome:
        """Return the verdict that this place does not show what is wanted."""
        return broken(*self.path, found=found or self.shown())

    def undecided(self, why: str = "") -> Outcome:
        """Return the verdict that the template alone can't tell what stands here."""
        return undecided(*self.path, why=why or f"{self.shown()} is known at deployment only")

    def must_be(self, *wanted: Scalar) -> Outcome:
        """Judge that the value is one of those wanted."""
        if isinstance(self.value, Unresolved):
            texts = [w for w in wanted if isinstance(w, str)]
            hidden = len(texts) < len(wanted) or any(self.value.may_be(text) for text in texts)
            return self.undecided() if hidden else self.broken()
        return MET if any(same(self.value, w) for w in wanted) else self.broken()

    def must_be_at_least(self, least: float, *, absent: bool = False) -> Outcome:
        """Judge that the value is a number of a certain size.

        Args:
            least: the smallest number that meets the demand.
            absent: whether absence meets it too, because AWS's own default does.
        """
        if self.is_absent:
            return MET if absent else self.broken()
        if self.is_unknown:
            return self.undecided()
        number = self.number
        return MET if number is not None and number >= least else self.broken()

    def must_be_absent(self) -> Outcome:
        """Judge that nothing stands here."""
        if self.is_unknown:
            return self.undecided()
        return MET if self.is_absent else self.broken()

    def must_be_set(self) -> Outcome:
        """Judge that something stands here: a value that is not empty, or one computed at the deployment."""
        if isinstance(self.value, Unresolved):
            return MET if self._surely_filled(self.value) else self.undecided()
        filled = not isinstance(self.value, Malformed) and self.value not in (ABSENT, None, "", [], {}, False)
        return MET if filled else self.broken()

    def _surely_filled(self, value: Unresolved) -> bool:
        return self._is_computed(value) or any(value.parts) or bool(self.targets())

    def _is_computed(self, value: Unresolved) -> bool:
        function = intrinsic(value.expression)
        return function is not None and function[0] in ("Fn::GetAtt", "Fn::ImportValue")

    def targets(self) -> list[Resource]:
        """Return the resources that the value names, in whichever stack they are."""
        if not isinstance(self.value, Unresolved):
            return []
        return self.value.template.named_resources(self.value.expression)

    def target(self) -> Resource | None:
        """Return the one resource that the value is made of, and of no other."""
        found = self.targets()
        sure = isinstance(self.value, Unresolved) and is_reference(self.value.expression)
        return found[0] if sure and len(found) == 1 else None

    def designates(self, resource: Resource) -> bool | None:
        """Tell whether the value is the name, id or ARN of a resource; None when the template can't tell."""
        value = self.value
        if isinstance(value, Unresolved):
            return self._may_designate(value, resource)
        if not isinstance(value, str):
            return False
        name = resource.name
        if isinstance(name.value, Unresolved):
            return None if name.value.may_be(name_in(value)) else False
        return name.text is not None and name.text == name_in(value)

    def _may_designate(self, value: Unresolved, resource: Resource) -> bool | None:
        found, known = self.targets(), name_in(self.outline())
        whole = known == UNKNOWN
        if not known.strip(UNKNOWN) and not whole:
            return None
        if resource in found:
            # What only contains the name of a resource, such as its name with a suffix, is another one's name.
            return (True if self.target() is resource else None) if whole else False
        if whole and any(one.type == resource.type for one in found):
            return False
        name = resource.name
        if isinstance(name.value, Unresolved):
            same_place = name.value.template is value.template
            return True if same_place and name.value.expression == value.expression else None
        if name.text is None:
            return None if whole else False
        if UNKNOWN not in known:
            return known == name.text
        return None if may_match([known], name.text) else False


_NAME_PROPERTIES = {
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
}


class Resource:
    """A resource of a template.

    Attributes:
        template: the template that declares it.
        logical_id: its id in the template.
        type: its CloudFormation type.
        body: what the template declares, unresolved.
    """

    __slots__ = ("_properties", "body", "logical_id", "template", "type")

    def __init__(self, template: Template, logical_id: str, kind: str, body: dict[str, Json]) -> None:
        """Take a resource from a template's body."""
        self.template = template
        self.logical_id = logical_id
        self.type = kind
        self.body = body
        self._properties: Node | None = None

    def at(self, *keys: str | int) -> Node:
        """Return a place in its properties, in the world being judged."""
        if self._properties is not None:
            return self._properties.at(*keys)
        raw = self.body.get("Properties", {})
        properties = Node(self.template, raw, ("Properties",))
        if properties.value is raw:  # No intrinsic function stands there, so it is the same in every world.
            self._properties = properties
        return properties.at(*keys)

    def each(self, *keys: str) -> list[Node]:
        """Return every place in its properties that a path leads to, with ``"*"`` for each place of a list."""
        return self.at().each(*keys)

    def attribute(self, name: str) -> Node:
        """Return what stands beside the properties, e.g. ``DeletionPolicy``."""
        return Node(self.template, self.body, ()).at(name)

    @property
    def exists(self) -> bool:
        """Whether the resource is made in the world being judged: its condition holds."""
        name = self.body.get("Condition")
        if isinstance(name, str) and not condition(self.template, name):
            return False
        stack = self.template.parent
        return stack is None or stack.exists

    @property
    def name(self) -> Node:
        """The place of the physical name that the template gives the resource."""
        return self.at(_NAME_PROPERTIES.get(self.type, "Name"))

    @property
    def construct_path(self) -> str | None:
        """The path of the CDK construct that made it, if the template carries one."""
        return self.attribute("Metadata").at("aws:cdk:path").text

    @property
    def depends_on(self) -> list[Resource]:
        """The resources that ``DependsOn`` names."""
        raw = self.body.get("DependsOn", [])
        names = [raw] if isinstance(raw, str) else raw if isinstance(raw, list) else []
        found = (self.template.resources.get(name) for name in names if isinstance(name, str))
        return [resource for resource in found if resource is not None]

    def __repr__(self) -> str:
        """Return the type and the id."""
        return f"<{self.type} {self.logical_id}>"


class Template:
    """One CloudFormation template and what is known of the stack made from it."""

    def __init__(
        self,
        body: Mapping[str, Json],
        *,
        name: str = "template",
        path: Path | None = None,
        account: str | None = None,
        region: str | None = None,
        line_of: LineFinder | None = None,
        nested: Mapping[str, Path] | None = None,
    ) -> None:
        """Index a template's resources.

        Args:
            body: the parsed template. Sections and resources of a type that no schema allows are passed over.
            name: how findings call it.
            path: the file it was read from; nested stacks are found by it.
            account: the account it is deployed to, if known.
            region: the Region it is deployed to, if known.
            line_of: finds the line of a place in the file; without it findings carry none.
            nested: the file of each nested stack by its logical id, where it is known otherwise
                than from the template's own words.
        """
        self.body = body
        self.name = name
        self.path = path
        self.account = account
        self.region = region
        self._line_of = line_of
        self.nested: Mapping[str, Path] = nested or {}
        self.assembly = Assembly([])
        self.parent: Resource | None = None
        self.resources: dict[str, Resource] = {
            logical_id: Resource(self, logical_id, kind, resource)
            for logical_id, resource in self.section("Resources").items()
            if isinstance(resource, dict) and isinstance(kind := resource.get("Type"), str)
        }

    def line_of(self, *keys: str | int) -> int | None:
        """Return the line of a place in the file, counted from 1, or of the nearest place above it."""
        return self._line_of(keys) if self._line_of else None

    def section(self, name: str) -> dict[str, Json]:
        """Return a top-level section, empty when it is missing or malformed."""
        section = self.body.get(name)
        return section if isinstance(section, dict) else {}

    def choose(self, question: tuple[Hashable, ...], label: str, answers: Sequence[T]) -> T:
        """Return the answer of the world being judged to a question about this template."""
        return self.assembly.world.choose((id(self), *question), label, answers)

    def passed_by_parent(self, parameter: str) -> tuple[Template, Json] | None:
        """Return what the parent of a nested stack passes for a parameter."""
        if self.parent is None:
            return None
        properties = self.parent.body.get("Properties")
        parameters = properties.get("Parameters") if isinstance(properties, dict) else None
        if isinstance(parameters, dict) and parameter in parameters:
            return self.parent.template, parameters[parameter]
        return None

    def is_inside(self, other: Template) -> bool:
        """Tell whether this is another template, or nested in it at any depth."""
        template = self
        while template is not other and template.parent is not None:
            template = template.parent.template
        return template is other

    def nested_output(self, logical_id: str, attribute: str) -> tuple[Template, Json] | None:
        """Return the value of a nested stack's output that ``Fn::GetAtt`` asks for."""
        child = self.assembly.children.get((id(self), logical_id))
        if child is None or not attribute.startswith("Outputs."):
            return None
        output = child.section("Outputs").get(attribute.removeprefix("Outputs."))
        return (child, output["Value"]) if isinstance(output, dict) and "Value" in output else None

    def named_resources(self, raw: Json) -> list[Resource]:
        """Return the resources that a raw value names, through exports, nested stacks and their parameters."""
        found: dict[Resource, None] = {}
        pending: list[tuple[Template, Json]] = [(self, raw)]
        seen = {(id(self), id(raw))}
        while pending:
            template, value = pending.pop()
            for name, attribute in names_in(value):
                beyond = template._beyond(name, attribute)
                if beyond is None:
                    if name in template.resources:
                        found[template.resources[name]] = None
                elif (key := (id(beyond[0]), id(beyond[1]))) not in seen:
                    seen.add(key)
                    pending.append(beyond)
        return list(found)

    def _beyond(self, name: str, attribute: str) -> tuple[Template, Json] | None:
        if name == "Fn::ImportValue":
            return self.assembly.export(attribute, self)
        if attribute:
            return self.nested_output(name, attribute)
        return None if name in self.resources else self.passed_by_parent(name)


class Assembly:
    """The templates that are judged together, so that a policy in one stack counts for a bucket in another.

    Attributes:
        templates: in the order given.
        today: the date that expiry is measured against.
        world: the world being judged.
        children: the nested template of a stack resource, by its parent template and logical id.
    """

    def __init__(self, templates: Iterable[Template], *, today: datetime.date | None = None) -> None:
        """Link templates to one another.

        Args:
            templates: each belongs to one assembly only.
            today: by default the current date in UTC.
        """
        self.templates = list(templates)
        self.today = today or datetime.datetime.now(datetime.UTC).date()
        self.world = World()
        self.steps = 0
        self.children: dict[tuple[int, str], Template] = {}
        self._remembered: dict[Hashable, object] = {}
        self._by_type: dict[str, list[Resource]] = defaultdict(list)
        self._exports: dict[str, list[tuple[Template, Json]]] = defaultdict(list)
        self._pointers: dict[tuple[str, ...], Pointers] = {}
        for template in self.templates:
            template.assembly = self
            for resource in template.resources.values():
                self._by_type[resource.type].append(resource)
        self._link_nested_stacks()
        for template in self.templates:
            self._note_exports(template)

    def resources(self, *types: str) -> list[Resource]:
        """Return the resources of some types; ``"*"`` for all."""
        if "*" in types:
            types = tuple(self._by_type)
        return [resource for kind in types for resource in self._by_type.get(kind, [])]

    def export(self, name: str, importer: Template) -> tuple[Template, Json] | None:
        """Return the output exported under a name, in the importer's own account and Region if there are several."""
        found = self._exports.get(name, [])
        if len(found) > 1:
            place = (importer.account, importer.region)
            found = [export for export in found if (export[0].account, export[0].region) == place]
        return found[0] if len(found) == 1 else None

    def pointing_at(self, resource: Resource, kind: str, *path: str) -> tuple[list[Resource], list[Resource]]:
        """Return the resources of a type that name a resource at a place of theirs.

        Args:
            resource: what is pointed at.
            kind: the CloudFormation type of those that point.
            path: the place in their properties, with ``"*"`` for each place of a list.

        Returns:
            Those that do, and those of which the templates can't tell. Only resources that exist in the world being
            judged are among them.
        """
        return self.once(("pointing_at", resource, kind, path), lambda: self._pointing_at(resource, kind, path))

    def _pointing_at(
        self, resource: Resource, kind: str, path: tuple[str, ...]
    ) -> tuple[list[Resource], list[Resource]]:
        key = (kind, *path)
        if key not in self._pointers:
            self._pointers[key] = Pointers(self.resources(kind), path)
        sure: list[Resource] = []
        unsure: list[Resource] = []
        for candidate in self._pointers[key].candidates(resource):
            answers = [place.designates(resource) for place in candidate.each(*path)]
            if not any(answer or answer is None for answer in answers) or not candidate.exists:
                continue
            (sure if any(answers) else unsure).append(candidate)
        return sure, unsure

    def once(self, question: Hashable, answer: Callable[[], T]) -> T:
        """Return what a pure function returns, without calling it again if the answer holds in every world.

        Args:
            question: what identifies the function and its arguments.
            answer: asks nothing but the templates and the world being judged.
        """
        if question in self._remembered:
            return cast(T, self._remembered[question])
        asked = self.world.asked
        result = answer()
        if self.world.asked == asked:
            self._remembered[question] = result
        return result

    def _link_nested_stacks(self) -> None:
        by_path = {_resolved(template.path): template for template in self.templates if template.path}
        users: dict[Template, list[Resource]] = defaultdict(list)
        for stack in self._by_type.get(NESTED_STACK, []):
            path = _file_of_nested(stack)
            child = by_path.get(_resolved(path)) if path else None
            if child is not None and child is not stack.template:
                users[child].append(stack)
        for child, stacks in users.items():
            # A file that several stacks use gets other parameters from each: none of them speaks for all.
            if len(stacks) == 1 and not stacks[0].template.is_inside(child):
                child.parent = stacks[0]
                self.children[id(stacks[0].template), stacks[0].logical_id] = child

    def _note_exports(self, template: Template) -> None:
        for output in template.section("Outputs").values():
            if isinstance(output, dict) and isinstance(export := output.get("Export"), dict):
                _, name = resolve(template, export.get("Name"))
                if isinstance(name, str) and "Value" in output:
                    self._exports[name].append((template, output["Value"]))


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, ValueError):  # No file can have such a name.
        return path


def _file_of_nested(stack: Resource) -> Path | None:
    known = stack.template.nested.get(stack.logical_id)
    path = stack.template.path
    asset = stack.attribute("Metadata").at("aws:asset:path").text or stack.at("TemplateURL").text
    if known is not None or path is None or asset is None or "://" in asset or "\0" in asset:
        return known
    return path.parent / asset
