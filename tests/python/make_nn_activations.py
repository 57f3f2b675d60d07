"""Makes tests/resources/nn/activations.txt: the activations of torch.nn and their functions.

Run with a Python that has torch, from any folder: /usr/bin/python3 tests/python/make_nn_activations.py
"""

from golden import Golden

golden = Golden("activations")

IN_PLACE = {
    "ELU": "alpha=0.5, ",
    "Hardsigmoid": "",
    "Hardtanh": "min_val=-2.0, max_val=0.5, ",
    "Hardswish": "",
    "LeakyReLU": "negative_slope=0.2, ",
    "ReLU": "",
    "ReLU6": "",
    "RReLU": "lower=0.1, upper=0.4, ",
    "SELU": "",
    "CELU": "alpha=2.0, ",
    "SiLU": "",
    "Mish": "",
}
OTHERS = ["Hardshrink", "LogSigmoid", "PReLU", "GELU", "Sigmoid", "Softshrink", "Softsign", "Tanh", "Tanhshrink"]

for name in [*IN_PLACE, *OTHERS]:
    golden.layer("nn.%s()" % name, "torch.randn(3, 4) * 4")
for name, options in IN_PLACE.items():
    golden.row("m = nn.%s(%sinplace=True); a = torch.randn(3, 4) * 4; m(a * 1)" % (name, options))
for call in [
    "nn.ELU(0.5)",
    "nn.CELU(0.5)",
    "nn.LeakyReLU(0.3)",
    "nn.Hardtanh(-0.5, 2.0)",
    "nn.RReLU().eval()",
    "nn.RReLU(0.2, 0.5)",
    "nn.RReLU(0.2, 0.5, True).eval()",
    "nn.Hardshrink(1.0)",
    "nn.Softshrink(1.0)",
    "nn.Threshold(0.1, 20.0)",
    "nn.Threshold(threshold=0.5, value=-1.0, inplace=True)",
    "nn.GELU(approximate='tanh')",
    "nn.GELU('none')",
    "nn.PReLU(init=0.1, num_parameters=1)",
    "nn.Softplus(2.0, 3.0)",
    "nn.Softplus(beta=0.5, threshold=10.0)",
]:
    golden.row("m = %s; a = torch.randn(3, 4) * 3; m(a * 1)" % call)
golden.layer("nn.Softplus()", "torch.randn(3, 4) * 20", text="Softplus(beta=1.0, threshold=20.0)")
golden.layer("nn.Softplus(2.0)", "torch.randn(3, 4) * 8", text="Softplus(beta=2.0, threshold=20.0)")
golden.layer("nn.PReLU(3)", "torch.randn(2, 3, 4)")
golden.layer("nn.PReLU(3, 0.5)", "torch.randn(2, 3)")
golden.layer("nn.ReLU()", "torch.tensor(-1.5)")
golden.layer("nn.GLU()", "torch.randn(3, 4)")
golden.layer("nn.GLU(dim=0)", "torch.randn(4, 3)")

for name in ["Softmax", "Softmin", "LogSoftmax"]:
    for shape in ["()", "(4)", "(3, 4)", "(2, 3, 2)", "(2, 3, 2, 2)"]:
        golden.layer("nn.%s()" % name, "torch.randn%s" % (shape if shape != "()" else "(())"))
    golden.layer("nn.%s(1)" % name, "torch.randn(2, 3, 2)")
    golden.layer("nn.%s(dim=-1)" % name, "torch.randn(3, 4)")
golden.layer("nn.Softmax2d()", "torch.randn(2, 3, 2, 2)")
golden.layer("nn.Softmax2d()", "torch.randn(3, 2, 2)")

CLASSES = "torch.tensor([0, 9, 3, 5, 2, 7])"
ADAPTIVE = "nn.AdaptiveLogSoftmaxWithLoss(8, 10, [3, 6])"
golden.layer(ADAPTIVE, "torch.randn(6, 8)", CLASSES)
golden.layer("nn.AdaptiveLogSoftmaxWithLoss(8, 10, [2, 4, 7], 2.0)", "torch.randn(6, 8)", CLASSES)
golden.layer(ADAPTIVE, "torch.randn(3, 8)", "torch.tensor([0, 2, 1])")
golden.layer(ADAPTIVE, "torch.randn(2, 8)", "torch.tensor([8, 9])")
golden.layer(ADAPTIVE, "torch.randn(8)", "torch.tensor(4)")
golden.layer(
    "nn.AdaptiveLogSoftmaxWithLoss(8, 10, cutoffs=[2, 4, 7], div_value=2.0, head_bias=True)",
    "torch.randn(6, 8)",
    CLASSES,
)
golden.row("m = %s; a = torch.randn(4, 8); m.log_prob(a)" % ADAPTIVE)
golden.row("m = %s; a = torch.randn(6, 8) * 3; m.predict(a)" % ADAPTIVE)
golden.row("m = nn.AdaptiveLogSoftmaxWithLoss(8, 10, [9]); a = torch.randn(6, 8); m.predict(a)")
golden.row("m = nn.AdaptiveLogSoftmaxWithLoss(8, 10, [1]); a = torch.randn(6, 8); m.predict(a)")

FUNCTIONS = [
    "relu", "relu6", "elu", "selu", "celu", "leaky_relu", "rrelu", "hardtanh", "hardsigmoid", "hardswish", "hardshrink",
    "softshrink", "tanhshrink", "tanh", "sigmoid", "logsigmoid", "softsign", "softplus", "silu", "mish", "gelu", "glu",
    "softmax", "softmin", "log_softmax", "gumbel_softmax",
]
for name in FUNCTIONS:
    golden.row("a = torch.randn(3, 4) * 4; F.%s(a)" % name)
for call in [
    "threshold(a, 0.5, -2.0)",
    "elu(a, alpha=0.5)",
    "celu(a, alpha=0.5)",
    "leaky_relu(a, negative_slope=0.5)",
    "hardtanh(a, min_val=-2.0, max_val=1.5)",
    "gumbel_softmax(a, 0.5, True)",
    "prelu(a, torch.tensor([0.1, 0.2, 0.3, 0.4]))",
    "rrelu(a, 0.2, 0.6)",
    "rrelu(a, 0.2, 0.6, True)",
    "rrelu(a, 0.2, 0.6, True, False)",
    "hardshrink(a, lambd=1.5)",
    "softshrink(a, lambd=1.5)",
    "softplus(a, beta=3.0)",
    "softplus(a, beta=3.0, threshold=2.0)",
    "gelu(a, approximate='tanh')",
    "glu(a, dim=1)",
    "softmax(a, dim=0)",
    "softmax(a, dim=0, dtype=torch.float64)",
    "softmin(a, dim=0)",
    "softmin(a, dim=0, dtype=torch.float64)",
    "log_softmax(a, dim=0)",
    "log_softmax(a, dim=0, dtype=torch.float64)",
    "gumbel_softmax(a, tau=0.5)",
    "gumbel_softmax(a, tau=0.5, hard=True, dim=0)",
    "gumbel_softmax(a, tau=2.0, hard=False, dim=1)",
    "gumbel_softmax(a.t(), tau=1.0, hard=True, dim=-1)",
]:
    golden.row("a = torch.randn(3, 4) * 4; F.%s" % call)
for call in [
    "relu(b, inplace=True)",
    "relu6(b, inplace=True)",
    "elu(b, 0.5, inplace=True)",
    "selu(b, inplace=True)",
    "celu(b, 0.5, inplace=True)",
    "leaky_relu(b, 0.5, inplace=True)",
    "rrelu(b, 0.2, 0.6, True, inplace=True)",
    "hardtanh(b, -2.0, 1.5, inplace=True)",
    "hardsigmoid(b, inplace=True)",
    "hardswish(b, inplace=True)",
    "threshold(b, 0.5, -2.0, inplace=True)",
    "silu(b, inplace=True)",
    "mish(b, inplace=True)",
    "relu_(b)",
    "elu_(b)",
    "elu_(b, 0.5)",
    "selu_(b)",
    "celu_(b)",
    "celu_(b, 0.5)",
    "leaky_relu_(b)",
    "leaky_relu_(b, 0.5)",
    "rrelu_(b)",
    "rrelu_(b, 0.2, 0.6, True)",
    "hardtanh_(b)",
    "hardtanh_(b, -2.0, 1.5)",
    "threshold_(b, 0.5, -2.0)",
]:
    golden.row("a = torch.randn(3, 4) * 4; b = a * 1; F.%s; b" % call)

golden.write()
