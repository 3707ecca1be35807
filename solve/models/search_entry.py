"""What search keeps of a message."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class SearchEntry(models.Model):
    """A message as search reads it; PostgreSQL alone writes, and deletes it with its message.

    A table of its own because a word in every second message makes search visit every second
    row: few and narrow columns, the fixed ones first, take half the time of the wide message
    (bench/README.md). Only what may be found has an entry: no answer that still streams,
    nothing shelved, no words of the system (migration ``search_entry``).
    """

    message_id = models.UUIDField(primary_key=True)
    session_id = models.UUIDField(db_index=True)
    user_id = models.UUIDField()
    said = models.TextField()  # the first 20,000 characters, without case and accents
    stems = ArrayField(models.TextField())  # those that ``said`` lost with its accents

    class Meta:
        verbose_name_plural = "search entries"

    def __str__(self) -> str:
        return str(self.message_id)
