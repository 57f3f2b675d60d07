"""Makes tests/resources/nn/embeddings.txt: the embeddings of torch.nn and their functions.

Run with a Python that has torch, from any folder: /usr/bin/python3 tests/python/make_nn_embeddings.py
"""

from golden import Golden

golden = Golden("embeddings")

NUMBERS = "torch.tensor([[1, 4, 1], [0, 5, 5]])"
WORDS = "torch.tensor([1, 4, 1, 0, 5, 5, 2])"
OFFSETS = "torch.tensor([0, 3, 3])"
ENDS = "torch.tensor([0, 3, 3, 7])"

for options in [
    "",
    ", padding_idx=1",
    ", padding_idx=-1",
    ", padding_idx=0",
    ", max_norm=1.0",
    ", max_norm=1.5, norm_type=1.0",
    ", scale_grad_by_freq=True",
    ", sparse=True",
    ", padding_idx=5, max_norm=0.5, norm_type=3.0, scale_grad_by_freq=True",
    ", padding_idx=1, sparse=True",
]:
    golden.layer("nn.Embedding(6, 3%s)" % options, NUMBERS)
golden.layer("nn.Embedding(6, 3)", "torch.tensor(2)")
golden.layer("nn.Embedding(6, 3)", "torch.tensor([1, 2], dtype=torch.int32)")
golden.row("w = torch.randn(6, 3); m = nn.Embedding.from_pretrained(w); a = %s; m(a)" % NUMBERS)
golden.row(
    "w = torch.randn(6, 3); m = nn.Embedding.from_pretrained(w, freeze=True, padding_idx=2, max_norm=1.0, "
    "norm_type=1.0); a = %s; m(a)" % NUMBERS,
    grad=False,
)
golden.row(
    "w = torch.randn(6, 3).detach(); m = nn.Embedding.from_pretrained(w, freeze=False, padding_idx=1, "
    "scale_grad_by_freq=True); a = %s; m(a)" % NUMBERS
)

# PyTorch 2 prints the mode with quotes.
for options, text in [
    ("", ", mode='mean'"),
    (", mode='sum'", ", mode='sum'"),
    (", mode='max'", ", mode='max'"),
    (", max_norm=1.0", ", max_norm=1.0, mode='mean'"),
    (", max_norm=1.5, norm_type=1.0", ", max_norm=1.5, norm_type=1.0, mode='mean'"),
    (", scale_grad_by_freq=True, mode='sum'", ", scale_grad_by_freq=True, mode='sum'"),
    (", sparse=True, mode='sum'", ", mode='sum'"),
    (", sparse=True", ", mode='mean'"),
    (", padding_idx=1", ", mode='mean', padding_idx=1"),
    (", padding_idx=-1, mode='sum'", ", mode='sum', padding_idx=5"),
    (", padding_idx=5, mode='max'", ", mode='max', padding_idx=5"),
]:
    call = "nn.EmbeddingBag(6, 3%s)" % options
    text = "EmbeddingBag(6, 3%s)" % text
    golden.layer(call, NUMBERS, text=text)
    golden.layer(call, WORDS, OFFSETS, text=text)
for mode in ["sum", "mean", "max"]:
    golden.layer(
        "nn.EmbeddingBag(6, 3, mode='%s', include_last_offset=True)" % mode,
        WORDS,
        ENDS,
        text="EmbeddingBag(6, 3, mode='%s')" % mode,
    )
SUM = {"text": "EmbeddingBag(6, 3, mode='sum')"}
golden.row(
    "m = nn.EmbeddingBag(6, 3, mode='sum'); a = %s; b = torch.randn(2, 3); m(a, per_sample_weights=b)" % NUMBERS, **SUM
)
golden.row(
    "m = nn.EmbeddingBag(6, 3, mode='sum'); a = %s; b = %s; c = torch.randn(7); m(a, b, c)" % (WORDS, OFFSETS), **SUM
)
golden.row(
    "w = torch.randn(6, 3); m = nn.EmbeddingBag.from_pretrained(w); a = %s; m(a)" % NUMBERS,
    text="EmbeddingBag(6, 3, mode='mean')",
)
golden.row(
    "w = torch.randn(6, 3); m = nn.EmbeddingBag.from_pretrained(w, freeze=False, mode='sum', padding_idx=1); "
    "a = %s; m(a)" % NUMBERS,
    text="EmbeddingBag(6, 3, mode='sum', padding_idx=1)",
)

for options in [
    "",
    ", padding_idx=1",
    ", padding_idx=-1",
    ", scale_grad_by_freq=True",
    ", sparse=True",
]:
    golden.row("a = %s; w = torch.randn(6, 3); F.embedding(a, w%s)" % (NUMBERS, options))
golden.row("a = %s; w = torch.randn(6, 3); F.embedding(a, w, max_norm=1.0, norm_type=1.0)" % NUMBERS, grad=False)
golden.row("a = %s; w = torch.randn(6, 3); F.embedding(a, w, max_norm=1.0); w" % NUMBERS, grad=False)
for options in [
    "",
    ", mode='sum'",
    ", mode='max'",
    ", padding_idx=1",
    ", scale_grad_by_freq=True",
    ", sparse=True, mode='sum'",
]:
    golden.row("a = %s; w = torch.randn(6, 3); F.embedding_bag(a, w%s)" % (NUMBERS, options))
    golden.row("a = %s; b = %s; w = torch.randn(6, 3); F.embedding_bag(a, w, offsets=b%s)" % (WORDS, OFFSETS, options))
golden.row(
    "a = %s; b = %s; w = torch.randn(6, 3); F.embedding_bag(a, w, offsets=b, include_last_offset=True)" % (WORDS, ENDS)
)
golden.row(
    "a = %s; w = torch.randn(6, 3); b = torch.randn(2, 3); F.embedding_bag(a, w, per_sample_weights=b, mode='sum')"
    % NUMBERS
)
golden.row("a = %s; w = torch.randn(6, 3); F.embedding_bag(a, w, max_norm=1.0, norm_type=3.0); w" % NUMBERS, grad=False)
golden.row("a = torch.tensor([[0, 2], [1, 0]]); F.one_hot(a)")
golden.row("a = torch.tensor([0, 2, 1]); F.one_hot(a, num_classes=4)")

golden.write()
