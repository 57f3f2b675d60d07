"""Recurrent layers, cells and packed sequences: tests/resources/nn/recurrent.txt."""

import torch
from golden import Golden, training
from torch import nn

golden = Golden("recurrent")

# ---- the layers: every option, batched and not, with and without a first state

LAYERS = {"RNN": "c", "LSTM": "(c, d)", "GRU": "c"}


def program(call, shape, layers=1, size=4, batch=2, mode="", state=None, cell_size=None):
    states = ""
    argument = ""
    if state:
        shape_of = lambda features: "%d, %s%d" % (layers, "" if batch is None else "%d, " % batch, features)
        states = "c = torch.randn(%s); " % shape_of(size)
        if state != "c":
            states += "d = torch.randn(%s); " % shape_of(cell_size or size)
        argument = ", " + state
    return "m = %s%s; a = torch.randn(%s); %sm(a%s)" % (call, mode, shape, states, argument)


for name, state in LAYERS.items():
    golden.row(program("nn.%s(3, 4)" % name, "5, 2, 3"))
    golden.row(program("nn.%s(3, 4)" % name, "5, 2, 3", state=state))
    golden.row(program("nn.%s(3, 4)" % name, "5, 3"))
    golden.row(program("nn.%s(3, 4)" % name, "5, 3", batch=None, state=state))
    golden.row(program("nn.%s(3, 4, bias=False)" % name, "3, 2, 3"))
    golden.row(program("nn.%s(3, 4, batch_first=True)" % name, "2, 5, 3"))
    golden.row(program("nn.%s(3, 4, batch_first=True)" % name, "2, 5, 3", state=state))
    golden.row(program("nn.%s(3, 4, batch_first=True)" % name, "5, 3"))
    golden.row(program("nn.%s(3, 4, num_layers=2)" % name, "4, 2, 3", layers=2, state=state))
    golden.row(program("nn.%s(3, 4, num_layers=3, dropout=0.4)" % name, "4, 2, 3"))
    golden.row(program("nn.%s(3, 4, num_layers=3, dropout=0.4)" % name, "4, 2, 3", mode=".eval()"))
    golden.row(program("nn.%s(3, 4, dropout=0.5)" % name, "3, 1, 3"))
    golden.row(program("nn.%s(3, 4, bidirectional=True)" % name, "4, 2, 3", layers=2, state=state))
    golden.row(
        program(
            "nn.%s(3, 2, num_layers=2, bias=False, batch_first=True, dropout=0.3, bidirectional=True)" % name,
            "2, 4, 3",
            layers=4,
            size=2,
            state=state,
        )
    )
golden.row(program("nn.RNN(3, 4, nonlinearity='relu')", "5, 2, 3", state="c"))
golden.row(program("nn.RNN(3, 4, num_layers=2, nonlinearity='relu', bidirectional=True, dropout=0.2)", "4, 2, 3"))
golden.row(program("nn.LSTM(3, 4, proj_size=2)", "5, 2, 3"))
golden.row(program("nn.LSTM(3, 4, proj_size=2)", "5, 2, 3", size=2, cell_size=4, state="(c, d)"))
golden.row(program("nn.LSTM(3, 4, proj_size=2)", "5, 3", size=2, cell_size=4, batch=None, state="(c, d)"))
golden.row(program("nn.LSTM(3, 4, num_layers=2, bidirectional=True, bias=False, proj_size=3)", "4, 2, 3"))

# ---- the cells

for name, state in LAYERS.items():
    cell = "nn.%sCell(3, 4)" % name
    golden.row(program(cell, "2, 3"))
    golden.row(program(cell, "3"))
    for batch in ["2, ", ""]:
        start = "m = {0}; a = torch.randn({1}3); c = torch.randn({1}4); d = torch.randn({1}4); ".format(cell, batch)
        golden.row(start + "m(a, %s)" % state.replace("(", "nn.LSTM.State("), python=start + "m(a, %s)" % state)
    golden.row(program("nn.%sCell(3, 4, bias=False)" % name, "2, 3"))
    golden.row(program("nn.%sCell(3, 4, False)" % name, "3"))
golden.row(program("nn.RNNCell(3, 4, True, 'relu')", "2, 3"))
golden.row(program("nn.RNNCell(3, 4, bias=False, nonlinearity='relu')", "2, 3"))

# ---- packed sequences

A, B, C = "a = torch.randn(2, 3)", "b = torch.randn(4, 3)", "c = torch.randn(1, 3)"
SORTED = "; ".join([B, A, C])
ANY = "; ".join([A, B, C])

golden.row(SORTED + "; nn.utils.rnn.pack_sequence([b, a, c])")
golden.row(ANY + "; nn.utils.rnn.pack_sequence([a, b, c], enforce_sorted=False)")
golden.row(ANY + "; p = nn.utils.rnn.pack_sequence([a, b, c], False); nn.utils.rnn.unpack_sequence(p)")
for lengths, options in [
    ("[4, 2]", ""),
    ("[4, 2]", ", batch_first=True"),
    ("[3, 1]", ", True, True"),
    ("[1, 4]", ", batch_first=False, enforce_sorted=False"),
    ("[2, 3]", ", batch_first=True, enforce_sorted=False"),
]:
    shape = "2, 4, 3" if "batch_first=True" in options or "True, " in options else "4, 2, 3"
    golden.row(
        "a = torch.randn(%s); l = torch.tensor(%s); nn.utils.rnn.pack_padded_sequence(a, l%s)" % (shape, lengths, options)
    )
golden.row("a = torch.tensor([[4, 5], [6, 0]]); l = torch.tensor([2, 1]); nn.utils.rnn.pack_padded_sequence(a, l)")
for options in [
    "",
    ", batch_first=True",
    ", batch_first=True, padding_value=-1.5, total_length=None",
    ", False, 2.5, 6",
    ", batch_first=True, padding_value=0.0, total_length=5",
]:
    golden.row(
        ANY + "; p = nn.utils.rnn.pack_sequence([a, b, c], enforce_sorted=False); "
        "nn.utils.rnn.pad_packed_sequence(p%s)" % options
    )
golden.row(SORTED + "; p = nn.utils.rnn.pack_sequence([b, a, c]); nn.utils.rnn.pad_packed_sequence(p)")
for options in ["", ", batch_first=True", ", False, 0.5", ", batch_first=True, padding_value=-2.0"]:
    golden.row(ANY + "; nn.utils.rnn.pad_sequence([a, b, c]%s)" % options)


def padded_on_the_left(sequences, batch_first, padding_value):
    longest = max(len(s) for s in sequences)
    rows = [nn.functional.pad(s, (0, 0, longest - len(s), 0), value=padding_value) for s in sequences]
    return torch.stack(rows, 0 if batch_first else 1)


for batch_first, value in [(True, 1.5), (False, 0.0)]:
    arguments = "[a, b, c], %s, %s" % (batch_first, value)
    golden.row(
        ANY + "; nn.utils.rnn.pad_sequence(%s, 'left')" % arguments,
        python=ANY + "; padded_on_the_left(%s)" % arguments,
        env={"padded_on_the_left": padded_on_the_left},
    )
golden.row("a = torch.randn(2, 4, 3); l = torch.tensor([2, 4]); nn.utils.rnn.unpad_sequence(a, l, batch_first=True)")
golden.row(
    "a = torch.randn(4, 2, 3); l = torch.tensor([2, 4]); nn.utils.rnn.unpad_sequence(a, l)",
    python="a = torch.randn(4, 2, 3); l = torch.tensor([2, 4]); nn.utils.rnn.unpad_sequence(a.transpose(0, 1), l, True)",
)
golden.row("a = torch.tensor([2, 0, 3, 1]); nn.utils.rnn.invert_permutation(a)")

# ---- layers over packed sequences

for name, state in LAYERS.items():
    for call, layers, size in [
        ("nn.%s(3, 4)", 1, 4),
        ("nn.%s(3, 2, num_layers=2, bidirectional=True)", 4, 2),
        ("nn.%s(3, 4, num_layers=2, bias=False, dropout=0.4)", 2, 4),
        ("nn.%s(3, 4, batch_first=True).eval()", 1, 4),
    ]:
        start = "m = " + call % name + "; "
        golden.row(start + ANY + "; p = nn.utils.rnn.pack_sequence([a, b, c], enforce_sorted=False); m(p)")
        states = state.replace("c", "h").replace("d", "g")
        first = "h = torch.randn({0}, 3, {1}); g = torch.randn({0}, 3, {1})".format(layers, size)
        golden.row(
            start + ANY + "; %s; p = nn.utils.rnn.pack_sequence([a, b, c], enforce_sorted=False); m(p, %s)" % (first, states)
        )
    golden.row("m = nn.%s(3, 4); " % name + SORTED + "; p = nn.utils.rnn.pack_sequence([b, a, c]); m(p)")
golden.row("m = nn.RNN(3, 4, nonlinearity='relu'); " + SORTED + "; p = nn.utils.rnn.pack_sequence([b, a, c]); m(p)")
golden.row("m = nn.LSTM(3, 4, proj_size=2); " + SORTED + "; p = nn.utils.rnn.pack_sequence([b, a, c]); m(p)")

# ---- training

golden.row(
    training(
        "m = nn.LSTM(3, 4, num_layers=2, dropout=0.2, batch_first=True); a = torch.randn(2, 5, 3); t = torch.randn(2, 5, 4)",
        "F.mse_loss(m(a)[0], t)",
        "SGD(m.parameters(), lr=0.5, momentum=0.9)",
    ),
    grad=False,
)

golden.write()
