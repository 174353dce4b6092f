"""The documents fail when they stop being true: a word without meaning, a key without a row, a link to nowhere.

Every assertion names what is missing, so that the failure is the list of what to write.
"""

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote

import pytest

from amends.core import journal
from amends.core import vocabulary as words
from amends.core.commands import COMMANDS
from amends.core.events import EVENTS
from amends.core.policy import KEYS

CHECKOUT = Path(__file__).parents[1]
DOCS = CHECKOUT / "docs"
RULES = [f"R{number:03}" for number in range(1, 400)]

CHAPTERS: dict[str, type[StrEnum]] = {
    "Parties": words.Party,
    "Verbs": words.Verb,
    "Order statuses": words.OrderStatus,
    "Dispute statuses": words.DisputeStatus,
    "Outcomes": words.Outcome,
    "Waiting on": words.WaitingOn,
    "Solutions": words.Wants,
    "Branches of reasons": words.Branch,
    "Reasons": words.Reason,
    "Tracking states": words.TrackState,
    "Evidence kinds": words.EvidenceKind,
    "Whose fault": words.Fault,
    "Whose money": words.FundedBy,
    "Whose record": words.CountsAgainst,
    "Grounds of an appeal": words.Grounds,
    "Refund statuses": words.RefundStatus,
    "Deadlines": words.DeadlineName,
    "Refusals": words.RefusalCode,
    "Warnings": words.WarningCode,
    "Flags": words.Flag,
}

SAID_IN_THE_HOUSE = {
    "calendar unknown", "canonical", "chain", "claim", "day set", "draft", "escrow", "facts", "grace", "held", "hold",
    "lapse", "leaflet", "life", "mapping", "offer", "opening window", "pinned", "protection", "refunded", "rehearsal",
    "released", "ruling", "sealed text", "settlement", "stake", "standing offer", "standstill", "story", "verdict",
}  # fmt: skip


def read(place: str) -> str:
    path = CHECKOUT / place
    return path.read_text(encoding="utf-8") if path.is_file() else pytest.fail(f"{place} is missing")


def chapters(text: str) -> dict[str, list[tuple[str, str]]]:
    """The glossary by heading: each entry's word and what stands after it."""
    found: dict[str, list[tuple[str, str]]] = {}
    heading = ""
    for line in text.splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
            found[heading] = []
        elif entry := re.fullmatch(r"- `([^`]+)`(.*)", line):
            found[heading].append((entry[1], entry[2]))
    return found


GLOSSARY = chapters(read("docs/glossary.md"))


def entries(heading: str) -> list[str]:
    assert heading in GLOSSARY, f"docs/glossary.md has no chapter “{heading}”"
    return [word for word, _ in GLOSSARY[heading]]


def nothing(where: str, **wrong: Iterable[str]) -> None:
    """Fails with every list that is not empty, under its name."""
    found = {name: list(items) for name, items in wrong.items() if items}
    assert not found, f"{where}: {found}"


def agree(heading: str, known: Iterable[str]) -> None:
    """The chapter explains each known word once, and no other."""
    told, known = Counter(entries(heading)), set(known)
    missing = sorted(known - told.keys())
    stale = sorted(told.keys() - known)
    twice = sorted(word for word, times in told.items() if times > 1)
    nothing(f"docs/glossary.md, “{heading}”", missing=missing, not_known_to_the_code=stale, twice=twice)


# ── the glossary ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("heading", CHAPTERS)
def test_every_word_of_the_trade_has_its_line(heading: str) -> None:
    agree(heading, CHAPTERS[heading])


def test_no_enum_of_the_vocabulary_is_left_out() -> None:
    known = {
        kind
        for kind in vars(words).values()
        if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum
    }
    assert not {kind.__name__ for kind in known - set(CHAPTERS.values())}, "an enum without a chapter"


def test_every_event_has_its_line() -> None:
    agree("Events", EVENTS)


def test_every_account_has_its_line() -> None:
    """The journal's own table is the chart of accounts; its constants must stand there too."""
    chart = set(re.findall(r"^\| `([^`]+)`", journal.__doc__ or "", flags=re.MULTILINE))
    constants = {
        journal.ESCROW, journal.SELLER, journal.PAID_OUT, journal.RECEIVABLE, journal.CHARGEBACKS, journal.PLATFORM,
        journal.GOODWILL,
    }  # fmt: skip
    assert constants <= chart, f"not in the journal's chart of accounts: {sorted(constants - chart)}"
    agree("Accounts of the journal", chart)


def test_the_words_of_the_house_are_explained() -> None:
    missing = SAID_IN_THE_HOUSE - set(entries("Words of the house"))
    assert not missing, f"docs/glossary.md, “Words of the house”, lacks {sorted(missing)}"


def test_a_verb_says_who_may_use_it() -> None:
    for verb, told in GLOSSARY["Verbs"]:
        who = ", ".join(sorted(COMMANDS[words.Verb(verb)].who))
        assert told.startswith(f" ({who}) — "), f"{verb} is done by: {who}; docs/glossary.md says “{told[:60]}”"


@pytest.mark.parametrize("heading", GLOSSARY)
def test_entries_stand_in_order_and_say_something(heading: str) -> None:
    told = entries(heading)
    assert told == sorted(told, key=str.lower)
    for word, meaning in GLOSSARY[heading]:
        sentence = meaning.rpartition(" — ")[2]
        assert meaning.count(" — ") == 1, f"{word}: the meaning follows one dash"
        assert len(sentence.split()) >= 2, f"{word} is not explained"
        assert sentence.endswith("."), f"{word}: a sentence ends with a point"


# ── policies, decisions, commands ────────────────────────────────────────────────────────────────


def test_every_policy_key_has_its_row() -> None:
    rows: set[str] = set()
    table = ""
    for line in read("docs/policies.md").splitlines():
        if heading := re.match(r"### `\[([a-z_]+)\]`", line):
            table = heading[1]
        elif row := re.match(r"\| `([a-z_]+)` \|", line):
            rows.add(f"{table}.{row[1]}")
    missing = [key for key in KEYS if key not in rows]
    stale = sorted(row for row in rows if row not in KEYS)
    nothing("docs/policies.md", missing=missing, no_such_key=stale)


def test_every_decision_is_listed_and_numbered_once() -> None:
    listed = re.findall(r"\((\d{4}-[a-z0-9-]+\.md)\)", read("docs/decisions/README.md"))
    there = sorted(path.name for path in (DOCS / "decisions").glob("[0-9]*.md"))
    assert sorted(listed) == there, "docs/decisions/README.md lists each decision once"
    numbers = [name[:4] for name in there]
    assert len(set(numbers)) == len(numbers), "two decisions have the same number"


def test_the_readmes_commands_are_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), flags=re.MULTILINE))
    named = set(re.findall(r"^make ([a-z]+)", read("README.md"), flags=re.MULTILINE))
    assert named >= {"run", "test"}, "README.md no longer names make run and make test"
    assert named <= targets, f"README.md names targets the Makefile lacks: {sorted(named - targets)}"


# ── links ────────────────────────────────────────────────────────────────────────────────────────

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")


def committed_markdown() -> list[Path]:
    """What git holds or would take."""
    if not shutil.which("git") or not (CHECKOUT / ".git").exists():
        pytest.skip("not a git checkout (or no git here), so nothing tells which files are committed")
    listing = ["ls-files", "--cached", "--others", "--exclude-standard", "-z", "*.md"]
    found = subprocess.run(
        ["git", "-c", "safe.directory=*", *listing], cwd=CHECKOUT, capture_output=True, check=True, text=True
    )
    return [path for name in found.stdout.split("\0") if name and (path := CHECKOUT / name).is_file()]


def _anchors(path: Path) -> set[str]:
    """The fragments a page offers, as the common renderers make them from headings."""
    headings = re.findall(r"^#+ +(.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def _dead(page: Path) -> Iterable[str]:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue  # another place, which no test may ask for
        place, _, fragment = unquote(link).partition("#")
        target = (page.parent / place).resolve() if place else page
        exists = target.exists()
        if not exists or (fragment and target.suffix == ".md" and fragment not in _anchors(target)):
            yield link


def test_no_link_leads_nowhere() -> None:
    dead = [f"{page.relative_to(CHECKOUT)}: {link}" for page in committed_markdown() for link in _dead(page)]
    assert not dead, "dead links:\n" + "\n".join(dead)


# ── the rulebook ─────────────────────────────────────────────────────────────────────────────────


def mentioned(text: str) -> list[str]:
    """Rule numbers in the order they stand; `R101–R103` means three."""
    found: list[str] = []
    for first, last in re.findall(r"\bR(\d{3,})(?:[–-]R?(\d{3,}))?\b", text):
        found.extend(f"R{number:03}" for number in range(int(first), int(last or first) + 1))
    return found


def test_a_range_of_rules_means_each_of_them() -> None:
    assert mentioned("R007, R101–R103 and R9999") == ["R007", "R101", "R102", "R103", "R9999"]


def test_every_rule_is_placed_exactly_once() -> None:
    told = Counter(mentioned(read("docs/rules.md")))
    missing = [rule for rule in RULES if rule not in told]
    twice = sorted(rule for rule, times in told.items() if times > 1)
    unknown = sorted(told.keys() - set(RULES))
    nothing("docs/rules.md", missing=missing, twice=twice, no_such_rule=unknown)


def test_what_proves_a_rule_is_there() -> None:
    """In the last column a name in `this face` is a story file, or a path in the repository."""
    rows = [line for line in read("docs/rules.md").splitlines() if re.match(r"\| R\d", line)]
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row.rsplit("|", 2)[1])}
    assert named, "docs/rules.md names no proof"
    gone = sorted(
        name
        for name in named
        if not (CHECKOUT / name).is_file() and not (CHECKOUT / "tests" / "stories" / f"{name}.yaml").is_file()
    )
    nothing("docs/rules.md", names_what_is_not_there=gone)


def test_no_rule_is_without_an_answer() -> None:
    """Every row says what the rule is about, where it lives and what proves it."""
    for line in read("docs/rules.md").splitlines():
        if line.startswith("| R"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            assert len(cells) == 4, line
            assert all(cells), line


def test_stories_illustrate_rules_that_exist() -> None:
    stories = sorted((CHECKOUT / "tests" / "stories").rglob("*.y*ml"))
    assert stories, "there are no stories"
    unknown = {
        f"{path.relative_to(CHECKOUT)}: {rule}"
        for path in stories
        for rule in mentioned(path.read_text(encoding="utf-8"))
        if rule not in RULES
    }
    assert not unknown, f"stories name rules that do not exist: {sorted(unknown)}"
