"""Which act is whose: the "by" column of the vocabulary, verb by verb and party by party."""

from __future__ import annotations

import dataclasses

import pytest

from amends.core import commands as c
from amends.core.decide import act, place
from amends.core.facts import Facts
from amends.core.refusals import Refused
from amends.core.vocabulary import Party, RefusalCode, Verb
from amends.policies import load
from tests.core import builders as b

# The vocabulary's table. Whom a policy may let extend protection beside the seller is said below.
BY = {
    "place_order": "marketplace", "cancel_order": "marketplace seller buyer", "ship": "seller", "track": "carrier",
    "confirm_receipt": "buyer", "request_extension": "buyer", "extend_protection": "seller",
    "open": "buyer", "revise": "buyer", "offer": "seller", "accept": "buyer seller", "reject": "seller buyer",
    "withdraw": "buyer", "escalate": "buyer seller", "message": "buyer seller mediator",
    "add_evidence": "buyer seller", "remove_evidence": "buyer seller", "request_evidence": "mediator",
    "propose": "mediator", "choose": "buyer seller", "rule": "mediator", "dismiss": "mediator",
    "ship_return": "buyer", "track_return": "carrier", "confirm_return": "seller marketplace",
    "contest_return": "seller", "ship_replacement": "seller", "confirm_replacement": "buyer",
    "appeal": "buyer seller", "grant_appeal": "mediator", "deny_appeal": "mediator",
    "pause_clocks": "operator", "resume_clocks": "operator", "block_party": "operator mediator",
    "unblock_party": "operator mediator", "approve": "operator", "correct": "operator", "lapse": "clock",
    "chargeback_opened": "payments", "chargeback_closed": "payments",
    "refund_succeeded": "payments", "refund_failed": "payments", "payout_succeeded": "payments",
}  # fmt: skip
MAY = {Verb(verb): frozenset(map(Party, parties.split())) for verb, parties in BY.items()}
POLICY_MAY_ADD = {Verb.EXTEND_PROTECTION: frozenset({Party.BUYER, Party.MARKETPLACE, Party.OPERATOR})}
LIVES = [b.paid, b.offered, b.return_sent, b.agreed]


def test_the_table_has_every_verb_and_every_verb_its_command() -> None:
    assert set(MAY) == set(Verb) == set(c.COMMANDS)
    assert all(kind.verb is verb for verb, kind in c.COMMANDS.items())


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("party", Party)
def test_an_act_is_not_allowed_exactly_to_those_whose_it_never_is(verb: Verb, party: Party) -> None:
    for scenario in LIVES:
        life = scenario()
        command = b.command(life.order, party, verb, life.now, actor="somebody else")
        answer = act(life.order, command, life.now).answer
        never = isinstance(answer, Refused) and answer.code is RefusalCode.NOT_ALLOWED
        # Also said where something is lacking, not somebody: nothing waits for approval, no refund is under way.
        never = never and isinstance(answer, Refused) and answer.variant in ("", "policy")
        assert never is (party not in MAY[verb]), f"{party} {verb}: {answer}"


@pytest.mark.parametrize("verb", Verb)
def test_a_command_knows_whose_it_may_be(verb: Verb) -> None:
    assert MAY[verb] <= c.COMMANDS[verb].who <= MAY[verb] | POLICY_MAY_ADD.get(verb, frozenset())


@pytest.mark.parametrize("party", Party)
def test_only_the_shop_places_orders(party: Party) -> None:
    answer = place(dataclasses.replace(b.an_order(), by=party), b.MIDNIGHT, Facts(load("alx-a")))
    assert isinstance(answer, Refused) is (party is not Party.MARKETPLACE)


def test_a_refused_party_learns_whose_act_it_is() -> None:
    refused = b.offered().tries("seller", "withdraw")
    assert str(refused) == ("not_allowed: “withdraw” is not something the seller can do. It is done by: buyer.")


@pytest.mark.parametrize("party", ["marketplace", "operator"])
def test_a_policy_may_let_others_extend_protection(party: str) -> None:
    refused = b.shipped().tries(party, "extend_protection")
    assert (refused.code, refused.variant) == (RefusalCode.NOT_ALLOWED, "policy")
    assert refused.way_out == "It is done by: seller."
    life = b.Life("alx-e", {"protection.extendable_by": [party]}).at(1).does("seller", "ship")
    life.does(party, "extend_protection")
    assert life.tries("seller", "extend_protection").code is RefusalCode.NOT_ALLOWED


def test_a_lapse_is_the_clocks_and_only_what_has_lapsed() -> None:
    life = b.Life("alx-a").at(1).does("seller", "ship").at(20).does("buyer", "open").at(25)
    assert life.tries("clock", "lapse").code is RefusalCode.NOTHING_LAPSED
    life.at(25, seconds=1).does("clock", "lapse")
    assert life.tries("clock", "lapse").code is RefusalCode.NOTHING_LAPSED, "once"
    assert life.tries("operator", "lapse").code is RefusalCode.NOT_ALLOWED


def test_what_concerns_the_marketplace_is_no_act_on_an_order() -> None:
    assert b.offered().tries("operator", "block_party").code is RefusalCode.MALFORMED
    assert b.offered().tries("marketplace", "place_order").code is RefusalCode.DUPLICATE_ORDER
