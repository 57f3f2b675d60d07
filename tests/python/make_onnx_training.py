#!/usr/bin/python3
"""ONNX models of small PyTorch modules before and after one step of SGD: tests/resources/onnx_training.

NAME/before.onnx and NAME/after.onnx are exports of the same module; NAME/values.pth has the inputs, the outputs before the step,
and what the outputs are multiplied with to make the loss. Whoever imports both models and takes the step has the same weights.
"""
import os
import warnings

import onnx
import torch
from onnx import numpy_helper
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval
from torch.onnx import TrainingMode

OUT = os.path.join(os.path.dirname(__file__), "..", "resources", "onnx_training")
RATE = 0.5


class Block(nn.Module):
    """A residual block, in which the exporter folds the normalizations of a module in eval mode into the convolutions."""

    def __init__(self):
        super().__init__()
        self.c1, self.b1 = nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8, momentum=0.3)
        self.c2, self.b2 = nn.Conv2d(8, 8, 3, padding=1, groups=4), nn.BatchNorm2d(8)
        self.d, self.p = nn.Conv2d(3, 8, 1), nn.PReLU(8)

    def forward(self, x):
        return self.p(self.b2(self.c2(F.relu(self.b1(self.c1(x))))) + self.d(x)).mean((2, 3))


def used(block):
    with torch.no_grad():
        for norm in (block.b1, block.b2):
            norm.running_mean.normal_(0, 0.2)
            norm.running_var.uniform_(0.5, 1.5)
    return block


def folded(block):
    block.eval()
    block.c1, block.b1 = fuse_conv_bn_eval(block.c1, block.b1), nn.Identity()
    block.c2, block.b2 = fuse_conv_bn_eval(block.c2, block.b2), nn.Identity()
    return block


class Recurrent(nn.Module):
    def __init__(self, kind, **options):
        super().__init__()
        self.r = getattr(nn, kind)(5, 7, **options)

    def forward(self, x):
        return self.r(x)[0]


class Twice(nn.Module):
    """A layer that is used twice: the exporter writes its weight twice, as it does with two layers that start with equal ones."""

    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(4, 4)

    def forward(self, x):
        return self.inner(torch.tanh(self.inner(x)))


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 4, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(4, 8, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(32, 10))


def encoder():
    """All of its layers start with equal weights, which the exporter writes once."""
    return nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, norm_first=True), 2)


def export(module, inputs, training, opset, path):
    state = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    torch.onnx.export(
        module, tuple(inputs), path, opset_version=opset, training=training,
        do_constant_folding=training == TrainingMode.EVAL, input_names=["x%d" % i for i in range(len(inputs))], dynamic_axes={"x0": {0: "batch"}})
    if module.training:
        restore(module, state, path)


def restore(module, state, path):
    """Undoes that the exporter's own run of a module that trains has moved the running statistics."""
    module.load_state_dict(state)
    model = onnx.load(path)
    for tensor in model.graph.initializer:
        tensor.CopyFrom(numpy_helper.from_array(state[tensor.name].numpy(), tensor.name))
    onnx.save(model, path)


def case(name, module, inputs, training=TrainingMode.EVAL, trains=False, opset=17):
    """Exports as `training` says; the step is taken in training mode if `trains`."""
    folder = os.path.join(OUT, name)
    os.makedirs(folder, exist_ok=True)
    module.train(training == TrainingMode.TRAINING)
    export(module, inputs, training, opset, os.path.join(folder, "before.onnx"))
    module.train(trains)
    output = module(*inputs)
    direction = torch.randn_like(output)
    torch.save(
        {"inputs": inputs, "output": output.detach(), "direction": direction, "rate": RATE, "train": trains},
        os.path.join(folder, "values.pth"))
    optimizer = torch.optim.SGD(module.parameters(), RATE)
    (output * direction).mean().backward()
    optimizer.step()
    module.train(training == TrainingMode.TRAINING)
    export(module, inputs, training, opset, os.path.join(folder, "after.onnx"))


def main():
    warnings.filterwarnings("ignore")
    torch.manual_seed(0)
    image = [torch.randn(3, 3, 6, 6)]
    case("block_folded", folded(used(Block())), image)
    case("block_eval", used(Block()), image, TrainingMode.PRESERVE)
    case("block_eval_trains", used(Block()), image, TrainingMode.PRESERVE, trains=True)
    case("block_training", used(Block()), image, TrainingMode.TRAINING, trains=True)
    case("block_training_13", used(Block()), image, TrainingMode.TRAINING, trains=True, opset=13)
    case("block_new", Block(), image, TrainingMode.PRESERVE, trains=True)
    case("lenet", lenet(), [torch.randn(2, 1, 20, 20)])
    for kind in ("RNN", "LSTM", "GRU"):
        case(kind.lower(), Recurrent(kind), [torch.randn(4, 2, 5)])
    case("lstm_both_ways", Recurrent("LSTM", num_layers=2, bidirectional=True, batch_first=True), [torch.randn(2, 4, 5)])
    case("transformer_encoder", encoder(), [torch.randn(2, 5, 8)])
    case("twice", Twice(), [torch.randn(2, 3, 4)])


if __name__ == "__main__":
    main()
