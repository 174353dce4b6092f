"""Nobody fills threads and disk with case files, nobody waits twice for a translator that hangs, and nothing that
people wrote stays in memory for good.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from django.test import override_settings

from amends.core.vocabulary import Party
from amends.orders.casefile_turns import AT_ONCE, Busy, turn
from amends.vault.casefile import container
from amends.web import translating
from amends.web.remembered import Breaker, Remembered, digest

from .people import Market
from .test_case import CASE, plain, text
from .test_case_file import names, saved, told
from .test_case_talk import RUSSIAN, talking, translation, translator

__all__ = ["talking", "told"]


# ── case files ───────────────────────────────────────────────────────────────────────────────────


def test_while_alices_file_is_made_she_is_told_to_wait_and_bob_gets_his(told: Market) -> None:
    alice = told.seat(Party.BUYER, language="ru")
    with turn(told.marketplace, "buyer:alice"):
        answer = alice.get(CASE + "case-file/")
        assert (answer.status_code, answer["Retry-After"]) == (503, "10")
        assert "Ваш файл" in plain(answer.content.decode())
        assert names(saved(told.seat(Party.SELLER)))
    assert names(saved(alice))


def test_a_process_makes_two_at_once(told: Market) -> None:
    with turn(told.marketplace, "buyer:ann"), turn(told.marketplace, "seller:ben"):
        answer = told.seat(Party.MEDIATOR).get(CASE + "case-file/")
        assert (answer.status_code, answer["Retry-After"]) == (503, "10")
        assert "Other people's files are being made" in plain(answer.content.decode())
        assert "Ask whoever operates this" not in plain(answer.content.decode())
    assert names(saved(told.seat(Party.MEDIATOR)))


def test_a_turn_ends_also_where_making_the_file_failed(told: Market) -> None:
    for _ in range(AT_ONCE + 1):
        with pytest.raises(OSError, match="full"), turn(told.marketplace, "buyer:alice"):
            raise OSError("the disk is full")
    with turn(told.marketplace, "buyer:alice"), pytest.raises(Busy), turn(told.marketplace, "buyer:alice"):
        pass


def test_what_is_too_large_by_what_is_known_of_it_is_refused() -> None:
    container.refuse_if_too_large(container.LARGEST, 10)
    with pytest.raises(container.TooLarge):
        container.refuse_if_too_large(container.LARGEST + 1, 10)


# ── translators ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A translator that takes every call and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        translating.forget()
        yield server
        translating.forget()


def test_whoever_asks_after_a_failure_does_not_wait(silent: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translating.LibreTranslate.__init__, "__kwdefaults__", {"seconds": 0.3})
    with override_settings(AMENDS_TRANSLATOR=f"http://127.0.0.1:{silent.getsockname()[1]}/"):
        for other in range(4):
            begun = time.monotonic()
            with pytest.raises(translating.Untranslated, match="does not answer"):
                translating.translate(f"{RUSSIAN} {other}", into="en")
            took = time.monotonic() - begun
            assert (took >= 0.3) is (other == 0), (other, took)


def test_who_answers_is_asked_once_and_remembered_without_the_text(talking: Market) -> None:
    alice = talking.seat(Party.BUYER)
    with translator() as server:
        for _ in range(2):
            assert "We are very sorry." in translation(alice.get(CASE, translate="4").content.decode())
        assert len(server.asked) == 1
        assert RUSSIAN not in repr(translating._known.__dict__) + repr(translating._guessed.__dict__)
        assert "We are very sorry." in repr(translating._known.__dict__)


def test_a_translation_that_is_refused_stops_no_other(talking: Market) -> None:
    alice = talking.seat(Party.BUYER)
    with translator(answer={"error": "not this language"}) as server:
        for _ in range(2):
            assert "could not translate this" in text(alice.get(CASE, translate="4"))
        assert len(server.asked) == 2


def test_what_is_remembered_is_forgotten_in_time_also_where_nobody_asks() -> None:
    kept = Remembered(seconds=0.05, most=10, characters=100)
    kept.put(digest("a"), "Rose Street 7")
    assert kept.get(digest("a")) == "Rose Street 7"
    until = time.monotonic() + 5
    while len(kept) and time.monotonic() < until:
        time.sleep(0.01)
    assert not len(kept)
    assert "Rose Street" not in repr(kept.__dict__)
    assert translating.KEPT_FOR <= 3600


def test_the_oldest_go_first() -> None:
    now = [0.0]
    kept = Remembered(seconds=60, most=2, characters=10, clock=lambda: now[0])
    for one in "abc":
        kept.put(digest(one), one)
    assert [kept.get(digest(one)) for one in "abc"] == [None, "b", "c"]
    kept.put(digest("d"), "d" * 10)
    assert [kept.get(digest(one)) for one in "bcd"] == [None, None, "d" * 10]
    now[0] = 60
    assert kept.get(digest("d")) is None
    assert digest("ab", "c") != digest("a", "bc")


def test_a_breaker_closes_for_a_while_and_lets_two_through_at_once() -> None:
    now = [0.0]
    breaker = Breaker(seconds=15, at_once=2, clock=lambda: now[0])
    assert [breaker.enter() for _ in range(3)] == [True, True, False]
    breaker.leave(failed=False)
    assert breaker.enter()
    breaker.leave(failed=True)
    assert not breaker.enter()
    now[0] = 15
    assert breaker.enter()
