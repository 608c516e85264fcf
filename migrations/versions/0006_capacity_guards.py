"""The guards of capacity: triggers that keep seats and appointments in agreement, whoever writes.

The SQL lies beside this file, one for each database, and never changes again; what must be in a
database today is in consular/appointments/guards.
"""

import re
from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _statements() -> list[str]:
    source = Path(__file__).with_name(f"0006_capacity_guards.{op.get_bind().dialect.name}.sql")
    pieces = re.split(r"(?m)^(?=CREATE )", source.read_text("utf-8"))[1:]
    return [re.sub(r"(?m)^--.*\n?", "", piece).strip().removesuffix(";").rstrip() for piece in pieces]


def upgrade() -> None:
    for statement in _statements():
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    on_tables = op.get_bind().dialect.name == "postgresql"
    for statement in reversed(_statements()):
        trigger = re.match(r"CREATE TRIGGER (\w+) .*?\bON (\w+)", statement, re.DOTALL)
        function = re.match(r"CREATE FUNCTION (\w+)\((.*?)\)", statement)
        if trigger is not None:
            table = f" ON {trigger[2]}" if on_tables else ""
            op.get_bind().exec_driver_sql(f"DROP TRIGGER {trigger[1]}{table}")
        elif function is not None:
            types = function[2].split()[-1] if function[2] else ""
            op.get_bind().exec_driver_sql(f"DROP FUNCTION {function[1]}({types})")
