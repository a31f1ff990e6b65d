# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Whether a signer's certificate leads to an anchor we trust, at a given moment, and may sign mail at all (RFC 5280, 6).

Path building and validation are pyhanko-certvalidator's, with explicit anchors and the revocation lists given: nothing
is fetched, no system trust list is read, no address in a mail is followed.
"""

import warnings
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from asn1crypto import crl, ocsp  # type: ignore[import-untyped] # asn1crypto ships no types
from cryptography import x509 as pyca
from cryptography.exceptions import InternalError, UnsupportedAlgorithm
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    InsufficientRevinfoError,
    InvalidCertificateError,
    NotYetValidError,
    PathBuildingError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import (
    AcceptAllAlgorithms,
    AlgorithmUsagePolicy,
    DisallowWeakAlgorithmsPolicy,
)

from poststelle.core.signature import Chain
from poststelle.inspection.cms.candidates import candidates
from poststelle.inspection.cms.certificates import Brought, Certificate, emails, parsed, public_key, read_certificate
from poststelle.inspection.cms.der import SEQUENCE, read
from poststelle.inspection.cms.genuine import GenuineLists, speaking_of
from poststelle.inspection.cms.plain_names import PlainCertificate, is_outside
from poststelle.inspection.cms.signatures import has_weak_key

_MAX_REMEMBERED = 2_000
_STRICT = DisallowWeakAlgorithmsPolicy(  # type: ignore[no-untyped-call] # the library leaves it untyped
    frozenset({"md2", "md5", "sha1"})
)
"""RSA keys below 2048 bits are refused as well."""
_BEYOND_REASON = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
    AssertionError,
    NotImplementedError,
    InternalError,
    UnsupportedAlgorithm,
    pyca.InvalidVersion,
    pyca.DuplicateExtension,
    pyca.UnsupportedGeneralNameType,
)
"""What damaged certificates are known to raise while they are read, and a signature of another kind than its key's; and
a constraint on names of a form that is not compared, which is to be refused then (RFC 5280, 4.2.1.10)."""
_FAULTS: tuple[tuple[type[Exception], Chain], ...] = (
    (RevokedError, Chain.REVOKED),
    (ExpiredError, Chain.EXPIRED),
    (NotYetValidError, Chain.NOT_YET),
    (InsufficientRevinfoError, Chain.REVOCATION_UNKNOWN),
    (DisallowedAlgorithmError, Chain.WEAK_KEY),
    (PathBuildingError, Chain.UNTRUSTED),
    (InvalidCertificateError, Chain.UNTRUSTED),
    (ValidationError, Chain.INVALID),
)
"""What a failed validation means; the first row that fits."""
_TRUE = b"\x01\x01\xff"
"""What a critical extension has behind its identifier."""
_MAIL_USAGES = frozenset({ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE})


@dataclass(frozen=True, slots=True)
class Trust:
    """What we believe, as DER: anchors, certificates known to lead there, and the revocation lists at hand."""

    roots: tuple[bytes, ...]
    intermediates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    must_know_revocation: bool = False
    """True: without a fresh list a chain is REVOCATION_UNKNOWN even where no list is configured at all."""
    answers: tuple[bytes, ...] = ()
    """OCSP responses at hand, each on one certificate (RFC 6960)."""


@dataclass(frozen=True, slots=True)
class _Lists:
    """Revocation lists that may be used, and whether there were any at all: one that may not leaves its chain unknown."""

    usable: tuple[crl.CertificateList, ...]
    is_any: bool

    def __add__(self, other: "_Lists") -> "_Lists":
        return _Lists(self.usable + other.usable, self.is_any or other.is_any)


@dataclass(frozen=True, slots=True)
class _Interval:
    """How long a good answer stays the same."""

    since: datetime
    until: datetime


class ChainChecker:
    """Answers for one trust; remembers good answers for as long as no date in them passes."""

    __slots__ = ("_answers", "_crls", "_genuine", "_intermediates", "_remembered", "_roots", "_trust")

    def __init__(self, trust: Trust) -> None:
        self._trust = trust
        self._roots = [PlainCertificate.load(der) for der in trust.roots]
        self._intermediates = [PlainCertificate.load(der) for der in trust.intermediates]
        self._crls = _lists_of(trust.crls)
        self._answers = {_subject_of(one): one for one in map(ocsp.OCSPResponse.load, trust.answers)}
        self._remembered: dict[bytes, _Interval] = {}
        self._genuine = GenuineLists()

    def __call__(self, certificate: Certificate, brought: Brought, at: datetime) -> Chain:
        """Where the certificate leads at that moment. What the mail brought may complete a chain, never anchor it.

        Once any revocation list is at hand, every certificate of the chain needs one (RFC 5280, 6.3). Lists of the mail
        are looked at only where ours do not answer, and only beside ours.
        """
        known = self._remembered.get(_question(certificate, brought))
        if known and known.since <= at <= known.until:
            return Chain.OK
        chain = Chain.REVOCATION_UNKNOWN
        if self._crls.is_any or not brought.crls:
            chain = self._checked(certificate, brought, (), at)
        if chain is Chain.REVOCATION_UNKNOWN and brought.crls:
            chain = self._checked(certificate, brought, brought.crls, at)
        return chain

    def _checked(self, certificate: Certificate, brought: Brought, crls: tuple[bytes, ...], at: datetime) -> Chain:
        """The first fault in this order: no path or a bad one, another purpose, weakness. A weak path is never OK."""
        lists = self._crls
        try:
            lists += _lists_of(crls)
            path, lists = self._proven_path(certificate, brought, lists, at)
            fault = _misnamed(certificate, path) or usage_fault(certificate) or _weakness(certificate, path)
            if fault is None:
                self._remember(_question(certificate, brought), path, lists, at)
        except DisallowedAlgorithmError:
            return self._weak_at_best(certificate, brought, lists, at)
        except Exception as error:  # noqa: BLE001 - the table says which are answers; any other is raised again
            return _meaning(error)
        return fault or Chain.OK

    def _proven_path(
        self, certificate: Certificate, brought: Brought, lists: _Lists, at: datetime
    ) -> tuple[ValidationPath, _Lists]:
        """A path, and the lists that may speak of it: sought again without others, until it stands on these alone."""
        while True:
            path = self._path(certificate, brought, lists, at, policy=_STRICT)
            speaking = _Lists(tuple(speaking_of(path.iter_certs(include_root=True), lists.usable)), lists.is_any)
            if len(speaking.usable) == len(lists.usable):
                return path, lists
            lists = speaking

    def _weak_at_best(self, certificate: Certificate, brought: Brought, lists: _Lists, at: datetime) -> Chain:
        """What else there is to say of a path that rests on a broken hash function: the plainer fault comes first."""
        try:
            path = self._path(certificate, brought, lists, at, policy=AcceptAllAlgorithms())
        except InsufficientRevinfoError:
            return usage_fault(certificate) or Chain.WEAK_KEY
        except Exception as error:  # noqa: BLE001 - as above
            return _meaning(error)
        return _misnamed(certificate, path) or usage_fault(certificate) or Chain.WEAK_KEY

    def _path(
        self,
        certificate: Certificate,
        brought: Brought,
        lists: _Lists,
        at: datetime,
        *,
        policy: AlgorithmUsagePolicy,
    ) -> ValidationPath:
        tried = [PlainCertificate.load(other.der) for other in candidates(certificate, brought.certificates)]
        must_know = lists.is_any or self._trust.must_know_revocation
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            context = ValidationContext(
                trust_roots=self._roots,
                other_certs=[*self._intermediates, *tried],
                moment=at,
                allow_fetching=False,
                crls=self._genuine.among(lists.usable, (*self._roots, *self._intermediates, *tried)),
                ocsps=self._answers_on((PlainCertificate.load(certificate.der), *self._intermediates, *tried)),
                revocation_mode="require" if must_know else "soft-fail",
                algorithm_usage_policy=policy,
            )
            validator = CertificateValidator(PlainCertificate.load(certificate.der), validation_context=context)
            return _finish(validator.async_validate_path())

    def _answers_on(self, certificates: Iterable[PlainCertificate]) -> list[ocsp.OCSPResponse]:
        """Only these are shown to the validator: beside an answer on another certificate it finds none good enough."""
        names = ((one.issuer.sha1, one.serial_number) for one in certificates)
        return [self._answers[name] for name in names if name in self._answers]

    def _remember(self, question: bytes, path: ValidationPath, lists: _Lists, at: datetime) -> None:
        if len(self._remembered) >= _MAX_REMEMBERED:
            self._remembered.clear()
        dates = [_Interval(one.not_valid_before, one.not_valid_after) for one in path.iter_certs(include_root=True)]
        answers = self._answers_on(path.iter_certs(include_root=True))
        told = (*map(_crl_interval, lists.usable), *map(_answer_interval, answers))
        dates += [dated for dated in told if dated.since <= at <= dated.until]
        self._remembered[question] = _Interval(max(one.since for one in dates), min(one.until for one in dates))


def _question(certificate: Certificate, brought: Brought) -> bytes:
    """One hash for everything the answer depends on besides the moment."""
    asked = sha256()
    for der in (certificate.der, *(other.der for other in brought.certificates), *brought.crls):
        asked.update(sha256(der).digest())
    return asked.digest()


def _lists_of(crls: Iterable[bytes]) -> _Lists:
    given = tuple(crls)
    return _Lists(tuple(crl.CertificateList.load(der) for der in given if not _has_strange_entries(der)), bool(given))


def _has_strange_entries(der: bytes) -> bool:
    """An entry says something critical that we do not know, so that the whole list may not be used (RFC 5280, 5.3).

    The entries of a large list are read one by one only where one may be marked critical at all.
    """
    fields = read(der).must_be(SEQUENCE).children()[0].must_be(SEQUENCE).children()
    if not any(_TRUE in bytes(field.content) for field in fields if field.tag == SEQUENCE):
        return False
    try:
        said = [one for entry in pyca.load_der_x509_crl(der) for one in entry.extensions]
    except _BEYOND_REASON:
        return True
    return any(one.critical and isinstance(one.value, pyca.UnrecognizedExtension) for one in said)


def _crl_interval(one: crl.CertificateList) -> _Interval:
    listed = one["tbs_cert_list"]
    until = listed["next_update"].native
    return _Interval(listed["this_update"].native, until or datetime.max.replace(tzinfo=UTC))


def _subject_of(one: ocsp.OCSPResponse) -> tuple[bytes, int]:
    """Issuer (SHA-1 of its name, as we ask) and serial number of the certificate that is answered on."""
    asked = one.response_data["responses"][0]["cert_id"]
    return asked["issuer_name_hash"].native, asked["serial_number"].native


def _answer_interval(one: ocsp.OCSPResponse) -> _Interval:
    said = one.response_data["responses"][0]
    until = said["next_update"].native
    return _Interval(said["this_update"].native, until or datetime.max.replace(tzinfo=UTC))


def _finish(validation: Coroutine[object, object, ValidationPath]) -> ValidationPath:
    """The result of a coroutine that waits for nothing, since nothing is fetched."""
    try:
        validation.send(None)
    except StopIteration as done:
        path: ValidationPath = done.value
        return path
    validation.close()
    raise PathBuildingError("validation wanted to wait for the world")


def _meaning(error: Exception) -> Chain:
    for kind, chain in _FAULTS:
        if isinstance(error, kind):
            return chain
    if isinstance(error, _BEYOND_REASON):
        return Chain.INVALID
    raise error


def _misnamed(certificate: Certificate, path: ValidationPath) -> Chain | None:
    known = parsed(certificate)
    issuers = [one for one in path.iter_certs(include_root=True) if one.dump() != certificate.der]
    return Chain.INVALID if known is None or is_outside(emails(known), issuers) else None


def _weakness(certificate: Certificate, path: ValidationPath) -> Chain | None:
    """A key on the path that is too short, the anchor's included: whoever breaks one signs in its name."""
    keys = [public_key(certificate)]
    keys += [public_key(read_certificate(one.dump())) for one in path.iter_certs(include_root=True)]
    return Chain.WEAK_KEY if any(has_weak_key(key) for key in keys) else None


def usage_fault(certificate: Certificate) -> Chain | None:
    """Why a certificate may not sign mail although it leads to an anchor; None where it may (RFC 8550, 4.4)."""
    known = parsed(certificate)
    if known is None:
        return Chain.INVALID
    try:
        if not _may_sign(known):
            return Chain.KEY_USAGE
        return _mail_fault(known)
    except _BEYOND_REASON:
        return Chain.INVALID


def _may_sign(known: pyca.Certificate) -> bool:
    try:
        usage = known.extensions.get_extension_for_class(pyca.KeyUsage).value
    except pyca.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def _mail_fault(known: pyca.Certificate) -> Chain | None:
    """A certificate for other purposes; or one for mail that names no mailbox. Without purposes it is for any."""
    try:
        usages = known.extensions.get_extension_for_class(pyca.ExtendedKeyUsage).value
    except pyca.ExtensionNotFound:
        return None
    if _MAIL_USAGES.isdisjoint(usages):
        return Chain.EKU
    return None if emails(known) else Chain.NO_EMAIL
