from django.contrib.postgres.indexes import GinIndex
from django.db import migrations


class Migration(migrations.Migration):
    """The index stays as it is, but for how much waits to be sorted into it."""

    dependencies = [("rooms", "0003_deliveries")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER INDEX message_words SET (gin_pending_list_limit = 256)",
                    "ALTER INDEX message_words RESET (gin_pending_list_limit)",
                )
            ],
            state_operations=[
                migrations.RemoveIndex("message", "message_words"),
                migrations.AddIndex(
                    "message", GinIndex(fields=["words"], name="message_words", gin_pending_list_limit=256)
                ),
            ],
        )
    ]
