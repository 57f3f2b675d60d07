"""Makes the files in tests/resources/state_dicts and expected.tsv, which says what is in them.

Run it from the root of the project: python3 tests/python/make_state_dicts.py
"""
import collections
import os
import pathlib
import struct
import zipfile

import numpy
import torch
import torch.nn as nn

FOLDER = pathlib.Path("tests/resources/state_dicts")


class Namespace:
    """A class that no one else has."""


def state_dicts():
    """By name: what is saved as a state dict, and the protocol of its pickle."""
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.Flatten(), nn.Linear(12, 2))
    module(torch.randn(4, 2, 4, 4))
    yield "module", module.state_dict(), 2
    yield "protocol4", module.state_dict(), 4
    yield "protocol5", dict(module.state_dict()), 5
    yield "empty", {}, 2

    floats = torch.tensor([0.0, -1.5, 3.25, float("inf"), float("nan")])
    wholes = torch.tensor([0, 1, 7, 100])
    dtypes = {str(t)[6:]: floats.to(t) for t in (torch.float16, torch.bfloat16, torch.float32, torch.float64)}
    dtypes.update({str(t)[6:]: wholes.to(t) for t in (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)})
    dtypes["int64_extremes"] = torch.tensor([-(2**53), 2**53])
    dtypes["bool"] = torch.tensor([True, False, True])
    dtypes["complex64"] = torch.tensor([1 + 2j, -3.5j])
    dtypes["complex128"] = torch.tensor([1 + 2j, -3.5j], dtype=torch.complex128)
    yield "dtypes", dtypes, 2

    base = torch.arange(24.0).reshape(4, 6)
    views = collections.OrderedDict(
        base=base, transposed=base.t(), row=base[2], column=base[:, 3], steps=base[1::2, ::3], expanded=base[:1].expand(3, 6),
        again=base, scalar=base[1, 1], alone=torch.tensor(5.0), nothing=torch.empty(0, 3), none_of_it=base[4:],
        channels_last=torch.arange(24.0).reshape(1, 2, 3, 4).contiguous(memory_format=torch.channels_last))
    yield "views", views, 2

    weight = nn.Parameter(torch.arange(4.0))
    frozen = nn.Parameter(torch.ones(2), requires_grad=False)
    yield "parameters", {"weight": weight, "frozen": frozen, "leaf": torch.ones(2, requires_grad=True), "tied": weight}, 2


def others():
    """By name: what is not a state dict."""
    module = nn.Linear(2, 3)
    yield "whole_module", module
    optimizer = torch.optim.SGD(module.parameters(), 0.1, momentum=0.9)
    yield "checkpoint", {"epoch": 3, "model": module.state_dict(), "optimizer": optimizer.state_dict(), "best": 0.5}
    yield "tensor", torch.ones(2, 3)
    yield "list", [torch.ones(2), "text"]
    yield "sparse", {"sparse": torch.eye(2).to_sparse()}
    yield "quantized", {"quantized": torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.quint8)}
    yield "own_class", {"weight": torch.ones(2), "arguments": Namespace()}
    yield "numpy_number", {"weight": torch.ones(2), "loss": numpy.float64(1.5)}
    yield "command", {"weight": torch.ones(2), "command": Command()}


class Command:
    def __reduce__(self):
        return os.system, ("touch /tmp/torchbridge_was_here",)


def repack(source, target, compression=zipfile.ZIP_STORED, changes=()):
    """The same archive as another program would pack it."""
    changes = dict(changes)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", compression) as new:
        folder = old.namelist()[0].split("/")[0]
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), changes.pop(name.split("/", 1)[1], old.read(name)), compression)
        for name, content in changes.items():
            new.writestr(zipfile.ZipInfo(f"{folder}/{name}"), content, compression)


class Saved:
    """Is pickled as the call of a function."""

    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


def newer_files():
    """What PyTorch 2 writes and 1.13 does not."""
    # Types that have no storage class: plain bytes, and the type beside them.
    def rebuild(*_):
        raise AssertionError("only its name is needed")

    rebuild.__module__, rebuild.__qualname__ = "torch._utils", "_rebuild_tensor_v3"
    torch._utils._rebuild_tensor_v3 = rebuild

    def untyped(t):
        return Saved(rebuild, t.storage().untyped(), t.storage_offset(), tuple(t.shape), t.stride(), False,
                     collections.OrderedDict(), t.dtype)

    numbers = torch.tensor([1, 2, -3, 4, 5, 6], dtype=torch.int16)
    torch.save({"numbers": untyped(numbers), "part": untyped(numbers.view(2, 3)[:, 1])}, FOLDER / "untyped.pth")

    # Flags that say that the values in memory are conjugate or negative; 1.13 forgets them.
    def flagged(t, **flags):
        return Saved(torch._utils._rebuild_tensor_v2, t.storage(), t.storage_offset(), tuple(t.shape), t.stride(), False,
                     collections.OrderedDict(), flags)

    z, x = torch.tensor([1 + 2j, 3 - 4j]), torch.tensor([2.0, -4.0])
    torch.save({"plain": z, "conjugate": flagged(z, conj=True), "negative": flagged(x, neg=True)},
               FOLDER / "conjugate.pth")

    # A parameter with attributes.
    attributes = Saved(torch._tensor._rebuild_from_type_v2, torch._utils._rebuild_tensor_v2, nn.Parameter,
                       (x.storage(), 0, (2,), (1,), True, collections.OrderedDict()), {"note": "text"})
    torch.save({"weight": attributes}, FOLDER / "attributes.pth")


def foreign_files():
    (FOLDER / "empty_file").write_bytes(b"")
    (FOLDER / "text.txt").write_text("Weights of a model, as a text\n")
    (FOLDER / "page.html").write_text("<!DOCTYPE html><html><body>404: not found</body></html>\n")
    (FOLDER / "pointer.pth").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 46830571\n")
    header = b'{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
    (FOLDER / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + struct.pack("<f", 1.0))
    torch.onnx.export(nn.Linear(2, 3), torch.ones(1, 2), str(FOLDER / "model.onnx"))
    torch.jit.save(torch.jit.script(nn.Linear(2, 3)), str(FOLDER / "script.pt"))
    numpy.save(FOLDER / "array.npy", numpy.ones(2))
    numpy.savez(FOLDER / "arrays.npz", a=numpy.ones(2))
    with zipfile.ZipFile(FOLDER / "plain.zip", "w") as plain:
        plain.writestr(zipfile.ZipInfo("readme.txt"), "text")
    from PIL import Image
    Image.new("RGB", (2, 2)).save(FOLDER / "image.png")
    Image.new("RGB", (2, 2)).save(FOLDER / "image.jpg")


def expected_lines(name, state):
    storages = []
    for key, tensor in state.items():
        pointer = tensor.storage().data_ptr() if tensor.numel() or tensor.storage().nbytes() else None
        if pointer is None or pointer not in storages:
            storages.append(pointer)
            group = len(storages) - 1
        else:
            group = storages.index(pointer)
        values = torch.view_as_real(tensor.detach().resolve_conj()) if tensor.is_complex() else tensor.detach().resolve_neg()
        yield "\t".join([
            name, key, str(tensor.dtype), str(list(tensor.shape)), str(list(tensor.stride())), str(tensor.storage_offset()),
            str(tensor.requires_grad).lower(), str(group), " ".join(repr(v) for v in values.double().flatten().tolist())])


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    lines = []
    for name, state, protocol in state_dicts():
        torch.save(state, FOLDER / f"{name}.pth", pickle_protocol=protocol)
        lines.extend(expected_lines(name, state))
        if name == "module":
            lines.extend(expected_lines("repacked", state))
            lines.extend(expected_lines("byteorder", state))
    (FOLDER / "expected.tsv").write_text("\n".join(lines) + "\n")
    module = FOLDER / "module.pth"
    repack(module, FOLDER / "repacked.pth")
    repack(module, FOLDER / "byteorder.pth", changes={"byteorder": b"little"})
    repack(module, FOLDER / "big_endian.pth", changes={"byteorder": b"big"})
    repack(module, FOLDER / "compressed.pth", zipfile.ZIP_DEFLATED)
    torch.save(nn.Linear(2, 3).state_dict(), FOLDER / "legacy.pth", _use_new_zipfile_serialization=False)
    for name, value in others():
        torch.save(value, FOLDER / f"{name}.pth")
    foreign_files()
    newer_files()


if __name__ == "__main__":
    main()
