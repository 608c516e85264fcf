-- Two guards of 0006 as they are from this migration on; the file never changes again.

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
