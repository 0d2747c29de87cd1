from django.db import migrations, models
from django.utils.crypto import salted_hmac


def name_no_users(apps, schema_editor):
    """An account stands for a user on one day, as `interactions.spending.account_of` makes it."""
    for row in apps.get_model("interactions", "SpendingRow").objects.iterator():
        user_on_day = f"{row.day.isoformat()} {row.account}"
        row.account = salted_hmac("interactions.spending", user_on_day, algorithm="sha256").hexdigest()
        row.save()


class Migration(migrations.Migration):

    dependencies = [
        ("interactions", "0003_leases"),
    ]

    operations = [
        migrations.AddField("interactionrow", "finish_reason", models.CharField(max_length=32, null=True)),
        migrations.AddField("interactionrow", "response_id", models.CharField(max_length=128, null=True)),
        migrations.AddField("interactionrow", "context_turns", models.BigIntegerField(null=True)),
        migrations.RemoveConstraint("spendingrow", "spending_owner"),
        migrations.RenameField("spendingrow", "user_id", "account"),
        migrations.RunPython(name_no_users, migrations.RunPython.noop, elidable=False),
        migrations.AlterField("spendingrow", "account", models.CharField(max_length=64)),
        migrations.AddConstraint(
            "spendingrow", models.UniqueConstraint(fields=["account", "day"], name="spending_owner")
        ),
        migrations.AddIndex("spendingrow", models.Index(fields=["day", "account"], name="spending_day")),
    ]
