"""Makes tests/resources/printing: tensors and numbers with the texts that Python prints for them.

Usage: python3 tests/python/make_printing.py        (PyTorch 1.13)

tensors.tsv has a tensor a line, its fields separated by tabs:
    type, shape ("2,3", "" for no dimensions), the elements' bytes in base64, the steps that make the printed tensor of
    it (applied in order, see STEPS), print options ("precision,threshold,edgeitems,linewidth,sci_mode"), default type,
    the text with its newlines as "\\n".
numbers.tsv has a number a line: its 64 bits in hexadecimal, digits, "{:.<digits>f}", "{:.<digits>e}", repr.
"""

import base64
import math
import pathlib
import random
import struct

import numpy
import torch

RANDOM = random.Random(2024)
OUTPUT = pathlib.Path(__file__).parent.parent / "resources" / "printing"

FLOATING = [torch.float16, torch.bfloat16, torch.float32, torch.float64]
COMPLEX = [torch.complex64, torch.complex128]
WHOLE = [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64]
QUANTIZED = {"quint8": torch.quint8, "qint8": torch.qint8, "qint32": torch.qint32}
ALL = FLOATING + COMPLEX + WHOLE + [torch.bool]

DEFAULTS = (4, 1000, 3, 80, None)


def requires_grad(x):
    return x.clone().requires_grad_()


def quantize(x, scale, zero_point, dtype):
    return torch.quantize_per_tensor(x, float(scale), int(zero_point), QUANTIZED[dtype])


def quantize_channels(x, axis, dtype):
    """Scales 1/2, 1/3, 1/4 ... and zero points 0, 1, 2 ... along `axis`."""
    size = x.size(int(axis))
    scales = 1 / torch.arange(2, size + 2, dtype=torch.float64)
    return torch.quantize_per_channel(x, scales, torch.arange(size), int(axis), QUANTIZED[dtype])


def uncoalesced(x):
    """A sparse tensor that has every element of x at place 0."""
    return torch.sparse_coo_tensor(torch.zeros(1, x.size(0), dtype=torch.int64), x, (x.size(0) + 1, *x.shape[1:]))


STEPS = {
    "requires_grad": requires_grad,
    "add": lambda x: x + x,
    "mul": lambda x: x * torch.ones_like(x),
    "neg": lambda x: -x,
    "sum": lambda x: x.sum(),
    "relu": lambda x: x.relu(),
    "view": lambda x: x.view(-1),
    "transpose": lambda x: x.transpose(0, -1),
    "select": lambda x: x.select(0, 0),
    "stride": lambda x: x[::2],
    "repeat": lambda x, *counts: x.repeat(*map(int, counts)),
    "expand": lambda x, *sizes: x.expand(*map(int, sizes)),
    "conj": lambda x: x.conj(),
    "negative": lambda x: x.conj().imag,
    "meta": lambda x: x.to("meta"),
    "to_sparse": lambda x: x.to_sparse(),
    "uncoalesced": uncoalesced,
    "to_sparse_csr": lambda x: x.to_sparse_csr(),
    "to_sparse_csc": lambda x: x.to_sparse_csc(),
    "to_sparse_bsr": lambda x, *block: x.to_sparse_bsr(tuple(map(int, block))),
    "to_sparse_bsc": lambda x, *block: x.to_sparse_bsc(tuple(map(int, block))),
    "to_mkldnn": lambda x: x.to_mkldnn(),
    "quantize": quantize,
    "quantize_channels": quantize_channels,
}


# ---- random tensors


def magnitude(style):
    if style == "unit":
        return RANDOM.gauss(0, 1)
    if style == "whole":
        return float(RANDOM.randint(-20, 20))
    if style == "thousands":
        return float(RANDOM.randint(-5000, 5000))
    if style == "large":
        return RANDOM.uniform(-1, 1) * 10 ** RANDOM.randint(4, 30)
    if style == "small":
        return RANDOM.uniform(-1, 1) * 10 ** RANDOM.randint(-30, -3)
    if style == "halves":  # ties of the last digit
        return RANDOM.randint(-4000, 4000) / 2 ** RANDOM.randint(0, 7)
    return RANDOM.gauss(0, 1) * 10 ** RANDOM.uniform(-4, 4)


STYLES = ["unit", "whole", "thousands", "large", "small", "halves", "mixed"]
SPECIAL = [math.inf, -math.inf, math.nan, 0.0, -0.0]


def numbers(count, style, special):
    return [RANDOM.choice(SPECIAL) if RANDOM.random() < special else magnitude(style) for _ in range(count)]


def tensor(dtype, shape, style=None, special=None):
    count = math.prod(shape)
    style = style or RANDOM.choice(STYLES)
    special = RANDOM.choice([0, 0, 0.2, 1]) if special is None else special
    if dtype in FLOATING:
        values = torch.tensor(numbers(count, style, special), dtype=torch.float64).to(dtype)
    elif dtype in COMPLEX:
        parts = torch.tensor(numbers(2 * count, style, special), dtype=torch.float64)
        values = torch.view_as_complex(parts.view(-1, 2)).to(dtype)
    elif dtype == torch.bool:
        values = torch.tensor([RANDOM.random() < 0.5 for _ in range(count)], dtype=torch.bool)
    else:
        limits = torch.iinfo(dtype)
        bits = RANDOM.choice([1, 4, 7, limits.bits])
        low, high = max(limits.min, -(2**bits)), min(limits.max, 2**bits)
        values = torch.tensor([RANDOM.randint(low, high) for _ in range(count)], dtype=dtype)
    return values.reshape(shape)


def shape():
    sizes = {0: [1], 1: [0, 1, 3, 9, 40], 2: [0, 1, 2, 5, 9], 3: [1, 2, 4, 8], 4: [1, 2, 3]}
    dim = RANDOM.choice([0, 1, 1, 2, 2, 2, 3, 3, 4])
    return tuple(RANDOM.choice(sizes[dim]) for _ in range(dim))


def options():
    if RANDOM.random() < 0.4:
        return DEFAULTS
    return (
        RANDOM.choice([0, 1, 2, 4, 6, 10]),
        RANDOM.choice([0, 5, 20, 1000, math.inf]),
        RANDOM.choice([1, 2, 3, 5]),
        RANDOM.choice([10, 40, 80, 120]),
        RANDOM.choice([None, None, True, False]),
    )


# ---- cases


def cases():
    for dtype in ALL:
        for _ in range(24):
            yield tensor(dtype, shape()), [], options(), torch.float32
        for empty in [(0,), (0, 3), (2, 0, 1)]:
            yield torch.zeros(empty, dtype=dtype), [], DEFAULTS, torch.float32
        yield tensor(dtype, (4,)), [], DEFAULTS, torch.float64
        yield tensor(dtype, (3, 5)), ["repeat 60 2"], DEFAULTS, torch.float32
        yield tensor(dtype, (3, 5)), ["meta"], DEFAULTS, torch.float32
        yield tensor(dtype, (4, 9, 3)), ["transpose"], options(), torch.float32
        yield tensor(dtype, (3, 4), "whole", 0), ["to_sparse"], options(), torch.float32
        yield tensor(dtype, (3, 2)), ["uncoalesced"], options(), torch.float32
        yield tensor(dtype, (3, 4), "whole", 0), ["to_sparse_csr"], options(), torch.float32
    for style in STYLES:
        for dtype in FLOATING + COMPLEX:
            yield tensor(dtype, (7,), style, 0), [], DEFAULTS, torch.float32
            yield tensor(dtype, (2, 3), style, 0.2), [], options(), torch.float32
    yield from gradients()
    yield from views()
    yield from sparse()
    yield from quantized()
    yield from long_lines()


def gradients():
    for dtype in FLOATING + COMPLEX:
        for steps in [[], ["add"], ["mul"], ["sum"], ["view"], ["transpose"], ["select"], ["neg"]]:
            yield tensor(dtype, (3, 4), special=0), ["requires_grad", *steps], options(), torch.float32
    yield tensor(torch.float32, (3, 4)), ["requires_grad", "relu"], DEFAULTS, torch.float32
    yield tensor(torch.float32, ()), ["requires_grad"], DEFAULTS, torch.float32
    yield tensor(torch.float64, (0, 2)), ["requires_grad"], DEFAULTS, torch.float64
    yield tensor(torch.float32, (2,)), ["requires_grad", "meta"], DEFAULTS, torch.float32


def views():
    for dtype in COMPLEX:
        for steps in [["conj"], ["negative"], ["conj", "transpose"], ["conj", "select"]]:
            yield tensor(dtype, (3, 9)), steps, options(), torch.float32
    for dtype in ALL:
        yield tensor(dtype, (9, 3)), ["stride"], options(), torch.float32
        yield tensor(dtype, (1, 3)), ["expand 30 40 3"], DEFAULTS, torch.float32


def sparse():
    for dtype in [torch.float32, torch.float64, torch.complex64, torch.int64, torch.int32]:
        x = tensor(dtype, (6, 4), "whole", 0) * tensor(torch.bool, (6, 4))
        for step in ["to_sparse", "to_sparse_csr", "to_sparse_csc", "to_sparse_bsr 3 2", "to_sparse_bsc 2 2"]:
            yield x, [step], DEFAULTS, torch.float32
            yield x, [step], options(), torch.float64
        yield x * 0, ["to_sparse"], DEFAULTS, torch.float32
        yield x * 0, ["to_sparse_csr"], DEFAULTS, torch.float32
    yield tensor(torch.float32, (3, 2), "unit", 0), ["to_sparse", "requires_grad", "neg"], DEFAULTS, torch.float32
    yield tensor(torch.float32, (3, 2), "unit", 0), ["to_sparse", "requires_grad"], DEFAULTS, torch.float32
    yield tensor(torch.float32, (30, 40), "unit", 0), ["to_sparse"], DEFAULTS, torch.float32
    yield tensor(torch.float32, (3, 2)), ["to_mkldnn"], DEFAULTS, torch.float32


def quantized():
    for dtype in QUANTIZED:
        for scale in ["0.1", "1e-05", "0.0078125", "3.0"]:
            zero_point = RANDOM.choice([0, 10])
            steps = [f"quantize {scale} {zero_point} {dtype}"]
            yield tensor(torch.float32, (3, 4), "unit", 0), steps, options(), torch.float32
        yield tensor(torch.float32, (0, 4)), [f"quantize 0.5 0 {dtype}"], DEFAULTS, torch.float32
        yield tensor(torch.float32, (), "unit", 0), [f"quantize 0.5 0 {dtype}"], DEFAULTS, torch.float32
    for dtype in ["quint8", "qint8"]:
        for axis in [0, 1]:
            steps = [f"quantize_channels {axis} {dtype}"]
            yield tensor(torch.float32, (3, 12), "unit", 0), steps, options(), torch.float32


def long_lines():
    """Lines that end just before, at and after the width, by elements and by suffixes."""
    for width in range(20, 60, 3):
        x = tensor(torch.float64, (2, 7), "unit", 0)
        yield x, ["requires_grad"], (4, 1000, 3, width, None), torch.float32
        yield x, ["requires_grad", "view", "add"], (2, 5, 2, width, None), torch.float32
        yield tensor(torch.int16, (2, 9)), [], (4, 1000, 3, width, None), torch.float32


# ---- writing


def name(dtype):
    return str(dtype).replace("torch.", "")


def raw(x):
    if x.dtype == torch.bfloat16:
        x = x.view(torch.int16)
    return base64.b64encode(numpy.ascontiguousarray(x.numpy()).tobytes()).decode()


def text(x, steps, print_options, default):
    torch.set_default_dtype(default)
    precision, threshold, edgeitems, linewidth, sci_mode = print_options
    torch.set_printoptions(precision, threshold, edgeitems, linewidth, sci_mode=sci_mode)
    try:
        for step in steps:
            operation, *arguments = step.split()
            x = STEPS[operation](x, *arguments)
        return repr(x)
    finally:
        torch.set_default_dtype(torch.float32)
        torch.set_printoptions(profile="default")


def line(case):
    x, steps, print_options, default = case
    return "\t".join(
        [
            name(x.dtype),
            ",".join(map(str, x.shape)),
            raw(x),
            ";".join(steps),
            ",".join(map(str, print_options)),
            name(default),
            text(*case).replace("\n", "\\n"),
        ]
    )


def number_line(value, digits):
    bits = struct.pack(">d", value).hex()
    return "\t".join([bits, str(digits), f"{value:.{digits}f}", f"{value:.{digits}e}", repr(value)])


def number_lines():
    for value in [0.0, -0.0, 0.5, 1.5, 2.5, 0.125, 1e15, 1e16, 1e17, 123456789012345680.0, 0.0001, 0.00001, 1e22, 1e23,
                  9.5, 99.95, 999999.5, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, -0.00004, math.inf,
                  -math.inf, math.nan]:
        for digits in [0, 2, 4]:
            yield number_line(value, digits)
    for power in range(-100, 100):
        yield number_line(2.0**power, 4)
    for _ in range(300):
        (value,) = struct.unpack(">d", RANDOM.randbytes(8))
        if abs(value) < 1e100:  # the digits of larger ones fill lines and test nothing more
            yield number_line(value, RANDOM.randint(0, 12))
        yield number_line(round(RANDOM.gauss(0, 1), RANDOM.randint(1, 8)), RANDOM.randint(0, 8))


def main():
    OUTPUT.mkdir(parents=True, exist_ok=True)
    (OUTPUT / "tensors.tsv").write_text("".join(line(case) + "\n" for case in cases()))
    (OUTPUT / "numbers.tsv").write_text("".join(entry + "\n" for entry in number_lines()))


if __name__ == "__main__":
    main()
