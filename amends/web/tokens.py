"""Links that set a password of the staff: personal ones, made at the server's terminal, and those sent by mail.

Each works once and for three days. Only a personal one is proof enough to set up a first second factor: whoever reads
a mailbox could ask for the other. Nothing here imports allauth, which is told of `ByMail` while it is imported itself.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.http import int_to_base36


class Personal(PasswordResetTokenGenerator):
    """Of the links that `amends staff` prints."""

    key_salt = "amends.web.tokens.Personal"


PERSONAL = Personal()


class ByMail(PasswordResetTokenGenerator):
    """Makes the tokens of mailed links, and knows both kinds: the page that sets a password is the same."""

    key_salt = "amends.web.tokens.ByMail"

    def check_token(self, user: Any, token: str | None) -> bool:
        return super().check_token(user, token) or PERSONAL.check_token(user, token)


def personal_path(account: Any) -> str:
    """The path of a new personal link; earlier ones work until a password is set or somebody signs in."""
    where = {"uidb36": int_to_base36(int(account.pk)), "key": PERSONAL.make_token(account)}
    return reverse("account_reset_password_from_key", kwargs=where)
