# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Where messages go: a labelled set of subject lines made by the rules written here, and its confusion table."""

import itertools
from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.core.address import Address
from poststelle.core.catalogue.routes import ROUTES
from poststelle.core.directory import Directory
from poststelle.core.references import ours
from poststelle.core.routing import Clues, find_route
from support.builders import CENTRAL, DOMAIN, a_directory, an_office, default_policy

TRIAGE = ""
OFFICES = {
    "10": ("Hauptamt", "Ratsarbeit"),
    "32": ("Ordnungsamt", "Bußgeldstelle"),
    "36": ("Rechts- und Ausländeramt", "ABH"),
    "51": ("Jugendamt", "Kita"),
    "62": ("Vermessungs- und Katasteramt", "Flurkarte"),
}
SYNONYMS = {
    "32": "Amt für öffentliche Ordnung",
    "36": "Ausländerbehörde",
    "62": "Katasteramt",
    "10": "Zentrale Dienste",
}
SEPARATORS = (" – ", " - ", "-", ": ", " — ", "–", ", ", " / ")
PREFIXES = ("", "AW: ", "WG: AW: ", "Fwd: ", "RE: Re: ", "[EXTERN] ", "Aw[2]: ")
FREE = ("Parkausweis", "Frage", "Termin am 12.03.2026", "Bescheid vom 1.2.26", "Rechnung 4711")


@dataclass(frozen=True)
class Labelled:
    rule: str
    subject: str
    office: str


def by_number():
    for (number, (_, keyword)), separator, prefix in itertools.product(OFFICES.items(), SEPARATORS, PREFIXES[:4]):
        spelt = ("Amt {}", "amt {}", "AMT{}", "Amt Nr. {}")[len(separator + prefix + number) % 4]
        yield Labelled("number and keyword", f"{prefix}{spelt.format(number)}{separator}{keyword}", f"amt-{number}")


def by_name():
    for (number, (name, keyword)), separator, prefix in itertools.product(OFFICES.items(), SEPARATORS[:5], PREFIXES):
        if separator != "-":
            spelt = name.upper() if len(prefix) % 3 == 1 else name
            yield Labelled("name and keyword", f"{prefix}{spelt}{separator}{keyword}", f"amt-{number}")


def by_synonym():
    for (number, synonym), free in itertools.product(SYNONYMS.items(), FREE):
        yield Labelled("synonym and free text", f"{synonym} – {free}", f"amt-{number}")


def by_both():
    for number, (name, keyword) in OFFICES.items():
        yield Labelled("number and name agree", f"Amt {number} {name} – {keyword}", f"amt-{number}")
        yield Labelled("number and name agree", f"{name} (Amt {number}) – {keyword}", f"amt-{number}")
        yield Labelled("number and name agree", f"Amt {number}", f"amt-{number}")
        yield Labelled("number and name agree", name, f"amt-{number}")


def by_aktenzeichen():
    for number, (pattern, text) in itertools.product(
        ("32", "36", "51", "62"), (("{}.22.1041", "{}"), ("{}.22.10/41", "Az.: {}"), ("{}.22.1041-2", "Ihr Zeichen {}, Anhörung"))
    ):  # fmt: skip
        yield Labelled("Aktenzeichen", text.format(pattern.format(number)), f"amt-{number}")
        yield Labelled("Aktenzeichen", f"WG: {text.format(pattern.format(number))}", f"amt-{number}")


def disagreeing():
    for (one, (name, _)), (other, (other_name, other_keyword)) in itertools.permutations(OFFICES.items(), 2):
        yield Labelled("number and name disagree", f"Amt {one} – {other_name}", TRIAGE)
        yield Labelled("two names", f"{name}: Beschwerde über {other_name}", TRIAGE)
        yield Labelled("two numbers", f"Amt {one}/{other} – Frage", TRIAGE)
        yield Labelled("two numbers", f"Amt {one} und {other}", TRIAGE)
        yield Labelled("keyword of another", f"Amt {one} – {other_keyword}", TRIAGE)
        if other != "10":
            yield Labelled("Aktenzeichen of another", f"Amt {one} – {other}.22.1041", TRIAGE)


def unnamed():
    for free in FREE:
        yield Labelled("nothing named", free, TRIAGE)
        yield Labelled("nothing named", f"AW: {free}", TRIAGE)
    for number, (name, keyword) in OFFICES.items():
        yield Labelled("keyword alone", keyword, TRIAGE)
        yield Labelled("named in passing", f"Warum antwortet das {name} nicht?", TRIAGE)
        yield Labelled("named in passing", f"Frage zu Amt {number}", TRIAGE)
        yield Labelled("bare number", f"{number} – {keyword}", TRIAGE)
        yield Labelled("misspelt", f"{name[:3]}{name[4:]} – {keyword}", TRIAGE)
        yield Labelled("longer number", f"Amt {number}7 – Frage", TRIAGE)
        yield Labelled("letter behind", f"Amt {number}a – Frage", TRIAGE)
        yield Labelled("part of a word", f"Samt {number} – Frage", TRIAGE)
        yield Labelled("name runs on", f"{name}sleiter – Frage", TRIAGE)
    for reference in (
        "4 Ca 614/20",
        "765 Js 432/10",
        "12 O (Kart) 7/21",
        "S 36 AS 22/21",
        "36 C 22/20",
        "36 IN 1041/22",
    ):
        yield Labelled("foreign reference", f"In Sachen {reference}", TRIAGE)
    for date in ("10.11.2026", "10.12.26", "am 10.02.2026", "10.10.2020 Bescheid"):
        yield Labelled("a date like an Aktenzeichen", date, TRIAGE)
    for payment in (
        "Kassenzeichen 01 0123456789 01 000",
        "Kassenzeichen: 36.22.1041",
        "Kz. 32.22.1041",
        "Buchungszeichen 5122000",
        "012345678901",
        "Kassenzeichen Nr. 36.22.1041, bitte buchen",
    ):
        yield Labelled("Kassenzeichen", payment, TRIAGE)


def kassenzeichen_beside_an_office():
    for number, (name, _) in OFFICES.items():
        yield Labelled("Kassenzeichen beside", f"Amt {number} – Kassenzeichen 01 0123456789 01 000", f"amt-{number}")
        yield Labelled("Kassenzeichen beside", f"{name}: Kassenzeichen 36.22.1041", f"amt-{number}")


SUBJECTS = tuple(
    itertools.chain(
        by_number(), by_name(), by_synonym(), by_both(), by_aktenzeichen(), disagreeing(), unnamed(),
        kassenzeichen_beside_an_office(),
    )
)  # fmt: skip


def route(subject, recipient=CENTRAL, directory=None, aktenzeichen=()):
    return find_route(directory or a_directory(), recipient, Clues(subject, aktenzeichen), default_policy())


def confusion(labelled):
    """(expected, found) counts, each either the right office, a wrong one, or triage."""
    table = Counter()
    for entry in labelled:
        found = route(entry.subject).office
        kind = "right" if found == entry.office else "triage" if found == TRIAGE else "misrouted"
        table["triage" if entry.office == TRIAGE else "office", kind] += 1
    return table


def test_the_set_is_large_enough_and_has_no_twins():
    assert len({entry.subject for entry in SUBJECTS}) >= 300


def test_no_subject_is_silently_misrouted():
    wrong = [
        (entry, route(entry.subject)) for entry in SUBJECTS if route(entry.subject).office not in (entry.office, TRIAGE)
    ]
    assert wrong == []


def test_the_confusion_table():
    table = confusion(SUBJECTS)
    assert table["office", "misrouted"] == table["triage", "misrouted"] == 0
    assert table["office", "triage"] == 0, [
        entry for entry in SUBJECTS if entry.office and route(entry.subject).office == TRIAGE
    ]
    assert table["office", "right"] >= 200


def test_the_keyword_is_kept_in_the_directorys_spelling():
    found = route("AW: amt 32 – BUSSGELDSTELLE")
    assert found.office == "amt-32"
    assert ("number", "32") in found.because
    assert route("Amt 32 – bußgeldstelle").keyword == "Bußgeldstelle"


@pytest.mark.parametrize(
    ("subject", "keyword"),
    [
        ("Amt 32 – Straßenfest Müllerstraße", "Straßenfest Müllerstraße"),
        ("AW: [extern]  Amt 32:   Fest   am Hafen.", "Fest am Hafen"),
        ("Ordnungsamt (Amt 32) – GROSSE Maße — heute", "GROSSE Maße — heute"),
        ("STRASSE: Amt 32 - x", ""),
        ("Amt 32 – ﬁlm & İzmir", "film & İzmir"),
        ("Amt 32 - " + "Ä" * 100, "Ä" * 80),
        ("Amt 32 - " + "ß" * 100, "ß" * 40),
        ("ẞẞ Amt 32 - X", ""),
        ("Amt 32", ""),
    ],
)
def test_a_keyword_that_the_directory_does_not_know_is_kept_as_the_sender_wrote_it(subject, keyword):
    found = route(subject)
    assert found.keyword == keyword
    assert [value for code, value in found.because if code == "keyword"] == ([keyword] if keyword else [])


def test_the_recipients_office_wins_over_the_subject():
    found = route("Amt 36 – ABH", Address("AMT32", DOMAIN))
    assert (found.office, found.because[0]) == ("amt-32", ("recipient", f"AMT32@{DOMAIN}"))
    assert route("", Address("petra.beispiel", DOMAIN)).office == "amt-32"


def test_an_aktenzeichen_explains_its_unit():
    found = route("Ihr Bescheid 36.22.1041")
    assert found.because == (("aktenzeichen", "36.22.1041"), ("unit", "22"))
    assert found.aktenzeichen == "36.22.1041"


def test_an_aktenzeichen_of_structured_data_routes_like_one_in_the_subject():
    assert route("Übersendung", aktenzeichen=(" 36.22.1041\n",)).office == "amt-36"
    assert route("Übersendung", aktenzeichen=("unbekannt", "#", "4 Ca 614/20")).office == TRIAGE
    assert route("32.22.1", aktenzeichen=("36.22.1041",)).suggestions == ("amt-32", "amt-36")


def test_what_disagrees_goes_to_triage_with_both_named():
    found = route("Amt 36 – Ordnungsamt")
    assert (found.office, found.suggestions) == (TRIAGE, ("amt-36", "amt-32"))
    assert [code for code, _ in found.because] == ["disagree", "disagree"]


@pytest.mark.parametrize(
    ("subject", "office"),
    [
        ("Ordnugsamt – Bußgeld", "amt-32"),
        ("Jugendammt: Frage", "amt-51"),
        ("Frage zur Kita", "amt-51"),
        ("Einbürgerung meiner Frau", "amt-36"),
        ("Warum antwortet das Jugendamt nicht?", "amt-51"),
        ("10.11.2026", "amt-10"),
    ],
)
def test_near_misses_are_suggestions_and_nothing_more(subject, office):
    found = route(subject)
    assert found.office == TRIAGE
    assert found.suggestions[0] == office


def test_sealed_offices_are_written_to_and_never_suggested():
    assert route("Personalrat – Frage").office == "amt-11"
    assert "amt-11" not in route("Frage an den Personalrat").suggestions


def test_kassenzeichen_are_seen_in_every_shape():
    seen = [
        entry.subject for entry in SUBJECTS if "assenzeichen" in entry.rule and route(entry.subject).kassenzeichen_seen
    ]
    assert len(seen) == len([entry for entry in SUBJECTS if "Kassenzeichen" in entry.rule])
    assert not route("Amt 36 – 36.22.1041").kassenzeichen_seen


def test_foreign_references_are_named():
    assert ("foreign-reference", "4 Ca 614/20") in route("In Sachen 4 Ca 614/20").because
    assert ("foreign-reference", "765 Js 432/10") in route("765 Js 432/10 – Akteneinsicht").because


def test_a_reference_that_fits_two_patterns_of_an_office_is_one_and_the_first_names_its_unit():
    patterns = (r"^32\.(?P<unit>\d{2})\.\d+$", r"^32\.[\d.]+$")
    directory = Directory((an_office("32", "Ordnungsamt", aktenzeichen=patterns),))
    assert [(known.office, known.unit) for known in ours(directory, "32.22.1041")] == [("amt-32", "22")]


def test_leading_zeros_are_kept():
    directory = Directory((an_office("01", "Büro"), an_office("1", "Stab")))
    assert route("Amt 01 – x", directory=directory).office == "amt-01"
    assert route("Amt 1 – x", directory=directory).office == "amt-1"


def test_a_number_is_suggested_with_and_without_its_zeros_and_never_where_none_is_met():
    directory = Directory((an_office("0", "Rat"), an_office("032", "Ordnungsamt")))
    assert route("Frage zu Amt 32", directory=directory).suggestions == ("amt-032",)
    assert route("Frage zu Amt 00", directory=directory).suggestions == ("amt-0",)
    assert route("Frage", directory=directory).suggestions == ()


def test_a_misspelt_word_suggests_the_office_it_is_most_like():
    offices = (an_office("1", "Bauamt", keywords=("Parken",)), an_office("2", "Stab", keywords=("Parkett",)))
    found = route("Wegen parkn und parkem", directory=Directory(offices))
    assert ("near", "amt-1=Parken") in found.because
    assert found.suggestions[0] == "amt-1"


def test_a_name_shared_by_two_offices_decides_nothing():
    directory = Directory((an_office("1", "Bauamt"), an_office("2", "Bauverwaltung", synonyms=("Bauamt",))))
    found = route("Bauamt – Antrag", directory=directory)
    assert (found.office, set(found.suggestions)) == (TRIAGE, {"amt-1", "amt-2"})


def test_every_reason_of_a_route_has_a_sentence():
    used = {code for entry in SUBJECTS for code, _ in route(entry.subject).because}
    assert used <= set(ROUTES)


@given(st.text(max_size=200))
def test_any_text_is_read_without_error_and_the_same_way_twice(subject):
    assert route(subject) == route(subject)


@pytest.mark.parametrize(
    "piece", ["Amt 32 – ", "aw: ", "[x] ", "36.22.", "1 ", "a-", "Kassenzeichen ", "4 Ca ", "()", "\u0130", "12/"]
)
def test_long_subjects_take_bounded_time(piece):
    """The bound is generous: a catastrophic pattern would take minutes."""
    import time

    started = time.process_time()
    route(piece * 20_000)
    assert time.process_time() - started < 0.5
