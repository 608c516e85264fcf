"""Tables of geocoding: what was answered, whose turn it is to ask, and what is known better than by its seed file."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Double, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from consular.foundation.database import Base, Instant


class Geocoded(Base):
    """One answer of the geocoding service, or that it knew nothing (`latitude` NULL), until it expires.

    A street address is personal: the key is a keyed hash of what was typed, nothing of the text is kept,
    and a citizen's position is rounded before it comes here.
    """

    __tablename__ = "geocoded"
    __table_args__ = (
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL) AND (latitude IS NULL) = (precision IS NULL)",
            name="position",
        ),
    )

    asked: Mapped[str] = mapped_column(String(64), primary_key=True)
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    precision: Mapped[str | None] = mapped_column(String(10))
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)


class GeocoderTurn(Base):
    """When the geocoding service may be asked again, for all workers; one row.

    `failures` in a row lengthen the rest that it is given after one (`rests_until`).
    """

    __tablename__ = "geocoder_turn"
    __table_args__ = (
        CheckConstraint("one = 1", name="one"),
        CheckConstraint("failures >= 0", name="failures"),
    )

    one: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    next_at: Mapped[datetime] = mapped_column(Instant)
    rests_until: Mapped[datetime] = mapped_column(Instant)
    failures: Mapped[int] = mapped_column(Integer)


class LocatedOffice(Base):
    """Says that an office's position came from elsewhere than its seed file, so that seeding keeps it."""

    __tablename__ = "located_office"
    __table_args__ = (CheckConstraint("located_on LIKE '____-__-__'", name="located_on"),)

    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    source_code: Mapped[str] = mapped_column(ForeignKey("source.code"))
    located_on: Mapped[str] = mapped_column(String(10))


class CorrectedOffice(Base):
    """Says that the staff corrected an office's published data, so that seeding keeps what they wrote."""

    __tablename__ = "corrected_office"

    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    corrected_at: Mapped[datetime] = mapped_column(Instant)
    corrected_by: Mapped[str] = mapped_column(String(254))
