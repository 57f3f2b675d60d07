#!/usr/bin/env python3
"""As make_onnx_training.py, by the exporter of torch.export: needs PyTorch 2.13 or later, with onnxscript.

Its models have the names of modules and parameters beside the nodes, weights turned over or computed with others, and one of
several weights that start with the same elements.
"""
import os

import onnx
import torch
from torch import nn
from torch.nn import functional as F

from make_onnx_training import OUT, RATE, Block, Recurrent, folded, used


class Layer(nn.Module):
    def __init__(self, size, heads):
        super().__init__()
        self.ln_1, self.qkv, self.proj = nn.LayerNorm(size), nn.Linear(size, 3 * size), nn.Linear(size, size)
        self.ln_2, self.mlp = nn.LayerNorm(size), nn.Sequential(nn.Linear(size, 16), nn.GELU(), nn.Linear(16, size))
        self.heads = heads

    def forward(self, x):
        batch, length, size = x.shape
        qkv = self.qkv(self.ln_1(x)).reshape(batch, length, 3, self.heads, size // self.heads)
        y = F.scaled_dot_product_attention(*qkv.permute(2, 0, 3, 1, 4).unbind(0), is_causal=True)
        x = x + self.proj(y.transpose(1, 2).reshape(batch, length, size))
        return x + self.mlp(self.ln_2(x))


class Language(nn.Module):
    """The table of words also makes their scores, and what turns positions is a buffer."""

    def __init__(self):
        super().__init__()
        self.wte, self.h = nn.Embedding(11, 8), nn.ModuleList([Layer(8, 2) for _ in range(2)])
        self.ln_f, self.lm_head = nn.LayerNorm(8), nn.Linear(8, 11, bias=False)
        self.lm_head.weight = self.wte.weight
        self.register_buffer("turn", torch.rand(1, 6, 8))

    def forward(self, words):
        x = self.wte(words) * self.turn
        for layer in self.h:
            x = layer(x)
        return self.lm_head(self.ln_f(x))


class Normalized(nn.Module):
    """Some normalizations have weights, others have constants."""

    def __init__(self):
        super().__init__()
        self.group, self.instance = nn.GroupNorm(2, 4), nn.InstanceNorm2d(4, affine=True)
        self.plain, self.last = nn.LayerNorm(4, elementwise_affine=False), nn.LayerNorm(4)

    def forward(self, x):
        return self.last(torch.tanh(self.plain(self.instance(torch.tanh(self.group(x))))))


def export(module, inputs, path):
    shapes = tuple({0: torch.export.Dim.DYNAMIC} for _ in inputs)
    torch.onnx.export(
        module, tuple(inputs), path, opset_version=18, dynamo=True, dynamic_shapes=shapes, external_data=False, verbose=False)
    model = onnx.load(path)
    for node in model.graph.node:
        kept = [entry for entry in node.metadata_props if entry.key != "pkg.torch.onnx.stack_trace"]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
    onnx.save(model, path)


def case(name, module, inputs):
    folder = os.path.join(OUT, name)
    os.makedirs(folder, exist_ok=True)
    module.eval().requires_grad_(True)
    export(module, inputs, os.path.join(folder, "before.onnx"))
    output = module(*inputs)
    direction = torch.randn_like(output)
    torch.save(
        {"inputs": inputs, "output": output.detach(), "direction": direction, "rate": RATE, "train": False},
        os.path.join(folder, "values.pth"))
    optimizer = torch.optim.SGD(module.parameters(), RATE)
    (output * direction).mean().backward()
    optimizer.step()
    export(module, inputs, os.path.join(folder, "after.onnx"))


def main():
    torch.manual_seed(0)
    case("export_block", folded(used(Block())), [torch.randn(3, 3, 6, 6)])
    case("export_language", Language(), [torch.randint(0, 11, (2, 6))])
    case("export_normalized", Normalized(), [torch.randn(2, 4, 3, 4)])
    case("export_lstm", Recurrent("LSTM", num_layers=2, bidirectional=True, batch_first=True), [torch.randn(2, 4, 5)])


if __name__ == "__main__":
    main()
