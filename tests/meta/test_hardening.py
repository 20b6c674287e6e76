"""CloudFormation's schemas agree with what hardening takes for changeable."""

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from hipaa_constructs.services import _hardening as table


@pytest.mark.parametrize(
    ("kind", "setting"), [(kind, one) for kind, several in table.SETTINGS.items() for one in several]
)
def test_what_is_set_replaces_nothing(kind: str, setting: table.Setting) -> None:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    place = f"/properties/{setting.path.replace('.', '/')}"
    assert place not in schema.get("createOnlyProperties", [])
    # What replaces on conditions is left alone under these.
    assert place not in schema.get("conditionalCreateOnlyProperties", []) or setting.unless


@pytest.mark.parametrize(
    ("kind", "lasting"), [(kind, one) for kind, several in table.LASTING.items() for one in several]
)
def test_what_is_named_as_lasting_can_not_be_changed(kind: str, lasting: table.Lasting) -> None:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    assert f"/properties/{lasting.path}" in schema["createOnlyProperties"]
