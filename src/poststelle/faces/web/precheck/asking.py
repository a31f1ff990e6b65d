# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""From a request to an answer of the engine, or to the reason why there is none: page and interface share this."""

from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

from poststelle.application.check import Checked
from poststelle.application.ports import UnavailableError
from poststelle.application.precheck import Upload
from poststelle.core.arrival import Channel
from poststelle.faces.web.loans import Asked
from poststelle.faces.web.quota import Quota
from poststelle.faces.web.site.visit import Visit

QUOTA = Quota()
"""Of this process; a site behind several web processes gives each asker that much more."""
MOST_FILES = 50


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was checked: a key of the words, HTTP's number for it, and when to come back."""

    key: str
    status: int
    retry_seconds: int = 0
    is_read: bool = True
    """The form was read, so that what was chosen in it can be shown again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was checked, and what came of it."""

    asked: Asked
    checked: Checked

    @property
    def size_bytes(self) -> int:
        """What the limit is held against: decoded attachments, or the upload where it could not be looked into."""
        seen = self.checked.inspection
        return seen.attachments_bytes if seen else sum(one.size_bytes for one in self.asked.uploads)


def ask(request: HttpRequest, visit: Visit) -> Answer | Refusal:
    """Have the files of this request checked."""
    wait_seconds = QUOTA.take(request.META.get("REMOTE_ADDR", ""), visit.at)
    if wait_seconds > 0:
        return Refusal("precheck.too-often", 429, int(wait_seconds) + 1, is_read=False)
    with ExitStack() as opened:
        asked = _asked(request, visit, opened)
        if isinstance(asked, Refusal):
            return asked
        try:
            return Answer(asked, visit.house.check(asked))
        except UnavailableError:
            return Refusal("precheck.unavailable", 503, 60)


def _asked(request: HttpRequest, visit: Visit, opened: ExitStack) -> Asked | Refusal:
    try:
        files = request.FILES.getlist("datei") or request.FILES.getlist("file")
        channel = channel_of(request.POST.get("kanal") or request.POST.get("channel") or "")
    except TooManyFilesSent:
        return Refusal("precheck.too-many-files", 400, is_read=False)
    except (MultiPartParserError, TooManyFieldsSent, RequestDataTooBig):
        return Refusal("precheck.unreadable-form", 400, is_read=False)
    if not files:
        return Refusal("precheck.no-file", 400)
    if len(files) > MOST_FILES:
        return Refusal("precheck.too-many-files", 400)
    if sum(one.size or 0 for one in files) > visit.house.precheck_limit_bytes:
        return Refusal("precheck.too-large", 413)
    uploads = tuple(Upload(one.name or "", opened.enter_context(_content(one)), one.size or 0) for one in files)
    return Asked(visit.authority.id, channel, uploads)


def _content(file: "UploadedFile[bytes]") -> BinaryIO:
    if isinstance(file, TemporaryUploadedFile):
        return Path(file.temporary_file_path()).open("rb")
    return BytesIO(file.read())


def channel_of(text: str) -> Channel:
    """The channel chosen; e-mail where none or an unknown one is."""
    return next((one for one in Channel if one.value == text), Channel.EMAIL)
