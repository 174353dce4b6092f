"""Who of the staff may sit where: an account and a role in a marketplace, given and taken by whoever operates it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from amends.core.vocabulary import Party

from .trips import WORKER, in_one_trip

ROLES = (Party.MEDIATOR, Party.OPERATOR)


class StaffSeat(NamedTuple):
    """One place of one account. `name` is what events remember of whoever decides there."""

    marketplace: UUID
    called: str
    """The marketplace's name."""
    sandbox: bool
    account: int
    role: Party
    name: str


class Entry(NamedTuple):
    """Somebody signed in; real time."""

    at: datetime
    second_factor: bool


class NameTaken(Exception):
    """In this marketplace another account has the name, or the account has another."""


def give(marketplace: UUID, account: int, role: Party, name: str) -> None:
    """Let the account sit there. In a marketplace one name is one account: who ruled may not agree as another.

    Raises IntegrityError of the driver for a name somebody else has in that role, NameTaken for any other clash.
    """
    assert role in ROLES, "buyers and sellers come by links"
    given = in_one_trip(
        marketplace,
        """INSERT INTO staff_seat (marketplace, account, role, name)
        SELECT %(m)s, %(a)s, %(role)s, %(name)s WHERE NOT EXISTS (SELECT FROM staff_seat s WHERE s.marketplace = %(m)s
          AND (s.account = %(a)s AND s.role <> %(role)s AND s.name <> %(name)s
            OR s.account <> %(a)s AND s.role <> %(role)s AND s.name = %(name)s))
        ON CONFLICT (marketplace, account, role) DO UPDATE SET name = excluded.name RETURNING 1""",
        {"m": marketplace, "a": account, "role": role.value, "name": name},
        role=WORKER,
        begin=True,
    )
    if not given:
        raise NameTaken(name)


def remove(marketplace: UUID, account: int, role: Party | None = None) -> bool:
    """Take the role, or every role there; whether there was one. Seats at browsers end with the next request."""
    return bool(
        in_one_trip(
            marketplace,
            """DELETE FROM staff_seat WHERE marketplace = %(m)s AND account = %(a)s
            AND (%(role)s = '' OR role = %(role)s) RETURNING 1""",
            {"m": marketplace, "a": account, "role": role.value if role else ""},
            role=WORKER,
            begin=True,
        )
    )


def of_account(account: int) -> list[StaffSeat]:
    """Every seat of an account, by marketplace and role."""
    return _seats(None, "account", account)


def of_marketplace(marketplace: UUID) -> list[StaffSeat]:
    """Everybody who may sit there, by role and name."""
    return _seats(marketplace, "marketplace", 0)


def may_sit(marketplace: UUID, account: int, role: Party, name: str) -> bool:
    """Whether the account still has this seat, under this name."""
    return bool(
        in_one_trip(
            marketplace,
            """SELECT 1 FROM staff_seat WHERE marketplace = %(m)s AND account = %(a)s AND role = %(role)s
            AND name = %(name)s""",
            {"m": marketplace, "a": account, "role": role.value, "name": name},
            begin=False,
        )
    )


def entered(account: int, *, second_factor: bool) -> None:
    """Write down that somebody signed in."""
    in_one_trip(
        None,
        "INSERT INTO staff_entry (account, second_factor) VALUES (%(a)s, %(second)s) RETURNING 1",
        {"a": account, "second": second_factor},
        role=WORKER,
        begin=True,
    )


def entries(account: int, *, most: int = 5) -> list[Entry]:
    """When the account signed in, the newest first."""
    rows = in_one_trip(
        None,
        "SELECT at, second_factor FROM staff_entry WHERE account = %(a)s ORDER BY at DESC LIMIT %(most)s",
        {"a": account, "most": most},
        role=WORKER,
        begin=False,
    )
    return [Entry(*row) for row in rows]


def _seats(marketplace: UUID | None, by: str, account: int) -> list[StaffSeat]:
    rows = in_one_trip(
        marketplace,
        """SELECT s.marketplace, coalesce(nullif(b.name, ''), m.name), m.sandbox, s.account, s.role, s.name
        FROM staff_seat s JOIN marketplace m ON m.id = s.marketplace
        LEFT JOIN marketplace_brand b ON b.marketplace = s.marketplace
        WHERE CASE %(by)s WHEN 'account' THEN s.account = %(a)s ELSE s.marketplace = %(m)s END
        ORDER BY 2, s.role, s.name""",
        {"by": by, "a": account, "m": marketplace},
        role=WORKER,
        begin=False,
    )
    return [StaffSeat(*row)._replace(role=Party(row[4])) for row in rows]
