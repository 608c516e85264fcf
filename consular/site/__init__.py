"""The citizens' door: finding an office, booking, one's own appointment, and what the service is."""

from flask import Blueprint, Flask

from consular.site import (
    book,
    country_map,
    crawlers,
    find_office,
    guide,
    manage_booking,
    office_page,
    open_data,
    pages,
    places,
    report_mistake,
)


def register(app: Flask) -> None:
    """Give the application the citizens' pages. Each module adds its own to the door."""
    door = Blueprint("site", __name__)
    for page_group in (
        *(pages, country_map, guide, find_office, office_page, report_mistake),
        *(book, manage_booking, open_data, crawlers, places),
    ):
        page_group.add_pages(door)
    app.register_blueprint(door)
