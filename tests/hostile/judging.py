"""What is wrong with an answer, whatever was asked."""

import json
import re
from urllib.parse import urlsplit

from consular.web.error_pages import WORDS
from consular.web.languages import LANGUAGES
from tests.hostile.wire import Answer, Asked

PROBLEM = "application/problem+json"
_LANGUAGE = re.compile(r'<html lang="([a-z]+)"')
_HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
_CODES = {language.code for language in LANGUAGES}
_ENGLISH = {str(heading) for heading, _advice in WORDS.values()}
_LONGEST_LINE = 8000  # beyond about this gunicorn refuses the address unread (limit_request_line)
# Texts of `inputs` that were written back as code and not as text, or that became a header.
_CODE = ("<script>alert", "<img src=x", "x onerror=alert(1)>")


def wrong(asked: Asked, answer: Answer, *, by_server: bool = False) -> list[str]:
    """Everything that is wrong with an answer; `by_server`: gunicorn itself may refuse it, in its own words."""
    if answer.status >= 500:
        return [f"{answer.status}"]
    found = _headers(answer)
    if asked.method == "HEAD" or answer.status in (204, 304):
        return found + (["a body where none may be"] if answer.body else [])
    if asked.method == "OPTIONS" and answer.status == 200:
        return found + ([] if answer.headers["Allow"] else ["does not say what is allowed"])
    if _is_file(asked) and answer.status < 400:
        return found
    if "Content-Security-Policy" not in answer.headers:
        may = by_server or len(asked.target) > _LONGEST_LINE
        return found + (
            [] if may and answer.status in (400, 414, 431) else [f"a {answer.status} that is not ours"]
        )
    if asked.target.startswith("/api/") and answer.status >= 400:
        return found + _problem(answer)
    if answer.media_type == "text/html" and answer.status not in (301, 302, 303, 308):
        found += _page(asked, answer)
    return found


def _is_file(asked: Asked) -> bool:
    return asked.target.startswith("/static/")


def _headers(answer: Answer) -> list[str]:
    found = []
    if "X-Evil" in answer.headers or any(
        each.startswith("a=b") for each in answer.headers.get_all("Set-Cookie", [])
    ):
        found.append("a header that was sent in a value")
    leads = urlsplit(answer.headers.get("Location", ""))
    if leads.netloc not in ("", "localhost") or leads.scheme not in ("", "http"):
        found.append(f"leads to {answer.headers['Location']}")
    return found


def _problem(answer: Answer) -> list[str]:
    if answer.media_type != PROBLEM:
        return [f"a {answer.status} of the API as {answer.media_type}"]
    said = json.loads(answer.text)
    if said["status"] != answer.status or not said["title"] or not said["detail"]:
        return [f"a problem that does not say what it is: {said}"]
    return []


def _page(asked: Asked, answer: Answer) -> list[str]:
    text = answer.text
    found = [f"{code} as code" for code in _CODE if code in text]
    spoken = _LANGUAGE.search(text)
    language = spoken[1] if spoken else "none"
    if language not in _languages(asked):
        found.append(f"speaks {language}")
    heading = _HEADING.search(text)
    if heading is None or not heading[1].strip():
        found.append("has no heading")
    elif language != "en" and heading[1].strip() in _ENGLISH:
        found.append(f"speaks English: {heading[1]}")
    main = text.partition("<main")[2].partition("</main>")[0]
    if asked.target.startswith("/desk/"):
        main = text.partition("<body")[2]  # the desk's way on is its own navigation
    if answer.status >= 400 and not ('href="/' in main or "<form" in main):
        found.append(f"a {answer.status} with no way on")
    return found


def _languages(asked: Asked) -> set[str]:
    """In which languages the answer may be: the address's own, or any of ours where it has none."""
    first = asked.target.lstrip("/").partition("/")[0].partition("?")[0]
    if first in _CODES and asked.target.startswith(f"/{first}"):
        return {first}
    return {"en"} if asked.target.startswith("/api/") else _CODES
