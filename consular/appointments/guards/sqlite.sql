-- The guards of capacity on SQLite: whoever writes, seats and appointments stay in agreement.
-- They never rely on foreign keys alone (a console has them off), and they stop REPLACE before it
-- begins, because SQLite removes the replaced row without any delete trigger.

-- SLOT: never changes, and does not go while it has seats.

CREATE TRIGGER slot_is_not_replaced BEFORE INSERT ON slot
WHEN EXISTS (SELECT 1 FROM slot WHERE id = NEW.id
             OR (rule_id = NEW.rule_id AND (starts_at = NEW.starts_at OR sequence = NEW.sequence)))
BEGIN SELECT RAISE(ABORT, 'slot_is_not_replaced'); END;

CREATE TRIGGER slot_belongs_to_its_rule BEFORE INSERT ON slot
WHEN NOT EXISTS (SELECT 1 FROM opening_rule WHERE id = NEW.rule_id AND office_id = NEW.office_id)
BEGIN SELECT RAISE(ABORT, 'slot_belongs_to_its_rule'); END;

CREATE TRIGGER slot_never_changes BEFORE UPDATE ON slot
BEGIN SELECT RAISE(ABORT, 'slot_never_changes'); END;

CREATE TRIGGER slot_with_seats_stays BEFORE DELETE ON slot
WHEN EXISTS (SELECT 1 FROM seat WHERE slot_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'slot_with_seats_stays'); END;

-- SEAT: born free in its slot, keeps its keys, changes hands only as the appointment says.

CREATE TRIGGER seat_is_born_free BEFORE INSERT ON seat
WHEN NEW.appointment_id IS NOT NULL
  OR EXISTS (SELECT 1 FROM seat WHERE slot_id = NEW.slot_id AND no = NEW.no)
  OR NOT EXISTS (SELECT 1 FROM slot WHERE id = NEW.slot_id
                 AND office_id = NEW.office_id AND starts_at = NEW.starts_at)
BEGIN SELECT RAISE(ABORT, 'seat_is_born_free'); END;

CREATE TRIGGER seat_keeps_its_keys BEFORE UPDATE ON seat
WHEN NEW.slot_id IS NOT OLD.slot_id OR NEW.no IS NOT OLD.no
  OR NEW.office_id IS NOT OLD.office_id OR NEW.starts_at IS NOT OLD.starts_at
BEGIN SELECT RAISE(ABORT, 'seat_keeps_its_keys'); END;

-- What the table's checks say too, because a console can switch those off.
CREATE TRIGGER seat_taken_is_neither_held_nor_free BEFORE UPDATE ON seat
WHEN NEW.appointment_id IS NOT NULL AND (NEW.hold IS NOT NULL OR NEW.free_from <= '9999-12-30')
BEGIN SELECT RAISE(ABORT, 'seat_taken_is_neither_held_nor_free'); END;

CREATE TRIGGER seat_taken_is_not_removed BEFORE DELETE ON seat
WHEN OLD.appointment_id IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'seat_taken_is_not_removed'); END;

CREATE TRIGGER seat_stays_with_its_appointment BEFORE UPDATE ON seat
WHEN OLD.appointment_id IS NOT NULL AND NEW.appointment_id IS NOT OLD.appointment_id
 AND EXISTS (SELECT 1 FROM appointment WHERE id = OLD.appointment_id
             AND status IN ('booked', 'arrived', 'serving', 'served', 'no_show'))
BEGIN SELECT RAISE(ABORT, 'seat_stays_with_its_appointment'); END;

CREATE TRIGGER seat_is_taken_by_its_hold BEFORE UPDATE ON seat
WHEN NEW.appointment_id IS NOT NULL AND NEW.appointment_id IS NOT OLD.appointment_id
 AND (OLD.appointment_id IS NOT NULL
      OR NOT EXISTS (SELECT 1 FROM appointment a WHERE a.id = NEW.appointment_id
                     AND a.status IN ('booked', 'arrived', 'serving', 'served', 'no_show')
                     AND a.hold = OLD.hold AND a.office_id = OLD.office_id
                     AND a.slots > (SELECT count(*) FROM seat WHERE appointment_id = a.id)))
BEGIN SELECT RAISE(ABORT, 'seat_is_taken_by_its_hold'); END;

-- APPOINTMENT: born by turning its hold into exactly its seats; when it ends, it frees them.

CREATE TRIGGER appointment_is_not_replaced BEFORE INSERT ON appointment
WHEN EXISTS (SELECT 1 FROM appointment WHERE id = NEW.id)
  OR (NEW.status IN ('booked', 'arrived', 'serving')
      AND EXISTS (SELECT 1 FROM appointment WHERE person_key = NEW.person_key
                  AND service_id = NEW.service_id AND status IN ('booked', 'arrived', 'serving')))
BEGIN SELECT RAISE(ABORT, 'uq_appointment_active_person'); END;

CREATE TRIGGER appointment_has_a_booking BEFORE INSERT ON appointment
WHEN NOT EXISTS (SELECT 1 FROM booking WHERE id = NEW.booking_id)
  OR NOT EXISTS (SELECT 1 FROM office WHERE id = NEW.office_id)
  OR NOT EXISTS (SELECT 1 FROM service WHERE id = NEW.service_id)
BEGIN SELECT RAISE(ABORT, 'appointment_has_a_booking'); END;

CREATE TRIGGER appointment_takes_its_seats AFTER INSERT ON appointment
WHEN NEW.status IN ('booked', 'arrived', 'serving', 'served', 'no_show')
BEGIN
  -- One seat of each slot of the hold, so that a family's hold serves its appointments one by one.
  UPDATE seat SET appointment_id = NEW.id, hold = NULL, free_from = '9999-12-31 00:00:00.000000'
  WHERE (slot_id, no) IN (SELECT slot_id, min(no) FROM seat WHERE hold = NEW.hold GROUP BY slot_id);
  SELECT RAISE(ABORT, 'appointment_takes_its_seats')
  WHERE (SELECT count(*) FROM seat WHERE appointment_id = NEW.id) <> NEW.slots
     OR (SELECT min(starts_at) FROM seat WHERE appointment_id = NEW.id) IS NOT NEW.starts_at
     OR (SELECT max(slot.ends_at) FROM seat JOIN slot ON slot.id = seat.slot_id
         WHERE seat.appointment_id = NEW.id) IS NOT NEW.ends_at
     -- One unbroken run of one rule.
     OR (SELECT count(DISTINCT slot.rule_id) FROM seat JOIN slot ON slot.id = seat.slot_id
         WHERE seat.appointment_id = NEW.id) <> 1
     OR (SELECT max(slot.sequence) - min(slot.sequence) + 1 FROM seat JOIN slot ON slot.id = seat.slot_id
         WHERE seat.appointment_id = NEW.id) <> NEW.slots;
END;

CREATE TRIGGER appointment_keeps_its_facts BEFORE UPDATE ON appointment
WHEN NEW.id IS NOT OLD.id OR NEW.booking_id IS NOT OLD.booking_id OR NEW.office_id IS NOT OLD.office_id
  OR NEW.service_id IS NOT OLD.service_id OR NEW.starts_at IS NOT OLD.starts_at
  OR NEW.ends_at IS NOT OLD.ends_at OR NEW.slots IS NOT OLD.slots OR NEW.hold IS NOT OLD.hold
  OR NEW.created_at IS NOT OLD.created_at
BEGIN SELECT RAISE(ABORT, 'appointment_keeps_its_facts'); END;

-- An appointment belongs to one person. Once it has ended, its person may be erased, never exchanged.
CREATE TRIGGER appointment_keeps_its_person BEFORE UPDATE ON appointment
WHEN (NEW.person_key IS NOT OLD.person_key OR NEW.given_names IS NOT OLD.given_names
      OR NEW.family_names IS NOT OLD.family_names OR NEW.document_type IS NOT OLD.document_type
      OR NEW.document_number IS NOT OLD.document_number OR NEW.document_country IS NOT OLD.document_country)
 AND NOT (OLD.status NOT IN ('booked', 'arrived', 'serving') AND NEW.status = OLD.status
          AND NEW.person_key = '' AND NEW.given_names = '' AND NEW.family_names = '')
BEGIN SELECT RAISE(ABORT, 'appointment_keeps_its_person'); END;

-- One that was displaced (the office closed that time) may still be moved or given up, nothing else.
CREATE TRIGGER appointment_does_not_come_back BEFORE UPDATE ON appointment
WHEN NEW.status IS NOT OLD.status
 AND (OLD.status IN ('cancelled', 'moved')
      OR (OLD.status = 'displaced' AND NEW.status NOT IN ('cancelled', 'moved')))
BEGIN SELECT RAISE(ABORT, 'appointment_does_not_come_back'); END;

CREATE TRIGGER appointment_is_the_only_active_one BEFORE UPDATE ON appointment
WHEN NEW.status IN ('booked', 'arrived', 'serving') AND OLD.status NOT IN ('booked', 'arrived', 'serving')
 AND EXISTS (SELECT 1 FROM appointment WHERE person_key = NEW.person_key AND service_id = NEW.service_id
             AND status IN ('booked', 'arrived', 'serving') AND id <> NEW.id)
BEGIN SELECT RAISE(ABORT, 'uq_appointment_active_person'); END;

CREATE TRIGGER appointment_frees_its_seats AFTER UPDATE ON appointment
WHEN OLD.status IN ('booked', 'arrived', 'serving', 'served', 'no_show')
 AND NEW.status NOT IN ('booked', 'arrived', 'serving', 'served', 'no_show')
BEGIN
  UPDATE seat SET appointment_id = NULL,
    free_from = coalesce(NEW.seat_free_from, '1970-01-01 00:00:00.000000')
  WHERE appointment_id = NEW.id;
END;

CREATE TRIGGER appointment_occupying_stays BEFORE DELETE ON appointment
WHEN OLD.status IN ('booked', 'arrived', 'serving', 'served', 'no_show')
BEGIN SELECT RAISE(ABORT, 'appointment_occupying_stays'); END;

-- BOOKING, OPENING RULE, OFFICE, SERVICE: what seats and appointments point to does not go away.

CREATE TRIGGER booking_is_not_replaced BEFORE INSERT ON booking
WHEN EXISTS (SELECT 1 FROM booking
             WHERE id = NEW.id OR reference = NEW.reference OR submission = NEW.submission)
BEGIN SELECT RAISE(ABORT, 'booking_is_not_replaced'); END;

CREATE TRIGGER booking_keeps_its_keys BEFORE UPDATE ON booking
WHEN NEW.id IS NOT OLD.id OR NEW.reference IS NOT OLD.reference OR NEW.submission IS NOT OLD.submission
BEGIN SELECT RAISE(ABORT, 'booking_keeps_its_keys'); END;

CREATE TRIGGER booking_with_appointments_stays BEFORE DELETE ON booking
WHEN EXISTS (SELECT 1 FROM appointment WHERE booking_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'booking_with_appointments_stays'); END;

CREATE TRIGGER opening_rule_is_not_replaced BEFORE INSERT ON opening_rule
WHEN EXISTS (SELECT 1 FROM opening_rule WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'opening_rule_is_not_replaced'); END;

CREATE TRIGGER opening_rule_keeps_its_keys BEFORE UPDATE ON opening_rule
WHEN NEW.id IS NOT OLD.id OR NEW.office_id IS NOT OLD.office_id
BEGIN SELECT RAISE(ABORT, 'opening_rule_keeps_its_keys'); END;

CREATE TRIGGER opening_rule_with_slots_stays BEFORE DELETE ON opening_rule
WHEN EXISTS (SELECT 1 FROM slot WHERE rule_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'opening_rule_with_slots_stays'); END;

CREATE TRIGGER office_is_not_replaced BEFORE INSERT ON office
WHEN EXISTS (SELECT 1 FROM office WHERE id = NEW.id OR slug = NEW.slug)
BEGIN SELECT RAISE(ABORT, 'office_is_not_replaced'); END;

CREATE TRIGGER office_keeps_its_keys BEFORE UPDATE ON office
WHEN NEW.id IS NOT OLD.id OR NEW.slug IS NOT OLD.slug
BEGIN SELECT RAISE(ABORT, 'office_keeps_its_keys'); END;

CREATE TRIGGER office_with_schedule_stays BEFORE DELETE ON office
WHEN EXISTS (SELECT 1 FROM opening_rule WHERE office_id = OLD.id)
  OR EXISTS (SELECT 1 FROM slot WHERE office_id = OLD.id)
  OR EXISTS (SELECT 1 FROM appointment WHERE office_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'office_with_schedule_stays'); END;

CREATE TRIGGER service_is_not_replaced BEFORE INSERT ON service
WHEN EXISTS (SELECT 1 FROM service WHERE id = NEW.id OR code = NEW.code)
BEGIN SELECT RAISE(ABORT, 'service_is_not_replaced'); END;

CREATE TRIGGER service_keeps_its_keys BEFORE UPDATE ON service
WHEN NEW.id IS NOT OLD.id OR NEW.code IS NOT OLD.code
BEGIN SELECT RAISE(ABORT, 'service_keeps_its_keys'); END;

CREATE TRIGGER service_with_appointments_stays BEFORE DELETE ON service
WHEN EXISTS (SELECT 1 FROM appointment WHERE service_id = OLD.id)
  OR EXISTS (SELECT 1 FROM opening_rule_service WHERE service_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'service_with_appointments_stays'); END;

-- FACTS: whoever changes what is published gives it a new version, so that a process that keeps what it
-- read knows, by one look, that it is old. Random, so that no version ever names two states. Deleted and inserted,
-- because a conflict clause here would be overruled by that of the statement outside.

CREATE TRIGGER facts_change_by_region_insert AFTER INSERT ON region
BEGIN DELETE FROM facts_version; INSERT INTO facts_version VALUES (1, lower(hex(randomblob(16)))); END;

CREATE TRIGGER facts_change_by_region_update AFTER UPDATE ON region
BEGIN DELETE FROM facts_version; INSERT INTO facts_version VALUES (1, lower(hex(randomblob(16)))); END;

CREATE TRIGGER facts_change_by_region_delete AFTER DELETE ON region
BEGIN DELETE FROM facts_version; INSERT INTO facts_version VALUES (1, lower(hex(randomblob(16)))); END;

CREATE TRIGGER facts_change_by_source_insert AFTER INSERT ON source
BEGIN DELETE FROM facts_version; INSERT INTO facts_version VALUES (1, lower(hex(randomblob(16)))); END;

CREATE TRIGGER facts_change_by_source_update AFTER UPDATE ON source
BEGIN DELETE FROM facts_version; INSERT INTO facts_version VALUES (1, lower(hex(randomblob(16)))); END;

CREATE TRIGGER facts_change_by_source_delete AFTER DELETE ON source
BEGIN DELETE FROM facts_version; INSERT INTO facts_version VALUES (1, lower(hex(randomblob(16)))); END;

CREATE TRIGGER facts_change_by_office_insert AFTER INSERT ON office
BEGIN DELETE FROM facts_version; INSERT INTO facts_version VALUES (1, lower(hex(randomblob(16)))); END;

CREATE TRIGGER facts_change_by_office_update AFTER UPDATE ON office
BEGIN DELETE FROM facts_version; INSERT INTO facts_version VALUES (1, lower(hex(randomblob(16)))); END;

CREATE TRIGGER facts_change_by_office_delete AFTER DELETE ON office
BEGIN DELETE FROM facts_version; INSERT INTO facts_version VALUES (1, lower(hex(randomblob(16)))); END;

CREATE TRIGGER facts_change_by_service_insert AFTER INSERT ON service
BEGIN DELETE FROM facts_version; INSERT INTO facts_version VALUES (1, lower(hex(randomblob(16)))); END;

CREATE TRIGGER facts_change_by_service_update AFTER UPDATE ON service
BEGIN DELETE FROM facts_version; INSERT INTO facts_version VALUES (1, lower(hex(randomblob(16)))); END;

CREATE TRIGGER facts_change_by_service_delete AFTER DELETE ON service
BEGIN DELETE FROM facts_version; INSERT INTO facts_version VALUES (1, lower(hex(randomblob(16)))); END;

CREATE TRIGGER facts_change_by_offer_insert AFTER INSERT ON offer
BEGIN DELETE FROM facts_version; INSERT INTO facts_version VALUES (1, lower(hex(randomblob(16)))); END;

CREATE TRIGGER facts_change_by_offer_update AFTER UPDATE ON offer
BEGIN DELETE FROM facts_version; INSERT INTO facts_version VALUES (1, lower(hex(randomblob(16)))); END;

CREATE TRIGGER facts_change_by_offer_delete AFTER DELETE ON offer
BEGIN DELETE FROM facts_version; INSERT INTO facts_version VALUES (1, lower(hex(randomblob(16)))); END;

CREATE TRIGGER facts_change_by_opening_hours_insert AFTER INSERT ON opening_hours
BEGIN DELETE FROM facts_version; INSERT INTO facts_version VALUES (1, lower(hex(randomblob(16)))); END;

CREATE TRIGGER facts_change_by_opening_hours_update AFTER UPDATE ON opening_hours
BEGIN DELETE FROM facts_version; INSERT INTO facts_version VALUES (1, lower(hex(randomblob(16)))); END;

CREATE TRIGGER facts_change_by_opening_hours_delete AFTER DELETE ON opening_hours
BEGIN DELETE FROM facts_version; INSERT INTO facts_version VALUES (1, lower(hex(randomblob(16)))); END;

-- What is free has a version that every writer advances (see schedule/versions.py).

CREATE TRIGGER schedule_changes_by_seat_insert AFTER INSERT ON seat
BEGIN
  UPDATE schedule_change SET token = token + 1 + abs(random() % 4294967296) WHERE office_id IS NEW.office_id;
  INSERT INTO schedule_change (office_id, token) SELECT NEW.office_id, 1 + abs(random() % 4294967296)
  WHERE NOT EXISTS (SELECT 1 FROM schedule_change WHERE office_id IS NEW.office_id);
END;

CREATE TRIGGER schedule_changes_by_seat_update AFTER UPDATE ON seat
BEGIN
  UPDATE schedule_change SET token = token + 1 + abs(random() % 4294967296) WHERE office_id IS NEW.office_id;
  INSERT INTO schedule_change (office_id, token) SELECT NEW.office_id, 1 + abs(random() % 4294967296)
  WHERE NOT EXISTS (SELECT 1 FROM schedule_change WHERE office_id IS NEW.office_id);
END;

CREATE TRIGGER schedule_changes_by_seat_delete AFTER DELETE ON seat
BEGIN
  UPDATE schedule_change SET token = token + 1 + abs(random() % 4294967296) WHERE office_id IS OLD.office_id;
  INSERT INTO schedule_change (office_id, token) SELECT OLD.office_id, 1 + abs(random() % 4294967296)
  WHERE NOT EXISTS (SELECT 1 FROM schedule_change WHERE office_id IS OLD.office_id);
END;

CREATE TRIGGER schedule_changes_by_closure_insert AFTER INSERT ON closure
BEGIN
  UPDATE schedule_change SET token = token + 1 + abs(random() % 4294967296) WHERE office_id IS NULL;
  INSERT INTO schedule_change (office_id, token) SELECT NULL, 1 + abs(random() % 4294967296)
  WHERE NOT EXISTS (SELECT 1 FROM schedule_change WHERE office_id IS NULL);
END;

CREATE TRIGGER schedule_changes_by_closure_update AFTER UPDATE ON closure
BEGIN
  UPDATE schedule_change SET token = token + 1 + abs(random() % 4294967296) WHERE office_id IS NULL;
  INSERT INTO schedule_change (office_id, token) SELECT NULL, 1 + abs(random() % 4294967296)
  WHERE NOT EXISTS (SELECT 1 FROM schedule_change WHERE office_id IS NULL);
END;

CREATE TRIGGER schedule_changes_by_closure_delete AFTER DELETE ON closure
BEGIN
  UPDATE schedule_change SET token = token + 1 + abs(random() % 4294967296) WHERE office_id IS NULL;
  INSERT INTO schedule_change (office_id, token) SELECT NULL, 1 + abs(random() % 4294967296)
  WHERE NOT EXISTS (SELECT 1 FROM schedule_change WHERE office_id IS NULL);
END;

CREATE TRIGGER schedule_changes_by_opening_rule_insert AFTER INSERT ON opening_rule
BEGIN
  UPDATE schedule_change SET token = token + 1 + abs(random() % 4294967296) WHERE office_id IS NULL;
  INSERT INTO schedule_change (office_id, token) SELECT NULL, 1 + abs(random() % 4294967296)
  WHERE NOT EXISTS (SELECT 1 FROM schedule_change WHERE office_id IS NULL);
END;

CREATE TRIGGER schedule_changes_by_opening_rule_update AFTER UPDATE ON opening_rule
BEGIN
  UPDATE schedule_change SET token = token + 1 + abs(random() % 4294967296) WHERE office_id IS NULL;
  INSERT INTO schedule_change (office_id, token) SELECT NULL, 1 + abs(random() % 4294967296)
  WHERE NOT EXISTS (SELECT 1 FROM schedule_change WHERE office_id IS NULL);
END;

CREATE TRIGGER schedule_changes_by_opening_rule_delete AFTER DELETE ON opening_rule
BEGIN
  UPDATE schedule_change SET token = token + 1 + abs(random() % 4294967296) WHERE office_id IS NULL;
  INSERT INTO schedule_change (office_id, token) SELECT NULL, 1 + abs(random() % 4294967296)
  WHERE NOT EXISTS (SELECT 1 FROM schedule_change WHERE office_id IS NULL);
END;

CREATE TRIGGER schedule_changes_by_opening_rule_service_insert AFTER INSERT ON opening_rule_service
BEGIN
  UPDATE schedule_change SET token = token + 1 + abs(random() % 4294967296) WHERE office_id IS NULL;
  INSERT INTO schedule_change (office_id, token) SELECT NULL, 1 + abs(random() % 4294967296)
  WHERE NOT EXISTS (SELECT 1 FROM schedule_change WHERE office_id IS NULL);
END;

CREATE TRIGGER schedule_changes_by_opening_rule_service_update AFTER UPDATE ON opening_rule_service
BEGIN
  UPDATE schedule_change SET token = token + 1 + abs(random() % 4294967296) WHERE office_id IS NULL;
  INSERT INTO schedule_change (office_id, token) SELECT NULL, 1 + abs(random() % 4294967296)
  WHERE NOT EXISTS (SELECT 1 FROM schedule_change WHERE office_id IS NULL);
END;

CREATE TRIGGER schedule_changes_by_opening_rule_service_delete AFTER DELETE ON opening_rule_service
BEGIN
  UPDATE schedule_change SET token = token + 1 + abs(random() % 4294967296) WHERE office_id IS NULL;
  INSERT INTO schedule_change (office_id, token) SELECT NULL, 1 + abs(random() % 4294967296)
  WHERE NOT EXISTS (SELECT 1 FROM schedule_change WHERE office_id IS NULL);
END;
