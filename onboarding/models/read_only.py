from __future__ import annotations

from django.conf import settings
from django.db import models


class ReadOnlyMode(models.Model):
    """Somebody decided that we only watch this customer from now on, and how far that has come.

    What a run found about it is kept as the verdict on the step ``read_only``; the times here are its milestones.
    """

    onboarding = models.OneToOneField("onboarding.Onboarding", on_delete=models.CASCADE, related_name="read_only")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    # The application for watching has all its permissions and reads the job: the tenant is read by it from then on.
    reads_only_since = models.DateTimeField(null=True, blank=True)
    # Microsoft refuses the application for setting up in that tenant.
    removed_at = models.DateTimeField(null=True, blank=True)
    # Something has to be changed, and the admin is asked to approve the application for setting up again.
    leave_asked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"read-only mode of {self.onboarding}"

    @property
    def is_open(self) -> bool:
        """Whether it was asked for, and neither taken back nor ended by an approval for setting up."""
        return self.ended_at is None

    @property
    def is_active(self) -> bool:
        """Whether the tenant is read by the application for watching, and nothing is changed."""
        return self.is_open and self.reads_only_since is not None
