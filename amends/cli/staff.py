"""`amends staff`: accounts of mediators and operators, and where they sit. Nobody signs up on a page."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Any

from .house import add_data, check_schema, marketplace_called, opened
from .trouble import Trouble

if TYPE_CHECKING:
    from argparse import _SubParsersAction

ADDRESS = "http://127.0.0.1:8000"


def add_to(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    staff = commands.add_parser("staff", help="accounts of mediators and operators")
    verbs = staff.add_subparsers(required=True, metavar="VERB")
    add = verbs.add_parser("add", help="give somebody a place; a new account gets a link to set its password")
    add.add_argument("email", metavar="EMAIL")
    _add_place(add)
    add.add_argument("--role", required=True, choices=["mediator", "operator"])
    add.add_argument("--name", help="what events remember (default: what stands before the @)")
    _add_address(add)
    add.set_defaults(command=_add)
    link = verbs.add_parser(
        "link", help="a new link to set a password, and a first second factor; the old password works until it is used"
    )
    link.add_argument("email", metavar="EMAIL")
    _add_address(link)
    link.set_defaults(command=_link)
    remove = verbs.add_parser("remove", help="take a place; open pages of it end at once")
    remove.add_argument("email", metavar="EMAIL")
    _add_place(remove)
    remove.add_argument("--role", choices=["mediator", "operator"], help="default: every role there")
    remove.set_defaults(command=_remove)
    forget = verbs.add_parser(
        "forget-factors",
        help="make somebody's lost second factors void, and the password with them; then `link` lets them in anew",
    )
    forget.add_argument("email", metavar="EMAIL")
    forget.set_defaults(command=_forget)
    listed = verbs.add_parser("list", help="who sits where, and when they signed in last")
    listed.set_defaults(command=_list)
    for verb in (add, link, remove, forget, listed):
        add_data(verb)


def _add_place(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--marketplace", required=True, metavar="NAME")


def _add_address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--address",
        default=os.environ.get("AMENDS_ADDRESS", "").strip() or ADDRESS,
        metavar="URL",
        help=f"where people find this service (default: AMENDS_ADDRESS, else {ADDRESS})",
    )


def _add(arguments: argparse.Namespace) -> int:
    with opened(arguments):
        check_schema()
        from psycopg.errors import UniqueViolation

        from amends.core.vocabulary import Party
        from amends.orders import staff

        marketplace = marketplace_called(arguments.marketplace)
        account, fresh = _account(arguments.email)
        name = arguments.name or arguments.email.partition("@")[0]
        if not 0 < len(name) <= 100 or not name.isprintable():
            raise Trouble("This name cannot be written into a history. Choose another with --name.")
        try:
            staff.give(marketplace, account.pk, Party(arguments.role), name)
        except UniqueViolation:
            raise Trouble(
                f"Somebody else is the {arguments.role} {name} of {arguments.marketplace}. "
                "Choose another name with --name, so that its history tells the two apart."
            ) from None
        except staff.NameTaken:
            raise Trouble(
                f"In {arguments.marketplace} one name is one account, whatever the role: {name} is somebody else, or "
                f"{arguments.email} has another name there. Choose with --name."
            ) from None
        print(f"{arguments.email} sits in {arguments.marketplace} as {arguments.role} {name}.")
        if fresh:
            _print_link(account, arguments.address)
        else:
            print(f"The account was there already; sign in at {arguments.address.rstrip('/')}/staff/")
    return 0


def _link(arguments: argparse.Namespace) -> int:
    with opened(arguments):
        check_schema()
        _print_link(_known(arguments.email), arguments.address)
    return 0


def _remove(arguments: argparse.Namespace) -> int:
    with opened(arguments):
        check_schema()
        from amends.core.vocabulary import Party
        from amends.orders import staff

        marketplace = marketplace_called(arguments.marketplace)
        role = Party(arguments.role) if arguments.role else None
        if not staff.remove(marketplace, _known(arguments.email).pk, role):
            raise Trouble(f"{arguments.email} has no such place in {arguments.marketplace}. See `amends staff list`.")
    print(f"{arguments.email} no longer sits there.")
    return 0


def _forget(arguments: argparse.Namespace) -> int:
    with opened(arguments):
        check_schema()
        from amends.web import factors

        gone = factors.forget(_known(arguments.email))
    print(
        f"{arguments.email} has no second factor any more ({len(gone)} made void), and no password; every browser is "
        "signed out."
    )
    print(f"Make sure whom you speak with, then run `amends staff link {arguments.email}`: it sets up both anew.")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    with opened(arguments):
        check_schema()
        from amends.orders import marketplaces, staff

        emails = {account.pk: account.email for account in _accounts().objects.all()}
        for marketplace, called in marketplaces.every():
            for one in staff.of_marketplace(marketplace):
                last = staff.entries(one.account, most=1)
                seen = f"{last[0].at:%Y-%m-%d %H:%M} UTC" if last else "never signed in"
                print(f"{called}  {one.role.value}  {one.name}  {emails.get(one.account, 'no account')}  {seen}")
    return 0


# ── accounts ─────────────────────────────────────────────────────────────────────────────────────


def _accounts() -> Any:
    from django.contrib.auth import get_user_model

    return get_user_model()


def _account(email: str) -> tuple[Any, bool]:
    """The account of this address, and whether it was made just now."""
    from allauth.account.models import EmailAddress
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email
    from django.db import transaction

    try:
        validate_email(email)
    except ValidationError:
        raise Trouble(f"{email} is no e-mail address.") from None
    found = _accounts().objects.filter(email__iexact=email).first()
    if found is not None:
        return found, not found.has_usable_password()
    with transaction.atomic():
        made = _accounts().objects.create_user(email.lower(), email.lower())  # no password: nobody can sign in yet
        # Whoever operates this says that it is theirs; a second factor may be set up without a letter.
        EmailAddress.objects.create(user=made, email=email.lower(), verified=True, primary=True)
    return made, True


def _known(email: str) -> Any:
    found = _accounts().objects.filter(email__iexact=email).first()
    if found is None:
        raise Trouble(f"There is no account of {email}. Make one with `amends staff add`.")
    return found


def _print_link(account: Any, address: str) -> None:
    if not os.environ.get("AMENDS_SECRET_KEY"):
        raise Trouble(
            "The link to set a password is signed with AMENDS_SECRET_KEY, and none is set here. Set the one your web "
            f"processes have, and run `amends staff link {account.email}`."
        )
    from amends.web.tokens import personal_path

    print("To set the password, and a first second factor right after it, within three days and once:")
    print(f"{address.rstrip('/')}{personal_path(account)}")
