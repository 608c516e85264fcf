"""Booking, page by page: it works, it refuses clearly, nothing typed is lost, nothing is booked twice."""

from tests.factories import World
from tests.page_client import PageClient

CALENDAR = "/es/oficinas/cusco/cita?service=apostille"


def test_the_journey_ends_with_an_appointment(client: PageClient, world: World) -> None:
    month = client.get(CALENDAR)
    day = client.get(next(a for a in month.all("a", class_="day")).get("href").split("#")[0])
    form = day.form(action="/es/oficinas/cusco/cita/reservar")
    print([b.text for b in form.all("button")][:3])
