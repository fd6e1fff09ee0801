from __future__ import annotations

from django.conf import settings
from django.db import models

from onboarding.domain.desired import SecretText
from onboarding.domain.encryption import decrypt, encrypt, mark_of


class CustomerSecret(models.Model):
    """A customer's secret, encrypted. Shown to people as mark and date only."""

    onboarding = models.ForeignKey("onboarding.Onboarding", on_delete=models.CASCADE, related_name="secrets")
    kind = models.CharField(max_length=20)
    sealed = models.BinaryField()
    mark = models.CharField(max_length=6)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["onboarding", "kind"], name="one_secret_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.mark}"

    def close_over(self, plaintext: str) -> None:
        """Encrypt `plaintext` into this row; the caller saves."""
        self.mark = mark_of(plaintext)
        self.sealed = encrypt(plaintext, owner=str(self.onboarding_id), kind=self.kind, keys=settings.ENCRYPTION_KEYS)

    def open(self) -> SecretText:
        """The secret in memory. Raises `CannotDecrypt`."""
        return SecretText(
            decrypt(bytes(self.sealed), owner=str(self.onboarding_id), kind=self.kind, keys=settings.ENCRYPTION_KEYS)
        )
