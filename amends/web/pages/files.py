"""Evidence on pages: sending it, with and without script, and looking at it."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import unquote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from amends import words
from amends.core import sight
from amends.core.order import Dispute
from amends.core.vocabulary import Party, Verb
from amends.orders import doubts, evidence, listings, looking, receipts
from amends.orders import evidence_desk as desk
from amends.orders.bodies import CUT, Cut, asking, received_file
from amends.orders.evidence import File, Place
from amends.orders.queries import Found
from amends.vault.faults import Damaged, Unreachable
from amends.vault.uploads import UnknownUpload, WrongOffset
from amends.web import coaching, handed, second_factor, uploading
from amends.web.here import Here, page
from amends.web.shown import files as shown
from amends.web.shown import listed
from amends.web.uploading import Trouble

log = logging.getLogger(__name__)
ZOOMS: Final = ("fit", "100", "200")
"""How large a picture is looked at: as the page has room, or by the hundred of its own pixels."""
_CALLED: Final = re.compile(r"[0-9a-f]{64}")

# ── a form with files in it ──────────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "HEAD", "POST"])
@page(Party.BUYER, Party.SELLER)
def upload(request: HttpRequest, here: Here, order: str) -> HttpResponseBase:
    """A page to send files from; a form with files; or, with Upload-Length, the beginning of one in pieces."""
    if request.method != "POST":
        found = here.order(order)
        back = uploading.way_back(here, request.GET.get("back", ""), order)
        return here.page("upload", {"upload": uploading.part(here, found, back=back), "order": found.order})
    if "Upload-Length" in request.headers:
        return _begin(request, here, order)
    asked = asking(request)
    if asked is None:
        return _sent(request, here, order)
    where = uploading.place_of(here, order)
    try:
        with uploading.told():
            desk.folder("arriving")
    except Trouble as trouble:
        return _refused(here, here.order(order), handed.Sent.nothing(trouble), trouble.status)
    many = request.content_type == "multipart/form-data"
    most = desk.limits_of(where.policy).largest + uploading.BESIDE if many else int(settings.AMENDS_BODY_BYTES)
    receipts.expect(where, asked, most=most, asked_at=here.now)
    asked.grant(most, form=True)
    return HttpResponse()


def _sent(request: HttpRequest, here: Here, order: str) -> HttpResponseBase:
    found = here.order(order)
    where = uploading.place_of(here, order)
    cut = request.META.get(CUT)
    sent = handed.read(request, here, found)
    if isinstance(cut, Cut):
        return _refused(here, found, sent.but(_why_cut(where, cut)), cut.status)
    with receipts.clocks_wait(where, received_at=here.now, request=request):  # the last file waits for the first
        done = handed.hand_in(here, found, where, sent)
    if done.troubles:
        return _refused(here, here.order(order), done.left_over, done.troubles[0].status, done.kept)
    handed.tell(request, here, done)
    response = HttpResponseRedirect(sent.back)
    response.status_code = 303
    return response


def _refused(here: Here, found: Found, sent: handed.Sent, status: int, kept: tuple[str, ...] = ()) -> HttpResponse:
    """The form once more: what is wrong, and everything that was written."""
    part = uploading.part(
        here,
        found,
        back=sent.back or here.url("order", order=found.order.id),
        dispute=sent.dispute,
        values=sent.values,
        wrong=tuple(trouble.sentence for trouble in sent.troubles),
        unticked=sent.unticked,
    )
    return here.page("upload", {"upload": part, "order": found.order, "kept": kept}, status=status)


def _why_cut(where: Place, cut: Cut) -> Trouble:
    if cut.status != 413:
        return Trouble(cut.status, _("It came too slowly, so it was broken off. Try again over a better connection."))
    most = shown.size(desk.limits_of(where.policy).largest)
    said = _(
        "This is more than %(size)s, the most that can be sent at once. Send one file at a time, or a smaller one."
    )
    return Trouble(413, said % {"size": most})


# ── in pieces ────────────────────────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "HEAD", "PATCH", "POST"])
@page(Party.BUYER, Party.SELLER)
def upload_of(request: HttpRequest, here: Here, order: str, file: str) -> HttpResponseBase:
    """One file on its way: where it stands (HEAD), its next piece (PATCH), how it waits (GET), thrown away (POST)."""
    where = uploading.place_of(here, order)
    row = evidence.find(here.marketplace, order, file)
    if row is None or row.party != here.party.value or row.state not in ("arriving", "kept"):
        raise Http404
    try:
        match request.method:
            case "PATCH":
                return _go_on(request, here, where, row)
            case "POST":
                return _thrown_away(request, here, order, row)
            case "HEAD":
                return _standing(here, row)
            case _:
                return _waiting(request, here, order, row)
    except UnknownUpload:
        raise Http404 from None


def _begin(request: HttpRequest, here: Here, order: str) -> HttpResponse:
    where = uploading.place_of(here, order)
    length = request.headers["Upload-Length"]
    name = unquote(request.headers.get("Upload-Name", ""))[:1000]
    declared = request.headers.get("Upload-Type", "")[:100]
    try:
        with uploading.told():
            desk.folder("arriving")
            uploading.refuse_if_full(where)
            asked = asking(request)
            if asked is not None:
                asked.grant(0)
                return HttpResponse()
            begun = evidence.begin(
                where,
                length=int(length) if length.isascii() and length.isdigit() and len(length) < 16 else 0,
                name=name,
                declared=declared,
                now=here.received,
            )
    except Trouble as trouble:
        return _said({"sentence": trouble.sentence}, trouble.status)
    file = evidence.PREFIX + begun.id
    return _said({"file": file, "offset": 0, "address": here.url("upload_of", order=order, file=file)}, 201)


def _go_on(request: HttpRequest, here: Here, where: Place, row: File) -> HttpResponse:
    """The next piece; with the last one the file is whole."""
    given = request.headers.get("Upload-Offset", "")
    offset = int(given) if given.isascii() and given.isdigit() and len(given) < 16 else -1
    try:
        with uploading.told():
            standing = evidence.standing(row.file, now=here.received)
            if standing.offset != offset:
                raise WrongOffset(standing.offset)
            asked = asking(request)
            if asked is not None:
                receipts.expect(where, asked, most=standing.length - offset, asked_at=here.now, file=row.file)
                asked.grant(standing.length - offset)
                return HttpResponse()
            with received_file(request) as source:
                standing = evidence.append(row.file, source, offset=offset, now=here.received)
            if not standing.complete or request.META.get(CUT):
                return _said({"file": row.file, "offset": standing.offset}, 200)
            with receipts.clocks_wait(where, received_at=here.now, request=request, file=row.file):
                evidence.finish(where, row.file, now=here.received, received_at=here.now)
    except WrongOffset as fault:
        return _said({"offset": fault.offset}, 409)
    except Trouble as trouble:
        return _said({"sentence": trouble.sentence}, trouble.status)
    return _said({"file": row.file, "offset": standing.offset, "whole": True}, 200)


def _standing(here: Here, row: File) -> HttpResponse:
    offset = row.size if row.state != "arriving" else evidence.standing(row.file, now=here.received).offset
    return HttpResponse(headers={"Upload-Offset": str(offset)})


def _waiting(request: HttpRequest, here: Here, order: str, row: File) -> HttpResponse:
    """The file as it stands in the list of those that wait: what a page's script puts there."""
    if row.state != "kept":
        raise Http404
    found = here.order(order)
    number = request.GET.get("dispute", "")
    dispute = found.order.dispute(int(number)) if number.isascii() and number.isdigit() and len(number) < 6 else None
    back = uploading.way_back(here, request.GET.get("back", ""), order)
    part = uploading.part(here, found, back=back, dispute=dispute, form=request.GET.get("form", uploading.FORM)[:80])
    one = next((loose for loose in part.waiting if loose.file == row.file), None)
    if one is None:
        raise Http404
    return render(request, "web/_waiting_file.html", {"here": here, "upload": part, "one": one})


def _thrown_away(request: HttpRequest, here: Here, order: str, row: File) -> HttpResponse:
    """A file that was not handed in is gone; what lies in the store is swept."""
    evidence.forget(here.marketplace, order, row.file)
    response = HttpResponseRedirect(uploading.way_back(here, request.POST.get("back", ""), order))
    response.status_code = 303
    return response


def _said(document: dict[str, Any], status: int) -> HttpResponse:
    headers = {"Upload-Offset": str(document["offset"])} if "offset" in document else {}
    return HttpResponse(json.dumps(document), status=status, content_type="application/json", headers=headers)


# ── looking ──────────────────────────────────────────────────────────────────────────────────────


@require_safe
@page()
def file(request: HttpRequest, here: Here, order: str, file: str, form: str) -> HttpResponseBase:
    """A file in one of its forms, to whoever may see it; every look is noted."""
    if form == "original":
        second_factor.needed(here.seat, form)
    here.reach(order)
    viewer = f"{here.seat.party.value}:{here.seat.name}"

    def shown(wanted: str) -> looking.Shown:
        row = looking.may_look(here.marketplace, order, file, here.party, here.now)
        return looking.show(here.marketplace, order, row, form, party=here.party, wanted=wanted, viewer=viewer)

    return _answer(request, shown, f"order {order}, file {file}, {form}")


@require_safe
@page()
def listing_picture(request: HttpRequest, here: Here, order: str, picture: str, form: str) -> HttpResponseBase:
    """What the listing of a line of this order shows, to whoever may see the order."""
    found = here.order(order)

    def shown(wanted: str) -> looking.Shown:
        from_where = listings.named_by(found).values()
        one = listings.find(here.marketplace, from_where, picture) if _CALLED.fullmatch(picture) else None
        if one is None:
            raise looking.NotShown
        return listings.show(here.marketplace, one, form, wanted=wanted)

    return _answer(request, shown, f"order {order}, listing's picture {picture[:64]}, {form}")


def _answer(request: HttpRequest, show: Callable[[str], looking.Shown], what: str) -> HttpResponseBase:
    """What is shown, or what is wrong with it; `show` takes the Range header, `what` is for the log."""
    try:
        part = show(request.headers.get("Range", ""))
    except (looking.Nowhere, looking.NotShown):
        raise Http404 from None
    except looking.NotSatisfiable as fault:
        return HttpResponse(status=416, headers={**looking.HEADERS, "Content-Range": f"bytes */{fault.size}"})
    except looking.Erased:
        return _trouble(request, 410, _("Who gave this file was erased, and the file with them."))
    except (Damaged, FileNotFoundError) as fault:
        log.error("%s: %s", what, fault)
        return _trouble(request, 500, _("This file does not lie there as it was kept. Support has to look at it."))
    except Unreachable:
        return _trouble(request, 503, _("Files cannot be reached at the moment. Ask again in a minute."))
    status = 206 if part.partial else 200
    return StreamingHttpResponse(part.pieces, status=status, content_type=part.media_type, headers=part.headers)


def _trouble(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    return render(request, "web/no_file.html", {"sentence": sentence}, status=status)


@require_safe
@page()
def look(request: HttpRequest, here: Here, order: str, dispute: int, file: str) -> HttpResponse:
    """One piece of evidence, large, beside what the shop showed: `?zoom=` how large, `?with=` beside which picture."""
    found, about = here.dispute(order, dispute)
    given = shown.given(here, found, about)
    at = next((place for place, one in enumerate(given) if one.file == file), None)
    if at is None:
        raise Http404
    one = given[at]
    pictures = listed.pictures(here, found, about)
    beside = next((each for each in pictures if str(each.number) == request.GET.get("with")), None)
    zoom = request.GET.get("zoom", "")
    refused = here.rights(found, about).why_not(Verb.REMOVE_EVIDENCE) if one.mine else None
    return here.page(
        "look",
        {
            "order": found.order,
            "dispute": about,
            "one": one,
            "many": len(given),
            "others": [other for other in given if other is not one],
            "before": given[at - 1] if at else None,
            "after": given[at + 1] if at + 1 < len(given) else None,
            "bought": listed.bought(found, about),
            "pictures": pictures,
            "beside": beside or (pictures[0] if pictures else None),
            "zoom": zoom if zoom in ZOOMS else ZOOMS[0],
            "zooms": ZOOMS,
            "doubts": _doubts(here, found, about, file),
            "can_remove": one.mine and refused is None,
            "cannot_remove": words.refusal(refused) if refused is not None else None,
        },
    )


def _doubts(here: Here, found: Found, dispute: Dispute, file: str) -> tuple[shown.Doubted, ...] | None:
    """What does not fit about this file, for staff alone; None for everybody else."""
    if not sight.may_see(sight.Item.RISK, here.party, found.order):
        return None
    noticed = doubts.about(here.marketplace, found, dispute)
    return tuple(coaching.doubted(one.flag) for one in noticed if one.file == file)


urlpatterns = [
    path("orders/<order_id:order>/upload/", upload, name="upload"),
    path("orders/<order_id:order>/upload/<str:file>/", upload_of, name="upload_of"),
    path("orders/<order_id:order>/files/<str:file>/<str:form>/", file, name="file"),
    path("orders/<order_id:order>/listing/<str:picture>/<str:form>/", listing_picture, name="listing_picture"),
    path("orders/<order_id:order>/disputes/<int:dispute>/files/<str:file>/", look, name="look"),
]
"""Below `/at/<seat>/`."""
