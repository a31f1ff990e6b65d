# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""docs/smime.md, made from the catalogue. Run me to write it anew."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path

from poststelle.core.catalogue.smime import (
    CHAINS,
    COVERAGES,
    ENCRYPTIONS,
    FROM_MATCHES,
    IDENTITIES,
    NOTES,
    SIGNATURES,
    Said,
)
from poststelle.core.catalogue.trust_list import LISTINGS, QUALIFICATIONS
from poststelle.core.document_signature import ListStanding, Qualified
from poststelle.core.signature import Chain, Coverage, CryptoNote, Encryption, FromMatch, Identity, Signature

PAGE = Path(__file__).resolve().parents[2] / "docs" / "smime.md"

HEAD = """<!--
SPDX-FileCopyrightText: 2026 The poststelle authors
SPDX-License-Identifier: EUPL-1.2
-->
# What is said of encryption and signatures

Each truth is a field of its own, in the desk, in the record and in `poststelle smime inspect`; there is never one word for
all of them. The codes are public: they only grow, none is renamed.

**A signature is accepted** where the signature is `SIG_OK`, the chain `CHAIN_OK`, the identity `ID_VERIFIED`, From is a
`match` and the coverage is `whole`: all of them, and nothing else counts.

- *Layers.* Every CMS layer has its own codes, outermost first. The message's signature is the innermost one over all of
  its plaintext; a signature around ciphertext is `SIG_OUTER_ONLY`. Where other programs may read another message in the
  same bytes (a second Content-Type, damaged base64), no signature is over the whole.
- *From* matches where it can be read in one way only, holds one address, shows no other in its display name, and the
  certificate names it: in the subject's alternative names, in the subject itself only where there are none. Sender and
  Reply-To never count.
- *Chain.* Faults are named in this order: no path or a bad one, another purpose, weakness. Once a list of revoked
  certificates is at hand, the house's or the mail's, every certificate of the chain needs one. A list counts where a
  certificate at hand has signed it, and one for others (indirect) where a certificate of the chain names its issuer
  (RFC 5280, 6.3.3). What an issuer may name holds for every mailbox, in whatever field and alphabet (RFC 9598, 6).
- *What a signer says of himself* must be so: where the signed attributes name his certificate (RFC 5035) or his methods
  (RFC 6211), another one is `SIG_ATTR_INVALID`.
- *Signatures without signed attributes* are `SIG_NO_ATTRS`: intact or not, the same bytes can be passed off as another
  message (RFC 5652, 5.4), so that they never carry an identity.
- *Documents.* Signatures inside PDFs and in files beside a document are reported with the same codes, and decide nothing.
  Their signers are held against the trust lists at hand too (ETSI TS 119 612), at the moment of receipt, each service an
  anchor of its own. `QUALIFIED_YES` is said of the certificate: a proven path to a granted service, and the certificate's
  own claim (QcCompliance); whether the key lies in a qualified device (QcSSCD) is a claim shown apart. A time stamp needs
  no claim. One over a signature (RFC 3161) is verified and its maker held against anchors and lists; where it proves the
  moment, it is shown too what the lists said of the document's signer then. The signature of a list is verified where the
  operator named who may sign it; **else whoever puts the file there vouches for it**. Where a list
  sets criteria that overrule a certificate's own word, the answer is `QUALIFIED_UNKNOWN`, since they are not evaluated.

This page is made by `PYTHONPATH=src:tests python tests/support/smime_docs.py`.
"""
TABLES: tuple[tuple[str, type[StrEnum], Mapping[StrEnum, Said]], ...] = (
    ("Encryption", Encryption, ENCRYPTIONS),  # type: ignore[arg-type] # each table has its own kind of key
    ("Signature", Signature, SIGNATURES),  # type: ignore[arg-type] # as above
    ("Chain", Chain, CHAINS),  # type: ignore[arg-type] # as above
    ("From", FromMatch, FROM_MATCHES),  # type: ignore[arg-type] # as above
    ("Coverage", Coverage, COVERAGES),  # type: ignore[arg-type] # as above
    ("Identity", Identity, IDENTITIES),  # type: ignore[arg-type] # as above
    ("Qualified certificate", Qualified, QUALIFICATIONS),  # type: ignore[arg-type] # as above
    ("Trust list", ListStanding, LISTINGS),  # type: ignore[arg-type] # as above
    ("Notes", CryptoNote, NOTES),  # type: ignore[arg-type] # as above
)


def generated() -> str:
    """The whole page."""
    return "\n".join((HEAD, *(line for title, codes, said in TABLES for line in _table(title, codes, said))))


def _table(title: str, codes: type[StrEnum], said: Mapping[StrEnum, Said]) -> Iterator[str]:
    yield f"## {title}\n\n| code | meaning | what helps |\n|---|---|---|"
    for code in codes:
        found = said[code]
        helps = f"{found.remedy.de} *{found.remedy.en}*" if found.remedy else ""
        yield f"| `{code.value}` | {found.meaning.de} *{found.meaning.en}* | {helps} |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(generated(), encoding="utf-8")
