"""Several answers at once: choose, fill in, look at what each would do, confirm; and be told what came of each.

Every row is an act of its own with its own key and the version it was shown at: one that is refused stops no other,
and sending the form twice does nothing twice.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import NamedTuple

import psycopg
from django.db.utils import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from amends import words
from amends.core.draft import Accepted
from amends.core.vocabulary import Party, Verb, Wants
from amends.orders import reply_templates, todo
from amends.orders.records import records
from amends.orders.todo import Mine
from amends.web import acting
from amends.web.forms import Filled
from amends.web.here import Here, page
from amends.web.shown import bulk as shown
from amends.web.shown import record as shown_record
from amends.web.shown.bulk import AS_ASKED, MOST, VERBS, Picked, Preview, Wish

from .todo import list_page

log = logging.getLogger(__name__)

MOST_DAYS = 180


@require_http_methods(["GET", "HEAD", "POST"])
@page(Party.SELLER)
def bulk(request: HttpRequest, here: Here) -> HttpResponse:
    """Each step is a form sent here; only `step=confirm` does anything."""
    verb = VERBS.get(request.POST.get("do", ""))
    if request.method != "POST" or verb is None:
        return redirect(here.url("todo"))
    rows = shown.picked(request.POST.getlist("row"))
    if not rows:
        return list_page(here, wrong=_("Choose at least one row."), status=422)
    if len(rows) > MOST:
        said = _("Choose at most %(most)s rows at once; you chose %(many)s.")
        return list_page(here, wrong=said % {"most": MOST, "many": len(rows)}, status=422)
    found = todo.chosen(here.marketplace, here.seat.name, (row.order for row in rows), now=here.now)
    asked = _Asked(request, here, verb, rows, found)
    step = request.POST.get("step", "")
    if step == "use":
        return asked.with_text()
    if step == "edit" or (not step and verb is not Verb.ACCEPT):
        return asked.form()
    wish = asked.read()
    if asked.filled.wrong:
        return asked.form(status=422)
    return asked.done(wish) if step == "confirm" else asked.preview(wish)


class Result(NamedTuple):
    """What came of one row: `refused` None and `unsure` False is done."""

    sent: str
    """The row as the form named it."""
    line: shown.Line
    refused: words.Said | None
    warnings: tuple[str, ...] = ()
    unsure: bool = False
    """The database went away: nobody can say whether it was done."""
    tried: bool = True


class _Asked:
    """One form of several rows."""

    def __init__(
        self, request: HttpRequest, here: Here, verb: Verb, rows: list[Picked], found: dict[str, Mine]
    ) -> None:
        self.request = request
        self.here = here
        self.verb = verb
        self.rows = rows
        self.found = found
        self.currencies = sorted({mine.order.currency for mine in found.values()})
        currency = request.POST.get("currency", "")
        self.currency = currency if currency in self.currencies else (self.currencies or ["USD"])[0]
        self.filled = Filled(request.POST, self.currency)

    # ── what is asked ────────────────────────────────────────────────────────────────────────────

    def form(self, *, values: Mapping[str, str] | None = None, status: int = 200) -> HttpResponse:
        """The fields of an offer, a refusal or an extension, for all rows."""
        start = {"how": "share", "share": "50", "wants": AS_ASKED, "which": "asked", "currency": self.currency}
        given = {**start, **self.filled.values, **(values or {})}
        about = {
            **self._about(),
            "chosen": shown.named(self.rows, self.found),
            "values": given,
            "wrong": self.filled.wrong,
            "currencies": self.currencies,
            "wants": [(one.value, words.wants(one)) for one in Wants],
            "templates": reply_templates.templates(self.here.marketplace, self.here.seat.name),
            "most_days": MOST_DAYS,
        }
        return self.here.page("bulk", about, status=status)

    def with_text(self) -> HttpResponse:
        """The form again, with a template's text in the place of the text."""
        known = reply_templates.templates(self.here.marketplace, self.here.seat.name)
        chosen = self.request.POST.get("template", "")
        text = next((one.text for one in known if str(one.id) == chosen), None)
        return self.form(values={} if text is None else {"text": text})

    def read(self) -> Wish:
        """The wish the form says; what is wrong stands in `filled`."""
        filled = self.filled
        wish = Wish(self.verb, currency=self.currency)
        if self.verb is Verb.EXTEND_PROTECTION:
            if filled.choice("which", ("asked", "days")) == "asked":
                return wish
            return wish._replace(days=filled.whole("days", least=1, most=MOST_DAYS))
        if self.verb is Verb.ACCEPT:
            return wish
        wish = wish._replace(text=filled.text("text", most=reply_templates.MOST_TEXT))
        if self.verb is not Verb.OFFER:
            return wish
        wants = filled.choice("wants", (AS_ASKED, *Wants))
        if wants not in (AS_ASKED, *Wants):
            filled.blame("wants", _("Choose one of these."))
        if filled.choice("how", ("share", "amount")) == "amount":
            return wish._replace(wants=wants, amount=filled.amount("amount"))
        return wish._replace(wants=wants, share=filled.whole("share", least=1, most=100))

    def _about(self) -> dict[str, object]:
        word = next(word for word, verb in VERBS.items() if verb is self.verb)
        return {"do": word, "rows": self.rows, "heading": _heading(self.verb, len(self.rows))}

    def _kept(self) -> dict[str, str]:
        """The answers that go along to the next step."""
        names = ("how", "share", "amount", "currency", "wants", "text", "which", "days")
        return {name: value for name, value in self.filled.values.items() if name in names}

    # ── what would come of it, and what came ─────────────────────────────────────────────────────

    def preview(self, wish: Wish) -> HttpResponse:
        ahead = shown.preview(self.here, wish, self.rows, self.found)
        about = {
            **self._about(),
            "preview": ahead,
            "kept": self._kept(),
            "button": _button(self.verb, ahead) if ahead.possible else "",
            "effect": self._effect(ahead),
        }
        return self.here.page("bulk_preview", about)

    def _effect(self, ahead: Preview) -> str:
        if self.verb is Verb.EXTEND_PROTECTION:
            return ""
        kept = records(self.here.marketplace, self.here.seat.name, now=self.here.now)
        return shown_record.effect_words(shown_record.effect(kept, ahead.counting))

    def done(self, wish: Wish) -> HttpResponse:
        """Do them one after the other. Where the database goes away, the page says how far it came."""
        results: list[Result] = []
        moved: dict[str, int] = {}
        missing, away = 0, False
        for row in self.rows:
            line = self._line(wish, row)
            if line is None:
                missing += 1
            elif away:
                results.append(Result(row.mark, line, None, tried=False))
            else:
                try:
                    results.append(self._do(wish, row, line, moved))
                except (psycopg.OperationalError, OperationalError) as gone:
                    log.warning("The database went away between several answers: %s", gone)
                    away = True
                    results.append(Result(row.mark, line, None, unsure=True))
        done = [one for one in results if one.tried and not one.unsure and one.refused is None]
        about = {
            **self._about(),
            "done": done,
            "done_words": _done_words(self.verb, len(done)),
            "refused": [one for one in results if one.refused is not None],
            "unsure": [one for one in results if one.unsure or not one.tried],
            "missing": missing,
            "kept": self._kept(),
            "key": acting.form_key(self.request),
        }
        return self.here.page("bulk_done", about, status=503 if away else 200)

    def _line(self, wish: Wish, row: Picked) -> shown.Line | None:
        seen = shown.preview(self.here, wish, (row,), self.found)
        return next(iter((*seen.possible, *seen.impossible)), None)

    def _do(self, wish: Wish, row: Picked, line: shown.Line, moved: dict[str, int]) -> Result:
        """One row. A second dispute of an order that this very form has just moved on is not told that it moved."""
        mine = self.found[row.order]
        ahead = shown.foreseen(self.here, wish, mine, mine.order.dispute(row.number))
        done = acting.act(
            self.here,
            row.order,
            self.verb,
            ahead.fields,
            dispute=row.number or None,
            key=f"{acting.form_key(self.request)} {row.number}",
            version=mine.order.version if moved.get(row.order) == row.version else row.version,
        )
        if done.refused is not None:
            return Result(row.mark, line, done.refused)
        outcome = done.outcome
        happened = _("This was done already; nothing was done twice.")
        if not outcome.repeated and outcome.order is not None:
            happened = shown.happens(ahead._replace(answer=Accepted(outcome.order, ())))
            self.found[row.order] = mine._replace(order=outcome.order)
            moved[row.order] = row.version
        told = tuple(words.warning(code) for code in done.warnings)
        return Result(row.mark, line._replace(happens=happened, refused=None), None, told)


def _heading(verb: Verb, many: int) -> str:
    said = {
        Verb.ACCEPT: ngettext("Accept %(many)s claim", "Accept %(many)s claims", many),
        Verb.OFFER: ngettext("Make an offer in %(many)s dispute", "Make an offer in %(many)s disputes", many),
        Verb.REJECT: ngettext("Turn down %(many)s claim", "Turn down %(many)s claims", many),
        Verb.EXTEND_PROTECTION: ngettext(
            "Extend protection of %(many)s order", "Extend protection of %(many)s orders", many
        ),
    }
    return said[verb] % {"many": many}


def _done_words(verb: Verb, many: int) -> str:
    said = {
        Verb.ACCEPT: ngettext("%(many)s claim was accepted.", "%(many)s claims were accepted.", many),
        Verb.OFFER: ngettext("%(many)s offer was sent.", "%(many)s offers were sent.", many),
        Verb.REJECT: ngettext("%(many)s claim was turned down.", "%(many)s claims were turned down.", many),
        Verb.EXTEND_PROTECTION: ngettext(
            "Protection of %(many)s order lasts longer now.", "Protection of %(many)s orders lasts longer now.", many
        ),
    }
    return said[verb] % {"many": many}


def _button(verb: Verb, ahead: Preview) -> str:
    """The act with its money, for as many rows as it can be done to."""
    many = len(ahead.possible)
    money = ", ".join(words.money(cost.minor, cost.currency) for cost in ahead.totals)
    if verb is Verb.ACCEPT and money:
        said = ngettext("Accept %(many)s claim: %(money)s", "Accept %(many)s claims: %(money)s", many)
    elif verb is Verb.OFFER and money:
        said = ngettext("Send %(many)s offer: %(money)s", "Send %(many)s offers: %(money)s", many)
    else:
        return _heading(verb, many)
    return said % {"many": many, "money": money}


urlpatterns = [path("todo/bulk/", bulk, name="bulk")]
