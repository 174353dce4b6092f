"""The texts a seller keeps ready: write, change, take away."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from amends import words
from amends.core.refusals import Refused
from amends.core.vocabulary import Party
from amends.orders import reply_templates
from amends.web import flash
from amends.web.here import Here, page


@require_http_methods(["GET", "HEAD", "POST"])
@page(Party.SELLER)
def texts(request: HttpRequest, here: Here) -> HttpResponse:
    """All of them, and a form for one: a new one, or that of `?change=`."""
    if request.method != "POST":
        return _shown(here, _id(request.GET.get("change", "")))
    wanted = _id(request.POST.get("template", ""))
    if request.POST.get("do") == "forget":
        if wanted is not None:
            reply_templates.forget(here.marketplace, here.seat.name, wanted)
        return _told(request, here, _("The template is gone."))
    name, text = request.POST.get("name", ""), request.POST.get("text", "").replace("\r\n", "\n")
    try:
        reply_templates.keep(here.marketplace, here.seat.name, name=name, text=text, template=wanted)
    except Refused as refused:
        return _shown(here, wanted, typed=(name, text), refused=words.refusal(refused))
    return _told(request, here, _("The template is kept."))


def _told(request: HttpRequest, here: Here, done: str) -> HttpResponse:
    flash.tell(request, here.seat, flash.Flash(done))
    response = HttpResponseRedirect(here.url("reply_templates"))
    response.status_code = 303
    return response


def _shown(
    here: Here, wanted: UUID | None, *, typed: tuple[str, str] | None = None, refused: words.Said | None = None
) -> HttpResponse:
    kept = reply_templates.templates(here.marketplace, here.seat.name)
    changing = next((one for one in kept if one.id == wanted), None)
    name, text = typed or ((changing.name, changing.text) if changing else ("", ""))
    about = {
        "templates": kept,
        "changing": changing,
        "name": name,
        "text": text,
        "refused": refused,
        "most_text": reply_templates.MOST_TEXT,
        "most_name": reply_templates.MOST_NAME,
    }
    return here.page("reply_templates", about, status=422 if refused else 200)


def _id(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None


urlpatterns = [path("todo/templates/", texts, name="reply_templates")]
