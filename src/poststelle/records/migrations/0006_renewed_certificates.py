# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0005_known_signers'),
    ]

    operations = [
        migrations.AddField(
            model_name='identityrow',
            name='renewed',
            field=models.BinaryField(null=True),
        ),
    ]
