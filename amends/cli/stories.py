"""`amends play`: stories, on the core or through the running service."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from .trouble import Trouble, known_calendars

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from amends.core.policy import Policy
    from amends.stories.player import Result
    from amends.stories.reading import Story

AT_ONCE = 8
"""Stories at a time over HTTP: as many as a web process has threads."""


def add_to(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    play = commands.add_parser("play", help="play stories and say which went as told")
    play.add_argument("paths", nargs="+", metavar="FILE", help="story files, or folders of them")
    play.add_argument(
        "--through", choices=["core", "service"], default="core", help="the core in memory, or a real service over HTTP"
    )
    play.add_argument("--url", metavar="URL", help="with --through service: one that runs already, on DATABASE_URL")
    play.add_argument("--json", action="store_true", help="print the results as JSON")
    play.add_argument("--timeline", action="store_true", help="print each story's timeline as well")
    play.set_defaults(command=_play)


def _play(arguments: argparse.Namespace) -> int:
    say = print if not arguments.json else _silent
    if arguments.url and arguments.through != "service":
        raise Trouble("--url is the address of a service; add --through service.")
    if arguments.through == "service":
        results = played_through_service(arguments.paths, say, timeline=arguments.timeline, url=arguments.url)
    else:
        results = played(arguments.paths, say, timeline=arguments.timeline)
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
    """Every story on the core, one after the other."""
    from amends.stories import player

    results = []
    for story, policy in _stories(paths):
        driver = player.CoreDriver(policy, known_calendars())
        result = player.play(story, driver)
        results.append(result)
        _say(result, say, driver.told if timeline else None, list(driver.world.orders))
    return results


def played_through_service(
    paths: Sequence[str], say: Callable[..., None], *, timeline: bool = False, url: str | None = None
) -> list[Result]:
    """Every story over HTTP, each on a sandbox marketplace of its own, several at a time, told in their order."""
    from amends.stories import player
    from amends.stories.client import Client, ServiceError
    from amends.stories.service import ServiceDriver

    from .scratch import Service, service

    def one(running: Service, story: Story, policy: Policy) -> tuple[Result, dict[str, list[str]]]:
        with Client(running.url, running.sandbox(policy).key) as client:
            driver = ServiceDriver(client)
            try:
                result = player.play(story, driver)
                return result, {order: driver.told(order) for order in driver.parties} if timeline else {}
            except ServiceError as error:
                failure = player.Failure(story.name, story.line, "an answer of the service", str(error), ())
                return player.Result(story.name, story.file, failure, len(story.steps)), {}

    stories = list(_stories(paths))
    results = []
    with service(url) as running, ThreadPoolExecutor(AT_ONCE) as pool:
        for result, told in pool.map(lambda pair: one(running, *pair), stories):
            results.append(result)
            _say(result, say, told.__getitem__ if timeline else None, list(told))
    return results


def _stories(paths: Sequence[str]) -> Iterator[tuple[Story, Policy]]:
    from amends import policies
    from amends.stories import reading

    try:
        for path in reading.found(list(paths)):
            for story in reading.read_file(path):
                yield story, policies.load(story.policy, story.overrides, folders=(path.parent,))
    except reading.StoryError as error:
        raise Trouble(str(error)) from None


def _say(
    result: Result, say: Callable[..., None], told: Callable[[str], list[str]] | None, orders: Sequence[str]
) -> None:
    say(f"{'passed' if result.passed else 'FAILED'}  {result.story}")
    if result.failure:
        _say_failure(result, say)
    elif told is not None:
        for order in orders:
            for line in told(order):
                say(f"    {line}")


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
