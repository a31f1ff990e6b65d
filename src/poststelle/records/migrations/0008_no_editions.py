# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0007_failed_sign_ins'),
    ]

    operations = [
        migrations.DeleteModel(
            name='EditionRow',
        ),
    ]
