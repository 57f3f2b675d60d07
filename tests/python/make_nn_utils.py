"""Makes tests/resources/nn/utils.txt: parametrizations, pruning and what else torch.nn.utils does to modules."""

import torch
from torch import nn
from torch.nn.utils import parametrize, prune  # noqa: F401, nn.utils.prune is there once it is imported

from golden import Golden

g = Golden("utils")

# Weight and spectral norm as hooks, with the old keys.
for arguments in ["", ", 'weight', 1", ", 'weight', dim=None", ", name='bias'"]:
    g.row("m = nn.utils.weight_norm(nn.Linear(3, 4)%s); a = torch.randn(2, 3); m(a)" % arguments)
g.row("m = nn.utils.weight_norm(nn.Conv2d(2, 3, 2)); a = torch.randn(1, 2, 3, 3); m(a)")
g.row("m = nn.utils.remove_weight_norm(nn.utils.weight_norm(nn.Linear(3, 4, bias=False))); a = torch.randn(2, 3); m(a)")
for arguments in ["", ", 'weight', 3, 1e-6, 1"]:
    g.row("m = nn.utils.spectral_norm(nn.Linear(3, 4)%s); a = torch.randn(2, 3); m(a)" % arguments)
g.row("m = nn.utils.spectral_norm(nn.Linear(3, 4)).eval(); a = torch.randn(2, 3); m(a)")
g.row("m = nn.utils.spectral_norm(nn.Conv2d(2, 2, 3, padding=1)); a = torch.randn(1, 2, 3, 3); m(m(a))")
g.row("m = nn.utils.spectral_norm(nn.Linear(3, 4, bias=False)); a = torch.randn(2, 3); m(a);"
      " n = nn.utils.remove_spectral_norm(m); n(a)", text=None)


# The same as parametrizations. 1.13 has no weight_norm among them.
class _WeightNorm(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g, weight_v):
        return torch._weight_norm(weight_v, weight_g, self.dim)

    def right_inverse(self, weight):
        return torch.norm_except_dim(weight, 2, self.dim), weight


def weight_norm(module, name="weight", dim=0):
    return parametrize.register_parametrization(module, name, _WeightNorm(dim), unsafe=True)


for arguments in ["", ", 'weight', 1", ", 'weight', None"]:
    g.row(
        "m = nn.utils.parametrizations.weight_norm(nn.Linear(3, 4)%s); a = torch.randn(2, 3); m(a)" % arguments,
        python="m = weight_norm(nn.Linear(3, 4)%s); a = torch.randn(2, 3); m(a)" % arguments,
        env={"weight_norm": weight_norm},
    )
for call in [
    "spectral_norm(nn.Linear(3, 4))",
    "spectral_norm(nn.Linear(3, 4), 'weight', 2, 1e-6, 1)",
    "spectral_norm(nn.Linear(3, 4)).eval()",
    "spectral_norm(nn.Linear(3, 4), 'bias')",
    "orthogonal(nn.Linear(3, 3))",
    "orthogonal(nn.Linear(3, 5))",
    "orthogonal(nn.Linear(5, 3))",
]:
    g.row("m = nn.utils.parametrizations.%s; a = torch.randn(2, m.in_features); m(a)" % call, tolerance=2e-6)
for size in ["3, 3", "3, 5", "5, 3"]:
    for orthogonal_map in ["matrix_exp", "cayley", "householder"]:
        for trivial in [True, False]:
            g.row(
                "m = nn.utils.parametrizations.orthogonal(nn.Linear(%s), 'weight', '%s', %s);"
                " a = torch.randn(2, m.in_features); m(a)" % (size, orthogonal_map, trivial),
                python="m = nn.utils.parametrizations.orthogonal(nn.Linear(%s), 'weight', '%s', use_trivialization=%s);"
                " a = torch.randn(2, m.in_features); m(a)" % (size, orthogonal_map, trivial),
                tolerance=5e-6,
            )
g.row("m = nn.utils.parametrize.register_parametrization(nn.Linear(3, 4), 'weight', nn.ReLU()); a = torch.randn(2, 3); m(a)")
g.row("m = nn.utils.parametrize.register_parametrization(nn.utils.parametrize.register_parametrization("
      "nn.Linear(3, 4), 'weight', nn.ReLU()), 'weight', nn.Softmax(1)); a = torch.randn(2, 3); m(a)")
g.row("m = nn.utils.parametrize.register_parametrization(nn.BatchNorm2d(2), 'running_var', nn.ReLU());"
      " a = torch.randn(2, 2, 2, 2); m.eval()(a)")
for leave in [True, False]:
    g.row("m = nn.utils.parametrize.remove_parametrizations(nn.utils.parametrize.register_parametrization("
          "nn.Linear(3, 4, bias=False), 'weight', nn.ReLU()), 'weight', %s); a = torch.randn(2, 3); m(a)" % leave)

# Where dim 1 has the outputs, and parameters that have no field.
for call in ["nn.utils.spectral_norm", "nn.utils.parametrizations.spectral_norm"]:
    g.row("m = %s(nn.ConvTranspose2d(2, 3, 2)); a = torch.randn(1, 2, 2, 2); m(a)" % call)
for call in [
    "nn.utils.weight_norm(nn.LSTM(2, 3), 'weight_hh_l0')",
    "nn.utils.prune.l1_unstructured(nn.RNN(2, 3), 'weight_ih_l0', 2)",
]:
    g.row("m = %s; a = torch.randn(4, 1, 2); m(a)" % call, tolerance=2e-6)


def fresh(rnn):
    """Python's recurrent layers go on using a parameter that was parametrized away, unless told."""
    rnn._flat_weights = [getattr(rnn, name) for name in rnn._flat_weights_names]
    return rnn


row = "m = nn.utils.parametrizations.orthogonal(nn.GRU(2, 3), 'weight_ih_l0'); a = torch.randn(4, 1, 2); "
g.row(row + "m(a)", python=row + "fresh(m)(a)", env={"fresh": fresh}, tolerance=2e-6)

# Steps of training.
for call in [
    "nn.utils.weight_norm(nn.Linear(3, 2))",
    "nn.utils.spectral_norm(nn.Linear(3, 2))",
    "nn.utils.parametrizations.spectral_norm(nn.Linear(3, 2))",
    "nn.utils.parametrizations.orthogonal(nn.Linear(3, 2))",
    "nn.utils.prune.l1_unstructured(nn.Linear(3, 2), 'weight', 0.5)",
]:
    step = "m(a).square().mean().backward(); o.step(); o.zero_grad(); "
    g.row("m = %s; o = optim.SGD(m.parameters(), lr=0.1); a = torch.randn(4, 3); %sm(a)" % (call, 5 * step),
          tolerance=1e-5, grad=False)

# Pruning.
for call in [
    "identity(nn.Linear(3, 4), 'bias')",
    "random_unstructured(nn.Linear(3, 4), 'weight', 0.3)",
    "random_unstructured(nn.Linear(3, 4), 'weight', 5)",
    "random_unstructured(nn.Linear(3, 4), 'weight', 0)",
    "l1_unstructured(nn.Linear(3, 4), 'weight', 0.375)",
    "l1_unstructured(nn.Linear(3, 4), name='weight', amount=5, importance_scores=torch.randn(4, 3))",
    "random_structured(nn.Linear(3, 4), 'weight', 0.5, 0)",
    "random_structured(nn.Linear(3, 4), 'weight', 1, -1)",
    "ln_structured(nn.Linear(3, 4), 'weight', 0.5, 2, 0)",
    "ln_structured(nn.Linear(3, 4), 'weight', amount=2, n=1, dim=-1)",
    "ln_structured(nn.Linear(3, 4), 'weight', 1, float('inf'), 1, torch.randn(4, 3))",
    "custom_from_mask(nn.Linear(3, 4), 'bias', torch.tensor([0, 1, 1, 0]))",
    "remove(nn.utils.prune.l1_unstructured(nn.Linear(3, 4, bias=False), 'weight', 0.5), 'weight')",
]:
    g.row("m = nn.utils.prune.%s; a = torch.randn(2, 3); m(a)" % call)
once = "nn.utils.prune.l1_unstructured(nn.Linear(4, 5), 'weight', 0.4)"
for call in [
    "l1_unstructured(%s, 'weight', 0.5)",
    "random_unstructured(%s, 'weight', 3)",
    "ln_structured(%s, 'weight', 2, 2, 0)",
    "ln_structured(nn.utils.prune.ln_structured(%s, 'weight', 1, 2, 0), 'weight', 1, 2, 0)",
    "random_structured(nn.utils.prune.ln_structured(%s, 'weight', 1, 2, 1), 'weight', 1, 1)",
    "custom_from_mask(%s, 'weight', torch.eye(5, 4))",
]:
    g.row("m = nn.utils.prune.%s; a = torch.randn(2, 4); m(a)" % (call % once))

# Fusion, by the default statistics and by others.
for bias in [True, False]:
    g.row("m = nn.Conv2d(2, 3, 2, bias=%s); n = nn.BatchNorm2d(3, eps=0.1); a = torch.randn(2, 2, 3, 3); n(m(a));"
          " f = nn.utils.fuse_conv_bn_eval(m.eval(), n.eval()); f(a)" % bias, tolerance=3e-6, text=None)
g.row("m = nn.Linear(2, 3); n = nn.BatchNorm1d(3, eps=0.1); n(torch.randn(4, 3)); a = torch.randn(2, 2);"
      " f = nn.utils.fuse_linear_bn_eval(m.eval(), n.eval()); f(a)",
      python="m = nn.Linear(2, 3); n = nn.BatchNorm1d(3, eps=0.1); n(torch.randn(4, 3)); a = torch.randn(2, 2);"
      " f = nn.utils.fusion.fuse_linear_bn_eval(m.eval(), n.eval()); f(a)", text=None, tolerance=3e-6)

# Lazy layers.
for bias in [True, False]:
    g.row("m = nn.LazyLinear(4, bias=%s); a = torch.randn(2, 3); m(a)" % bias)
g.row("m = nn.Sequential(nn.LazyLinear(4), nn.ReLU(), nn.LazyLinear(2)).to(torch.float64);"
      " a = torch.randn(2, 3, dtype=torch.float64); m(a)")

g.write()
