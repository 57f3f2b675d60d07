"""Makes tests/resources/optim: how PyTorch's optimizers, schedulers and their helpers go on.

Run with a Python that has torch 1.13, from any folder: /usr/bin/python3 tests/python/make_optim.py

A value file has a line for each tensor: name, shape and the bits of its float32 elements in hexadecimal. Parameters and
gradients are not stored: the same seed draws the same numbers on both sides. A .jsonl file has a JSON object on each line,
in which a tensor is {"bits": ..., "shape": ...}.

What this torch lacks or computed otherwise before 2.10 is computed by the classes at the beginning, after the formulas of
PyTorch's documentation.
"""

import json
import math
import struct
from collections import OrderedDict
from pathlib import Path

import torch
from torch import nn
from torch.optim import lr_scheduler as lr
from torch.optim import swa_utils

RESOURCES = Path(__file__).resolve().parent.parent / "resources" / "optim"
STEPS = 20


def bits(tensor):
    return ["%08x" % struct.unpack("<I", struct.pack("<f", x))[0] for x in tensor.detach().flatten().tolist()]


class Values:
    def __init__(self):
        self.lines = []

    def add(self, name, tensor):
        tensor = torch.view_as_real(tensor.detach()) if tensor.is_complex() else tensor
        self.lines.append(" ".join([name, str(list(tensor.shape)).replace(" ", "")] + bits(tensor)))

    def write(self, name):
        (RESOURCES / name).write_text("\n".join(self.lines) + "\n")


def write_lines(name, objects):
    (RESOURCES / name).write_text("".join(json.dumps(plain(o)) + "\n" for o in objects))


def plain(value):
    """What json can write; it would write the keys of a dictionary as texts anyway."""
    if isinstance(value, torch.Tensor):
        assert value.dtype == torch.float32
        return {"bits": " ".join(bits(value)), "shape": list(value.shape)}
    if isinstance(value, dict):
        return {key: plain(v) for key, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, (list, tuple)) else value


# ---- optimizers that this torch lacks, or that changed


class Reference(torch.optim.Optimizer):
    """An optimizer whose subclasses have only `start`, the state at first, and `update`."""

    def __init__(self, params, **options):
        super().__init__(params, {**self.DEFAULTS, **options})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    state = self.state[p]
                    if not state:
                        state.update(self.start(p))
                    if "step" in state:
                        state["step"] += 1
                    gradient = -p.grad if group.get("maximize") else p.grad
                    self.update(p, gradient, state, **{k: v for k, v in group.items() if k != "params"})


def decayed(p, gradient, lr, weight_decay, decoupled_weight_decay):
    if decoupled_weight_decay:
        p.mul_(1 - lr * weight_decay)
        return gradient
    return gradient.add(p, alpha=weight_decay) if weight_decay else gradient


def means(gradient, state, betas):
    state["exp_avg"].mul_(betas[0]).add_(gradient, alpha=1 - betas[0])
    state["exp_avg_sq"].mul_(betas[1]).addcmul_(gradient, gradient, value=1 - betas[1])
    return state["exp_avg"], state["exp_avg_sq"]


class NAdam(Reference):
    DEFAULTS = dict(lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, momentum_decay=4e-3,
                    decoupled_weight_decay=False, maximize=False)

    def start(self, p):
        return dict(step=torch.tensor(0.0), mu_product=torch.tensor(1.0), exp_avg=torch.zeros_like(p),
                    exp_avg_sq=torch.zeros_like(p))

    def update(self, p, gradient, state, lr, betas, eps, weight_decay, momentum_decay, decoupled_weight_decay, maximize):
        t = state["step"].item()
        mu, mu_next = (betas[0] * (1 - 0.5 * 0.96 ** (i * momentum_decay)) for i in (t, t + 1))
        state["mu_product"] *= mu
        product = state["mu_product"].item()
        gradient = decayed(p, gradient, lr, weight_decay, decoupled_weight_decay)
        m, v = means(gradient, state, betas)
        divisor = v.div(1 - betas[1] ** t).sqrt_().add_(eps)
        p.addcdiv_(gradient, divisor, value=-lr * (1 - mu) / (1 - product))
        p.addcdiv_(m, divisor, value=-lr * mu_next / (1 - product * mu_next))


class RAdam(Reference):
    DEFAULTS = dict(lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, maximize=False, decoupled_weight_decay=False)

    def start(self, p):
        return dict(step=torch.tensor(0.0), exp_avg=torch.zeros_like(p), exp_avg_sq=torch.zeros_like(p))

    def update(self, p, gradient, state, lr, betas, eps, weight_decay, maximize, decoupled_weight_decay):
        t = state["step"].item()
        gradient = decayed(p, gradient, lr, weight_decay, decoupled_weight_decay)
        m, v = means(gradient, state, betas)
        change = m / (1 - betas[0] ** t) * lr
        longest = 2 / (1 - betas[1]) - 1
        length = longest - 2 * t * betas[1] ** t / (1 - betas[1] ** t)
        if length > 5:
            rect = math.sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length))
            change = change * (math.sqrt(1 - betas[1] ** t) / v.sqrt().add_(eps)) * rect
        p.sub_(change)


class Adafactor(Reference):
    DEFAULTS = dict(lr=1e-2, beta2_decay=-0.8, eps=(None, 1e-3), d=1.0, weight_decay=0.0, maximize=False)

    def start(self, p):
        state = dict(step=torch.tensor(0.0))
        if p.dim() < 2:
            return dict(state, variance=torch.zeros_like(p))
        return dict(state, row_var=torch.zeros_like(p[..., :1]), col_var=torch.zeros_like(p[..., :1, :]))

    def update(self, p, gradient, state, lr, beta2_decay, eps, d, weight_decay, maximize):
        t = state["step"].item()
        eps1 = torch.finfo(p.dtype).eps if eps[0] is None else eps[0]
        rms = lambda x: x.norm().item() / math.sqrt(x.numel())
        alpha = max(eps[1], rms(p)) * min(lr, 1 / math.sqrt(t))
        p.mul_(1 - lr * weight_decay)
        if p.dim() < 2:
            v = state["variance"].lerp_(gradient * gradient, t ** beta2_decay).clone()
        else:
            r = state["row_var"].lerp_((gradient * gradient).mean(-1, keepdim=True), t ** beta2_decay)
            c = state["col_var"].lerp_((gradient * gradient).mean(-2, keepdim=True), t ** beta2_decay)
            v = r @ c / r.mean(-2, keepdim=True).clamp(min=eps1)
        u = gradient * v.clamp(min=eps1 ** 2).rsqrt()
        p.add_(u, alpha=-alpha / max(1, rms(u) / d))


def product(x, y):
    """2.10 rounds a product of matrices once; this torch rounds each step of its sums."""
    return (x.float() @ y.float()).bfloat16()


def scaled(factor, x):
    """2.10 does not round the factor; this torch does."""
    return (factor * x.float()).bfloat16()


class Muon(Reference):
    DEFAULTS = dict(lr=1e-3, weight_decay=0.1, momentum=0.95, nesterov=True, ns_coefficients=(3.4445, -4.7750, 2.0315),
                    eps=1e-7, ns_steps=5, adjust_lr_fn=None, use_addmm=False)

    def start(self, p):
        return dict(momentum_buffer=torch.zeros_like(p))

    def update(self, p, gradient, state, lr, weight_decay, momentum, nesterov, ns_coefficients, eps, ns_steps, adjust_lr_fn,
               use_addmm):
        buffer = state["momentum_buffer"].lerp_(gradient, 1 - momentum)
        x = (gradient.lerp(buffer, momentum) if nesterov else buffer).bfloat16()
        tall = p.shape[0] > p.shape[1]
        x = x.T if tall else x
        x = x / x.norm().clamp(min=eps)
        a, b, c = ns_coefficients
        for _ in range(ns_steps):
            gram = product(x, x.T)
            if use_addmm:
                change = (b * gram.float() + c * (gram.float() @ gram.float())).bfloat16()
                x = (a * x.float() + change.float() @ x.float()).bfloat16()
            else:
                x = scaled(a, x) + product(scaled(b, gram) + product(scaled(c, gram), gram), x)
        rows, columns = p.shape
        adjusted = 0.2 * math.sqrt(max(rows, columns)) if adjust_lr_fn else math.sqrt(max(1, rows / columns))
        p.mul_(1 - lr * weight_decay)
        p.add_(x.T if tall else x, alpha=-lr * adjusted)


# ---- trajectories

optim = torch.optim
ADAM = dict(lr=0.02, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1)

OPTIMIZERS = OrderedDict(
    sgd=lambda p: optim.SGD(p, lr=0.1),
    sgd_momentum=lambda p: optim.SGD(p, lr=0.1, momentum=0.9),
    sgd_dampening=lambda p: optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.3, weight_decay=0.01),
    sgd_nesterov=lambda p: optim.SGD(p, lr=0.1, momentum=0.8, nesterov=True, weight_decay=0.1),
    sgd_maximize=lambda p: optim.SGD(p, lr=0.1, momentum=0.5, maximize=True),
    rmsprop=lambda p: optim.RMSprop(p),
    rmsprop_options=lambda p: optim.RMSprop(p, lr=0.01, alpha=0.9, eps=1e-6, weight_decay=0.1),
    rmsprop_momentum=lambda p: optim.RMSprop(p, lr=0.01, momentum=0.9, maximize=True),
    rmsprop_centered=lambda p: optim.RMSprop(p, lr=0.01, centered=True, momentum=0.5),
    adam=lambda p: optim.Adam(p),
    adam_options=lambda p: optim.Adam(p, **ADAM),
    adam_amsgrad=lambda p: optim.Adam(p, lr=0.02, amsgrad=True),
    adam_maximize=lambda p: optim.Adam(p, lr=0.02, maximize=True),
    adam_decoupled=lambda p: optim.AdamW(p, **ADAM),
    adamw=lambda p: optim.AdamW(p),
    adamw_options=lambda p: optim.AdamW(p, **ADAM),
    adamw_amsgrad=lambda p: optim.AdamW(p, lr=0.02, amsgrad=True, maximize=True),
    nadam=lambda p: NAdam(p),
    nadam_options=lambda p: NAdam(p, momentum_decay=0.01, **ADAM),
    nadam_decoupled=lambda p: NAdam(p, decoupled_weight_decay=True, maximize=True, **ADAM),
    radam=lambda p: optim.RAdam(p),
    radam_options=lambda p: optim.RAdam(p, **ADAM),
    radam_decoupled=lambda p: RAdam(p, decoupled_weight_decay=True, maximize=True, **ADAM),
    adamax=lambda p: optim.Adamax(p),
    adamax_options=lambda p: optim.Adamax(p, maximize=True, **ADAM),
    adadelta=lambda p: optim.Adadelta(p),
    adadelta_options=lambda p: optim.Adadelta(p, lr=0.5, rho=0.8, eps=1e-5, weight_decay=0.1, maximize=True),
    adagrad=lambda p: optim.Adagrad(p),
    adagrad_options=lambda p: optim.Adagrad(
        p, lr=0.1, lr_decay=0.05, weight_decay=0.1, initial_accumulator_value=0.5, eps=1e-6, maximize=True),
    asgd=lambda p: optim.ASGD(p),
    asgd_options=lambda p: optim.ASGD(p, lr=0.1, lambd=0.01, alpha=0.5, t0=3.0, weight_decay=0.1, maximize=True),
    rprop=lambda p: optim.Rprop(p),
    rprop_options=lambda p: optim.Rprop(p, lr=0.1, etas=(0.6, 1.5), step_sizes=(0.01, 0.2), maximize=True),
    adafactor=lambda p: Adafactor(p),
    adafactor_options=lambda p: Adafactor(
        p, lr=0.05, beta2_decay=-0.5, eps=(0.3, 0.01), d=1.5, weight_decay=0.1, maximize=True),
    muon=lambda p: Muon(p),
    muon_options=lambda p: Muon(
        p, lr=0.02, weight_decay=0.3, momentum=0.8, nesterov=False, ns_coefficients=(3.0, -4.0, 2.0), eps=0.5, ns_steps=4,
        adjust_lr_fn="match_rms_adamw", use_addmm=True),
)

# These take sparse gradients.
SPARSE = OrderedDict(
    sgd=lambda p: optim.SGD(p, lr=0.1, maximize=True),
    sgd_nesterov=lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    adagrad=lambda p: optim.Adagrad(p, lr=0.1, lr_decay=0.05, initial_accumulator_value=0.5),
    sparse_adam=lambda p: optim.SparseAdam(p),
    sparse_adam_options=lambda p: optim.SparseAdam(p, lr=0.02, betas=(0.8, 0.99), eps=1e-6, maximize=True),
)

# And these complex parameters.
COMPLEX = ["sgd_momentum", "rmsprop_centered", "adam_options", "adamw_options", "adamax", "adadelta", "adagrad_options", "asgd_options",
           "rprop_options"]


def shapes(name):
    return [(4, 3), (2, 5)] if name.startswith("muon") else [(4, 3), (5,)]


def steps(optimizer, parameters, first, last, gradient, visit=lambda step: None):
    """The second parameter has no gradient in the third step."""
    for step in range(first, last + 1):
        for parameter in parameters:
            parameter.grad = gradient(parameter)
        if step == 3:
            parameters[-1].grad = None
        optimizer.step()
        visit(step)


def dense(parameter):
    return torch.randn(parameter.shape, dtype=parameter.dtype)


def sparse(parameter):
    return torch.sparse_coo_tensor(torch.tensor([[2, 0, 2]]), torch.randn(3, 3), parameter.shape)


def make_trajectories():
    values = Values()

    def run(name, make, parameters, gradient):
        def visit(step):
            if step in (1, 4, STEPS):
                for i, parameter in enumerate(parameters):
                    values.add("%s/%d/%d" % (name, step, i), parameter)

        steps(make(parameters), parameters, 1, STEPS, gradient, visit)

    for name, make in OPTIMIZERS.items():
        torch.manual_seed(7)
        run(name, make, [nn.Parameter(torch.randn(shape)) for shape in shapes(name)], dense)
    for name, make in SPARSE.items():
        torch.manual_seed(7)
        run("sparse/" + name, make, [nn.Parameter(torch.randn(4, 3)) for _ in range(2)], sparse)
    for name in COMPLEX:
        torch.manual_seed(7)
        run("complex/" + name, OPTIMIZERS[name], [nn.Parameter(torch.randn(3, dtype=torch.cfloat))], dense)
    values.write("trajectories.txt")


def make_lbfgs():
    """The state after two steps, and where two more lead."""
    lines = []
    for name, make in LBFGS.items():
        x = nn.Parameter(torch.tensor([-1.2, 1.0, 0.5, -0.7]))
        optimizer = make([x])
        lbfgs_steps(optimizer, x, 2)
        line = {"name": name, "saved": plain(optimizer.state_dict()), "before": plain(x)}
        lbfgs_steps(optimizer, x, 2)
        lines.append(dict(line, after=plain(x)))
    write_lines("lbfgs.jsonl", lines)


def make_training():
    """A small network learns; its losses, step by step."""
    values = Values()
    for name in ["sgd_momentum", "rmsprop", "adam", "adamw"]:
        torch.manual_seed(7)
        model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 4))
        x, y = torch.randn(32, 6), torch.randint(4, (32,))
        optimizer = OPTIMIZERS[name](model.parameters())
        losses = []
        for _ in range(STEPS):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        values.add(name, torch.tensor(losses))
    for name, make in LBFGS.items():
        values.add(name, torch.tensor(lbfgs_losses(make)))
    values.write("training.txt")


LBFGS = OrderedDict(
    lbfgs=lambda p: optim.LBFGS(p, lr=0.8, max_iter=4),
    lbfgs_options=lambda p: optim.LBFGS(
        p, lr=0.5, max_iter=6, max_eval=5, tolerance_grad=0.1, tolerance_change=1e-3, history_size=2),
    lbfgs_wolfe=lambda p: optim.LBFGS(p, line_search_fn="strong_wolfe", max_iter=4),
    lbfgs_wolfe_far=lambda p: optim.LBFGS(p, lr=20, line_search_fn="strong_wolfe", max_iter=5),
)


def valley(x):
    """Convex, and thirty times as steep in one direction as in another."""
    return (x * x * torch.tensor([1.0, 3.0, 10.0, 30.0])).sum() + (x - 1).pow(4).sum()


def lbfgs_losses(make):
    x = nn.Parameter(torch.tensor([-1.2, 1.0, 0.5, -0.7]))
    return lbfgs_steps(make([x]), x, 6) + x.tolist()


def lbfgs_steps(optimizer, x, count):

    def closure():
        optimizer.zero_grad()
        loss = valley(x)
        loss.backward()
        return loss

    return [optimizer.step(closure).item() for _ in range(count)]


# ---- state dicts

# The keys of PyTorch 2.10's groups, in its order.
GROUPS = {
    "SGD": "lr momentum dampening weight_decay nesterov maximize foreach differentiable fused",
    "Adam": "lr betas eps weight_decay amsgrad maximize foreach capturable differentiable fused decoupled_weight_decay",
    "AdamW": "lr betas eps weight_decay amsgrad maximize foreach capturable differentiable fused decoupled_weight_decay",
    "NAdam": "lr betas eps weight_decay momentum_decay decoupled_weight_decay maximize foreach capturable differentiable",
    "RAdam": "lr betas eps weight_decay maximize foreach capturable decoupled_weight_decay differentiable",
    "Adamax": "lr betas eps weight_decay foreach maximize differentiable capturable",
    "Adadelta": "lr rho eps weight_decay maximize capturable foreach differentiable",
    "Adagrad": "lr lr_decay eps weight_decay initial_accumulator_value foreach maximize differentiable fused",
    "ASGD": "lr lambd alpha t0 weight_decay foreach maximize differentiable capturable",
    "RMSprop": "lr momentum alpha eps centered weight_decay capturable foreach maximize differentiable",
    "Rprop": "lr etas step_sizes foreach maximize differentiable capturable",
    "LBFGS": "lr max_iter max_eval tolerance_grad tolerance_change history_size line_search_fn",
    "SparseAdam": "lr betas eps maximize",
    "Adafactor": "lr beta2_decay eps d weight_decay foreach maximize",
    "Muon": "lr weight_decay momentum nesterov ns_coefficients eps ns_steps adjust_lr_fn use_addmm",
}


def modern_group(name, group):
    new = {"foreach": None, "fused": None, "capturable": False, "differentiable": False, "maximize": False,
           "decoupled_weight_decay": name == "AdamW"}
    keys = GROUPS[name].split()
    known = {key: group.get(key, new.get(key)) for key in keys}
    # What 1.13 has there, but as its old meaning of "not chosen".
    known.update({key: None for key in ("foreach", "fused") if key in keys})
    known.update({key: value for key, value in group.items() if key not in known and key != "params"})
    return dict(known, params=group["params"])


def modern(name, state_dict):
    """What PyTorch 2.10 would have saved in the place of `state_dict`."""
    states = {}
    for number, state in state_dict["state"].items():
        if state == {"momentum_buffer": None}:
            continue
        states[number] = {
            key: torch.tensor(float(value)) if key == "step" and name != "SparseAdam" else value
            for key, value in state.items()
        }
    if name == "ASGD":
        order = ["step", "eta", "mu", "ax"]
        states = {n: {key: state[key] for key in order} for n, state in states.items()}
    return {"state": states, "param_groups": [modern_group(name, group) for group in state_dict["param_groups"]]}


def text(name, groups):
    text = name + " ("
    for i, group in enumerate(groups):
        lines = ["    %s: %s\n" % (key, group[key]) for key in sorted(group) if key != "params"]
        text += "\nParameter Group %d\n" % i + "".join(lines)
    return text + ")"


def make_state_dicts():
    """State dicts after ten steps, as this torch and as 2.10 has them, and what the parameters are ten steps later."""
    lines = []
    cases = [(name, make, dense) for name, make in OPTIMIZERS.items()]
    cases += [(name, make, sparse) for name, make in SPARSE.items() if name.startswith("sparse_")]
    for name, make, gradient in cases:
        torch.manual_seed(7)
        sizes = [(4, 3), (4, 3)] if gradient is sparse else shapes(name)
        parameters = [nn.Parameter(torch.randn(shape)) for shape in sizes]
        optimizer = make(parameters)
        steps(optimizer, parameters, 1, 10, gradient)
        saved = plain(optimizer.state_dict())
        kind = "Adam" if name == "adam_decoupled" else type(optimizer).__name__
        expected = modern(kind, optimizer.state_dict())
        if name == "adam_decoupled":
            expected["param_groups"][0]["decoupled_weight_decay"] = True
        line = {"name": name, "saved": saved, "modern": plain(expected), "text": text(kind, expected["param_groups"])}
        line["before"] = plain(parameters)
        steps(optimizer, parameters, 11, STEPS, gradient)
        lines.append(dict(line, after=plain(parameters)))
    write_lines("state_dicts.jsonl", lines)


# ---- schedulers

# With the attributes that PyTorch 2.10 saves before those that all have, in its order.
SCHEDULERS = OrderedDict(
    lambda_lr=(lambda o: lr.LambdaLR(o, lambda epoch: 0.95 ** epoch), ""),
    lambda_lr_groups=(lambda o: lr.LambdaLR(o, [lambda epoch: 1 / (1 + epoch), lambda epoch: 0.9 ** (epoch // 10)]), ""),
    multiplicative=(lambda o: lr.MultiplicativeLR(o, lambda epoch: 0.95), ""),
    step=(lambda o: lr.StepLR(o, 10), "step_size gamma"),
    step_gamma=(lambda o: lr.StepLR(o, step_size=7, gamma=0.6), "step_size gamma"),
    multi_step=(lambda o: lr.MultiStepLR(o, [5, 20, 20, 40]), "milestones gamma"),
    multi_step_gamma=(lambda o: lr.MultiStepLR(o, milestones=[3, 30], gamma=0.5), "milestones gamma"),
    constant=(lambda o: lr.ConstantLR(o), "factor total_iters"),
    constant_options=(lambda o: lr.ConstantLR(o, factor=0.7, total_iters=12), "factor total_iters"),
    linear=(lambda o: lr.LinearLR(o), "start_factor end_factor total_iters"),
    linear_options=(
        lambda o: lr.LinearLR(o, start_factor=0.9, end_factor=0.2, total_iters=33), "start_factor end_factor total_iters"),
    exponential=(lambda o: lr.ExponentialLR(o, gamma=0.93), "gamma"),
    polynomial=(lambda o: lr.PolynomialLR(o), "total_iters power"),
    polynomial_options=(lambda o: lr.PolynomialLR(o, total_iters=40, power=1.7), "total_iters power"),
    cosine=(lambda o: lr.CosineAnnealingLR(o, T_max=13), "T_max eta_min"),
    cosine_min=(lambda o: lr.CosineAnnealingLR(o, T_max=20, eta_min=0.01), "T_max eta_min"),
    restarts=(lambda o: lr.CosineAnnealingWarmRestarts(o, T_0=7), "T_0 T_i T_mult eta_min T_cur"),
    restarts_options=(
        lambda o: lr.CosineAnnealingWarmRestarts(o, T_0=5, T_mult=2, eta_min=0.01), "T_0 T_i T_mult eta_min T_cur"),
    cyclic=(lambda o: lr.CyclicLR(o, 0.01, 0.1, step_size_up=6), CYCLIC := (
        "max_lrs total_size step_ratio mode gamma scale_mode cycle_momentum use_beta1 base_momentums max_momentums")),
    cyclic_options=(lambda o: lr.CyclicLR(
        o, base_lr=[0.01, 0.02], max_lr=[0.1, 0.3], step_size_up=5, step_size_down=9, mode="triangular2", base_momentum=0.7,
        max_momentum=0.95), CYCLIC),
    cyclic_range=(lambda o: lr.CyclicLR(o, 0.01, 0.1, step_size_up=6, mode="exp_range", gamma=0.98, cycle_momentum=False),
                  "max_lrs total_size step_ratio mode gamma scale_mode cycle_momentum"),
    cyclic_function=(lambda o: lr.CyclicLR(
        o, 0.01, 0.1, step_size_up=6, scale_fn=lambda x: 1 / x if x else 1, scale_mode="iterations"), CYCLIC),
    one_cycle=(lambda o: lr.OneCycleLR(o, 0.3, total_steps=60), ONE := (
        "total_steps _schedule_phases _anneal_func_type cycle_momentum use_beta1")),
    one_cycle_options=(lambda o: lr.OneCycleLR(
        o, max_lr=[0.3, 0.2], epochs=12, steps_per_epoch=5, pct_start=0.25, anneal_strategy="linear", base_momentum=0.8,
        max_momentum=0.9, div_factor=10, final_div_factor=100, three_phase=True), ONE),
    one_cycle_rates=(lambda o: lr.OneCycleLR(o, 0.3, total_steps=60, cycle_momentum=False),
                     "total_steps _schedule_phases _anneal_func_type cycle_momentum"),
    swa=(lambda o: swa_utils.SWALR(o, swa_lr=0.03), "_anneal_strategy anneal_epochs"),
    swa_options=(lambda o: swa_utils.SWALR(o, swa_lr=[0.03, 0.9], anneal_epochs=15, anneal_strategy="linear"),
                 "_anneal_strategy anneal_epochs"),
    sequential=(lambda o: lr.SequentialLR(
        o, [lr.ConstantLR(o, factor=0.1, total_iters=5), lr.ExponentialLR(o, gamma=0.9), lr.StepLR(o, 4, 0.5)], [8, 30]),
        None),
    sequential_restarts=(lambda o: lr.SequentialLR(
        o, [lr.LinearLR(o, total_iters=8), lr.CosineAnnealingLR(o, T_max=30)], milestones=[8]), None),
    chained=(lambda o: lr.ChainedScheduler([lr.ConstantLR(o, factor=0.1, total_iters=12), lr.ExponentialLR(o, gamma=0.9)]),
             None),
    plateau=(lambda o: lr.ReduceLROnPlateau(o, patience=3), PLATEAU := (
        "factor default_min_lr min_lrs patience cooldown eps last_epoch _last_lr mode_worse mode threshold threshold_mode "
        "best cooldown_counter num_bad_epochs")),
    plateau_options=(lambda o: lr.ReduceLROnPlateau(
        o, mode="max", factor=0.5, patience=1, threshold=0.05, threshold_mode="abs", cooldown=4, min_lr=[0.02, 0.001],
        eps=0.002), PLATEAU),
    plateau_relative=(lambda o: lr.ReduceLROnPlateau(
        o, mode="max", factor=0.5, patience=2, threshold=0.1, min_lr=0.001), PLATEAU),
    plateau_absolute=(lambda o: lr.ReduceLROnPlateau(
        o, mode="min", factor=0.5, patience=2, threshold=0.01, threshold_mode="abs"), PLATEAU),
)
SCHEDULES = 60
SCHEDULE_SAVED_AT = 25


def metric(step):
    return round(1 + 0.3 * math.cos(0.7 * step) + 0.5 / (1 + step), 6)


def scheduler_state(scheduler, keys):
    """The state dict of 2.10, of what this torch has."""
    own = scheduler.__dict__
    if isinstance(scheduler, lr.ReduceLROnPlateau):
        new = dict(default_min_lr=None if len(set(scheduler.min_lrs)) > 1 else scheduler.min_lrs[0])
        return {key: own.get(key, new.get(key)) for key in keys.split()}
    if isinstance(scheduler, (lr.SequentialLR, lr.ChainedScheduler)):
        state = {key: own[key] for key in ("_milestones", "last_epoch", "_last_lr") if key in own}
        states = [scheduler_state(s, SUBKEYS[type(s).__name__]) for s in scheduler._schedulers]
        for child, milestone in zip(states[1:], own.get("_milestones", [])):
            # 2.10 does not count the step in which a scheduler takes over.
            child["_step_count"] -= milestone <= scheduler.last_epoch
        return dict(state, _schedulers=states)
    strategy = "cos"
    if "anneal_func" in own:
        strategy = "linear" if "linear" in own["anneal_func"].__name__ else "cos"
    new = {"_is_initial": False, "use_beta1": False, "_anneal_func_type": strategy, "_anneal_strategy": strategy}
    every = "base_lrs last_epoch _step_count _is_initial _get_lr_called_within_step _last_lr"
    state = {key: own.get(key, new.get(key)) for key in (keys + " " + every).split()}
    if isinstance(scheduler, lr.CyclicLR):
        state["_scale_fn_custom"] = None
    if "lr_lambdas" in own:
        state["lr_lambdas"] = [None] * len(own["lr_lambdas"])
    return state


SUBKEYS = {
    "ConstantLR": "factor total_iters", "ExponentialLR": "gamma", "StepLR": "step_size gamma",
    "LinearLR": "start_factor end_factor total_iters", "CosineAnnealingLR": "T_max eta_min",
}


def make_schedules():
    """The learning rates and momenta of two groups, step by step, and the state on the way."""
    lines = []
    cases = [(name, make, keys, "sgd") for name, (make, keys) in SCHEDULERS.items()]
    make, keys = SCHEDULERS["one_cycle"]
    cases.append(("one_cycle_betas", make, keys, "adam"))
    for name, make, keys, kind in cases:
        groups = [{"params": [nn.Parameter(torch.zeros(1))], "lr": rate} for rate in (0.5, 0.05)]
        optimizer = optim.Adam(groups) if kind == "adam" else optim.SGD(groups, lr=0.1, momentum=0.9)
        scheduler = make(optimizer)
        line = {"name": name, "rates": [], "momenta": []}
        for step in range(SCHEDULES):
            line["rates"].append([group["lr"] for group in optimizer.param_groups])
            line["momenta"].append([
                group["betas"][0] if kind == "adam" else group["momentum"] for group in optimizer.param_groups])
            if step == SCHEDULE_SAVED_AT:
                line["state"] = plain(scheduler_state(scheduler, keys))
            if step < SCHEDULES - 1:
                optimizer.step()
                scheduler.step(metric(step)) if name.startswith("plateau") else scheduler.step()
        if all(momenta == line["momenta"][0] for momenta in line["momenta"]):
            del line["momenta"][1:]
        lines.append(line)
    write_lines("schedules.jsonl", lines)


# ---- gradients and averages


def make_clipping():
    """Norms, and gradients after clipping."""
    values = Values()
    calls = OrderedDict(
        norm=lambda p: nn.utils.clip_grad_norm_(p, 1.0),
        norm_large=lambda p: nn.utils.clip_grad_norm_(p, 100.0),
        norm_1=lambda p: nn.utils.clip_grad_norm_(p, 2.0, norm_type=1),
        norm_3=lambda p: nn.utils.clip_grad_norm_(p, 0.5, norm_type=3.0),
        norm_inf=lambda p: nn.utils.clip_grad_norm_(p, 0.5, norm_type=math.inf),
        value=lambda p: nn.utils.clip_grad_value_(p, 0.4) or torch.tensor(0.0),
    )
    for name, call in calls.items():
        torch.manual_seed(7)
        parameters = [nn.Parameter(torch.randn(shape)) for shape in [(4, 3), (5,), (2,)]]
        for parameter in parameters[:2]:
            parameter.grad = torch.randn(parameter.shape)
        values.add(name, call(parameters))
        for i in range(2):
            values.add("%s/%d" % (name, i), parameters[i].grad)
    torch.manual_seed(7)
    values.add("vector", nn.utils.parameters_to_vector(nn.Linear(3, 2).parameters()))
    values.write("clipping.txt")


def ema(share):
    return lambda averaged, current, count: share * averaged + (1 - share) * current


def make_averages():
    """A model with a batch norm and its average, after each of three changes."""
    values = Values()
    for name, options in OrderedDict(
        mean={},
        mean_buffers=dict(use_buffers=True),
        ema=dict(avg_fn=ema(0.9)),
        ema_buffers=dict(avg_fn=ema(0.9), use_buffers=True),
    ).items():
        torch.manual_seed(7)
        model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
        averaged = swa_utils.AveragedModel(model, **options)
        for _ in range(3):
            with torch.no_grad():
                for parameter in model.parameters():
                    parameter.add_(torch.randn(parameter.shape))
            model(torch.randn(6, 3))
            averaged.update_parameters(model)
            if not options.get("use_buffers"):
                # So does 2.10.
                for own, other in zip(averaged.module.buffers(), model.buffers()):
                    own.copy_(other)
        if not options:
            swa_utils.update_bn([torch.randn(6, 3) for _ in range(3)], averaged)
        for key, value in averaged.state_dict().items():
            values.add(name + "/" + key, value.float())
        values.add(name + "/output", averaged.eval()(torch.ones(2, 3)))
    values.write("averages.txt")


if __name__ == "__main__":
    RESOURCES.mkdir(parents=True, exist_ok=True)
    make_trajectories()
    make_training()
    make_lbfgs()
    make_state_dicts()
    make_schedules()
    make_clipping()
    make_averages()
