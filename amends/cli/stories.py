"""`amends play`: stories, on the core or through the running service."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from .trouble import Trouble, known_calendars

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from amends.stories.player import Result


def add_to(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    play = commands.add_parser("play", help="play stories and say which went as told")
    play.add_argument("paths", nargs="+", metavar="FILE", help="story files, or folders of them")
    play.add_argument("--through", choices=["core"], default="core", help="what they are played on")
    play.add_argument("--json", action="store_true", help="print the results as JSON")
    play.add_argument("--timeline", action="store_true", help="print each story's timeline as well")
    play.set_defaults(command=_play)


def _play(arguments: argparse.Namespace) -> int:
    results = played(arguments.paths, print if not arguments.json else _silent, timeline=arguments.timeline)
    failed = sum(1 for result in results if not result.passed)
    if arguments.json:
        print(json.dumps([_result(result) for result in results], ensure_ascii=False, indent=1))
    else:
        print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


def _silent(*_: object) -> None:
    """For --json: nothing but the document."""


def _result(result: Result) -> dict[str, object]:
    failure = result.failure._asdict() if result.failure else None
    return {"story": result.story, "file": result.file, "passed": result.passed, "failure": failure}


def played(paths: Sequence[str], say: Callable[..., None], *, timeline: bool = False) -> list[Result]:
    from amends import policies
    from amends.stories import player, reading

    results = []
    try:
        for path in reading.found(list(paths)):
            for story in reading.read_file(path):
                policy = policies.load(story.policy, story.overrides, folders=(path.parent,))
                driver = player.CoreDriver(policy, known_calendars())
                result = player.play(story, driver)
                results.append(result)
                say(f"{'passed' if result.passed else 'FAILED'}  {result.story}")
                if result.failure:
                    _say_failure(result, say)
                elif timeline:
                    for order in driver.world.orders:
                        for line in driver.told(order):
                            say(f"    {line}")
    except reading.StoryError as error:
        raise Trouble(str(error)) from None
    return results


def _say_failure(result: Result, say: Callable[..., None]) -> None:
    failure = result.failure
    assert failure is not None
    say(f"  {result.file}, line {failure.line}")
    say(f"  step      {failure.step}")
    say(f"  expected  {failure.expected}")
    say(f"  got       {failure.got}")
    if failure.timeline:
        say("  what had happened:")
        for line in failure.timeline:
            say(f"    {line}")
