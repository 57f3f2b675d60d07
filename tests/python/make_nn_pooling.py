"""Makes tests/resources/nn/pooling.txt. Run from any folder: /usr/bin/python3 tests/python/make_nn_pooling.py"""

import re

from golden import Golden
from torch import nn
from torch.nn import functional as F

golden = Golden("pooling")

INPUT = {1: "torch.randn(2, 2, 9)", 2: "torch.randn(1, 2, 6, 5)", 3: "torch.randn(1, 1, 4, 5, 4)"}
UNBATCHED = {1: "torch.randn(2, 9)", 2: "torch.randn(2, 6, 5)", 3: "torch.randn(2, 4, 5, 4)"}
KERNEL = {1: "(3,)", 2: "(3, 2)", 3: "(2, 3, 2)"}
PAIR = {1: "2", 2: "(2, 1)", 3: "(2, 1, 2)"}
PADDING = {1: "1", 2: "(1, 0)", 3: "(1, 0, 1)"}


def both(layer, function, options, tensor, **more):
    """A row for the layer and one for the function, which takes the same arguments."""
    golden.layer("nn.%s(%s)" % (layer, options), tensor, **more)
    golden.row("a = %s; F.%s(a, %s)" % (tensor, function, options))


def with_indices(layer, function, options, tensor):
    indices = options + ", return_indices=True"
    golden.row(
        "m = nn.%s(%s); a = %s; m.call_with_indices(a)" % (layer, options, tensor),
        python="m = nn.%s(%s); a = %s; m(a)" % (layer, indices, tensor),
    )
    golden.row(
        "a = %s; F.%s_with_indices(a, %s)" % (tensor, function, options),
        python="a = %s; F.%s(a, %s)" % (tensor, function, indices),
    )


for d in (1, 2, 3):
    kernel = "3" if d == 1 else KERNEL[d]
    layer, function = "MaxPool%dd" % d, "max_pool%dd" % d
    for options in [
        "2",
        kernel,
        "2, stride=1",
        "3, stride=%s, padding=%s" % (PAIR[d], PADDING[d]),
        "2, dilation=2, stride=1",
        "2, dilation=%s" % PAIR[d],
        "2, ceil_mode=True",
        "2, stride=2, padding=1, dilation=1, ceil_mode=True",
    ]:
        both(layer, function, options, INPUT[d])
        with_indices(layer, function, options, INPUT[d])
    golden.layer("nn.%s(2)" % layer, UNBATCHED[d])
    with_indices(layer, function, "2, stride=1", UNBATCHED[d])

# Indices at every fourth place of an output of 4 in each dimension, whose inputs have 2.
for d in (1, 2, 3):
    layer, function = "MaxUnpool%dd" % d, "max_unpool%dd" % d
    small = (2,) * d
    indices = "torch.arange(0, %d, %d).view(%s)" % (4**d, 2**d, small)
    for batch in ((1, 2), (2,)):
        shape = batch + small
        setup = "a = torch.randn(%s); b = %s.expand(%s); " % (shape, indices, shape)
        for options in ["2", "2, stride=2", "3, stride=%s, padding=1" % ((3,) * d,), "2, stride=2, padding=0"]:
            golden.row("m = nn.%s(%s); %sm(a, b)" % (layer, options, setup))
            golden.row("%sF.%s(a, b, %s)" % (setup, function, options))
        sizes = [(5,) + (4,) * (d - 1)]
        if len(batch) == 2:
            sizes.append(shape[:2] + sizes[0])
        for size in sizes:
            golden.row("m = nn.%s(2); %sm(a, b, output_size=%s)" % (layer, setup, size))
            golden.row("%sF.%s(a, b, 2, output_size=%s)" % (setup, function, size))
golden.row(
    "m = nn.MaxUnpool2d((2, 3), stride=(2, 3)); a = torch.randn(1, 1, 2, 2); b = torch.tensor([[[[0, 4], [13, 23]]]]); m(a, b)"
)

for d in (1, 2, 3):
    kernel = "3" if d == 1 else KERNEL[d]
    layer, function = "AvgPool%dd" % d, "avg_pool%dd" % d
    for options in [
        "2",
        kernel,
        "2, stride=1",
        "3, stride=%s, padding=%s" % (PAIR[d], PADDING[d]),
        "3, padding=1, count_include_pad=False",
        "2, ceil_mode=True",
        "2, stride=2, padding=1, ceil_mode=True, count_include_pad=True",
    ]:
        both(layer, function, options, INPUT[d])
    if d > 1:
        both(layer, function, "2, divisor_override=3", INPUT[d])
    golden.layer("nn.%s(2)" % layer, UNBATCHED[d])
golden.layer("nn.AvgPool1d((2,), stride=(1,))", INPUT[1])


# PyTorch 1.13 has one and two dimensions only.
def lp_pool3d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    kernel = (kernel_size,) * 3 if isinstance(kernel_size, int) else kernel_size
    sums = F.avg_pool3d(input.pow(norm_type), kernel, stride, 0, ceil_mode) * (kernel[0] * kernel[1] * kernel[2])
    return (sums.sign() * F.relu(sums.abs())).pow(1 / norm_type)


class LPPool3d(nn.LPPool2d):
    def forward(self, input):
        return lp_pool3d(input, self.norm_type, self.kernel_size, self.stride, self.ceil_mode)


# Positive inputs: a root of a negative sum is not a number.
POSITIVE = {d: INPUT[d].replace("randn", "rand") for d in INPUT}
for d in (1, 2, 3):
    kernel = "3" if d == 1 else KERNEL[d]
    layer, function = "LPPool%dd" % d, "lp_pool%dd" % d
    for options in ["2, 2", "1.0, " + kernel, "3.0, 2, stride=1", "1.5, 2, stride=%s, ceil_mode=True" % PAIR[d]]:
        if d < 3:
            both(layer, function, options, POSITIVE[d])
            continue
        env = dict(LPPool3d=LPPool3d, lp_pool3d=lp_pool3d)
        for program in ["m = nn.LPPool3d(%s); a = %s; m(a)", "a = %s; F.lp_pool3d(a, %s)"]:
            parts = (options, POSITIVE[d]) if "LPPool3d" in program else (POSITIVE[d], options)
            golden.row(program % parts, python=re.sub(r"(nn|F)\.(?=lp|LP)", "", program % parts), env=env)
    if d < 3:
        golden.layer("nn.%s(2.0, 2)" % layer, UNBATCHED[d].replace("randn", "rand"))

for d in (2, 3):
    layer, function = "FractionalMaxPool%dd" % d, "fractional_max_pool%dd" % d
    kernel = {2: "(2, 3)", 3: "(2, 3, 2)"}[d]
    sizes = {2: "(4, 2)", 3: "(2, 2, 2)"}[d]
    ratios = {2: "(0.7, 0.5)", 3: "(0.6, 0.5, 0.7)"}[d]
    for options in [
        "2, output_size=2",
        "%s, output_size=%s" % (kernel, sizes),
        "2, output_ratio=0.5",
        "2, output_ratio=%s" % ratios,
    ]:
        both(layer, function, options, INPUT[d])
        with_indices(layer, function, options, INPUT[d])
    golden.layer("nn.%s(2, output_size=2)" % layer, UNBATCHED[d])
    samples = "torch.rand(1, %d, %d)" % (2 if d == 2 else 1, d)
    golden.row(
        "m = nn.%s(2, output_size=2, random_samples=%s); a = %s; m(a)" % (layer, samples, INPUT[d]),
        python="m = nn.%s(2, output_size=2, _random_samples=%s); a = %s; m(a)" % (layer, samples, INPUT[d]),
    )

SOME = {2: "3, None", 3: "None, 2, 3"}
for d in (1, 2, 3):
    sizes = {1: "4", 2: "(3, 2)", 3: "(2, 3, 1)"}[d]
    for kind, function in (("Max", "adaptive_max_pool%dd" % d), ("Avg", "adaptive_avg_pool%dd" % d)):
        layer = "Adaptive%sPool%dd" % (kind, d)
        both(layer, function, "1", INPUT[d])
        both(layer, function, sizes, INPUT[d])
        golden.layer("nn.%s(2)" % layer, UNBATCHED[d])
        if d > 1:
            golden.row(
                "m = nn.%s(%s); a = %s; m(a)" % (layer, SOME[d], INPUT[d]),
                python="m = nn.%s((%s)); a = %s; m(a)" % (layer, SOME[d], INPUT[d]),
            )
    with_indices("AdaptiveMaxPool%dd" % d, "adaptive_max_pool%dd" % d, sizes, INPUT[d])

if __name__ == "__main__":
    golden.write()
