"""Fields that take what people paste: invisible characters, whole addresses, lists in any manner."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from graphclient.names import NotAName, ascii_name, in_letters, mail_address

LONGEST_SEARCH = 200
PORT = re.compile(r":\d*$")
BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
BETWEEN = re.compile(r"[\s,;]+")
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def tidied(text: str) -> str:
    """`text` without control and zero-width characters, with single blanks, in Unicode's composed form."""
    visible = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf"))
    return unicodedata.normalize("NFC", " ".join("".join(visible).split()))


def searched(data: Mapping[str, Any], name: str = "search") -> str:
    """The search that was typed, fit for a query."""
    return tidied(str(data.get(name, "")))[:LONGEST_SEARCH]


def domain_of(typed: str) -> str:
    """The domain in a pasted address as the DNS is asked for it (`graphclient.names`); empty when there is none.

    Nothing invisible is taken out of it beforehand: a joiner inside a name makes it another name.
    """
    text = typed.strip()
    try:
        beside = urlsplit(text if "//" in text else f"//{text}").netloc.rpartition("@")[2]
        return ascii_name(PORT.sub("", beside))
    except ValueError:
        return ""


class TidyField(forms.CharField):
    """One line of text without what nobody can see."""

    def to_python(self, value: Any) -> str:
        """Tidy before anything is checked."""
        return tidied(super().to_python(value) or "")


def check_mail_address(address: str) -> None:
    """Raise `ValidationError` for what is no address. Letters beyond ASCII before the @ are some like others."""
    local, at, domain = address.rpartition("@")
    validate_email(BEYOND_ASCII.sub("x", local) + at + domain)


class TidyEmailField(forms.EmailField):
    """An e-mail address as a mail server is given it, its domain in ASCII; shown as people write it.

    It is no `type=email`: browsers have an IDNA of their own, which may be that of 2003.
    """

    widget = forms.TextInput(attrs={"inputmode": "email", "autocapitalize": "none", "spellcheck": "false"})
    default_validators = [check_mail_address]

    def to_python(self, value: Any) -> str:
        """Bring the domain into its one spelling before anything is checked."""
        text = str(super().to_python(value) or "")
        try:
            return mail_address(text) if text else ""
        except NotAName as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
        """A stored address in letters; what was typed stays as it was typed."""
        local, at, domain = str(value or "").rpartition("@")
        return local + at + in_letters(domain) if at else value


class DomainsField(forms.CharField):
    """E-mail domains, one a line or with commas; an e-mail address stands for its domain."""

    def clean(self, value: Any) -> Sequence[str]:
        """The domains in ASCII, each once, in the order typed. Raises `ValidationError` naming those that are none."""
        text = super().clean(value)
        domains: list[str] = []
        wrong: list[str] = []
        for part in filter(None, BETWEEN.split(text)):
            domain = domain_of(part.rpartition("@")[2])
            (domains if domain else wrong).append(domain or part)
        if not domains and not wrong:
            raise ValidationError(self.error_messages["required"], code="required")
        if wrong:
            raise ValidationError(
                _("Not a domain: %(wrong)s. Enter domains such as contoso.com."),
                code="invalid",
                params={"wrong": ", ".join(wrong[:5])},
            )
        return list(dict.fromkeys(domains))

    def prepare_value(self, value: Any) -> Any:
        """Stored domains in letters, one a line; what was typed stays as it was typed."""
        return "\n".join(map(in_letters, value)) if isinstance(value, list | tuple) else value


class TenantIdField(TidyField):
    """A tenant ID: a GUID, braces and capitals forgiven."""

    def clean(self, value: Any) -> str:
        """The GUID in lower case. Raises `ValidationError`."""
        text = str(super().clean(value)).strip("{}").lower()
        if text and not GUID.fullmatch(text):
            raise ValidationError(
                _("This is not a tenant ID. It has 32 hex digits in five groups; Entra shows it under Overview."),
                code="invalid",
            )
        return text


def focus_first_error(form: forms.Form) -> None:
    """Let the browser go to the first field with an error."""
    for name in form.errors:
        if name in form.fields:
            form.fields[name].widget.attrs["autofocus"] = True
            return
