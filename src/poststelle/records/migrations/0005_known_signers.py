# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0004_open_messages'),
    ]

    operations = [
        migrations.CreateModel(
            name='KnownSignerRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('authority_id', models.CharField(max_length=64)),
                ('address', models.TextField()),
                ('spki_sha256', models.CharField(default='', max_length=64)),
                ('certificate_sha256', models.CharField(default='', max_length=64)),
                ('seen_at', models.DateTimeField()),
            ],
        ),
        migrations.AddConstraint(
            model_name='knownsignerrow',
            constraint=models.UniqueConstraint(fields=('authority_id', 'address'), name='known_signer_once'),
        ),
    ]
