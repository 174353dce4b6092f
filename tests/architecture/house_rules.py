"""The house rules of the core, each a small check over the syntax tree.

A rule is a function that yields what it objects to. Its docstring tells where the rule comes from; `instead` says
what to write; `bad` and `good` are lines that show the rule can fail and can pass (test_core_is_pure.py runs them).

Whoever must break a rule says so on the line, with a reason that a reviewer can weigh:

    share = minor / 3  # house-rule: no-floats-in-money only an estimate for the log, no money moves on it

An escape without a reason, for an unknown rule, or with nothing to escape from, is itself reported.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

Objection = tuple[ast.AST, str]
"""Where, and what stands there, as a reader of the line would name it."""


class Source:
    """A module as the rules see it: its tree, its place in the package, and the full names behind its imports."""

    def __init__(self, text: str, *, module: str, is_package: bool = False) -> None:
        self.text = text
        self.module = module
        self.package = module if is_package else module.rpartition(".")[0]
        self.tree = ast.parse(text)
        self.names = dict(self._names_bound_by_imports())

    def imports(self) -> Iterator[tuple[ast.AST, str]]:
        """Every import, wherever it stands, as the absolute name it asks for: `amends.core.money.Money`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node, f"{self._origin(node)}.{alias.name}") for alias in node.names)

    def uses(self) -> Iterator[tuple[ast.AST, str]]:
        """Every name and dotted name that is read, spelled in full.

        After `from datetime import datetime as dt`, `dt.now` is `datetime.datetime.now`. A builtin is
        `builtins.open`, unless the module binds the name itself. A name is used as soon as it is mentioned, since
        `default_factory=datetime.now` reads the clock as surely as a call does.
        """
        bound = {
            node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        bound |= {node.arg for node in ast.walk(self.tree) if isinstance(node, ast.arg)}
        bound |= {
            node.name
            for node in ast.walk(self.tree)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        }
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                if node.id in self.names:
                    yield node, self.names[node.id]
                elif node.id not in bound:
                    yield node, f"builtins.{node.id}"
            elif isinstance(node, ast.Attribute) and (dotted := self._dotted(node)):
                yield node, dotted

    def _dotted(self, node: ast.Attribute) -> str | None:
        parts = [node.attr]
        below: ast.expr = node.value
        while isinstance(below, ast.Attribute):
            parts.append(below.attr)
            below = below.value
        if not isinstance(below, ast.Name) or below.id not in self.names:
            return None
        return ".".join([self.names[below.id], *reversed(parts)])

    def _names_bound_by_imports(self) -> Iterator[tuple[str, str]]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0],) * 2
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    yield alias.asname or alias.name, f"{self._origin(node)}.{alias.name}"

    def _origin(self, node: ast.ImportFrom) -> str:
        if node.level == 0:
            return node.module or ""
        parts = self.package.split(".")
        above = parts[: len(parts) - (node.level - 1)]
        return ".".join([*above, *([node.module] if node.module else [])])


@dataclass(frozen=True)
class HouseRule:
    """One rule: its name for escapes, its check, and the lines that prove the check."""

    name: str
    check: Callable[[Source], Iterator[Objection]]
    instead: str
    bad: tuple[str, ...]
    good: tuple[str, ...]
    only_in: tuple[str, ...] = ()
    """Modules it holds for; empty for the whole core."""

    def holds_for(self, module: str) -> bool:
        """Whether this rule is asked of that module."""
        return not self.only_in or module in self.only_in


RULES: dict[str, HouseRule] = {}


def house_rule(
    *, instead: str, bad: tuple[str, ...], good: tuple[str, ...], only_in: tuple[str, ...] = ()
) -> Callable[[Callable[[Source], Iterator[Objection]]], Callable[[Source], Iterator[Objection]]]:
    """Enter a check into RULES under its own name, with dashes."""

    def enter(check: Callable[[Source], Iterator[Objection]]) -> Callable[[Source], Iterator[Objection]]:
        name = check.__name__.replace("_", "-")
        RULES[name] = HouseRule(name=name, check=check, instead=instead, bad=bad, good=good, only_in=only_in)
        return check

    return enter


def broken_rules(source: Source, rules: Mapping[str, HouseRule] = RULES) -> list[str]:
    """What the house objects to in this module, one sentence each, escapes heeded; empty when all is well."""
    escapes, sentences = _escapes(source, rules)
    unused = set(escapes)
    for rule in rules.values():
        if not rule.holds_for(source.module):
            continue
        for node, what in rule.check(source):
            lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            excuse = next(((line, rule.name) for line in lines if (line, rule.name) in escapes), None)
            if excuse:
                unused.discard(excuse)
            else:
                sentences.append(f"{source.module}:{node.lineno}: {what} ({rule.name}). {rule.instead}")
    sentences += [
        f"{source.module}:{line}: the escape from {name} excuses nothing. Remove it." for line, name in sorted(unused)
    ]
    return sentences


def _escapes(source: Source, rules: Mapping[str, HouseRule]) -> tuple[set[tuple[int, str]], list[str]]:
    escapes: set[tuple[int, str]] = set()
    sentences: list[str] = []
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        found = re.match(r"#\s*house-rule:\s*(\S*)\s*(.*)", token.string) if token.type == tokenize.COMMENT else None
        if not found:
            continue
        line, (name, why) = token.start[0], found.groups()
        if name not in rules:
            known = ", ".join(rules)
            sentences.append(f"{source.module}:{line}: there is no house rule {name!r}. The rules are: {known}.")
        elif len(why.split()) < 3:
            sentences.append(f"{source.module}:{line}: the escape from {name} gives no reason. Say why, in words.")
        else:
            escapes.add((line, name))
    return escapes, sentences


def _uses_of(source: Source, *forbidden: str) -> Iterator[Objection]:
    """Uses of these names or of anything under them."""
    for node, name in source.uses():
        if any(name == word or name.startswith(f"{word}.") for word in forbidden):
            yield node, f"{name.removeprefix('builtins.')} is used"


def _imports_of(source: Source, *forbidden: str) -> Iterator[Objection]:
    for node, name in source.imports():
        if any(name == word or name.startswith(f"{word}.") for word in forbidden):
            yield node, f"{name} is imported"


# ---------------------------------------------------------------- the rules


@house_rule(
    instead="Do it at the edge and hand the result in as an argument, or write the ten lines here.",
    bad=(
        "import yaml",
        "from django.db import models",
        "from amends.lab import lives",
        "from ...stories import player",
    ),
    good=(
        "import tomllib",
        "from amends.core.money import Money",
        "from ..money import Money",
        "from . import opening",
    ),
)
def standard_library_only(source: Source) -> Iterator[Objection]:
    """Somebody who embeds the core in his own shop installs nothing else, and can read all that decides.

    Cosmic Python and TigerBeetle keep their rules this way. Import-linter forbids the names it is told; this rule
    turns it round and allows the standard library and the core, so that nothing new slips in unnamed.
    """
    for node, name in source.imports():
        if name.split(".")[0] not in sys.stdlib_module_names and not f"{name}.".startswith("amends.core."):
            yield node, f"{name} is imported"


@house_rule(
    instead="Take `now` (an aware datetime in UTC) as an argument; the clock is read at the edges only.",
    bad=(
        "from datetime import datetime\nx = datetime.now()",
        "from datetime import UTC, datetime as dt\nx = dt.now(UTC)",
        "import datetime\nx = datetime.datetime.utcnow()",
        "import datetime\nx = datetime.date.today()",
        "from dataclasses import field\nfrom datetime import datetime\nx = field(default_factory=datetime.now)",
        "import time",
        "from time import monotonic",
    ),
    good=(
        "from datetime import time\nx = time(9, 0)",
        "from datetime import datetime\ndef f(now: datetime) -> datetime:\n    return now",
        "today = 3\nx = today",
    ),
)
def no_clock(source: Source) -> Iterator[Objection]:
    """healthchecks reads the clock in forty places, and its tests patch it in as many.

    Here time is an argument and the clock is a party: a story can be told on any day, a deadline can be tried on
    its last instant, and an order replayed years later comes out the same.
    """
    yield from _imports_of(source, "time", "sched", "calendar.timegm")
    yield from _uses_of(
        source, "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"
    )


@house_rule(
    instead="Derive it from the order (its key, the number of the event) or take it as an argument.",
    bad=(
        "import random",
        "from secrets import token_hex",
        "import uuid\nx = uuid.uuid4()",
        "from uuid import uuid1 as fresh\nx = fresh()",
        "import os\nx = os.urandom(8)",
        "x = hash('alice')",
        "x = id(object())",
    ),
    good=(
        "import uuid\nx = uuid.UUID(int=7)",
        "import hashlib\nx = hashlib.sha256(b'alice')",
        "class A:\n    def __hash__(self) -> int:\n        return hash('a')",
        "def f(id: str) -> str:\n    return id",
    ),
)
def no_chance(source: Source) -> Iterator[Objection]:
    """A decision that cannot be repeated cannot be explained to the party that lost it.

    `hash` and `id` belong here: both differ from one process to the next, and an order replayed elsewhere would
    sort, split or chain differently. A `__hash__` may call `hash`; that is what it is for.
    """
    yield from _imports_of(source, "random", "secrets")
    yield from _uses_of(source, "uuid.uuid1", "uuid.uuid4", "os.urandom", "builtins.id")
    dunders = [node for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef) and node.name == "__hash__"]
    excused = {inner for dunder in dunders for inner in ast.walk(dunder)}
    yield from ((node, what) for node, what in _uses_of(source, "builtins.hash") if node not in excused)


@house_rule(
    instead="Settings belong to the policy document or to an argument; zones and calendars come in as data.",
    bad=(
        "import os\nx = os.environ['DEBUG']",
        "from os import getenv",
        "import sys\nx = sys.argv",
        "import locale",
        "import platform",
        "from zoneinfo import ZoneInfo\nx = ZoneInfo('Asia/Shanghai')",
        "from datetime import datetime\ndef f(at: datetime) -> datetime:\n    return at.astimezone()",
        "from datetime import datetime\nx = datetime.fromtimestamp(0)",
    ),
    good=(
        "from datetime import UTC, datetime\ndef f(at: datetime) -> datetime:\n    return at.astimezone(UTC)",
        "from datetime import UTC, datetime\nx = datetime.fromtimestamp(0, UTC)",
        "from zoneinfo import ZoneInfo\ndef f(zone: ZoneInfo) -> ZoneInfo:\n    return zone",
    ),
)
def no_environment(source: Source) -> Iterator[Objection]:
    """A rule that reads a setting is two rules, and the test covers one of them.

    `ZoneInfo("…")` looks up a file that differs from machine to machine; `astimezone()` and `fromtimestamp(x)`
    without a zone ask the machine where it stands. Whoever has a zone in hand may pass it in.
    """
    yield from _imports_of(source, "os", "platform", "locale", "getpass", "pwd")
    yield from _uses_of(source, "sys.argv", "sys.flags", "sys.platform", "zoneinfo.available_timezones")
    local = dict(_local_zone_calls(source))
    yield from local.items()


def _local_zone_calls(source: Source) -> Iterator[Objection]:
    in_full = {id(node): name for node, name in source.uses()}
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call):
            continue
        name = in_full.get(id(node.func), "")
        arguments = len(node.args) + len(node.keywords)
        if name in ("zoneinfo.ZoneInfo", "zoneinfo.ZoneInfo.no_cache"):
            yield node, "a zone is looked up by its name"
        elif name == "datetime.datetime.fromtimestamp" and arguments < 2:
            yield node, "fromtimestamp without a zone means the machine's own"
        elif isinstance(node.func, ast.Attribute) and node.func.attr == "astimezone" and not arguments:
            yield node, "astimezone without a zone means the machine's own"


@house_rule(
    instead="Let the caller read and write; the core takes text or data and gives data back.",
    bad=(
        "x = open('policy.toml')",
        "print('paid')",
        "x = input()",
        "from pathlib import Path",
        "import socket",
        "import subprocess",
        "from urllib.request import urlopen",
        "import importlib.resources",
        "from importlib import resources",
        "import logging",
        "import threading",
        "import sys\nsys.stdout.write('paid')",
        "x = eval('1')",
    ),
    good=(
        "import io\nx = io.StringIO()",
        "from urllib.parse import urlsplit",
        "def f(open: bool) -> bool:\n    return open",
    ),
)
def no_input_or_output(source: Source) -> Iterator[Objection]:
    """pretix's services decide, write and send in one breath; nobody can ask one what it *would* do.

    The core only answers. That is why `rights` can try every verb on every order, and why the policy checker and
    100,000 random lives run in one process without a database.
    """
    yield from _imports_of(
        source,
        *("pathlib", "shutil", "tempfile", "glob", "fileinput", "mmap"),
        *("socket", "ssl", "select", "selectors", "socketserver", "http", "urllib.request", "ftplib", "smtplib"),
        *("subprocess", "multiprocessing", "threading", "asyncio", "concurrent", "signal", "ctypes"),
        *("importlib", "pkgutil", "runpy", "sqlite3", "dbm", "shelve", "pickle", "logging", "warnings"),
    )
    yield from _uses_of(
        source,
        *("builtins.open", "builtins.print", "builtins.input", "builtins.breakpoint", "io.open"),
        *("builtins.eval", "builtins.exec", "builtins.compile", "builtins.__import__"),
        *("sys.stdin", "sys.stdout", "sys.stderr", "sys.exit"),
    )


@house_rule(
    instead="Count in minor units; divide with `//` and `divmod`, and give the remainder to somebody by name.",
    bad=(
        "x = 0.5",
        "x = float('1')",
        "def f(x: float) -> None: ...",
        "def f(minor: int) -> int:\n    return round(minor / 3)",
    ),
    good=("x = 5", "def f(minor: int) -> int:\n    return minor // 3", "x = '0.5'"),
    only_in=("amends.core.money",),
)
def no_floats_in_money(source: Source) -> Iterator[Objection]:
    """0.1 + 0.2 is not 0.3, and a third of ten cents has to be somebody's.

    Formance's sixteen "fix" migrations began with rounding. `/` is named too: between two integers it makes a float
    that no literal shows.
    """
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, (float, complex)):
            yield node, f"{node.value!r} is a float"
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            yield node, "`/` makes a float"
    yield from _uses_of(source, "builtins.float")
