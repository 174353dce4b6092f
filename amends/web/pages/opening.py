"""Opening a dispute, one question a screen: answers are kept in the session, and nothing is sent before the last."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from amends import words
from amends.core import sight
from amends.core.order import Order
from amends.core.refusals import Refused
from amends.core.values import DisputedPieces
from amends.core.vocabulary import Party, Reason, Verb, Wants
from amends.core.wire import MOST_TEXT
from amends.orders import evidence
from amends.orders.queries import Found
from amends.web import acting, claims, flash, uploading
from amends.web.claims import Claim, Step
from amends.web.forms import FIELD_OF, Ahead, Asking, Filled, Form, Handed, foresee, form_of
from amends.web.here import Here, page
from amends.web.shown import acts_ahead, case_said, opening
from amends.web.shown import files as files_shown
from amends.web.shown.files import Remark
from amends.web.shown.order import parcel_said
from amends.web.shown.orders import goods_of

log = logging.getLogger(__name__)

BLAMED = {code.value: field for code, field in FIELD_OF.items()}


@require_http_methods(["GET", "HEAD", "POST"])
@page(Party.BUYER)
def opening_page(request: HttpRequest, here: Here, order: str) -> HttpResponse:
    """The screen that is asked for, or the first that still asks something; posted, its answer."""
    found = here.order(order)
    claim = claims.kept(request, here.seat, found.order)
    if request.method == "POST":
        return _posted(request, here, found, claim)
    barred = here.rights(found, None).why_not(Verb.OPEN)
    if barred is not None:
        return _not_now(here, found, barred, status=200)
    first = claims.unanswered(found.order, claim)
    wanted = _step(request.GET.get("step", first.value), found.order)
    every = claims.steps(found.order)
    if wanted is None or every.index(wanted) > every.index(first):
        return _to(here, found.order, first)
    return _screen(here, found, claim, wanted)


def _posted(request: HttpRequest, here: Here, found: Found, claim: Claim) -> HttpResponse:
    order = found.order
    if "again" in request.POST:
        claims.keep(request, here.seat, order, Claim())
        flash.tell(request, here.seat, flash.Flash(_("Your answers are gone. Nothing was sent.")))
        return _see(here.url("open", order=order.id))
    step = _step(request.POST.get("step", ""), order)
    if step is None:
        return _to(here, order, claims.unanswered(order, claim))
    if step is Step.REVIEW:
        return _send(request, here, found, claim)
    every = claims.steps(order)
    if every.index(step) > every.index(claims.unanswered(order, claim)):
        return _to(here, order, claims.unanswered(order, claim))
    filled = Filled(request.POST, order.currency)
    answered = _READ[step](here, found, claim, filled)
    if "back" in request.POST:
        return _gone_back(request, here, found, answered, step, wrong=bool(filled.wrong))
    barred = here.rights(found, None).why_not(Verb.OPEN)
    if barred is not None:
        claims.keep(request, here.seat, order, answered)
        return _not_now(here, found, barred, status=409)
    if filled.wrong:
        return _screen(here, found, claim, step, form_of(filled, again=True), status=422)
    answered = claims.fitting(order, answered)
    claims.keep(request, here.seat, order, answered)
    return _to(here, order, claims.unanswered(order, answered))


def _gone_back(
    request: HttpRequest, here: Here, found: Found, answered: Claim, step: Step, *, wrong: bool
) -> HttpResponse:
    """To the question before, with whatever of this one could be read; it is asked again where that was not all."""
    order, every = found.order, claims.steps(found.order)
    if wrong and step is Step.SHOW:
        answered = answered._replace(shown=False)
    claims.keep(request, here.seat, order, claims.fitting(order, answered))
    at = every.index(step)
    return _to(here, order, every[at - 1]) if at else _see(here.url("order", order=order.id))


# ── reading one screen's answer ──────────────────────────────────────────────────────────────────


def _goods(here: Here, found: Found, claim: Claim, filled: Filled) -> Claim:
    order = found.order
    alone = len(order.lines) == 1
    chosen = []
    for at, line in enumerate(order.lines):
        if alone or filled.ticked(f"line-{at}"):
            many = 1 if line.quantity == 1 else filled.whole(f"many-{at}", least=1, most=max(1, line.left))
            chosen.append(DisputedPieces(line.id, many or 1))
    if not chosen:
        filled.blame("goods", _("Choose what it is about."))
        return claim
    pieces = tuple(chosen)
    _blame(filled, "goods", claims.why_not_pieces(order, pieces, here.now))
    return claim if filled.wrong else claim._replace(pieces=pieces)


def _received(here: Here, found: Found, claim: Claim, filled: Filled) -> Claim:
    answer = filled.choice("received", ("yes", "no"))
    if answer not in ("yes", "no"):
        filled.blame("received", _("Choose one of these."))
        return claim
    received = answer == "yes"
    _blame(filled, "received", claims.why_not_received(found.order, claim.pieces, received, here.now))
    return claim if filled.wrong else claim._replace(received=received)


def _reason(here: Here, found: Found, claim: Claim, filled: Filled) -> Claim:
    claim = claim._replace(text=filled.text("text"))
    word = filled.choice("reason", tuple(Reason))
    if word not in set(Reason):
        filled.blame("reason", _("Choose one of these."))
        return claim
    assert claim.received is not None, "this screen comes after it"
    answer = claims.tried(found.order, claim.pieces, claim.received, Reason(word), here.now)
    _blame(filled, "reason", answer if isinstance(answer, Refused) else None)
    return claim if filled.wrong else claim._replace(reason=word)


def _wish(here: Here, found: Found, claim: Claim, filled: Filled) -> Claim:
    wants = filled.choice("wants", ("refund",))
    _blame_tried(filled, "wants", here, found, claim, wants=wants)
    return claim if filled.wrong else claim._replace(wants=wants)


def _amount(here: Here, found: Found, claim: Claim, filled: Filled) -> Claim:
    amount = filled.amount("amount")
    _blame_tried(filled, "amount", here, found, claim, wants=claim.wants, amount=amount)
    return claim if filled.wrong else claim._replace(amount=amount)


def _blame_tried(filled: Filled, name: str, here: Here, found: Found, claim: Claim, **known: str) -> None:
    """Beside the field what the door would say to the claim with it; nothing where the field says nothing clear."""
    if filled.wrong:
        return
    assert claim.received is not None, "this screen comes after it"
    answer = claims.tried(found.order, claim.pieces, claim.received, Reason(claim.reason), here.now, **known)
    _blame(filled, name, answer if isinstance(answer, Refused) else None)


def _show(here: Here, found: Found, claim: Claim, filled: Filled) -> Claim:
    files = filled.handed()
    going = {one.file for one in files}
    left_out = tuple(one for one in dict.fromkeys(filled.many("offered")) if one not in going)
    answered = claim._replace(files=files, left_out=left_out, shown=True)
    _blame(filled, "files", _foreseen(here, found, answered).refused)
    return answered


_READ: dict[Step, Callable[[Here, Found, Claim, Filled], Claim]] = {
    Step.GOODS: _goods,
    Step.RECEIVED: _received,
    Step.REASON: _reason,
    Step.WISH: _wish,
    Step.AMOUNT: _amount,
    Step.SHOW: _show,
}


def _blame(filled: Filled, name: str, refused: Refused | None) -> None:
    """What the door would refuse is said on the screen it is about, in the door's words."""
    if refused is None:
        return
    said = words.refusal(refused)
    log.info("refused while opening: %s", said.code)
    filled.blame(name, f"{said.sentence} {said.way_out}")


# ── the last screen ──────────────────────────────────────────────────────────────────────────────


def _foreseen(here: Here, found: Found, claim: Claim) -> Ahead:
    """What the door would say to the claim as it stands; its files are looked up, nothing is written."""
    return foresee(Asking(here, found, None, Verb.OPEN), claims.fields(claim))


def _send(request: HttpRequest, here: Here, found: Found, claim: Claim) -> HttpResponse:
    order, key = found.order, acting.form_key(request)
    if claim.became and claim.sent_as == key:
        return _see(here.url("case", order=order.id, dispute=claim.became))
    first = claims.unanswered(order, claim)
    if first is not Step.REVIEW:
        return _to(here, order, first)
    done = acting.act(here, order.id, Verb.OPEN, claims.fields(claim), key=key)
    if done.refused is not None:
        status = 422 if done.refused.code in BLAMED else 409
        return _screen(here, found, claim, Step.REVIEW, refused=done.refused, status=status)
    after = done.outcome.order
    assert after is not None, "an accepted act leaves an order behind"
    dispute = after.disputes[-1]
    claims.keep(request, here.seat, order, Claim(sent_as=key, became=dispute.number))
    said = flash.Flash(
        _("Your dispute is open, and the seller is told."),
        acts_ahead.then(after, dispute, here.party),
        tuple(words.warning(code) for code in done.warnings),
    )
    flash.tell(request, here.seat, said)
    return _see(here.url("case", order=order.id, dispute=dispute.number))


# ── showing ──────────────────────────────────────────────────────────────────────────────────────


def _screen(
    here: Here,
    found: Found,
    claim: Claim,
    step: Step,
    form: Form | None = None,
    *,
    refused: words.Said | None = None,
    status: int = 200,
) -> HttpResponse:
    order = found.order
    every = claims.steps(order)
    at = every.index(step)
    before = f"{here.url('open', order=order.id)}?step={every[at - 1]}" if at else here.url("order", order=order.id)
    about = {
        "order": order,
        "goods": goods_of(order),
        "claim": claim,
        "step": step.value,
        "number": at + 1,
        "many": len(every),
        "steps": opening.steps(order, claim, step),
        "before": before,
        "tips": opening.tips(step),
        "values": form.values if form else {},
        "wrong": form.wrong if form else {},
        "again": form is not None,
        "begun": claim.begun,
        "refused": refused,
        **_ABOUT[step](here, found, claim, form),
    }
    return here.page(f"open_{step}", about, status=status)


def _goods_asked(here: Here, found: Found, claim: Claim, form: Form | None) -> dict[str, Any]:
    return {"lines": opening.lines(found.order, claim, form.values if form else {}, here.now)}


def _received_asked(here: Here, found: Found, claim: Claim, form: Form | None) -> dict[str, Any]:
    before = "" if claim.received is None else "yes" if claim.received else "no"
    chosen = form.values.get("received", "") if form else before
    return {
        "asked": opening.received(found.order, claim, chosen, here.now),
        "parcel": found.order.shipment,
        "parcel_said": parcel_said(found.order),
    }


def _reason_asked(here: Here, found: Found, claim: Claim, form: Form | None) -> dict[str, Any]:
    chosen = form.values.get("reason", "") if form else claim.reason
    return {
        "asked": opening.reasons(found.order, claim, chosen, here.now),
        "text": form.values.get("text", "") if form else claim.text,
        "most_text": MOST_TEXT,
        "filled": form is not None or bool(claim.reason),
    }


def _wish_asked(here: Here, found: Found, claim: Claim, form: Form | None) -> dict[str, Any]:
    chosen = form.values.get("wants", "") if form else claim.wants
    return {"asked": opening.wishes(found.order, claim, chosen, here.now)}


def _amount_asked(here: Here, found: Found, claim: Claim, form: Form | None) -> dict[str, Any]:
    typed = form.values.get("amount", "") if form else ""
    return {
        "how_much": opening.how_much(found.order, claim, typed),
        "wanted": words.wants(Wants(claim.wants)),
    }


def _show_asked(here: Here, found: Found, claim: Claim, form: Form | None) -> dict[str, Any]:
    reason = Reason(claim.reason)
    back = f"{here.url('open', order=found.order.id)}?step={Step.SHOW}"
    left_out, remarks = set(claim.left_out), _remarks(claim.files)
    if form:
        offered = form.lists.get("offered", ())
        left_out = set(offered) - set(form.lists.get("files", ()))
        remarks = {
            one: Remark(form.values.get(f"comment-{one}", ""), f"mediator_only-{one}" in form.values) for one in offered
        }
    part = uploading.part(here, found, form="open-show", back=back, reason=reason, remarks=remarks)
    # What convinces stands beside the question.
    wanted, part = part.wanted, part._replace(wanted=(), unticked=frozenset(left_out))
    needed = found.order.policy.opening.files_needed(reason)
    return {"upload": part, "wanted": wanted, "needed": opening.files_needed(needed) if needed else ""}


def _review_asked(here: Here, found: Found, claim: Claim, form: Form | None) -> dict[str, Any]:
    order = found.order
    ahead = _foreseen(here, found, claim)
    about: dict[str, Any] = {
        "meant": opening.goods_meant(order, claim.pieces),
        "reason": words.reason(Reason(claim.reason)),
        "files": _files(here, order, claim),
        "ceiling": opening.ceiling(order),
    }
    if ahead.refused is not None:
        return {**about, "barred": words.refusal(ahead.refused)}
    dispute = ahead.order.disputes[-1]
    return {
        **about,
        "amount_minor": dispute.claim.amount_minor,
        "asks": case_said.claim(ahead.order, dispute.claim, Party.SELLER),
        "less": opening.asks_for_less(order, claim, dispute.claim.amount_minor),
        "warnings": [words.warning(code) for code in sorted(sight.warnings(ahead.warnings, here.party))],
        "then": acts_ahead.then(ahead.order, dispute, here.party),
    }


def _files(here: Here, order: Order, claim: Claim) -> tuple[files_shown.Loose, ...]:
    if not claim.files:
        return ()
    remarks = _remarks(claim.files)
    waiting = [one for one in evidence.waiting(here.marketplace, order.id, here.party) if one.file in remarks]
    names = evidence.names(here.marketplace, order.id, waiting)
    return tuple(files_shown.loose(one, names[one.file], (), remarks[one.file]) for one in waiting)


def _remarks(handed: Iterable[Handed]) -> dict[str, Remark]:
    return {one.file: Remark(one.comment, one.mediator_only) for one in handed}


_ABOUT: dict[Step, Callable[[Here, Found, Claim, Form | None], dict[str, Any]]] = {
    Step.GOODS: _goods_asked,
    Step.RECEIVED: _received_asked,
    Step.REASON: _reason_asked,
    Step.WISH: _wish_asked,
    Step.AMOUNT: _amount_asked,
    Step.SHOW: _show_asked,
    Step.REVIEW: _review_asked,
}


def _not_now(here: Here, found: Found, barred: Refused, *, status: int) -> HttpResponse:
    """Eligibility, before anything is written; and afterwards, with what was written kept."""
    may = here.rights(found, None).can
    about = {
        "order": found.order,
        "goods": goods_of(found.order),
        "why": words.refusal(barred),
        "may_ask_for_time": Verb.REQUEST_EXTENSION in may,
        "open": [one.number for one in found.order.open_disputes()],
        "kept": status != 200,
    }
    return here.page("open_not_now", about, status=status)


def _step(word: str, order: Order) -> Step | None:
    return next((step for step in claims.steps(order) if step.value == word), None)


def _to(here: Here, order: Order, step: Step) -> HttpResponse:
    return _see(f"{here.url('open', order=order.id)}?step={step}")


def _see(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


urlpatterns = [path("orders/<order_id:order>/open/", opening_page, name="open")]
"""Below `/at/<seat>/`."""
