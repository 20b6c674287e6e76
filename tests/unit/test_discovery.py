"""From paths to templates."""

from __future__ import annotations

import gc
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hipaa_constructs.loading import Found, Source, UnusableTemplate, discover, load_stacks
from hipaa_constructs.rules import Assembly
from hipaa_constructs.rules._value import Json

BUCKET: dict[str, Json] = {"Type": "AWS::S3::Bucket"}
HASH = "28b60bdb73380e23fa812225a0dbbb2c24cdcb43779ba1052f576f09c26a3ee1"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(path: str, content: Json | str) -> str:
    """Write a file with its folders; return the path."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def template(path: str, **resources: Json) -> str:
    """Write a template of some resources, or of a bucket."""
    return write(path, {"Resources": resources or {"Records": BUCKET}})


def stack(file: str, environment: str = "aws://123456789012/eu-west-1") -> Json:
    """Return the artifact of a stack."""
    return {
        "type": "aws:cloudformation:stack",
        "environment": environment,
        "properties": {"templateFile": file},
    }


def stage(directory: str) -> Json:
    """Return the artifact of a stage."""
    return {"type": "cdk:cloud-assembly", "properties": {"directoryName": directory}}


def manifest(folder: str, **artifacts: Json) -> None:
    """Write the manifest of a cloud assembly."""
    write(f"{folder}/manifest.json", {"version": "55.0.0", "artifacts": artifacts})


def names(found: Found) -> list[str]:
    """Return what the templates found are called."""
    return [one.name for one in found.templates]


def said(found: Found) -> list[str]:
    """Return the problems found as a user reads them."""
    return [str(problem) for problem in found.problems]


def test_a_file_is_called_as_the_user_would_write_it(tmp_path: Path) -> None:
    template("stacks/a.json")
    assert names(discover([str(tmp_path / "stacks" / "a.json")])) == ["stacks/a.json"]


def test_a_file_outside_the_working_folder_keeps_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template("a.json")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir("work")
    assert names(discover(["../a.json"])) == ["../a.json"]


def test_a_file_named_twice_is_loaded_once() -> None:
    template("a.json")
    Path("link.json").symlink_to("a.json")
    assert names(discover(["a.json", "./a.json", "a.json", "link.json", "."])) == ["a.json"]


def test_a_folder_gives_its_templates_of_every_spelling() -> None:
    for name in ("b.json", "sub/a.template", "sub/c.TEMPLATE.JSON"):
        template(name)
    write("d.yaml", "Resources: {}")
    write("e.yml", "Resources: {}")
    assert names(discover(["."])) == [
        "b.json",
        "d.yaml",
        "e.yml",
        "sub/a.template",
        "sub/c.TEMPLATE.JSON",
    ]


def test_other_files_of_a_folder_are_passed_over() -> None:
    template("a.json")
    write("settings.json", {"a": 1})
    write("list.yaml", "- a")
    write("pods.yaml", "kind: Pod\n---\nkind: Pod\n")
    write("package.json", "{broken")
    write("readme.md", "# no")
    found = discover(["."])
    assert (names(found), said(found)) == (["a.json"], [])


@pytest.mark.parametrize("folder", [".hidden", "node_modules", "asset.0123", "__pycache__"])
def test_folders_of_other_things_are_not_entered(folder: str) -> None:
    template("a.json")
    template(f"{folder}/b.json")
    assert names(discover(["."])) == ["a.json"]


def test_a_broken_file_of_a_folder_is_told_beside_the_others() -> None:
    template("a.json")
    write("b.json", "{broken")
    template("c.json")
    found = discover(["."])
    assert names(found) == ["a.json", "c.json"]
    assert [line.partition(" JSON")[0] for line in said(found)] == ["b.json:1:2: broken"]


def test_a_folder_without_templates_is_a_problem() -> None:
    write("sub/settings.json", {"a": 1})
    assert said(discover(["sub"])) == ["sub: is a folder without templates"]


def test_a_folder_of_templates_named_before_is_no_problem() -> None:
    template("sub/a.json")
    assert said(discover(["sub/a.json", "sub"])) == []


def test_a_named_file_that_is_no_template_is_a_problem() -> None:
    write("settings.json", {"a": 1})
    assert "settings.json: is not a CloudFormation template" in said(discover(["settings.json"]))[0]


def test_a_missing_path_is_a_problem() -> None:
    assert said(discover(["gone"])) == ["gone: can't be read: no such file or directory"]


def test_an_empty_path_is_a_problem_and_not_the_working_folder() -> None:
    template("a.json")
    found = discover([""])
    assert (names(found), said(found)) == ([], ['"": is no path'])


def test_folders_that_link_to_one_another_are_entered_once() -> None:
    template("sub/a.json")
    Path("sub/up").symlink_to("..")
    Path("self").symlink_to("self")
    assert names(discover(["."])) == ["sub/a.json"]


def test_the_standard_input_is_read() -> None:
    found = discover(["-"], stdin=io.BytesIO(b"Resources: {A: {Type: T}}"))
    assert (names(found), list(found.templates[0].resources)) == (["<stdin>"], ["A"])


def test_an_assembly_gives_its_stacks_with_their_environments() -> None:
    manifest("cdk.out", A=stack("A.template.json"), B=stack("B.template.json", "aws://u/v"))
    template("cdk.out/A.template.json")
    template("cdk.out/B.template.json")
    template("cdk.out/Stale.template.json")
    found = discover(["cdk.out"]).templates
    assert [(t.name, t.account, t.region) for t in found] == [
        ("cdk.out/A.template.json", "123456789012", "eu-west-1"),
        ("cdk.out/B.template.json", "u", "v"),
    ]


def test_a_stack_is_known_by_its_name_or_else_by_the_id_of_its_artifact() -> None:
    named: Json = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://1/eu-west-1",
        "properties": {"templateFile": "B.json", "stackName": "Records"},
    }
    manifest("cdk.out", A=stack("A.json"), B=named)
    template("cdk.out/A.json")
    template("cdk.out/B.json")
    assert [one.stack_name for one in discover(["cdk.out"]).templates] == ["A", "Records"]


def test_an_environment_that_the_cdk_does_not_know_is_none() -> None:
    manifest("cdk.out", A=stack("A.json", "aws://unknown-account/unknown-region"))
    template("cdk.out/A.json")
    found = discover(["cdk.out"]).templates[0]
    assert (found.account, found.region) == (None, None)


def test_an_assembly_gives_the_stacks_of_its_stages() -> None:
    manifest("cdk.out", S=stage("assembly-S"), Loop=stage("."))
    manifest("cdk.out/assembly-S", T=stage("assembly-T"), Loop=stage(".."))
    manifest("cdk.out/assembly-S/assembly-T", A=stack("A.json"))
    template("cdk.out/assembly-S/assembly-T/A.json")
    assert names(discover(["cdk.out"])) == ["cdk.out/assembly-S/assembly-T/A.json"]


def test_an_assembly_inside_a_folder_is_read_as_one() -> None:
    manifest("app/cdk.out", A=stack("A.json"))
    template("app/cdk.out/A.json")
    assert discover(["."]).templates[0].region == "eu-west-1"


def test_a_stack_whose_template_is_gone_is_a_problem() -> None:
    manifest("cdk.out", A=stack("A.json"), B=stack("B.json"))
    template("cdk.out/B.json")
    found = discover(["cdk.out"])
    assert names(found) == ["cdk.out/B.json"]
    assert said(found) == ["cdk.out/A.json: can't be read: no such file or directory"]


def test_a_stage_without_a_manifest_is_a_problem() -> None:
    manifest("cdk.out", S=stage("assembly-S"))
    expected = "cdk.out/assembly-S: is a stage without a manifest of stacks"
    assert said(discover(["cdk.out"])) == [expected]


def test_a_broken_manifest_is_told_and_the_folder_read_as_any_other() -> None:
    write("cdk.out/manifest.json", "{")
    template("cdk.out/A.json")
    found = discover(["cdk.out"])
    assert names(found) == ["cdk.out/A.json"]
    assert said(found)[0].startswith("cdk.out/manifest.json:1:2: broken JSON")


def test_an_assembly_without_stacks_is_a_folder_without_templates() -> None:
    manifest("cdk.out")
    assert said(discover(["cdk.out"])) == ["cdk.out: is a folder without templates"]


def by_metadata(file: str) -> Json:
    """Return a nested stack as the CDK's command line has it written."""
    return {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": {"Fn::Sub": "https://x/y.json"}},
        "Metadata": {"aws:asset:path": file},
    }


BY_URL: Json = {
    "Type": "AWS::CloudFormation::Stack",
    "Properties": {"TemplateURL": "./nested.json"},
}
BY_HASH: Json = {
    "Type": "AWS::CloudFormation::Stack",
    "Properties": {"TemplateURL": {"Fn::Join": ["", ["https://s3/", f"/{HASH}.json"]]}},
}


@pytest.mark.parametrize("nested", [by_metadata("nested.json"), BY_URL, BY_HASH])
def test_a_nested_stack_is_found_and_belongs_to_its_parent(nested: Json) -> None:
    template("out/a.json", Nested=nested)
    template("out/nested.json")
    write("out/a.assets.json", {"files": {HASH: {"source": {"path": "nested.json"}}}})
    found = discover(["out/a.json"]).templates
    Assembly(found)
    assert [t.name for t in found] == ["out/a.json", "out/nested.json"]
    assert found[1].parent is found[0].resources["Nested"]


def test_a_nested_stack_is_deployed_where_its_parent_is() -> None:
    manifest("cdk.out", A=stack("A.json"))
    template("cdk.out/A.json", Nested=by_metadata("n.json"))
    template("cdk.out/n.json")
    assert discover(["cdk.out"]).templates[1].region == "eu-west-1"


def test_a_template_nested_twice_belongs_to_neither_parent() -> None:
    template("a.json", One=by_metadata("n.json"), Two=by_metadata("n.json"))
    template("n.json")
    found = discover(["a.json"]).templates
    Assembly(found)
    assert [t.parent for t in found] == [None, None]


def test_stacks_nested_in_one_another_are_loaded_once() -> None:
    template("a.json", Nested=by_metadata("b.json"))
    template("b.json", Nested=by_metadata("a.json"))
    assert names(discover(["a.json"])) == ["a.json", "b.json"]


def test_a_nested_template_that_is_gone_is_a_problem() -> None:
    template("a.json", Nested=by_metadata("gone.json"))
    assert said(discover(["a.json"])) == ["gone.json: can't be read: no such file or directory"]


def test_a_nested_template_elsewhere_is_left_alone() -> None:
    url: Json = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": "https://s3.amazonaws.com/b/t.json"},
    }
    template("a.json", Nested=url)
    assert said(discover(["a.json"])) == []


def test_progress_counts_the_files() -> None:
    template("a.json")
    template("b.json")
    seen: list[tuple[int, int]] = []
    discover(["."], progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]


def test_the_stacks_of_a_synthesis_are_loaded_with_what_is_nested() -> None:
    template("a.json", Nested=by_metadata("n.json"))
    template("n.json")
    found = load_stacks([Source.of_stack(Path("a.json"), "unknown-account", "eu-west-1", "A")])
    assert [(t.name, t.account, t.region) for t in found] == [
        ("a.json", None, "eu-west-1"),
        ("n.json", None, "eu-west-1"),
    ]


def test_the_manifest_tells_whether_a_stack_is_protected_and_how_it_is_tagged() -> None:
    for name in "ABC":
        template(f"cdk.out/{name}.json", Nested=by_metadata("n.json"))
    template("cdk.out/n.json")
    properties: dict[str, Json] = {"templateFile": "A.json", "terminationProtection": True, "tags": {"owner": "x"}}
    kind: dict[str, Json] = {"type": "aws:cloudformation:stack", "environment": "aws://1/us-east-1"}
    odd: Json = {"templateFile": "C.json", "terminationProtection": "yes", "tags": ["x"]}
    manifest("cdk.out", A={**kind, "properties": properties}, B=stack("B.json"), C={**kind, "properties": odd})
    found = discover(["cdk.out"]).templates
    assert [(one.path.name if one.path else "", one.termination_protection, one.stack_tags) for one in found] == [
        ("A.json", True, {"owner"}),
        ("n.json", None, {"owner"}),
        ("B.json", False, frozenset()),
        ("C.json", False, frozenset()),
    ]


def test_of_a_bare_template_nobody_knows_whether_it_is_protected() -> None:
    template("a.json")
    (found,) = discover(["a.json"]).templates
    assert (found.termination_protection, found.stack_tags) == (None, frozenset())


def test_an_empty_stack_of_a_synthesis_is_nothing_to_judge() -> None:
    Path("empty.json").write_text("{}", encoding="utf-8")
    template("full.json")
    found = load_stacks([Source.of_stack(Path(name), None, None, None) for name in ("empty.json", "full.json")])
    assert [one.name for one in found] == ["full.json"]


def test_a_synthesis_that_can_not_be_read_is_refused() -> None:
    with pytest.raises(UnusableTemplate, match=r"gone\.json"):
        load_stacks([Source.of_stack(Path("gone.json"), None, None, None)])


def test_garbage_is_collected_after_loading_as_before() -> None:
    seen: list[bool] = []
    before = gc.isenabled()
    gc.enable()
    discover([template("one.json")], progress=lambda *_: seen.append(gc.isenabled()))
    after = [gc.isenabled()]

    def stacks() -> Iterator[Source]:
        seen.append(gc.isenabled())
        yield Source.of_stack(Path("one.json"), None, None, None)

    load_stacks(stacks())
    after.append(gc.isenabled())
    (gc.enable if before else gc.disable)()
    assert (seen, after) == ([False, False], [True, True])


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may enter every folder")
def test_a_folder_that_may_not_be_entered_is_a_problem() -> None:
    Path("closed").mkdir(mode=0)
    assert said(discover(["closed"])) == ["closed: can't be read: permission denied"]
