"""An emulated AWS for each module of tests, which finds it empty."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.emulated._cloud import Cloud, running_cloud


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with running_cloud(tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud
