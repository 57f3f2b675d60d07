"""Makes tests/resources/nn/init.txt: the functions of torch.nn.init.

Run with a Python that has torch: /usr/bin/python3 tests/python/make_nn_init.py
"""

import math

import torch
from torch import nn

from golden import Golden

g = Golden("init")


def row(shape, call, tolerance=0, python=None, **options):
    """Fills a tensor: the values are equal to the bit unless there is a tolerance."""
    tensor = "t = torch.empty(%s); " % shape
    g.row(tensor + "init." + call, python=tensor + python if python else None, grad=False, tolerance=tolerance, **options)


WEIGHT = "4, 3, 2, 3"
NONLINEARITIES = ["linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "sigmoid",
                  "tanh", "relu", "leaky_relu", "selu"]

row("5", "uniform_(t)")
row(WEIGHT, "uniform_(t, a=-2.0, b=3.0)")
row("5", "normal_(t)")
row(WEIGHT, "normal_(t, mean=1.0, std=2.0)")
row("40", "trunc_normal_(t)")
row("40", "trunc_normal_(t, mean=1.0, std=2.0)")
row("40", "trunc_normal_(t, mean=0.1, std=0.02, a=-0.03, b=0.13)")
row("40, dtype=torch.float64", "trunc_normal_(t, mean=0.5, std=1.0, a=-1.0, b=3.0)")
row("40", "trunc_normal_(t, mean=5.0, std=1.0, a=-1.0, b=1.0)")
row("3, 2", "constant_(t, 0.3)")
row("3, 2", "constant_(t, val=-7.0)")
row("3, 2", "ones_(t)")
row("3, 2", "zeros_(t)")
row("3, 5", "eye_(t)")
row("5, 3", "eye_(t)")
for shape in ["4, 3, 3", "3, 4, 4, 3", "4, 4, 2, 3, 1", "2, 6, 1"]:
    row(shape, "dirac_(t)")
    row(shape, "dirac_(t, groups=1)")
row("6, 2, 3", "dirac_(t, groups=3)")
row("6, 3, 3, 2", "dirac_(t, groups=2)")
row("6, 4, 1, 2, 3", "dirac_(t, groups=2)")
for shape in [WEIGHT, "5, 3", "3, 2, 4"]:
    for kind in ["uniform_", "normal_"]:
        row(shape, "xavier_%s(t)" % kind)
        row(shape, "xavier_%s(t, gain=1.5)" % kind)
        row(shape, "kaiming_%s(t)" % kind)
        for mode in ["fan_in", "fan_out"]:
            row(shape, "kaiming_%s(t, a=0.2, mode='%s', nonlinearity='leaky_relu')" % (kind, mode))
            row(shape, "kaiming_%s(t, a=0.0, mode='%s', nonlinearity='relu')" % (kind, mode))
for nonlinearity in NONLINEARITIES:
    row("4, 3", "kaiming_normal_(t, a=0.0, mode='fan_in', nonlinearity='%s')" % nonlinearity)
    row("1, dtype=torch.float64", "constant_(t, init.calculate_gain('%s'))" % nonlinearity)
row("1, dtype=torch.float64", "constant_(t, init.calculate_gain('leaky_relu', 0.3))")
row("1, dtype=torch.float64", "constant_(t, init.calculate_gain('leaky_relu', param=2.0))")
row("0, 3", "kaiming_uniform_(t)")
row("0, 3", "kaiming_normal_(t)")
for shape in ["4, 4", "5, 3", "3, 5", "3, 2, 2", "6, 2, 2", "1, 4", "0, 3"]:
    row(shape, "orthogonal_(t)", tolerance=1e-6)
    row(shape, "orthogonal_(t, gain=2.5)", tolerance=1e-6)
for sparsity in ["0.0", "0.1", "0.5", "1.0"]:
    row("6, 4", "sparse_(t, sparsity=%s)" % sparsity)
    row("6, 4", "sparse_(t, sparsity=%s, std=2.0)" % sparsity)


# PyTorch 1.13 does not take a generator: the same numbers come from its own one with the generator's seed.


def seeded(seed, call):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return call()


def sparse(tensor, sparsity, std, seed):
    seeded(seed, lambda: tensor.normal_(0, std))
    for column in range(tensor.shape[1]):
        tensor[torch.randperm(tensor.shape[0])[: math.ceil(sparsity * tensor.shape[0])], column] = 0
    return tensor


for shape, call in [
    ("5", "uniform_(t, a=-1.0, b=2.0"),
    ("5", "normal_(t, mean=1.0, std=2.0"),
    ("40", "trunc_normal_(t, mean=0.5, std=1.0, a=-1.0, b=1.0"),
    ("4, 3", "xavier_uniform_(t, gain=1.5"),
    ("4, 3", "xavier_normal_(t, gain=1.5"),
    ("4, 3", "kaiming_uniform_(t, a=0.1, mode='fan_out', nonlinearity='leaky_relu'"),
    ("4, 3", "kaiming_normal_(t, a=0.1, mode='fan_out', nonlinearity='leaky_relu'"),
    ("4, 3", "orthogonal_(t, gain=1.5"),
]:
    row(shape, call + ", generator=torch.Generator(3))", python="seeded(3, lambda: nn.init.%s))" % call,
        env={"seeded": seeded}, tolerance=1e-6 if "orthogonal" in call else 0)
row("6, 4", "sparse_(t, sparsity=0.4, std=1.0, generator=torch.Generator(3))", python="sparse(t, 0.4, 1.0, 3)",
    env={"sparse": sparse})

g.write()
