"""Ask models about a record: the fields in doubt, and its title and description."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from pydantic import BaseModel, ConfigDict

from attrgen_assets.domain.parts.claims import Claim
from attrgen_assets.domain.parts.fields import PART_FIELDS
from attrgen_assets.domain.parts.record import PartRecord
from attrgen_assets.domain.tables import Status
from attrgen_assets.domain.verdicts.applied import with_verdicts
from attrgen_assets.domain.verdicts.asking import grounded, inquiry_about, read_answer
from attrgen_assets.domain.verdicts.consensus import Fused, decide
from attrgen_assets.domain.verdicts.content import (
    CONTENT_VERSION,
    asked_again,
    content_inquiry,
    faults_of,
    read_content,
)
from attrgen_assets.domain.verdicts.content_settled import as_reviewed, is_reviewed, template_of
from attrgen_assets.domain.verdicts.equality import sameness
from attrgen_assets.domain.verdicts.facts import facts_of
from attrgen_assets.domain.verdicts.model import (
    FieldVerdict,
    ModelCall,
    RecordContent,
    RecordVerdicts,
    RefusedText,
)
from attrgen_assets.domain.verdicts.ports import JudgeModel, Reply
from attrgen_assets.domain.verdicts.questions import FieldQuestion, questions_about

_CONTENT_ATTEMPTS = 2  # of one model: the second one knows why the first was refused


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgePorts:
    """What judging needs from outside.

    panel: the models, most trusted first, with a budget of their own for one record; at most two.
    skipped: why models that could be asked are not. note: what limits the budget now, empty for nothing.
    deadline_s: of all questions about one record together. clock: seconds that only grow.
    """

    panel: Callable[[], Sequence[JudgeModel]] = tuple
    skipped: tuple[str, ...] = ()
    note: Callable[[], str] = str
    deadline_s: float = 30.0
    clock: Callable[[], float] = perf_counter


class Judged(BaseModel):
    """A record with what was decided, everything about how, and its content."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    record: PartRecord
    verdicts: RecordVerdicts
    content: RecordContent


async def judge(record: PartRecord, claims: Sequence[Claim], *, ports: JudgePorts) -> Judged:
    """The record with the consensus of fusion and models, and its title and description.

    A model that fails is part of the answer: the other one is used, and `verdicts` says so. Without any model the
    record comes back as it is, with content from a template. What a person reviewed is neither asked nor changed.
    """
    models = ports.panel()
    if not models:
        reason = "; ".join(ports.skipped) or "there is no model to ask"
        verdicts = RecordVerdicts(status="skipped", reason=reason)
        return Judged(record=record, verdicts=verdicts, content=template_of(record))
    sitting = _Sitting(models, ports)
    questions = await asyncio.to_thread(questions_about, record, claims)
    if questions:
        replies = await sitting.ask_fields(record, questions)
        decided = await asyncio.to_thread(_decided, record, questions, replies)
        record = with_verdicts(record, decided, questions)
    else:
        decided = ()
    content = await sitting.write(record)
    return Judged(record=record, verdicts=sitting.verdicts(decided), content=content)


@dataclass
class _Sitting:
    """The models and what is left of the time for one record."""

    models: Sequence[JudgeModel]
    ports: JudgePorts
    calls: list[ModelCall] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._until = self.ports.clock() + self.ports.deadline_s

    @property
    def left_s(self) -> float:
        return self._until - self.ports.clock()

    async def ask_fields(self, record: PartRecord, questions: Sequence[FieldQuestion]) -> dict[str, dict[str, Reply]]:
        """The replies by why and model; all models and both kinds of questions at the same time."""
        inquiries = {why: inquiry_about(record, questions, why) for why in ("conflict", "missing")}
        asked = [(why, one, model) for why, one in inquiries.items() if one is not None for model in self.models]
        replies = await asyncio.gather(*(model.ask(one, within_s=self.left_s) for _, one, model in asked))
        found: dict[str, dict[str, Reply]] = {}
        for (why, _, model), reply in zip(asked, replies, strict=True):
            found.setdefault(why, {})[model.name] = reply
            self.calls.append(reply.call)
        return found

    async def write(self, record: PartRecord) -> RecordContent:
        """Title and description by the first model whose text holds; by the template where none does."""
        if is_reviewed(record, "part_title") and is_reviewed(record, "long_description"):
            return as_reviewed(record, template_of(record))
        facts = await asyncio.to_thread(facts_of, record)
        refused: list[RefusedText] = []
        for model in self._able_first():
            inquiry = content_inquiry(facts)
            for _ in range(_CONTENT_ATTEMPTS):
                reply = await model.ask(inquiry, within_s=self.left_s)
                self.calls.append(reply.call)
                texts = read_content(reply.value) if reply.call.status == "answered" else None
                if texts is None:
                    break
                reasons = faults_of(*texts, facts)
                if not reasons:
                    written = RecordContent(
                        title=texts[0], description=texts[1], method="model", by=model.name,
                        prompt_version=CONTENT_VERSION, refused=tuple(refused),
                    )  # fmt: skip
                    return as_reviewed(record, written)
                title, description = texts
                refused.append(RefusedText(name=model.name, title=title, description=description, reasons=reasons))
                inquiry = asked_again(inquiry, title, description, reasons)
        return as_reviewed(record, template_of(record, tuple(refused)))

    def _able_first(self) -> list[JudgeModel]:
        """The models in their order, those that have just failed last."""
        failed = {call.name for call in self.calls if call.status in ("refused", "unavailable", "budget")}
        return sorted(self.models, key=lambda model: model.name in failed)

    def verdicts(self, decided: Sequence[FieldVerdict]) -> RecordVerdicts:
        """What is on record of it all."""
        failed = [call for call in self.calls if call.status != "answered"]
        reasons = [f"{call.name} ({call.purpose}): {call.error}" for call in failed]
        answered = len(failed) < len(self.calls)
        status: Any = "skipped" if self.calls and not answered else "partial" if failed else "done"
        notes = [note for note in (*self.ports.skipped, *reasons, self.ports.note()) if note]
        return RecordVerdicts(
            status=status, reason="; ".join(notes), models=tuple(self.calls), fields=tuple(decided)
        )  # fmt: skip


def _decided(
    record: PartRecord, questions: Sequence[FieldQuestion], replies: dict[str, dict[str, Reply]]
) -> tuple[FieldVerdict, ...]:
    read = [
        (question, [read_answer(reply.value, question, name) for name, reply in replies[question.why].items()])
        for question in questions
    ]
    values = [(one.field.name, answer.value) for one, answers in read for answer in answers if answer.value is not None]
    values += [(one.field.name, candidate.value) for one in questions for candidate in one.candidates]
    held = {one.field.name: record.fields[one.field.name] for one in questions}
    values += [(name, value.value) for name, value in held.items() if value.status is Status.FOUND]
    known = sameness(values, PART_FIELDS)
    found = []
    for question, answers in read:
        name = question.field.name
        fused = Fused(field=name, value=held[name].value, confidence=held[name].confidence or 0.0)
        checked = [grounded(answer, question, known) for answer in answers]
        found.append(decide(fused, checked, why=question.why, known=known))
    return tuple(found)
