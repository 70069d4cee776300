"""Fine-tuning of encoders on labelled rows, several at a time."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from attrgen_assets.adapters.encoder.files import Pretrained
from attrgen_assets.adapters.encoder.fitting import Fitting, attribute_names, fine_tuned
from attrgen_assets.adapters.encoder.opinion import EncoderOpinion
from attrgen_assets.adapters.encoder.reading import reading_network
from attrgen_assets.adapters.processes import physical_memory, process_pool
from attrgen_assets.domain.extraction.opinions import Lesson, Opinion
from attrgen_assets.domain.extraction.training import Row, mentions_of
from attrgen_assets.errors import ModelError

if TYPE_CHECKING:
    from torch import Tensor

MEMORY: Final = 4 * 1024**3  # bytes for an encoder in training: 3.5 GB were seen with MPNet and descriptions


def encoders_at_once(cores: int, memory: int | None) -> int:
    """As many as there are cores, or as fit into so many bytes of memory; one at least.

    >>> encoders_at_once(8, 16 * 1024**3), encoders_at_once(2, None), encoders_at_once(4, 1024**3)
    (4, 2, 1)
    """
    return cores if memory is None else max(1, min(cores, memory // MEMORY))


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderTrainer:
    """Encoders from a pretrained one, each fitted by a process of its own with one thread.

    Two threads of one process wait for each other most of the time. `workers` is how many processes there are at once
    (default: see `encoders_at_once`).
    """

    pretrained: Pretrained
    fitting: Fitting = field(default_factory=Fitting)
    workers: int | None = None
    report: Callable[[str], None] = lambda _: None

    def train(self, lessons: Sequence[Lesson]) -> list[EncoderOpinion]:
        """One network for each lesson. Raises ModelError where a process died."""
        usual = encoders_at_once(os.cpu_count() or 1, physical_memory())
        workers = min(self.workers or usual, len(lessons))
        weights = self._alone(lessons) if workers < 2 else self._together(lessons, workers)
        return [
            self._opinion(attribute_names(lesson), _loaded(found), lesson.rows)
            for lesson, found in zip(lessons, weights, strict=True)
        ]

    def average(self, opinions: Sequence[Opinion], rows: Sequence[Row]) -> EncoderOpinion:
        """One network with the mean of all weights: as good as several together, in the time of one.

        It works because all start from the same weights (Wortsman et al. 2022, arXiv 2203.05482). Raises TypeError for
        an opinion that is not an encoder's, and ValueError where there is none.
        """
        import torch

        found = [opinion for opinion in opinions if isinstance(opinion, EncoderOpinion)]
        if len(found) < len(opinions):
            raise TypeError("only opinions of encoders can be averaged")
        if not found:
            raise ValueError("there is nothing to average")
        weights = [opinion.network.tensors() for opinion in found]
        mean = {name: torch.stack([each[name] for each in weights]).mean(0) for name in weights[0]}
        return self._opinion(found[0].names, mean, rows)

    def _opinion(
        self, names: list[tuple[str, str]], weights: "dict[str, Tensor]", rows: Sequence[Row]
    ) -> EncoderOpinion:
        return EncoderOpinion(
            config=self.pretrained.config,
            pieces=self.pretrained.pieces,
            names=names,
            network=reading_network(self.pretrained.config, weights),
            mentions=mentions_of(rows),
        )

    def _alone(self, lessons: Sequence[Lesson]) -> list[bytes]:
        found = []
        for at, lesson in enumerate(lessons):
            self.report(f"encoder {at + 1} of {len(lessons)}")
            found.append(_fitted(self.pretrained, lesson, self.fitting, report=self.report))
        return found

    def _together(self, lessons: Sequence[Lesson], workers: int) -> list[bytes]:
        self.report(f"{len(lessons)} encoders, {workers} at a time")
        with process_pool(workers) as pool:
            waiting = [pool.submit(_fitted, self.pretrained, lesson, self.fitting) for lesson in lessons]
            try:
                for done, future in enumerate(as_completed(waiting), start=1):
                    future.result()  # whatever went wrong ends the training
                    self.report(f"encoder {done} of {len(lessons)} is trained")
                return [future.result() for future in waiting]
            except BrokenProcessPool as error:
                message = (
                    "a process that trained an encoder died, most likely for want of memory: "
                    "each takes 2 to 4 GB; fewer at a time (--workers 1) take less"
                )
                raise ModelError(message) from error
            finally:
                pool.shutdown(cancel_futures=True)  # else Ctrl-C would wait for all that are left


def _fitted(
    pretrained: Pretrained, lesson: Lesson, fitting: Fitting, report: Callable[[str], None] = lambda _: None
) -> bytes:
    """Weights as safetensors: tensors themselves would go through shared memory, of which there may be little."""
    from safetensors.torch import save

    found = fine_tuned(pretrained, lesson, fitting, report)
    kept: bytes = save({name: tensor.contiguous() for name, tensor in found.items()})
    return kept


def _loaded(weights: bytes) -> dict[str, "Tensor"]:
    from safetensors.torch import load

    found: dict[str, Tensor] = load(weights)
    return found
