"""Makes tests/resources/nn/convolutions.txt. Run from any folder: /usr/bin/python3 tests/python/make_nn_convolutions.py"""

from golden import Golden

golden = Golden("convolutions")

INPUT = {1: "torch.randn(2, 2, 9)", 2: "torch.randn(1, 2, 6, 5)", 3: "torch.randn(1, 2, 3, 4, 3)"}
UNBATCHED = {1: "torch.randn(2, 9)", 2: "torch.randn(2, 6, 5)", 3: "torch.randn(2, 3, 4, 3)"}
PAIR = {1: "(2,)", 2: "(2, 1)", 3: "(2, 1, 2)"}
KERNEL = {1: "(3,)", 2: "(3, 2)", 3: "(2, 3, 2)"}
PADDING = {1: "(1,)", 2: "(1, 2)", 3: "(1, 0, 2)"}

for d in (1, 2, 3):
    conv = "nn.Conv%dd(2, 4, " % d
    for options in [
        "3)",
        "3, bias=False)",
        KERNEL[d] + ")",
        "2, stride=2)",
        "2, stride=%s, padding=%s)" % (PAIR[d], PADDING[d]),
        "2, padding=1, dilation=2)",
        "2, dilation=%s)" % PAIR[d],
        "2, groups=2)",
        "2, padding='valid')",
        "3, padding='same')",
        "2, padding='same', dilation=%s)" % PAIR[d],
        "3, padding=1, padding_mode='zeros')",
        "3, padding=1, padding_mode='reflect')",
        "3, padding=%s, padding_mode='replicate')" % PADDING[d],
        "3, padding=1, padding_mode='circular', stride=2)",
        KERNEL[d] + ", padding='same', padding_mode='circular')",
        "2, padding='valid', padding_mode='reflect')",
        "2, stride=2, padding=1, dilation=1, groups=2, bias=True, padding_mode='zeros')",
    ]:
        golden.layer(conv + options, INPUT[d])
    golden.layer(conv + "3)", UNBATCHED[d])
    weight = "torch.randn(4, 2%s)" % (", 2" * d)
    call = "F.conv%dd(a, b" % d
    for options in [
        ")",
        ", torch.randn(4))",
        ", stride=2)",
        ", torch.randn(4), stride=%s, padding=%s)" % (PAIR[d], PADDING[d]),
        ", padding='same')",
        ", padding=1, dilation=2)",
    ]:
        golden.row("a = %s; b = %s; %s%s" % (INPUT[d], weight, call, options))
    golden.row("a = %s; b = torch.randn(4, 1%s); %s, groups=2)" % (INPUT[d], ", 2" * d, call))

SMALL = {1: "torch.randn(2, 4, 4)", 2: "torch.randn(1, 4, 3, 3)", 3: "torch.randn(1, 4, 2, 2, 2)"}
SMALL_UNBATCHED = {1: "torch.randn(4, 4)", 2: "torch.randn(4, 3, 3)", 3: "torch.randn(4, 2, 2, 2)"}
OUTPUT = {1: (10,), 2: (8, 7), 3: (6, 5, 6)}
OUTPUT_PADDING = {1: "(1,)", 2: "(1, 0)", 3: "(0, 1, 0)"}

for d in (1, 2, 3):
    conv = "nn.ConvTranspose%dd(4, 2, " % d
    for options in [
        "3)",
        KERNEL[d] + ", bias=False)",
        "2, stride=2)",
        "3, stride=%s, padding=%s)" % (PAIR[d], PADDING[d]),
        "3, stride=2, padding=1, output_padding=1)",
        "3, stride=2, output_padding=%s)" % OUTPUT_PADDING[d],
        "2, groups=2)",
        "2, dilation=2)",
        "2, dilation=%s)" % PAIR[d],
        "2, stride=2, padding=1, output_padding=1, groups=2, bias=True, dilation=2)",
    ]:
        golden.layer(conv + options, SMALL[d])
    golden.layer(conv + "3)", SMALL_UNBATCHED[d])
    size = OUTPUT[d]
    row = "m = %s3, stride=2); a = %s; m(a, output_size=%s)"
    golden.row(row % (conv, SMALL[d], size))
    golden.row(row % (conv, SMALL[d], (2 if d == 1 else 1, 2) + size))
    golden.row(row % (conv, SMALL_UNBATCHED[d], size))
    golden.row(row % (conv, SMALL_UNBATCHED[d], (2,) + size))
    golden.row("m = nn.LazyConvTranspose%dd(2, 3, stride=2); a = %s; m(a, output_size=%s)" % (d, SMALL[d], size))
    weight = "torch.randn(4, 2%s)" % (", 3" * d)
    call = "F.conv_transpose%dd(a, b" % d
    for options in [
        ")",
        ", torch.randn(2))",
        ", stride=2, padding=1, output_padding=1)",
        ", torch.randn(4), stride=%s, padding=%s, groups=2)" % (PAIR[d], PADDING[d]),
        ", dilation=%s)" % PAIR[d],
    ]:
        golden.row("a = %s; b = %s; %s%s" % (SMALL[d], weight, call, options))

for d in (1, 2, 3):
    for options in ["4, 3)", "4, %s, bias=False, groups=2)" % KERNEL[d], "4, 2, stride=2, padding=1)"]:
        for lazy, tensors in (("LazyConv", (INPUT, UNBATCHED)), ("LazyConvTranspose", (SMALL, SMALL_UNBATCHED))):
            for tensor in tensors:
                golden.row("m = nn.%s%dd(%s; a = %s; m(a)" % (lazy, d, options, tensor[d]))

golden.row("a = torch.randn(5, 2, 3); b = torch.randn(2, 3, 4); c = torch.randn(4); F.conv_tbc(a, b, c)")
golden.row("a = torch.randn(5, 2, 3); b = torch.randn(2, 3, 4); c = torch.randn(4); F.conv_tbc(a, b, c, pad=1)")

IMAGE = "torch.randn(2, 2, 4, 5)"
for options in ["2)", "(3, 2))", "2, dilation=2)", "2, padding=(1, 0))", "2, stride=2)", "2, dilation=1, padding=1, stride=(1, 2))"]:
    golden.layer("nn.Unfold(" + options, IMAGE)
    golden.row("a = %s; F.unfold(a, %s" % (IMAGE, options))
golden.layer("nn.Unfold(2)", "torch.randn(2, 4, 5)")
for options, blocks in [
    ("4, 2)", 9),
    ("(4, 5), (3, 2))", 8),
    ("4, 2, dilation=2)", 4),
    ("(4, 3), 2, padding=(1, 0))", 10),
    ("4, 2, stride=2)", 4),
    ("(4, 5), 2, dilation=1, padding=1, stride=(1, 2))", 15),
]:
    channels = 6 if "(3, 2)" in options else 8
    golden.layer("nn.Fold(" + options, "torch.randn(1, %d, %d)" % (channels, blocks))
    golden.row("a = torch.randn(1, %d, %d); F.fold(a, %s" % (channels, blocks, options))
golden.layer("nn.Fold(4, 2)", "torch.randn(8, 9)")

golden.layer(
    "nn.Sequential(nn.Conv2d(1, 2, 3, bias=False), nn.BatchNorm2d(2), nn.ReLU(True), nn.Flatten(), nn.Linear(8, 3))",
    "torch.randn(4, 1, 4, 4)",
)

if __name__ == "__main__":
    golden.write()
