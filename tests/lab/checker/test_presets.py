"""The five shipped policies are proved: nothing refutes them, and the walk behind it was no short one."""

import pytest

from amends.lab.checker.findings import PROVABLE, Code, Level
from amends.policies import preset_names
from tests.lab.checker.checked import report

STAFF = {"alx-e": "appeal_decision, review"}


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_is_proved(name: str) -> None:
    found = report(name)
    assert not found.errors, [finding.sentence for finding in found.errors]
    assert set(found.proved) == set(PROVABLE)
    assert found.states > 1000
    assert found.moves > 5 * found.states
    # A return that travels for sixty days and is then looked at for sixty more: less cannot be promised.
    assert 120 <= (found.bound_days or 0) <= 200
    assert not [finding for finding in found.findings if finding.level is Level.DECLARED]
    (note,) = (finding for finding in found.findings if finding.code is Code.DEPENDS_ON_STAFF)
    assert note.level is Level.NOTE
    assert f"Depends on staff: {STAFF.get(name, 'review')}." in note.sentence


def test_guide_c_bargains_longer_than_paypal_lets_anybody() -> None:
    warnings = [finding for finding in report("alx-c").findings if finding.level is Level.WARNING]
    assert [(finding.code, "PayPal's 20 days" in finding.sentence) for finding in warnings] == [
        (Code.LONGER_THAN_OTHER_SCHEMES, True)
    ]
