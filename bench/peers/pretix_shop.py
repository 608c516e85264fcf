"""Fills pretix's database: an event series per office, a date per slot, a quota of its seats. pretix's Python runs it.

    python pretix_shop.py OFFICES DAYS SLOTS_A_DAY SEATS PERCENT_TAKEN

Prints one line of JSON: the API token and, per office, the item and the dates. Everything free of charge, so that
an order needs no payment, and no seat is numbered: as light as pretix can be for this work.
"""

import json
import os
import random
import sys
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pretix.settings")
django.setup()

from django.utils.crypto import get_random_string  # noqa: E402
from django_scopes import scopes_disabled  # noqa: E402
from pretix.base.models import (  # noqa: E402
    Event,
    Item,
    Order,
    OrderPosition,
    Organizer,
    Quota,
    SubEvent,
    Team,
    TeamAPIToken,
)

LIMA = ZoneInfo("America/Lima")
MINUTES = 15


def main() -> None:
    """Write the whole shop and say how to reach it."""
    offices, days, slots_a_day, seats, percent = (int(word) for word in sys.argv[1:6])
    chance = random.Random(1)
    with scopes_disabled():
        organizer = Organizer.objects.create(name="Measured", slug="measured")
        team = Team.objects.create(
            organizer=organizer,
            name="Programs",
            all_events=True,
            all_event_permissions=True,
            all_organizer_permissions=True,
        )
        series = [_series(organizer, number, days, slots_a_day, seats) for number in range(offices)]
        for event, item, dates in series:
            _orders(event, item, [d for d in dates for _ in range(seats) if chance.randrange(100) < percent])
        token = TeamAPIToken.objects.create(team=team, name="load").token
    listed = [{"slug": e.slug, "item": i.pk, "dates": [d.pk for d in dates]} for e, i, dates in series]
    print(json.dumps({"token": token, "offices": listed}))


def _series(organizer, number, days, slots_a_day, seats):
    event = Event.objects.create(
        organizer=organizer,
        name=f"Office {number}",
        slug=f"office-{number}",
        currency="PEN",
        has_subevents=True,
        live=True,
        is_public=True,
        date_from=datetime.now(UTC),
    )
    event.settings.timezone = "America/Lima"
    event.settings.event_list_type = "calendar"
    item = Item.objects.create(event=event, name="Apostille", default_price=0, admission=False)
    first = datetime.now(LIMA).date() + timedelta(days=1)
    starts = [
        datetime.combine(first + timedelta(days=day), time(8), LIMA) + timedelta(minutes=MINUTES * place)
        for day in range(days)
        for place in range(slots_a_day)
    ]
    dates = SubEvent.objects.bulk_create(
        SubEvent(event=event, active=True, name="Slot", date_from=at, date_to=at + timedelta(minutes=MINUTES))
        for at in starts
    )
    quotas = Quota.objects.bulk_create(
        Quota(event=event, subevent=date, name="Seats", size=seats) for date in dates
    )
    Quota.items.through.objects.bulk_create(Quota.items.through(quota=q, item=item) for q in quotas)
    return event, item, dates


def _orders(event, item, dates) -> None:
    channel = event.organizer.sales_channels.get(identifier="web")
    now = datetime.now(UTC)
    orders = Order.objects.bulk_create(
        Order(
            code=f"{event.pk:03X}{place:05X}",
            event=event,
            organizer=event.organizer,
            email="somebody@example.org",
            locale="en",
            status=Order.STATUS_PAID,
            secret=get_random_string(16),
            internal_secret=get_random_string(32),
            datetime=now,
            expires=now + timedelta(days=9),
            total=0,
            sales_channel=channel,
        )
        for place in range(len(dates))
    )
    OrderPosition.all.bulk_create(
        OrderPosition(
            order=order,
            organizer=event.organizer,
            item=item,
            subevent=date,
            price=0,
            positionid=1,
            secret=get_random_string(24),
            web_secret=get_random_string(16),
            pseudonymization_id=get_random_string(12),
            tax_rate=0,
            tax_value=0,
        )
        for order, date in zip(orders, dates, strict=True)
    )


if __name__ == "__main__":
    main()
