"""Makes a module that calls an operator which Python's torch.library has registered: tests/resources/jit/shifted.pt."""

import pathlib

import torch

library = torch.library.Library("pymade", "DEF")
library.define("shift(Tensor x, int[] by, *, float scale=2.0) -> (Tensor, int)")
library.impl("shift", lambda x, by, scale=2.0: (x * scale + sum(by), len(by)), "CPU")


class Shifted(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.arange(3.0))

    def forward(self, x):
        y, count = torch.ops.pymade.shift(x * self.weight, [1, 2, 3], scale=0.5)
        return y * count


module = torch.jit.script(Shifted())
print(module(torch.ones(3)))
module.save(pathlib.Path(__file__).parent.parent / "resources/jit/shifted.pt")
