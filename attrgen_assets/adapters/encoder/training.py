"""Fine-tuning of encoders on labelled rows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, Final

from attrgen_assets.adapters.encoder.examples import Window, windows
from attrgen_assets.adapters.encoder.files import Pretrained
from attrgen_assets.adapters.encoder.network import SpanNetwork, make_batch, new_network
from attrgen_assets.adapters.encoder.opinion import EncoderOpinion, fast_arithmetic, use_one_thread
from attrgen_assets.adapters.encoder.pieces import WordPieces
from attrgen_assets.adapters.encoder.reading import reading_network
from attrgen_assets.domain.extraction.gazetteers import build_gazetteer
from attrgen_assets.domain.extraction.opinions import Opinion
from attrgen_assets.domain.extraction.tokens import tokenise
from attrgen_assets.domain.extraction.training import Row, mentions_of

if TYPE_CHECKING:
    from torch import Tensor

WARM_UP: Final = 0.1  # share of the steps in which the learning rate rises
LAYER_DECAY: Final = 0.9  # of the learning rate from one layer of the encoder to the one before it
OWN_DECAY: Final = 0.01
LEAST_EPOCHS: Final = 5  # passes, however long the texts are
SILENT: Final = 3  # attributes that a window does not state and that are learned from in one pass: most say the same


@dataclass(frozen=True, slots=True)
class _Example:
    window: Window
    asked: tuple[tuple[str, int], ...]
    labels: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderTrainer:
    """AdamW with warm-up and linear decay; word embeddings stay as they are.

    `rate` is the learning rate of the encoder's last layer, `head_rate` that of what is new.
    At most `epochs` passes are made, fewer where they would read more than `pieces` word pieces: long texts take long.
    """

    pretrained: Pretrained
    epochs: int = 16
    pieces: int = 600_000
    rows: int = 16
    rate: float = 3e-4
    head_rate: float = 1e-3
    report: Callable[[str], None] = lambda _: None

    def train(self, rows: Sequence[Row], *, attributes: Mapping[str, Sequence[str]], seed: int) -> EncoderOpinion:
        """One network; the seed decides its random start and the order of rows."""
        import torch

        torch.use_deterministic_algorithms(True)
        torch.utils.deterministic.fill_uninitialized_memory = False  # all that is read was written: 6 % of the time
        use_one_thread()  # several wait for each other: on busy cores, two took seven times as long
        pieces = WordPieces(self.pretrained.pieces)
        names = [(category, name) for category, found in attributes.items() for name in found]
        examples = list(self._examples(rows, pieces, {key: at for at, key in enumerate(names)}))
        network = self._start(names, pieces, seed=seed)
        self._fit(network, examples, pieces.pad, Random(seed))  # noqa: S311 - no secret is drawn
        return self._opinion(names, [reading_network(self.pretrained.config, network.tensors())], rows)

    def average(self, opinions: Sequence[Opinion], rows: Sequence[Row]) -> EncoderOpinion:
        """All networks together. Raises TypeError for an opinion that is not an encoder's."""
        networks: list[SpanNetwork] = []
        names: list[tuple[str, str]] = []
        for opinion in opinions:
            if not isinstance(opinion, EncoderOpinion):
                raise TypeError(f"{type(opinion).__name__} is no opinion of encoders")
            networks += opinion.networks
            names = opinion.names
        return self._opinion(names, networks, rows)

    def _opinion(
        self, names: list[tuple[str, str]], networks: list[SpanNetwork], rows: Sequence[Row]
    ) -> EncoderOpinion:
        return EncoderOpinion(
            config=self.pretrained.config,
            pieces=self.pretrained.pieces,
            names=names,
            networks=networks,
            gazetteer=build_gazetteer(mentions_of(rows), leave_out=False),
        )

    def _examples(
        self, rows: Sequence[Row], pieces: WordPieces, numbers: Mapping[tuple[str, str], int]
    ) -> Iterator[_Example]:
        gazetteer = build_gazetteer(mentions_of(rows), leave_out=True)
        for at, row in enumerate(rows):
            known = {name: found for name, found in row.spans.items() if found is not None}
            if not known:
                continue
            for window in windows(at, row.product, row.tokens, gazetteer, pieces, without=row.group):
                asked = tuple((name, numbers[row.product.category, name]) for name in known)
                labels = []
                for found in known.values():
                    line = [0] * len(row.tokens[window.field])
                    for span in found[window.field]:
                        line[span.first : span.last + 1] = [1] + [2] * (len(span) - 1)
                    here = line[window.offset : window.offset + len(window)]
                    if here[0] == 2:  # the window's edge cuts the value: its rest is no value
                        end = next((i for i, label in enumerate(here) if label != 2), len(here))
                        here[:end] = [0] * end
                    labels.append(tuple(here))
                yield _Example(window, asked, tuple(labels))

    def _start(self, names: Sequence[tuple[str, str]], pieces: WordPieces, *, seed: int) -> SpanNetwork:
        import torch
        from safetensors.torch import load

        torch.manual_seed(seed)
        network = new_network(self.pretrained.config, len(names))
        encoder, known = network.parts["encoder"], network.parts["names"].weight
        own = encoder.state_dict()
        found = {name.removeprefix("bert."): tensor for name, tensor in load(self.pretrained.weights).items()}
        encoder.load_state_dict({name: found.get(name, tensor) for name, tensor in own.items()})
        encoder.eval()
        with torch.no_grad():
            for at, (category, name) in enumerate(names):
                tokens = [number for part in pieces.of_tokens(tokenise(f"{category}: {name}")) for number in part]
                ids = torch.tensor([[pieces.start, *tokens, pieces.end]])
                known[at] = encoder(input_ids=ids).last_hidden_state[0].mean(0)
        encoder.embeddings.word_embeddings.weight.requires_grad_(False)
        return network

    def _fit(self, network: SpanNetwork, examples: Sequence[_Example], pad: int, random: Random) -> None:
        import torch

        pieces = sum(len(example.window.ids) for example in examples)
        epochs = min(self.epochs, max(LEAST_EPOCHS, self.pieces // max(pieces, 1)))
        steps = epochs * -(-len(examples) // self.rows)
        warm = max(1, round(WARM_UP * steps))
        optimizer = torch.optim.AdamW(self._groups(network.parts), weight_decay=OWN_DECAY, fused=True)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: min((step + 1) / warm, max(0.0, (steps - step) / (steps - warm + 1)))
        )
        network.parts.train()
        for epoch in range(epochs):
            total = 0.0
            for batch in _batches(examples, self.rows, random):
                loss = _loss(network, batch, pad, random)
                optimizer.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(network.parts.parameters(), 1.0)
                optimizer.step()
                schedule.step()
                total += float(loss.detach()) * len(batch)
            self.report(f"  epoch {epoch + 1} of {epochs}: loss {total / len(examples):.3f}")
        network.parts.eval()

    def _groups(self, parts: Any) -> list[dict[str, object]]:
        """Parameters with their learning rates, lower in lower layers (Howard and Ruder 2018, arXiv 1801.06146)."""
        layers = parts["encoder"].encoder.layer
        groups: list[dict[str, object]] = [
            {"params": list(layer.parameters()), "lr": self.rate * LAYER_DECAY ** (len(layers) - 1 - at)}
            for at, layer in enumerate(layers)
        ]
        low = [p for p in parts["encoder"].embeddings.parameters() if p.requires_grad]
        groups.append({"params": low, "lr": self.rate * LAYER_DECAY ** len(layers)})
        head = [p for name, p in parts.named_parameters() if not name.startswith("encoder.") and p.requires_grad]
        return [*groups, {"params": head, "lr": self.head_rate}]


def _batches(examples: Sequence[_Example], rows: int, random: Random) -> Iterator[list[_Example]]:
    """All examples in random order; those of like length are together, so that little is padded."""
    order = sorted(examples, key=lambda example: len(example.window.ids) + random.uniform(0, 8))
    groups = [order[at : at + rows] for at in range(0, len(order), rows)]
    random.shuffle(groups)
    yield from groups


def _loss(network: SpanNetwork, batch: Sequence[_Example], pad: int, random: Random) -> "Tensor":
    import torch

    drawn = [(at, place, weight) for at, example in enumerate(batch) for place, weight in _drawn(example, random)]
    asked = [(at, *batch[at].asked[place]) for at, place, _ in drawn]
    made = make_batch([example.window for example in batch], asked, pad)
    labels = torch.zeros(len(drawn), made.first.shape[1], dtype=torch.long)
    for row, (at, place, _) in enumerate(drawn):
        line = batch[at].labels[place]
        labels[row, : len(line)] = torch.tensor(line)
    with fast_arithmetic():
        scores = network.scores(made)
    weights = torch.tensor([weight for _, _, weight in drawn])
    return network.loss(scores, labels, made.lengths[made.window], weights)


def _drawn(example: _Example, random: Random) -> list[tuple[int, float]]:
    """Numbers of attributes with their weights: all that the window states, and some that stand for all others."""
    stated = [(at, 1.0) for at, line in enumerate(example.labels) if any(line)]
    silent = [at for at, line in enumerate(example.labels) if not any(line)]
    if len(silent) <= SILENT:
        return [*stated, *((at, 1.0) for at in silent)]
    return [*stated, *((at, len(silent) / SILENT) for at in sorted(random.sample(silent, SILENT)))]
