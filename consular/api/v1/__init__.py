"""API v1: offices, places, appointments, holds. Importing its modules hangs their calls on the blueprint."""

from consular.api.v1 import appointments as appointments
from consular.api.v1 import holds as holds
from consular.api.v1 import offices as offices
from consular.api.v1 import offices_csv as offices_csv
from consular.api.v1 import papers as papers
from consular.api.v1 import places as places
from consular.api.v1 import rates as rates
from consular.api.v1 import refusing_parameters as refusing_parameters
from consular.api.v1 import slots as slots
from consular.api.v1.blueprint import v1 as v1
