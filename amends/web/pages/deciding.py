"""Deciding: one act of staff, with both stories beside it and the letter it becomes, read before it is sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, register_converter
from django.urls.converters import StringConverter
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from amends import words
from amends.core import sight
from amends.core.commands import COMMANDS
from amends.core.draft import Accepted
from amends.core.order import Dispute
from amends.core.vocabulary import Party, Verb
from amends.orders import desk, disputants, doubts, evidence, queries
from amends.orders.desk import Taken
from amends.web import acting, flash, second_factor, translation_asked
from amends.web.deciding_forms import Deciding
from amends.web.forms import FIELD_OF, Ahead, Asking, Filled, Form, foresee, form_of
from amends.web.here import Here, page
from amends.web.shown import case as shown_case
from amends.web.shown import deciding as shown
from amends.web.shown import desk as shown_desk
from amends.web.staff_forms import DECISIONS, OPTIONS

STRIP = 12
"""Cases of the queue that stand beside the one that is decided."""
ON_DISPUTE = tuple(verb.value for verb in DECISIONS if verb is not Verb.APPROVE)
ON_ORDER = (Verb.APPROVE.value, Verb.CORRECT.value)


class Decision(StringConverter):
    regex = "|".join(ON_DISPUTE)


class Consent(StringConverter):
    regex = "|".join(ON_ORDER)


register_converter(Decision, "decision")
register_converter(Consent, "consent")


@require_http_methods(["GET", "HEAD", "POST"])
@page(Party.MEDIATOR, Party.OPERATOR)
def decide(request: HttpRequest, here: Here, order: str, verb: str, dispute: int | None = None) -> HttpResponseBase:
    """The form; on POST the letter it becomes, and on `_step=send`, where it is the letter that was read, the deed."""
    asking = _asking(here, order, Verb(verb), dispute)
    if second_factor.missing(here.seat, asking.verb):
        raise second_factor.Missing
    kind = DECISIONS[asking.verb]
    if request.method != "POST":
        start = kind.start(asking)
        form = Form(start, {}, {name: [value] for name, value in start.items()})
        return _page(_Shown(asking, kind, form, impossible=_impossible(asking)))
    filled = Filled(request.POST, asking.order.currency)
    fields = kind.read(asking, filled)
    if filled.wrong:  # what it says of money already is shown split, whatever else is missing
        unread = _Shown(asking, kind, form_of(filled, again=True), fields=fields)
        return _page(unread, status=422, live=_live(request))
    if request.POST.get("_step") == "send" and request.POST.get("_read") == _digest(fields):
        return _deed(request, asking, kind, filled, fields)
    return _preview(request, asking, kind, filled, fields)


def _asking(here: Here, order: str, verb: Verb, dispute: int | None) -> Asking:
    """What is asked about; Http404 where it is not there, or never this person's act."""
    if here.party not in COMMANDS[verb].who:
        raise Http404
    if dispute is None:
        return Asking(here, here.order(order), None, verb)
    found, one = here.dispute(order, dispute)
    return Asking(here, found, one, verb)


def _impossible(asking: Asking) -> words.Said | None:
    refused = asking.here.rights(asking.found, asking.dispute).why_not(asking.verb)
    return words.refusal(refused) if refused else None


def _digest(fields: Mapping[str, Any]) -> str:
    """Of what was read: sent is only what stands in the letter."""
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:32]


# ── reading it once more, and the deed ───────────────────────────────────────────────────────────


def _preview(
    request: HttpRequest, asking: Asking, kind: Deciding, filled: Filled, fields: Mapping[str, Any]
) -> HttpResponse:
    ahead = foresee(asking, fields)
    refused = words.refusal(ahead.refused) if ahead.refused else None
    blamed = {}
    if ahead.refused is not None and refused is not None and FIELD_OF.get(ahead.refused.code) in filled.posted:
        blamed = {FIELD_OF[ahead.refused.code]: f"{refused.sentence} {refused.way_out}"}
    given = acting.form_version(request)
    about = _Shown(
        asking,
        kind,
        form_of(filled, again=True, blamed=blamed),
        ahead=ahead,
        fields=fields,
        refused=refused,
        changed=given is not None and given != asking.order.version,
        since=given or 0,
        altered=request.POST.get("_step") == "send",
    )
    return _page(about, status=422 if refused else 200, live=_live(request))


def _live(request: HttpRequest) -> bool:
    """The page's own script asks, while somebody writes: only for what follows from the form, never what is wrong."""
    return request.headers.get("X-Live") == "1"


def _deed(
    request: HttpRequest, asking: Asking, kind: Deciding, filled: Filled, fields: Mapping[str, Any]
) -> HttpResponseBase:
    here, number = asking.here, asking.dispute.number if asking.dispute else None
    version = acting.form_version(request)
    done = acting.act(
        here,
        asking.order.id,
        asking.verb,
        fields,
        dispute=number,
        key=acting.form_key(request),
        version=version,
    )
    if done.refused is None and done.outcome.order is not None:
        after = Ahead(asking, fields, Accepted(done.outcome.order, ()))
        warned = tuple(words.warning(code) for code in done.warnings)
        flash.tell(request, here.seat, flash.Flash(kind.done(after), warnings=warned))
        return redirect(_back(here, asking.order.id, number), permanent=False)
    now = _asking(here, asking.order.id, asking.verb, number)
    about = _Shown(
        now,
        kind,
        form_of(filled, again=True),
        refused=done.refused,
        changed=done.stale or now.order.version != version,
        since=version or 0,
    )
    return _page(about, status=409)


def _back(here: Here, order: str, number: int | None) -> str:
    return here.url("case", order=order, dispute=number) if number else here.url("order", order=order)


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


class _Shown(NamedTuple):
    """What the page is about, and how far the person has come."""

    asking: Asking
    kind: Deciding
    form: Form
    ahead: Ahead | None = None
    fields: Mapping[str, Any] = {}
    refused: words.Said | None = None
    impossible: words.Said | None = None
    changed: bool = False
    since: int = 0
    """The version of the order the form was written for."""
    altered: bool = False
    """It was to be sent, but is not what had been read."""


def _page(about: _Shown, *, status: int = 200, live: bool = False) -> HttpResponse:
    asking, kind = about.asking, about.kind
    here, order, dispute = asking.here, asking.order, asking.dispute
    ready = about.ahead is not None and about.ahead.refused is None
    shown_here: dict[str, object] = {
        "asking": asking,
        "order": order,
        "dispute": dispute,
        "kind": kind,
        "form": about.form,
        "title": kind.title(asking),
        "button": kind.button(asking),
        "refused": about.refused,
        "impossible": about.impossible,
        "changed": about.changed,
        "altered": about.altered and not about.refused,
        "divided": kind.divided(asking, about.fields) if about.fields else [],
        "letter": shown.letter(kind.letter_title(asking), about.ahead) if about.ahead else None,
        "ready": ready,
        "read": _digest(about.fields) if ready else "",
        "send": kind.sure_button(about.ahead) if about.ahead is not None and ready else "",
    }
    if live:
        return here.page("_decide_live", shown_here, status=200)
    shown_here |= kind.shown(asking)
    shown_here["lead"] = kind.lead(asking)
    shown_here["template"] = kind.template_for(asking)
    shown_here["rows"] = shown.option_rows(about.form, range(1, OPTIONS + 1))
    if dispute is not None:
        shown_here |= _beside(here, asking.found, dispute, about.since if about.changed else None)
    return here.page("decide", shown_here, status=status)


def _beside(here: Here, found: queries.Found, dispute: Dispute, since: int | None) -> dict[str, object]:
    """Both stories, flags, histories, cases like it, who has it, and what has happened since the form was written."""
    matter = shown_case.matter(found, dispute, here.party, here.now)
    reader = translation_asked.reader(here, matter)
    case = shown_case.case(matter, _brought(here, found, dispute), reader=reader, url=here.url)
    log = desk.taken(here.marketplace, found.order.id, dispute.number) if here.party is Party.MEDIATOR else []
    return {
        "case": case,
        "stories": shown.stories(matter, case),
        "similar": desk.similar(here.marketplace, found.order.id, dispute.number, dispute.reason),
        "reason": words.reason(dispute.reason),
        "has_it": _has_it(here, log),
        "strip": _strip(here, found.order.id, dispute.number),
        "news": [one for one in case.timeline if since is not None and one.number > since],
    }


def _strip(here: Here, order: str, dispute: int) -> shown_desk.Strip | None:
    """The head of the queue beside the case, for whoever has one."""
    if here.party is not Party.MEDIATOR:
        return None
    listed = desk.queue(here.marketplace, here.now, places=desk.MEDIATORS, most=STRIP)
    return shown_desk.strip(listed.entries, listed.counts, order=order, dispute=dispute, now=here.now)


def _has_it(here: Here, log: list[Taken]) -> str:
    """Who has taken the case, in a sentence; "" where that is nobody's business here."""
    if here.party is not Party.MEDIATOR:
        return ""
    if not log or not log[0].staff:
        return _("Nobody has taken this case.")
    if log[0].staff == here.seat.name:
        return _("You have taken this case.")
    return _("%(staff)s has taken this case. Speak with each other before you decide.") % {"staff": log[0].staff}


def _brought(here: Here, found: queries.Found, dispute: Dispute) -> shown_case.Brought:
    order = found.order
    files = [item.file.id for item in sight.evidence(dispute, here.party) if item.file.sha256]
    return shown_case.Brought(
        files=evidence.found(here.marketplace, order.id, files) if files else {},
        noticed=doubts.about(here.marketplace, found, dispute),
        pasts=disputants.pasts(here.marketplace, order.id, buyer=order.buyer, seller=order.seller),
    )


urlpatterns = [
    path("orders/<order_id:order>/disputes/<int:dispute>/do/<decision:verb>/", decide, name="decide"),
    path("orders/<order_id:order>/do/<consent:verb>/", decide, name="decide_order"),
]
"""Below `/at/<seat>/`, before the general forms of acts: the same addresses, for these verbs."""
