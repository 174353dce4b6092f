"""allauth's own application, which wants its middleware around every request; ours goes around /staff/ only."""

from __future__ import annotations

from allauth.account.apps import AccountConfig


class Accounts(AccountConfig):  # type: ignore[misc]  # allauth says nothing of its types
    def ready(self) -> None:
        from allauth.account import checks  # noqa: F401, PLC0415 - as allauth does it

        from . import factors, staff  # noqa: PLC0415 - they listen to allauth, whose models are ready only now

        staff.listen()
        factors.listen()
