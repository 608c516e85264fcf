"""Tables of the guided path: papers, the chains of signatures that they need, and countries."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from consular.foundation.database import Base
from consular.offices.guidance import LONGEST_CODE, Convention, Route
from consular.offices.models import Confirmed


def _listed(column: str, words: type[Convention] | type[Route]) -> CheckConstraint:
    allowed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)


def _day_or_month(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} LIKE '____-__' OR {column} LIKE '____-__-__'", name=column)


class CountryRow(Confirmed, Base):
    """A country where a paper may be used; `other_names` are joined by `|`, `notes` are by language."""

    __tablename__ = "country"
    __table_args__ = (
        CheckConstraint("length(code) = 2 AND code = upper(code)", name="code"),
        _listed("convention", Convention),
        CheckConstraint("(convention = 'member') = (in_force_from IS NOT NULL)", name="in_force_from"),
        _day_or_month("confirmed_on"),
    )

    code: Mapped[str] = mapped_column(String(2), primary_key=True)
    convention: Mapped[str] = mapped_column(String(9))
    in_force_from: Mapped[date | None] = mapped_column(Date)
    other_names: Mapped[str] = mapped_column(String(400))
    notes: Mapped[dict[str, str]] = mapped_column(JSON)


class PaperRow(Base):
    """A kind of paper. `texts` maps a language to name, hint and question (what tells its chains apart)."""

    __tablename__ = "paper"

    code: Mapped[str] = mapped_column(String(LONGEST_CODE), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    texts: Mapped[dict[str, Any]] = mapped_column(JSON)


class ChainRow(Confirmed, Base):
    """A paper of one issuer and what must be done to it first.

    `texts` maps a language to name, steps (a list of at, do and where), checks (a list of what to look at
    before coming), fee_note and note; an absent key is not known. `service` and `digital_service` are codes
    of services.
    """

    __tablename__ = "chain"
    __table_args__ = (_listed("route", Route), _day_or_month("confirmed_on"))

    code: Mapped[str] = mapped_column(String(LONGEST_CODE), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    paper: Mapped[str] = mapped_column(ForeignKey("paper.code"), index=True)
    route: Mapped[str] = mapped_column(String(11))
    service: Mapped[str | None] = mapped_column(ForeignKey("service.code"))
    digital_service: Mapped[str | None] = mapped_column(ForeignKey("service.code"))
    texts: Mapped[dict[str, Any]] = mapped_column(JSON)
