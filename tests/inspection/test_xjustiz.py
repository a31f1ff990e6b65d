# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.core.egvp import XJustizKind
from poststelle.inspection.xjustiz import MAX_BYTES, NotXJustizError, read_xjustiz, references

OLD = """<n:nachricht.gds.uebermittlung_schriftgutobjekte.0005005 xmlns:n="http://www.xjustiz.de">
<n:nachrichtenkopf><n:aktenzeichen.empfaenger>36.22.1041
  #</n:aktenzeichen.empfaenger><n:aktenzeichen.empfaenger>neu</n:aktenzeichen.empfaenger>
<n:absender_RVTraeger><n:name>Rentenversicherung</n:name></n:absender_RVTraeger>
<n:empfaenger_Gericht><code>9D0000</code></n:empfaenger_Gericht>
<n:eigene_Nachrichten_ID>abc</n:eigene_Nachrichten_ID></n:nachrichtenkopf>
<n:grunddaten xjustizVersion="2.4.0"/>
<n:dokument><n:identifikation><n:id>d1</n:id></n:identifikation>
<n:datei><n:dateiname>Schreiben 1</n:dateiname></n:datei>
<n:ruecksendung_EEB_erforderlich>true</n:ruecksendung_EEB_erforderlich></n:dokument>
</n:nachricht.gds.uebermittlung_schriftgutobjekte.0005005>"""
"""The spelling of 2.x, with what senders write into references."""


def test_the_old_spelling_is_read_like_the_new_one():
    found = read_xjustiz(OLD.encode())
    assert (found.kind, found.version, found.own_id) == (XJustizKind.DOCUMENTS, "2.4.0", "abc")
    assert (found.sender_kind, found.sender) == ("rvtraeger", "Rentenversicherung")
    assert (found.recipient_kind, found.recipient) == ("gericht", "9D0000")
    assert found.aktenzeichen_recipient == ("36.22.1041",)
    assert found.announced == ("Schreiben 1",)
    assert found.eeb_requested


def test_an_acknowledgement_that_comes_back_is_recognised():
    found = read_xjustiz(b'<x:nachricht.eeb.zuruecklaufend.2200007 xmlns:x="http://www.xjustiz.de"/>')
    assert found.kind is XJustizKind.EEB_RETURN
    assert not found.eeb_requested


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"kein XML",
        b"<nachricht/>",
        b'<x xmlns="http://www.example.org"/>',
        b'<!DOCTYPE x><x xmlns="http://www.xjustiz.de"/>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x xmlns="http://www.xjustiz.de">&a;</x>',
        b" " * (MAX_BYTES + 1),
    ],
    ids=["empty", "text", "no-namespace", "another-namespace", "doctype", "entity", "too-large"],
)
def test_what_is_no_xjustiz_message_is_said_to_be_none(content):
    with pytest.raises(NotXJustizError):
        read_xjustiz(content)


def test_a_message_without_header_is_empty_and_no_error():
    found = read_xjustiz(b'<x:nachricht.neu.9999999 xmlns:x="http://www.xjustiz.de"/>')
    assert (found.kind, found.sender, found.documents) == (XJustizKind.OTHER, "", ())


@given(st.text(alphabet="neu#\n \t4 Ca/26.", max_size=40))
def test_references_are_clean_whatever_was_written(text):
    for found in references([text]):
        assert found == " ".join(found.split())
        assert not found.endswith(("#", " "))
        assert found.casefold() != "neu"


def test_nested_documents_cost_no_more_than_flat_ones():
    """Deep nesting must not make each level read everything below it again."""
    row = "<dokument><datei><dateiname>a</dateiname></datei>" * 60
    nested = f'<x xmlns="http://www.xjustiz.de">{(row + "</dokument>" * 60) * 200}</x>'
    found = read_xjustiz(nested.encode())
    assert len(found.documents) == 200


@given(st.binary(max_size=400), st.integers(0, len(OLD)))
def test_damaged_messages_are_none_or_read(noise, at):
    content = OLD.encode()[:at] + noise + OLD.encode()[at:]
    try:
        read_xjustiz(content)
    except NotXJustizError:
        return


@pytest.mark.corpora
def test_the_real_messages_are_read_in_full():
    folder = os.environ.get("POSTSTELLE_CORPORA")
    if not folder:
        pytest.skip("POSTSTELLE_CORPORA is not set")
    messages = {path.name: read_xjustiz(path.read_bytes()) for path in (Path(folder) / "bebpo/xjustiz").glob("*.xml")}
    assert len(messages) == 6
    for name, found in messages.items():
        assert all((found.sender, found.recipient, found.own_id, found.created, found.version)), name
        assert found.aktenzeichen_recipient, name
        assert found.announced or found.kind is XJustizKind.EEB_RETURN, name
        assert not any(text.endswith("#") for text in found.aktenzeichen_recipient), name
    assert {name for name, found in messages.items() if found.kind is XJustizKind.EEB_RETURN} == {"eeb1_v3_2.xml"}
    assert sum(len(found.documents) for found in messages.values()) == 7
