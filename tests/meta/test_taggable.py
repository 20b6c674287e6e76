"""The list of types that take tags is what the resource schemas say."""

from tools.taggable import TARGET, written


def test_the_list_is_fresh() -> None:
    assert TARGET.read_text("utf-8") == written(), "run python -m tools.taggable"
