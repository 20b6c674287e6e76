from typing import TypedDict

class _Body(TypedDict, total=False):
    createOnlyProperties: list[str]
    conditionalCreateOnlyProperties: list[str]

class Schema:
    schema: _Body

class ProviderSchemaManager:
    def get_resource_schema(self, region: str, resource_type: str) -> Schema: ...

PROVIDER_SCHEMA_MANAGER: ProviderSchemaManager
