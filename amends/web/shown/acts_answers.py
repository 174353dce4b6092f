"""The forms of answers: accept, turn down, withdraw, call the mediator, choose."""

from __future__ import annotations

from django.utils.translation import gettext as _

from amends import words
from amends.core.deadlines import protection_ends, running
from amends.core.events import OptionsProposed
from amends.core.order import Dispute, Terms
from amends.core.vocabulary import DeadlineName, Outcome, Party, Verb, Wants
from amends.web.forms import FORMS, Ahead, Asking, Check, Fields, Filled, FormKind, foresee

from . import acts_address, acts_ahead, acts_page, case_said, ready
from .acts_parts import Choice, button_of, on_the_table, refusing, said_terms


class Accepting(FormKind):
    """Of the buyer the standing offer, of the seller the claim; by its number, so that no other is taken for it."""

    always_asks = True
    hidden = ("offer",)

    def title(self, asking: Asking) -> str:
        return button_of(asking)

    def template_for(self, asking: Asking) -> str:
        return "web/_act_accept.html" if _goods_back(asking) and acts_address.wanted(asking) else ""

    def lead(self, asking: Asking) -> tuple[str, ...]:
        terms = on_the_table(asking)
        return (said_terms(asking, terms),) if terms else ()

    def shown(self, asking: Asking) -> dict[str, object]:
        return acts_address.asked(asking)

    def start(self, asking: Asking) -> dict[str, str]:
        terms = on_the_table(asking)
        address = acts_address.first(asking) if _goods_back(asking) else {}
        return address | ({"offer": str(terms.number)} if terms else {})

    def read(self, asking: Asking, filled: Filled) -> Fields:
        number = filled.whole("offer", least=1, most=10**6)
        fields: Fields = {"offer": number, "confirm_zero": filled.ticked("confirm_zero")}
        return fields | acts_address.typed(filled, asking, back=_goods_back(asking))

    def confirmed(self, fields: Fields) -> Fields:
        return {**fields, "confirm_zero": True}

    def checks(self, ahead: Ahead) -> tuple[Check, ...]:
        terms = on_the_table(ahead.asking)
        if ahead.asking.party is Party.SELLER or terms is None or terms.amount_minor:
            return ()
        return (Check("confirm_zero", _("I understand that I get nothing back and that the dispute ends.")),)

    def sure(self, ahead: Ahead) -> tuple[str, ...]:
        asking, terms = ahead.asking, on_the_table(ahead.asking)
        if terms is None:
            return ()
        return (_you_accept(asking, terms), *acts_ahead.outcome(ahead))

    def done(self, ahead: Ahead) -> str:
        terms = on_the_table(ahead.asking)
        facts = {"money": ahead.asking.money(terms.amount_minor if terms else 0)}
        if ahead.settles:
            return _("You accepted: the goods go back first.")
        if ahead.asking.party is Party.SELLER:
            return _("You accepted the claim: the buyer gets %(money)s back.") % facts
        return _("You accepted: you get %(money)s back.") % facts


def _goods_back(asking: Asking) -> bool:
    """Goods would have to travel by accepting."""
    terms = on_the_table(asking)
    return terms is not None and terms.wants is not Wants.REFUND


def _you_accept(asking: Asking, terms: Terms) -> str:
    facts = {"money": asking.money(terms.amount_minor)}
    if not terms.amount_minor:
        return _("You accept an offer of %(money)s.") % facts
    if terms.wants is Wants.REFUND:
        return _("You accept a refund of %(money)s.") % facts
    if terms.wants is Wants.RETURN_AND_REFUND:
        return _("You accept that the goods go back for a refund of %(money)s.") % facts
    return _("You accept that the goods go back and are replaced.")


class Rejecting(FormKind):
    """By the seller an offer of zero, by the buyer the standing offer turned down."""

    template = "web/_act_reject.html"
    versioned = True

    def title(self, asking: Asking) -> str:
        return _("Turn the claim down") if asking.party is Party.SELLER else button_of(asking)

    def lead(self, asking: Asking) -> tuple[str, ...]:
        terms = on_the_table(asking)
        said = (said_terms(asking, terms),) if terms else ()
        if asking.party is Party.SELLER:
            why = _("Turning it down is an offer of zero. Say why: a mediator will read it.")
            return (*said, why, *_then_for_seller(asking))
        return (*said, _("Your own claim stays as it is. You lose nothing by turning an offer down."))

    def shown(self, asking: Asking) -> dict[str, object]:
        return {"ready": ready.texts(asking)}

    def read(self, asking: Asking, filled: Filled) -> Fields:
        text = filled.text("text")
        return {"text": ready.said(asking, text) if asking.party is Party.SELLER else text}

    def asks(self, ahead: Ahead) -> bool:
        """The seller's form has said what a refusal leads to; he is asked once more where the core warns of it."""
        return super().asks(ahead) or (ahead.asking.party is Party.SELLER and bool(acts_page.traps(ahead)))

    def sure(self, ahead: Ahead) -> tuple[str, ...]:
        if ahead.asking.party is Party.SELLER:
            return refusing(ahead)
        return (_("You turn the offer down. Under this policy that calls the mediator."), *acts_ahead.outcome(ahead))

    def done(self, ahead: Ahead) -> str:
        if ahead.asking.party is Party.SELLER:
            return _("You turned the claim down.")
        return _("You turned the offer down. Your claim stays as it is.")


def _then_for_seller(asking: Asking) -> tuple[str, ...]:
    """What a refusal leads to, and by when, before anything is written."""
    ahead = foresee(asking, {"text": ""})
    return refusing(ahead)[1:] if ahead.refused is None else ()


class Withdrawing(FormKind):
    always_asks = True
    grave = True
    versioned = True

    def title(self, asking: Asking) -> str:
        return _("Withdraw the dispute")

    def lead(self, asking: Asking) -> tuple[str, ...]:
        return (case_said.claim(asking.order, asking.on.claim, asking.party),)

    def read(self, asking: Asking, filled: Filled) -> Fields:
        return {"confirm_final": filled.ticked("confirm_final")}

    def confirmed(self, fields: Fields) -> Fields:
        return {**fields, "confirm_final": True}

    def checks(self, ahead: Ahead) -> tuple[Check, ...]:
        if not _final(ahead.dispute):
            return ()
        return (Check("confirm_final", _("I understand that I can never open a dispute about this again.")),)

    def sure(self, ahead: Ahead) -> tuple[str, ...]:
        return (_("You give up your claim. Nothing is paid back by it."), *_where_money_goes(ahead), *_again(ahead))

    def done(self, ahead: Ahead) -> str:
        if _final(ahead.dispute):
            return _("You withdrew the dispute for good.")
        return _("You withdrew the dispute.")


def _final(dispute: Dispute | None) -> bool:
    return dispute is not None and dispute.outcome is Outcome.WITHDRAWN_FINAL


def _where_money_goes(ahead: Ahead) -> tuple[str, ...]:
    """The seller's by the withdrawal itself, or on the day protection ends."""
    asking, order = ahead.asking, ahead.order
    if ahead.to_seller_minor > 0:
        return (_("The seller gets %(money)s now.") % {"money": asking.money(ahead.to_seller_minor)},)
    lines = {pieces.line for pieces in asking.on.pieces}
    for deadline in running(order):
        if lines.intersection(deadline.lines) and deadline.name in (
            DeadlineName.PROTECTION,
            DeadlineName.RELEASE,
            DeadlineName.OPENING_WINDOW,
        ):
            held = sum(line.held_minor for line in order.lines if line.id in deadline.lines)
            said = _("If you do nothing more, %(money)s goes to the seller on %(at)s.")
            return (said % {"money": asking.money(held), "at": words.instant(deadline.at)},)
    return ()


def _again(ahead: Ahead) -> tuple[str, ...]:
    if _final(ahead.dispute):
        return (_("This is for good: you can never open a dispute about this again."),)
    ends = protection_ends(ahead.order)
    if ends is None or ahead.order.policy.opening.again == "once_per_line":
        return ()
    said = _("You can open a dispute about it again only while you are protected, until %(at)s.")
    return (said % {"at": words.instant(ends)},)


class Escalating(FormKind):
    always_asks = True
    versioned = True

    def title(self, asking: Asking) -> str:
        return _("Call the mediator")

    def sure(self, ahead: Ahead) -> tuple[str, ...]:
        return acts_ahead.escalation(ahead)

    def done(self, ahead: Ahead) -> str:
        return _("A mediator joins this dispute.")


class Choosing(FormKind):
    """One of the mediator's options, before the other side's choice is known."""

    # Not versioned: that the other side has chosen meanwhile must not be told by a refusal.
    template = "web/_act_choose.html"
    always_asks = True
    prefilled = ("option",)
    hidden = ("put_at",)

    def title(self, asking: Asking) -> str:
        return _("Choose one of the mediator's options")

    def lead(self, asking: Asking) -> tuple[str, ...]:
        return (
            _("Each side chooses alone. If both choose the same, that is settled; if not, the mediator decides."),
            _("You cannot change your choice afterwards. The other side learns of it once it has chosen too."),
        )

    def shown(self, asking: Asking) -> dict[str, object]:
        options = [
            Choice(str(one.option), words.wants(one.wants), asking.money(one.amount_minor)) for one in asking.on.options
        ]
        returns = any(one.wants is not Wants.REFUND for one in asking.on.options)
        return {"options": options, **(acts_address.asked(asking) if returns else {})}

    def start(self, asking: Asking) -> dict[str, str]:
        return acts_address.first(asking) | {"put_at": _put_at(asking)}

    def read(self, asking: Asking, filled: Filled) -> Fields:
        if filled.text("put_at") != _put_at(asking):
            filled.blame("option", _("The mediator has put other options meanwhile. Look at them, and choose again."))
        fields: Fields = {"option": filled.whole("option", least=1, most=10**6)}
        chosen = next((one for one in asking.on.options if one.option == fields["option"]), None)
        back = chosen is not None and chosen.wants is not Wants.REFUND
        return fields | acts_address.typed(filled, asking, back=back)

    def sure(self, ahead: Ahead) -> tuple[str, ...]:
        chosen = next((one for one in ahead.asking.on.options if one.option == ahead.fields.get("option")), None)
        if chosen is None:
            return ()
        facts = {"option": words.wants(chosen.wants), "money": ahead.asking.money(chosen.amount_minor)}
        return (_("You choose: %(option)s, %(money)s. You cannot change it.") % facts, *acts_ahead.outcome(ahead))

    def button(self, asking: Asking) -> str:
        return _("Choose this option")

    def done(self, ahead: Ahead) -> str:
        return _("You have chosen.")


def _put_at(asking: Asking) -> str:
    """Which round of options is on the table: the number of its event."""
    for recorded in reversed(asking.found.history):
        if isinstance(recorded.event, OptionsProposed) and recorded.event.dispute == asking.on.number:
            return str(recorded.number)
    return ""


FORMS |= {
    Verb.ACCEPT: Accepting(),
    Verb.REJECT: Rejecting(),
    Verb.WITHDRAW: Withdrawing(),
    Verb.ESCALATE: Escalating(),
    Verb.CHOOSE: Choosing(),
}
