# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The collector: from the tree of a message to every file in it, each reading looked into, containers opened.

One stack of scopes, no recursion. It knows no policy, and asks the world only through the dialogue.
"""

from collections.abc import Callable, Generator
from dataclasses import replace
from functools import partial
from hashlib import sha256

from poststelle.core.facts import Defect, File, Finding, Role, Tier, Trimming
from poststelle.core.formats import Format
from poststelle.core.reasons import Reason
from poststelle.core.signature import Layer
from poststelle.inspection.cms import layer as cms
from poststelle.inspection.document import Looked
from poststelle.inspection.layers import entity, is_opaque_layer, is_signed_multipart, signed_layer
from poststelle.inspection.message_sniff import as_message, with_body
from poststelle.inspection.mime.content import MESSAGE_TYPES
from poststelle.inspection.mime.decode import Chunk
from poststelle.inspection.mime.defects import DefectCode, defect
from poststelle.inspection.mime.ledger import Ledger
from poststelle.inspection.mime.names import Names, candidate_names, display_name
from poststelle.inspection.mime.scan import scan
from poststelle.inspection.mime.source import Source
from poststelle.inspection.mime.tree import ENCODED, Kind, Part, Tree
from poststelle.inspection.protected import Payload
from poststelle.inspection.requests import Answer, Request
from poststelle.inspection.scope import Paths, Scope, Standing, declared_type, shown_name
from poststelle.inspection.signed_documents import DocumentSignatures
from poststelle.inspection.stack import Closed, Frame, Leaf, Stack, taken, walk_of
from poststelle.inspection.texts import (
    BODY_FORMATS,
    MAX_READ_TEXT_BYTES,
    READ_TYPES,
    MainText,
    is_binary,
    leaf_readings,
    likeliest,
    read_main_text,
    text_hash,
    written_into,
)
from poststelle.inspection.tnef import TnefError, is_tnef, read_tnef
from poststelle.inspection.trimmings import Place, trimming_of
from poststelle.inspection.unseen import BUNDLE_BYTES, Unseen

_SIGNED = "multipart/signed"
"""Its second part is the message's own signature, and no document's."""
Look = Callable[[bytes, tuple[str, ...], str], tuple[Looked, ...]]
"""Looks into one file, with these names and this SHA-256 (empty where it is not known), with a budget of its own."""
Keep = Callable[[tuple[str, ...]], bool]
"""Whether the bytes of the file at this path are wanted afterwards; an inspection wants none."""


class Collector:
    """Files, defects and layers of one message while it is taken apart."""

    def __init__(
        self,
        look: Look,
        ledger: Ledger,
        *,
        keep: Keep | None = None,
        surroundings: cms.Surroundings | None = None,
    ) -> None:
        self.files: list[File] = []
        self.defects: list[Defect] = []
        self.layers: list[Layer] = []
        self.texts: list[MainText] = []
        self.unseen = Unseen()
        self.kept: dict[tuple[str, ...], bytes] = {}
        self.payload = Payload()
        self.signed = DocumentSignatures(surroundings or cms.Surroundings())
        self._keep = keep
        self._sizes: dict[str, int] = {}
        self._paths = Paths()
        self._text_bytes = MAX_READ_TEXT_BYTES
        self._look = look
        self._ledger = ledger
        self._surroundings = surroundings or cms.Surroundings()

    @property
    def attachments_bytes(self) -> int:
        """Sum over the attachments as sent; of several readings the largest."""
        return sum(self._sizes.values())

    def collect(self, tree: Tree) -> Generator[Request, Answer, None]:
        """Walk the tree and every tree found on the way, in document order."""
        stack = walk_of(tree, Scope())
        self.defects.extend(tree.defects)
        while stack:
            if isinstance(stack[-1], Frame) and self._ledger.is_late:
                self.defects.append(defect(DefectCode.TOO_MUCH_WORK, stack[-1].section))
                return
            stack += yield from self._next(taken(stack))

    def _next(self, top: Frame | Closed) -> Generator[Request, Answer, Stack]:
        """The next part of the tree, or the layer; what is found inside, the first of it last."""
        if isinstance(top, Closed):
            return (yield from self._layer(top))
        part = top.tree.parts[top.at]
        top.at += 1
        parent = top.tree.parts[part.parent] if part.parent >= 0 else None
        folder = top.folders[part.parent] if parent is not None else top.scope.path
        top.folders.append(folder)
        standing = top.standings.next()
        self.payload.note(part, parent, standing)
        if part.kind is Kind.MULTIPART:
            if is_signed_multipart(part):
                self.layers.append(signed_layer(top.tree, top.at - 1, standing, self._surroundings))
            return []
        leaf = self._placed(top, part, parent.media_type if parent is not None else "", folder)
        leaf = replace(leaf, standing=standing)
        if part.kind is Kind.MESSAGE:
            top.folders[-1] = self._message(leaf)
            return []
        return (yield from self._contents(leaf))[::-1]

    def _placed(self, frame: Frame, part: Part, parent_type: str, folder: tuple[str, ...]) -> Leaf:
        names = candidate_names(part.disposition, part.content_type)
        stated = part.disposition.main if part.disposition is not None else ""
        role = Role.ATTACHMENT if names.candidates or stated == "attachment" else Role.INLINE
        is_text = role is Role.INLINE and part.media_type in READ_TYPES and not part.is_reading
        if is_text:
            role = Role.BODY
        self._note_names(part, names)
        counts = frame.scope.is_main and folder == frame.scope.path
        return Leaf(Place(part, parent_type, role), names, folder, frame.scope, counts)

    def _note_names(self, part: Part, names: Names) -> None:
        if not names.candidates:
            return
        if names.do_conflict:
            self.defects.append(defect(DefectCode.NAMES_CONFLICT, part.section))
        elif names.do_differ:
            self.defects.append(defect(DefectCode.NAMES_DIFFER, part.section))
        if display_name(names.candidates[0]) != names.candidates[0]:
            self.defects.append(defect(DefectCode.NAME_CLEANED, part.section))

    def _count(self, leaf: Leaf, size_bytes: int) -> None:
        if leaf.counts and leaf.place.role is not Role.BODY:
            key = f"{leaf.part.section}@{leaf.part.start}" if leaf.part.is_reading else leaf.part.section
            self._sizes[key] = max(size_bytes, self._sizes.get(key, 0))

    def _message(self, leaf: Leaf) -> tuple[str, ...]:
        """An attached message that stands open: a container; its parts follow in the same tree."""
        part = leaf.part
        with memoryview(part.source) as view, view[part.body_start : part.end] as body:
            self._count(leaf, len(body))
            return self._container(leaf, Format.EML, body)

    def _container(self, leaf: Leaf, file_format: Format, content: Chunk, *findings: Finding) -> tuple[str, ...]:
        """A file that others come out of."""
        self.files.append(_as_container(self._unopened(leaf, file_format, content), leaf, content, *findings))
        return self.files[-1].path

    def _unopened(self, leaf: Leaf, file_format: Format, content: Chunk) -> File:
        """What can be said of a file without looking into it."""
        part = leaf.part
        return File(
            self._path(leaf, shown_name(leaf.names, part.media_type, part.section), content),
            leaf.names.candidates,
            leaf.sha256_of(content),
            len(content),
            file_format,
            leaf.place.role,
            section=part.section,
            declared_type=declared_type(part),
            decrypted=leaf.scope.is_decrypted,
        )

    def _path(self, leaf: Leaf, name: str, content: Chunk) -> tuple[str, ...]:
        path = self._paths.give(leaf.folder, name)
        if self._keep is not None and self._keep(path):
            self.kept[path] = bytes(content)
        return path

    def _contents(self, leaf: Leaf) -> Generator[Request, Answer, Stack]:
        """Every reading of a leaf, each content once; the trees found inside are walked next."""
        part = leaf.part
        is_text = part.media_type.startswith("text/") and leaf.place.role is not Role.ATTACHMENT
        codes, readings = leaf_readings(part, is_text=is_text, ledger=self._ledger)
        self.defects.extend(defect(code, part.section) for code in codes)
        seen: set[bytes] = set()
        inner: Stack = []
        again = partial(likeliest, part, is_text=is_text) if leaf.scope.depth == 0 else None  # no layer is held for it
        for content in with_body(part, readings):
            digest = sha256(content).digest()
            if digest in seen:
                continue
            if seen and (self._ledger.is_late or not self._ledger.take_reading(len(content))):
                self.defects.append(defect(DefectCode.TOO_MUCH_DERIVED, part.section))
                break
            if seen:
                self.unseen.add(content, decrypted=leaf.scope.is_decrypted, digest=digest)
                leaf = replace(leaf, standing=Standing(is_whole=False, depth=leaf.standing.depth))
            self._count(leaf, len(content))
            inner = yield from self._opened(inner)
            inner += self._content(replace(leaf, digest=digest.hex(), again=None if seen else again), content)
            seen.add(digest)
            yield from self.unseen.scans(BUNDLE_BYTES)
        return inner if len(seen) == 1 else (yield from self._opened(inner))

    def _opened(self, inner: Stack) -> Generator[Request, Answer, Stack]:
        """What waits to be opened does not wait for another reading."""
        if not inner or not isinstance(closed := inner[-1], Closed):
            return inner
        return inner[:-1] + (yield from self._layer(closed))

    def _content(self, leaf: Leaf, content: Chunk) -> Stack:
        part = leaf.part
        if leaf.place.role is not Role.ATTACHMENT and part.media_type in READ_TYPES and not is_binary(content):
            self._text(leaf, bytes(content))
            return []
        whole = bytes(content)
        if is_opaque_layer(part, leaf.names.candidates):
            bare = replace(leaf.place, part=part._replace(source=b""))
            return [Closed(replace(leaf, place=bare), whole)]
        if is_tnef(whole):
            self._tnef(leaf, whole)
            return []
        is_declared = part.media_type in MESSAGE_TYPES
        message = None if leaf.place.role is Role.BODY else as_message(whole, is_declared=is_declared)
        if message is not None and leaf.place.parent_type != "multipart/report":
            return self._nested(leaf, whole, message, is_declared=is_declared)
        self._file(leaf, whole)
        if part.media_type in READ_TYPES or part.encoding not in ENCODED or isinstance(content, memoryview):
            self._written_into(leaf, whole)
        return []

    def _text(self, leaf: Leaf, content: bytes) -> None:
        """A text that is read: main body or further inline text, with what is written into it."""
        part = leaf.part
        is_body = leaf.place.role is Role.BODY
        name = shown_name(leaf.names, part.media_type, part.section, is_body=is_body)
        self.files.append(
            File(
                self._path(leaf, name, content),
                leaf.names.candidates,
                leaf.sha256_of(content),
                len(content),
                READ_TYPES[part.media_type],
                leaf.place.role,
                section=part.section,
                declared_type=declared_type(part),
                decrypted=leaf.scope.is_decrypted,
                text_sha256=text_hash(content),
            )
        )
        if leaf.counts and is_body and part.media_type in BODY_FORMATS:
            self.texts.append(read_main_text(self.files[-1].path, part, content[: self._text_bytes]))
            if self.texts[-1].is_mended:
                self.defects.append(defect(DefectCode.CHARSET_MENDED, part.section))
            self._text_bytes = max(0, self._text_bytes - len(content))
        self._written_into(leaf, content)

    def _written_into(self, leaf: Leaf, content: bytes) -> None:
        found, is_cut = written_into(leaf.part.media_type, content)
        if is_cut:
            self.defects.append(defect(DefectCode.TOO_MANY_EMBEDDED, leaf.part.section))
        for one in found:
            self.defects.append(defect(one.defect, leaf.part.section))
            if not self._ledger.take_derived(len(one.content)):
                self.defects.append(defect(DefectCode.TOO_MUCH_DERIVED, leaf.part.section))
                return
            self.unseen.add(one.content, decrypted=leaf.scope.is_decrypted)
            names = Names((one.name,) if one.name else (), do_differ=False, do_conflict=False)
            place = Place(leaf.part, leaf.place.parent_type, Role.ATTACHMENT)
            if leaf.counts:
                self._sizes[f"{leaf.part.section}#{len(self.files)}"] = len(one.content)
            self._file(Leaf(place, names, leaf.folder, leaf.scope, leaf.counts), one.content)

    def _layer(self, closed: Closed) -> Generator[Request, Answer, Stack]:
        """The content is let go once its structure is definite; of the closed file nothing else is asked later."""
        leaf, content = closed.leaf, closed.take()
        structure = cms.read_structure(content)
        if structure is None:
            self._file(leaf, content)
            return []
        unopened = self._unopened(leaf, Format.PKCS7, content)
        container = _as_container(unopened, leaf, content)
        del content
        standing = Standing(leaf.standing.is_whole, leaf.standing.depth + 1)
        place = cms.Place(leaf.part.section or "1", standing.depth, standing.is_whole)
        opened = yield from cms.open_structure(structure, place, self._surroundings)
        if opened.layer is not None:
            self.layers.append(opened.layer)
        self.files.append(unopened if opened.inner is None else container)
        if opened.inner is None:
            return []
        self._sizes.pop(leaf.part.section, None)
        is_decrypted = leaf.scope.is_decrypted or opened.is_decrypted
        scope = Scope(container.path, leaf.part.section, leaf.part.depth + 1, leaf.counts, is_decrypted, standing)
        return self._scanned(entity(opened.inner), scope)

    def _scanned(self, source: Source, scope: Scope) -> Stack:
        if not self._ledger.take_derived(len(source)):
            self.defects.append(defect(DefectCode.TOO_MUCH_DERIVED, scope.section))
            return []
        tree = scan(source, self._ledger, scope.section, scope.depth)
        self.defects.extend(tree.defects)
        return walk_of(tree, scope)

    def _nested(self, leaf: Leaf, content: bytes, message: bytes, *, is_declared: bool) -> Stack:
        """A message inside an encoded part. Where nobody declared it one, its faults are the file's, not the message's."""
        if not self._ledger.take_message(len(message), len(message) - len(content)):
            self.defects.append(defect(DefectCode.TOO_MUCH_DERIVED, leaf.part.section))
            return []
        tree = scan(message, self._ledger, leaf.part.section, leaf.part.depth + 1)
        grave = tuple(one for one in tree.defects if one.tier is Tier.REFUSE)
        findings = () if is_declared else tuple(Finding(Reason.UNREADABLE, evidence=one.code) for one in grave[:1])
        self.defects.extend(one for one in tree.defects if is_declared or one.tier is not Tier.REFUSE)
        path = self._container(leaf, Format.EML, content, *findings)
        scope = Scope(
            path,
            leaf.part.section,
            leaf.part.depth + 1,
            is_main=False,
            is_decrypted=leaf.scope.is_decrypted,
            standing=Standing(is_whole=False, depth=leaf.standing.depth),
        )
        return walk_of(tree, scope)

    def _tnef(self, leaf: Leaf, content: bytes) -> None:
        try:
            members = read_tnef(content)
        except TnefError:
            self._file(leaf, content, Finding(Reason.UNREADABLE, evidence="tnef"))
            return
        path = self._container(leaf, Format.TNEF, content)
        if not members:
            self.files[-1] = replace(self.files[-1], trimming=Trimming.TNEF_LEFTOVER, container=False)
        for number, member in enumerate(members, 1):
            if not self._ledger.take_derived(len(member.content)):
                self.defects.append(defect(DefectCode.TOO_MUCH_DERIVED, leaf.part.section))
                return
            names = Names(member.names or (f"part-{number}.bin",), do_differ=False, do_conflict=False)
            self._file(Leaf(leaf.place, names, path, leaf.scope, counts=False), member.content)

    def _file(self, leaf: Leaf, content: bytes, *findings: Finding) -> None:
        """A file and what stands inside it."""
        part = leaf.part
        own, *members = self._look(content, leaf.names.candidates, leaf.digest)
        path = self._path(leaf, shown_name(leaf.names, part.media_type, part.section), content)
        if leaf.place.parent_type != _SIGNED:
            self.signed.note(own, path, content, leaf.again)
        for looked in (own, *members):
            is_own = looked is own
            self.unseen.add(looked.carried, decrypted=leaf.scope.is_decrypted)
            self.files.append(
                File(
                    (*path, *looked.path),
                    looked.names,
                    looked.sha256,
                    looked.size_bytes,
                    looked.format,
                    Role.INLINE if leaf.place.role is Role.BODY else leaf.place.role,
                    container=looked.container,
                    findings=(*findings, *looked.findings) if is_own else looked.findings,
                    section=part.section,
                    declared_type=declared_type(part) if is_own else "",
                    trimming=looked.trimming or (trimming_of(leaf.place, content, own.format) if is_own else None),
                    decrypted=leaf.scope.is_decrypted,
                    text_sha256=text_hash(content) if is_own and part.media_type.startswith("text/") else None,
                )
            )


def _as_container(bare: File, leaf: Leaf, content: Chunk, *findings: Finding) -> File:
    is_report = leaf.place.parent_type == "multipart/report" and bare.format is Format.EML
    return replace(
        bare,
        role=Role.ATTACHMENT if bare.role is Role.BODY else bare.role,
        container=True,
        findings=findings,
        trimming=Trimming.REPORT if is_report else None,
        text_sha256=text_hash(bytes(content)) if leaf.part.media_type.startswith("text/") else None,
    )
