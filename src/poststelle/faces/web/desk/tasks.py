# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The tasks of a message with their ready texts, complete enough to be sent as they stand."""

from dataclasses import dataclass
from urllib.parse import quote

from poststelle.application.desk import labels
from poststelle.application.notice_text import shown_name
from poststelle.core.catalogue.hints import HINTS
from poststelle.core.catalogue.reasons import REASONS
from poststelle.core.catalogue.remedies import REMEDIES
from poststelle.core.catalogue.tasks import TASKS
from poststelle.core.facts import Head
from poststelle.core.policy import Language, Policy
from poststelle.core.verdict import Disposition, TaskKind, Verdict
from poststelle.faces.web.desk import words
from poststelle.records.casefile import CaseView, TaskView

_NAMING = frozenset({"feedback", "feedback-bebpo"})
"""Ready texts that go on with the files they speak of; towards encrypted mail no details are named."""
MAX_NAMED = 20


@dataclass(frozen=True, slots=True)
class TaskPanel:
    """One task as it is shown."""

    task: TaskView
    title: str
    hint: str
    """What is to do, where that is not an answer; why it is, where the gateway tried in vain."""
    ready_text: str
    mailto: str
    """A link that opens the clerk's mail program with the ready text; empty where no answer by mail is due."""
    due: str
    done_by: str


@dataclass(frozen=True, slots=True)
class Correspondence:
    """What a ready text needs to know of the message."""

    head: Head | None
    verdicts: tuple[Verdict, ...]
    policy: Policy
    channel: str


def task_panels(case: CaseView, about: Correspondence, names: dict[str, str]) -> tuple[TaskPanel, ...]:
    """The tasks, the open ones first."""
    return tuple(_panel(task, about, names) for task in case.tasks)


def _panel(task: TaskView, about: Correspondence, names: dict[str, str]) -> TaskPanel:
    is_answer = task.kind in words.ANSWERABLE and task.kind != "malware"
    wording = TASKS[task.text_key].de if task.text_key in TASKS else ""
    text = _ready(task, wording, about) if is_answer and wording else ""
    return TaskPanel(
        task=task,
        title=labels.TASKS.get(task.kind, task.kind),
        hint=_given_up(task) or ("" if text else wording),
        ready_text=text,
        mailto=_mailto(about.head, text) if text and about.channel == "email" else "",
        due=f"{task.due_on:%d.%m.%Y}" if task.due_on else "",
        done_by=names.get(task.done_by, ""),
    )


def _given_up(task: TaskView) -> str:
    """Why the gateway leaves it to a person."""
    if task.kind == TaskKind.DELIVERY.value:
        return f"Die Zustellung an {task.recipient} ist gescheitert."
    is_notice = task.kind == TaskKind.FEEDBACK.value and task.reason.startswith("given-up:")
    return "Die automatische Rückmeldung konnte dem Absender nicht zugestellt werden." if is_notice else ""


def _ready(task: TaskView, wording: str, about: Correspondence) -> str:
    parts = [wording]
    if task.text_key in _NAMING:
        named = _named(about.verdicts)
        parts += ["\n".join(named)] if named else []
    hints = dict.fromkeys(key for verdict in about.verdicts for key in verdict.hints if key in HINTS)
    parts += [HINTS[key].in_language(Language.DE) for key in hints if task.text_key != "feedback-decrypted"]
    parts.append(f"Mit freundlichen Grüßen\n{about.policy.contact.name.de if about.policy.contact else ''}".rstrip())
    return "\n\n".join(parts)


def _named(verdicts: tuple[Verdict, ...]) -> tuple[str, ...]:
    """One line for each file that cannot be processed, with what is wrong and what helps; nothing from ciphertext."""
    lines = (
        _line(entry.path, REASONS[entry.code].de, REMEDIES[entry.remedy].de if entry.remedy in REMEDIES else "")
        for verdict in verdicts
        for entry in verdict.objections
        if entry.disposition is not Disposition.ACCEPT and entry.path and not entry.decrypted and not entry.trimming
    )
    return tuple(dict.fromkeys(lines))[:MAX_NAMED]


def _line(path: tuple[str, ...], reason: str, remedy: str) -> str:
    return f"- {' › '.join(shown_name(step) for step in path)}: {reason} {remedy}".rstrip()


def _mailto(head: Head | None, text: str) -> str:
    addresses = (head.reply_to or head.from_addresses) if head else ()
    if len(addresses) != 1:
        return ""
    subject = head.subject if head else ""
    answer = subject if subject.casefold().startswith(("re:", "aw:")) else f"AW: {subject}"
    return f"mailto:{quote(addresses[0], safe='@')}?subject={quote(answer)}&body={quote(text)}"
