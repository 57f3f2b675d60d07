"""Makes the files in tests/resources/torchscript: programs of torch.jit, and what Python gets of them.

Run it from the root of the project: python3 tests/python/make_torchscript.py
"""
import enum
import pathlib
from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Union

import torch
import torch.nn as nn
import torch.nn.functional as F

FOLDER = pathlib.Path("tests/resources/torchscript")
STEPS = 6


class Plain(nn.Module):
    """What training notices: a running mean, dropout, a weight that is there twice, children of one class."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.bn = nn.BatchNorm2d(4)
        self.body = nn.Sequential(nn.Linear(16, 8), nn.ReLU(), nn.Dropout(0.25), nn.Linear(8, 8))
        self.first = nn.Linear(8, 8)
        self.second = nn.Linear(8, 8)
        self.second.weight = self.first.weight
        self.fc = nn.Linear(8, 3)
        self.register_buffer("scale", torch.tensor(0.5))
        self.classes = ["cat", "dog", "owl"]
        self.factor = 2

    def forward(self, x):
        x = torch.flatten(F.relu(self.bn(self.conv(x))), 1)
        x = self.second(F.relu(self.first(self.body(x))))
        return self.fc(x) * self.scale * self.factor


class Net(Plain):
    @torch.jit.export
    def label(self, x) -> List[str]:
        found: List[int] = self.forward(x).argmax(1).tolist()
        return [self.classes[i] for i in found]


class Size(enum.Enum):
    SMALL = 1
    LARGE = 2


class Point(NamedTuple):
    x: torch.Tensor
    name: str


@torch.jit.script
class Counter:
    def __init__(self, start: int):
        self.count = start

    def add(self, n: int) -> int:
        self.count += n
        return self.count


class Values(nn.Module):
    """One method for each row of the table of values."""

    def __init__(self):
        super().__init__()
        self.child = nn.Linear(1, 1)

    def forward(self, x: torch.Tensor, y: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
        return x + y, x - y

    @torch.jit.export
    def tensor(self, x: torch.Tensor) -> torch.Tensor:
        return x + 1

    @torch.jit.export
    def integer(self, x: int) -> int:
        return x + 1

    @torch.jit.export
    def fraction(self, x: float) -> float:
        return x / 2

    @torch.jit.export
    def truth(self, x: bool) -> bool:
        return not x

    @torch.jit.export
    def complexNumber(self, x: complex) -> complex:
        return x * 2

    @torch.jit.export
    def text(self, x: str) -> str:
        return x + "!"

    @torch.jit.export
    def same(self, x: str) -> str:
        return x

    @torch.jit.export
    def optional(self, x: Optional[int]) -> Optional[int]:
        if x is None:
            return 1
        return None

    @torch.jit.export
    def integers(self, x: List[int]) -> List[int]:
        return x + [len(x)]

    @torch.jit.export
    def fractions(self, x: List[float]) -> List[float]:
        return x

    @torch.jit.export
    def truths(self, x: List[bool]) -> List[bool]:
        return x

    @torch.jit.export
    def nested(self, x: List[List[str]]) -> List[List[str]]:
        return x

    @torch.jit.export
    def tensors(self, x: List[torch.Tensor]) -> torch.Tensor:
        return torch.stack(x).sum(0)

    @torch.jit.export
    def maybeTensors(self, x: List[Optional[torch.Tensor]]) -> int:
        n = 0
        for t in x:
            if t is not None:
                n += 1
        return n

    @torch.jit.export
    def pair(self, x: Tuple[int, str]) -> Tuple[str, int]:
        return x[1], x[0]

    @torch.jit.export
    def point(self, x: Point) -> Point:
        return Point(x.x * 2, x.name + "'")

    @torch.jit.export
    def points(self, x: Optional[List[Point]]) -> Optional[List[Point]]:
        return x

    @torch.jit.export
    def dictionary(self, x: Dict[str, torch.Tensor]) -> Dict[str, torch.Tensor]:
        x["sum"] = torch.stack(list(x.values())).sum(0)
        return x

    @torch.jit.export
    def counts(self, x: Dict[int, List[float]]) -> Dict[int, List[float]]:
        return x

    @torch.jit.export
    def device(self, x: torch.device) -> torch.device:
        return x

    @torch.jit.export
    def size(self, x: Size) -> Size:
        if x == Size.SMALL:
            return Size.LARGE
        return Size.SMALL

    @torch.jit.export
    def counter(self, start: int) -> Counter:
        return Counter(start)

    @torch.jit.export
    def count(self, counter: Counter) -> int:
        return counter.add(10)

    @torch.jit.export
    def either(self, x: Union[int, str]) -> Union[int, str]:
        return x

    @torch.jit.export
    def anything(self, x: Any) -> Any:
        return x

    @torch.jit.export
    def defaults(self, x: int, y: int = 3, z: Optional[str] = None, w: float = 0.5) -> str:
        return "{} {} {} {}".format(x, y, z, w)

    @torch.jit.export
    def zeros(self, n: int, dtype: int) -> torch.Tensor:
        return torch.zeros(n, dtype=dtype)

    @torch.jit.export
    def future(self, x: torch.Tensor) -> torch.Tensor:
        return torch.jit.wait(torch.jit.fork(torch.relu, x))

    @torch.jit.export
    def fails(self, x: int) -> int:
        if x > 0:
            raise ValueError("x is " + str(x))
        return x

    @torch.jit.export
    def nothing(self):
        pass


class Inner(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(2, 2)

    def forward(self, x):
        return torch.relu(self.lin(x))


class Twins(nn.Module):
    """Children of the same class, one in the other."""

    def __init__(self):
        super().__init__()
        self.a = Inner()
        self.b = Inner()

    def forward(self, x):
        return self.a(x) - self.b(x)


def train(model, x, target, learn):
    torch.manual_seed(3)
    optimizer = torch.optim.SGD([p for p in learn(model)], lr=0.1, momentum=0.9)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), target)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def freeze_but_head(model):
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name.startswith("fc."))
    return [p for p in model.parameters() if p.requires_grad]


def load(name):
    return torch.jit.load(str(FOLDER / name))


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    net = Net()
    net.conv.bias.requires_grad_(False)
    torch.jit.save(torch.jit.script(net), str(FOLDER / "net.pt"), _extra_files={"labels.txt": "cat\ndog\nowl\n", "bytes": b"\0\1\xff"})
    x, target = torch.randn(5, 1, 4, 4), torch.tensor([0, 1, 2, 1, 0])
    torch.manual_seed(1)
    traced = torch.jit.trace(Plain().eval(), x)
    traced.save(str(FOLDER / "traced.pt"))
    scripted = torch.jit.script(net)
    scripted._save_for_lite_interpreter(str(FOLDER / "net.ptl"))
    torch.jit.script(Values()).save(str(FOLDER / "values.pt"))
    torch.jit.script(Twins()).save(str(FOLDER / "twins.pt"))
    loaded = load("net.pt")
    expected = {
        "x": x, "target": target, "y": loaded.eval()(x).detach(), "text": str(loaded), "traced_text": str(load("traced.pt")),
        "keys": list(loaded.state_dict()), "parameters": [n for n, _ in loaded.named_parameters()],
        "buffers": [n for n, _ in loaded.named_buffers()], "modules": [n for n, _ in loaded.named_modules()],
        "children": [n for n, _ in loaded.named_children()], "labels": loaded.label(x), "losses": train(load("net.pt"), x, target, lambda m: m.parameters()),
        "head_losses": train(load("net.pt"), x, target, freeze_but_head),
        "eval_losses": train(load("net.pt").eval(), x, target, lambda m: m.parameters()),
        "traced_losses": train(load("traced.pt"), x, target, lambda m: m.parameters())}
    torch.save(expected, FOLDER / "expected.pth")


if __name__ == "__main__":
    main()
