#!/usr/bin/python3
"""Programs that work on objects of their own classes: tests/resources/onnx_objects has for each a .pt file, and in
results.pth its input and what Python gives for it."""
from pathlib import Path

import torch
from torch import Tensor, nn

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "onnx_objects"


@torch.jit.script
class Coder:
    def __init__(self, weight: float, limit: float):
        self.weight = weight
        self.limit = limit

    def decode(self, x: Tensor) -> Tensor:
        return torch.clamp(x / self.weight, max=self.limit).exp()


class ObjectInASlot(nn.Module):
    def __init__(self):
        super().__init__()
        self.coder = Coder(2.0, 0.25)

    def forward(self, x: Tensor) -> Tensor:
        return self.coder.decode(x)


@torch.jit.script
class Total:
    def __init__(self, value: Tensor):
        self.value = value
        self.count = 0

    def add(self, x: Tensor):
        self.value = self.value * 0.5 + x
        self.count += 1


class ObjectThatChanges(nn.Module):
    """In a branch that the shape decides and in a loop; it is read in a branch that the data decides."""

    def forward(self, x: Tensor) -> Tensor:
        total = Total(x[0])
        if x.size(1) > 2:
            total.add(x[1])
        else:
            total.value = total.value - 3
        for _ in range(x.size(0)):
            total.add(x[2])
        if bool(x.sum() > 0):
            return total.value * total.count
        else:
            return total.value - total.count


def main():
    FOLDER.mkdir(exist_ok=True)
    torch.manual_seed(0)
    x = torch.randn(3, 4).abs()
    results = {}
    for program in [ObjectInASlot(), ObjectThatChanges()]:
        name = type(program).__name__
        scripted = torch.jit.script(program)
        scripted.save(str(FOLDER / f"{name}.pt"))
        results[name] = [(value, scripted(value)) for value in (x, -x)]
    torch.save(results, FOLDER / "results.pth")


if __name__ == "__main__":
    main()
