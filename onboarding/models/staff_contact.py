from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models


class StaffContact(models.Model):
    """How customers reach a member of staff beside the e-mail address, which the user carries."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="staff_contact")
    phone = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.phone


@dataclass(frozen=True)
class Asker:
    """Who at Haiilo asks a customer for something. What is not known is empty."""

    name: str = ""
    email: str = ""
    phone: str = ""

    @property
    def reach(self) -> str:
        """E-mail address and telephone number in one line."""
        return ", ".join(part for part in (self.email, self.phone) if part)

    @property
    def dial(self) -> str:
        """The telephone number as a telephone dials it."""
        return "".join(sign for sign in self.phone if sign.isdigit() or sign == "+")


def asker_of(user: User | None) -> Asker:
    """What a customer is told about `user`: the full name, or the user name where there is none. One query."""
    if user is None:
        return Asker()
    contact = StaffContact.objects.filter(user=user).first()
    return Asker(user.get_full_name() or user.get_username(), user.email, contact.phone if contact else "")
