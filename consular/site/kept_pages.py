"""Pages that are the same for everybody, kept in memory while nothing on them has changed."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final, TypeAlias, cast

from flask import request
from flask.typing import ResponseReturnValue

from consular.schedule.versions import Version
from consular.web.kept_answers import kept_answer
from consular.web.static_files import tell_same_for_everybody

LONGEST_QUERY = 300  # characters; who asks for more is not one of many


_READS_MORE: Final = object()  # kept in the place of a page that the narrower version does not cover


@dataclass(frozen=True)
class Wider:
    """A page that shows more than the version that it was asked under: it holds under a wider one only."""

    text: str


Shown: TypeAlias = ResponseReturnValue | Wider
ReadVersion: TypeAlias = Callable[[], Version | None]


def kept_page(
    read_version: ReadVersion,
    arguments: frozenset[str],
    show: Callable[[Version | None], Shown],
    read_wider: ReadVersion = lambda: None,
) -> ResponseReturnValue:
    """What `show` gives, made anew only when the version is another.

    Only a bare text is kept: a page with a status of its own (a refusal) is given with it and made anew each
    time, as is one that `show` gives with 200 because it depends on more than the version. Of a `Wider` page the
    first version keeps only that it is one, so that no other page costs a second statement; from the next
    request on the page itself is kept under the wider version.

    Args:
        read_version: of all that the page shows of the database; not asked for a page that is never kept.
        arguments: the parameters that the page knows. It repeats its address in links, so with any other
            it is of one person's own making.
        show: gets the version, when one was read.
        read_wider: the version of a page that is `Wider`; it covers all that the first one does. Without one it is made
            anew each time.
    """
    question = _question(arguments)
    version = None if question is None else read_version()
    made: list[str] = []

    def make() -> object:
        page = show(version)
        if not isinstance(page, Wider):
            return page
        made.append(page.text)
        return _READS_MORE

    page = kept_answer(question, version, make, size=_size)
    if page is _READS_MORE:
        wider = (question, _READS_MORE)
        # When it was made just now, its wider version was not read before it.
        page = (
            made[0] if made else kept_answer(wider, read_wider(), lambda: _plain(show(version)), size=_size)
        )
    if question is not None and isinstance(page, str):
        tell_same_for_everybody(page)
    return cast(ResponseReturnValue, page)


def _question(arguments: frozenset[str]) -> Hashable | None:
    """The address; None when the page is not everybody's. A cookie may carry a form that somebody began."""
    given = tuple(request.args.items(multi=True))
    short = len(request.query_string) <= LONGEST_QUERY
    if request.cookies or not short or not arguments.issuperset(name for name, _ in given):
        return None
    return request.path, given


def _plain(page: Shown) -> ResponseReturnValue:
    return page.text if isinstance(page, Wider) else page


def _size(page: object) -> int | None:
    return 0 if page is _READS_MORE else len(page) if isinstance(page, str) else None
