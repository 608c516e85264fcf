"""The desk's forms: shape only. What is allowed is the actions' business."""

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, PasswordField, SearchField, StringField
from wtforms.validators import DataRequired, Length, Regexp

from consular.web.form_fields import PostForm

# Far enough for any archive and any plan, and no instant of those years overflows.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)


class SignInForm(PostForm):
    """Who comes, and where they wanted to go."""

    email = EmailField(
        _l("E-mail"),
        [DataRequired(_l("Write your e-mail")), Length(max=254, message=_l("That e-mail is too long"))],
        render_kw={"autocomplete": "username", "spellcheck": False},
    )
    password = PasswordField(
        _l("Password"),
        [DataRequired(_l("Write your password")), Length(max=1000, message=_l("That password is too long"))],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class SearchForm(PostForm):
    """Whom to find. Posted, so that a name never stands in an address or a log."""

    day = HiddenField()
    sought = SearchField(_l("Reference, name or document"), [Length(max=300)])


class AttendanceForm(PostForm):
    """One button of the day's list: `arrived K7QM-4T3X` is the new status and the reference."""

    day = HiddenField()
    mark = HiddenField(validators=[Regexp(r"[a-z_]{1,20} \S{1,40}\Z")])

    @property
    def asked(self) -> str:
        return str(self.mark.data).split(" ", 1)[0]

    @property
    def reference(self) -> str:
        return str(self.mark.data).split(" ", 1)[1]


class SeatsForm(PostForm):
    """How many seats a slot is to have, and how many it had on the page that decided it."""

    slot = HiddenField(validators=[Regexp(r"[0-9]{1,18}\Z")])
    seen = HiddenField(validators=[Regexp(r"[0-9]{1,3}\Z")])
    # Text, so that what was typed comes back as it was typed.
    seats = StringField(
        _l("Seats"),
        [Regexp(r"\s*[0-9]{1,3}\s*\Z", message=_l("Write a whole number of seats"))],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )

    @property
    def wanted(self) -> int:
        return int(self.seats.data or "")

    @property
    def slot_id(self) -> int:
        return int(self.slot.data or "")

    @property
    def seen_seats(self) -> int:
        return int(self.seen.data or "")


def read_day(typed: str | None) -> date | None:
    """A day written as YYYY-MM-DD, or None when it is not one (or not one of this century)."""
    try:
        day = date.fromisoformat(typed or "")
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None
