"""The blueprint that every call of API v1 hangs on, and how its decorators read."""

from collections.abc import Callable
from typing import Any

from apiflask import APIBlueprint
from apiflask.schema_adapters import registry

from consular.api.v1.reading import StrictReading

registry.register("pydantic", StrictReading)  # before the first `@v1.input`, which looks it up


class Calls(APIBlueprint):
    """Remembers of each call whether it reads parameters of its address (`refusing_parameters`)."""

    def input(  # type: ignore[override]  # its many options are passed on
        self, schema: Any, location: str = "json", **options: Any
    ) -> Callable[..., Any]:
        """As APIFlask's."""
        decorate = super().input(schema, location, **options)

        def decorated(view: Callable[..., Any]) -> Callable[..., Any]:
            reading: Callable[..., Any] = decorate(view)
            if location == "query":
                vars(reading)["reads_parameters"] = True
            return reading

        return decorated


v1 = Calls("api_v1", __name__, url_prefix="/api/v1")
