#!/usr/bin/python3
"""Quantised modules as PyTorch makes them, with what they give in Python: tests/resources/quantized.

NAME.pt is a program, NAME.calls.pth a list of pairs (input, output). Means are of odd numbers of values: those of even ones
are often in the middle between two steps, and every implementation rounds them in its own way.
"""
import os
import warnings

import torch
from torch import nn
from torch.ao import quantization as tq
from torch.nn import functional as F

OUT = os.path.join(os.path.dirname(__file__), "..", "resources", "quantized")


class Net(nn.Module):
    """Convolutions, a sum and a linear layer."""

    def __init__(self):
        super().__init__()
        self.quant, self.dequant = tq.QuantStub(), tq.DeQuantStub()
        self.conv1, self.relu = nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU()
        self.conv2 = nn.Conv2d(8, 8, 3, 1, 1, groups=4, bias=False)
        self.sum = nn.quantized.FloatFunctional()
        self.pool, self.mean = nn.MaxPool2d(2), nn.AdaptiveAvgPool2d(2)
        self.fc = nn.Linear(32, 5)

    def forward(self, x):
        x = self.relu(self.conv1(self.quant(x)))
        x = self.pool(self.sum.add_relu(self.conv2(x), x))
        return self.dequant(self.fc(torch.flatten(self.mean(x), 1)))


class Operators(nn.Module):
    """What else works on quantised tensors."""

    def __init__(self):
        super().__init__()
        self.quant, self.dequant = tq.QuantStub(), tq.DeQuantStub()
        self.up, self.norm = nn.ConvTranspose2d(4, 4, 2, 2, bias=False), nn.BatchNorm2d(4)
        self.swish, self.leaky, self.gate = nn.Hardswish(), nn.LeakyReLU(0.1), nn.Sigmoid()
        self.product, self.join, self.scaled = (nn.quantized.FloatFunctional() for _ in range(3))
        self.row = nn.Conv1d(8, 3, 3, padding=2, dilation=2)

    def forward(self, x):
        x = self.quant(x)
        a = self.leaky(self.norm(self.up(x)))
        b = F.interpolate(self.swish(x), scale_factor=2.0, mode="nearest")
        c = self.product.mul(a, self.gate(b))
        x = self.scaled.mul_scalar(self.join.cat([c, b], 1), 0.5)
        rows = self.row(F.relu(x[:, :, 1:, 1:]).mean(3).transpose(1, 2).reshape(x.size(0), 8, -1))
        return self.dequant(F.hardtanh(rows, -0.5, 0.75))


def quantized(module, x, weights):
    module.eval()
    if isinstance(module, Net):
        module = tq.fuse_modules(module, [["conv1", "relu"]])
    module.qconfig = tq.QConfig(
        activation=tq.MinMaxObserver.with_args(quant_min=0, quant_max=127), weight=weights)
    for each in module.modules():
        if isinstance(each, nn.ConvTranspose2d):
            each.qconfig = tq.QConfig(module.qconfig.activation, tq.default_weight_observer)
    tq.prepare(module, inplace=True)
    module(x)
    return tq.convert(module, inplace=True)


def save(name, module, *inputs):
    program = torch.jit.trace(module, inputs[0]) if isinstance(module, Operators) else torch.jit.script(module)
    program.save(os.path.join(OUT, name + ".pt"))
    with torch.no_grad():
        torch.save([(x, module(x)) for x in inputs], os.path.join(OUT, name + ".calls.pth"))


def main():
    warnings.filterwarnings("ignore")
    torch.manual_seed(0)
    os.makedirs(OUT, exist_ok=True)
    torch.backends.quantized.engine = "qnnpack"
    image = torch.randn(2, 3, 24, 24)
    save("per_channel", quantized(Net(), image, tq.default_per_channel_weight_observer), image, image[:1] / 2)
    save("per_tensor", quantized(Net(), image, tq.default_weight_observer), image, image[:1] / 2)
    image = torch.randn(2, 4, 3, 4)
    save("operators", quantized(Operators(), image, tq.default_weight_observer), image, image[1:] * 2)
    torch.backends.quantized.engine = "onednn"
    dense = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 4)).eval()
    rows = torch.randn(3, 6)
    save("dynamic", tq.quantize_dynamic(dense, {nn.Linear}), rows, rows[:2] * 3)


if __name__ == "__main__":
    main()
