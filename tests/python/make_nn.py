"""Makes tests/resources/nn: what PyTorch computes, prints and says.

Run with a Python that has torch, from any folder: /usr/bin/python3 tests/python/make_nn.py

A text file has sections that begin with "== name".
"""

from collections import OrderedDict
from pathlib import Path

import torch
from torch import nn

RESOURCES = Path(__file__).resolve().parent.parent / "resources"


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
    texts["parameter_list"] = repr(nn.ParameterList([torch.zeros(2, 3), torch.zeros(4)]))
    texts["parameter_dict"] = repr(nn.ParameterDict({"one": torch.zeros(2, 3), "two": torch.zeros(4).double()}))
    texts["empty_list"] = repr(nn.ParameterList())
    texts["lazy"] = repr(nn.Sequential(nn.LazyLinear(3), nn.LazyLinear(2, bias=False)))
    texts["uninitialized"] = repr(nn.LazyLinear(3).weight)
    texts["slices"] = slices()
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


def slices():
    """What slices of five layers have."""
    layers = nn.Sequential(*[nn.Identity() for _ in range(5)])
    numbers = [-7, -5, -3, -1, 0, 1, 3, 5, 7]
    lines = []
    for start in numbers:
        for stop in numbers:
            for step in [-2, -1, 1, 2, 3]:
                names = ",".join(name for name, _ in list(layers._modules.items())[start:stop:step])
                lines.append("%d %d %d [%s]" % (start, stop, step, names))
    return "\n".join(lines)


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


if __name__ == "__main__":
    (RESOURCES / "nn").mkdir(parents=True, exist_ok=True)
    make_texts()
