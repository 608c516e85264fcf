"""Tables of the staff: accounts, API keys."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, true
from sqlalchemy.orm import Mapped, mapped_column

from consular.foundation.database import Base, Instant


class Role(StrEnum):
    """What an account is; `permissions` says what each may do."""

    ADMINISTRATOR = "administrator"
    CLERK = "clerk"


class KeyScope(StrEnum):
    """What an API key may do: book for citizens, or also see what staff see."""

    BOOK = "book"
    OPERATOR = "operator"


class Account(Base):
    """A person of the staff. A clerk belongs to one office; an administrator to none."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("role IN ('administrator', 'clerk')", name="role"),
        CheckConstraint("(role = 'clerk') = (office_id IS NOT NULL)", name="office_of_clerk"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(20))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"), index=True)
    language: Mapped[str] = mapped_column(String(10), server_default="es")
    active: Mapped[bool] = mapped_column(server_default=true())
    # Sessions carry the number that was true when they began; any other number has been signed out.
    session_version: Mapped[int] = mapped_column(server_default="1")


class ApiKey(Base):
    """A key of an outside program, stored as SHA-256: 256 random bits need no slow hash."""

    __tablename__ = "api_key"
    __table_args__ = (CheckConstraint("scope IN ('book', 'operator')", name="scope"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scope: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class ApiKeyOffice(Base):
    """The offices that a key is limited to; a key with no row here may act for every office."""

    __tablename__ = "api_key_office"

    api_key_id: Mapped[int] = mapped_column(ForeignKey("api_key.id", ondelete="CASCADE"), primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
