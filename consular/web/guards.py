"""Markers that say who may open a view: every view carries exactly one, and a house test checks it.

`@staff_only` lives in `staff_guard.py`, `@api_key` with the API: both set the same mark.
"""

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])

MARK = "guarded_by"


def mark(view: View, guard: str) -> View:
    """Note on a view which guard it carries.

    Raises:
        TypeError: it carries one already.
    """
    if guard_of(view) is not None:
        raise TypeError(f"{view.__name__} already carries the guard {guard_of(view)}")
    setattr(view, MARK, guard)
    return view


def guard_of(view: Callable[..., Any]) -> str | None:
    """The guard that a view carries, or None."""
    return getattr(view, MARK, None)


def public(view: View) -> View:
    """Anybody may open this page."""
    return mark(view, "public")


def api_open(view: View) -> View:
    """Any program may call this without a key."""
    return mark(view, "api_open")
