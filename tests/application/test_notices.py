# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The feedback mail: to whom, with which header fields, and what it says and does not say."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email import policy as mail_policy
from email.message import EmailMessage
from typing import Any

import pytest

from poststelle.application.notice_text import MAX_NAME_CHARS, shown_name
from poststelle.application.notices import MARKER, Letterhead, Occasion, collective_notice, may_notify, notice, owed
from poststelle.core.address import Address
from poststelle.core.arrival import Arrival, AuthorityId, BlobKey, Channel, Peer
from poststelle.core.facts import AuthResult, Certainty, SenderFacts, SpamFacts
from poststelle.core.formats import Format
from poststelle.core.judgement import judge
from poststelle.core.policy import Language
from poststelle.core.reasons import Reason
from poststelle.core.register import Register
from poststelle.core.telling import Silence
from support.builders import (
    CENTRAL,
    RECEIVED_AT,
    SENDER,
    UNAUTHENTICATED,
    a_file,
    a_head,
    a_macro_file,
    a_text,
    an_envelope,
    an_inspection,
    default_policy,
    signed,
    some_facts,
    some_malware,
    the_terms,
    uninspected_facts,
)

URL = "https://stadt-muster.example/kontakt"


def a_letterhead():
    return Letterhead(default_policy(), "muster/2026-01-01", URL, "mx.stadt-muster.example")


def an_occasion(facts, envelope=None, reference="PS-7K3M-Q9XA-2WEF", received_at=RECEIVED_AT):
    arrival = Arrival(
        Channel.EMAIL, AuthorityId("muster"), envelope or an_envelope(), BlobKey("0" * 64), 1, received_at, Peer("::1")
    )
    verdicts = judge(the_terms(), facts, arrival.envelope, Register(), received_at)
    return Occasion(reference, arrival, facts, owed(verdicts), received_at)


def the_notice(facts, **changes: Any) -> EmailMessage:
    return message_from_bytes(notice(an_occasion(facts, **changes), a_letterhead()), policy=mail_policy.default)


def the_texts(message):
    return message.get_body(("plain",)).get_content(), message.get_body(("html",)).get_content()


def the_words(message):
    """What is read in the plain text and in the HTML, without line ends and markup."""
    return tuple(
        " ".join(re.sub(r"<br>|<[^>]*>", " ", text).split()).replace(" : ", ": ") for text in the_texts(message)
    )


def test_the_notice_is_an_automatic_reply_in_the_thread():
    message = the_notice(some_facts(a_macro_file()))
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["To"] == str(SENDER)
    assert message["In-Reply-To"] == message["References"] == "<frage-1@buerger.example>"
    assert message["Message-ID"] == "<PS-7K3M-Q9XA-2WEF.notice@mx.stadt-muster.example>"
    assert message[MARKER] == "notice; PS-7K3M-Q9XA-2WEF"
    assert message.get_content_type() == "multipart/alternative"


def test_the_same_occasion_makes_the_same_bytes():
    occasion = an_occasion(some_facts(a_macro_file()))
    assert notice(occasion, a_letterhead()) == notice(occasion, a_letterhead())


def test_the_notice_names_each_file_with_reason_remedy_and_clause_in_german_then_english():
    message = the_notice(some_facts(a_macro_file("formular.docx"), a_file("bild.heic", Format.HEIC)))
    for plain in the_words(message):
        assert "formular.docx: Die Datei enthält Makros. Bitte speichern Sie die Datei ohne Makros" in plain
        assert "formular.docx: The file contains macros." in plain
        assert (
            "bild.heic: Das Dateiformat gehört nicht zu den zugelassenen. Bitte speichern Sie das Bild als JPEG"
            in plain
        )
        assert plain.index("Guten Tag") < plain.index("Hello,")
    assert all(f"{URL}/fassung/2026-01-01#attachments.formats" in text for text in the_texts(message))


def test_a_rule_named_for_several_files_is_quoted_once_in_each_language():
    message = the_notice(some_facts(a_file("eins.heic", Format.HEIC), a_file("zwei.heic", Format.HEIC)))
    for plain in the_words(message):
        assert plain.count("Regel: Formate") == 2
        assert plain.count("Formate: Diese Formate.") == 2  # German, and in the English part for want of an own text


def test_the_english_part_links_to_the_english_page_where_the_edition_has_one():
    policy = default_policy()
    stated = policy.clauses["attachments.formats"]
    written = stated.model_copy(update={"text": stated.text.model_copy(update={"en": "These formats."})})
    clauses = {**policy.clauses, "attachments.formats": written}
    english = f"{URL.replace('/kontakt', '/en/kontakt')}/fassung/2026-01-01"
    for languages, expected in ((("de", "en"), english), (("de",), f"{URL}/fassung/2026-01-01")):
        changed = policy.model_copy(update={"clauses": clauses, "languages": tuple(map(Language, languages))})
        letterhead = replace(a_letterhead(), policy=changed)
        message = notice(an_occasion(some_facts(a_file("bild.heic", Format.HEIC))), letterhead)
        for text in the_texts(message_from_bytes(message, policy=mail_policy.default)):
            german, _, rest = text.partition("Hello,")
            assert f"{URL}/fassung/2026-01-01#attachments.formats" in german
            assert f"{expected}#attachments.formats" in rest
            assert rest.count(expected) >= 2, "the clause and the whole page"


def test_a_clause_without_an_english_text_is_linked_where_its_german_one_stands():
    letterhead = a_letterhead()
    assert letterhead.place(Language.EN, "attachments.formats") == f"{URL}/fassung/2026-01-01#attachments.formats"


def test_a_german_notice_names_the_page_in_leichter_sprache_where_there_is_one():
    easy = f"{URL.replace('/kontakt', '/leicht/kontakt')}/fassung/2026-01-01"
    facts = some_facts(a_file("bild.heic", Format.HEIC))
    with_it = default_policy().model_copy(update={"languages": (Language.DE, Language.LEICHT)})
    without = default_policy().model_copy(update={"languages": (Language.DE, Language.EN)})
    for policy, count in ((with_it, 1), (without, 0)):
        message = message_from_bytes(
            notice(an_occasion(facts), replace(a_letterhead(), policy=policy)), policy=mail_policy.default
        )
        assert the_texts(message)[0].count(easy) == count


def test_the_html_says_in_which_language_it_is_and_loads_nothing():
    page = the_texts(the_notice(some_facts(a_macro_file())))[1]
    assert re.findall(r'<section lang="(..)" id="(..)">', page) == [("de", "de"), ("en", "en")]
    assert not re.search(r"<(?:img|script|link|style|iframe)|src=|url\(|on\w+=", page)
    outside = {link for link in re.findall(r'href="([^"#]*)', page) if link}
    pages = (URL, *(URL.replace("/kontakt", f"/{language}/kontakt") for language in ("en", "leicht")))
    assert outside == {f"{one}/fassung/2026-01-01" for one in pages}


@pytest.mark.parametrize(
    ("word", "facts", "is_asked"),
    [
        ("a file to be changed", some_facts(a_macro_file()), True),
        ("advice only", some_facts(inspection=an_inspection(a_text(), a_file(), crypto=signed())), False),
    ],
)
def test_how_to_send_it_again_is_said_where_it_would_help(word, facts, is_asked):
    plain = the_words(the_notice(facts))[0]
    assert ("am einfachsten als Antwort auf diese Nachricht" in plain) is is_asked, word


def test_the_notice_says_what_the_law_and_the_page_want_said():
    plain = " ".join(the_texts(the_notice(some_facts(a_macro_file())))[0].split())
    assert "am 4. März 2026 um 10:30 Uhr" in plain
    assert "alle hier nicht genannten Dateien liegen uns vor" in plain
    assert "Ob Fristen gewahrt sind" in plain
    assert "Fassung 1, gültig seit 1. Januar 2026" in plain
    assert "höchstens 20 MB" in plain


@pytest.mark.parametrize(
    ("word", "moment", "expected"),
    [
        ("winter", datetime(2026, 1, 31, 23, 30, tzinfo=UTC), "1. Februar 2026 um 00:30"),
        ("summer", datetime(2026, 7, 1, 10, 0, tzinfo=UTC), "1. Juli 2026 um 12:00"),
        ("before the change", datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "29. März 2026 um 01:59"),
        ("at the change", datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "29. März 2026 um 03:00"),
        ("before the change back", datetime(2026, 10, 25, 0, 59, tzinfo=UTC), "25. Oktober 2026 um 02:59"),
        ("at the change back", datetime(2026, 10, 25, 1, 0, tzinfo=UTC), "25. Oktober 2026 um 02:00"),
    ],
)
def test_the_time_of_receipt_is_in_legal_time(word, moment, expected):
    plain = the_texts(the_notice(some_facts(a_macro_file()), received_at=moment))[0]
    assert expected in " ".join(plain.split()), word


def test_nothing_of_the_content_is_quoted():
    head = a_head(subject="Geheime Sache Meier", from_display="Kauf <b>jetzt</b>")
    raw = notice(an_occasion(some_facts(inspection=an_inspection(a_text(), a_macro_file(), head=head))), a_letterhead())
    message = message_from_bytes(raw, policy=mail_policy.default)
    everything = " ".join((*the_texts(message), *(str(value) for value in message.values())))
    assert "Meier" not in everything
    assert "jetzt" not in everything


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("markup", "<script>alert(1)</script>.docx"),
        ("line ends", "a\r\nBcc: x@y.example\r\n\r\n.docx"),
        ("bidi", "rechnung\u202excod.exe"),
        ("link", "https://evil.example/now.docx"),
        ("very long", "x" * 5000 + ".docx"),
        ("nothing but signs", "\u0000\u0001"),
    ],
)
def test_a_file_name_can_do_no_harm(word, name):
    shown = shown_name(name)
    assert 0 < len(shown) <= MAX_NAME_CHARS, word
    assert not re.search(r"[<>\r\n\u202e@/:\x00]", shown), word
    message = the_notice(some_facts(a_file(name, Format.DOCX, Reason.MACRO)))
    assert message["Bcc"] is None
    assert "<script" not in the_texts(message)[1]


@pytest.mark.parametrize("message_id", ["", "no brackets", "<a@b>\r\nBcc: x@y", "<a b@c>", "<" + "x" * 400 + ">"])
def test_a_message_id_that_is_none_is_left_out(message_id):
    facts = some_facts(inspection=an_inspection(a_text(), a_macro_file(), head=a_head(message_id=message_id)))
    message = the_notice(facts)
    assert message["In-Reply-To"] is None
    assert message["Bcc"] is None


def test_the_kassenzeichen_hint_goes_out_with_the_next_answer():
    head = a_head(subject="Kassenzeichen 01 0123456789 01 000")
    plain = the_texts(the_notice(some_facts(inspection=an_inspection(a_text(), a_macro_file(), head=head))))[0]
    assert "Kassenzeichen im Betreff" in " ".join(plain.split())


def test_form_hints_are_general_and_never_call_an_act_invalid():
    facts = some_facts(inspection=an_inspection(a_text(), a_macro_file(), mentions=("Widerspruch",)))
    plain = " ".join(the_texts(the_notice(facts))[0].split())
    assert "Bitte prüfen Sie Ihre Rechtsbehelfsbelehrung" in plain
    assert not re.search(r"unwirksam|ungültig|Widerspruch", plain)


def test_an_unchecked_signature_is_explained_and_nothing_is_called_unprocessed():
    facts = some_facts(inspection=an_inspection(a_text(), a_file(), crypto=signed()))
    plain = " ".join(the_texts(the_notice(facts))[0].split())
    assert "an eine Person unseres Hauses, die Sie kennen" in plain
    assert "nicht bearbeiten" not in plain


def test_an_internationalised_sender_is_written_to():
    sender = Address("jörg", "buerger.example")
    raw = notice(an_occasion(some_facts(a_macro_file()), an_envelope(sender=sender)), a_letterhead())
    assert "To: jörg@buerger.example".encode() in raw


def test_a_collective_notice_names_every_message_and_does_not_depend_on_their_order():
    one = an_occasion(some_facts(a_macro_file("eins.docx")), reference="PS-AAAA-AAAA-AAAA")
    two = an_occasion(some_facts(a_macro_file("zwei.docx")), reference="PS-BBBB-BBBB-BBBB")
    raw = collective_notice([one, two], a_letterhead())
    assert raw == collective_notice([two, one], a_letterhead())
    plain = the_texts(message_from_bytes(raw, policy=mail_policy.default))[0]
    assert all(word in plain for word in ("eins.docx", "zwei.docx", "PS-AAAA-AAAA-AAAA", "PS-BBBB-BBBB-BBBB"))


def test_a_collective_notice_goes_to_one_sender_only():
    one = an_occasion(some_facts(a_macro_file()))
    other = an_occasion(some_facts(a_macro_file()), an_envelope(sender=Address("max", "buerger.example")))
    with pytest.raises(ValueError, match="exactly one sender"):
        collective_notice([one, other], a_letterhead())


def test_one_notice_covers_all_recipients_of_a_message():
    envelope = an_envelope(CENTRAL, Address("amt32", "stadt-muster.example"))
    plain = the_texts(the_notice(some_facts(a_macro_file()), envelope=envelope))[0]
    assert plain.count("enthält Makros") == 1
    assert "amt32@stadt-muster.example" in plain


def with_head(**changes: Any):
    return some_facts(inspection=an_inspection(a_text(), a_macro_file(), head=a_head(**changes)))


ELSEWHERE = SenderFacts(dkim=AuthResult.PASS, dkim_aligned=True, dmarc=AuthResult.PASS, source="own")


@pytest.mark.parametrize(
    ("facts", "envelope", "expected"),
    [
        (some_facts(), an_envelope(), None),
        (some_facts(), an_envelope(sender=None), Silence.NULL_SENDER),
        (uninspected_facts(), an_envelope(), Silence.NOT_INSPECTED),
        (with_head(auto_submitted="auto-generated"), an_envelope(), Silence.AUTO_SUBMITTED),
        (with_head(auto_submitted="no"), an_envelope(), None),
        (with_head(precedence="Bulk"), an_envelope(), Silence.PRECEDENCE),
        (with_head(precedence="junk"), an_envelope(), Silence.PRECEDENCE),
        (with_head(precedence="first-class"), an_envelope(), None),
        (with_head(is_list=True), an_envelope(), Silence.LIST),
        (some_facts(), an_envelope(sender=Address("owner-verteiler", "b.example")), Silence.ROLE_ADDRESS),
        (some_facts(), an_envelope(sender=Address("verteiler-request", "b.example")), Silence.ROLE_ADDRESS),
        (some_facts(), an_envelope(sender=Address("verteiler-bounces", "b.example")), Silence.ROLE_ADDRESS),
        (some_facts(), an_envelope(sender=Address("Mailer-Daemon", "b.example")), Silence.ROLE_ADDRESS),
        (some_facts(), an_envelope(sender=Address("no-reply", "b.example")), Silence.ROLE_ADDRESS),
        (with_head(own_notice=True), an_envelope(), Silence.OWN_NOTICE),
        (with_head(received_count=31), an_envelope(), Silence.LOOP),
        (with_head(received_count=30), an_envelope(), None),
        (some_facts(), an_envelope(sender=CENTRAL), Silence.OWN_ADDRESS),
        (some_facts(malware=some_malware(Certainty.UNWANTED)), an_envelope(), Silence.MALWARE),
        (some_facts(malware=some_malware(layer="1.1")), an_envelope(), None),
        (some_facts(spam=SpamFacts("rspamd", is_spam=True)), an_envelope(), Silence.SPAM),
        (some_facts(spam=SpamFacts("rspamd", is_spam=False)), an_envelope(), None),
        (some_facts(sender=UNAUTHENTICATED), an_envelope(), Silence.UNAUTHENTICATED),
        (some_facts(sender=SenderFacts(spf=AuthResult.SOFTFAIL)), an_envelope(), Silence.UNAUTHENTICATED),
        (some_facts(sender=SenderFacts(spf=AuthResult.PASS)), an_envelope(), None),
        (some_facts(sender=ELSEWHERE), an_envelope(), None),
        (some_facts(sender=ELSEWHERE), an_envelope(sender=Address("a", "mail.buerger.example")), None),
        (some_facts(sender=ELSEWHERE), an_envelope(sender=Address("a", "victim.example")), Silence.UNAUTHENTICATED),
    ],
)
def test_the_suppression_table(facts, envelope, expected):
    assert may_notify(facts, envelope, frozenset({CENTRAL.key})) is expected


def test_without_a_sender_there_is_no_notice():
    occasion = an_occasion(some_facts(a_macro_file()))
    nobody = replace(occasion, arrival=replace(occasion.arrival, envelope=an_envelope(sender=None)))
    with pytest.raises(ValueError, match="null sender"):
        notice(nobody, a_letterhead())
