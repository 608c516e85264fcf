"""PostgreSQL alone, by its own pgbench: the same claim and insert, on seats of their own and on one hot row."""

import re
import subprocess
import tempfile
from pathlib import Path

import psycopg

SEATS_EACH = 40_000  # a client and a run: none is taken twice
CLIENTS = 8
# The two statements of the smallest booking, each client on its own seats.
DISTINCT = """\\set n :n + 1
\\set slot :client_id * {seats} + :n
BEGIN;
INSERT INTO pg_appointment (slot_id, document, name) VALUES (:slot, '40506070', 'Rosa Quispe') RETURNING id \\gset
UPDATE pg_seat SET appointment_id = :id WHERE slot_id = :slot AND no = (SELECT no FROM pg_seat
  WHERE slot_id = :slot AND appointment_id IS NULL ORDER BY no LIMIT 1 FOR UPDATE SKIP LOCKED);
COMMIT;
"""
HOT = """BEGIN;
INSERT INTO pg_appointment (slot_id, document, name) VALUES (0, '40506070', 'Rosa Quispe');
UPDATE pg_hot SET taken = taken + 1 WHERE id = 1;
COMMIT;
"""
FRESH = """
    DROP TABLE IF EXISTS pg_seat, pg_appointment, pg_hot;
    CREATE TABLE pg_seat (slot_id integer, no integer, appointment_id bigint, PRIMARY KEY (slot_id, no));
    CREATE TABLE pg_appointment (id bigserial PRIMARY KEY, slot_id integer, document varchar(20), name varchar(80));
    CREATE TABLE pg_hot (id integer PRIMARY KEY, taken integer);
    INSERT INTO pg_hot VALUES (1, 0);
"""


def transactions(binaries: Path, url: str, *, hot: bool, seconds: int) -> float:
    """Transactions a second, on fresh tables; counted in the database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(FRESH)
        if not hot:
            connection.execute(
                "INSERT INTO pg_seat SELECT slot, 1, NULL FROM generate_series(1, %s) AS slot",
                [CLIENTS * SEATS_EACH],
            )
        connection.execute("VACUUM ANALYZE pg_seat")
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(HOT if hot else DISTINCT.format(seats=SEATS_EACH))
        script.flush()
        command = [str(binaries / "pgbench"), "--no-vacuum", f"--client={CLIENTS}", "--jobs=2"]
        command += [f"--time={seconds}", "--define=n=0", f"--file={script.name}", url]
        run = subprocess.run(
            command, capture_output=True, text=True, timeout=seconds + 60, check=False, cwd="/"
        )
    if run.returncode:
        raise RuntimeError(f"pgbench failed:\n{run.stderr}")
    with psycopg.connect(url) as connection:
        written = connection.execute("SELECT count(*) FROM pg_appointment").fetchone()
        taken = connection.execute("SELECT count(*) FROM pg_seat WHERE appointment_id IS NOT NULL").fetchone()
    assert written is not None
    assert taken is not None
    if not hot and taken != written:
        raise RuntimeError(f"pgbench wrote {written[0]} appointments on {taken[0]} seats")
    said = re.search(r"tps = ([0-9.]+)", run.stdout)
    if said is None:
        raise RuntimeError(f"pgbench said nothing:\n{run.stdout}")
    return float(said[1])
