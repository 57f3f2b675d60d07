#!/usr/bin/python3
"""TorchScript files as people have them, with what Python gets from calling them: tests/resources/torchscript_cases.

NAME.pt is a program. NAME.calls.pth is a list of calls in their order: {"method", "args", "result"}, or "error" in place of
"result" for a call that fails. finetune.steps.pth has what a training of finetune.pt comes to.
"""
import os
from typing import Dict, List, NamedTuple, Optional, Tuple

import torch
import torchvision
from torch import Tensor, nn
from torch.nn import functional as F

OUT = os.path.join(os.path.dirname(__file__), "..", "resources", "torchscript_cases")


class TextClassifier(nn.Module):
    """What libraries for texts return: a dictionary."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20, 6, padding_idx=0)
        self.lstm = nn.LSTM(6, 5, batch_first=True, bidirectional=True)
        self.head = nn.Linear(10, 3)

    def forward(self, ids: Tensor, mask: Optional[Tensor] = None, top: int = 2) -> Dict[str, Tensor]:
        hidden, _ = self.lstm(self.embedding(ids))
        if mask is None:
            pooled = hidden.mean(1)
        else:
            weights = mask.unsqueeze(-1).to(hidden.dtype)
            pooled = (hidden * weights).sum(1) / weights.sum(1).clamp(min=1.0)
        logits = self.head(pooled)
        scores, labels = logits.softmax(-1).topk(top, -1)
        return {"logits": logits, "scores": scores, "labels": labels}

    @torch.jit.export
    def labels(self) -> Dict[int, str]:
        return {0: "bad", 1: "neutral", 2: "good"}


class Detector(nn.Module):
    """The signature of torchvision's detection models, and their operators."""

    def __init__(self):
        super().__init__()
        self.backbone = nn.Conv2d(3, 4, 3, 2, 1)
        self.rpn = nn.Conv2d(4, 4, 1)
        self.head = nn.Linear(4 * 2 * 2, 2)

    def forward(
        self, images: List[Tensor], targets: Optional[List[Dict[str, Tensor]]] = None
    ) -> Tuple[Dict[str, Tensor], List[Dict[str, Tensor]]]:
        losses: Dict[str, Tensor] = {}
        results: List[Dict[str, Tensor]] = []
        for i, image in enumerate(images):
            features = self.backbone(image[None]).relu()
            corner = self.rpn(features)[0].flatten(1).t().sigmoid() * 6
            corner += torch.arange(corner.size(0)).unsqueeze(1) * 0.2
            boxes = torch.cat([corner[:, :2], corner[:, :2] + corner[:, 2:].remainder(4.0) + 1], 1)
            scores = corner.sum(1)
            keep = torch.ops.torchvision.nms(boxes, scores, 0.5)[:4]
            rois = torch.cat([torch.zeros(len(keep), 1), boxes[keep]], 1)
            crops = torch.ops.torchvision.roi_align(features, rois, 0.5, 2, 2, 2, False)
            logits = self.head(crops.flatten(1))
            if targets is not None:
                losses["loss_%d" % i] = F.cross_entropy(logits, targets[i]["labels"][: len(keep)])
            results.append({"boxes": boxes[keep], "scores": logits.softmax(1)[:, 1], "labels": logits.argmax(1)})
        return losses, results


class Box(NamedTuple):
    corner: Tensor
    label: str
    sizes: List[int]


class Values(nn.Module):
    """One method for each kind of argument and result."""

    greeting: str
    names: List[str]

    def __init__(self):
        super().__init__()
        self.greeting = "hello"
        self.names = ["a", "b"]

    def forward(self, x: Tensor) -> Tensor:
        return x

    @torch.jit.export
    def numbers(self, i: int, f: float, b: bool, c: complex) -> Tuple[int, float, bool, complex]:
        return i * 2, f / 2, not b, c * 1j

    @torch.jit.export
    def defaults(self, x: Tensor, scale: float = 2.0, shift: int = 1, note: Optional[str] = None) -> Tuple[Tensor, str]:
        return x * scale + shift, "nothing" if note is None else note

    @torch.jit.export
    def texts(self, text: str) -> List[str]:
        return [text.upper(), self.greeting + " " + text] + self.names

    @torch.jit.export
    def nested(self, x: Dict[str, List[Tuple[int, Optional[float]]]]) -> List[Dict[str, int]]:
        result: List[Dict[str, int]] = []
        for key, items in x.items():
            count = 0
            for number, other in items:
                count += number if other is None else int(other)
            result.append({key: count})
        return result

    @torch.jit.export
    def named(self, box: Box) -> Box:
        return Box(box.corner + 1, box.label + "!", [size + 1 for size in box.sizes])

    @torch.jit.export
    def nothing(self) -> None:
        pass

    @torch.jit.export
    def optional(self, x: Optional[Tensor]) -> Optional[Tensor]:
        return None if x is None else -x

    @torch.jit.export
    def types(self, x: Tensor) -> List[Tensor]:
        return [
            x.half(), x.to(torch.bfloat16), x.double(), x.long(), x.int(), x.short(), x.char(), x.abs().byte(), x > 0,
            torch.complex(x, x), x[:0], x.sum(),
        ]

    @torch.jit.export
    def place(self, x: Tensor, device: torch.device) -> Tuple[Tensor, torch.device]:
        return x.to(device), x.device

    @torch.jit.export
    def check(self, x: Tensor) -> Tensor:
        if x.dim() != 2:
            raise ValueError("a matrix is expected")
        return x.t()


class Counter(nn.Module):
    """State that calls change."""

    total: int
    history: List[float]

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(3))
        self.total = 0
        self.history = []

    def forward(self, x: Tensor) -> Tensor:
        self.total += 1
        self.mean += (x - self.mean) / self.total
        self.history.append(float(x.sum()))
        return self.mean.clone()

    @torch.jit.export
    def state(self) -> Tuple[int, List[float]]:
        return self.total, self.history


class Beam(nn.Module):
    """Loops and branches that depend on values."""

    def __init__(self):
        super().__init__()
        self.cell = nn.GRUCell(4, 4)
        self.layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(3)])

    def forward(self, x: Tensor, limit: int) -> Tuple[Tensor, int]:
        state = torch.zeros_like(x)
        steps = 0
        while steps < limit and float(state.abs().max()) < 0.75:
            state = self.cell(x, state)
            for layer in self.layers:
                if steps % 2 == 0:
                    state = state + 0.2 * layer(state)
                else:
                    state = state - 0.2 * layer(state)
            steps += 1
        return state, steps


class Block(nn.Module):
    """A picture's network, to be traced."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(8)
        self.down = nn.Conv2d(3, 8, 1)
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        y = F.relu(self.bn(self.conv(x)) + self.down(x))
        return self.fc(F.adaptive_avg_pool2d(y, 1).flatten(1))


def save(name, module, calls):
    """Calls the file, not the module that it was made of, so that state starts as it is in the file."""
    path = os.path.join(OUT, name + ".pt")
    if isinstance(module, bytes):
        with open(path, "wb") as file:
            file.write(module)
    else:
        torch.jit.save(module, path)
    loaded = torch.jit.load(path)
    record = []
    for method, *args in calls:
        call = {"method": method, "args": plain(args)}
        try:
            with torch.no_grad():
                call["result"] = plain(getattr(loaded, method)(*args))
        except torch.jit.Error as error:
            call["error"] = str(error).strip().splitlines()[-1].split(": ")[-1]
        record.append(call)
    torch.save(record, os.path.join(OUT, name + ".calls.pth"))


def plain(value):
    """Named tuples are tuples in a file, tensors have storages of their own."""
    if isinstance(value, Tensor):
        return value.detach().clone()
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return tuple(plain(each) for each in value)
    return [plain(each) for each in value] if isinstance(value, list) else value


def finetune():
    """Five steps with the body frozen; the head has a new size, as it has in practice."""
    torch.manual_seed(5)
    path = os.path.join(OUT, "finetune.pt")
    torch.jit.script(Block()).save(path)
    model = torch.jit.load(path)
    model.train()
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name.startswith("fc."))
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.1, momentum=0.9)
    images = torch.randn(5, 4, 3, 6, 6)
    labels = torch.randint(4, (5, 4))
    losses = []
    for x, y in zip(images, labels):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    state = {key: value.clone() for key, value in model.state_dict().items()}
    torch.save(
        {"images": images, "labels": labels, "losses": losses, "state": state},
        os.path.join(OUT, "finetune.steps.pth"))


def main():
    os.makedirs(OUT, exist_ok=True)
    torch.manual_seed(0)
    ids = torch.tensor([[3, 7, 9, 0], [4, 4, 1, 2]])
    text = torch.jit.script(TextClassifier().eval())
    save("text", text, [
        ("forward", ids), ("forward", ids, ids > 0), ("forward", ids[:, :2], None, 3), ("labels",)])
    images = [torch.rand(3, 12, 10), torch.rand(3, 8, 14)]
    targets = [{"labels": torch.tensor([0, 1, 0, 1])}, {"labels": torch.tensor([1, 1, 0, 0])}]
    save("detector", torch.jit.script(Detector().eval()), [
        ("forward", images), ("forward", images[:1]), ("forward", []), ("forward", images, targets)])
    x = torch.tensor([[1.5, -2.0, 0.25]])
    save("values", torch.jit.script(Values()), [
        ("forward", x), ("numbers", 1 << 40, 0.5, True, 2 - 1j), ("defaults", x), ("defaults", x, 0.5),
        ("defaults", x, 0.5, -3, "note"), ("texts", "w\u00f6rld \U0001f600"), ("texts", ""),
        ("nested", {"a": [(1, None), (2, 2.5)], "b": []}), ("nested", {}),
        ("named", Box(x, "box", [1, 2])), ("nothing",), ("optional", None), ("optional", x), ("types", x),
        ("place", x, torch.device("cpu")), ("check", x), ("check", x[0])])
    save("counter", torch.jit.script(Counter()), [
        ("forward", torch.ones(3)), ("state",), ("forward", torch.arange(3.0)), ("forward", torch.zeros(3)), ("state",)])
    beam = torch.jit.script(Beam().eval())
    save("beam", beam, [("forward", torch.randn(2, 4), limit) for limit in (0, 1, 2, 50)])
    block = Block().eval()
    pictures = torch.randn(2, 3, 6, 6)
    calls = [("forward", pictures), ("forward", torch.randn(5, 3, 9, 7))]
    save("traced", torch.jit.trace(block, pictures), calls)
    save("double", torch.jit.trace(block.double(), pictures.double()), [("forward", pictures.double())])
    block.float()
    save("frozen", torch.jit.freeze(torch.jit.script(block)), calls)
    script = torch.jit.script(block)
    save("lite", script._save_to_buffer_for_lite_interpreter(), calls)
    quantized = torch.ao.quantization.quantize_dynamic(nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 3)).eval())
    save("quantized", torch.jit.script(quantized), [("forward", torch.randn(4, 6))])
    finetune()


if __name__ == "__main__":
    main()
