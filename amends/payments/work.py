"""Working off the intents: call the provider, ask him where he is silent, and bring what he says to the orders.

The rule: an intent is written, then marked as sent, then the provider is called with the intent's own key. Without a
word from him the same call is made again, for 20 hours; after that he is asked, never called blindly; and where he
does not know it, or cannot be asked for three days, a person has to look. No transaction is open during a call.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from amends.orders import queries

from . import claims, inbox, sandbox
from .claims import Claimed
from .provider import Answer, Answered, Failed, Movement, NotKnown, Provider, Sent, Told, Unreachable

log = logging.getLogger(__name__)

BATCH = 100
GIVE_UP_AFTER = timedelta(days=3)
"""By the marketplace's clock, from the first call: then a person looks."""
LONGEST_PAUSE = timedelta(hours=1)


class Worked(NamedTuple):
    """One round: movements a provider has taken or answered, and answers that had their effect, good and bad."""

    sent: int
    answered: int
    failed: int


def once(now: datetime, *, marketplace: UUID | None = None, most: int = BATCH) -> Worked:
    """Do what is to be done by `now` (real time), of one marketplace or of all; each at its own clock.

    Any number of workers may do so at once. Raises OperationalError where the database is away: what was begun is
    taken up when its lease is over.
    """
    sent = sum(_call(one, now) for one in claims.to_send(now, marketplace=marketplace, most=most))
    for one in claims.to_ask(now, marketplace=marketplace, most=most):
        _ask(one, now)
    told = sandbox.news(now, marketplace=marketplace, most=most)
    if told:
        for news in told:
            inbox.keep(sandbox.NAME, news)
        sandbox.thank(told)
    applied = inbox.apply(now, marketplace=marketplace, most=most)
    return Worked(sent, applied.succeeded, applied.failed)


def provider_of(one: Claimed) -> Provider:
    """The provider of the intent's marketplace, as it is set up there. Raises `sandbox.BadSettings`."""
    silent = one.provider == sandbox.SILENT
    return sandbox.Sandbox(sandbox.Settings.read(one.settings, silent=silent), name=one.provider)


def _call(one: Claimed, now: datetime) -> bool:
    """Make one movement, or ask about it where it was begun too long ago. Whether the provider took it."""
    if one.ask_at <= one.at:
        return _ask(one, now)
    target = one.target
    if one.redirected:
        opened = queries.text(one.marketplace, one.order_key, one.target)
        if opened is None:
            claims.to_a_human(one, "Where the money was to go has been erased with its person; find another way.")
            return False
        target = opened
    movement = Movement(one.marketplace, one.order_key, one.key, one.amount_minor, one.currency, target)
    try:
        provider = provider_of(one)
        answer = (provider.refund if one.kind == "refund" else provider.release)(movement, one.at)
    except Unreachable as away:
        _wait(one, away, now)
        return False
    _said(one, answer)
    return True


def _ask(one: Claimed, now: datetime) -> bool:
    try:
        answer = provider_of(one).ask(one.marketplace, one.key, one.reference, one.at)
    except Unreachable as away:
        if one.at - one.sent_at >= GIVE_UP_AFTER:
            claims.to_a_human(one, f"The provider could not be asked for {GIVE_UP_AFTER.days} days: {away}.")
        else:
            _wait(one, away, now)
        return False
    if isinstance(answer, NotKnown):
        hours = claims.ASK_AFTER // timedelta(hours=1)
        claims.to_a_human(
            one,
            f"The provider does not know this movement {hours} hours after it was sent; find out, then send it again.",
        )
        return False
    _said(one, answer)
    return True


def _said(one: Claimed, answer: Answer) -> None:
    claims.taken(one, answer.reference or one.key)
    if isinstance(answer, Answered):
        told = Told(one.marketplace, answer.event_id, one.key, "succeeded", answer.reference)
        inbox.keep(one.provider, told)
    elif isinstance(answer, Failed):
        inbox.keep(
            one.provider,
            Told(one.marketplace, answer.event_id, one.key, "failed", answer.reference, answer.reason),
        )
    else:
        assert isinstance(answer, Sent), "there is no fourth answer"


def _wait(one: Claimed, away: Unreachable, now: datetime) -> None:
    pause = min(timedelta(seconds=30) * 2 ** min(one.attempts - 1, 10), LONGEST_PAUSE)
    log.warning(
        "Provider %s of marketplace %s could not be reached about order %s, event %s (attempt %s): %s",
        *(one.provider, one.marketplace, one.order_key, one.event, one.attempts, away),
    )
    claims.later(one, now + pause)
