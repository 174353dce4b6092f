"""Recorded orders through the service, with simulated parties: the same answers and the same money as in memory."""

from __future__ import annotations

from pathlib import Path

from amends import calendars, policies
from amends.lab import rehearsal, retelling
from amends.lab.books import read_book
from amends.stories.client import Client
from tests.lab.books import book

from .running import Running

CALENDARS = calendars.load(["CN"])


def told_again(
    service: Running, whole: retelling.Rehearsal, *, sandboxes: int = 3
) -> tuple[retelling.Retold, list[str]]:
    policy = policies.load("alx-a")
    made = [service.keeper.sandbox(policy.document) for _ in range(sandboxes)]
    clients = [Client(service.url, sandbox.keys[0]) for sandbox in made]
    retold = retelling.retell(whole, clients, "test")
    for client in clients:
        client.close()
    return retold, [line for sandbox in made for line in service.keeper.broken(sandbox.id)]


def rehearsed(folder: Path, seed: int) -> rehearsal.Rehearsal:
    one = rehearsal.Rehearsal(read_book(book(folder)), policies.load("alx-a"), CALENDARS, seed)
    one.run(rehearsal.verified)
    return one


def test_a_book_ends_the_same_in_memory_and_through_the_service(service: Running, tmp_path: Path) -> None:
    """Eight orders under eight seeds: sixty-four orders, with disputes, offers, rulings, returns and silence."""
    disputes = 0
    for seed in range(8):
        one = rehearsed(tmp_path, seed)
        retold, broken = told_again(service, one.whole())
        assert retold.differences == ()
        assert broken == []
        assert retold.orders == 8
        assert retold.memory == retold.service
        disputes += sum(many for name, many in retold.service.items() if name.startswith("disputes"))
    assert disputes > 8, "a book without disputes would prove little"


def test_an_answer_that_differs_is_told(service: Running, tmp_path: Path) -> None:
    """Somebody changes one amount on the way: the act that tells is named, and so is the order that ends otherwise."""
    whole = rehearsed(tmp_path, 1).whole()
    first = whole.acts[0]
    price = [{**first.document["lines"][0], "price": "11.00"}]
    payment = [{**first.document["payments"][0], "amount": "16.00"}]
    changed = first._replace(document={**first.document, "lines": price, "payments": payment})
    retold, broken = told_again(service, whole._replace(acts=[changed, *whole.acts[1:]]))
    assert broken == []
    assert any(line.startswith("act 1 (place_order on O1") for line in retold.differences)
    assert any(line.startswith("order O1 ends") for line in retold.differences)
