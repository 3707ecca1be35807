from django.db import models


class Tally(models.Model):
    """How often something was tried in a window; ``key`` is a digest, so it names nobody.

    In SQL, so that a flushed or absent Redis forgets no attack (quality 36).
    """

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "tallies"

    def __str__(self) -> str:
        return f"{self.count} until {self.expires_at:%H:%M}"


class SpentNonce(models.Model):
    """A nonce that has signed somebody in, and so may not do it again."""

    digest = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"Spent, forgotten {self.expires_at:%Y-%m-%d %H:%M}"
