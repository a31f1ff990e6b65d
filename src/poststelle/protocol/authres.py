# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Authentication-Results fields (RFC 8601): read strictly, only one of them believed, and our own written.

Anybody may write such a field. Believed is the topmost that carries our own service's name, because every field of
that name which came from outside lies below it; a field that does not follow the grammar is worth nothing.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from poststelle.core.facts import AuthResult, SenderFacts
from poststelle.protocol.dmarc import is_aligned

FIELD_NAME: Final = b"authentication-results"
MAX_FIELD_CHARACTERS: Final = 16 * 1024
MAX_RESULTS: Final = 100
MAX_COMMENT_DEPTH: Final = 8

_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_SERVICE = re.compile(r'^\s*("(?:[^"\\]|\\.)*"|[^\s;"=]+)(?:\s+(\d+))?\s*$')
_PAIR = re.compile(r'\s*([A-Za-z][\w.-]*)(?:\s*/\s*\d+)?\s*=\s*((?:"(?:[^"\\]|\\.)*"|[^\s";])+)\s*')
_POLICY_COMMENT = re.compile(r"(?:^|[\s;,])(?:p|policy)=(none|quarantine|reject)\b", re.IGNORECASE)
_POLICIES: Final = frozenset({"none", "quarantine", "reject"})

_RESULT_WORDS: Final = {word.value: word for word in AuthResult} | {
    "hardfail": AuthResult.FAIL,
    "bestguesspass": AuthResult.NONE,
}
"""RFC 8601, 2.7, and two words that older servers write."""

_BEST_FIRST: Final = (
    AuthResult.PASS, AuthResult.POLICY, AuthResult.FAIL, AuthResult.SOFTFAIL, AuthResult.NEUTRAL, AuthResult.TEMPERROR,
    AuthResult.PERMERROR, AuthResult.NONE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MethodResult:
    """One ``method=result`` with its properties; names in lower case, values unquoted."""

    method: str
    result: str
    properties: tuple[tuple[str, str], ...]
    """In the order written, such as ``("smtp.mailfrom", "erika@buerger.example")``."""
    comment: str
    """All comments within this result, joined by a blank."""

    def property(self, name: str) -> str:
        """The first value of that name, or an empty string."""
        return next((value for key, value in self.properties if key == name), "")


@dataclass(frozen=True, slots=True)
class AuthenticationResults:
    """One field that follows the grammar."""

    service: str
    """The authserv-id, lower case."""
    results: tuple[MethodResult, ...]


_PLAIN_DOMAIN = re.compile(r"[A-Za-z0-9._-]{1,255}")


def written(service: str, facts: SenderFacts, mail_domain: str, from_domain: str) -> str:
    """Our own field's value: what was found of envelope and From domain, or ``none`` where nobody checked.

    ``mail_domain`` is that of the reverse-path, empty for the null sender; what is no plain domain is left out.
    """
    if facts.source == "none":
        return f"{service}; none"
    comment = f" (p={facts.dmarc_policy})" if facts.dmarc_policy in _POLICIES else ""
    results = (
        f"spf={facts.spf.value}{_property('smtp.mailfrom', mail_domain)}",
        f"dkim={facts.dkim.value}",
        f"dmarc={facts.dmarc.value}{comment}{_property('header.from', from_domain)}",
    )
    return "; ".join((service, *results))


def _property(name: str, domain: str) -> str:
    return f" {name}={domain}" if _PLAIN_DOMAIN.fullmatch(domain) else ""


def fields_of(head: bytes) -> tuple[str, ...]:
    """The values of all Authentication-Results fields in a message's head, topmost first, unfolded."""
    values = []
    for line in _FOLD.sub(b"", head).split(b"\n"):
        name, colon, value = line.partition(b":")
        if colon and name.strip().lower() == FIELD_NAME:
            values.append(value.strip().decode("utf-8", "replace"))
    return tuple(values)


def parse(value: str) -> AuthenticationResults | None:
    """The field's content, or None where it does not follow the grammar of RFC 8601, 2.2."""
    if len(value) > MAX_FIELD_CHARACTERS:
        return None
    parts = _split(value)
    if parts is None or len(parts) > MAX_RESULTS + 1:
        return None
    match = _SERVICE.match(parts[0][0])
    if match is None or match[2] not in {None, "1"}:
        return None
    results = []
    for text, comment in parts[1:]:
        if text.strip().lower() in {"", "none"}:
            continue
        result = _result(text, comment)
        if result is None:
            return None
        results.append(result)
    return AuthenticationResults(_unquoted(match[1]).lower(), tuple(results))


def believed(values: Iterable[str], service: str) -> AuthenticationResults | None:
    """The topmost field of our own service; None where there is none or where that one is malformed."""
    own = service.lower()
    for value in values:
        first = _service_of(value)
        if first == own:
            return parse(value)
    return None


def sender_facts(
    results: AuthenticationResults | None, from_domain: str, organisational: Callable[[str], str]
) -> SenderFacts:
    """What the believed field says of the sender, alignment judged anew by the From domain of *this* message."""
    if results is None:
        return SenderFacts(source="header")
    spf = _best(results, "spf")
    dkim = [result for result in results.results if result.method == "dkim"]
    dmarc = next((one for one in results.results if one.method == "dmarc" and _is_about(one, from_domain)), None)
    passing = [result for result in dkim if _word(result) is AuthResult.PASS]
    return SenderFacts(
        spf=AuthResult.NONE if spf is None else _word(spf),
        dkim=_strongest(_word(result) for result in dkim),
        dkim_aligned=any(is_aligned(_signer(result), from_domain, organisational) for result in passing),
        spf_aligned=spf is not None
        and _word(spf) is AuthResult.PASS
        and is_aligned(_spf_domain(spf), from_domain, organisational),
        dmarc=AuthResult.NONE if dmarc is None else _word(dmarc),
        dmarc_policy="" if dmarc is None else _policy(dmarc),
        source="header",
    )


def _split(value: str) -> list[tuple[str, str]] | None:
    """The parts between semicolons as (text, comments); None where a quote or comment has no end."""
    parts: list[tuple[str, str]] = []
    text: list[str] = []
    comments: list[str] = []
    for kind, piece in _pieces(value):
        if kind == "broken":
            return None
        if kind == "comment":
            text.append(" ")
            comments.append(piece)
        elif kind == "end":
            parts.append(("".join(text), " ".join(comments)))
            text, comments = [], []
        else:
            text.append(piece)
    parts.append(("".join(text), " ".join(comments)))
    return parts


def _pieces(value: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(value):
        mark = value[at]
        if mark == '"':
            end = _quote_end(value, at)
            yield ("text", value[at:end]) if end else ("broken", "")
        elif mark == "(":
            end = _comment_end(value, at)
            yield ("comment", value[at + 1 : end - 1]) if end else ("broken", "")
        else:
            end = at + 1
            yield {";": "end", ")": "broken"}.get(mark, "text"), mark
        at = end or len(value)


def _quote_end(value: str, at: int) -> int:
    """Index behind the closing quote, 0 where there is none."""
    match = re.compile(r'"(?:[^"\\]|\\.)*"').match(value, at)
    return match.end() if match else 0


def _comment_end(value: str, at: int) -> int:
    """Index behind the closing parenthesis of the (possibly nested) comment, 0 where there is none."""
    depth = 0
    for match in re.compile(r"\\.|[()]").finditer(value, at):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth == 0:
            return match.end()
        if depth > MAX_COMMENT_DEPTH:
            return 0
    return 0


def _service_of(value: str) -> str:
    """The authserv-id even of a field that is malformed further on: such a field still hides those below it."""
    short = value[:MAX_FIELD_CHARACTERS]
    head = _split(short) or _split(short.partition(";")[0])
    match = _SERVICE.match(head[0][0]) if head else None
    return _unquoted(match[1]).lower() if match else ""


def _result(text: str, comment: str) -> MethodResult | None:
    pairs = []
    at = 0
    while at < len(text):
        match = _PAIR.match(text, at)
        if match is None:
            return None
        pairs.append((match[1].lower(), _unquoted(match[2])))
        at = match.end()
    (method, result), *properties = pairs
    return MethodResult(method, result.lower(), tuple(properties), comment)


def _unquoted(value: str) -> str:
    return re.sub(r'"((?:[^"\\]|\\.)*)"', lambda quoted: re.sub(r"\\(.)", r"\1", quoted[1]), value)


def _word(result: MethodResult) -> AuthResult:
    return _RESULT_WORDS.get(result.result, AuthResult.NEUTRAL)


def _strongest(words: Iterable[AuthResult]) -> AuthResult:
    return min(words, key=_BEST_FIRST.index, default=AuthResult.NONE)


def _best(results: AuthenticationResults, method: str) -> MethodResult | None:
    """SPF of MAIL FROM before SPF of HELO; the first of several."""
    own = [result for result in results.results if result.method == method]
    return next((result for result in own if result.property("smtp.mailfrom")), own[0] if own else None)


def _spf_domain(result: MethodResult) -> str:
    identity = result.property("smtp.mailfrom") or result.property("smtp.helo")
    return identity.rpartition("@")[2].lower()


def _signer(result: MethodResult) -> str:
    identity = result.property("header.d") or result.property("header.i").rpartition("@")[2]
    return identity.lower()


def _is_about(result: MethodResult, from_domain: str) -> bool:
    """A DMARC result counts only for the From domain it names."""
    return result.property("header.from").rpartition("@")[2].lower() == from_domain


def _policy(result: MethodResult) -> str:
    """The published policy: the registered property, or the comment that OpenDMARC and rspamd write."""
    told = result.property("policy.dmarc").lower()
    if told in _POLICIES:
        return told
    match = _POLICY_COMMENT.search(result.comment)
    return match[1].lower() if match else ""
