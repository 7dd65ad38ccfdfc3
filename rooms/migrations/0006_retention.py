from django.db import migrations, models


class Migration(migrations.Migration):
    """Where a room's log begins, and how long a workspace keeps messages; code of before knows neither."""

    dependencies = [("rooms", "0005_hidden_workspaces")]

    operations = [
        migrations.AddField(
            model_name="room",
            name="tail",
            field=models.BigIntegerField(
                db_default=1,
                default=1,
                editable=False,
                help_text="From this seq on the log is whole; it only goes forward.",
            ),
        ),
        migrations.AlterField(
            model_name="room",
            name="head_at",
            field=models.DateTimeField(
                editable=False,
                help_text="When the newest event was written, the expiry of messages apart.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="workspace",
            name="keep_days",
            field=models.PositiveSmallIntegerField(
                blank=True, editable=False, help_text="Days that messages are kept; empty: for ever.", null=True
            ),
        ),
        migrations.AddConstraint(
            model_name="workspace",
            constraint=models.CheckConstraint(
                condition=models.Q(keep_days=None) | models.Q(keep_days__range=(7, 3650)), name="kept_for_some_days"
            ),
        ),
    ]
