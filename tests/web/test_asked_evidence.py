"""What a mediator lists when she asks for evidence, on the pages of all three."""

from __future__ import annotations

import re

from amends.core.vocabulary import Party

from .people import Market
from .test_files import disputed, files, given, jpeg, listed, sent  # noqa: F401


def test_mia_lists_what_she_wants_and_alice_ticks_it_off(disputed: Market) -> None:  # noqa: F811
    disputed.done(Party.SELLER, "reject", dispute=1, text="No.")
    disputed.day(40)
    mia, alice, bob = disputed.seat("mediator"), disputed.seat("buyer"), disputed.seat("seller")
    act = "orders/O-1/disputes/1/do/request_evidence/"
    question = {"of": ["buyer", "seller"], "text": "Please show both."}
    version = re.findall(r'name="_version" value="([^"]*)"', mia.get(act).content.decode())[0]
    draft = {"_step": "preview", "_version": version, **question}
    assert "Write at most 5 lines" in mia.post(act, things="1\n2\n3\n4\n5\n6", **draft).content.decode()
    letter = mia.post(act, things="The <kettle>, plugged in\n\n The lid ", **draft).content.decode()
    listing = letter[letter.index("To show, number 1") :]
    assert (
        listing.index("The &lt;kettle&gt;, plugged in") < listing.index("To show, number 2") < listing.index("The lid")
    )
    marks = dict(re.findall(r'name="(_key|_version|_read)" value="([^"]*)"', letter))
    sending = {**question, **marks, "_step": "send", "things": "The <kettle>, plugged in\nThe lid"}
    assert mia.post(act, **sending).status_code == 302

    def offered(number: str, page: str) -> bool:
        return f'<option value="{number}" selected>' in page

    page = alice.get("orders/O-1/disputes/1/do/add_evidence/").content.decode()
    assert "The &lt;kettle&gt;, plugged in" in page
    assert offered("1", page), "the first without a tick is chosen beforehand"
    strange = sent(alice, jpeg(), dispute="1", answers="7")
    assert strange.status_code == 409
    assert not any(one.answers for one in listed(disputed))
    given(disputed, alice, jpeg(), answers="1")
    assert listed(disputed)[-1].answers == 1
    assert offered("2", alice.get("orders/O-1/disputes/1/do/add_evidence/").content.decode())
    case = "orders/O-1/disputes/1/"
    hers, his = (who.get(case).content.decode() for who in (alice, bob))
    for text, ticked in ((hers, True), (his, False)):
        item = text[text.index('<ol class="things">') :]
        first, second = item.split("<li>")[1], item[item.index("The lid") - 200 : item.index("The lid")]
        assert ("☑" in first) is ticked
        assert "☐" in second
    assert "Given for:" in hers
    assert "From the buyer" in his
