"""A link to a new password by mail, for staff. Asking is answered the same whether or not the account exists.

The letter goes in a thread of its own: no page waits for a mail server, and nobody learns from the time an answer takes
whom a letter was sent to.
"""

from __future__ import annotations

import logging
import threading
from typing import Final

from django.conf import settings
from django.db import connection
from django.template.loader import render_to_string
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from amends.delivery import mail
from amends.delivery.letters import Letter
from amends.delivery.receivers import Undelivered

log = logging.getLogger(__name__)

AT_ONCE: Final = 4
"""Letters on their way from one process; what is asked for beyond is not sent, and can be asked for again."""
_free = threading.BoundedSemaphore(AT_ONCE)


def by_mail() -> bool:
    """Whether links can be sent at all: there is a mail server, and an address for them to begin with."""
    return bool(settings.AMENDS_MAIL_FROM and settings.AMENDS_ADDRESS)


def send_link(account: int, address: str, path: str) -> None:
    """Send the link to a new password, soon; in the active reader's language."""
    url = f"{settings.AMENDS_ADDRESS}{path}"
    letter = _letter(url)
    if not _free.acquire(blocking=False):
        log.warning("No link was sent to staff account %s: too many letters are on their way.", account)
        return
    given = (account, address, letter, mail.message_id(url))
    threading.Thread(target=_post, args=given, name="staff letter", daemon=True).start()


def _post(account: int, address: str, letter: Letter, message_id: str) -> None:
    try:
        mail.send(address, letter, message_id, "")
    except (Undelivered, mail.NeverTaken) as why:
        log.warning("No link was sent to staff account %s: %s.", account, why)
    else:
        log.info("A link to a new password was sent to staff account %s.", account)
    finally:
        connection.close()
        _free.release()


def _letter(url: str) -> Letter:
    about = {"url": url, "language": get_language(), "direction": "rtl" if get_language_bidi() else "ltr"}
    return Letter(
        _("Amends: a link to a new password"),
        render_to_string("web/staff_letter.txt", about),
        render_to_string("web/staff_letter.html", about),
    )
