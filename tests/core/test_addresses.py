"""An address a parcel can be sent to: what it holds, what it lacks, and that older events say what they said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from amends.core import commands as c
from amends.core import events as e
from amends.core import sight
from amends.core.addresses import lacking, located
from amends.core.refusals import Refused
from amends.core.values import Location
from amends.core.vocabulary import Party, RefusalCode
from amends.core.wire import canonical, read_command, read_event, seal, write_event
from tests.core import builders as b

WHOLE = {
    "country": "CN",
    "city": "Suzhou",
    "name": "Bao Tailors",
    "lines": ["Building 3", "88 Canal Street"],
    "postcode": "215000",
    "region": "Jiangsu",
    "phone": "+86 512 0000",
}


def named(**changed: object) -> Location | None:
    document = {"by": "seller", "do": "accept", "dispute": 1, "return_to": WHOLE | changed}
    command = read_command(document)
    assert isinstance(command, c.Accept)
    return located(command.return_to)


def test_a_whole_address_travels_with_the_acceptance_and_its_buyer_reads_it() -> None:
    life = b.opened(wants="return_and_refund")
    document = {"by": "seller", "do": "accept", "dispute": 1, "return_to": WHOLE}
    step = life.sends(read_command(document))
    assert step.events
    place = sight.return_address(life.order, life.dispute, Party.BUYER)
    assert place is not None
    assert [line.plain for line in place.lines] == ["Building 3", "88 Canal Street"]
    assert place.postcode is not None
    assert place.postcode.plain == "215000"
    assert not lacking(place)


def test_every_part_of_it_is_sealed_when_it_is_written() -> None:
    life = b.opened(wants="return_and_refund")
    life.sends(read_command({"by": "seller", "do": "accept", "dispute": 1, "return_to": WHOLE}))
    event = life.last(e.TermsAccepted)
    with pytest.raises(ValueError, match="not sealed"):
        write_event(event)
    written = canonical(write_event(seal(event, b.seal)))
    for part in ("Suzhou", "Bao", "Building", "215000", "Jiangsu", "512"):
        assert part.encode() not in written
    assert canonical(write_event(read_event(json.loads(written)))) == written


def test_an_event_from_before_still_says_country_and_city_and_nothing_more() -> None:
    golden = Path(__file__).parents[1] / "golden" / "events" / "TermsAccepted-1.json"
    event = read_event(json.loads(golden.read_bytes()))
    assert isinstance(event, e.TermsAccepted)
    place = event.return_to
    assert place is not None
    assert place.city is not None
    assert (place.name, place.lines, place.postcode, place.region, place.phone) == (None, (), None, None, None)


def test_what_a_parcel_still_needs_is_named() -> None:
    assert lacking(None) == ("name", "lines", "city", "postcode", "country")
    assert lacking(located(c.Place("CN", "Suzhou"))) == ("name", "lines", "postcode")
    assert lacking(named(lines=["  "], region="")) == ("lines",)
    assert lacking(named(postcode="")) == ("postcode",)
    assert lacking(named(country="HK", postcode="")) == (), "Hong Kong has no postcodes"


@pytest.mark.parametrize("changed", [{"lines": ["1", "2", "3", "4"]}, {"name": "x" * 201}, {"lines": ["x" * 201]}])
def test_what_fits_on_no_label_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        named(**changed)
    assert refused.value.code is RefusalCode.MALFORMED


def test_a_parcel_that_came_to_the_city_came_to_the_address() -> None:
    """Whether it was delivered elsewhere goes on being told by country and city."""
    life = b.opened(wants="return_and_refund")
    life.sends(read_command({"by": "seller", "do": "accept", "dispute": 1, "return_to": WHOLE}))
    life.does("buyer", "ship_return")
    life.does("carrier", "track_return", state="delivered", city="SUZHOU ")
    assert not life.last(e.ReturnTracked).elsewhere
