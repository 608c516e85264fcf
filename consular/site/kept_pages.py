"""Pages that are the same for everybody, kept in memory while nothing on them has changed."""

from collections.abc import Callable, Hashable

from flask import request
from flask.typing import ResponseReturnValue

from consular.schedule.versions import Version
from consular.web.kept_answers import kept_answer

LONGEST_QUERY = 300  # characters; who asks for more is not one of many


def kept_page(
    read_version: Callable[[], Version | None],
    arguments: frozenset[str],
    show: Callable[[Version | None], ResponseReturnValue],
) -> ResponseReturnValue:
    """What `show` gives, made anew only when the version is another.

    Only a bare text is kept: a page with a status of its own (a refusal) is given with it and made anew each
    time, as is one that `show` gives with 200 because it depends on more than the version.

    Args:
        read_version: of all that the page shows of the database; not asked for a page that is never kept.
        arguments: the parameters that the page knows. It repeats its address in links, so with any other
            it is of one person's own making.
        show: gets the version, when one was read.
    """
    question = _question(arguments)
    version = None if question is None else read_version()
    return kept_answer(question, version, lambda: show(version), size=_size)


def _question(arguments: frozenset[str]) -> Hashable | None:
    """The address; None when the page is not everybody's. A cookie may carry a form that somebody began."""
    given = tuple(request.args.items(multi=True))
    short = len(request.query_string) <= LONGEST_QUERY
    if request.cookies or not short or not arguments.issuperset(name for name, _ in given):
        return None
    return request.path, given


def _size(page: ResponseReturnValue) -> int | None:
    return len(page) if isinstance(page, str) else None
