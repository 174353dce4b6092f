"""One act on an order or a dispute: a form, what it costs, once more the question, and the deed.

GET shows the form, or why the act cannot be done now and from when. POST fills it in; what ends a dispute or moves
money is shown once more in words, and done by a second POST with `sure=1`. Who may do what is said by
`here.rights`, what may be done by the one door.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from amends import words
from amends.core.draft import Accepted
from amends.core.refusals import Refused
from amends.core.vocabulary import Party, RefusalCode, Verb
from amends.web import acting, complaints, flash, second_factor, worklist
from amends.web.forms import FIELD_OF, FORMS, Ahead, Asking, Fields, Filled, FormKind, foresee, form_of
from amends.web.here import Here, page
from amends.web.shown import acts_ahead, acts_answers, acts_goods, acts_page, acts_talk, acts_terms, rate, ready
from amends.web.shown.orders import disputed_goods, goods_of

log = logging.getLogger(__name__)
CHAPTERS = (acts_terms, acts_answers, acts_talk, acts_goods)
"""Whose forms stand in `FORMS` by being imported here."""


class Trouble(NamedTuple):
    """Why a form comes back."""

    status: int = 200
    refused: words.Said | None = None
    stale: bool = False
    note: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@page()
def on_dispute(request: HttpRequest, here: Here, order: str, dispute: int, verb: str) -> HttpResponse:
    """`do/<verb>/` of a dispute."""
    found, one = here.dispute(order, dispute)
    return _answer(request, Asking(here, found, one, _verb(verb)))


@require_http_methods(["GET", "HEAD", "POST"])
@page()
def on_order(request: HttpRequest, here: Here, order: str, verb: str) -> HttpResponse:
    """`do/<verb>/` of an order."""
    asking = Asking(here, here.order(order), None, _verb(verb))
    if asking.verb is Verb.OPEN:  # a chapter of its own
        return redirect(here.url("open", order=order))
    return _answer(request, asking)


def _verb(word: str) -> Verb:
    try:
        return Verb(word)
    except ValueError:
        raise Http404 from None


def _answer(request: HttpRequest, asking: Asking) -> HttpResponse:
    kind = FORMS.get(asking.verb)
    if kind is None or not _theirs(asking):
        raise Http404
    if second_factor.missing(asking.here.seat, asking.verb):
        raise second_factor.Missing
    if request.method == "POST":
        return _posted(request, asking, kind)
    return _shown(asking, kind, _blank(request, asking, kind), Trouble())


def _theirs(asking: Asking) -> bool:
    """Whether the act is ever this party's; possible now or not."""
    rights = asking.here.rights(asking.found, asking.dispute)
    return asking.verb in rights.can or rights.why_not(asking.verb) is not None


def _impossible(asking: Asking) -> Refused | None:
    return asking.here.rights(asking.found, asking.dispute).why_not(asking.verb)


def _blank(request: HttpRequest, asking: Asking, kind: FormKind) -> Filled:
    """The form as it first stands, with what the link to it brought along."""
    if _impossible(asking) is not None:
        return Filled({}, asking.order.currency)
    brought = {name: request.GET[name] for name in kind.prefilled if name in request.GET}
    return Filled({**kind.start(asking), **brought}, asking.order.currency)


# ── sent ─────────────────────────────────────────────────────────────────────────────────────────


def _posted(request: HttpRequest, asking: Asking, kind: FormKind) -> HttpResponse:
    filled = Filled(request.POST, asking.order.currency)
    if barred := kind.barred(asking):
        return _shown(asking, kind, filled, Trouble(403, note=barred))
    if "_change" in request.POST:
        return _shown(asking, kind, filled, Trouble())
    if "_use" in request.POST:
        return _shown(asking, kind, ready.put_in(asking, filled), Trouble())
    impossible = _impossible(asking)
    fields = kind.read(asking, filled)
    if filled.wrong:
        if impossible is not None:
            return _refused(asking, kind, filled, impossible)
        return _shown(asking, kind, filled, Trouble(422))
    if not request.POST.get("sure"):
        ahead = foresee(asking, kind.confirmed(fields), acting.form_key(request))
        if kind.asks(ahead):
            if ahead.refused is not None:
                return _refused(asking, kind, filled, ahead.refused)
            version = acting.form_version(request) if kind.versioned else None
            return _once_more(kind, ahead, filled, Trouble(stale=_moved_on(asking, version)))
    return _done(request, asking, kind, filled, fields)


def _refused(asking: Asking, kind: FormKind, filled: Filled, refused: Refused) -> HttpResponse:
    """Refused before the question was asked once more: by the core, in the words of the door, and recorded."""
    who = (asking.here.marketplace, asking.order.id, asking.party.value, asking.verb.value, refused.code.value)
    log.info("refused on a page: %s %s %s: %s %s", *who)
    return _back(asking, kind, filled, words.refusal(refused))


def _done(request: HttpRequest, asking: Asking, kind: FormKind, filled: Filled, fields: Fields) -> HttpResponse:
    version = acting.form_version(request) if kind.versioned else None
    done = _do(request, asking, fields, version)
    if done.refused and done.refused.code == RefusalCode.VERSION_CONFLICT.value and version is not None:
        asking = _again(asking)
        if not _moved_on(asking, version):  # what moved was his own, or is not for him to know
            done = _do(request, asking, fields, asking.order.version)
    if done.refused is None:
        return _led_on(request, asking, kind, fields, done)
    if done.refused.code == RefusalCode.IDEMPOTENCY_KEY_REUSED.value:
        said = _(
            "This page was sent once already, with something else in it. Look at what was done, and send this too"
            " if you still want it."
        )
        return _shown(_again(asking), kind, filled, Trouble(409, note=said))
    if done.stale:
        return _stale(_again(asking), kind, filled, done.refused)
    response = _back(_again(asking), kind, filled, done.refused)
    if done.early:
        response["Retry-After"] = "60"
    return response


def _moved_on(asking: Asking, version: int | None) -> bool:
    """Whether others have done something since, as far as this party may know."""
    return version is not None and bool(acts_page.meanwhile(asking, version))


def _do(request: HttpRequest, asking: Asking, fields: Fields, version: int | None) -> acting.Done:
    return acting.act(
        asking.here,
        asking.order.id,
        asking.verb,
        fields,
        dispute=asking.dispute.number if asking.dispute else None,
        key=acting.form_key(request),
        version=version,
    )


def _again(asking: Asking) -> Asking:
    """The same about the order as it stands by now."""
    here, key = asking.here, asking.order.id
    if asking.dispute is None:
        return asking._replace(found=here.order(key))
    found, dispute = here.dispute(key, asking.dispute.number)
    return asking._replace(found=found, dispute=dispute)


def _stale(asking: Asking, kind: FormKind, filled: Filled, refused: words.Said) -> HttpResponse:
    """Somebody else was first: what changed, what stands now, and everything that was written."""
    return _shown(asking, kind, filled, Trouble(409, refused, stale=True))


def _back(asking: Asking, kind: FormKind, filled: Filled, refused: words.Said) -> HttpResponse:
    """The form again, with the door's words: next to the field that can mend it, or above all."""
    unsure = refused.code in (RefusalCode.ZERO_NEEDS_CONFIRMATION.value, RefusalCode.FINAL_NEEDS_CONFIRMATION.value)
    if unsure and _impossible(asking) is None:
        ahead = foresee(asking, kind.confirmed(kind.read(asking, filled)))
        if ahead.refused is None:
            return _once_more(kind, ahead, filled, Trouble(409, refused))
    mendable = RefusalCode(refused.code) in FIELD_OF and _impossible(asking) is None
    return _shown(asking, kind, filled, Trouble(422 if mendable else 409, refused))


# ── shown ────────────────────────────────────────────────────────────────────────────────────────


def _shown(asking: Asking, kind: FormKind, filled: Filled, trouble: Trouble) -> HttpResponse:
    """The form with what is written in it; or, where the act cannot be done now, why and from when."""
    impossible, barred = _impossible(asking), kind.barred(asking)
    if impossible is not None or barred:
        said = trouble.refused or (words.refusal(impossible) if impossible else None)
        return _cannot(asking, kind, filled, trouble._replace(refused=said), barred)
    if not kind.template_for(asking):
        return _question(asking, kind, filled, trouble)
    about = acts_page.about(asking, kind, version=_seen(filled) if trouble.stale else None)
    shown: dict[str, object] = {"act": about, "asking": asking, "refused": trouble.refused}
    again = isinstance(filled.posted, QueryDict)
    form = form_of(filled, again=again, blamed=_blamed(trouble.refused))
    start = kind.start(asking)
    first = start if not again else {}
    fresh = {name: start[name] for name in kind.hidden if name in start}
    form = form._replace(values={**first, **form.values, **fresh})
    shown |= {"form": form, "note": trouble.note, "stale": trouble.stale, "template": kind.template_for(asking)}
    shown |= {"effect": rate.before_acting(asking)} | kind.shown(asking)
    if kind.takes_files:
        shown["upload"] = acts_page.upload(asking, filled, again=again)
    return asking.here.page("act", shown, status=trouble.status)


def _cannot(asking: Asking, kind: FormKind, filled: Filled, trouble: Trouble, barred: str = "") -> HttpResponse:
    """Why it cannot be done, from when it can, and what was written, to be copied."""
    about = acts_page.about(asking, kind, version=_seen(filled) if trouble.stale else None)
    shown = {"act": about, "asking": asking, "refused": trouble.refused, "barred": barred}
    return asking.here.page("act_refused", {**shown, "kept": acts_page.texts(filled)}, status=trouble.status)


def _question(asking: Asking, kind: FormKind, filled: Filled, trouble: Trouble) -> HttpResponse:
    """Where nothing is to be filled in the form is the question, about what stands now."""
    fresh = Filled({"_version": str(filled.posted.get("_version", "")), **kind.start(asking)}, filled.currency)
    ahead = foresee(asking, kind.confirmed(kind.read(asking, fresh)))
    if ahead.refused is not None:
        return _cannot(asking, kind, filled, trouble._replace(refused=words.refusal(ahead.refused)))
    return _once_more(kind, ahead, fresh, trouble, wrong=filled.wrong)


def _blamed(refused: words.Said | None) -> dict[str, str]:
    """A refusal that one field can mend, next to that field."""
    field = FIELD_OF.get(RefusalCode(refused.code)) if refused else None
    return {field: f"{refused.sentence} {refused.way_out}"} if refused and field else {}


def _seen(filled: Filled) -> int | None:
    """The version of the order the form was written for."""
    given = str(filled.posted.get("_version", ""))
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


def _once_more(
    kind: FormKind, ahead: Ahead, filled: Filled, trouble: Trouble, wrong: Mapping[str, str] | None = None
) -> HttpResponse:
    """The question: what will be done, in words with the money."""
    asking = ahead.asking
    sure = acts_page.sure(kind, ahead, filled, refused=trouble.refused is not None and not trouble.stale)
    about = acts_page.about(asking, kind, version=_seen(filled) if trouble.stale else None)
    shown: dict[str, object] = {"act": about, "asking": asking, "sure": sure, "wrong": wrong or {}}
    shown |= {"refused": trouble.refused, "stale": trouble.stale, "note": trouble.note}
    shown |= {"effect": rate.before_acting(asking)}
    return asking.here.page("act_sure", shown, status=trouble.status)


# ── done ─────────────────────────────────────────────────────────────────────────────────────────


def _led_on(request: HttpRequest, asking: Asking, kind: FormKind, fields: Fields, done: acting.Done) -> HttpResponse:
    """To the page of the dispute or the order, or back to the list the seller came from: it says what was done, what
    comes next and by when."""
    here, order = asking.here, done.outcome.order
    assert order is not None, "an accepted act leaves an order behind"
    ahead = Ahead(asking, fields, Accepted(order, (), done.outcome.warnings))
    told = {trap.code for trap in acts_page.traps(ahead)} if kind.asks(ahead) else set()
    warnings = tuple(words.warning(code) for code in done.warnings if code not in told)
    then = acts_ahead.then(order, ahead.dispute, ahead.asking.party)
    flash.tell(request, here.seat, _pointing(asking, fields, flash.Flash(kind.done(ahead), then, warnings)))
    response = redirect(worklist.back(here) or acts_page.back(asking))
    response.status_code = 303
    return response


def _pointing(asking: Asking, fields: Fields, told: flash.Flash) -> flash.Flash:
    """A message that asks for another look at a closed dispute is answered with where that is done; a seller is led
    back to what is left to do."""
    if worklist.place(asking.here):
        return told._replace(link=acts_page.back(asking), link_words=_look_at(asking))
    if asking.party is Party.SELLER and asking.verb is not Verb.MESSAGE:
        return told._replace(link=asking.here.url("todo"), link_words=_("What is left to do"))
    if asking.verb is not Verb.MESSAGE or not complaints.wants_another_look(str(fields.get("text", ""))):
        return told
    until = acts_talk.appeal_until(asking)
    if not until:
        return told
    link = asking.here.url("act", order=asking.order.id, dispute=asking.on.number, verb=Verb.APPEAL.value)
    said = _("A message does not change the result.")
    return told._replace(then=(said, *until), link=link, link_words=_("Appeal against the result"))


def _look_at(asking: Asking) -> str:
    """Which of the many it was."""
    goods = goods_of(asking.order) if asking.dispute is None else disputed_goods(asking.order, asking.dispute)
    facts = {"goods": ", ".join(one.title for one in goods), "id": asking.order.id}
    return _("Look at %(goods)s, order %(id)s") % facts


urlpatterns = [
    path("orders/<order_id:order>/disputes/<int:dispute>/do/<str:verb>/", on_dispute, name="act"),
    path("orders/<order_id:order>/do/<str:verb>/", on_order, name="order_act"),
]
"""Below `/at/<seat>/`."""
