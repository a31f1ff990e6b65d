# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What holds for any bytes at all, and for any message that a well-behaved program writes."""

import random
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP

from hypothesis import given, settings
from hypothesis import strategies as st

from poststelle.core.facts import Tier
from poststelle.inspection.head import read_mailboxes
from poststelle.inspection.message import as_received
from poststelle.inspection.tnef import TnefError, read_tnef
from support.closed import main_html, rebuild, rendered_text
from support.mails import ENCODED, TEXT, attachment, digest, inspected, mixed, part

INNER = mixed(TEXT, attachment())
SEEDS = (
    mixed(TEXT, attachment(), part(INNER, b"Content-Type: message/rfc822")),
    mixed(part(b"=C3=A4 =\r\n", b"Content-Transfer-Encoding: quoted-printable"), attachment(b"filename*0*=utf-8''a")),
    mixed(TEXT, part(b"begin 644 a\r\n#0V%T\r\n`\r\nend", b"Content-Type: text/plain"), part(ENCODED)),
)
SCRAPS = (
    b"\r\n",
    b"--b1",
    b"--",
    b";",
    b'"',
    b"=?",
    b"?=",
    b"\0",
    b"\x80",
    b"Content-Type:",
    b"boundary=",
    b"*0*=",
    b"=",
    b" ",
)


@given(st.binary(max_size=2_000))
def test_no_bytes_make_the_inspection_raise(content):
    inspected(content)
    rendered_text(content)
    main_html(content)
    rebuild(content, (), "Hinweis")


def mutated(seed, dice_seed):
    dice = random.Random(dice_seed)
    content = bytearray(seed)
    for _ in range(dice.randint(1, 12)):
        at = dice.randrange(len(content))
        content[at : at + dice.choice((0, 0, 1, 20))] = dice.choice(SCRAPS)
    return bytes(content)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SEEDS), st.integers(0, 2**32))
def test_no_mutation_of_a_message_makes_the_inspection_raise(seed, dice_seed):
    content = mutated(seed, dice_seed)
    assert inspected(content) == inspected(content)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(SEEDS), st.integers(0, 2**32))
def test_a_rebuilt_message_is_well_formed_whatever_the_old_one_was(seed, dice_seed):
    again = inspected(rebuild(mutated(seed, dice_seed), (), "Hinweis"))
    own = [defect for defect in again.defects if "." not in defect.where]
    assert [defect for defect in own if defect.tier != "note"] == []


@given(st.binary(max_size=400))
def test_no_bytes_make_the_tnef_reader_raise_anything_but_its_own(content):
    with suppress(TnefError):
        read_tnef(b"\x78\x9f\x3e\x22\0\0" + content)


@given(st.binary(max_size=300))
def test_no_bytes_make_the_address_reader_raise(content):
    read_mailboxes(content)


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")), min_size=1, max_size=30
).map(lambda name: name.strip() or "x")


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=200)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(NAMES, st.binary(max_size=3_000)), max_size=4), TEXTS, st.booleans())
def test_whatever_a_program_attaches_is_found_exactly(files, text, has_html):
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["Subject"] = "a@b.example", "Antrag"
    mail.set_content(text)
    if has_html:
        mail.add_alternative("<p>Hallo</p>", subtype="html")
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="x-any", filename=f"{name}.bin")
    content = mail.as_bytes()
    seen = inspected(as_received(content))
    assert seen.tier is not Tier.REFUSE
    top = [file for file in seen.files if file.role == "attachment" and len(file.path) == 1]
    assert [file.sha256 for file in top] == [digest(content) for _, content in files]
    assert seen.attachments_bytes == sum(len(content) for _, content in files)
