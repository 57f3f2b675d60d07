"""Makes tests/resources/nn/vision.txt. Run from any folder: /usr/bin/python3 tests/python/make_nn_vision.py"""

from golden import Golden
from torch import nn
from torch.nn import functional as F

golden = Golden("vision")

INPUT = {1: "torch.randn(2, 2, 5)", 2: "torch.randn(1, 2, 4, 5)", 3: "torch.randn(1, 2, 3, 4, 3)"}
UNBATCHED = {1: "torch.randn(2, 5)", 2: "torch.randn(2, 4, 5)", 3: "torch.randn(1, 3, 4, 3)"}
SIDES = {1: "(1, 2)", 2: "(1, 2, 0, 3)", 3: "(1, 2, 0, 3, 2, 1)"}
CUT = {1: "(-1, 2)", 2: "(1, -2, 0, 3)", 3: "(1, 2, -1, 0, 0, 1)"}


class CircularPad(nn.ReflectionPad1d):
    """What PyTorch 1.13 does not have."""

    def __init__(self, padding, dimensions):
        super().__init__(0)
        self.padding = (padding,) * (2 * dimensions) if isinstance(padding, int) else padding

    def forward(self, input):
        """1.13 wants a batch, and does not cut."""
        dimensions = len(self.padding) // 2
        batch = input if input.dim() == dimensions + 2 else input.unsqueeze(0)
        cut = F.pad(batch, [min(size, 0) for size in self.padding])
        padded = F.pad(cut, [max(size, 0) for size in self.padding], "circular")
        return padded if batch is input else padded.squeeze(0)


class ZeroPad(CircularPad):
    def forward(self, input):
        return F.pad(input, self.padding)


def pad_row(kind, d, padding, tensor):
    name = kind + "Pad%dd" % d
    program = "m = nn.%s(%s); a = %s; m(a)" % (name, padding, tensor)
    if hasattr(nn, name):
        golden.row(program)
        return
    make = {"Circular": CircularPad, "Zero": ZeroPad}[kind]
    text = repr(make(eval(padding), d)).replace(make.__name__, name)
    golden.row(
        program, python="m = make(%s, %d); a = %s; m(a)" % (padding, d, tensor), env=dict(make=make), text=text
    )


for d in (1, 2, 3):
    for kind in ["Zero", "Reflection", "Replication", "Circular"]:
        pad_row(kind, d, "1", INPUT[d])
        pad_row(kind, d, SIDES[d], INPUT[d])
        pad_row(kind, d, "1", UNBATCHED[d])
        pad_row(kind, d, CUT[d], INPUT[d])
    for options in ["1, 3.5", SIDES[d] + ", -2", CUT[d] + ", 0.5"]:
        golden.layer("nn.ConstantPad%dd(%s)" % (d, options), INPUT[d])
    golden.layer("nn.ConstantPad%dd(2, 1)" % d, UNBATCHED[d])
    golden.row("a = %s; F.pad(a, %s)" % (INPUT[d], SIDES[d]))
    golden.row("a = %s; F.pad(a, %s, 'constant', 2.5)" % (INPUT[d], SIDES[d]))
    for mode in ["constant", "reflect", "replicate", "circular"]:
        golden.row("a = %s; F.pad(a, %s, mode='%s')" % (INPUT[d], (1, 1) * d, mode))

golden.layer("nn.PixelShuffle(2)", "torch.randn(2, 8, 2, 3)")
golden.layer("nn.PixelShuffle(3)", "torch.randn(9, 2, 3)")
golden.row("a = torch.randn(1, 4, 3, 2); F.pixel_shuffle(a, 2)")
golden.layer("nn.PixelUnshuffle(2)", "torch.randn(2, 2, 4, 6)")
golden.layer("nn.PixelUnshuffle(3)", "torch.randn(1, 3, 6)")
golden.row("a = torch.randn(1, 1, 4, 6); F.pixel_unshuffle(a, 2)")


class ChannelShuffle(nn.ChannelShuffle):
    """1.13 has no gradient for it."""

    def forward(self, input):
        return channel_shuffle(input, self.groups)


def channel_shuffle(input, groups):
    return input.unflatten(1, (groups, -1)).transpose(1, 2).flatten(1, 2)


for program in [
    "m = nn.ChannelShuffle(2); a = torch.randn(2, 6, 2, 2); m(a)",
    "m = nn.ChannelShuffle(3); a = torch.randn(1, 6, 3); m(a)",
    "a = torch.randn(1, 4, 3, 2); F.channel_shuffle(a, 2)",
]:
    python = program.replace("nn.", "").replace("F.", "")
    golden.row(program, python=python, env=dict(ChannelShuffle=ChannelShuffle, channel_shuffle=channel_shuffle))
golden.row("a = torch.randn(1, 4, 3, 2); F.native_channel_shuffle(a, 2)", grad=False)

golden.layer("nn.Flatten()", "torch.randn(2, 3, 4)")
golden.layer("nn.Flatten(0)", "torch.randn(2, 3, 4)")
golden.layer("nn.Flatten(0, 1)", "torch.randn(2, 3, 4)")
golden.layer("nn.Flatten(start_dim=-2, end_dim=-1)", "torch.randn(2, 3, 4)")
golden.layer("nn.Unflatten(1, (2, 3))", "torch.randn(2, 6)")
golden.layer("nn.Unflatten(-1, (2, -1, 1))", "torch.randn(3, 4)")
golden.layer("nn.Unflatten(0, (4,))", "torch.randn(4)")


def upsample(options, tensor):
    """The layer's text is that of PyTorch 2, which puts the mode in quotes."""
    layer = eval("nn.Upsample(%s)" % options)
    text = repr(layer).replace("mode=%s" % layer.mode, "mode='%s'" % layer.mode)
    golden.layer("nn.Upsample(%s)" % options, tensor, text=text)
    if tensor == INPUT[2]:
        golden.row("a = %s; F.interpolate(a, %s)" % (tensor, options))


SIZE = {1: "(7,)", 2: "(7, 3)", 3: "(5, 3, 4)"}
SCALE = {1: "(1.7,)", 2: "(1.7, 0.5)", 3: "(1.7, 0.5, 1.4)"}
MODES = {
    1: ["nearest", "nearest-exact", "linear", "area"],
    2: ["nearest", "nearest-exact", "bilinear", "bicubic", "area"],
    3: ["nearest", "nearest-exact", "trilinear", "area"],
}

for d in (1, 2, 3):
    for mode in MODES[d]:
        sizes = ["size=5", "scale_factor=2.0", "scale_factor=1.3"]
        if d > 1:
            sizes += ["size=" + SIZE[d], "scale_factor=" + SCALE[d]]
        for size in sizes:
            upsample("%s, mode='%s'" % (size, mode), INPUT[d])
        upsample("scale_factor=1.3, mode='%s', recompute_scale_factor=True" % mode, INPUT[d])
        if "linear" in mode or mode == "bicubic":
            upsample("size=5, mode='%s', align_corners=True" % mode, INPUT[d])
            upsample("scale_factor=1.3, mode='%s', align_corners=True" % mode, INPUT[d])
            upsample("scale_factor=1.3, align_corners=False, mode='%s', recompute_scale_factor=True" % mode, INPUT[d])
    golden.layer(
        "nn.Upsample(scale_factor=2.0)",
        INPUT[d],
        text="Upsample(scale_factor=2.0, mode='nearest')",
    )
    golden.row("a = %s; F.upsample(a, scale_factor=2.0)" % INPUT[d])
    golden.row("a = %s; F.upsample_nearest(a, size=7)" % INPUT[d])
for mode in ["bilinear", "bicubic"]:
    for options in ["size=(2, 3)", "scale_factor=0.6", "size=3, align_corners=True", "scale_factor=(0.5, 1.5)"]:
        golden.row("a = %s; F.interpolate(a, %s, mode='%s', antialias=True)" % (INPUT[2], options, mode))
golden.row("a = %s; F.upsample_bilinear(a, size=(7, 3))" % INPUT[2])
golden.row("a = %s; F.upsample(a, size=(7, 3), mode='bicubic', align_corners=True)" % INPUT[2])
for layer, mode in (("UpsamplingNearest2d", "nearest"), ("UpsamplingBilinear2d", "bilinear")):
    for size in ["scale_factor=2.0", "scale_factor=(1.5, 0.5)", "size=7", "size=(7, 3)"]:
        golden.layer("nn.%s(%s)" % (layer, size), INPUT[2], text="%s(%s, mode='%s')" % (layer, size, mode))

GRID = {2: "torch.randn(1, 3, 2, 2)", 3: "torch.randn(1, 2, 2, 2, 3)"}
for d in (2, 3):
    golden.row("a = %s; b = %s; F.grid_sample(a, b)" % (INPUT[d], GRID[d]))
    golden.row("a = %s; b = %s; F.grid_sample(a, b, 'nearest')" % (INPUT[d], GRID[d]))
    golden.row("a = %s; b = %s; F.grid_sample(a, b, 'nearest', 'border')" % (INPUT[d], GRID[d]))
    for mode in ["bilinear", "nearest", "bicubic"]:
        for padding in ["zeros", "border", "reflection"]:
            for align in (True, False):
                if d == 3 and mode == "bicubic":
                    continue
                golden.row(
                    "a = %s; b = %s; F.grid_sample(a, b, mode='%s', padding_mode='%s', align_corners=%s)"
                    % (INPUT[d], GRID[d], mode, padding, align)
                )
for theta, size in (("torch.randn(2, 2, 3)", "(2, 3, 2, 4)"), ("torch.randn(1, 3, 4)", "(1, 2, 3, 2, 2)")):
    golden.row("a = %s; F.affine_grid(a, %s)" % (theta, size))
    for align in (True, False):
        golden.row("a = %s; F.affine_grid(a, %s, align_corners=%s)" % (theta, size, align))

if __name__ == "__main__":
    golden.write()
