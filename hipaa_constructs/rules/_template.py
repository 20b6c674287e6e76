"""Templates as rules read them: resources by type, values in place, and who points at whom across stacks."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar, cast

from hipaa_constructs.rules._declared import Declared, declared, expanded, is_transformed
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._pointers import Pointers
from hipaa_constructs.rules._resolve import (
    DEEPEST,
    Resolved,
    StackOutput,
    attribute_of,
    names_in,
    plain_name,
    resolve,
)
from hipaa_constructs.rules._settings import Settings
from hipaa_constructs.rules._value import Json
from hipaa_constructs.rules._world import Question, World

T = TypeVar("T")

NESTED_STACK = "AWS::CloudFormation::Stack"

LineFinder = Callable[[Sequence[str | int]], int | None]
"""Returns the line of a place in a template's file, counted from 1."""


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
        stack_name: str | None = None,
        line_of: LineFinder | None = None,
        nested: Mapping[str, Path] | None = None,
        termination_protection: bool | None = None,
        stack_tags: Iterable[str] = (),
    ) -> None:
        """Index a template's resources.

        Args:
            body: the parsed template. Sections and resources of a type that no schema allows are passed over.
            name: how findings call it.
            path: the file it was read from; nested stacks are found by it.
            account: the account it is deployed to, if known.
            region: the Region it is deployed to, if known.
            stack_name: the name of the stack, if known; ``Fn::GetStackOutput`` of other templates names it.
            line_of: finds the line of a place in the file; without it findings carry none.
            nested: the file of each nested stack by its logical id, where it is known otherwise
                than from the template's own words.
            termination_protection: whether the stack is protected from deletion, if known.
            stack_tags: the keys of the tags that the whole stack is deployed with, which its resources get too.
        """
        transformed = is_transformed(body)
        self.body = expanded(body) if transformed else body
        self.name = name
        self.path = path
        self.account = account
        self.region = region
        self.stack_name = stack_name
        self._line_of = line_of
        self.nested: Mapping[str, Path] = nested or {}
        self.termination_protection = termination_protection
        self.stack_tags = frozenset(stack_tags)
        self.assembly = Assembly([])
        self.parent: Resource | None = None
        self.settled: dict[int, tuple[Json, Resolved]] = {}
        self.decided: dict[str, tuple[Question, dict[int, bool]]] = {}
        self.remembered: dict[Hashable, object] = {}
        self._named: dict[int, tuple[Json, tuple[Resource, ...]]] = {}
        self.resources: dict[str, Resource]
        if transformed:
            self.resources = {one.logical_id: self._resource(one) for one in declared(self.body, body)}
        else:
            self.resources = {
                logical_id: Resource(self, logical_id, kind, resource)
                for logical_id, resource in self.section("Resources").items()
                if isinstance(resource, dict) and isinstance(kind := resource.get("Type"), str)
            }
        self.by_type: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources.values():
            self.by_type[resource.type].append(resource)

    def _resource(self, one: Declared) -> Resource:
        resource = Resource(self, one.logical_id, one.type, one.body)
        resource.origin, resource.places = one.origin, one.places
        return resource

    def forget(self) -> None:
        """Give up what was read: for memory, or because other templates came to stand beside this one."""
        self.settled.clear()
        self.decided.clear()
        self.remembered.clear()
        self._named.clear()
        for resource in self.resources.values():
            resource.forget()

    @property
    def anchor(self) -> Resource | None:
        """The resource at which findings about the template itself stand: the first by name.

        One that is always made goes before one under a condition, and both before metadata of the CDK.
        """
        return self.assembly.once("anchor", lambda: min(self.resources.values(), key=_rank, default=None), of=self)

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

    def referred(self, raw: Json) -> Resource | None:
        """Return the resource of this template that a raw value is a reference to, and nothing else."""
        if not isinstance(raw, dict) or len(raw) != 1:
            return None
        ((function, name),) = raw.items()
        if function == "Fn::GetAtt" and (target := attribute_of(name)) is not None:
            name = target[0]
        elif function != "Ref":
            return None
        resource = self.resources.get(name) if isinstance(name, str) else None
        # An output of a nested stack is a value of its own.
        return None if resource is None or resource.type == NESTED_STACK else resource

    def led_to(self, raw: Json) -> Resource | None:
        """Return the resource that a raw value leads to through exports, nested stacks and their parameters alone."""
        template, seen = self, 0
        while (name := plain_name(raw)) is not None and seen < DEEPEST:
            referred = template.referred(raw)
            if referred is not None:
                return referred
            beyond = template._beyond(*name)
            if beyond is None:
                return None
            template, raw = beyond
            seen += 1
        return None

    def named_resources(self, raw: Json) -> tuple[Resource, ...]:
        """Return the resources that a raw value names, through exports, nested stacks and their parameters."""
        known = self._named.get(id(raw))
        if known is None:
            # The raw value is kept with it, so that no other one gets its id.
            known = self._named[id(raw)] = (raw, self._named_resources(raw))
        return known[1]

    def _named_resources(self, raw: Json) -> tuple[Resource, ...]:
        referred = self.referred(raw)
        if referred is not None:
            return (referred,)
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
        return tuple(found)

    def _beyond(self, name: str, attribute: str) -> tuple[Template, Json] | None:
        if name == "Fn::ImportValue":
            return self.assembly.export(attribute, self)
        if name == "Fn::GetStackOutput":
            return self.assembly.stack_output(*StackOutput.parsed(attribute), self)
        if attribute:
            return self.nested_output(name, attribute)
        return None if name in self.resources else self.passed_by_parent(name)


class Assembly:
    """The templates that are judged together, so that a policy in one stack counts for a bucket in another.

    Attributes:
        templates: in the order given.
        today: the date that expiry is measured against.
        settings: what the team decided.
        world: the world being judged.
        children: the nested template of a stack resource, by its parent template and logical id.
    """

    def __init__(
        self, templates: Iterable[Template], *, today: datetime.date | None = None, settings: Settings | None = None
    ) -> None:
        """Link templates to one another.

        Args:
            templates: each belongs to one assembly only.
            today: by default the current date in UTC.
            settings: by default nothing is decided.
        """
        self.templates = list(dict.fromkeys(templates))
        self.today = today or datetime.datetime.now(datetime.UTC).date()
        self.settings = settings or Settings()
        self.world = World()
        self.steps = 0
        self.children: dict[tuple[int, str], Template] = {}
        self._remembered: dict[Hashable, object] = {}
        self._by_type: dict[str, list[Resource]] = defaultdict(list)
        self._exports: dict[str, list[tuple[Template, Json]]] = defaultdict(list)
        self._by_stack_name: dict[str, list[Template]] = defaultdict(list)
        self._pointers: dict[tuple[str, ...], Pointers] = {}
        for template in self.templates:
            template.assembly = self
            if template.stack_name is not None:
                self._by_stack_name[template.stack_name].append(template)
            for kind, resources in template.by_type.items():
                self._by_type[kind] += resources
        self._link_nested_stacks()
        for template in self.templates:
            self._note_exports(template)
        self.forget()

    def forget(self) -> None:
        """Give the memory back in which answers are kept that hold in every world."""
        self._remembered.clear()
        self._pointers.clear()
        for template in self.templates:
            template.forget()

    @property
    def anchor(self) -> Resource | None:
        """The resource at which findings about the whole run stand."""
        return self.once("anchor", self._find_anchor)

    def _find_anchor(self) -> Resource | None:
        # By name, so that no verdict hangs on the order in which templates are given.
        ordered = sorted(self.templates, key=lambda one: one.name)
        return next((template.anchor for template in ordered if template.anchor is not None), None)

    @property
    def types(self) -> Iterable[str]:
        """The types of all resources."""
        return self._by_type.keys()

    def resources(self, *types: str) -> list[Resource]:
        """Return the resources of some types; ``"*"`` for all."""
        if "*" in types:
            types = tuple(self._by_type)
        elif self._by_type.keys().isdisjoint(types):  # Most rules are about types that a template has none of.
            return []
        return [resource for kind in types for resource in self._by_type.get(kind, [])]

    def export(self, name: str, importer: Template) -> tuple[Template, Json] | None:
        """Return the output exported under a name, in the importer's own account and Region if there are several."""
        found = self._exports.get(name, [])
        if len(found) > 1:
            place = (importer.account, importer.region)
            found = [export for export in found if (export[0].account, export[0].region) == place]
        return found[0] if len(found) == 1 else None

    def stack_output(
        self, stack_name: str, output: str, region: str | None, reader: Template
    ) -> tuple[Template, Json] | None:
        """Return an output of a stack that ``Fn::GetStackOutput`` asks for, if one stack alone can be meant.

        Args:
            stack_name: the name of the stack.
            output: the logical id of the output.
            region: where the stack is; None stands for the reader's own Region.
            reader: who asks.
        """
        wanted = region or reader.region
        found = [
            template
            for template in self._by_stack_name.get(stack_name, [])
            if wanted is None or template.region is None or template.region == wanted
        ]
        value = found[0].section("Outputs").get(output) if len(found) == 1 else None
        return (found[0], value["Value"]) if isinstance(value, dict) and "Value" in value else None

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
        if kind not in self._by_type:
            return [], []
        question = ("pointing_at", resource, kind, path)
        return self.once(question, lambda: self._pointing_at(resource, kind, path), of=resource.template)

    def _pointing_at(
        self, resource: Resource, kind: str, path: tuple[str, ...]
    ) -> tuple[list[Resource], list[Resource]]:
        key = (kind, *path)
        if key not in self._pointers:
            self._pointers[key] = Pointers(self.resources(kind), path)
        sure = [candidate for candidate in self._pointers[key].sure(resource) if candidate.exists]
        unsure: list[Resource] = []
        for candidate in self._pointers[key].candidates(resource):
            answers = [place.designates(resource) for place in candidate.each(*path)]
            if True in answers:
                if candidate.exists:
                    sure.append(candidate)
            elif None in answers and candidate.exists:
                unsure.append(candidate)
        return sure, unsure

    def once(self, question: Hashable, answer: Callable[[], T], *, of: Template | None = None) -> T:
        """Return what a pure function returns, without calling it again if the answer holds in every world.

        Args:
            question: what identifies the function and its arguments.
            answer: asks nothing but the templates and the world being judged.
            of: the template that the question is about, with which the answer is forgotten; it is of this assembly
                alone.
        """
        remembered = self._remembered if of is None else of.remembered
        if question in remembered:
            return cast(T, remembered[question])
        world = self.world
        asked = world.asked
        result = answer()
        if world.asked == asked:
            remembered[question] = result
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


def anchored(template: Template) -> Iterable[Resource]:
    """Return the one resource that a demand on the template itself is asked of; none of a template without any."""
    return () if template.anchor is None else (template.anchor,)


def _rank(resource: Resource) -> tuple[bool, bool, str]:
    return resource.type == "AWS::CDK::Metadata", "Condition" in resource.body, resource.logical_id


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, ValueError):  # No file can have such a name.
        return path


def _file_of_nested(stack: Resource) -> Path | None:
    known = stack.template.nested.get(stack.logical_id)
    path = stack.template.path
    asset = stack.attribute("Metadata").at("aws:asset:path").text or stack.at("TemplateURL").text
    if known is not None or path is None or asset is None or "://" in asset:
        return known
    return path.parent / asset
