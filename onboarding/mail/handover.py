"""One conversation with the mail server, and what is certain when it ends badly.

A refusal with 4xx, and a line that breaks before the letter was handed over, mean later. 5xx means never. What breaks
after the server was given the letter may have been delivered.

An address with letters beyond ASCII before the @ takes a server with SMTPUTF8 (RFC 6531), which Django does not speak.
"""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from email.headerregistry import Address
from email.policy import SMTPUTF8
from email.utils import parseaddr
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend

from onboarding.causes import mail as causes
from onboarding.causes.base import Cause

BROKEN_LINE = (OSError, smtplib.SMTPException)  # an SMTPException is an OSError, too; both are named to be read
UNFIT = (ValueError, smtplib.SMTPNotSupportedError)  # a header or an address that no server would take
NEVER = 5  # the first digit of a reply that is final (RFC 5321, 4.2.1)
LATER = 4


class NotSent(Exception):
    """It is certain that nothing went out; the message is the server's reason. `is_final`: and nothing ever will."""

    def __init__(self, reason: str, cause: Cause, *, is_final: bool) -> None:
        super().__init__(reason)
        self.cause, self.is_final = cause, is_final


class PerhapsSent(Exception):
    """The line broke after the mail server was given the letter, or before it answered."""


class Line:
    """An open connection to the mail server, which notices when a letter is handed over."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend
        self._smtp = backend.connection if isinstance(backend, EmailBackend) else None
        self.handed_over = False
        if self._smtp is not None:
            self._smtp.data = self._noticed(self._smtp.data)  # type: ignore[method-assign]  # the turn that counts

    def send(self, message: EmailMultiAlternatives) -> None:
        """Hand the message over. Raises `NotSent` or `PerhapsSent`."""
        self.handed_over = self._smtp is None  # another kind of backend does not tell when it hands over
        try:
            sent = self._send(message)
        except UNFIT as error:
            raise NotSent(_reason(error), causes.ADDRESS, is_final=True) from error
        except BROKEN_LINE as error:
            raise self._meaning_of(error) from error
        if not sent:
            raise NotSent("the mail server took nothing", causes.REFUSED, is_final=True)

    def _send(self, message: EmailMultiAlternatives) -> int:
        [to] = message.to
        name, address = parseaddr(to)
        if self._smtp is None or address.isascii():
            return self._backend.send_messages([message]) or 0
        self._smtp.ehlo_or_helo_if_needed()
        if not self._smtp.has_extn("smtputf8"):
            raise NotSent(f"no SMTPUTF8, which {address} needs", causes.NO_SMTPUTF8, is_final=True)
        letter = message_from_bytes(message.message().as_bytes(), policy=SMTPUTF8)
        local, _at, domain = address.rpartition("@")
        letter.replace_header("To", str(Address(name, local, domain)))
        self._smtp.send_message(letter, to_addrs=[address])
        return 1

    def close(self) -> None:
        """Say goodbye; how that goes says nothing about the letter."""
        with suppress(*BROKEN_LINE):
            self._backend.close()

    def _noticed(self, data: Any) -> Any:
        def hand_over(message: bytes) -> Any:
            self.handed_over = True
            return data(message)

        return hand_over

    def _meaning_of(self, error: OSError) -> NotSent | PerhapsSent:
        if _code(error) // 100 in (LATER, NEVER):
            return _meaning_of(error)
        if self._smtp is not None:
            self._smtp.close()  # without a goodbye: whoever did not answer would have us wait for that, too
        return PerhapsSent(_reason(error)) if self.handed_over else _meaning_of(error)


@contextmanager
def opened() -> Iterator[Line]:
    """A line to the mail server until the block ends. Raises `NotSent` where there is none."""
    line = Line(_connected())
    try:
        yield line
    finally:
        line.close()


def _connected() -> Any:
    try:
        backend = get_connection(fail_silently=False)
    except (ImproperlyConfigured, ValueError) as error:
        raise NotSent(_reason(error), causes.REFUSED, is_final=True) from error
    try:
        backend.open()
    except BROKEN_LINE as error:
        with suppress(*BROKEN_LINE):
            backend.close()
        raise _meaning_of(error) from error
    return backend


def _meaning_of(error: OSError) -> NotSent:
    """What a failure before the handing over means, or a refusal with a number."""
    digit = _code(error) // 100
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return NotSent(_reason(error), causes.REFUSED, is_final=True)
    if digit == NEVER:
        about = causes.ADDRESS if isinstance(error, smtplib.SMTPRecipientsRefused) else causes.REFUSED
        return NotSent(_reason(error), about, is_final=True)
    return NotSent(_reason(error), causes.LATER if digit == LATER else causes.UNREACHABLE, is_final=False)


def _code(error: OSError) -> int:
    """The number of the server's reply; 0 where there was none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max((code for code, _text in error.recipients.values()), default=0)
    return int(error.smtp_code) if isinstance(error, smtplib.SMTPResponseException) else 0


def _reason(error: Exception) -> str:
    """The server's own words where it had any; they name addresses at most."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {_words(text)}" for code, text in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_words(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _words(text: bytes | str) -> str:
    return text.decode(errors="replace") if isinstance(text, bytes) else text
