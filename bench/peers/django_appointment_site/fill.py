"""Fills the site's database: a staff member for each seat, who works every slot. The peer's Python runs it.

    python -m django_appointment_site.fill OFFICES DAYS SLOTS_A_DAY SEATS PERCENT_TAKEN

Prints one line of JSON: the cookie of a signed-in citizen, the service, the staff of each office, the days, and what
is free as [day, start, end, staff member]. The service is free of charge, so that no booking needs a payment.
"""

import json
import os
import random
import sys
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "django_appointment_site.settings")
django.setup()

from appointment.models import (  # noqa: E402
    DAYS_OF_WEEK,
    Appointment,
    AppointmentRequest,
    Config,
    Service,
    StaffMember,
    WorkingHours,
)
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.contrib.sessions.backends.signed_cookies import SessionStore  # noqa: E402

LIMA = ZoneInfo("America/Lima")
MINUTES = 15
OPENS = 8 * 60


def main() -> None:
    """Write the whole site and say how to reach it."""
    offices, days, slots_a_day, seats, percent = (int(word) for word in sys.argv[1:6])
    chance = random.Random(1)
    closes = _clock(slots_a_day)
    Config.objects.create(
        slot_duration=MINUTES, lead_time=_clock(0), finish_time=closes, appointment_buffer_time=0
    )
    service = Service.objects.create(name="Apostille", duration=timedelta(minutes=MINUTES), price=0)
    citizen = User.objects.create_user("rosa", "somebody@example.org", first_name="Rosa", last_name="Quispe")
    staff = [[_staff(service, office, seat, closes) for seat in range(seats)] for office in range(offices)]
    first = datetime.now(LIMA).date() + timedelta(days=1)
    dates = [first + timedelta(days=number) for number in range(days)]
    everything = [
        (date, _clock(slot), _clock(slot + 1), member)
        for date in dates
        for slot in range(slots_a_day)
        for office in staff
        for member in office
    ]
    taken = [chance.randrange(100) < percent for _ in everything]
    _appointments(service, citizen, [place for place, gone in zip(everything, taken, strict=True) if gone])
    free = [place for place, gone in zip(everything, taken, strict=True) if not gone]
    said = {
        "cookie": f"sessionid={_signed_in(citizen)}",
        "service": service.pk,
        "staff": [[member.pk for member in office] for office in staff],
        "days": [str(date) for date in dates],
        "free": [[str(date), str(start), str(end), member.pk] for date, start, end, member in free],
    }
    print(json.dumps(said))


def _clock(slot):
    return time(*divmod(OPENS + MINUTES * slot, 60))


def _staff(service, office, seat, closes):
    user = User.objects.create_user(
        f"office-{office}-seat-{seat}",
        f"office-{office}-seat-{seat}@example.org",
        first_name=f"Office {office}",
        last_name=f"Seat {seat}",
    )
    member = StaffMember.objects.create(
        user=user, slot_duration=MINUTES, lead_time=_clock(0), finish_time=closes, appointment_buffer_time=0
    )
    member.services_offered.add(service)
    for day, _ in DAYS_OF_WEEK:
        WorkingHours.objects.create(
            staff_member=member, day_of_week=day, start_time=_clock(0), end_time=closes
        )
    return member


def _appointments(service, citizen, places) -> None:
    asked = AppointmentRequest.objects.bulk_create(
        AppointmentRequest(
            date=date,
            start_time=start,
            end_time=end,
            service=service,
            staff_member=member,
            id_request=f"invented-{number}",
        )
        for number, (date, start, end, member) in enumerate(places)
    )
    Appointment.objects.bulk_create(
        Appointment(
            client=citizen,
            appointment_request=each,
            phone="+51987654321",
            amount_to_pay=0,
            id_request=each.id_request,
        )
        for each in asked
    )


def _signed_in(citizen) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(citizen.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = citizen.get_session_auth_hash()
    session.save()
    return session.session_key


if __name__ == "__main__":
    main()
