"""`amends policy` and `amends simulate`: policies shown and proved, and the core under random lives."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_to(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    policy = commands.add_parser("policy", help="show a policy, or prove it before it runs")
    verbs = policy.add_subparsers(required=True, metavar="show|check")
    show = verbs.add_parser("show", help="print the leaflet in plain words")
    show.add_argument("policy", metavar="FILE", help="a policy file, or the name of a preset")
    show.set_defaults(command=_policy_show)
    check = verbs.add_parser("check", help="prove that no path strands money, or show one that does")
    check.add_argument("policy", metavar="FILE", nargs="+", help="policy files, or names of presets")
    check.add_argument("--json", action="store_true")
    check.set_defaults(command=_policy_check)

    simulate = commands.add_parser("simulate", help="tell random lives, and check every invariant after each step")
    simulate.add_argument("--lives", type=_positive, default=1000, metavar="N")
    simulate.add_argument("--seed", type=int, default=1, metavar="S")
    simulate.add_argument("--policy", metavar="FILE", help="only this policy")
    simulate.add_argument("--json", action="store_true")
    simulate.set_defaults(command=_simulate)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("it must be 1 or more")
    return number


def _policy_show(arguments: argparse.Namespace) -> int:
    from amends import policies
    from amends.core.leaflet import leaflet

    print(leaflet(policies.load(arguments.policy)))
    return 0


def _policy_check(arguments: argparse.Namespace) -> int:
    from amends.lab import checker

    return max(checker.run(path, sys.stdout, json=arguments.json) for path in arguments.policy)


def _simulate(arguments: argparse.Namespace) -> int:
    from amends.lab import simulator

    return simulator.run(arguments.lives, arguments.seed, sys.stdout, policy=arguments.policy, as_json=arguments.json)
