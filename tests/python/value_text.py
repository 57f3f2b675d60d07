"""One text for each value that a file can hold, the same as org.torchbridge.io.ValueText in Java writes."""
import struct

import torch


def text(value):
    """Lists, tuples and so on with all that is in them; numbers to the bit."""
    kind = type(value).__name__
    if value is None or isinstance(value, bool):
        return str(value)
    if kind in ("bool_", "bool"):
        return str(bool(value))
    if isinstance(value, torch.Tensor):
        return tensor_text(value)
    if isinstance(value, int) or kind.startswith(("int", "uint")):
        return f"int {int(value)}"
    if isinstance(value, float) or kind.startswith("float"):
        return "float " + struct.pack(">d", float(value)).hex()
    if isinstance(value, complex) or kind.startswith("complex"):
        return f"complex {text(float(value.real))} {text(float(value.imag))}"
    if isinstance(value, str):
        return "str " + value.encode().hex()
    if isinstance(value, (bytes, bytearray)):
        return "bytes " + bytes(value).hex()
    if isinstance(value, torch.Size):
        return "size " + str(list(value))
    if isinstance(value, (list, tuple, set, frozenset)):
        name = "set" if isinstance(value, frozenset) else kind
        items = [text(item) for item in value]
        return f"{name}({', '.join(sorted(items) if name == 'set' else items)})"
    if isinstance(value, dict):
        metadata = getattr(value, "_metadata", None)
        items = [f"{text(key)}: {text(item)}" for key, item in value.items()]
        return "dict(" + ", ".join(items) + ")" + (f" with {text(dict(metadata))}" if metadata else "")
    if kind == "ndarray":
        return tensor_text(torch.from_numpy(value.astype(value.dtype.newbyteorder("="))))
    return str(value)


def tensor_text(t):
    facts = [str(t.dtype), str(list(t.shape)) if not t.is_nested else "nested"]
    if t.requires_grad:
        facts.append("requires grad")
    if t.device.type == "meta":
        return "tensor(" + ", ".join(facts + ["meta"]) + ")"
    t = t.detach()
    if t.is_nested:
        parts = [tensor_text(part) for part in t.unbind()]
    elif t.layout == torch.sparse_coo:
        parts = [str(t.is_coalesced()), tensor_text(t._indices()), tensor_text(t._values())]
    elif t.layout in (torch.sparse_csr, torch.sparse_bsr):
        parts = [str(t.layout), tensor_text(t.crow_indices()), tensor_text(t.col_indices()), tensor_text(t.values())]
    elif t.layout in (torch.sparse_csc, torch.sparse_bsc):
        parts = [str(t.layout), tensor_text(t.ccol_indices()), tensor_text(t.row_indices()), tensor_text(t.values())]
    elif t.is_quantized and t.qscheme() == torch.per_tensor_affine:
        parts = [text(t.q_scale()), text(t.q_zero_point()), tensor_text(t.int_repr())]
    elif t.is_quantized:
        parts = [tensor_text(t.q_per_channel_scales()), tensor_text(t.q_per_channel_zero_points()),
                 text(t.q_per_channel_axis()), tensor_text(t.int_repr())]
    else:
        parts = [str(list(t.stride())) if t.numel() else "[]", bits(t)]
    return "tensor(" + ", ".join(facts + parts) + ")"


def bits(t):
    plain = torch.empty(t.numel(), dtype=t.dtype).copy_(t.resolve_conj().resolve_neg().reshape(-1))
    return bytes(plain.view(torch.uint8).tolist()).hex()
