"""Random encoders of a few thousand weights, as folders like those of pretrained ones. Needs torch."""

import json
from pathlib import Path

from attrgen_assets_tests.labelled import BRANDS, COLORS, FORMS

SPECIAL = {"bert": ("[PAD]", "[UNK]", "[CLS]", "[SEP]"), "mpnet": ("<s>", "<pad>", "</s>", "[UNK]", "[PAD]", "<mask>")}
PLACES = {"bert": 512, "mpnet": 514}


def vocabulary(kind: str = "bert") -> list[str]:
    """Whole words of the made-up products, and every character."""
    words = " ".join((*BRANDS, *COLORS, *FORMS, *(name for names in FORMS.values() for name in names)))
    characters = [chr(code) for code in range(33, 127) if not chr(code).isupper()]
    whole = sorted(set(f"{words} pack of oz label brand size form".lower().split()) - set(characters))
    return [*SPECIAL[kind], *characters, *(f"##{character}" for character in characters), *whole]


def write_tiny_encoder(folder: Path, kind: str = "bert", layers: int = 1) -> Path:
    """Write config.json, vocab.txt and model.safetensors; the weights are the same every time."""
    import torch
    import transformers
    from safetensors.torch import save_file

    from attrgen_assets.adapters.encoder.architectures import ARCHITECTURES

    pieces = vocabulary(kind)
    config_class, model_class = (getattr(transformers, name) for name in ARCHITECTURES[kind].library)
    config = config_class(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=layers,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=PLACES[kind],
    )
    torch.manual_seed(1)
    model = model_class(config, add_pooling_layer=False)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config.to_dict()))
    (folder / "vocab.txt").write_text("\n".join(pieces) + "\n")
    save_file({name: tensor.contiguous() for name, tensor in model.state_dict().items()}, folder / "model.safetensors")
    return folder
