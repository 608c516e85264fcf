"""Attacks on appointments, bookings, slots and what they point to; and what a console may well do."""

from tests.races.attacks import (
    A_SEAT_APPEARS_OR_GOES,
    A_SEAT_CHANGES_HANDS,
    POSTGRESQL,
    SQLITE,
    appointment,
    harmless,
    refused,
    seat,
)
from tests.races.attacks_in_one_statement import BORN_WITH_SEATS

AN_APPOINTMENT_IS_BORN = (
    refused("without any hold", appointment(hold="'nothing'")),
    refused(
        "with a hold that is used up",
        appointment(hold="'{rosa_hold}'", starts_at="{t0900}", ends_at="{t0915}"),
    ),
    refused("with fewer seats than it needs", appointment(slots="2", ends_at="{t1100}")),
    refused(
        "with more slots than it says",
        appointment(hold="'{run_hold}'", starts_at="{t1130}", ends_at="{t1145}"),
    ),
    refused("at another time than its seats", appointment(starts_at="{t0900}", ends_at="{t0915}")),
    refused("with an end that is not its seats'", appointment(ends_at="{t1200}")),
    refused("at another office than its seats", appointment(office_id="{tacna_office}")),
    refused("for a booking that is not there", appointment(booking_id="999999")),
    refused("for a service that is not there", appointment(service_id="999999")),
    refused("in a state that is not one", appointment(status="'BOOKED'")),
    refused("in no state", appointment(status="NULL")),
    refused("for nobody's seats", appointment(slots="0")),
    refused(
        "for a person who has one already", appointment(person_key="'{rosa_key}'", service_id="{apostille}")
    ),
    refused(
        "with seats that are not next to each other",
        "UPDATE seat SET hold = 'gap', free_from = {far} WHERE slot_id IN ({cusco_slot_6}, {cusco_slot_8}) AND no = 3",
        appointment(hold="'gap'", slots="2", starts_at="{t1030}", ends_at="{t1115}"),
    ),
    refused(
        "with seats of two rules at one time",
        "UPDATE seat SET hold = 'two', free_from = {far} WHERE slot_id = {cusco_certificates} AND no = 1",
        "UPDATE seat SET hold = 'two', free_from = {far} WHERE slot_id = {cusco_slot_1} AND no = 3",
        appointment(hold="'two'", slots="2", starts_at="{t0900}", ends_at="{t0930}"),
    ),
    refused("and the refusal ignored", appointment("INSERT OR IGNORE INTO", hold="'nothing'"), on=SQLITE),
    refused("and the refusal failed half-way", appointment("INSERT OR FAIL INTO", slots="2"), on=SQLITE),
    refused("in place of rosa's", appointment("INSERT OR REPLACE INTO", id="{rosa}"), on=SQLITE),
    refused("in place of rosa's, by its hidden key", appointment("REPLACE INTO", rowid="{rosa}"), on=SQLITE),
    refused("in place of one that has ended", appointment("REPLACE INTO", id="{gone}"), on=SQLITE),
    refused(
        "in place of the person's other one",
        appointment("REPLACE INTO", person_key="'{rosa_key}'", service_id="{apostille}"),
        on=SQLITE,
    ),
    refused(
        "in place of rosa's, on conflict",
        appointment(id="{rosa}") + " ON CONFLICT (id) DO UPDATE SET status = 'cancelled', slots = 2",
    ),
)

AN_APPOINTMENT_CHANGES = (
    refused("comes back", "UPDATE appointment SET status = 'booked' WHERE id = {gone}"),
    refused("comes back as served", "UPDATE appointment SET status = 'served' WHERE id = {gone}"),
    refused("ends in another way", "UPDATE appointment SET status = 'moved' WHERE id = {gone}"),
    refused(
        "is served no more, although the person has another",
        "UPDATE appointment SET status = 'booked' WHERE id = {marta}",
    ),
    refused(
        "is served no more, and replaces the other",
        "UPDATE OR REPLACE appointment SET status = 'booked' WHERE id = {marta}",
        on=SQLITE,
    ),
    refused("loses its state", "UPDATE appointment SET status = NULL WHERE id = {rosa}"),
    refused("gets a state that is not one", "UPDATE appointment SET status = 'free' WHERE id = {rosa}"),
    refused("gets another number", "UPDATE appointment SET id = 5000 WHERE id = {rosa}"),
    refused("gets another hidden number", "UPDATE appointment SET rowid = 5000 WHERE id = {rosa}", on=SQLITE),
    refused("needs more seats", "UPDATE appointment SET slots = 2 WHERE id = {rosa}"),
    refused("needs fewer seats", "UPDATE appointment SET slots = 1 WHERE id = {elena}"),
    refused("gets another hold", "UPDATE appointment SET hold = '{one_hold}' WHERE id = {rosa}"),
    refused(
        "begins later", "UPDATE appointment SET starts_at = {t0915}, ends_at = {t0930} WHERE id = {rosa}"
    ),
    refused("goes to another office", "UPDATE appointment SET office_id = {tacna_office} WHERE id = {rosa}"),
    refused("is for another service", "UPDATE appointment SET service_id = {certificate} WHERE id = {rosa}"),
    refused(
        "goes to another booking", "UPDATE appointment SET booking_id = {julio_booking} WHERE id = {rosa}"
    ),
    refused("goes to another person", "UPDATE appointment SET person_key = 'buyer' WHERE id = {rosa}"),
    refused("goes to another name", "UPDATE appointment SET given_names = 'Buyer' WHERE id = {rosa}"),
    refused("goes to another document", "UPDATE appointment SET document_number = 'buyer' WHERE id = {rosa}"),
    refused("goes to another country", "UPDATE appointment SET document_country = 'XX' WHERE id = {rosa}"),
    refused(
        "ends and goes to another person at once",
        "UPDATE appointment SET status = 'served', person_key = 'buyer' WHERE id = {rosa}",
    ),
    refused(
        "loses its person while it is active",
        "UPDATE appointment SET person_key = '', given_names = '', family_names = '' WHERE id = {rosa}",
    ),
    refused("is deleted", "DELETE FROM appointment WHERE id = {rosa}"),
    refused("is deleted after it was served", "DELETE FROM appointment WHERE id = {marta}"),
    refused("is deleted with all others", "DELETE FROM appointment"),
    refused("is emptied", "TRUNCATE appointment CASCADE", on=POSTGRESQL),
    refused(
        "is merged away",
        "MERGE INTO appointment USING (SELECT {rosa} AS id) AS one ON appointment.id = one.id WHEN MATCHED THEN DELETE",
        on=POSTGRESQL,
    ),
)

WHAT_THEY_POINT_TO = (
    refused("a slot is deleted", "DELETE FROM slot WHERE id = {cusco_slot_0}"),
    refused("a free slot is deleted with its seats in it", "DELETE FROM slot WHERE id = {cusco_slot_8}"),
    refused("every slot is deleted", "DELETE FROM slot"),
    refused("a slot begins at another time", "UPDATE slot SET starts_at = {t0715} WHERE id = {cusco_slot_0}"),
    refused("a slot ends at another time", "UPDATE slot SET ends_at = {t1300} WHERE id = {cusco_slot_0}"),
    refused(
        "a slot goes to another office",
        "UPDATE slot SET office_id = {tacna_office} WHERE id = {cusco_slot_0}",
    ),
    refused(
        "a slot goes to another rule", "UPDATE slot SET rule_id = {tacna_rule} WHERE id = {cusco_slot_0}"
    ),
    refused("a slot gets another number", "UPDATE slot SET id = 90000 WHERE id = {cusco_slot_0}"),
    refused(
        "a slot gets another place in its rule",
        "UPDATE slot SET sequence = sequence + 1000 WHERE id = {cusco_slot_0}",
    ),
    refused(
        "a slot gets another hidden number",
        "UPDATE slot SET _rowid_ = 90000 WHERE id = {cusco_slot_0}",
        on=SQLITE,
    ),
    refused(
        "a slot is replaced by its number",
        "REPLACE INTO slot (id, rule_id, office_id, sequence, starts_at, ends_at) "
        "VALUES ({cusco_slot_0}, {cusco_rule}, {cusco_office}, 1, {t0715}, {t0730})",
        on=SQLITE,
    ),
    refused(
        "a slot is replaced by its hidden number",
        "REPLACE INTO slot (oid, rule_id, office_id, sequence, starts_at, ends_at) "
        "VALUES ({cusco_slot_0}, {cusco_rule}, {cusco_office}, 1, {t0715}, {t0730})",
        on=SQLITE,
    ),
    refused(
        "a slot is replaced by its start",
        "REPLACE INTO slot (rule_id, office_id, sequence, starts_at, ends_at) "
        "VALUES ({cusco_rule}, {cusco_office}, 1, {t0900}, {t0915})",
        on=SQLITE,
    ),
    refused(
        "a slot is replaced by its place in its rule",
        "REPLACE INTO slot (rule_id, office_id, sequence, starts_at, ends_at) "
        "VALUES ('{cusco_rule}', {cusco_office}, '{cusco_sequence}', {t0715}, {t0730})",
        on=SQLITE,
    ),
    refused(
        "a slot of a rule that is another office's",
        "INSERT INTO slot (rule_id, office_id, sequence, starts_at, ends_at) "
        "VALUES ({tacna_rule}, {cusco_office}, 1, {t0715}, {t0730})",
    ),
    refused(
        "a slot of a rule that is not there",
        "INSERT INTO slot (rule_id, office_id, sequence, starts_at, ends_at) "
        "VALUES (99999, {cusco_office}, 1, {t0715}, {t0730})",
    ),
    refused("the slots are emptied", "TRUNCATE slot CASCADE", on=POSTGRESQL),
    refused("a booking is deleted", "DELETE FROM booking WHERE id = {rosa_booking}"),
    refused("a booking of an ended appointment is deleted", "DELETE FROM booking WHERE id = {gone_booking}"),
    refused("a booking gets another number", "UPDATE booking SET id = 90000 WHERE id = {rosa_booking}"),
    refused(
        "a booking gets another reference",
        "UPDATE booking SET reference = 'AAAA-AAAA' WHERE id = {rosa_booking}",
    ),
    refused(
        "a booking takes another's reference",
        "UPDATE OR REPLACE booking SET reference = '{julio_reference}' WHERE id = {rosa_booking}",
        on=SQLITE,
    ),
    refused(
        "a booking is replaced by its reference",
        "REPLACE INTO booking (reference, channel, language, created_at) VALUES ('{rosa_reference}', 'site', 'es', {t0700})",
        on=SQLITE,
    ),
    refused(
        "a booking is replaced by its number",
        "REPLACE INTO booking (id, reference, channel, language, created_at) "
        "VALUES ({rosa_booking}, 'AAAA-AAAA', 'site', 'es', {t0700})",
        on=SQLITE,
    ),
    refused("the bookings are emptied", "TRUNCATE booking CASCADE", on=POSTGRESQL),
    refused("a rule is deleted", "DELETE FROM opening_rule WHERE id = {cusco_rule}"),
    refused(
        "a rule goes to another office",
        "UPDATE opening_rule SET office_id = {tacna_office} WHERE id = {cusco_rule}",
    ),
    refused(
        "a rule gets another number",
        "UPDATE OR REPLACE opening_rule SET id = {tacna_rule} WHERE id = {cusco_rule}",
        on=SQLITE,
    ),
    refused(
        "a rule is replaced",
        "REPLACE INTO opening_rule SELECT * FROM opening_rule WHERE id = {cusco_rule}",
        on=SQLITE,
    ),
    refused("the rules are emptied", "TRUNCATE opening_rule CASCADE", on=POSTGRESQL),
    refused("an office is deleted", "DELETE FROM office WHERE id = {cusco_office}"),
    refused("an office gets another number", "UPDATE office SET id = 90000 WHERE id = {cusco_office}"),
    refused(
        "an office takes another's address",
        "UPDATE OR REPLACE office SET slug = 'tacna' WHERE id = {cusco_office}",
        on=SQLITE,
    ),
    refused(
        "an office is replaced",
        "REPLACE INTO office SELECT * FROM office WHERE id = {cusco_office}",
        on=SQLITE,
    ),
    refused("the offices are emptied", "TRUNCATE office CASCADE", on=POSTGRESQL),
    refused("the regions are emptied, and all that hangs on them", "TRUNCATE region CASCADE", on=POSTGRESQL),
    refused("a service is deleted", "DELETE FROM service WHERE id = {apostille}"),
    refused(
        "a service is replaced",
        "REPLACE INTO service SELECT * FROM service WHERE id = {apostille}",
        on=SQLITE,
    ),
    refused(
        "a service takes another's code",
        "UPDATE OR REPLACE service SET code = 'certificate' WHERE id = {apostille}",
        on=SQLITE,
    ),
    refused("the services are emptied", "TRUNCATE service CASCADE", on=POSTGRESQL),
)

WHAT_A_CONSOLE_MAY_DO = (
    harmless("cancel everybody", "UPDATE appointment SET status = 'cancelled' WHERE status = 'booked'"),
    harmless(
        "end everybody in several ways",
        "UPDATE appointment SET status = CASE WHEN id % 2 = 0 THEN 'displaced' ELSE 'cancelled' END WHERE status = 'booked'",
    ),
    harmless(
        "cancel and let the seat rest",
        "UPDATE appointment SET status = 'cancelled', seat_free_from = {t1200} WHERE id = {rosa}",
    ),
    harmless(
        "mark an absence and take it back",
        "UPDATE appointment SET status = 'no_show' WHERE id = {rosa}",
        "UPDATE appointment SET status = 'booked' WHERE id = {rosa}",
    ),
    harmless("book by hand with a hold", appointment()),
    harmless(
        "book by hand with a run",
        appointment(hold="'{run_hold}'", slots="2", starts_at="{t1130}", ends_at="{t1200}"),
    ),
    harmless(
        "book a pair by hand, one by one",
        appointment(hold="'{pair_hold}'", starts_at="{t1045}", ends_at="{t1100}"),
        appointment(hold="'{pair_hold}'", starts_at="{t1045}", ends_at="{t1100}", person_key="'other'"),
    ),
    harmless("write down an appointment that has ended", appointment(status="'cancelled'", hold="'nothing'")),
    harmless("take over somebody's hold", "UPDATE seat SET hold = 'mine' WHERE hold = '{one_hold}'"),
    harmless(
        "end every hold", "UPDATE seat SET hold = NULL, free_from = {past} WHERE appointment_id IS NULL"
    ),
    harmless(
        "hold every free seat",
        "UPDATE seat SET hold = 'mine', free_from = {far} WHERE appointment_id IS NULL",
    ),
    harmless("add seats to a full slot", seat("INSERT INTO", "{cusco_slot_0}", "4")),
    harmless("remove the free seats", "DELETE FROM seat WHERE appointment_id IS NULL"),
    harmless(
        "withdraw a free slot",
        "DELETE FROM seat WHERE slot_id = {cusco_slot_8}",
        "DELETE FROM slot WHERE id = {cusco_slot_8}",
    ),
    harmless("close an office", "UPDATE office SET status = 'closed' WHERE id = {cusco_office}"),
    harmless("delete an appointment that has ended", "DELETE FROM appointment WHERE id = {gone}"),
    harmless(
        "erase a person who was attended",
        "UPDATE appointment SET person_key = '', given_names = '', family_names = '', document_number = '' WHERE id = {marta}",
    ),
    harmless("insert nothing again", seat("INSERT OR IGNORE INTO", "{cusco_slot_8}", "70"), on=SQLITE),
    harmless("pack the file", "VACUUM", on=SQLITE),
    harmless(
        "cancel in a transaction that is taken back",
        "BEGIN",
        "UPDATE appointment SET status = 'cancelled'  WHERE status = 'booked'",
        "ROLLBACK",
    ),
)

ATTACKS = {
    "a seat changes hands": A_SEAT_CHANGES_HANDS,
    "a seat appears or goes": A_SEAT_APPEARS_OR_GOES,
    "an appointment is born": AN_APPOINTMENT_IS_BORN,
    "an appointment is born with": BORN_WITH_SEATS,
    "an appointment changes": AN_APPOINTMENT_CHANGES,
    "what they point to": WHAT_THEY_POINT_TO,
    "what a console may do": WHAT_A_CONSOLE_MAY_DO,
}
