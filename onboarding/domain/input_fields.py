"""Fields that take what people paste: invisible characters, whole addresses, lists in any manner."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from onboarding.domain.hosts import HOST

LONGEST_SEARCH = 200
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
    """The domain in a pasted address, in lower case and ASCII (IDNA); empty when there is none."""
    text = tidied(typed).replace(" ", "")
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
        ascii_host = host.rstrip(".").encode("idna").decode()
    except ValueError:
        return ""
    return ascii_host if len(ascii_host) <= 253 and HOST.fullmatch(ascii_host) else ""


class TidyField(forms.CharField):
    """One line of text without what nobody can see."""

    def to_python(self, value: Any) -> str:
        """Tidy before anything is checked."""
        return tidied(super().to_python(value) or "")


class TidyEmailField(forms.EmailField):
    """An e-mail address without what nobody can see."""

    def to_python(self, value: Any) -> str:
        """Tidy before anything is checked."""
        return tidied(super().to_python(value) or "")


class DomainsField(forms.CharField):
    """E-mail domains, one a line or with commas; an e-mail address stands for its domain."""

    def clean(self, value: Any) -> Sequence[str]:
        """The domains in ASCII, each once, in the order typed. Raises `ValidationError` naming those that are none."""
        text = super().clean(value)
        domains: list[str] = []
        wrong: list[str] = []
        for part in filter(None, BETWEEN.split(text)):
            domain = domain_of(tidied(part).rpartition("@")[2])
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
        """Stored domains one a line; what was typed stays as it was typed."""
        return "\n".join(value) if isinstance(value, list | tuple) else value


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
