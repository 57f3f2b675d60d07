"""TorchScript programs of all kinds, and what they do: tests/resources/graph has for each a .pt file, and in programs.pth
its arguments and results.

Reading one as a Graph and writing it again must not change what it does.
"""

from collections import OrderedDict
from enum import Enum
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Tuple, Union

import torch
from torch import Tensor, nn

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "graph"
torch.manual_seed(3)


class Branches(nn.Module):
    def forward(self, x: Tensor, n: int) -> Tensor:
        if n > 3:
            return x * n
        elif n == 3:
            x = x - 1
        else:
            x = x + 0.5
        if x.sum() > 0:
            x = x.relu()
        return x if n % 2 == 0 else -x


class Loops(nn.Module):
    def forward(self, x: Tensor, n: int) -> Tensor:
        total = torch.zeros_like(x)
        for i in range(n):
            if i == 1:
                continue
            if i > 4:
                break
            total = total + x * i
        while bool(total.abs().max() > 10.0):
            total = total / 2
        for row in x.unbind(0):
            total = total + row
        return total


class Lists(nn.Module):
    def forward(self, x: Tensor) -> Tuple[Tensor, List[int], List[List[float]]]:
        parts: List[Tensor] = []
        for i, part in enumerate(torch.split(x, 1)):
            parts.append(part * i)
        parts.insert(0, x[:1])
        parts.pop()
        sizes = [p.size(0) + 1 for p in parts]
        sizes.reverse()
        nested = [[1.5, float(len(sizes))], torch.jit.annotate(List[float], [])]
        first, second = parts[0], parts[-1]
        return torch.cat([first, second] + parts[1:]), sizes + [7], nested


class Dictionaries(nn.Module):
    def forward(self, x: Tensor, names: List[str]) -> Dict[str, Tensor]:
        found: Dict[str, Tensor] = {"all": x}
        for i, name in enumerate(names):
            if name not in found:
                found[name] = x[i]
        counts = {len(k): k for k in found.keys()}
        for key, value in counts.items():
            found[value] = found[value] + key
        found.pop("all")
        return found


class Pair(NamedTuple):
    left: Tensor
    right: Optional[Tensor]


class Tuples(nn.Module):
    def swapped(self, pair: Tuple[Tensor, int]) -> Tuple[int, Tensor]:
        a, b = pair
        return b, a

    def forward(self, x: Tensor) -> Tuple[Pair, int, Tuple[Tensor, Tensor]]:
        n, y = self.swapped((x, 4))
        all = (x, y, x + n)
        pair = Pair(x, None)
        if n > 2:
            pair = Pair(left=pair.left, right=y * 2)
        return pair, n, all[1:]


class InPlace(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        y = x.clone()
        y.add_(1).mul_(2)
        y[0] = 5.0
        y[:, 1] += x[:, 0]
        view = y.view(-1)
        view[1::2].zero_()
        y.index_put_([torch.tensor([1])], torch.tensor(0.25))
        return y


class Counting(nn.Module):
    """Changes its buffers and attributes: in place and by assignment."""

    calls: int
    log: List[str]

    def __init__(self):
        super().__init__()
        self.register_buffer("sum", torch.zeros(3))
        self.register_buffer("last", torch.zeros(3))
        self.calls = 0
        self.log = []

    def forward(self, x: Tensor) -> Tensor:
        self.sum.add_(x.sum(0))
        self.last = x[-1]
        self.calls += 1
        self.log.append("call {}".format(self.calls))
        return self.sum / self.calls + len(self.log)


class Texts(nn.Module):
    def forward(self, name: str, n: int) -> Tuple[str, List[str], bool]:
        text = "quote \" back \\ line \n é: {} is {}".format(name, n)
        if name.startswith("a"):
            text = text.upper() + name[1:]
        return text, name.split(","), name == "abc" or "x" in text


class Optionals(nn.Module):
    bias: Optional[Tensor]
    scale: Optional[float]

    def __init__(self):
        super().__init__()
        self.bias = None
        self.register_parameter("missing", None)
        self.scale = 2.5

    def forward(self, x: Tensor, y: Optional[Tensor] = None, n: Optional[int] = None, factor: float = 0.5) -> Tensor:
        if y is not None:
            x = x + y
        if n is None:
            n = 2
        bias = self.bias
        if bias is not None:
            x = x + bias
        scale = self.scale
        return x * n * factor * (1.0 if scale is None else scale)


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.linear = nn.Linear(width, width)
        self.norm = nn.BatchNorm1d(width)

    def forward(self, x: Tensor) -> Tensor:
        return x + torch.relu(self.norm(self.linear(x)))


class Nested(nn.Module):
    def __init__(self):
        super().__init__()
        self.shared = torch.jit.script(nn.Linear(4, 4))
        self.blocks = nn.ModuleList([Block(4), Block(4), Block(4)])
        self.heads = nn.ModuleDict(OrderedDict(a=nn.Linear(4, 2), b=nn.Sequential(nn.Tanh(), nn.Linear(4, 3))))
        self.again = self.shared
        self.tied = nn.Linear(4, 4, bias=False)
        self.tied.weight = self.shared.weight
        self.drop = nn.Dropout(0.5)
        self.unused = nn.Conv2d(1, 1, 3)
        self.blocks[0].linear.weight.requires_grad_(False)

    def forward(self, x: Tensor) -> Dict[str, Tensor]:
        x = self.tied(self.again(self.shared(x)))
        for block in self.blocks:
            x = block(x)
        x = self.drop(x)
        results: Dict[str, Tensor] = {}
        for name, head in self.heads.items():
            results[name] = head(x)
        if self.training:
            results["training"] = x
        return results


class Color(Enum):
    RED = 1
    GREEN = 2


class Enums(nn.Module):
    def __init__(self):
        super().__init__()
        self.color = Color.GREEN

    def forward(self, x: Tensor, red: bool) -> Tuple[Tensor, str]:
        color = Color.RED if red else self.color
        if color == Color.RED:
            x = -x
        return x * color.value, color.name


class Checked(nn.Module):
    def forward(self, x: Tensor, n: int) -> Tensor:
        assert x.dim() == 2, "two dimensions are needed, not {}".format(x.dim())
        if n < 0:
            raise ValueError("n is negative")
        return x[:n]


@torch.jit.script
class Accumulator:
    def __init__(self, start: Tensor):
        self.total = start
        self.count = 0

    def add(self, x: Tensor) -> int:
        self.total = self.total + x
        self.count += 1
        return self.count


class Objects(nn.Module):
    def forward(self, x: Tensor) -> Tuple[Tensor, int]:
        accumulator = Accumulator(x)
        n = 0
        for i in range(3):
            n = accumulator.add(x * i)
        return accumulator.total, n + accumulator.count


@torch.jit.interface
class Activation(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        pass


class Interfaces(nn.Module):
    activation: Activation

    def __init__(self):
        super().__init__()
        self.activation = Block(3)

    def forward(self, x: Tensor) -> Tensor:
        return self.activation.forward(x)


class Kinds(nn.Module):
    """Types that are rare."""

    def forward(self, x: Tensor, y: Union[int, str]) -> Tuple[Tensor, int, complex, torch.device, float]:
        if isinstance(y, int):
            n = y
        else:
            n = len(y)
        far = float("inf")
        if n > 100:
            far = float("nan")
        z = 1.5 + 2j
        constant = torch.zeros([2], dtype=torch.float64, device=x.device)
        return x.to(constant.dtype).sum() + constant, n, z * 2, x.device, far


def helper(x: Tensor, n: int = 2) -> Tensor:
    return x * n if n > 0 else x


class Functions(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 3)

    @torch.jit.export
    def other(self, x: Tensor, n: int) -> Tensor:
        return self.linear(helper(x, n))

    def forward(self, x: Tensor) -> Tensor:
        future = torch.jit.fork(helper, x)
        y = self.other(x, 3) + helper(x)
        return torch.jit.wait(future) + y


class Traced(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2))
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        y = self.body(x).mean((2, 3)) + torch.tensor([1.0, 2.0, 3.0, 4.0])
        return self.head(y), [y.flatten(), y[..., :1]]


X = torch.randn(4, 3)

PROGRAMS = [
    (Branches(), [(X, 5), (X, 3), (X, 2)]),
    (Loops(), [(X, 0), (X, 3), (X, 9)]),
    (Lists(), [(X,)]),
    (Dictionaries(), [(X, ["one", "all", "three"])]),
    (Tuples(), [(X,)]),
    (InPlace(), [(X,)]),
    (Counting(), [(X,), (X + 1,)]),
    (Texts(), [("abc,d", 3), ("", 0)]),
    (Optionals(), [(X,), (X, X), (X, None, 4), (X, X, None, 3.0)]),
    (Nested(), [(torch.randn(5, 4),)]),
    (Enums(), [(X, True), (X, False)]),
    (Checked(), [(X, 2)]),
    (Objects(), [(X,)]),
    (Interfaces(), [(X,)]),
    (Kinds(), [(X, 3), (X, "four"), (X, 101)]),
    (Functions(), [(X,)]),
]


def plain(value):
    """What torch.save can write and Java can read."""
    if isinstance(value, complex):
        return [value.real, value.imag]
    if isinstance(value, torch.device):
        return str(value)
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    calls = {}
    for module, arguments in PROGRAMS:
        name = type(module).__name__
        script = torch.jit.script(module.eval())
        script.save(str(FOLDER / (name + ".pt")))
        calls[name] = [(list(a), plain(script(*a))) for a in arguments]
    image = torch.randn(2, 3, 6, 6)
    traced = torch.jit.trace(Traced().eval(), image, strict=False)
    traced.save(str(FOLDER / "Traced.pt"))
    other = torch.randn(1, 3, 4, 8)
    calls["Traced"] = [([other], plain(traced(other)))]
    torch.save(calls, str(FOLDER / "programs.pth"))


main()
