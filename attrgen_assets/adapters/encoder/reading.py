"""Fine-tuned encoders that only read: no part of transformers, which takes more than a second to import."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from attrgen_assets.adapters.encoder.architectures import architecture
from attrgen_assets.adapters.encoder.network import SpanNetwork, head_modules

if TYPE_CHECKING:
    from torch import Tensor

ENCODER: Final = "encoder."  # what names of the encoder's weights begin with
_HIDDEN: Final = -1e4  # score of pieces that only fill up


def bfloat16_is_fast() -> bool:
    """Whether the processor has instructions for it: then matrix products take a third of the time of float32."""
    import torch

    return bool(torch.cpu._is_avx512_bf16_supported())  # no public function says so


class Reader:
    """An encoder of BERT's kind (Devlin et al. 2018, arXiv 1810.04805): states (S, pieces, width) of padded pieces.

    Weights of matrix products are converted once, and those of queries, keys and values are one matrix. Activations
    between products stay in float32. Raises KeyError where weights are missing.
    """

    def __init__(self, config: Mapping[str, Any], weights: Mapping[str, "Tensor"]) -> None:
        import torch

        self.weights = dict(weights)
        self._heads, self._epsilon = int(config["num_attention_heads"]), float(config.get("layer_norm_eps", 1e-12))
        self._type = torch.bfloat16 if bfloat16_is_fast() else torch.float32
        self._words = weights["embeddings.word_embeddings.weight"]
        self._kind = architecture(config)
        self._places, bias = self._kind.places(weights), self._kind.bias(weights)
        self._bias = None if bias is None else bias.to(self._type)
        self._layers = [self._layer(f"encoder.layer.{at}.") for at in range(int(config["num_hidden_layers"]))]

    def _layer(self, name: str) -> dict[str, tuple["Tensor", "Tensor"]]:
        import torch

        places = {"out": self._kind.out, "wide": "intermediate.dense", "narrow": "output.dense"}
        products = {key: self._pair(name + place) for key, place in places.items()}
        weights, biases = zip(*(self._pair(name + place) for place in self._kind.asked), strict=True)
        products["asked"] = (torch.cat(weights), torch.cat(biases))
        return {key: (weight.to(self._type), bias.to(self._type)) for key, (weight, bias) in products.items()} | {
            "between": self._pair(name + self._kind.between),
            "after": self._pair(f"{name}output.LayerNorm"),
        }

    def _pair(self, name: str) -> tuple["Tensor", "Tensor"]:
        return self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]

    def __call__(self, ids: "Tensor", mask: "Tensor") -> "Tensor":
        """`ids` and `mask` are (S, pieces); `mask` is 0 where a text has ended."""
        from torch import softmax
        from torch.nn.functional import embedding, gelu, linear

        count, pieces = ids.shape
        state = embedding(ids, self._words) + self._places[:pieces]
        state = self._norm(state, self._pair("embeddings.LayerNorm"))
        seen = (1 - mask[:, None, None, :]).to(self._type) * _HIDDEN
        if self._bias is not None:
            seen = seen + self._bias[:, :, :pieces, :pieces]
        width = state.shape[-1]
        scale = (width // self._heads) ** -0.5
        for layer in self._layers:
            asked = linear(state.to(self._type), *layer["asked"]).view(count, pieces, 3, self._heads, -1)
            query, key, value = asked.permute(2, 0, 3, 1, 4)
            # For a few dozen pieces, fused attention with a mask took longer, up to a third.
            shares = softmax(query @ key.transpose(-1, -2) * scale + seen, dim=-1)
            found = linear((shares @ value).transpose(1, 2).reshape(count, pieces, width), *layer["out"])
            state = self._norm(found.float() + state, layer["between"])
            inner = gelu(linear(state.to(self._type), *layer["wide"]))
            state = self._norm(linear(inner, *layer["narrow"]).float() + state, layer["after"])
        return state

    def _norm(self, state: "Tensor", pair: tuple["Tensor", "Tensor"]) -> "Tensor":
        from torch.nn.functional import layer_norm

        return layer_norm(state, pair[0].shape, *pair, eps=self._epsilon)


def reading_network(config: Mapping[str, Any], tensors: Mapping[str, "Tensor"]) -> SpanNetwork:
    """A network for prediction from the tensors of `SpanNetwork.tensors`.

    Raises KeyError or RuntimeError where tensors are missing or have other shapes.
    """
    import torch

    attributes = len(tensors["names.weight"])
    with torch.device("meta"):  # random weights would be drawn for nothing
        parts = torch.nn.ModuleDict(head_modules(int(config["hidden_size"]), attributes))
    parts.load_state_dict({name: tensors[name] for name in parts.state_dict()}, assign=True)
    parts.eval()
    weights = {name.removeprefix(ENCODER): tensor for name, tensor in tensors.items() if name.startswith(ENCODER)}
    return SpanNetwork(parts, Reader(config, weights))
