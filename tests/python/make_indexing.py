"""Makes tests/resources/indexing/*.tsv: random index expressions, and what PyTorch makes of them.

Run from the project's folder: python3 tests/python/make_indexing.py
A line holds: the tensor's shape; the parts of the index, separated by " ; "; the result's shape; its elements.
The tensor holds 0, 1, 2 ... as int64. A part is "3" (an integer), "1:4:2", ":", "...", "None", "ints SHAPE: VALUES" (a tensor
of positions) or "mask SHAPE: VALUES". In assignments.tsv the third column is the shape of what is assigned, which holds
-1, -2, -3 ..., and the last one the whole tensor afterwards.
"""
import pathlib
import random

import torch

FOLDER = pathlib.Path("tests/resources/indexing")


def numbers(values):
    return " ".join(str(int(v)) for v in values)


def integer(size):
    value = random.randrange(-size, size)
    return value, str(value)


def bounds(size):
    start = random.choice([None, random.randrange(-size - 1, size + 1)])
    end = random.choice([None, random.randrange(-size - 1, size + 2)])
    step = random.choice([1, 1, 2, 3])
    text = f"{'' if start is None else start}:{'' if end is None else end}"
    return slice(start, end, step), text if step == 1 and random.random() < 0.5 else f"{text}:{step}"


def tensor_text(kind, tensor):
    return f"{kind} {numbers(tensor.shape)}: {numbers(tensor.flatten())}"


def positions(size, shape):
    tensor = torch.randint(-size, size, shape)
    return tensor, tensor_text("ints", tensor)


def mask(shape):
    tensor = torch.rand(shape) < 0.6
    return tensor, tensor_text("mask", tensor)


def index(shape, advanced):
    """A random index of a tensor: its parts for Python and as text."""
    parts = []
    together = random.choice([(), (2,), (3,), (2, 1)])
    dim = 0
    masked = False
    end = random.randrange(1, len(shape) + 1)
    ellipsis = random.choice([None, None, random.randrange(0, end)])
    while dim < end:
        if ellipsis is not None and dim >= ellipsis:
            ellipsis = None
            parts.append((Ellipsis, "..."))
            dim = min(dim + len(shape) - end, dim)
        kind = random.random()
        if kind < 0.12:
            parts.append((None, "None"))
        elif advanced and kind < 0.4:
            size = shape[dim]
            parts.append(positions(size, together))
            dim += 1
        elif advanced and kind < 0.55 and not masked:
            masked = True
            rank = random.choice([1, 2]) if dim + 2 <= end else 1
            parts.append(mask(shape[dim:dim + rank]))
            dim += rank
        elif kind < 0.7:
            parts.append(integer(shape[dim]))
            dim += 1
        else:
            parts.append(random.choice([bounds(shape[dim]), bounds(shape[dim]), (slice(None), ":")]))
            dim += 1
    return parts


def shape():
    return [random.randrange(2, 5) for _ in range(random.randrange(1, 5))]


def tensor(dims):
    count = 1
    for dim in dims:
        count *= dim
    return torch.arange(count).reshape(dims)


def numpy_key(key):
    return tuple(part.numpy() if isinstance(part, torch.Tensor) and part.dim() > 0 else part for part in key)


def is_wide_mask(part):
    return isinstance(part, torch.Tensor) and part.dtype == torch.bool and part.dim() > 1


def select(whole, key):
    """whole[key]. PyTorch takes what follows a mask over two dimensions from the wrong dimension; NumPy does not."""
    result = whole[key]
    if not any(is_wide_mask(part) for part in key):
        return result
    expected = torch.as_tensor(whole.numpy()[numpy_key(key)])
    # NumPy puts the dimensions of positions first where integers stand apart from them, PyTorch does not.
    plain = not any(part is None or part is Ellipsis or isinstance(part, slice) for part in key)
    if not plain and not torch.equal(result, expected):
        raise IndexError("the two disagree for two reasons")
    return expected


def gets(advanced, count):
    lines = []
    while len(lines) < count:
        dims = shape()
        parts = index(dims, advanced)
        try:
            result = select(tensor(dims), tuple(part for part, _ in parts))
        except (IndexError, RuntimeError):
            continue
        text = " ; ".join(text for _, text in parts)
        lines.append("\t".join([numbers(dims), text, numbers(result.shape), numbers(result.flatten())]))
    return lines


def assign(whole, key, value):
    if any(is_wide_mask(part) for part in key):
        whole.numpy()[numpy_key(key)] = value.numpy()
    else:
        whole[key] = value


def assigned_shape(target):
    """A shape that can be broadcast to target, with ones before it at times."""
    dims = [1 if random.random() < 0.3 else dim for dim in target[random.randrange(0, len(target) + 1):]]
    return [1] * random.choice([0, 0, 0, len(target) + 1 - len(dims)]) + dims


def sets(count):
    lines = []
    while len(lines) < count:
        dims = shape()
        parts = index(dims, random.random() < 0.6)
        whole = tensor(dims)
        key = tuple(part for part, _ in parts)
        try:
            selected = select(whole, key)
            places = selected.flatten().tolist()
            if len(set(places)) < len(places) or not places:
                continue
            value = -1 - tensor(assigned_shape(list(selected.shape)))
            assign(whole, key, value)
        except (IndexError, RuntimeError):
            continue
        text = " ; ".join(text for _, text in parts)
        lines.append("\t".join([numbers(dims), text, numbers(value.shape), numbers(whole.flatten())]))
    return lines


def main():
    random.seed(5)
    torch.manual_seed(5)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "views.tsv").write_text("\n".join(gets(False, 60)) + "\n")
    (FOLDER / "gathers.tsv").write_text("\n".join(gets(True, 110)) + "\n")
    (FOLDER / "assignments.tsv").write_text("\n".join(sets(80)) + "\n")


if __name__ == "__main__":
    main()
