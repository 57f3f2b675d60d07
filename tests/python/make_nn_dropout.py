"""Makes tests/resources/nn/dropout.txt: the dropout layers of torch.nn and their functions.

Run with a Python that has torch, from any folder: /usr/bin/python3 tests/python/make_nn_dropout.py
"""

from golden import Golden

golden = Golden("dropout")

SHAPES = {
    "Dropout": ["5, 6", "4"],
    "Dropout1d": ["2, 6, 3", "6, 3"],
    "Dropout2d": ["2, 5, 2, 3", "5, 2, 3"],
    "Dropout3d": ["2, 5, 2, 2, 2", "5, 2, 2, 2"],
    "AlphaDropout": ["5, 6", "4"],
    "FeatureAlphaDropout": ["2, 5, 2, 3", "5, 6, 2"],
}

for name, shapes in SHAPES.items():
    for shape in shapes:
        golden.layer("nn.%s()" % name, "torch.randn(%s)" % shape)
        golden.layer("nn.%s(0.3).eval()" % name, "torch.randn(%s)" % shape)
        golden.row("m = nn.%s(p=0.3, inplace=True); a = torch.randn(%s); b = a * 1; m(b); b" % (name, shape))
    golden.layer("nn.%s(0.2)" % name, "torch.randn(%s)" % shapes[0])
    golden.layer("nn.%s(0.0)" % name, "torch.randn(%s)" % shapes[0])
    golden.layer("nn.%s(p=1.0)" % name, "torch.randn(%s)" % shapes[0])

FUNCTIONS = {
    "dropout": SHAPES["Dropout"],
    "dropout1d": SHAPES["Dropout1d"],
    "dropout2d": SHAPES["Dropout2d"],
    "dropout3d": SHAPES["Dropout3d"],
    "alpha_dropout": SHAPES["AlphaDropout"],
    "feature_alpha_dropout": SHAPES["FeatureAlphaDropout"],
}
for name, shapes in FUNCTIONS.items():
    for shape in shapes:
        golden.row("a = torch.randn(%s); F.%s(a)" % (shape, name))
        golden.row("a = torch.randn(%s); F.%s(a, p=0.2)" % (shape, name))
        golden.row("a = torch.randn(%s); F.%s(a, p=0.3, training=True)" % (shape, name))
        golden.row("a = torch.randn(%s); F.%s(a, p=0.3, training=False)" % (shape, name))
        golden.row("a = torch.randn(%s); b = a * 1; F.%s(b, p=0.3, training=True, inplace=True); b" % (shape, name))

golden.write()
