"""What a check answers: findings, and the report that holds them."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple


class Level(StrEnum):
    """An error refutes the policy; a warning is worth a second thought; a note and a declared exception are not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    DECLARED = "declared"


class Code(StrEnum):
    """What is proved or refuted, by name. docs/checking-policies.md explains each."""

    EVERY_STATE_CAN_END = "every_state_can_end"
    SILENCE_ENDS_EVERY_ORDER = "silence_ends_every_order"
    MONEY_IS_CONSERVED = "money_is_conserved"
    SILENCE_NEVER_PAYS_THE_SILENT = "silence_never_pays_the_silent"
    NO_CLOCK_RESTARTS_WITHOUT_LIMIT = "no_clock_restarts_without_limit"
    DEPENDS_ON_STAFF = "depends_on_staff"
    REFUSALS_THAT_NEVER_LIFT = "refusals_that_never_lift"
    REASONS_NOBODY_CAN_USE = "reasons_nobody_can_use"
    WINDOWS_THAT_CLOSE_BEFORE_THEY_OPEN = "windows_that_close_before_they_open"
    APPEALS_THAT_CANNOT_BE_HEARD = "appeals_that_cannot_be_heard"
    LONGER_THAN_OTHER_SCHEMES = "longer_than_other_schemes"
    UNKNOWN_CALENDAR = "unknown_calendar"
    VALUES_CONTRADICT = "values_contradict"
    DECLARATION_NOT_NEEDED = "declaration_not_needed"
    EXPLORED_TO_THE_END = "explored_to_the_end"


PROVABLE: dict[Code, str] = {
    Code.EXPLORED_TO_THE_END: "every state that can be reached was visited",
    Code.EVERY_STATE_CAN_END: "from every state something a party, a carrier or staff may do leads to an end",
    Code.SILENCE_ENDS_EVERY_ORDER: "if both parties fall silent and staff keep their deadlines, the order ends",
    Code.MONEY_IS_CONSERVED: "paid in = held + refunded + released in every state, and nothing is held at an end",
    Code.SILENCE_NEVER_PAYS_THE_SILENT: "no deadline pays the party whose answer it waited for",
    Code.NO_CLOCK_RESTARTS_WITHOUT_LIMIT: "nobody can keep the money held for ever by starting a clock again",
    Code.REFUSALS_THAT_NEVER_LIFT: "a refusal that names a date is lifted on it, and who may escalate some time can",
    Code.REASONS_NOBODY_CAN_USE: "every reason the policy does not refuse can be used",
    Code.WINDOWS_THAT_CLOSE_BEFORE_THEY_OPEN: "no window closes before it opens",
    Code.APPEALS_THAT_CANNOT_BE_HEARD: "every ground of appeal can be used by whoever may appeal",
    Code.UNKNOWN_CALENDAR: "every calendar that is named is known",
    Code.VALUES_CONTRADICT: "no two values contradict each other",
}
"""Properties in the order they are reported, each as the sentence that holds when nothing refutes it."""


class Finding(NamedTuple):
    """One thing found. `keys` are the policy keys to look at; `counterexample` is a story in YAML that shows it."""

    level: Level
    code: Code
    sentence: str
    keys: tuple[str, ...] = ()
    counterexample: str | None = None

    def document(self) -> dict[str, Any]:
        """As plain JSON data."""
        return {
            "level": self.level.value,
            "code": self.code.value,
            "sentence": self.sentence,
            "keys": list(self.keys),
            "counterexample": self.counterexample,
        }


class Report(NamedTuple):
    """What a check of one policy found. `bound_days` is None where silence does not end every order."""

    policy: str
    findings: tuple[Finding, ...]
    bound_days: int | None
    states: int
    moves: int
    seconds: float

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.level is Level.ERROR)

    @property
    def proved(self) -> tuple[Code, ...]:
        """The properties that nothing speaks against, not even a warning."""
        refuted = {finding.code for finding in self.findings if finding.level in (Level.ERROR, Level.WARNING)}
        if Code.EXPLORED_TO_THE_END in refuted:
            return ()
        return tuple(code for code in PROVABLE if code not in refuted)

    def document(self) -> dict[str, Any]:
        """As plain JSON data."""
        return {
            "policy": self.policy,
            "proved": [code.value for code in self.proved],
            "findings": [finding.document() for finding in self.findings],
            "bound_days": self.bound_days,
            "states": self.states,
            "moves": self.moves,
            "seconds": round(self.seconds, 3),
        }
