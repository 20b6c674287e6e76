"""One template file, read or refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hipaa_constructs.loading import (
    LARGEST,
    Loaded,
    NotATemplate,
    UnusableTemplate,
    _yaml,
    load_file,
    parse,
)
from hipaa_constructs.loading._text import DEEPEST
from hipaa_constructs.rules._value import Json


def yaml_value(text: str) -> Json:
    """Parse a value as YAML, below the key Value of a template."""
    return parse(f"Resources: {{}}\nValue: {text}\n".encode(), "t", suffix=".yaml").body["Value"]


def refusal(content: str | bytes, suffix: str = ".json") -> str:
    """Return the line with which a text is refused."""
    encoded = content.encode() if isinstance(content, str) else content
    with pytest.raises(UnusableTemplate) as caught:
        parse(encoded, f"stack{suffix}", suffix=suffix)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("!Ref Key", {"Ref": "Key"}),
        ("!Condition IsProd", {"Condition": "IsProd"}),
        ("!GetAtt Key.Arn", {"Fn::GetAtt": ["Key", "Arn"]}),
        ("!GetAtt Nested.Outputs.Arn", {"Fn::GetAtt": ["Nested", "Outputs.Arn"]}),
        ("!GetAtt [Key, Arn]", {"Fn::GetAtt": ["Key", "Arn"]}),
        ("!Sub '${A}-b'", {"Fn::Sub": "${A}-b"}),
        ("!Sub ['${A}', {A: !Ref B}]", {"Fn::Sub": ["${A}", {"A": {"Ref": "B"}}]}),
        ("!If [C, 1, !Ref AWS::NoValue]", {"Fn::If": ["C", 1, {"Ref": "AWS::NoValue"}]}),
        ("!Join ['', [a, !Ref B]]", {"Fn::Join": ["", ["a", {"Ref": "B"}]]}),
        ("!Select [0, !GetAZs '']", {"Fn::Select": [0, {"Fn::GetAZs": ""}]}),
        ("!Split [',', a]", {"Fn::Split": [",", "a"]}),
        ("!FindInMap [M, k, v]", {"Fn::FindInMap": ["M", "k", "v"]}),
        ("!ImportValue X", {"Fn::ImportValue": "X"}),
        ("!Base64 true", {"Fn::Base64": "true"}),
        ("!Cidr [a, 1, 8]", {"Fn::Cidr": ["a", 1, 8]}),
        ("!Equals [a, b]", {"Fn::Equals": ["a", "b"]}),
        ("!Not [!Condition C]", {"Fn::Not": [{"Condition": "C"}]}),
        ("!And [a]", {"Fn::And": ["a"]}),
        ("!Or [a]", {"Fn::Or": ["a"]}),
        ("!Transform {Name: N}", {"Fn::Transform": {"Name": "N"}}),
        ("!Length [a]", {"Fn::Length": ["a"]}),
        ("!ToJsonString {a: b}", {"Fn::ToJsonString": {"a": "b"}}),
    ],
)
def test_a_short_tag_means_its_long_form(short: str, long: Json) -> None:
    assert yaml_value(short) == long


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2012-10-17", "2012-10-17"),
        ("2001-12-14t21:59:43.10-05:00", "2001-12-14t21:59:43.10-05:00"),
        ("0755", "0755"),
        ("22:22", "22:22"),
        ("123456789012", 123456789012),
        ("-1", -1),
        ("1.5", 1.5),
        ("yes", True),
        ("Off", False),
        ("~", None),
        ("'true'", "true"),
        ("!!str 5", "5"),
        ("!!int '5'", 5),
    ],
)
def test_a_plain_word_means_what_cloudformation_takes_it_for(text: str, value: Json) -> None:
    assert yaml_value(text) == value


def test_a_key_of_yaml_is_text() -> None:
    assert yaml_value("{80: a, yes: b, 2012-10-17: c}") == {
        "80": "a",
        "yes": "b",
        "2012-10-17": "c",
    }


def test_an_alias_means_what_its_anchor_holds() -> None:
    assert yaml_value("[&a {k: v}, *a]") == [{"k": "v"}, {"k": "v"}]


def test_a_merge_gives_way_to_a_key_of_its_own() -> None:
    assert yaml_value("[&a {k: 1, l: 2}, {<<: *a, k: 3}]") == [{"k": 1, "l": 2}, {"k": 3, "l": 2}]


def test_yaml_reads_the_same_without_the_c_library(monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    text = "Resources: {A: {Type: T, Version: 2012-10-17, Key: !GetAtt B.C, On: true, '5': ''}}"
    fast = parse(text.encode(), "t", suffix=".yaml").body
    monkeypatch.setattr(_yaml, "_LOADER", yaml.SafeLoader)
    assert parse(text.encode(), "t", suffix=".yaml").body == fast


JSON = b"""{
 "Resources": {
  "A": {
   "Type": "AWS::S3::Bucket",
   "Properties": {"Tags": [
    {"Key": "a"},
    {"Key": "b"}
   ]}
  }
 }
}
"""
YAML = b"""Resources:
  A:
    Type: AWS::S3::Bucket
    Properties:
      Tags:
        - Key: a
        - Key: b
      BucketName: !Sub
        - x
        - {}
"""


def loaded(content: bytes) -> Loaded:
    """Parse a template in whichever language it is."""
    return parse(content, "t")


@pytest.mark.parametrize(
    ("content", "keys", "line"),
    [
        (JSON, (), 1),
        (JSON, ("Resources", "A"), 3),
        (JSON, ("Resources", "A", "Properties", "Tags", 1, "Key"), 7),
        (JSON, ("Resources", "A", "Properties", "Absent", "Deeper"), 5),
        (JSON, ("Resources", "A", "Type", 0, "x"), 4),
        (YAML, (), 1),
        (YAML, ("Resources", "A"), 2),
        (YAML, ("Resources", "A", "Properties", "Tags", 1, "Key"), 7),
        (YAML, ("Resources", "A", "Properties", "Absent"), 4),
        (YAML, ("Resources", "A", "Properties", "BucketName", "Fn::Sub"), 8),
        (YAML, ("Resources", "A", "Type", 0, "x"), 3),
    ],
)
def test_a_place_has_the_line_of_its_nearest_key(content: bytes, keys: tuple[str | int, ...], line: int) -> None:
    assert loaded(content).line_of(keys) == line


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert loaded(b"\xef\xbb\xbf" + JSON).body["Resources"]


def test_a_json_file_is_told_by_its_text_where_its_name_says_nothing() -> None:
    assert parse(JSON, "a.template", suffix=".template").line_of(("Resources",)) == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "stack.json: is empty"),
        (" \n ", "stack.json: is empty"),
        ('{\n "Resources": {,}\n}', "stack.json:2:16: broken JSON: "),
        ('{"Resources": {}', "stack.json:1:17: broken JSON: expecting ',' delimiter"),
        ("{} {}", "stack.json:1:4: broken JSON: extra data"),
        (
            '{"Resources": {\n "A": 1,\n "A": 2}}',
            'stack.json:3:2: broken JSON: the key "A" stands here a second time',
        ),
        ('{"A": ["B", "B"],\n "\\u0041": 1}', "stack.json:2:2: broken JSON: the key"),
        ('{"Resources": {}, "a": NaN}', "stack.json:1:24: broken JSON: NaN is no JSON value"),
        ('{"Resources": ' + "1" * 5000 + "}", "broken JSON: a number has thousands of digits"),
        ("[]", "stack.json: is not a CloudFormation template: it has no Resources"),
        ('"Resources"', "is not a CloudFormation template"),
        ('{"Resources": []}', "stack.json:1: is not a CloudFormation template: its Resources"),
        (b"\x89PNG\r\n\x1a\n", "stack.json: is not UTF-8 text: byte 0x89 at 0"),
        ("{}".encode("utf-16"), "is not UTF-8 text: byte 0xff at 0"),
        (b'{"a": "\0"}', "is not text: a zero byte at 7"),
        ('{"Resources": ' + "[" * 500 + "]" * 500 + "}", f"nested deeper than {DEEPEST} levels"),
        ("[" * 200_000, f"nested deeper than {DEEPEST} levels"),
    ],
)
def test_unusable_json_is_refused_with_its_place(content: str | bytes, said: str) -> None:
    assert said in refusal(content)


BOMB = "a0: &a0 [xxxxxxxxxx]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Resources: [", "stack.yaml:2:1: broken YAML: "),
        ("a: b: c", "stack.yaml:1:5: broken YAML: mapping values are not allowed"),
        ("a: 1\nb: \x01", "stack.yaml:2:4: broken YAML: "),
        ("a: 1\nb: 2\na: 3", "stack.yaml:3:1: broken YAML: the key 'a' stands here a second"),
        ("a: !!python/object/apply:os.system [x]", "stack.yaml:1:4: broken YAML: the tag !!python"),
        ("a: !<tag:example.org> x", "the tag tag:example.org is none of CloudFormation's"),
        ("a: *nothing", "stack.yaml:1:4: broken YAML: the alias *nothing has no anchor"),
        ("a: &a [*a]", "stack.yaml:1:8: broken YAML: the alias *a stands inside its own anchor"),
        (BOMB, "broken YAML: its aliases expand to more than 10 MiB"),
        ("? [a]\n: b", "stack.yaml:1:3: broken YAML: a list or mapping can't be a key"),
        ("a: {<<: 5}", "only mappings can be merged"),
        ("Resources: {}\n---\na: 1", "stack.yaml:2:1: it has several YAML documents"),
        ("just text", "is not a CloudFormation template"),
        ("# nothing", "is not a CloudFormation template"),
        ("a: " + "[" * 200_000, f"nested deeper than {DEEPEST} levels"),
        ("{a: " * 5_000, f"nested deeper than {DEEPEST} levels"),
    ],
)
def test_unusable_yaml_is_refused_with_its_place(content: str, said: str) -> None:
    assert said in refusal(content, ".yaml")


def test_anchors_can_not_add_up_to_more_levels_than_are_read() -> None:
    text = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [[[*a{n - 1}]]]\n" for n in range(1, 60))
    assert f"nested deeper than {DEEPEST} levels" in refusal(text, ".yaml")


def test_a_file_of_other_yaml_documents_is_no_template() -> None:
    with pytest.raises(NotATemplate):
        parse(b"kind: Pod\n---\nkind: Pod\n", "k8s.yaml", suffix=".yaml")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnusableTemplate, match=r"^gone\.json: can't be read: no such file"):
        load_file(tmp_path / "gone.json", "gone.json")


def test_a_large_file_is_refused_without_being_read(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(UnusableTemplate, match=r"is larger than 5 MiB"):
        load_file(large, "large.json")


def test_a_file_of_the_largest_size_is_read(tmp_path: Path) -> None:
    content = json.dumps({"Resources": {}}).encode()
    (tmp_path / "a.json").write_bytes(content + b" " * (LARGEST - len(content)))
    assert load_file(tmp_path / "a.json", "a.json").body == {"Resources": {}}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_named_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(UnusableTemplate, match=r"is not a regular file"):
        load_file(tmp_path / "pipe.json", "pipe.json")


def test_a_symlink_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop.json").symlink_to("loop.json")
    with pytest.raises(UnusableTemplate, match=r"can't be read: "):
        load_file(tmp_path / "loop.json", "loop.json")


def test_reading_json_does_not_import_yaml() -> None:
    code = (
        "import sys; from hipaa_constructs.loading import parse; "
        "parse(b'{\"Resources\": {}}', 'a'); sys.exit('yaml' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
