"""The network: a text encoder, and one head that labels tokens for whichever attribute it is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from attrgen_assets.adapters.encoder.architectures import architecture
from attrgen_assets.adapters.encoder.examples import MARKS, SHAPES, Window

if TYPE_CHECKING:
    from torch import Tensor, nn

    from attrgen_assets.adapters.encoder.reading import Reader

WIDTH: Final = 256
SHAPE_WIDTH: Final = 48
LABELS: Final = 3  # outside, begin, inside
IMPOSSIBLE: Final = -1e4
DROPOUT: Final = 0.15
_NO_SETTINGS: Final = ("architectures", "model_type")


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Windows (S), and what is asked of them: pairs (P) of a window and an attribute."""

    ids: "Tensor"
    mask: "Tensor"
    first: "Tensor"
    last: "Tensor"
    shapes: "Tensor"
    lengths: "Tensor"
    window: "Tensor"
    attribute: "Tensor"
    marks: "Tensor"


def make_batch(found: Sequence[Window], asked: Sequence[tuple[int, str, int]], pad: int) -> Batch:
    """Pad windows; `asked` holds the window's place in `found`, the attribute's name, and its number."""
    import torch

    longest, width = max(len(window) for window in found), max(len(window.ids) for window in found)
    ids = np.full((len(found), width), pad, dtype=np.int64)
    mask = np.zeros((len(found), width), dtype=np.int64)
    first, last = (np.zeros((len(found), longest), dtype=np.int64) for _ in range(2))
    shapes = np.zeros((len(found), longest, 6), dtype=np.int64)
    for at, window in enumerate(found):
        ids[at, : len(window.ids)], mask[at, : len(window.ids)] = window.ids, 1
        first[at, : len(window)], last[at, : len(window)] = window.first, window.last
        shapes[at, : len(window)] = window.shapes
    marks = np.zeros((len(asked), longest, 2 * MARKS), dtype=np.float32)
    for at, (number, name, _) in enumerate(asked):
        for attribute, stated in found[number].marks.items():
            half = slice(0, MARKS) if attribute == name else slice(MARKS, None)
            marks[at, : len(stated), half] = np.maximum(marks[at, : len(stated), half], stated)
    numbers = torch.tensor([[number, attribute] for number, _, attribute in asked])
    lengths = torch.tensor([len(window) for window in found])
    return Batch(
        ids=torch.from_numpy(ids),
        mask=torch.from_numpy(mask),
        first=torch.from_numpy(first),
        last=torch.from_numpy(last),
        shapes=torch.from_numpy(shapes),
        lengths=lengths,
        window=numbers[:, 0],
        attribute=numbers[:, 1],
        marks=torch.from_numpy(marks),
    )


@dataclass(frozen=True, slots=True)
class SpanNetwork:
    """Scores (P, tokens, 3) of the labels for each pair of a window and an attribute.

    An attribute is known by what the pretrained encoder makes of its name (`names`: (attributes, encoder width), not
    trained), so that attributes with like names share what is learned, and by a vector of its own. In training the
    encoder is one of the `parts`; afterwards it is the `reader`.
    """

    parts: "nn.ModuleDict"
    reader: "Reader | None" = None

    def tensors(self) -> dict[str, "Tensor"]:
        """All weights by name."""
        read = {} if self.reader is None else {f"encoder.{name}": own for name, own in self.reader.weights.items()}
        return {**read, **self.parts.state_dict()}

    def states(self, batch: Batch) -> "Tensor":
        """What the encoder makes of all pieces."""
        if self.reader is not None:
            return self.reader(batch.ids, batch.mask)
        found: Tensor = self.parts["encoder"](input_ids=batch.ids, attention_mask=batch.mask).last_hidden_state
        return found

    def scores(self, batch: Batch) -> "Tensor":
        """Scores of labels."""
        import torch
        from torch.nn.functional import gelu

        parts = self.parts
        states = self.states(batch)
        rows = torch.arange(len(states))[:, None]
        tokens = (states[rows, batch.first] + states[rows, batch.last]) / 2
        count, length, kinds = batch.shapes.shape
        shapes = parts["shape"](batch.shapes.reshape(-1, kinds)).reshape(count, length, -1)
        token = parts["of_token"](parts["dropout"](torch.cat([tokens.float(), shapes.float()], dim=-1)))
        name = parts["of_name"](parts["names"](batch.attribute)) + parts["own"](batch.attribute)
        asked = token[batch.window]
        both = asked + name[:, None] + parts["of_both"](asked * torch.tanh(name)[:, None])
        found: Tensor = parts["label"](parts["dropout"](gelu(both + parts["of_marks"](batch.marks)))).float()
        return found

    def transitions(self) -> "Tensor":
        """Scores of a label after another; `inside` never follows `outside`."""
        import torch

        forbidden = torch.zeros(LABELS, LABELS)
        forbidden[0, 2] = IMPOSSIBLE
        found: Tensor = self.parts["steps"].weight + forbidden
        return found

    def loss(self, scores: "Tensor", labels: "Tensor", lengths: "Tensor", weights: "Tensor") -> "Tensor":
        """Mean negative log-likelihood of label sequences (P, tokens) under a linear chain, by `weights` (P)."""
        import torch

        steps = self.transitions()
        inside = torch.arange(scores.shape[1])[None, :] < lengths[:, None]
        chosen = scores.gather(2, labels[..., None])[..., 0] * inside
        moves = steps[labels[:, :-1], labels[:, 1:]] * inside[:, 1:]
        gold = chosen.sum(1) + moves.sum(1) + IMPOSSIBLE * (labels[:, 0] == 2)
        total = scores[:, 0] + torch.tensor([0.0, 0.0, IMPOSSIBLE])
        for at in range(1, scores.shape[1]):
            after = torch.logsumexp(total[:, :, None] + steps, dim=1) + scores[:, at]
            total = torch.where(inside[:, at, None], after, total)
        return ((torch.logsumexp(total, dim=1) - gold) * weights).sum() / weights.sum()


def new_network(config: Mapping[str, Any], attributes: int) -> SpanNetwork:
    """A network to be trained, with random weights by torch's own generator."""
    import transformers
    from torch import nn

    settings_class, model_class = (getattr(transformers, name) for name in architecture(config).library)
    settings = settings_class(**{name: value for name, value in config.items() if name not in _NO_SETTINGS})
    encoder = model_class(settings, add_pooling_layer=False)
    return SpanNetwork(nn.ModuleDict({"encoder": encoder, **head_modules(settings.hidden_size, attributes)}))


def head_modules(hidden: int, attributes: int) -> "dict[str, nn.Module]":
    """All but the encoder, whose states are `hidden` wide."""
    import torch
    from torch import nn

    own = {"shape": nn.EmbeddingBag(SHAPES, SHAPE_WIDTH, mode="sum"), "own": nn.Embedding(attributes, WIDTH)}
    nn.init.normal_(own["own"].weight, std=0.02)
    return {
        **own,
        "of_name": nn.Linear(hidden, WIDTH),
        "of_token": nn.Linear(hidden + SHAPE_WIDTH, WIDTH),
        "of_both": nn.Linear(WIDTH, WIDTH),
        "of_marks": nn.Linear(2 * MARKS, WIDTH),
        "label": nn.Linear(WIDTH, LABELS),
        "dropout": nn.Dropout(DROPOUT),
        "steps": nn.Embedding.from_pretrained(torch.zeros(LABELS, LABELS), freeze=False),
        "names": nn.Embedding.from_pretrained(torch.zeros(attributes, hidden), freeze=True),
    }
