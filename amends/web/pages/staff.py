"""The staff's own pages: signing in, the second factor, and the places of each account. Below /staff/.

Of allauth's addresses only those are here that we use: nobody signs up, and passwords are set by a link.
A link is printed by `amends staff`, or mailed to whoever asks and has an account.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.account import views as accounts
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import include, path, re_path
from django.views.decorators.http import require_POST, require_safe

from amends.orders import staff
from amends.web import factors, tokens
from amends.web.here import nothing_here
from amends.web.staff import account_of, has_factor, proved, sit
from amends.web.staff_mail import by_mail
from amends.words import party as party_words


@require_safe
@login_required
def places(request: HttpRequest) -> HttpResponse:
    """Where this account may sit, when it signed in last, and how its second factor stands."""
    account = account_of(request)
    found = [
        {"called": one.called, "sandbox": one.sandbox, "marketplace": one.marketplace, "role": one.role.value}
        | {"role_words": party_words(one.role), "name": one.name}
        for one in staff.of_account(account)
    ]
    before = staff.entries(account)[1:]
    about = {"places": found, "before": before, "proved": proved(request), "has_factor": has_factor(request)}
    return render(request, "web/staff.html", about | {"may_set_up": factors.may_set_up(request)})


@require_POST
@login_required
def take_place(request: HttpRequest, marketplace: UUID, role: str) -> HttpResponse:
    """Sit down there. 404 for a place the account does not have."""
    for one in staff.of_account(account_of(request)):
        if one.marketplace == marketplace and one.role.value == role:
            return redirect("web:start", seat=sit(request, one).id)
    return nothing_here(request)


class ChosenPassword(accounts.PasswordResetFromKeyView):  # type: ignore[misc]  # allauth says nothing of its types
    """A password is set by a link, personal or mailed. A session in which a personal one was used may set up more."""

    def form_valid(self, form: Any) -> HttpResponse:
        personal = tokens.PERSONAL.check_token(self.reset_user, self.key)
        if self.request.user.is_authenticated:
            self.logout()  # the new password would end this session at its next request, and what it remembers
        response: HttpResponse = super().form_valid(form)
        if personal:
            factors.came_by_link(self.request, int(self.reset_user.pk))
        return response


def where_mail_goes(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view, and nothing where no link can be sent by mail."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        return view(request) if by_mail() else nothing_here(request)

    return guarded


urlpatterns = [
    path("", places, name="staff"),
    path("places/<uuid:marketplace>/<str:role>/", take_place, name="staff_place"),
    path("login/", accounts.LoginView.as_view(extra_context={"by_mail": by_mail}), name="account_login"),
    path("logout/", accounts.logout, name="account_logout"),
    path("inactive/", accounts.account_inactive, name="account_inactive"),
    path("reauthenticate/", accounts.reauthenticate, name="account_reauthenticate"),
    path("password/change/", accounts.password_change, name="account_change_password"),
    re_path(
        r"^password/set/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        ChosenPassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path("password/set/done/", accounts.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("password/mail/", where_mail_goes(accounts.password_reset), name="account_reset_password"),
    path("password/mail/sent/", where_mail_goes(accounts.password_reset_done), name="account_reset_password_done"),
    path("factors/", include("allauth.mfa.urls")),
]
