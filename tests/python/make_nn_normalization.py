"""Makes tests/resources/nn/normalization.txt: the normalisation layers of torch.nn and their functions.

Run with a Python that has torch, from any folder: /usr/bin/python3 tests/python/make_nn_normalization.py
"""

import torch
from golden import Golden
from torch import nn

golden = Golden("normalization")


def batch_norms(name, shape, python=None):
    for call in [
        "nn.%s(3)",
        "nn.%s(3).eval()",
        "nn.%s(num_features=3, eps=0.001, momentum=0.4)",
        "nn.%s(3, momentum=None)",
        "nn.%s(3, affine=False)",
        "nn.%s(3, affine=False).eval()",
        "nn.%s(3, track_running_stats=False)",
        "nn.%s(3, track_running_stats=False).eval()",
        "nn.%s(3, affine=False, track_running_stats=False)",
    ]:
        program = "m = %s; a = torch.randn(%s); m(a)"
        golden.row(
            program % (call % name, shape),
            python=python and program % (call % python, shape),
            text=repr(eval(call % python)).replace(python, name) if python else True,
        )
    # What one batch leaves behind is used by the next, then in evaluation.
    for momentum in ["0.3", "None"]:
        program = (
            "m = nn.%s(3, momentum=%s); a = torch.randn(%s); b = torch.randn(%s) * 2 + 1; m(a); m(b); m.eval()(a)"
        )
        golden.row(
            program % (name, momentum, shape, shape),
            python=python and program % (python, momentum, shape, shape),
            text=repr(eval("nn.%s(3, momentum=%s)" % (python or name, momentum))).replace(python or name, name),
        )


batch_norms("BatchNorm1d", "5, 3")
golden.layer("nn.BatchNorm1d(3)", "torch.randn(2, 3, 4)")
golden.layer("nn.BatchNorm1d(3).eval()", "torch.randn(1, 3)")
batch_norms("BatchNorm2d", "4, 3, 2, 2")
batch_norms("BatchNorm3d", "2, 3, 2, 2, 2")
batch_norms("SyncBatchNorm", "5, 3", "BatchNorm1d")
golden.row(
    "m = nn.SyncBatchNorm(3); a = torch.randn(2, 3, 2, 2, 2); m(a)",
    python="m = nn.BatchNorm3d(3); a = torch.randn(2, 3, 2, 2, 2); m(a)",
    text="SyncBatchNorm(3, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)",
)


def instance_norms(name, shape):
    for batch in ["2, ", ""]:
        for call in [
            "nn.%s(3)",
            "nn.%s(3).eval()",
            "nn.%s(3, affine=True, eps=0.01)",
            "nn.%s(3, track_running_stats=True, momentum=0.4)",
            "nn.%s(3, affine=True, track_running_stats=True).eval()",
        ]:
            golden.layer(call % name, "torch.randn(%s%s)" % (batch, shape))
    golden.row(
        "m = nn.%s(3, track_running_stats=True); a = torch.randn(2, %s); b = torch.randn(2, %s) * 2 + 1; "
        "m(a); m(b); m.eval()(a)" % (name, shape, shape)
    )


instance_norms("InstanceNorm1d", "3, 4")
instance_norms("InstanceNorm2d", "3, 2, 3")
instance_norms("InstanceNorm3d", "3, 2, 2, 2")

for name, shape in [("Norm1d", "2, 3, 4"), ("Norm2d", "2, 3, 2, 3"), ("Norm3d", "2, 3, 2, 2, 2")]:
    for kind in ["LazyBatch", "LazyInstance"]:
        for options in ["", "eps=0.01, momentum=0.4", "affine=False", "track_running_stats=False"]:
            golden.layer("nn.%s%s(%s)" % (kind, name, options), "torch.randn(%s)" % shape)
golden.layer("nn.LazyBatchNorm1d()", "torch.randn(4, 3)")

golden.layer("nn.GroupNorm(2, 4)", "torch.randn(2, 4, 3)")
golden.layer("nn.GroupNorm(1, 4)", "torch.randn(3, 4)")
golden.layer("nn.GroupNorm(4, 4)", "torch.randn(2, 4, 2, 2)")
golden.layer("nn.GroupNorm(2, 4, eps=0.02)", "torch.randn(2, 4, 2, 3)")
golden.layer("nn.GroupNorm(num_groups=2, num_channels=4, eps=0.01, affine=False)", "torch.randn(2, 4, 2, 3)")
golden.layer("nn.GroupNorm(2, 4, 0.01, True).eval()", "torch.randn(2, 4, 2, 3)")

golden.layer("nn.LayerNorm(4)", "torch.randn(3, 4)")
golden.layer("nn.LayerNorm(4)", "torch.randn(4)")
golden.layer("nn.LayerNorm((3, 4))", "torch.randn(2, 3, 4)")
golden.layer("nn.LayerNorm([2, 3, 2])", "torch.randn(2, 2, 3, 2)")
golden.layer("nn.LayerNorm(4, eps=0.01)", "torch.randn(3, 4)")
golden.layer("nn.LayerNorm((3, 4), elementwise_affine=False, eps=0.01)", "torch.randn(2, 3, 4)")


class LayerNormWithoutBias(nn.LayerNorm):
    """What bias=False is since PyTorch 2.1."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.bias = None


class RMSNorm(nn.Module):
    """The formula, which PyTorch has a layer for since 2.4."""

    def __init__(self, normalized_shape, eps=None, elementwise_affine=True):
        super().__init__()
        self.shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(self.shape)) if elementwise_affine else None

    def forward(self, x):
        return rms_norm(x, self.shape, self.weight, self.eps)


def rms_norm(x, shape, weight=None, eps=None):
    mean = x.pow(2).mean(tuple(range(-len(shape), 0)), keepdim=True)
    y = x * torch.rsqrt(mean + (torch.finfo(x.dtype).eps if eps is None else eps))
    return y if weight is None else y * weight


ENV = {"LayerNormWithoutBias": LayerNormWithoutBias, "RMSNorm": RMSNorm, "rms_norm": rms_norm}
golden.row(
    "m = nn.LayerNorm(4, bias=False); a = torch.randn(3, 4); m(a)",
    python="m = LayerNormWithoutBias(4); a = torch.randn(3, 4); m(a)",
    text="LayerNorm((4,), eps=1e-05, elementwise_affine=True)",
    env=ENV,
)
for arguments, shape, text in [
    ("4", "3, 4", "(4,), eps=None, elementwise_affine=True"),
    ("4", "4", "(4,), eps=None, elementwise_affine=True"),
    ("(3, 4)", "2, 3, 4", "(3, 4), eps=None, elementwise_affine=True"),
    ("4, eps=0.01, elementwise_affine=True", "3, 4", "(4,), eps=0.01, elementwise_affine=True"),
    ("[3, 4], eps=1e-06, elementwise_affine=False", "2, 3, 4", "(3, 4), eps=1e-06, elementwise_affine=False"),
]:
    program = "m = %s(%s); a = torch.randn(%s); m(a)"
    golden.row(
        program % ("nn.RMSNorm", arguments, shape),
        python=program % ("RMSNorm", arguments, shape),
        text="RMSNorm(%s)" % text,
        env=ENV,
    )

for size, shape in [(2, "2, 5, 3"), (3, "2, 5, 2, 2"), (4, "1, 5, 2, 2, 2"), (7, "2, 3, 4")]:
    golden.layer("nn.LocalResponseNorm(%d)" % size, "torch.randn(%s)" % shape)
    golden.layer("nn.LocalResponseNorm(%d, alpha=1.5, beta=0.5, k=2.0)" % size, "torch.randn(%s)" % shape)

# Python's gradient is not that of its output (and its output's sums keep the first channel), so that only a window that
# covers all channels has a gradient to compare with: that of the other layer.
for size in [1, 2, 3, 4, 5]:
    for options in ["", ", alpha=1.5, beta=0.5, k=2.0"]:
        golden.row("m = nn.CrossMapLRN2d(%d%s); a = torch.randn(2, 6, 2, 2); m(a)" % (size, options), grad=False)
golden.row("m = nn.CrossMapLRN2d(5, alpha=1.5); a = torch.randn(2, 3, 2, 2); m(a)", grad=False)
golden.row(
    "m = nn.CrossMapLRN2d(5, alpha=1.5); a = torch.randn(2, 3, 1, 2); m(a)",
    python="m = nn.LocalResponseNorm(5, alpha=1.5); a = torch.randn(2, 3, 1, 2); m(a)",
    text="CrossMapLRN2d(5, alpha=1.5, beta=0.75, k=1)",
)

STATE = "a = torch.randn(2, 3, 4); b = torch.zeros(3); c = torch.ones(3); d = torch.randn(3); e = torch.randn(3); "
for call in [
    "batch_norm(a, b, c)",
    "batch_norm(a, b, c, d, e)",
    "batch_norm(a, b, c, d, e, True)",
    "batch_norm(a, b, c, d, e, True, 0.3, 0.001)",
    "batch_norm(a, b, c, weight=d, bias=e, training=False, momentum=0.1, eps=0.01)",
    "batch_norm(a, None, None, d, e, True, 0.1, 1e-05)",
    "instance_norm(a)",
    "instance_norm(a, None, None, d, e, True, 0.1, 0.001)",
    "instance_norm(a, b, c, weight=d, bias=None, use_input_stats=False, momentum=0.1, eps=1e-05)",
]:
    golden.row(STATE.replace("torch.zeros(3)", "torch.zeros(3).detach()") + "F." + call, grad=False)
for call in ["instance_norm(a, b, c, d, e, True, 0.3, 0.001); b", "batch_norm(a, b, c, d, e, True, 0.3, 0.001); c"]:
    golden.row(STATE + "F." + call, grad=False)

ROWS = "a = torch.randn(2, 3, 4); b = torch.randn(3, 4); c = torch.randn(3, 4); "
for call in ["layer_norm(a, (3, 4))", "layer_norm(a, [3, 4], b, c, 0.01)", "layer_norm(a, (4,))", "layer_norm(a, (3, 4), b, c)"]:
    golden.row(ROWS + "F." + call)
for call in ["rms_norm(a, (3, 4))", "rms_norm(a, [3, 4], b, 0.01)", "rms_norm(a, (4,))"]:
    golden.row(ROWS + "F." + call, python=ROWS + call, env=ENV)
GROUPS = "a = torch.randn(2, 4, 3); b = torch.randn(4); c = torch.randn(4); "
for call in ["group_norm(a, 2)", "group_norm(a, 2, b, c, 0.01)", "group_norm(a, 4, weight=b, bias=None, eps=1e-05)", "group_norm(a, 2, b, c)"]:
    golden.row(GROUPS + "F." + call, tolerance=3e-6)
for call in ["local_response_norm(a, 3)", "local_response_norm(a, 2, alpha=0.5, beta=1.5, k=0.5)"]:
    golden.row("a = torch.randn(2, 4, 3); F." + call)
for call in [
    "normalize(a)",
    "normalize(a, 1.0, 0)",
    "normalize(a, p=3.0, dim=-1, eps=4.0)",
    "normalize(a, p=float('inf'), dim=1)",
    "normalize(a, p=1.0)",
]:
    golden.row("a = torch.randn(3, 4); F." + call)

golden.write()
