"""Tables of the country's divisions: provinces and districts by their INEI codes."""

from sqlalchemy import CheckConstraint, Double, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from consular.foundation.database import Base


def _digits(column: str, count: int) -> CheckConstraint:
    return CheckConstraint(f"ltrim({column}, '0123456789') = '' AND length({column}) = {count}", name=column)


def _on_earth(column: str, degrees: int) -> CheckConstraint:
    return CheckConstraint(f"{column} BETWEEN -{degrees} AND {degrees}", name=column)


class Province(Base):
    """A second-level division; its position is that of its capital town."""

    __tablename__ = "province"
    __table_args__ = (_digits("code", 4), _on_earth("latitude", 90), _on_earth("longitude", 180))

    code: Mapped[str] = mapped_column(String(4), primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    name: Mapped[str] = mapped_column(String(80))
    capital: Mapped[str] = mapped_column(String(120))
    latitude: Mapped[float] = mapped_column(Double)
    longitude: Mapped[float] = mapped_column(Double)


class District(Base):
    """A third-level division. Its position is that of its capital town; NULL when no source gives one.

    `other_names` are joined by `|`.
    """

    __tablename__ = "district"
    __table_args__ = (
        _digits("code", 6),
        _on_earth("latitude", 90),
        _on_earth("longitude", 180),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="position"),
    )

    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    province_code: Mapped[str] = mapped_column(ForeignKey("province.code"))
    name: Mapped[str] = mapped_column(String(120))
    capital: Mapped[str | None] = mapped_column(String(120))
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    other_names: Mapped[str] = mapped_column(Text)
