"""What a change adds and takes away."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from hipaa_constructs.rules._value import Json
from tests.unit._commands import Done, bucket, run, waiver, write_template

ROOT = Path(__file__).parents[2]
PARAMETER: Json = {"Any": {"Type": "String"}}
UNKNOWN: Json = {"Ref": "Any"}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    # One rule alone, so that what is said is all that is to be said.
    others = run("rules", "--format", "json").out
    skipped = [one["id"] for one in json.loads(others) if one["waivable"] and one["id"] != "S3BucketVersioned"]
    lines = [f'{rule} = "not the subject"' for rule in skipped]
    Path("pyproject.toml").write_text("\n".join(["[tool.hipaa-constructs.skip]", *lines]))


def diff(old: Json, new: Json, *arguments: str) -> Done:
    """Compare two templates of one bucket each; None is a template without it."""
    for name, one in (("old.json", old), ("new.json", new)):
        write_template(name, {} if one is None else {"It": one}, Parameters=PARAMETER)
    return run("diff", "old.json", "new.json", *arguments)


def lines(done: Done) -> list[str]:
    """Return what is said below a resource, without the counts."""
    return [line.strip() for line in done.out.splitlines() if line.startswith("    ") and "every bucket" not in line]


MET, BROKEN, UNDECIDED, WAIVED = (
    bucket("Enabled"),
    bucket("Suspended"),
    bucket(UNKNOWN),
    bucket("Suspended", Metadata=waiver()),
)
FOUND = "VersioningConfiguration.Status: Suspended"
HIDDEN = 'VersioningConfiguration.Status: {"Ref": "Any"} is known at deployment only'


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (MET, BROKEN, f"lost      S3BucketVersioned  met → broken: {FOUND}"),
        (MET, UNDECIDED, f"lost      S3BucketVersioned  met → undecided: {HIDDEN}"),
        (None, BROKEN, f"found     S3BucketVersioned  not asked → broken: {FOUND}"),
        (WAIVED, BROKEN, f"found     S3BucketVersioned  waived → broken: {FOUND}"),
        (UNDECIDED, BROKEN, f"worse     S3BucketVersioned  undecided → broken: {FOUND}"),
        (BROKEN, UNDECIDED, f"eased     S3BucketVersioned  broken → undecided: {HIDDEN}"),
        (BROKEN, WAIVED, f"excused   S3BucketVersioned  broken → waived: {FOUND}"),
        (MET, WAIVED, f"lost      S3BucketVersioned  met → waived: {FOUND}"),
        (BROKEN, MET, "gained    S3BucketVersioned"),
        (UNDECIDED, MET, "gained    S3BucketVersioned"),
        (WAIVED, MET, "gained    S3BucketVersioned"),
        (None, MET, "gained    S3BucketVersioned"),
        (MET, None, "gone      S3BucketVersioned"),
        (BROKEN, None, "cleared   S3BucketVersioned"),
        (WAIVED, None, "cleared   S3BucketVersioned"),
    ],
)
def test_a_change_is_called_what_it_is(old: Json, new: Json, said: str) -> None:
    assert lines(diff(old, new))[0] == said


def test_what_has_not_changed_is_not_told() -> None:
    assert diff(BROKEN, BROKEN).out == "No safeguard has changed.\n"


@pytest.mark.parametrize(
    ("old", "new", "fate"), [(None, MET, "added"), (MET, None, "removed"), (MET, BROKEN, "changed")]
)
def test_a_resource_is_said_to_come_to_go_or_to_change(old: Json, new: Json, fate: str) -> None:
    assert f"  It  AWS::S3::Bucket  ({fate})\n" in diff(old, new).out


def test_a_resource_with_another_id_is_another_resource() -> None:
    write_template("old.json", {"A": MET})
    write_template("new.json", {"B": MET})
    out = run("diff", "old.json", "new.json").out
    assert "  B  AWS::S3::Bucket  (added)\n    gained  " in out
    assert "  A  AWS::S3::Bucket  (removed)\n    gone  " in out


def test_a_resource_of_another_type_is_another_resource() -> None:
    out = diff(MET, {"Type": "AWS::SQS::Queue"}).out
    assert "  It  AWS::S3::Bucket  (removed)\n" in out


def test_waivers_that_come_and_go_are_told_with_their_terms() -> None:
    other = bucket("Suspended", Metadata=waiver(expires="2998-01-01", reason="still scratch data"))
    assert lines(diff(WAIVED, other)) == [
        "waiver added: S3BucketVersioned until 2998-01-01, approved by CISO: still scratch data",
        "waiver removed: S3BucketVersioned until 2999-12-31, approved by CISO: scratch data",
    ]


def test_a_waiver_that_excuses_nothing_is_told() -> None:
    unused = bucket("Enabled", Metadata=waiver())
    assert lines(diff(MET, unused))[0].startswith("found     WaiverUsed  not asked → broken: ")


def test_a_waiver_of_use_is_no_safeguard_that_is_gained() -> None:
    assert "WaiverUsed" not in diff(BROKEN, WAIVED).out


def test_the_changes_are_counted() -> None:
    write_template("old.json", {"A": MET, "B": BROKEN, "C": MET})
    write_template("new.json", {"A": BROKEN, "B": MET, "D": WAIVED})
    counts = "1 lost, 1 excused, 1 gone, 1 gained, 1 waiver added\n"
    assert counts in run("diff", "old.json", "new.json").out


@pytest.mark.parametrize(
    ("old", "new", "never", "lost", "finding"),
    [
        (MET, BROKEN, 0, 1, 1),
        (MET, UNDECIDED, 0, 1, 1),
        (MET, WAIVED, 0, 0, 0),
        (MET, None, 0, 0, 0),
        (None, BROKEN, 0, 0, 1),
        (UNDECIDED, BROKEN, 0, 0, 1),
        (WAIVED, BROKEN, 0, 0, 1),
        (BROKEN, UNDECIDED, 0, 0, 0),
        (BROKEN, MET, 0, 0, 0),
    ],
)
def test_the_status_is_what_is_asked_to_fail(old: Json, new: Json, never: int, lost: int, finding: int) -> None:
    statuses = [diff(old, new, "--fail-on", what).status for what in ("never", "lost", "finding")]
    assert statuses == [never, lost, finding]


def test_by_default_a_change_fails_nothing() -> None:
    assert diff(MET, BROKEN).status == 0


def test_folders_are_compared_by_where_files_lie_in_them() -> None:
    for folder, one in (("old", MET), ("new", BROKEN)):
        write_template(f"{folder}/a/x.json", {"It": one})
        write_template(f"{folder}/b/x.json", {"It": MET})
    out = run("diff", "old", "new").out
    assert out.startswith("new/a/x.json\n")
    assert "(added)" not in out
    assert "new/b/x.json" not in out


def test_stacks_are_compared_by_their_names() -> None:
    for folder, one in (("old", MET), ("new", BROKEN)):
        for stack, state in (("Portal", one), ("Edge", MET)):
            write_template(f"{folder}/{stack}-{folder}.json", {"It": state})
        artifacts: Json = {
            stack: {
                "type": "aws:cloudformation:stack",
                "environment": "aws://unknown-account/unknown-region",
                "properties": {"templateFile": f"{stack}-{folder}.json"},
            }
            for stack in ("Portal", "Edge")
        }
        Path(folder, "manifest.json").write_text(json.dumps({"version": "55.0.0", "artifacts": artifacts}))
    out = run("diff", "old", "new").out
    assert (out.count("(changed)"), out.count("(added)"), out.count("(removed)")) == (1, 0, 0)


def test_nested_templates_of_one_template_are_compared_by_the_stack_they_are_nested_in() -> None:
    for folder, one in (("old", MET), ("new", BROKEN)):
        nested: Json = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": f"in-{folder}.json"}}
        write_template(f"{folder}/{folder}.json", {"Inner": nested})
        write_template(f"{folder}/in-{folder}.json", {"It": one})
    out = run("diff", "old/old.json", "new/new.json").out
    assert "  It  AWS::S3::Bucket  (changed)\n    lost  " in out


@pytest.mark.parametrize("arguments", [("gone.json", "new.json"), ("new.json", "gone.json")])
def test_what_can_not_be_judged_is_not_taken_for_what_is_gone(arguments: tuple[str, str]) -> None:
    write_template("new.json", {"It": MET})
    done = run("diff", *arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err == "error: gone.json: can't be read: no such file or directory\n"


def test_the_changes_can_be_written_to_a_file() -> None:
    assert diff(MET, BROKEN, "--output", "out.txt").out == ""
    assert "lost      S3BucketVersioned" in Path("out.txt").read_text()


def markdown(old: Json, new: Json) -> str:
    """Compare two templates of one bucket each, in Markdown."""
    return diff(old, new, "--format", "markdown").out


def test_markdown_has_a_table_a_template() -> None:
    url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html"
    assert markdown(MET, BROKEN) == (
        "### HIPAA safeguards\n\n1 lost.\n\n#### `new.json`\n\n"
        "| Resource | Change | Safeguard | What is found |\n| --- | --- | --- | --- |\n"
        f"| `It` `AWS::S3::Bucket` changed | **lost** | [S3BucketVersioned]({url}): every bucket keeps old versions of "
        "its objects | `met → broken: VersioningConfiguration.Status: Suspended` |\n\n"
        "What is met is evidence that supports the paragraphs cited; it settles none of them.\n"
    )


def test_markdown_says_so_when_nothing_has_changed() -> None:
    assert markdown(MET, MET) == "### HIPAA safeguards\n\nNo safeguard has changed.\n"


def test_markdown_lists_what_is_gained_in_one_row() -> None:
    rows = [line for line in markdown(None, MET).splitlines() if line.startswith("| `It`")]
    assert rows == [
        "| `It` `AWS::S3::Bucket` added | gained | [S3BucketVersioned]"
        "(https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html) |  |"
    ]


def test_markdown_tells_of_waivers() -> None:
    terms = "`S3BucketVersioned until 2999-12-31, approved by CISO: scratch data`"
    assert f"|  | waiver added | S3BucketVersioned | {terms} |\n" in markdown(BROKEN, WAIVED)


@pytest.mark.parametrize(
    "evil", ["a | b", "`` x `", "<img src=x>", "@everyone", "[x](http://e)", "a\nb | c", "\x1b[2J"]
)
def test_no_text_of_a_template_is_markdown(evil: str) -> None:
    table = [line for line in markdown(MET, bucket(evil)).splitlines() if line.startswith("| `It`")]
    (row,) = table
    cells = re.split(r"(?<!\\)\|", row)
    assert len(cells) == 6
    found = re.fullmatch(r" (`+)(.*?)\1 ", cells[4])
    assert found is not None
    assert found[1] not in re.findall("`+", found[2])
    assert "\x1b" not in row


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_no_comparison_claims_that_anything_complies(form: str) -> None:
    assert not re.search(r"(?i)\bcompl(y|ies|iant)\b", diff(MET, BROKEN, "--format", form).out)


SECRET: Json = {"Type": "String", "Default": "hunter2"}


def diff_of_sections(old: Json, new: Json, *resources: str) -> Done:
    """Compare two templates with other parameters, of which the second has more resources."""
    Path("pyproject.toml").unlink()
    write_template("old.json", {"It": bucket()}, Parameters=old)
    write_template("new.json", {"It": bucket(), **dict.fromkeys(resources, bucket())}, Parameters=new)
    return run("diff", "old.json", "new.json", "--fail-on", "finding")


def said_of_secrets(done: Done) -> list[str]:
    return [line.split()[0] for line in done.out.splitlines() if "TemplateWithoutSecrets" in line]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ({}, {"APassword": SECRET}, ["lost"]),
        ({"APassword": SECRET}, {"APassword": SECRET, "BPassword": SECRET}, ["found"]),
        ({"APassword": SECRET}, {"BPassword": SECRET}, ["found"]),
        ({"APassword": SECRET, "BPassword": SECRET}, {"APassword": SECRET}, []),
        ({"APassword": SECRET}, {"APassword": SECRET}, []),
        ({"APassword": SECRET}, {}, ["gained"]),
    ],
    ids=["first", "second", "another", "fewer", "same", "none"],
)
def test_what_is_found_of_a_template_is_compared_thing_by_thing(old: Json, new: Json, said: list[str]) -> None:
    assert said_of_secrets(diff_of_sections(old, new)) == said


def test_a_resource_that_comes_first_changes_nothing_that_is_found_of_the_template() -> None:
    parameters: Json = {"APassword": SECRET}
    assert said_of_secrets(diff_of_sections(parameters, parameters, "Another")) == []
