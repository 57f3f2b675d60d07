"""Makes tests/resources/nn and tests/resources/optim: what PyTorch computes, prints and says.

Run with a Python that has torch, from any folder: /usr/bin/python3 tests/python/make_nn.py

A value file has a line for each tensor: name, shape and the bits of its float32 elements in hexadecimal. Inputs are not
stored: the same seed draws the same numbers on both sides. A text file has sections that begin with "== name".
"""

import struct
from collections import OrderedDict
from pathlib import Path

import torch
from torch import nn

RESOURCES = Path(__file__).resolve().parent.parent / "resources"


class Values:
    """Collects named tensors."""

    def __init__(self):
        self.lines = []

    def add(self, name, tensor):
        tensor = tensor.detach().to(torch.float32).contiguous()
        bits = struct.pack(">%df" % tensor.numel(), *tensor.flatten().tolist()).hex()
        words = [bits[i : i + 8] for i in range(0, len(bits), 8)]
        self.lines.append("%s [%s] %s" % (name, ",".join(map(str, tensor.shape)), " ".join(words)))

    def write(self, path):
        (RESOURCES / path).write_text("\n".join(self.lines) + "\n")


def write_texts(path, texts):
    (RESOURCES / path).write_text("".join("== %s\n%s\n" % item for item in texts.items()))


class Block(nn.Module):
    """Built like torchvision's BasicBlock."""

    def __init__(self, inplanes, planes, downsample=None):
        super().__init__()
        self.conv1 = nn.Conv2d(inplanes, planes, 3, stride=2, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = downsample


class Options(nn.Module):
    def __init__(self, extra, child):
        super().__init__()
        self.extra = extra
        if child is not None:
            self.child = child

    def extra_repr(self):
        return self.extra


def block():
    return Block(3, 8, nn.Sequential(nn.Conv2d(3, 8, 1, stride=2, bias=False), nn.BatchNorm2d(8)))


def make_texts():
    texts = OrderedDict()
    texts["batch_norm_text"] = repr(nn.BatchNorm2d(16, eps=1.5e-7, momentum=0.01))
    texts["relu_inplace"] = repr(nn.ReLU(inplace=True))
    texts["dropout_inplace"] = repr(nn.Dropout(inplace=True))
    texts["empty"] = repr(nn.Sequential())
    texts["nested"] = repr(nn.Sequential(nn.Sequential(nn.Linear(2, 3), nn.ReLU()), nn.Sequential(), nn.Identity()))
    texts["block"] = repr(nn.Sequential(block(), Block(8, 8)))
    texts["list"] = repr(nn.ModuleList([nn.Linear(2, 3), nn.Dropout(1e-05)]))
    texts["dict"] = repr(nn.ModuleDict({"one": nn.Linear(2, 3), "two": nn.Sequential(nn.ReLU())}))
    texts["extra_line"] = repr(Options("size=3", None))
    texts["extra_lines"] = repr(Options("size=3\ndepth=4", None))
    texts["extra_and_child"] = repr(Options("size=3", nn.ReLU()))
    torch.manual_seed(7)
    texts["parameter"] = repr(nn.Linear(2, 3).weight)
    texts["state_keys"] = "\n".join(nn.Sequential(block(), Block(8, 8)).state_dict())
    texts["state_versions"] = "\n".join(
        "%s %d" % (key, value["version"]) for key, value in nn.Sequential(block()).state_dict()._metadata.items()
    )
    texts["load_errors"] = load_errors()
    write_texts("nn/texts.txt", texts)


def load_errors():
    state = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 4)).state_dict()
    del state["0.bias"]
    del state["1.weight"]
    state["2.weight"] = torch.zeros(2)
    state["extra"] = torch.zeros(2)
    try:
        nn.Sequential(nn.Linear(2, 5), nn.Linear(5, 6)).load_state_dict(state)
    except RuntimeError as error:
        return str(error)


OPTIMIZERS = OrderedDict(
    sgd=lambda p: torch.optim.SGD(p, lr=0.1),
    sgd_momentum=lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    sgd_dampening=lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.3, weight_decay=0.01),
    sgd_nesterov=lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.8, nesterov=True, weight_decay=0.1),
    sgd_maximize=lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.5, maximize=True),
    rmsprop=lambda p: torch.optim.RMSprop(p),
    rmsprop_options=lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9, eps=1e-6, weight_decay=0.1),
    rmsprop_momentum=lambda p: torch.optim.RMSprop(p, lr=0.01, momentum=0.9, maximize=True),
    rmsprop_centered=lambda p: torch.optim.RMSprop(p, lr=0.01, centered=True, momentum=0.5),
    adam=lambda p: torch.optim.Adam(p),
    adam_options=lambda p: torch.optim.Adam(p, lr=0.02, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1),
    adam_amsgrad=lambda p: torch.optim.Adam(p, lr=0.02, amsgrad=True),
    adam_maximize=lambda p: torch.optim.Adam(p, lr=0.02, maximize=True),
    adamw=lambda p: torch.optim.AdamW(p),
    adamw_options=lambda p: torch.optim.AdamW(p, lr=0.02, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1),
    adamw_amsgrad=lambda p: torch.optim.AdamW(p, lr=0.02, amsgrad=True, maximize=True),
)

STEPS = 20


def make_optimizers():
    """The second parameter has no gradient in the third step."""
    values = Values()
    for name, make in OPTIMIZERS.items():
        torch.manual_seed(7)
        parameters = [nn.Parameter(torch.randn(shape)) for shape in [(6, 9), (7,)]]
        optimizer = make(parameters)
        for step in range(1, STEPS + 1):
            for parameter in parameters:
                parameter.grad = torch.randn(parameter.shape)
            if step == 3:
                parameters[1].grad = None
            optimizer.step()
            if step in (1, 4, STEPS):
                for i, parameter in enumerate(parameters):
                    values.add("%s/%d/%d" % (name, step, i), parameter)
    values.write("optim/trajectories.txt")


def make_training():
    """A small network learns; its losses, step by step."""
    values = Values()
    for name in ["sgd_momentum", "rmsprop", "adam", "adamw"]:
        torch.manual_seed(7)
        model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 4))
        x, y = torch.randn(32, 6), torch.randint(4, (32,))
        optimizer = OPTIMIZERS[name](model.parameters())
        losses = []
        for _ in range(STEPS):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        values.add(name, torch.tensor(losses))
    values.write("optim/training.txt")


if __name__ == "__main__":
    (RESOURCES / "nn").mkdir(parents=True, exist_ok=True)
    (RESOURCES / "optim").mkdir(parents=True, exist_ok=True)
    make_texts()
    make_optimizers()
    make_training()
