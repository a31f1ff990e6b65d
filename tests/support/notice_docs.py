# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""docs/notices.md, made by judge and notice writer from the policy shipped for Münster. Run me to write it anew."""

from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from poststelle.application.notices import Letterhead, Occasion, collective_notice, notice, owed
from poststelle.core.address import Address
from poststelle.core.arrival import Arrival, AuthorityId, BlobKey, Channel, Peer
from poststelle.core.facts import Facts
from poststelle.core.formats import Format
from poststelle.core.judgement import Terms, judge
from poststelle.core.policy import Policy, Told
from poststelle.core.reasons import Reason
from poststelle.core.register import Register
from poststelle.core.signature import Encryption
from poststelle.core.verdict import Disposition
from support.builders import (
    RECEIVED_AT,
    a_file,
    a_head,
    a_macro_file,
    a_text,
    an_envelope,
    an_inspection,
    encrypted,
    signed,
    some_facts,
    some_malware,
    the_ciphertext,
    with_rule,
)
from support.policies import policy_folder

PAGE = Path(__file__).resolve().parents[2] / "docs" / "notices.md"

HEAD = """<!--
SPDX-FileCopyrightText: 2026 The poststelle authors
SPDX-License-Identifier: EUPL-1.2
-->
# Notices, as senders read them

Every kind of notice (Rückmeldung) that the gateway writes by itself, made by the judge and the notice writer themselves
from the policy shipped for Münster. Who gets one and who does not is in [operations/senders.md](operations/senders.md);
the sentences about files and remedies are in [reasons.md](reasons.md), all of them.

A notice has a plain text and an HTML part that say the same, German before English (`[notices] languages` of the
policy). It goes to the envelope sender alone, with the null reverse-path and `Auto-Submitted: auto-replied`, and repeats
nothing of the message but cleaned names of files.

This page is made by `PYTHONPATH=src:tests python tests/support/notice_docs.py`.
"""

URL = "https://www.stadt-muenster.example/kontakt"
HOSTNAME = "mx.stadt-muenster.example"
CENTRAL = Address("stadtverwaltung", "stadt-muenster.example")
POST = Address("post", "stadt-muenster.example")


@dataclass(frozen=True)
class Example:
    """One notice of the gallery: when it is sent, and the message that leads to it."""

    title: str
    when: str
    facts: Facts
    recipients: tuple[Address, ...] = (CENTRAL,)
    changed: Callable[[Policy], Policy] = lambda shipped: shipped


def _telling(shipped: Policy, reason: Reason, disposition: Disposition) -> Policy:
    """The policy with this reason ruled otherwise, told to the sender, under the clause it has."""
    clause = shipped.email.rule_for(reason).clause
    ruled = with_rule(shipped, reason, disposition, Told.SENDER)
    rules = (*ruled.email.rules[:-1], ruled.email.rules[-1].model_copy(update={"clause": clause}))
    return ruled.model_copy(update={"email": ruled.email.model_copy(update={"rules": rules})})


EXAMPLES = (
    Example(
        "A file of another format",
        "The rest of the message is delivered; the picture is withheld.",
        some_facts(a_file("bild.heic", Format.HEIC), a_file("antrag.pdf")),
    ),
    Example(
        "Macros",
        "Structural presence is enough, whether they would run or not.",
        some_facts(a_macro_file("Wohngeldantrag.docm.docx")),
    ),
    Example(
        "Several faults at once",
        "A sender hears of every fault in one notice; a member of an archive is named with its place.",
        some_facts(
            a_file("Fotos.zip", Format.ZIP, container=True),
            a_file("Schlüssel.exe", Format.EXE, path=("Fotos.zip", "Schlüssel.exe")),
            a_file("Bescheid.pdf", Format.PDF, Reason.ENCRYPTED),
            a_file("Kontoauszug.xlsx", Format.XLSX, Reason.UNREADABLE),
            a_file("leer.txt", Format.TXT, Reason.EMPTY, size_bytes=0),
        ),
    ),
    Example(
        "An archive with a password",
        "",
        some_facts(a_file("vertraulich.zip", Format.ZIP, Reason.ZIP_ENCRYPTED)),
    ),
    Example(
        "Hints beside the objection",
        "The message speaks of a Widerspruch and carries a Kassenzeichen in its subject: both hints stay general.",
        some_facts(
            inspection=an_inspection(
                a_text(),
                a_file("Widerspruch.doc", Format.DOC),
                head=a_head(subject="Kassenzeichen 01 0123456789 01 000"),
                mentions=("Widerspruch",),
            )
        ),
    ),
    Example(
        "A signature whose owner has not been checked yet",
        "Nothing is wrong with the message: advice only.",
        some_facts(inspection=an_inspection(a_text(), a_file(), crypto=signed())),
        recipients=(POST,),
    ),
    Example(
        "An encrypted message that cannot be opened by anybody here",
        "Only what can be seen from outside is told: no recipient of ours, or an unsupported method.",
        some_facts(inspection=an_inspection(the_ciphertext(), crypto=encrypted(Encryption.NO_KEY))),
        recipients=(POST,),
    ),
    Example(
        "An authority that tells of viruses",
        "Not in Münster, where such mail is deleted in silence; and to authenticated senders only.",
        some_facts(a_file("rechnung.pdf"), malware=some_malware()),
        changed=lambda shipped: _telling(shipped, Reason.MALWARE, Disposition.DELETE),
    ),
    Example(
        "An authority that tells of what it holds",
        "Not in Münster. The message waits for a clerk.",
        some_facts(a_file("liste.xls", Format.XLS)),
        changed=lambda shipped: _telling(shipped, Reason.FORMAT, Disposition.HOLD),
    ),
)


def generated() -> str:
    """The whole page."""
    shown = [_section(one.title, one.when, _notice(one)) for one in EXAMPLES]
    first = _notice(EXAMPLES[0])
    return "\n".join((HEAD, *shown, _section(*_collective()), _as_html(first)))


def _section(title: str, when: str, message: EmailMessage) -> str:
    text = message.get_body(("plain",))
    assert isinstance(text, EmailMessage)
    about = f"{when}\n\n" if when else ""
    return f"## {title}\n\n{about}```text\nSubject: {message['Subject']}\n\n{_lines(text)}```\n"


def _as_html(message: EmailMessage) -> str:
    head = "\n".join(f"{name}: {value}" for name, value in message.items() if name != "MIME-Version")
    html = message.get_body(("html",))
    assert isinstance(html, EmailMessage)
    return (
        f"## The first of them in full\n\nHeader fields:\n\n```text\n{head}\n```\n\n"
        f"The HTML part: headings, paragraphs and lists; no picture, no script, links to the page only.\n\n"
        f"```html\n{_lines(html)}```\n"
    )


def _lines(part: EmailMessage) -> str:
    return str(part.get_content()).replace("\r\n", "\n")


def _terms(changed: Callable[[Policy], Policy]) -> Terms:
    folder = policy_folder("muenster")
    edition = folder.editions[-1]
    return Terms(changed(edition.policy), folder.directory, Channel.EMAIL, edition.id, "0" * 64)


def occasion_of(one: Example, reference: str) -> Occasion:
    """What the judge makes of the example."""
    terms = _terms(one.changed)
    envelope = an_envelope(*one.recipients)
    arrival = Arrival(Channel.EMAIL, AuthorityId("muenster"), envelope, BlobKey("0" * 64), 1, RECEIVED_AT, Peer("::1"))
    verdicts = judge(terms, one.facts, envelope, Register(), RECEIVED_AT)
    return Occasion(reference, arrival, one.facts, owed(verdicts), RECEIVED_AT)


def _letterhead(one: Example) -> Letterhead:
    terms = _terms(one.changed)
    return Letterhead(terms.policy, terms.edition, URL, HOSTNAME)


def _notice(one: Example) -> EmailMessage:
    occasion = occasion_of(one, "PS-7K3M-Q9XA-2WEF")
    assert occasion.verdicts, one.title
    return _parsed(notice(occasion, _letterhead(one)))


def _collective() -> tuple[str, str, EmailMessage]:
    occasions = [occasion_of(EXAMPLES[0], "PS-7K3M-Q9XA-2WEF"), occasion_of(EXAMPLES[1], "PS-B2T9-LM4C-8HJR")]
    when = "Where the cap for one sender was reached, what waited goes in one message."
    return "A collective notice", when, _parsed(collective_notice(occasions, _letterhead(EXAMPLES[0])))


def _parsed(wire: bytes) -> EmailMessage:
    return message_from_bytes(wire, policy=policy.default)


if __name__ == "__main__":
    PAGE.write_text(generated(), encoding="utf-8")
