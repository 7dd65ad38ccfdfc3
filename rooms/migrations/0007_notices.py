from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """An index made beside the writers of the log: building it may take as long as reading the log once."""

    atomic = False
    dependencies = [("rooms", "0006_retention")]

    operations = [
        AddIndexConcurrently(
            "event",
            models.Index(
                condition=models.Q(
                    type__in=[
                        "created",
                        "pinned",
                        "renamed",
                        "topic_changed",
                        "joined",
                        "left",
                        "removed",
                        "role_changed",
                        "archived",
                        "unarchived",
                    ]
                ),
                fields=["room", "seq"],
                name="notices",
            ),
        )
    ]
