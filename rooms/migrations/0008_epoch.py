import uuid

import django.utils.timezone
from django.db import migrations, models

TABLE = """
CREATE TABLE rooms_epoch (
    is_current boolean PRIMARY KEY CHECK (is_current),
    name uuid NOT NULL,
    began_at timestamp with time zone NOT NULL
);
INSERT INTO rooms_epoch VALUES (true, gen_random_uuid(), now());
"""


class Migration(migrations.Migration):
    """One row names this life of the data."""

    dependencies = [("rooms", "0007_notices")]

    operations = [
        migrations.CreateModel(
            name="Epoch",
            fields=[
                ("is_current", models.BooleanField(default=True, primary_key=True, serialize=False)),
                ("name", models.UUIDField(default=uuid.uuid4)),
                ("began_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={"db_table": "rooms_epoch", "managed": False},
        ),
        migrations.RunSQL(TABLE, "DROP TABLE rooms_epoch"),
    ]
