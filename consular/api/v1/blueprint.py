"""The blueprint that every call of API v1 hangs on, and how its decorators read."""

from apiflask import APIBlueprint
from apiflask.schema_adapters import registry

from consular.api.v1.reading import StrictReading

registry.register("pydantic", StrictReading)  # before the first `@v1.input`, which looks it up

v1 = APIBlueprint("api_v1", __name__, url_prefix="/api/v1")
