"""PostgreSQL: the statement that writes an appointment may give it its free seats, without holding them first.

The function that a trigger's WHEN calls is parsed again for every statement; inside a function it is once for each
connection. So the guard of an appointment's seats asks itself whether the appointment occupies any.
"""

import re
from pathlib import Path

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

FUNCTIONS = ("consular_seat_changes_hands", "consular_appointment_takes_its_seats")
TRIGGER = """CREATE TRIGGER appointment_takes_its_seats AFTER INSERT ON appointment
FOR EACH ROW {when}EXECUTE FUNCTION consular_appointment_takes_its_seats()"""


def upgrade() -> None:
    _replace("0015_seats_given_by_a_statement.postgresql.sql", when="")


def downgrade() -> None:
    _replace("0006_capacity_guards.postgresql.sql", when="WHEN (consular_occupies(NEW.status)) ")


def _replace(source: str, when: str) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    text = Path(__file__).with_name(source).read_text("utf-8")
    for name in FUNCTIONS:
        found = re.search(rf"(?ms)^CREATE FUNCTION {name}\(\).*?^END \$\$", text)
        if found is None:
            raise ValueError(f"{name} is not in {source}")
        op.get_bind().exec_driver_sql(found[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1))
    op.get_bind().exec_driver_sql("DROP TRIGGER appointment_takes_its_seats ON appointment")
    op.get_bind().exec_driver_sql(TRIGGER.format(when=when))
