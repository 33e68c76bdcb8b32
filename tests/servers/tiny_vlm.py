"""Write a tiny vision-language model with random weights as GGUF, so that real servers can be exercised.

Needs numpy and gguf, downloads nothing, takes well under a second. Two files:
``tiny-vlm.gguf``, a two-layer llama-architecture language model (about 2.7 MB), and
``mmproj-tiny-vlm.gguf``, a two-layer SigLIP-style vision tower with a gemma3 projector (about 0.6 MB);
any picture is resized to 224x224 and becomes 49 tokens.

The weights are noise, with one thing wired by hand so that the noise is usable in a test: the first
``N_WIRE`` channels of the residual stream carry a constant and the word class of the last token, untouched by
the blocks, and the output matrix reads them. So free text comes out as "a quiet red lamp standing near old
bridge" and then stops, JSON held to a schema closes its strings, and *which* words are chosen depends on the
noise, hence on the picture and the prompt: the same picture gives the same greedy answer, another picture
another one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[Any]

CLASSES = [
    line.split()
    for line in (
        "a the one this another",
        "small large old new red green blue yellow black white brown grey orange purple pink bright dark "
        "soft sharp quiet busy empty round square long short warm cold simple plain detailed blurry wet dry "
        "wooden golden rusty shiny",
        "woman man girl boy child crowd dog cat bird horse fish tree flower car bus train boat bicycle plane "
        "table chair lamp book cup plate apple camera phone screen dress coat hat painting drawing portrait "
        "clock guitar bottle umbrella kite ladder bench",
        "sitting standing walking looking waiting smiling resting floating running leaning hanging shining "
        "turning falling glowing moving",
        "near under over behind beside above below inside outside against",
        "river lake sea beach forest hill mountain sky road bridge house wall door window roof garden field "
        "street market kitchen harbour station tower meadow desert island",
    )
]
CLOSE = len(CLASSES)
"""The word class that ends a text."""
FLOW: Mapping[int | None, Mapping[int, float]] = {
    None: {0: 7.0, 1: 6.0, 2: 4.0},  # after a quote, a newline or anything else
    0: {1: 7.0, 2: 5.0},
    1: {2: 7.0, 1: 3.0},
    2: {3: 6.5, CLOSE: 7.5, 4: 5.0},
    3: {4: 7.0, CLOSE: 6.0},
    4: {5: 8.0},
    5: {CLOSE: 12.0},
}
"""Class of the last token -> boost of the logits of the next one's class."""
N_WIRE = 2 + len(CLASSES)
"""Wired channels: a constant, "no class", and one a class."""
SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<start_of_image>", "<end_of_image>"]
CHAT_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n"
    "{% if m['content'] is string %}{{ m['content'] }}"
    "{% else %}{% for c in m['content'] %}"
    "{% if c['type'] == 'text' %}{{ c['text'] }}"
    "{% elif c['type'] in ('image', 'image_url') %}<start_of_image>"
    "{% endif %}{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@dataclass(frozen=True, slots=True)
class TinyVlm:
    """The two files."""

    model: Path
    mmproj: Path


def write_tiny_vlm(directory: Path, *, name: str = "tiny-vlm", seed: int = 7) -> TinyVlm:
    """Write both files; the same seed gives the same bytes."""
    files = TinyVlm(directory / f"{name}.gguf", directory / f"mmproj-{name}.gguf")
    width = _write_language_model(files.model, name, seed)
    _write_vision_tower(files.mmproj, name, seed + 1, width)
    return files


def _byte_alphabet() -> list[str]:
    """GPT-2's reversible table from bytes to printable characters, in byte order."""
    keep = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    table, extra = [], 0
    for byte in range(256):
        if byte in keep:
            table.append(chr(byte))
        else:
            table.append(chr(256 + extra))
            extra += 1
    return table


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    tokens: list[str]
    types: list[gguf.TokenType]
    merges: list[str]
    index: dict[str, int]
    classes: dict[int, int]


def _vocabulary() -> _Vocabulary:
    alphabet = _byte_alphabet()
    tokens = list(alphabet)
    index = {token: number for number, token in enumerate(tokens)}
    merges: list[str] = []
    classes: dict[int, int] = {}
    for number, words in enumerate(CLASSES):
        for word in words:
            for form in (word, alphabet[0x20] + word):
                left = form[0]
                for letter in form[1:]:
                    if left + letter not in index:
                        index[left + letter] = len(tokens)
                        tokens.append(left + letter)
                        merges.append(f"{left} {letter}")
                    left += letter
                classes.setdefault(index[left], number)
    types = [gguf.TokenType.NORMAL] * len(tokens)
    for special in SPECIALS:
        index[special] = len(tokens)
        tokens.append(special)
        types.append(gguf.TokenType.CONTROL)
    return _Vocabulary(tokens, types, merges, index, classes)


def _wiring(vocabulary: _Vocabulary) -> tuple[Floats, dict[int | None, Floats]]:
    """Per token the wired input channels, and the logits wanted after each class."""
    count = len(vocabulary.tokens)
    space = _byte_alphabet()[0x20]
    wires = np.zeros((count, N_WIRE))
    wires[:, 0] = 1.0
    base = np.full(count, -16.0)  # pieces of words, of UTF-8 sequences, control tokens
    base[0x21:0x7F] = -9.0
    for character in '{[:"},]':
        base[ord(character)] = -3.0
    for character in "0123456789":
        base[ord(character)] = -5.0
    base[ord("\\")] = -16.0
    logits = {after: base.copy() for after in FLOW}
    for token in range(count):
        own = vocabulary.classes.get(token)
        wires[token, 1 if own is None else 2 + own] = 1.0
        if own is None:
            continue
        for after, flow in FLOW.items():
            spaced = vocabulary.tokens[token].startswith(space)
            logits[after][token] = flow.get(own, -6.0) + (0.0 if spaced == (after is not None) else -5.0)
    for after, flow in FLOW.items():
        close = flow.get(CLOSE, -4.0)
        logits[after][vocabulary.index["<|im_end|>"]] = close
        logits[after][ord('"')] = close - 3.5 if after is not None else -3.0
    return wires, logits


def _write_language_model(path: Path, name: str, seed: int) -> int:
    """Write it and return the width of its embeddings."""
    width, heads, layers, inner = 128, 4, 2, 256
    rng = np.random.default_rng(seed)
    vocabulary = _vocabulary()
    count = len(vocabulary.tokens)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type(gguf.GGUFType.MODEL)
    writer.add_name(name)
    writer.add_description("random weights, for tests only")
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_size_label("1M")
    writer.add_context_length(8192)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(inner)
    writer.add_head_count(heads)
    writer.add_head_count_kv(heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(width // heads)
    writer.add_rope_freq_base(10000.0)
    writer.add_vocab_size(count)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(vocabulary.tokens)
    writer.add_token_types(vocabulary.types)
    writer.add_token_merges(vocabulary.merges)
    writer.add_bos_token_id(vocabulary.index["<|endoftext|>"])
    writer.add_eos_token_id(vocabulary.index["<|im_end|>"])
    writer.add_eot_token_id(vocabulary.index["<|im_end|>"])
    writer.add_pad_token_id(vocabulary.index["<|endoftext|>"])
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)

    wire = 8.0
    wires, logits = _wiring(vocabulary)
    embedding = (rng.standard_normal((count, width)) * 0.5).astype(np.float32)
    embedding[:, :N_WIRE] = wires * wire
    writer.add_tensor("token_embd.weight", embedding)
    hide = np.ones(width, np.float32)
    hide[:N_WIRE] = 0.0  # the blocks do not read the wires
    for layer in range(layers):
        prefix = f"blk.{layer}."
        writer.add_tensor(prefix + "attn_norm.weight", hide)
        writer.add_tensor(prefix + "attn_q.weight", _noise(rng, width, width, 1.2))
        writer.add_tensor(prefix + "attn_k.weight", _noise(rng, width, width, 1.2))
        writer.add_tensor(prefix + "attn_v.weight", _noise(rng, width, width, 3.0))
        for key, columns, gain in (("attn_output", width, 1.0), ("ffn_down", inner, 2.0)):
            tensor = _noise(rng, width, columns, gain)
            tensor[:N_WIRE] = 0.0  # ... nor write them
            writer.add_tensor(f"{prefix}{key}.weight", tensor)
        writer.add_tensor(prefix + "ffn_norm.weight", hide)
        writer.add_tensor(prefix + "ffn_gate.weight", _noise(rng, inner, width, 1.0))
        writer.add_tensor(prefix + "ffn_up.weight", _noise(rng, inner, width, 1.0))
    writer.add_tensor("output_norm.weight", np.ones(width, np.float32))
    # The final RMS norm divides by about this; the wires are large, so it is steady.
    rms = np.sqrt((2 * wire**2 + (width - N_WIRE) * 3.0) / width)
    gain = rms / wire
    output = rng.standard_normal((count, width)) * 0.16
    output[:, :N_WIRE] = 0.0
    output[:, 1] = logits[None] * gain
    for number in range(len(CLASSES)):
        output[:, 2 + number] = logits[number] * gain
    for special in ('"', "<|im_end|>"):  # these two follow the wiring alone
        output[vocabulary.index[special], N_WIRE:] = 0.0
    writer.add_tensor("output.weight", output.astype(np.float32))
    _finish(writer)
    return width


def _write_vision_tower(path: Path, name: str, seed: int, projected: int) -> None:
    width, heads, layers, inner, image, patch = 64, 4, 2, 128, 224, 16
    rng = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, "clip")
    writer.add_type(gguf.GGUFType.MMPROJ)
    writer.add_name(name)
    writer.add_description("random weights, for tests only")
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_bool("clip.has_vision_encoder", True)
    writer.add_string("clip.projector_type", "gemma3")
    writer.add_bool("clip.use_gelu", True)
    for key, number in (
        ("image_size", image),
        ("patch_size", patch),
        ("embedding_length", width),
        ("feed_forward_length", inner),
        ("block_count", layers),
        ("projection_dim", projected),
        ("attention.head_count", heads),
        ("projector.scale_factor", 2),
    ):
        writer.add_uint32(f"clip.vision.{key}", number)
    writer.add_float32("clip.vision.attention.layer_norm_epsilon", 1e-6)
    writer.add_array("clip.vision.image_mean", [0.5, 0.5, 0.5])
    writer.add_array("clip.vision.image_std", [0.5, 0.5, 0.5])

    def zeros(key: str, size: int) -> None:
        writer.add_tensor(key, np.zeros(size, np.float32))

    def norm(key: str) -> None:
        writer.add_tensor(key + ".weight", np.ones(width, np.float32))
        zeros(key + ".bias", width)

    filters = rng.standard_normal((width, 3, patch, patch)) * (6.0 / np.sqrt(3 * patch * patch))
    # Each filter gets a colour of its own, so that flat areas of other colours differ.
    filters += rng.standard_normal((width, 3, 1, 1)) * (1.5 / (patch * patch))
    writer.add_tensor("v.patch_embd.weight", filters.astype(np.float32))
    zeros("v.patch_embd.bias", width)
    positions = rng.standard_normal(((image // patch) ** 2, width)) * 0.3
    writer.add_tensor("v.position_embd.weight", positions.astype(np.float32))
    for layer in range(layers):
        prefix = f"v.blk.{layer}."
        norm(prefix + "ln1")
        norm(prefix + "ln2")
        for key in ("attn_q", "attn_k", "attn_v", "attn_out"):
            writer.add_tensor(f"{prefix}{key}.weight", _noise(rng, width, width, 1.0))
            zeros(f"{prefix}{key}.bias", width)
        writer.add_tensor(prefix + "ffn_up.weight", _noise(rng, inner, width, 1.0))
        zeros(prefix + "ffn_up.bias", inner)
        writer.add_tensor(prefix + "ffn_down.weight", _noise(rng, width, inner, 1.0))
        zeros(prefix + "ffn_down.bias", width)
    norm("v.post_ln")
    writer.add_tensor("mm.soft_emb_norm.weight", np.ones(width, np.float32))
    writer.add_tensor("mm.input_projection.weight", _noise(rng, width, projected, np.sqrt(projected / width)))
    _finish(writer)


def _noise(rng: np.random.Generator, rows: int, columns: int, gain: float) -> Floats:
    noise: Floats = rng.standard_normal((rows, columns)) * gain / np.sqrt(columns)
    return noise.astype(np.float32)


def _finish(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
