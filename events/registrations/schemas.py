"""What the registration desk answers."""

from datetime import datetime
from uuid import UUID

import msgspec

from events.registrations.models import Registration, RosterEntry
from events.registrations.rules import RegistrationStatus
from events.registrations.service import Receipt
from events.registrations.tokens import manage_link, manage_token
from infra.installation import Installation


class Links(msgspec.Struct, frozen=True):
    self: str
    manage: str


class ReceiptOut(msgspec.Struct, frozen=True):
    """The answer to a registration, and to a rotated token: the only two that show a manage token."""

    id: UUID
    number: str
    status: RegistrationStatus
    waitlist_position: int | None
    manage_token: str
    links: Links


class LeaderOut(msgspec.Struct, frozen=True):
    name: str
    phone: str
    email: str | None


class RosterEntryOut(msgspec.Struct, frozen=True):
    name: str
    role: str


class RegistrationOut(msgspec.Struct, frozen=True):
    """A registration as its leader and its organiser read it."""

    id: UUID
    number: str
    division_id: UUID
    status: RegistrationStatus
    waitlist_position: int | None
    rank: int
    team_name: str
    unit_region: str
    leader: LeaderOut
    roster: list[RosterEntryOut]
    language: str
    reason: str | None
    created_at: datetime
    changed_at: datetime


class RegistrationLine(msgspec.Struct, frozen=True):
    """A registration in the organiser's list: whom to ring, and no roster."""

    id: UUID
    number: str
    status: RegistrationStatus
    waitlist_position: int | None
    rank: int
    team_name: str
    unit_region: str
    leader: LeaderOut
    athletes: int
    created_at: datetime


class Accepted(msgspec.Struct, frozen=True):
    """The same whether a contact is known or not."""

    status: str = "accepted"


class RegistrationPage(msgspec.Struct, frozen=True):
    items: list[RegistrationLine]
    next: str | None


def receipt_out(receipt: Receipt, installation: Installation, *, generation: int = 0) -> ReceiptOut:
    """The receipt with its manage token, derived now."""
    token = manage_token(installation.keys, receipt.id, generation)
    url = installation.settings.public_url
    links = Links(f"{url}/api/v1/registrations/{receipt.id}", manage_link(url, receipt.id, token))
    return ReceiptOut(receipt.id, receipt.number, receipt.status, receipt.waitlist_position, token, links)


def registration_out(found: Registration, position: int | None, roster: list[RosterEntry]) -> RegistrationOut:
    return RegistrationOut(
        id=found.id,
        number=found.number,
        division_id=found.division_id,
        status=found.status,
        waitlist_position=position,
        rank=found.rank,
        team_name=found.team_name,
        unit_region=found.unit_region,
        leader=LeaderOut(found.leader_name, found.leader_phone, found.leader_email),
        roster=[RosterEntryOut(entry.name, entry.role.value) for entry in roster],
        language=found.language,
        reason=found.reason,
        created_at=found.created_at,
        changed_at=found.changed_at,
    )


def line_out(found: Registration, position: int | None, athletes: int) -> RegistrationLine:
    return RegistrationLine(
        id=found.id,
        number=found.number,
        status=found.status,
        waitlist_position=position,
        rank=found.rank,
        team_name=found.team_name,
        unit_region=found.unit_region,
        leader=LeaderOut(found.leader_name, found.leader_phone, found.leader_email),
        athletes=athletes,
        created_at=found.created_at,
    )
