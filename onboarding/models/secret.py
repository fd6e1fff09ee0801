from __future__ import annotations

from django.conf import settings
from django.db import models

from onboarding.domain.desired import SecretText
from onboarding.domain.encryption import decrypt, encrypt, mark_of


class CustomerSecret(models.Model):
    """A customer's secret, encrypted for the one host that it may be sent to. Shown to people as mark and date only."""

    onboarding = models.ForeignKey("onboarding.Onboarding", on_delete=models.CASCADE, related_name="secrets")
    kind = models.CharField(max_length=20)
    sealed = models.BinaryField()
    sealed_for = models.CharField(max_length=253, default="")
    mark = models.CharField(max_length=6)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["onboarding", "kind"], name="one_secret_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.mark}"

    def close_over(self, plaintext: str, *, host: str) -> None:
        """Encrypt `plaintext` into this row, to be sent to `host` and nowhere else; the caller saves."""
        self.mark, self.sealed_for = mark_of(plaintext), host
        owner, kind = str(self.onboarding_id), self._kind_for(host)
        self.sealed = encrypt(plaintext, owner=owner, kind=kind, keys=settings.ENCRYPTION_KEYS)

    def fits(self, host: str) -> bool:
        """Whether it was entered for `host`. Only says so: what opens, the encryption decides."""
        return bool(host) and self.sealed_for == host

    def open(self, host: str) -> SecretText:
        """The secret in memory, to be sent to `host`. Raises `CannotDecrypt`, also for any other host than its own."""
        owner, kind = str(self.onboarding_id), self._kind_for(host)
        return SecretText(decrypt(bytes(self.sealed), owner=owner, kind=kind, keys=settings.ENCRYPTION_KEYS))

    def _kind_for(self, host: str) -> str:
        """What the secret is sealed as: its kind and its host, which are associated data of the encryption."""
        return f"{self.kind}:{host}"
