-- The guards of capacity on PostgreSQL: whoever writes, seats and appointments stay in agreement.
-- Keys, foreign keys and the partial unique index do the rest. Every refusal is a check violation
-- (23514) that carries the guard's name as its constraint.

CREATE FUNCTION consular_refuse(guard text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING MESSAGE = guard, ERRCODE = 'check_violation', CONSTRAINT = guard;
END $$;

CREATE FUNCTION consular_occupies(status text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT status IN ('booked', 'arrived', 'serving', 'served', 'no_show')
$$;

-- A trigger that refuses whatever it sees; its WHEN clause says what that is, its argument names it.
CREATE FUNCTION consular_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM consular_refuse(TG_NAME);
  RETURN NULL;
END $$;

-- SLOT: never changes (its seats' foreign key keeps it from going while it has any).

CREATE FUNCTION consular_slot_belongs_to_its_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM opening_rule WHERE id = NEW.rule_id AND office_id = NEW.office_id) THEN
    PERFORM consular_refuse('slot_belongs_to_its_rule');
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER slot_belongs_to_its_rule BEFORE INSERT ON slot
FOR EACH ROW EXECUTE FUNCTION consular_slot_belongs_to_its_rule();

CREATE TRIGGER slot_never_changes BEFORE UPDATE ON slot
FOR EACH ROW EXECUTE FUNCTION consular_guard();

-- SEAT: born free in its slot, keeps its keys, changes hands only as the appointment says.

CREATE FUNCTION consular_seat_is_born_free() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.appointment_id IS NOT NULL
     OR NOT EXISTS (SELECT 1 FROM slot WHERE id = NEW.slot_id
                    AND office_id = NEW.office_id AND starts_at = NEW.starts_at) THEN
    PERFORM consular_refuse('seat_is_born_free');
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER seat_is_born_free BEFORE INSERT ON seat
FOR EACH ROW EXECUTE FUNCTION consular_seat_is_born_free();

CREATE TRIGGER seat_keeps_its_keys BEFORE UPDATE ON seat
FOR EACH ROW WHEN ((OLD.slot_id, OLD.no, OLD.office_id, OLD.starts_at)
                   IS DISTINCT FROM (NEW.slot_id, NEW.no, NEW.office_id, NEW.starts_at))
EXECUTE FUNCTION consular_guard();

CREATE TRIGGER seat_taken_is_not_removed BEFORE DELETE ON seat
FOR EACH ROW WHEN (OLD.appointment_id IS NOT NULL) EXECUTE FUNCTION consular_guard();

-- A seat is taken by its hold; a free one also by the statement that writes the appointment, before that one's own
-- guard counts what it has.
CREATE FUNCTION consular_seat_changes_hands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.appointment_id IS NOT NULL THEN
    IF EXISTS (SELECT 1 FROM appointment WHERE id = OLD.appointment_id AND consular_occupies(status)) THEN
      PERFORM consular_refuse('seat_stays_with_its_appointment');
    END IF;
    IF NEW.appointment_id IS NOT NULL THEN
      PERFORM consular_refuse('seat_is_taken_by_its_hold');
    END IF;
  ELSIF NOT EXISTS (
       SELECT 1 FROM appointment a WHERE a.id = NEW.appointment_id AND consular_occupies(a.status)
       AND (a.hold = OLD.hold OR OLD.free_from <= a.created_at) AND a.office_id = OLD.office_id
       AND a.slots > (SELECT count(*) FROM seat WHERE appointment_id = a.id)) THEN
    PERFORM consular_refuse('seat_is_taken_by_its_hold');
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER seat_changes_hands BEFORE UPDATE ON seat
FOR EACH ROW WHEN (OLD.appointment_id IS DISTINCT FROM NEW.appointment_id)
EXECUTE FUNCTION consular_seat_changes_hands();

-- APPOINTMENT: born with exactly its seats; when it ends, it frees them.

CREATE FUNCTION consular_appointment_takes_its_seats() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  taken integer;
  first_start timestamptz;
  last_end timestamptz;
  one_rule boolean;
  run integer;
BEGIN
  IF NOT consular_occupies(NEW.status) THEN
    RETURN NULL;
  END IF;
  -- Those that the statement gave it which wrote it; else those of its hold.
  SELECT count(*), min(slot.starts_at), max(slot.ends_at), min(slot.rule_id) = max(slot.rule_id),
         max(slot.sequence) - min(slot.sequence) + 1
  INTO taken, first_start, last_end, one_rule, run
  FROM seat JOIN slot ON slot.id = seat.slot_id WHERE seat.appointment_id = NEW.id;
  IF taken = 0 THEN
    -- One seat of each slot of the hold, so that a family's hold serves its appointments one by one.
    WITH pick AS MATERIALIZED (
      SELECT slot_id, min(no) AS no FROM seat WHERE hold = NEW.hold GROUP BY slot_id
    ), took AS (
      UPDATE seat SET appointment_id = NEW.id, hold = NULL, free_from = '9999-12-31 00:00:00+00'
      FROM pick, slot
      WHERE seat.slot_id = pick.slot_id AND seat.no = pick.no AND slot.id = pick.slot_id
      RETURNING slot.starts_at, slot.ends_at, slot.rule_id, slot.sequence
    )
    SELECT count(*), min(starts_at), max(ends_at), min(rule_id) = max(rule_id), max(sequence) - min(sequence) + 1
    INTO taken, first_start, last_end, one_rule, run FROM took;
  END IF;
  -- As many as it needs, where it says, one unbroken run of one rule.
  IF taken <> NEW.slots OR first_start <> NEW.starts_at OR last_end <> NEW.ends_at
     OR NOT one_rule OR run <> NEW.slots THEN
    PERFORM consular_refuse('appointment_takes_its_seats');
  END IF;
  -- One of each slot: two of the first and one of the third would be three of a run of three.
  IF NEW.slots > 1 THEN
    IF (SELECT count(DISTINCT slot_id) FROM seat WHERE appointment_id = NEW.id) <> NEW.slots THEN
      PERFORM consular_refuse('appointment_takes_its_seats');
    END IF;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER appointment_takes_its_seats AFTER INSERT ON appointment
FOR EACH ROW EXECUTE FUNCTION consular_appointment_takes_its_seats();

CREATE TRIGGER appointment_keeps_its_facts BEFORE UPDATE ON appointment
FOR EACH ROW WHEN ((OLD.id, OLD.booking_id, OLD.office_id, OLD.service_id, OLD.starts_at, OLD.ends_at,
                    OLD.slots, OLD.hold, OLD.created_at)
                   IS DISTINCT FROM (NEW.id, NEW.booking_id, NEW.office_id, NEW.service_id, NEW.starts_at,
                                     NEW.ends_at, NEW.slots, NEW.hold, NEW.created_at))
EXECUTE FUNCTION consular_guard();

-- An appointment belongs to one person. Once it has ended, its person may be erased, never exchanged.
CREATE TRIGGER appointment_keeps_its_person BEFORE UPDATE ON appointment
FOR EACH ROW WHEN ((OLD.person_key, OLD.given_names, OLD.family_names, OLD.document_type,
                    OLD.document_number, OLD.document_country)
                   IS DISTINCT FROM (NEW.person_key, NEW.given_names, NEW.family_names, NEW.document_type,
                                     NEW.document_number, NEW.document_country)
                   AND NOT (OLD.status NOT IN ('booked', 'arrived', 'serving') AND NEW.status = OLD.status
                            AND NEW.person_key = '' AND NEW.given_names = '' AND NEW.family_names = ''))
EXECUTE FUNCTION consular_guard();

-- One that was displaced (the office closed that time) may still be moved or given up, nothing else.
CREATE TRIGGER appointment_does_not_come_back BEFORE UPDATE ON appointment
FOR EACH ROW WHEN (NEW.status <> OLD.status
                   AND (OLD.status IN ('cancelled', 'moved')
                        OR (OLD.status = 'displaced' AND NEW.status NOT IN ('cancelled', 'moved'))))
EXECUTE FUNCTION consular_guard();

CREATE FUNCTION consular_appointment_frees_its_seats() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE seat SET appointment_id = NULL, free_from = coalesce(NEW.seat_free_from, '1970-01-01 00:00:00+00')
  WHERE appointment_id = NEW.id;
  RETURN NULL;
END $$;

CREATE TRIGGER appointment_frees_its_seats AFTER UPDATE ON appointment
FOR EACH ROW WHEN (consular_occupies(OLD.status) AND NOT consular_occupies(NEW.status))
EXECUTE FUNCTION consular_appointment_frees_its_seats();

CREATE TRIGGER appointment_occupying_stays BEFORE DELETE ON appointment
FOR EACH ROW WHEN (consular_occupies(OLD.status)) EXECUTE FUNCTION consular_guard();

-- Public codes and keys that others point to stay what they are.

CREATE TRIGGER booking_keeps_its_keys BEFORE UPDATE ON booking
FOR EACH ROW WHEN ((OLD.id, OLD.reference, OLD.submission)
                   IS DISTINCT FROM (NEW.id, NEW.reference, NEW.submission))
EXECUTE FUNCTION consular_guard();

CREATE TRIGGER opening_rule_keeps_its_keys BEFORE UPDATE ON opening_rule
FOR EACH ROW WHEN ((OLD.id, OLD.office_id) IS DISTINCT FROM (NEW.id, NEW.office_id))
EXECUTE FUNCTION consular_guard();

CREATE TRIGGER office_keeps_its_keys BEFORE UPDATE ON office
FOR EACH ROW WHEN ((OLD.id, OLD.slug) IS DISTINCT FROM (NEW.id, NEW.slug))
EXECUTE FUNCTION consular_guard();

CREATE TRIGGER service_keeps_its_keys BEFORE UPDATE ON service
FOR EACH ROW WHEN ((OLD.id, OLD.code) IS DISTINCT FROM (NEW.id, NEW.code))
EXECUTE FUNCTION consular_guard();

-- TRUNCATE runs no row trigger.

CREATE TRIGGER slot_is_not_truncated BEFORE TRUNCATE ON slot
FOR EACH STATEMENT EXECUTE FUNCTION consular_guard();

CREATE TRIGGER seat_is_not_truncated BEFORE TRUNCATE ON seat
FOR EACH STATEMENT EXECUTE FUNCTION consular_guard();

CREATE TRIGGER appointment_is_not_truncated BEFORE TRUNCATE ON appointment
FOR EACH STATEMENT EXECUTE FUNCTION consular_guard();

CREATE TRIGGER booking_is_not_truncated BEFORE TRUNCATE ON booking
FOR EACH STATEMENT EXECUTE FUNCTION consular_guard();

-- FACTS: whoever changes what is published gives it a new version, so that a process that keeps what it
-- read knows, by one look, that it is old. Random, so that no version ever names two states. Before the
-- statement, so that those who change facts take turns before they lock any row of them.

CREATE FUNCTION consular_facts_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO facts_version (one, token) VALUES (1, gen_random_uuid()::text)
  ON CONFLICT (one) DO UPDATE SET token = excluded.token;
  RETURN NULL;
END $$;

CREATE TRIGGER facts_change_by_region BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON region
FOR EACH STATEMENT EXECUTE FUNCTION consular_facts_change();

CREATE TRIGGER facts_change_by_source BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON source
FOR EACH STATEMENT EXECUTE FUNCTION consular_facts_change();

CREATE TRIGGER facts_change_by_office BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON office
FOR EACH STATEMENT EXECUTE FUNCTION consular_facts_change();

CREATE TRIGGER facts_change_by_service BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON service
FOR EACH STATEMENT EXECUTE FUNCTION consular_facts_change();

CREATE TRIGGER facts_change_by_offer BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON offer
FOR EACH STATEMENT EXECUTE FUNCTION consular_facts_change();

CREATE TRIGGER facts_change_by_opening_hours BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON opening_hours
FOR EACH STATEMENT EXECUTE FUNCTION consular_facts_change();

-- What is free has a version that every writer advances (see schedule/versions.py).

CREATE FUNCTION consular_seats_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO schedule_change (office_id, token)
  SELECT office_id, 1 + floor(random() * 4294967296)::bigint FROM (SELECT DISTINCT office_id FROM changed) AS offices;
  RETURN NULL;
END $$;

CREATE TRIGGER schedule_changes_by_seat_insert AFTER INSERT ON seat
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION consular_seats_change();

CREATE TRIGGER schedule_changes_by_seat_update AFTER UPDATE ON seat
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION consular_seats_change();

CREATE TRIGGER schedule_changes_by_seat_delete AFTER DELETE ON seat
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION consular_seats_change();

CREATE FUNCTION consular_schedule_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO schedule_change (office_id, token) VALUES (NULL, 1 + floor(random() * 4294967296)::bigint);
  RETURN NULL;
END $$;

CREATE TRIGGER schedule_changes_by_closure AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON closure
FOR EACH STATEMENT EXECUTE FUNCTION consular_schedule_changes();

CREATE TRIGGER schedule_changes_by_opening_rule AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON opening_rule
FOR EACH STATEMENT EXECUTE FUNCTION consular_schedule_changes();

CREATE TRIGGER schedule_changes_by_opening_rule_service AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON opening_rule_service
FOR EACH STATEMENT EXECUTE FUNCTION consular_schedule_changes();
