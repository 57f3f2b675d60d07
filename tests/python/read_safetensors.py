"""Reads a safetensors file by its specification alone, and prints what is in it: a second opinion on what Java wrote.

python3 tests/python/read_safetensors.py FILE
"""
import json
import struct
import sys

BYTES = {"BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "F8_E8M0": 1, "F8_E4M3FNUZ": 1, "F8_E5M2FNUZ": 1,
         "I16": 2, "U16": 2, "F16": 2, "BF16": 2, "I32": 4, "U32": 4, "F32": 4, "C64": 8, "F64": 8, "I64": 8, "U64": 8,
         "F4": 0.5}


def no_duplicates(pairs):
    assert len({key for key, _ in pairs}) == len(pairs), pairs
    return dict(pairs)


def read(file):
    (length,) = struct.unpack("<Q", file.read(8))
    assert length <= 100_000_000 and length % 8 == 0, length
    text = file.read(length)
    assert len(text) == length and text.startswith(b"{"), text
    header = json.loads(text.decode(), object_pairs_hook=no_duplicates)
    data = file.read()
    metadata = header.pop("__metadata__", {})
    assert all(isinstance(value, str) for value in metadata.values()), metadata
    end = 0
    for name, info in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        assert set(info) == {"dtype", "shape", "data_offsets"}, info
        begin, stop = info["data_offsets"]
        count = 1
        for size in info["shape"]:
            count *= size
        assert begin == end and stop - begin == count * BYTES[info["dtype"]], info
        assert begin % max(1, BYTES[info["dtype"]]) == 0, info
        end = stop
    assert end == len(data), (end, len(data))
    return metadata, header, data


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as opened:
        metadata, header, data = read(opened)
    print(json.dumps(metadata))
    for name, info in header.items():
        begin, end = info["data_offsets"]
        print(json.dumps(name), info["dtype"], info["shape"], data[begin:end].hex(), sep="\t")
