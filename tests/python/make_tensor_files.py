"""Makes the files in tests/resources/tensor_files and expected.tsv, which says what is in them.

Run it from the root of the project, with PyTorch 2.8 or newer and Hugging Face's library, of which Debian has neither:
pip install torch numpy safetensors; python3 tests/python/make_tensor_files.py
"""
import json
import pathlib
import struct

import numpy
import safetensors.torch
import torch

FOLDER = pathlib.Path("tests/resources/tensor_files")
FLOATS = [0.0, -1.5, 3.25, float("inf"), float("nan"), -0.0]
FLOAT_TYPES = ["float64", "float32", "float16", "bfloat16", "float8_e5m2", "float8_e4m3fn", "float8_e5m2fnuz", "float8_e4m3fnuz"]
WHOLE_TYPES = ["int64", "int32", "int16", "int8", "uint64", "uint32", "uint16", "uint8"]


def all_types():
    tensors = {name: torch.tensor(FLOATS).to(getattr(torch, name)) for name in FLOAT_TYPES}
    tensors["float8_e8m0fnu"] = torch.tensor([1.0, 2.0, 0.5]).to(torch.float8_e8m0fnu)
    tensors.update({name: torch.tensor([0, 1, 7, 100]).to(getattr(torch, name)) for name in WHOLE_TYPES})
    tensors["int64_extremes"] = torch.tensor([-(2**63), 2**63 - 1])
    tensors["bool"] = torch.tensor([[True, False], [True, True]])
    tensors["complex64"] = torch.tensor([1 + 2j, -3.5j])
    tensors["scalar"] = torch.tensor(2.5)
    tensors["nothing"] = torch.empty(0, 3)
    tensors["schräg ☃ \U0001f600 \uff5e \"quoted\" /\\ \x01\x1f\x7f\n"] = torch.arange(6.0).reshape(2, 3)
    tensors["packed"] = torch.arange(6, dtype=torch.uint8).reshape(2, 3).view(torch.float4_e2m1fn_x2)
    return tensors


def safetensors_files():
    """By name: the tensors in a file."""
    tensors = all_types()
    metadata = {"format": "pt", "note": "schräg"}
    safetensors.torch.save_file(tensors, FOLDER / "types.safetensors", metadata)
    yield "types.safetensors", tensors

    safetensors.torch.save_file({}, FOLDER / "empty.safetensors")
    yield "empty.safetensors", {}

    # A header that is not padded, and tensors in the order of their names, as the first writers of the format had it.
    unaligned = {"a": torch.tensor([True, False, True]), "b": torch.tensor([1.5, -2.5]), "c": torch.tensor([1 << 40])}
    offset, header = 0, {}
    for name, tensor in unaligned.items():
        end = offset + tensor.numel() * tensor.element_size()
        dtype = {"torch.bool": "BOOL", "torch.float32": "F32", "torch.int64": "I64"}[str(tensor.dtype)]
        header[name] = {"data_offsets": [offset, end], "shape": list(tensor.shape), "dtype": dtype, "more": [{"x": 1.5}]}
        offset = end
    text = json.dumps(header).encode()
    text += b" " * ((6 - len(text)) % 8)
    data = b"".join(tensor.numpy().tobytes() for tensor in unaligned.values())
    (FOLDER / "unaligned.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
    yield "unaligned.safetensors", unaligned


def sharded_files():
    shards = [{"a": torch.arange(4.0), "c": torch.tensor([1, 2])}, {"b": torch.ones(2, 2), "d": torch.zeros(1)}]
    tensors = {name: tensor for shard in shards for name, tensor in shard.items()}
    for stem, ending, save in [("model", "safetensors", lambda t, f: safetensors.torch.save_file(t, f, {"format": "pt"})),
                               ("pytorch_model", "bin", torch.save)]:
        weight_map = {}
        for i, shard in enumerate(shards):
            name = f"{stem}-{i + 1:05}-of-{len(shards):05}.{ending}"
            save(shard, FOLDER / name)
            weight_map.update({key: name for key in shard})
        index = {"metadata": {"total_size": 52}, "weight_map": weight_map}
        name = f"{stem}.{ending}.index.json"
        (FOLDER / name).write_text(json.dumps(index, indent=2, sort_keys=True) + "\n")
        yield name, dict(sorted(tensors.items()))


def arrays():
    types = {name: numpy.array([0, 1, 7, 100]).astype(name) for name in WHOLE_TYPES}
    types.update({name: numpy.array(FLOATS).astype(name) for name in ("float16", "float32", "float64")})
    types["bool"] = numpy.array([[True, False], [True, True]])
    types["complex64"] = numpy.array([1 + 2j, -3.5j], dtype=numpy.complex64)
    types["complex128"] = numpy.array([1 + 2j, -3.5j])
    types["scalar"] = numpy.array(2.5)
    types["nothing"] = numpy.empty((0, 3))
    types["folder/schräg"] = numpy.arange(6.0).reshape(2, 3)
    return types


def numpy_files():
    types = arrays()
    numpy.savez(FOLDER / "arrays.npz", **types)
    yield "arrays.npz", types

    large = {"zeros": numpy.zeros((300, 500)), "counted": numpy.arange(1000), "nothing": numpy.empty((0, 3))}
    numpy.savez_compressed(FOLDER / "compressed.npz", **large)
    yield "compressed.npz", {"counted": large["counted"], "nothing": large["nothing"]}

    block = numpy.arange(24).reshape(2, 3, 4)
    singles = {
        "rows": block,
        "columns": numpy.asfortranarray(block.astype("f4")),
        "big_endian": block.astype(">i4"),
        "big_endian_columns": numpy.asfortranarray((block + 0.5j).astype(">c8")),
        "big_endian_half": numpy.array([1.5, -2.0], dtype=">f2"),
        "big_endian_nothing": numpy.empty((0, 2), dtype=">f8"),
        "number": numpy.array(2.5),
        "nothing": numpy.empty((0, 3), dtype="f4"),
        "truth": numpy.array([True, False]),
    }
    for name, array in singles.items():
        numpy.save(FOLDER / f"{name}.npy", array)
        yield f"{name}.npy", {"": array}
    for major in (2, 3):
        with open(FOLDER / f"version{major}.npy", "wb") as file:
            numpy.lib.format.write_array(file, block, (major, 0))
        yield f"version{major}.npy", {"": block}
    # As Python 2 wrote it.
    text = b"{'shape': (2L,), 'descr': '<i8', 'fortran_order': False}\n"
    data = numpy.array([3, 4])
    (FOLDER / "python2.npy").write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data.tobytes())
    yield "python2.npy", {"": data}


def refused_arrays():
    numpy.save(FOLDER / "texts.npy", numpy.array(["a", "bc"]))
    numpy.save(FOLDER / "bytes.npy", numpy.array([b"a", b"bc"]))
    numpy.save(FOLDER / "objects.npy", numpy.array([{}, None], dtype=object), allow_pickle=True)
    numpy.save(FOLDER / "fields.npy", numpy.zeros(2, dtype=[("x", "f4"), ("y", "i4")]))
    numpy.save(FOLDER / "void.npy", numpy.zeros(2, dtype="V2"))
    numpy.save(FOLDER / "dates.npy", numpy.array(["2020-01-01"], dtype="M8[D]"))
    numpy.save(FOLDER / "long_double.npy", numpy.zeros(2, dtype=numpy.longdouble))


def expected_line(file, key, value):
    """The elements as bytes: little-endian, row after row."""
    if isinstance(value, torch.Tensor):
        dtype = str(value.dtype)[6:]
        data = value.contiguous().reshape(-1).view(torch.uint8) if value.numel() else value.new_empty(0, dtype=torch.uint8)
        data = data.numpy().tobytes()
    else:
        dtype = value.dtype.newbyteorder("=").name
        data = value.astype(value.dtype.newbyteorder("<")).tobytes("C")
    return "\t".join([file, json.dumps(key), dtype, str(list(value.shape)), data.hex()])


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    files = [*safetensors_files(), *sharded_files(), *numpy_files()]
    refused_arrays()
    lines = [expected_line(file, key, value) for file, values in files for key, value in values.items()]
    (FOLDER / "expected.tsv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
