"""Attention and transformers: tests/resources/nn/attention.txt.

PyTorch 1.13 has no is_causal and no bias=False of transformers: such rows say here what is equal to them. It draws the
dropout of tensors that are not contiguous, as batch_first makes them, in another order than 2.10: such rows have none.
"""

import functools
import math
from unittest import mock

import torch
from golden import Golden, training
from torch import nn

golden = Golden("attention")

# ---- scaled_dot_product_attention


def attention(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, enable_gqa=False):
    """softmax(query @ key.T * scale + mask) @ value, as the documentation of 2.x has it."""
    if enable_gqa:
        key = key.repeat_interleave(query.size(-3) // key.size(-3), -3)
        value = value.repeat_interleave(query.size(-3) // value.size(-3), -3)
    scores = query @ key.transpose(-2, -1) * (1 / math.sqrt(query.size(-1)) if scale is None else scale)
    if is_causal:
        attn_mask = torch.ones(query.size(-2), key.size(-2), dtype=torch.bool).tril()
    if attn_mask is not None:
        scores = scores.masked_fill(~attn_mask, -math.inf) if attn_mask.dtype == torch.bool else scores + attn_mask
    return torch.dropout(torch.softmax(scores, -1), dropout_p, True) @ value


HEADS = "a = torch.randn(2, 2, 3, 4); b = torch.randn(2, 2, 5, 4); c = torch.randn(2, 2, 5, 4)"
SAME = "a = torch.randn(2, 4, 3); b = torch.randn(2, 4, 3); c = torch.randn(2, 4, 3)"
SHARED = "a = torch.randn(1, 4, 3, 4); b = torch.randn(1, 2, 3, 4); c = torch.randn(1, 2, 3, 4)"
BOOL = "n = torch.ones(3, 5, dtype=torch.bool).tril(1)"
FLOAT = "n = torch.randn(2, 1, 3, 5)"
for variables, options in [
    (HEADS, ""),
    (SAME, ""),
    (HEADS + "; " + BOOL, ", attn_mask=n"),
    (HEADS + "; " + FLOAT, ", attn_mask=n"),
    (HEADS, ", dropout_p=0.4"),
    (HEADS + "; " + BOOL, ", attn_mask=n, dropout_p=0.3"),
    (SAME, ", is_causal=True"),
    (SAME, ", is_causal=True, dropout_p=0.5"),
    (HEADS, ", is_causal=True"),
    (HEADS, ", scale=0.25"),
    (SHARED, ", enable_gqa=True"),
    (SHARED, ", is_causal=True, scale=1.5, enable_gqa=True"),
]:
    row = variables + "; F.scaled_dot_product_attention(a, b, c%s)" % options
    golden.row(row, python=row.replace("F.scaled_dot_product_attention", "attention"), env={"attention": attention})

# ---- MultiheadAttention: every option, batched and not, with each kind of mask

SELF = "a = torch.randn(3, 2, 4)"
CROSS = "a = torch.randn(3, 2, 4); b = torch.randn(5, 2, 4); c = torch.randn(5, 2, 4)"


def mha(options, variables, call, python=None, mode="", **more):
    start = "m = nn.MultiheadAttention(4, 2%s)%s; %s; " % (options, mode, variables)
    golden.row(start + "m(%s)" % call, python=python and start + "m(%s)" % python, **more)


for options in [
    "",
    ", dropout=0.3",
    ", bias=False",
    ", add_bias_kv=True",
    ", add_zero_attn=True",
    ", add_bias_kv=True, add_zero_attn=True, bias=False",
]:
    for call in ["a, a, a", "a, a, a, need_weights=False"]:
        mha(options, SELF, call)
        mha(options, SELF, call, mode=".eval()")
    mha(options, CROSS, "a, b, c")
    mha(options, CROSS, "a, b, b, need_weights=False")
    mha(options, "a = torch.randn(3, 4); b = torch.randn(5, 4)", "a, b, b")
mha(", batch_first=True", "a = torch.randn(2, 3, 4)", "a, a, a")
mha(", batch_first=True", "a = torch.randn(2, 3, 4); b = torch.randn(2, 5, 4)", "a, b, b, need_weights=False")
mha(", batch_first=True", "a = torch.randn(3, 4)", "a, a, a")
mha(", batch_first=True", "a = torch.randn(2, 3, 4)", "a, a, a", mode=".eval()")
mha(", kdim=3, vdim=5", "a = torch.randn(3, 2, 4); b = torch.randn(4, 2, 3); c = torch.randn(4, 2, 5)", "a, b, c")
mha(", kdim=3, bias=False", "a = torch.randn(3, 4); b = torch.randn(5, 3); c = torch.randn(5, 4)", "a, b, c, need_weights=False")
mha(", vdim=6, add_bias_kv=True, batch_first=True", "a = torch.randn(2, 3, 4); c = torch.randn(2, 3, 6)", "a, a, c")
mha("", CROSS, "a, b, c, average_attn_weights=False")
mha("", "a = torch.randn(3, 4)", "a, a, a, average_attn_weights=False")

CAUSAL = "n = nn.Transformer.generate_square_subsequent_mask(3)"
HINTED = "n = torch.ones(3, 3, dtype=torch.bool).triu(1)"
MASKS = {
    "padding": ("p = torch.tensor([[False, False, True], [False, True, False]])", ", key_padding_mask=p"),
    "bool": ("n = torch.tensor([[False, True, False], [False, False, True], [False, False, False]])", ", attn_mask=n"),
    "float": ("n = torch.randn(3, 3)", ", attn_mask=n"),
    "heads": ("n = torch.randn(4, 3, 3)", ", attn_mask=n"),
    "bool heads": ("n = torch.randn(4, 3, 3).gt(1.0)", ", attn_mask=n"),
    "causal": (CAUSAL, ", attn_mask=n"),
    "both": (
        "p = torch.tensor([[False, False, True], [False, True, False]]); n = torch.randn(3, 3)",
        ", key_padding_mask=p, attn_mask=n",
    ),
    "both heads": (
        "p = torch.tensor([[False, False, True], [False, True, False]]); n = torch.randn(4, 3, 3)",
        ", key_padding_mask=p, attn_mask=n",
    ),
}
for variables, masks in MASKS.values():
    for options in ["", ", add_bias_kv=True, add_zero_attn=True", ", dropout=0.4"]:
        for weights in ["", ", need_weights=False"]:
            mha(options, SELF + "; " + variables, "a, a, a" + masks + weights)
mha("", SELF + "; p = torch.randn(2, 3)", "a, a, a, key_padding_mask=p")
mha(", batch_first=True", "a = torch.randn(2, 3, 4); p = torch.randn(2, 3)", "a, a, a, key_padding_mask=p, need_weights=False")
mha("", "a = torch.randn(3, 4); p = torch.tensor([False, True, False]); n = torch.randn(2, 3, 3)",
    "a, a, a, key_padding_mask=p, attn_mask=n")
for options in ["", ", dropout=0.3", ", add_zero_attn=True"]:
    for more in ["", ", need_weights=False"]:
        mha(options, SELF + "; " + HINTED, "a, a, a, attn_mask=n, is_causal=True" + more, "a, a, a, attn_mask=n" + more)
padding, both = MASKS["padding"][0], "a, a, a, key_padding_mask=p, attn_mask=n, need_weights=False"
mha("", "; ".join([SELF, HINTED, padding]), both + ", is_causal=True", both)

# ---- multi_head_attention_forward

WEIGHTS = "w = torch.rand(12, 4); x = torch.randn(12); y = torch.rand(4, 4); z = torch.randn(4)"
FORWARD = "F.multi_head_attention_forward(a, b, c, 4, 2, "
golden.row("; ".join([CROSS, WEIGHTS, FORWARD + "w, x, None, None, False, 0.0, y, z)"]))
golden.row("; ".join([CROSS, WEIGHTS, FORWARD + "w, None, None, None, True, 0.5, y, None, training=False)"]))
golden.row("; ".join([CROSS, WEIGHTS, FORWARD + "w, x, None, None, False, 0.5, y, z, training=True, need_weights=False)"]))
golden.row(
    "; ".join([CROSS, WEIGHTS, "d = torch.randn(1, 1, 4); e = torch.randn(1, 1, 4)", FORWARD + "w, x, d, e, True, 0.0, y, z)"])
)
golden.row(
    "; ".join([CROSS, WEIGHTS, "d = torch.randn(4, 7, 2); e = torch.randn(4, 7, 2)"])
    + "; " + FORWARD + "w, x, None, None, False, 0.0, y, z, static_k=d, static_v=e)"
)
golden.row(
    "a = torch.randn(3, 2, 4); b = torch.randn(5, 2, 3); c = torch.randn(5, 2, 6); x = torch.randn(12); y = torch.randn(4, 4)"
    "; q = torch.randn(4, 4); k = torch.randn(4, 3); v = torch.randn(4, 6); " + FORWARD + "None, x, None, None, False, 0.0, y,"
    " None, use_separate_proj_weight=True, q_proj_weight=q, k_proj_weight=k, v_proj_weight=v, average_attn_weights=False)"
)

# ---- encoder and decoder layers

# What both versions round differently adds up through normalisations of four elements.
TOLERANCE = 5e-6


class LayerNormWithoutBias(nn.LayerNorm):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.register_parameter("bias", None)

    def _get_name(self):
        return "LayerNorm"


def without_bias(make):
    """What make() makes of layers without biases, as bias=False does in 2.x."""
    parts = {
        "Linear": functools.partial(nn.Linear, bias=False),
        "MultiheadAttention": functools.partial(nn.MultiheadAttention, bias=False),
        "LayerNorm": LayerNormWithoutBias,
    }
    with mock.patch.multiple(nn.modules.transformer, **parts):
        return make()


def model(start, inputs, call, unbiased=False, python=None, mode=""):
    """A row; start is the construction without its closing bracket."""
    rest = "; %s; m(%%s)" % inputs
    row = "m = %s%s)%s" % (start, ", bias=False" if unbiased else "", mode) + rest % call
    if unbiased:
        python = "m = without_bias(lambda: %s))%s" % (start, mode) + rest % call
    elif python:
        python = "m = %s)%s" % (start, mode) + rest % python
    golden.row(row, python=python, tolerance=TOLERANCE, env={"without_bias": without_bias})


SOURCE = "a = torch.randn(3, 2, 4)"
BOTH = "a = torch.randn(3, 2, 4); b = torch.randn(5, 2, 4)"
BOTH_BATCH_FIRST = "a = torch.randn(2, 3, 4); b = torch.randn(2, 5, 4)"
BOTH_SINGLE = "a = torch.randn(3, 4); b = torch.randn(5, 4)"
PADDING = MASKS["padding"][0]
MEMORY_PADDING = "q = torch.tensor([[False, False, True, True, False], [False, True, False, False, False]])"
MEMORY_MASK = "o = torch.randn(3, 5)"
OPTIONS = [
    "",
    ", activation='gelu'",
    ", layer_norm_eps=0.1",
    ", norm_first=True",
    ", norm_first=True, dropout=0.4, activation='relu'",
    ", dropout=0.0",
]

ENCODER_LAYER = "nn.TransformerEncoderLayer(4, 2, dim_feedforward=3"
DECODER_LAYER = "nn.TransformerDecoderLayer(4, 2, dim_feedforward=3"
for layer, variables, arguments in [(ENCODER_LAYER, BOTH, "a"), (DECODER_LAYER, BOTH, "a, b")]:
    for options in OPTIONS:
        model(layer + options, variables, arguments)
    model(layer, variables, arguments, mode=".eval()")
    model(layer + ", batch_first=True, dropout=0.0", BOTH_BATCH_FIRST, arguments)
    model(layer + ", batch_first=True", BOTH_BATCH_FIRST, arguments, mode=".eval()")
    model(layer, BOTH_SINGLE, arguments)
    model(layer, variables, arguments, unbiased=True)
    model(layer + ", norm_first=True", variables, arguments, unbiased=True, mode=".eval()")
for options in ["", ", norm_first=True, dropout=0.3"]:
    for masks in ["bool", "float", "heads", "bool heads", "causal"]:
        model(ENCODER_LAYER + options, SOURCE + "; " + MASKS[masks][0], "a, src_mask=n")
    model(ENCODER_LAYER + options, SOURCE + "; " + PADDING, "a, src_key_padding_mask=p")
    model(ENCODER_LAYER + options, SOURCE + "; " + MASKS["both"][0], "a, src_mask=n, src_key_padding_mask=p")
    model(ENCODER_LAYER + options, SOURCE + "; " + HINTED, "a, src_mask=n, is_causal=True", python="a, src_mask=n")
    every = "; ".join([BOTH, PADDING, CAUSAL, MEMORY_PADDING, MEMORY_MASK])
    for masks in [
        "tgt_mask=n",
        "memory_mask=o",
        "tgt_key_padding_mask=p",
        "memory_key_padding_mask=q",
        "tgt_mask=n, memory_mask=o, tgt_key_padding_mask=p, memory_key_padding_mask=q",
    ]:
        model(DECODER_LAYER + options, every, "a, b, " + masks)
    for hint in ["tgt_mask=n", "memory_mask=n"]:
        model(
            DECODER_LAYER + options,
            "a = torch.randn(3, 2, 4); b = torch.randn(3, 2, 4); " + HINTED,
            "a, b, %s, %s=True" % (hint, hint.replace("mask=n", "is_causal")),
            python="a, b, " + hint,
        )

# ---- encoders, decoders, transformers

ENCODER = "nn.TransformerEncoder(%s), 2" % ENCODER_LAYER
DECODER = "nn.TransformerDecoder(%s), 2" % DECODER_LAYER
for norm in ["", ", norm=nn.LayerNorm(4)"]:
    for mode in ["", ".eval()"]:
        model(ENCODER + norm, SOURCE, "a", mode=mode)
        model(DECODER + norm, BOTH, "a, b", mode=mode)
    model(ENCODER + norm, SOURCE + "; " + MASKS["both"][0], "a, mask=n, src_key_padding_mask=p")
    model(ENCODER + norm, "a = torch.randn(3, 4); " + HINTED, "a, mask=n")
    model(ENCODER + norm, SOURCE + "; " + HINTED, "a, mask=n")
    model(ENCODER + norm, SOURCE + "; " + HINTED, "a, mask=n, is_causal=True", python="a, mask=n")
    model(ENCODER + norm, SOURCE + "; " + HINTED, "a, mask=n, is_causal=False", python="a, mask=n")
    model(ENCODER + norm, SOURCE + "; " + PADDING, "a, src_key_padding_mask=p")
    model(
        DECODER + norm,
        "; ".join([BOTH, PADDING, HINTED, MEMORY_PADDING, MEMORY_MASK]),
        "a, b, tgt_mask=n, memory_mask=o, tgt_key_padding_mask=p, memory_key_padding_mask=q",
    )
    model(DECODER + norm, BOTH + "; " + HINTED, "a, b, tgt_mask=n")
    model(DECODER + norm, BOTH + "; " + HINTED, "a, b, tgt_mask=n, tgt_is_causal=True", python="a, b, tgt_mask=n")
model("nn.TransformerEncoder(%s, batch_first=True, dropout=0.0), 1" % ENCODER_LAYER, "a = torch.randn(2, 3, 4)", "a")

TRANSFORMER = "nn.Transformer(d_model=4, nhead=2, num_encoder_layers=%d, num_decoder_layers=%d, dim_feedforward=3"
SMALL = TRANSFORMER % (1, 1)
model(TRANSFORMER % (2, 1), BOTH, "b, a")
for options in OPTIONS[1:]:
    model(SMALL + options, BOTH, "b, a")
model(SMALL, BOTH, "b, a", mode=".eval()")
model(SMALL + ", batch_first=True, dropout=0.0", BOTH_BATCH_FIRST, "b, a")
model(SMALL, BOTH_SINGLE, "b, a")
model(SMALL, BOTH, "b, a", unbiased=True)
every = "; ".join([BOTH, HINTED, "i = torch.randn(5, 5)", MEMORY_MASK, PADDING, MEMORY_PADDING])
for masks in [
    "src_mask=i",
    "tgt_mask=n",
    "memory_mask=o",
    "src_key_padding_mask=q",
    "tgt_key_padding_mask=p",
    "memory_key_padding_mask=q",
    "src_mask=i, tgt_mask=n, memory_mask=o, src_key_padding_mask=q, tgt_key_padding_mask=p, memory_key_padding_mask=q",
]:
    model(SMALL, every, "b, a, " + masks)
causal = "a = torch.randn(3, 2, 4); b = torch.randn(3, 2, 4); " + HINTED
masks = "a, b, src_mask=n, tgt_mask=n, memory_mask=n"
model(SMALL, causal, masks + ", src_is_causal=True, tgt_is_causal=True, memory_is_causal=True", python=masks)
golden.row(
    "e = {0}, nn.LayerNorm(4)); d = {1}); m = nn.Transformer(d_model=4, nhead=2, custom_encoder=e, custom_decoder=d);"
    " {2}; m(b, a)".format(ENCODER, DECODER, BOTH),
    tolerance=TOLERANCE,
)
golden.row("m = {0}); {1}; {2}; m(a, mask=n)".format(ENCODER, SOURCE, CAUSAL), grad=False)
golden.row("m = {0}); {1}; {2}; m(a, b, tgt_mask=n)".format(DECODER, BOTH, CAUSAL), grad=False)
golden.row("nn.Transformer.generate_square_subsequent_mask(4)", grad=False)

golden.row(
    training(
        "m = " + SMALL + "); a = torch.randn(5, 2, 4); b = torch.randn(3, 2, 4); t = torch.randn(3, 2, 4); " + CAUSAL,
        "F.mse_loss(m(a, b, tgt_mask=n), t)",
        "SGD(m.parameters(), lr=0.05)",
    ),
    grad=False,
)

golden.write()
