"""The operator's page: is all in time and in order, what waits for a person, policies, keys, pauses, blocks."""

from __future__ import annotations

import logging
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amends import words
from amends.core import commands as c
from amends.core.refusals import Refused
from amends.core.vocabulary import Party
from amends.orders import books_checks, desk, marketplaces, operating, upkeep, verify, wide
from amends.payments import check, queue
from amends.web import flash, markets
from amends.web.acting import fresh_key
from amends.web.here import Here, page
from amends.web.shown import desk as shown_desk
from amends.web.shown import operating as shown

log = logging.getLogger(__name__)

MOST_CHECKED: Final = 5000
"""Orders a page looks at; more are for `amends books --verify`, which takes its time."""
AT_ONCE: Final = 200
"""Orders that hear of a pause at once; workers bring it to the others."""
MOST_TEXT: Final = 2000
_USED = "forms used"


operators = page(Party.OPERATOR)


def _note(here: Here, what: str, about: str) -> None:
    """Who did what, in the log of the service."""
    log.info("operator %s of marketplace %s: %s %s", here.seat.name, here.marketplace, what, about)


def _told(request: HttpRequest, here: Here, sentence: str, address: str = "operating") -> HttpResponseBase:
    flash.tell(request, here.seat, flash.Flash(sentence))
    return redirect(here.url(address))


# ── the overview ─────────────────────────────────────────────────────────────────────────────────


@require_safe
@operators
def overview(request: HttpRequest, here: Here) -> HttpResponse:
    """Everything an operator looks at in the morning."""
    found = operating.overview(here.marketplace)
    given_up = operating.aside(here.marketplace)
    listed = desk.queue(here.marketplace, here.now, places=desk.OPERATORS)
    in_time = operating.timeliness(here.marketplace, here.now)
    books = shown.books(books_checks.last(here.marketplace), here.received)
    return here.page(
        "operating",
        {
            "about": found.about,
            "markets": markets.of(request, here),
            "lights": [
                shown.worker(upkeep.beats(), here.received),
                shown.letters(upkeep.beats(letters=True), here.received),
                shown.clocks(in_time, here.now),
                shown.messages(in_time, here.received),
            ],
            "books": books,
            "groups": shown_desk.groups(listed.entries, listed.counts, me=here.seat.name, now=here.now),
            "movements": shown.movements(queue.waiting(here.marketplace)),
            "aside": given_up,
            "told": shown.told(given_up.said),
            "leaves": shown.leaves(found.policies, found.about.policy_digest),
            "keys": shown.keys(found.keys),
            "pauses": [(one, shown.countries(one.countries)) for one in found.pauses],
            "blocks": found.blocks,
            "form_key": fresh_key(),
            "most": operating.MOST,
            "checked": MOST_CHECKED,
        },
    )


@require_POST
@operators
def look_at_books(request: HttpRequest, here: Here) -> HttpResponseBase:
    """Check every law on the orders of the last day, or on all where they are few enough for a page."""
    which = "all" if request.POST.get("which") == "all" else "lately"
    if which == "all" and operating.how_many(here.marketplace, most=MOST_CHECKED + 1) > MOST_CHECKED:
        return _told(
            request, here, _("There are too many orders for a page. Run “amends books --verify” on the server.")
        )
    try:
        report = check.looked(here.marketplace, whole=which == "all", most=MOST_CHECKED)
    except verify.CannotLook as blind:
        log.error("The books could not be looked at: %s", blind)
        return _told(request, here, _("The service may not read what it would have to check. Nothing was checked."))
    books_checks.keep(here.marketplace, report, whole=which == "all", at=here.received)
    _note(here, "looked at the books:", f"{report.orders} orders, {len(report.broken)} broken")
    return redirect(f"{here.url('operating')}#books")


# ── trying again ─────────────────────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "HEAD", "POST"])
@operators
def again(request: HttpRequest, here: Here, what: str) -> HttpResponseBase:
    """Ask once more, then take up again what a machine has given up."""
    given = request.POST if request.method == "POST" else request.GET
    facts = {name: str(given.get(name, "")).replace("\x00", "") for name in ("order", "event", "position", "topic")}
    title, sentences = _about_again(what, facts)
    if request.method == "POST":
        done = _again(here, what, facts)
        _note(here, f"tried again: {what}", f"{facts}, {'done' if done else 'nothing waited there'}")
        said = (
            _("It is taken up again.")
            if done
            else _("Nothing waits there any more. Somebody was first, or it went on.")
        )
        return _told(request, here, said)
    about = {"title": title, "sentences": sentences, "fields": facts, "button": _("Try it again")}
    return here.page("operating_sure", about)


def _about_again(what: str, facts: dict[str, str]) -> tuple[str, list[str]]:
    named = {"order": facts["order"]}
    match what:
        case "movement":
            return _("Send this movement of order %(order)s again?") % named, [
                _(
                    "Only where the provider says that it never had it. It is called with the same key, so that money"
                    " moves once even if it had."
                ),
            ]
        case "order":
            return _("Let the clock take up order %(order)s again?") % named, [
                _(
                    "Its deadlines lapse again by themselves, each dated at its own instant. If the fault is still"
                    " there, it is set aside again."
                ),
            ]
        case "message":
            return _("Send this message about order %(order)s again?") % named, [
                _("It is tried with all its attempts. Whoever takes it knows it by its number if it came before."),
            ]
        case "said":
            return _("Let what the provider said have its effect again?"), [
                _("If the fault is still there, it is set aside again."),
            ]
        case _:
            raise Http404


def _again(here: Here, what: str, facts: dict[str, str]) -> bool:
    event, position = _number(facts["event"]), _number(facts["position"])
    match what:
        case "movement":
            return queue.send_again(here.marketplace, facts["order"], event, position)
        case "order":
            return operating.try_order(here.marketplace, facts["order"])
        case "message":
            return operating.try_message(here.marketplace, facts["order"], event, facts["topic"])
        case _:
            return operating.try_said(here.marketplace, facts["topic"], facts["event"])


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────


@require_POST
@operators
def make_key(request: HttpRequest, here: Here) -> HttpResponseBase:
    """One more key, shown in this answer and never again; the same form makes no second one."""
    used = list(request.session.get(_USED, []))
    form = request.POST.get("_key", "")[:80]
    if not form or form in used:
        return _told(request, here, _("This form made its key already, and the key was shown once. Make another one."))
    request.session[_USED] = [*used[-20:], form]
    key = marketplaces.new_key(here.marketplace)
    digest = marketplaces.digest_of(key)
    _note(here, "made a key", digest[: shown.MARK])
    return here.page("operating_key", {"key": key, "mark": digest[: shown.MARK]})


@require_http_methods(["GET", "HEAD", "POST"])
@operators
def revoke_key(request: HttpRequest, here: Here, digest: str) -> HttpResponseBase:
    """Ask once more, then revoke the key of exactly this SHA-256."""
    found = next((one for one in operating.overview(here.marketplace).keys if one.digest == digest), None)
    if found is None:
        raise Http404
    if request.method == "POST":
        done = operating.revoke(here.marketplace, digest)
        _note(here, "revoked a key" if done else "found a key revoked already", digest[: shown.MARK])
        said = _("The key is revoked. Whoever still uses it is refused from now on.")
        return _told(request, here, said if done else _("This key was revoked before."))
    left = sum(one.revoked_at is None for one in operating.overview(here.marketplace).keys)
    sentences = [_("Every program that uses it is refused at once. It cannot be given back.")]
    if left < 2 and found.revoked_at is None:
        sentences.append(_("It is the last one: the shop can then no longer reach us at all. Make another first."))
    about = {
        "title": _("Revoke the key %(mark)s?") % {"mark": digest[: shown.MARK]},
        "sentences": sentences,
        "fields": {},
        "button": _("Revoke the key"),
        "grave": True,
    }
    return here.page("operating_sure", about)


# ── pauses and blocks ────────────────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "HEAD", "POST"])
@operators
def pause(request: HttpRequest, here: Here) -> HttpResponseBase:
    """Stop every clock of a region, with its reason."""
    written = {name: request.POST.get(name, "").strip() for name in ("countries", "text", "grace")}
    if request.method != "POST":
        return here.page("operating_pause", {"written": {**written, "grace": "0"}, "wrong": None})
    codes = tuple(dict.fromkeys(written["countries"].upper().replace(",", " ").split()))
    if not codes or not all(len(code) == 2 and code.isascii() and code.isalpha() for code in codes):
        wrong = _("Write each country with its two letters, like BR or DE.")
        return here.page("operating_pause", {"written": written, "wrong": wrong}, status=422)
    days = _number(written["grace"])
    command = c.PauseClocks(
        by=here.party, actor=here.seat.actor, text=written["text"][:MOST_TEXT], countries=codes, grace=f"P{days}D"
    )
    spread = wide.pause_region(here.marketplace, command, now=here.now, most=AT_ONCE)
    if spread.malformed is not None:
        return here.page("operating_pause", {"written": written, "wrong": _whole(spread.malformed)}, status=422)
    _note(here, "paused the clocks of", " ".join(codes))
    return _told(
        request, here, _("The clocks of this region stand still. Workers bring it to orders that have not heard.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@operators
def resume(request: HttpRequest, here: Here) -> HttpResponseBase:
    """Ask once more, then let the clocks of a region go on."""
    hold = request.POST.get("hold", "") or request.GET.get("hold", "")
    found = next((one for one in operating.overview(here.marketplace).pauses if one.hold == hold), None)
    if found is None:
        return _told(request, here, _("There is no such pause any more."))
    if request.method == "POST":
        command = c.ResumeClocks(by=here.party, actor=here.seat.actor, countries=found.countries)
        wide.resume_region(here.marketplace, command, now=here.now, most=AT_ONCE)
        _note(here, "let the clocks go on of", " ".join(found.countries))
        return _told(request, here, _("The clocks go on, each with the time that was left."))
    about = {
        "title": _("Let the clocks of %(countries)s go on?") % {"countries": shown.countries(found.countries)},
        "sentences": [_("Each goes on with the time that was left, once the days of grace are over.")],
        "fields": {"hold": hold},
        "button": _("Let them go on"),
    }
    return here.page("operating_sure", about)


@require_http_methods(["GET", "HEAD", "POST"])
@operators
def block(request: HttpRequest, here: Here) -> HttpResponseBase:
    """Let a party start nothing new, or again, with the finding."""
    lifting = (request.POST.get("lift") or request.GET.get("lift")) == "1"
    party = (request.POST.get("party") or request.GET.get("party", "")).strip()[: desk.MOST_NAME]
    finding = request.POST.get("finding", "").replace("\x00", "").strip()[:MOST_TEXT]
    about = {"party": party, "finding": finding, "lifting": lifting, "wrong": ""}
    if request.method != "POST":
        return here.page("operating_block", about)
    if not party or not party.isprintable():
        return here.page(
            "operating_block", {**about, "wrong": _("Write the party's name as the shop gave it.")}, status=422
        )
    kind = c.UnblockParty if lifting else c.BlockParty
    command = kind(by=here.party, actor=here.seat.actor, party=party, finding=finding)
    refused = wide.block(here.marketplace, command, now=here.now)
    if refused is not None:
        return here.page("operating_block", {**about, "wrong": _whole(refused)}, status=422)
    _note(here, "lifted a block" if lifting else "blocked somebody", "")
    said = (
        _("%(party)s may start something new again.")
        if lifting
        else _("%(party)s may start nothing new. What runs goes on.")
    )
    return _told(request, here, said % {"party": party})


def _whole(refused: Refused) -> str:
    said = words.refusal(refused)
    return f"{said.sentence} {said.way_out}"


urlpatterns = [
    path("operating/", overview, name="operating"),
    path("operating/books/", look_at_books, name="operating_books"),
    path("operating/again/<str:what>/", again, name="operating_again"),
    path("operating/keys/", make_key, name="operating_keys"),
    path("operating/keys/<str:digest>/revoke/", revoke_key, name="operating_revoke"),
    path("operating/pause/", pause, name="operating_pause"),
    path("operating/resume/", resume, name="operating_resume"),
    path("operating/block/", block, name="operating_block"),
]
"""Below `/at/<seat>/`."""
