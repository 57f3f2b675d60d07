"""Makes tests/resources/coverage/names.txt: the public names of PyTorch 2.10 that this library is measured against.

Run with a Python that has torch, of 1.13 or later: /usr/bin/python3 tests/python/make_coverage.py

A line has a module, a name in it and its kind: class, function or other. The names are those of the installed PyTorch,
without what is only there for the module itself, and what later releases have added up to 2.10. Nothing of these modules
has been removed since 1.13.
"""

import importlib
import inspect
import types
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "resources" / "coverage" / "names.txt"

MODULES = [
    "torch.nn",
    "torch.nn.functional",
    "torch.nn.init",
    "torch.nn.utils",
    "torch.nn.utils.rnn",
    "torch.nn.utils.parametrize",
    "torch.nn.utils.parametrizations",
    "torch.nn.utils.prune",
    "torch.optim",
    "torch.optim.lr_scheduler",
    "torch.optim.swa_utils",
    "torch.autograd",
    "torch.autograd.functional",
    "torch.autograd.forward_ad",
    "torch.autograd.graph",
]

# Modules whose __all__ is complete in 1.13; that of torch.autograd is not.
LISTED = {
    "torch.nn.utils.rnn",
    "torch.nn.utils.parametrize",
    "torch.nn.utils.parametrizations",
    "torch.optim.lr_scheduler",
    "torch.optim.swa_utils",
    "torch.autograd.forward_ad",
}

# What the modules import or have for themselves, by the module that it comes from, or by name.
FOREIGN = ("torch._jit_internal", "torch.overrides", "torch._C._autograd", "torch._C._profiler")
INTERNAL = {
    "BroadcastingList1",
    "BroadcastingList2",
    "BroadcastingList3",
    "Tensor",
    "assert_int_or_pair",
    "has_torch_function",
    "has_torch_function_unary",
    "has_torch_function_variadic",
    "kineto_available",
}

# Name and kind of what came after 1.13.
ADDED = {
    "torch.nn": {
        "Buffer": "class",
        "CircularPad1d": "class",
        "CircularPad2d": "class",
        "CircularPad3d": "class",
        "LPPool3d": "class",
        "RMSNorm": "class",
        "ZeroPad1d": "class",
        "ZeroPad3d": "class",
    },
    "torch.nn.functional": {
        "ScalingType": "class",
        "SwizzleType": "class",
        "grouped_mm": "function",
        "lp_pool3d": "function",
        "rms_norm": "function",
        "scaled_dot_product_attention": "function",
        "scaled_grouped_mm": "function",
        "scaled_mm": "function",
    },
    "torch.nn.utils": {
        "clip_grads_with_norm_": "function",
        "convert_conv3d_weight_memory_format": "function",
        "fuse_linear_bn_eval": "function",
        "fuse_linear_bn_weights": "function",
        "get_total_norm": "function",
    },
    "torch.nn.utils.parametrizations": {"weight_norm": "function"},
    "torch.optim": {"Adafactor": "class", "Muon": "class"},
    "torch.optim.lr_scheduler": {"LRScheduler": "class"},
    "torch.optim.swa_utils": {
        "get_ema_avg_fn": "function",
        "get_ema_multi_avg_fn": "function",
        "get_swa_avg_fn": "function",
        "get_swa_multi_avg_fn": "function",
    },
    "torch.autograd": {"set_multithreading_enabled": "class"},
    "torch.autograd.graph": {
        "GradientEdge": "class",
        "Node": "class",
        "allow_mutation_on_saved_tensors": "function",
        "get_gradient_edge": "function",
        "increment_version": "function",
        "register_multi_grad_hook": "function",
        "set_warn_on_accumulate_grad_stream_mismatch": "function",
    },
}

# What came after 2.10, in case that the installed PyTorch is newer.
LATER = {
    "LinearCrossEntropyLoss",
    "LinearCrossEntropyOptions",
    "enforce_grad_layout_policy",
    "linear_cross_entropy",
    "region_activation_memory_budget",
    "set_override_stale_capture_stream",
    "swap_in_optimizer_params_and_state",
}


def is_public(module, name, value):
    if name.startswith("_") or isinstance(value, types.ModuleType) or name in LATER:
        return False
    if module.__name__ in LISTED:
        return name in module.__all__
    origin = getattr(value, "__module__", None) or ""
    # A function of C++ says None or another module than the one that it is a public name of.
    defined = origin.split(".")[0] == "torch" and not origin.startswith(FOREIGN) or inspect.isbuiltin(value)
    return defined and callable(value) and name not in INTERNAL


def kind(value):
    return "class" if inspect.isclass(value) else "function" if callable(value) else "other"


def names(module):
    found = {name: kind(value) for name, value in vars(module).items() if is_public(module, name, value)}
    return {**found, **ADDED.get(module.__name__, {})}


def main():
    lines = []
    for path in MODULES:
        found = names(importlib.import_module(path))
        lines += ["%s %s %s" % (path, name, found[name]) for name in sorted(found)]
        print("%s: %d" % (path, len(found)))
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
