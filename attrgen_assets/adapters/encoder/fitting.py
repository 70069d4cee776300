"""How the weights of one network are found."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, Final

from attrgen_assets.adapters.encoder.files import Pretrained
from attrgen_assets.adapters.encoder.labels import Example, examples
from attrgen_assets.adapters.encoder.memory import give_back
from attrgen_assets.adapters.encoder.network import Batch, SpanNetwork, make_batch, new_network
from attrgen_assets.adapters.encoder.opinion import fast_arithmetic, use_one_thread
from attrgen_assets.adapters.encoder.pieces import WordPieces
from attrgen_assets.domain.extraction.opinions import Lesson
from attrgen_assets.domain.extraction.tokens import tokenise
from attrgen_assets.errors import ModelError

if TYPE_CHECKING:
    from torch import Tensor

START: Final = 17  # seed of what is new in all networks
WARM_UP: Final = 0.1  # share of the steps in which the learning rate rises
LAYER_DECAY: Final = 0.9  # of the learning rate from one layer of the encoder to the one before it
OWN_DECAY: Final = 0.01
LEAST_EPOCHS: Final = 5  # passes, however long the texts are
AVERAGED: Final = 1 / 8  # of the steps: about so many of the last ones make the average of weights
AVERAGED_FROM: Final = 1 / 3  # of the steps
TIDIED: Final = 10  # steps after which memory is given back: each batch has sizes of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """AdamW with warm-up and linear decay; word embeddings stay as they are.

    `rate` is the learning rate of the encoder's last layer, `head_rate` that of what is new.
    At most `epochs` passes are made, fewer where they would read more than `pieces` word pieces: long texts take long.
    A step learns from `rows` windows. `hidden` is the share of word pieces that a pass does not show.
    """

    epochs: int = 10
    pieces: int = 1_400_000
    rows: int = 8
    rate: float = 2e-4
    head_rate: float = 1e-3
    hidden: float = 0.15

    def passes(self, found: Sequence[Example]) -> int:
        """How many are made."""
        pieces = sum(len(example.window.ids) for example in found)
        return min(self.epochs, max(LEAST_EPOCHS, self.pieces // max(pieces, 1)))


@dataclass(frozen=True, slots=True)
class _Question:
    """A batch, the labels of its tokens (P, tokens), and how much each of its lines of labels counts (P)."""

    batch: Batch
    labels: "Tensor"
    weights: "Tensor"


def fine_tuned(
    pretrained: Pretrained, lesson: Lesson, fitting: Fitting, report: Callable[[str], None]
) -> dict[str, "Tensor"]:
    """Weights by name; the lesson's seed decides the order of rows, what is hidden, and what drops out.

    Encoders of the same attributes start from the same weights, so that those of several seeds can be averaged. Where
    no row lists an attribute - a part of very little data - they are those of the start.
    """
    import torch

    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # all that is read was written: 6 % of the time
    use_one_thread()  # several wait for each other: on busy cores, two took seven times as long
    pieces = WordPieces(pretrained.pieces)
    names = attribute_names(lesson)
    found = list(examples(lesson.rows, pieces, {key: at for at, key in enumerate(names)}))
    network = _start(pretrained, names, pieces)
    torch.manual_seed(lesson.seed)
    if found:
        _Fit(network, fitting, pieces, Random(lesson.seed)).run(found, report)  # noqa: S311 - no secret is drawn
    return network.tensors()


def attribute_names(lesson: Lesson) -> list[tuple[str, str]]:
    """Categories and attributes in the order of their numbers."""
    return [(category, name) for category, found in lesson.attributes.items() for name in found]


def _start(pretrained: Pretrained, names: Sequence[tuple[str, str]], pieces: WordPieces) -> SpanNetwork:
    import torch
    from safetensors.torch import load

    torch.manual_seed(START)
    network = new_network(pretrained.config, len(names))
    encoder, known = network.parts["encoder"], network.parts["names"].weight
    found = load(pretrained.weights)
    if missing := sorted(set(encoder.state_dict()) - set(found)):
        raise ModelError(f"{pretrained.name}: has no weights {missing[0]}")
    encoder.load_state_dict({name: found[name] for name in encoder.state_dict()})
    encoder.eval()
    with torch.no_grad():
        for at, (category, name) in enumerate(names):
            tokens = [number for part in pieces.of_tokens(tokenise(f"{category}: {name}")) for number in part]
            ids = torch.tensor([[pieces.start, *tokens, pieces.end]])
            known[at] = encoder(input_ids=ids).last_hidden_state[0].mean(0)
    encoder.embeddings.word_embeddings.weight.requires_grad_(False)
    return network


class _Fit:
    """The course of one fit."""

    def __init__(self, network: SpanNetwork, fitting: Fitting, pieces: WordPieces, random: Random) -> None:
        import torch

        self._network, self._fitting, self._pieces, self._random = network, fitting, pieces, random
        self._hide = torch.Generator().manual_seed(random.getrandbits(32))
        self._learned = [weight for weight in network.parts.parameters() if weight.requires_grad]

    def run(self, found: Sequence[Example], report: Callable[[str], None]) -> None:
        """All passes; afterwards the weights are a moving average of the last steps'."""
        import torch
        from torch.optim.swa_utils import get_ema_multi_avg_fn

        epochs, rows = self._fitting.passes(found), self._fitting.rows
        steps = epochs * -(-len(found) // rows)
        warm = max(1, round(WARM_UP * steps))
        optimizer = torch.optim.AdamW(self._groups(), weight_decay=OWN_DECAY, fused=True)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: min((step + 1) / warm, max(0.0, (steps - step) / (steps - warm + 1)))
        )
        average: list[Tensor] = []
        add = get_ema_multi_avg_fn(max(0.0, 1 - 1 / (AVERAGED * steps)))
        self._network.parts.train()
        step = 0
        for epoch in range(epochs):
            total = 0.0
            for batch in _batches(found, rows, self._random):
                optimizer.zero_grad()
                total += self._learn(batch) * len(batch)
                torch.nn.utils.clip_grad_norm_(self._learned, 1.0)
                optimizer.step()
                schedule.step()
                step += 1
                if step % TIDIED == 0:
                    give_back()
                if average:
                    add(average, self._learned, step)
                elif step >= AVERAGED_FROM * steps:
                    average = [weight.detach().clone() for weight in self._learned]
            report(f"pass {epoch + 1} of {epochs}: loss {total / len(found):.3f}")
        with torch.no_grad():
            for weight, mean in zip(self._learned, average, strict=True):
                weight.copy_(mean)
        self._network.parts.eval()

    def _groups(self) -> list[dict[str, object]]:
        """Parameters with their learning rates, lower in lower layers (Howard and Ruder 2018, arXiv 1801.06146)."""
        parts: Any = self._network.parts
        fitting, layers = self._fitting, parts["encoder"].encoder.layer
        groups: list[dict[str, object]] = [
            {"params": list(layer.parameters()), "lr": fitting.rate * LAYER_DECAY ** (len(layers) - 1 - at)}
            for at, layer in enumerate(layers)
        ]
        low = [p for name, p in parts["encoder"].named_parameters() if ".layer." not in name and p.requires_grad]
        groups.append({"params": low, "lr": fitting.rate * LAYER_DECAY ** len(layers)})
        head = [p for name, p in parts.named_parameters() if not name.startswith("encoder.") and p.requires_grad]
        return [*groups, {"params": head, "lr": fitting.head_rate}]

    def _learn(self, batch: Sequence[Example]) -> float:
        """Gradients of a batch, and its loss."""
        loss = self._loss(self._question(batch))
        loss.backward()
        return float(loss.detach())

    def _loss(self, question: _Question) -> "Tensor":
        batch = question.batch
        with fast_arithmetic():
            scores = self._network.scores(batch)
        return self._network.loss(scores, question.labels, batch.lengths[batch.window], question.weights)

    def _question(self, batch: Sequence[Example]) -> _Question:
        import torch

        drawn = [
            (at, place, weight) for at, example in enumerate(batch) for place, weight in example.drawn(self._random)
        ]
        asked = [(at, *batch[at].asked[place]) for at, place, _ in drawn]
        made = make_batch([example.window for example in batch], asked, self._pieces.pad)
        pieces = self._pieces
        hidden = torch.rand(made.ids.shape, generator=self._hide) < self._fitting.hidden
        for mark in (pieces.pad, pieces.start, pieces.end):
            hidden &= made.ids != mark
        made.ids[hidden] = pieces.hidden
        labels = torch.zeros(len(drawn), made.first.shape[1], dtype=torch.long)
        for row, (at, place, _) in enumerate(drawn):
            line = batch[at].labels[place]
            labels[row, : len(line)] = torch.tensor(line)
        return _Question(made, labels, torch.tensor([weight for _, _, weight in drawn]))


def _batches(found: Sequence[Example], rows: int, random: Random) -> Iterator[list[Example]]:
    """All examples in random order; those of like length are together, so that little is padded."""
    order = sorted(found, key=lambda example: len(example.window.ids) + random.uniform(0, 8))
    groups = [order[at : at + rows] for at in range(0, len(order), rows)]
    random.shuffle(groups)
    yield from groups
