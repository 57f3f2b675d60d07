"""Makes the files in tests/resources/saved_values: what torch.save writes beside state dicts.

Run it from the root of the project: python3 tests/python/make_saved_values.py

PyTorch 1.13 makes expected_1.tsv and the files in it, PyTorch 2.13 the newer kinds of tensors and expected_2.tsv.
"""
import collections
import io
import pathlib
import pickle
import struct
import sys
import zipfile

import numpy
import torch
import torch.nn as nn

from value_text import text

FOLDER = pathlib.Path("tests/resources/saved_values")
VERSION = int(torch.__version__.split(".")[0])


def plain():
    shared = [1, "twice"]
    counter = collections.Counter("abca")
    default = collections.defaultdict(list, {"a": [1]})
    ordered = collections.OrderedDict([("z", 1), (1.5, "fraction"), ((1, "two"), None)])
    return {
        "none": None, "yes": True, "no": False, "small": 7, "byte": 255, "short": 65535, "negative": -1, "int": 2**31 - 1,
        "long": 2**40, "lowest": -(2**63), "big": 2**64, "negative_big": -(2**100), "huge": 3**500, "float": 0.1,
        "nan": float("nan"), "infinite": float("inf"), "minus_zero": -0.0, "complex": 1.5 - 2j, "text": "Grüße ☃ 𝄞", "empty": "",
        "bytes": bytes(range(256)), "no_bytes": b"", "bytearray": bytearray(b"abc\xff"), "list": [1, [2, [3, []]]],
        "tuples": ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)), "set": {1, 2, "x", None}, "no_set": set(), "frozen": frozenset([1]),
        "size": torch.Size([2, 3]), "dtype": torch.bfloat16, "device": torch.device("cuda:1"), "cpu": torch.device("cpu"),
        "scheme": torch.per_channel_affine, "shared": shared, "again": shared, "counter": counter, "default": default,
        "ordered": ordered, 3: "number", None: "none", True: "truth", (1, 2): "tuple", torch.int8: "dtype",
        "long_text": "0123456789" * 30}


def numbers():
    types = ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
             "bool", "complex64", "complex128"]
    arrays = {name: numpy.array([[0, 1, 2], [3, 4, 5]]).astype(name) for name in types if name[:4] != "uint" or name == "uint8"}
    return {
        **{"scalar_" + name: numpy.dtype(name).type(1) for name in types},
        "fraction": numpy.float64(1.5), "large": numpy.uint64(2**64 - 1), "big_endian_scalar": numpy.array(7, ">i4")[()],
        **arrays, "columns": numpy.asfortranarray(arrays["float32"]), "big_endian": arrays["int32"].astype(">i4"),
        "nothing": numpy.zeros(0), "single": numpy.array(2.5), "inside": [(numpy.float32(0.5),)]}


def tensors():
    torch.manual_seed(3)
    base = torch.arange(12.0).reshape(3, 4)
    weight = nn.Parameter(torch.ones(2))
    coo = torch.sparse_coo_tensor([[0, 1, 1], [2, 0, 2]], [3.0, 4.0, 5.0], (2, 3))
    hybrid = torch.sparse_coo_tensor([[0, 2]], [[1.0, 2.0], [3.0, 4.0]], (3, 2)).coalesce()
    x = torch.randn(2, 3)
    module = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    optimizer = torch.optim.Adam(module.parameters())
    module(torch.randn(4, 2)).sum().backward()
    optimizer.step()
    return {
        "base": base, "view": base[1:, ::2], "transposed": base.t(), "weight": weight, "tied": [weight, weight],
        "coo": coo, "hybrid": hybrid, "empty_coo": torch.sparse_coo_tensor(torch.zeros(2, 0), [], (2, 2)),
        "quantized": torch.quantize_per_tensor(x, 0.1, 10, torch.quint8),
        "signed": torch.quantize_per_tensor(x, 0.1, 0, torch.qint8), "wide": torch.quantize_per_tensor(x, 0.1, 0, torch.qint32),
        "channels": torch.quantize_per_channel(x, torch.tensor([0.1, 0.2]), torch.tensor([1, 2]), 0, torch.qint8),
        "conjugate": torch.tensor([1 + 2j, 3 - 4j]).conj(), "empty": torch.empty(0, 3), "scalar": torch.tensor(5),
        "model": module.state_dict(), "optimizer": optimizer.state_dict(), "rng": torch.get_rng_state()[:16].clone()}


def newer():
    """What only PyTorch 2 writes."""
    base = torch.arange(16.0).reshape(4, 4)
    eighths = {str(t)[6:]: torch.tensor([0.5, 1.0, -2.0]).to(t)
               for t in (torch.float8_e5m2, torch.float8_e4m3fn, torch.float8_e5m2fnuz, torch.float8_e4m3fnuz)}
    unsigned = {str(t)[6:]: torch.tensor([1, 2, 3]).to(t) for t in (torch.uint16, torch.uint32, torch.uint64)}
    return {
        **eighths, **unsigned, "half_complex": torch.tensor([1 + 2j]).to(torch.complex32),
        "csr": base.to_sparse_csr(), "csc": base.to_sparse_csc(), "bsr": base.to_sparse_bsr((2, 2)),
        "bsc": base.to_sparse_bsc((2, 2)), "coalesced": base.to_sparse(), "meta": torch.empty(2, 3, device="meta"),
        "buffer": nn.Buffer(torch.ones(2)), "layout": torch.sparse_coo, "strided": torch.strided,
        "number": numpy.float32(1.5),
        "array": numpy.arange(3), "conjugate": torch.tensor([1 + 2j]).conj(), "negative": torch.tensor([1 + 2j]).conj().imag}


def storage_views(file):
    """Before PyTorch 0.4 a storage could be a part of another one; the format still has a place for that."""
    base = torch.arange(10.0).storage()

    class Part:
        def __init__(self, storage, view):
            self.storage, self.view = storage, view

    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            if isinstance(value, Part):
                return "storage", torch.FloatStorage, "7", "cpu", 10, value.view
            return None

    def tensor(view, *arguments):
        class Tensor:
            def __reduce__(self):
                return torch._utils._rebuild_tensor, (Part(base, view), *arguments)
        return Tensor()

    with open(file, "wb") as f:
        pickle.dump(torch.serialization.MAGIC_NUMBER, f, 2)
        pickle.dump(torch.serialization.PROTOCOL_VERSION, f, 2)
        pickle.dump({"protocol_version": 1001, "little_endian": True, "type_sizes": {}}, f, 2)
        Pickler(f, 2).dump({"part": tensor(("8", 2, 4), 1, (3,), (1,)), "whole": tensor(None, 0, (2, 5), (5, 1))})
        pickle.dump(["7"], f, 2)
        f.flush()
        f.write(struct.pack("<q10f", 10, *range(10)))


def big_endian(source, target):
    """The same file as a machine with the other byte order writes it: every storage here is of type float32."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        folder = old.namelist()[0].split("/")[0]
        for name in old.namelist():
            content = old.read(name)
            if "/data/" in name:
                content = b"".join(content[i:i + 4][::-1] for i in range(0, len(content), 4))
            if not name.endswith("byteorder"):
                new.writestr(zipfile.ZipInfo(name), content)
        new.writestr(zipfile.ZipInfo(f"{folder}/byteorder"), b"big")


def main():
    lines = []

    def expect(name):
        value = torch.load(FOLDER / f"{name}.pth", **({} if VERSION == 1 else {"weights_only": False}))
        lines.append(f"{name}\t{text(value)}")

    def save(name, value, **options):
        torch.save(value, FOLDER / f"{name}.pth", **options)
        expect(name)

    if VERSION == 1:
        for protocol in (1, 2, 3, 4, 5):
            save(f"plain_{protocol}", plain(), pickle_protocol=protocol)
        for protocol in (1, 2, 4):
            save(f"legacy_plain_{protocol}", plain(), pickle_protocol=protocol, _use_new_zipfile_serialization=False)
        for protocol in (2, 5):
            save(f"numpy_{protocol}", numbers(), pickle_protocol=protocol)
        save("tensors", tensors())
        save("legacy_tensors", tensors(), _use_new_zipfile_serialization=False)
        save("csr", torch.arange(6.0).reshape(2, 3).to_sparse_csr())
        floats = {"a": torch.arange(3.0), "b": torch.tensor([[1.5, -2.5]])}
        save("floats", floats)
        big_endian(FOLDER / "floats.pth", FOLDER / "big_endian.pth")
        lines.append(f"big_endian\t{text(floats)}")
        storage_views(FOLDER / "storage_views.pth")
        expect("storage_views")
        circle = [1]
        circle.append({"again": circle})
        torch.save(circle, FOLDER / "circle.pth")
    else:
        save("newer", newer())
        save("nested", [torch.nested.nested_tensor([torch.ones(2), torch.zeros(3)])])
        save("newer_plain", {"size": torch.Size([1]), "set": {1}, "complex": 1j, "text": b"\xff", "tensor": torch.ones(2)})
    (FOLDER / f"expected_{VERSION}.tsv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
