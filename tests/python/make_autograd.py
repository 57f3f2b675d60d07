"""Makes tests/resources/autograd/values.tsv: what torch.autograd computes, a name, a type, a shape and values a line."""
import os

import torch
from torch import nn
from torch.autograd import forward_ad, functional
from torch.utils.checkpoint import checkpoint, checkpoint_sequential

OUT = os.path.join(os.path.dirname(__file__), "..", "resources", "autograd")
rows = []


def put(name, value):
    if isinstance(value, str):
        rows.append(f"{name}\ttext\t\t{value}")
        return
    value = value.detach()
    if value.is_complex():
        value = torch.view_as_real(value)
    dtype = str(value.dtype).replace("torch.", "")
    numbers = " ".join(repr(x) for x in value.double().flatten().tolist())
    rows.append(f"{name}\t{dtype}\t{' '.join(map(str, value.shape))}\t{numbers}")


def put_all(name, values):
    for i, value in enumerate(values):
        put(f"{name}.{i}", value)


def leaf(*values, dtype=torch.float64):
    return torch.tensor(values, dtype=dtype, requires_grad=True)


def hooks():
    x = leaf(1, 2, 3)
    y = x * x
    x.register_hook(lambda g: g * 10)
    x.register_hook(lambda g: g + 1)
    y.register_hook(lambda g: g * 2)
    y.retain_grad()
    (y * 3).sum().backward()
    put("hooks.x", x.grad)
    put("hooks.y", y.grad)


def nodes():
    x = leaf(1, 2)
    z = (x.exp() + x).sum()
    add = z.grad_fn.next_functions[0][0]
    put("nodes.names", " ".join([
        z.grad_fn.name(), add.name(), *(fn.name() for fn, _ in add.next_functions)]))
    put("nodes.numbers", " ".join(str(n) for _, n in add.next_functions))
    add.register_hook(lambda computed, given: (computed[0] * 2, computed[1] * 5))
    z.backward()
    put("nodes.x", x.grad)


class MulExp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, factor):
        product, exp = x * w * factor, x.exp()
        ctx.save_for_backward(x, w, exp)
        ctx.factor = factor
        return product, exp

    @staticmethod
    def backward(ctx, g1, g2):
        x, w, exp = ctx.saved_tensors
        gx = g1 * w * ctx.factor + g2 * exp
        gw = (g1 * x * ctx.factor).sum().reshape(1)
        return gx, gw, None


def functions():
    x, w = leaf(0.5, 1.5), leaf(3)
    a, b = MulExp.apply(x, w, 2.0)
    put("function.a", a)
    put("function.b", b)
    put("function.name", a.grad_fn.name())
    (a.sum() + (b * b).sum()).backward()
    put("function.x", x.grad)
    put("function.w", w.grad)
    a, b = MulExp.apply(x, w, 2.0)
    gx, gw = torch.autograd.grad((a * b).sum(), (x, w), create_graph=True)
    put_all("function.twice", torch.autograd.grad(gx.square().sum() + gw.square().sum(), (x, w)))
    a, _ = MulExp.apply(x, x.sum().reshape(1), 2.0)
    put_all("function.same", torch.autograd.grad(a.sum(), (x,)))


def derivatives():
    x, y = leaf(0.5, 1.0, 2.0), leaf(3.0, 4.0)

    def two(x, y):
        return x.sin().outer(y), (x.exp().sum() * y)

    def scalar(x, y):
        return (x.pow(3).sum() * y.square()).sum()

    for i, each in enumerate(functional.jacobian(two, (x, y))):
        put_all(f"jacobian.{i}", each)
    for i, each in enumerate(functional.hessian(scalar, (x, y))):
        put_all(f"hessian.{i}", each)
    v, u = torch.tensor([1.0, -1.0, 0.5]).double(), torch.tensor([2.0, 0.25]).double()
    put_all("jvp", functional.jvp(two, (x, y), (v, u))[1])
    put_all("vjp", functional.vjp(two, (x, y), (torch.ones(3, 2).double(), u))[1])
    put_all("vhp", functional.vhp(scalar, (x, y), (v, u))[1])
    put_all("hvp", functional.hvp(scalar, (x, y), (v, u))[1])
    j = functional.jacobian(lambda t: t.pow(3), x, create_graph=True)
    put("jacobian.created", torch.autograd.grad(j.sum(), x)[0])


def forward_mode():
    x = torch.tensor([0.5, 1.0]).double()
    with forward_ad.dual_level():
        dual = forward_ad.make_dual(x, torch.tensor([1.0, 2.0]).double())
        value, tangent = forward_ad.unpack_dual(dual.sin() * dual)
    put("forward.value", value)
    put("forward.tangent", tangent)


def model():
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Dropout(0.5), nn.Linear(8, 3), nn.Sigmoid())


def checkpoints():
    layers = model()
    x = torch.linspace(-1, 1, 8).reshape(2, 4).requires_grad_()
    torch.manual_seed(5)
    y = checkpoint(lambda t: layers(t), x, use_reentrant=False)
    put("checkpoint.y", y)
    y.square().sum().backward()
    put("checkpoint.x", x.grad)
    put_all("checkpoint.parameters", [p.grad for p in layers.parameters()])
    put("checkpoint.random", torch.rand(2))


def autocast():
    torch.manual_seed(7)
    a = torch.linspace(-1, 1, 12).reshape(3, 4)
    w = torch.linspace(-2, 1, 8).reshape(2, 4).requires_grad_()
    image, kernel = torch.linspace(-1, 1, 18).reshape(1, 2, 3, 3), torch.linspace(0, 1, 16).reshape(2, 2, 2, 2)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        linear = nn.functional.linear(a, w)
        put("autocast.linear", linear)
        put("autocast.matmul", a @ a.t())
        put("autocast.conv", nn.functional.conv2d(image, kernel))
        put("autocast.softmax", linear.softmax(1))
        put("autocast.mse", nn.functional.mse_loss(linear, torch.ones(3, 2)))
        put("autocast.mixed", linear + torch.ones(3, 2))
        put("autocast.relu", linear.relu())
        put("autocast.exp", linear.exp())
        with torch.autocast("cpu", enabled=False):
            put("autocast.off", a @ a.t())
        loss = nn.functional.mse_loss(nn.functional.linear(a, w), torch.ones(3, 2))
    loss.backward()
    put("autocast.gradient", w.grad)


def complex_gradients():
    z = torch.tensor([1 + 2j, -0.5 + 1j], dtype=torch.complex128, requires_grad=True)
    put_all("complex", torch.autograd.grad((z * z.conj() * z).real.sum(), z))


def gradcheck_message():
    class Wrong(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            return g * ctx.saved_tensors[0]

    try:
        torch.autograd.gradcheck(Wrong.apply, leaf(1, 2))
    except RuntimeError as e:
        put("gradcheck.message", str(e).strip().replace("\n", "\\n"))


for make in [hooks, nodes, functions, derivatives, forward_mode, checkpoints, autocast, complex_gradients, gradcheck_message]:
    make()
with open(os.path.join(OUT, "values.tsv"), "w") as file:
    file.write("\n".join(rows) + "\n")
print(len(rows), "rows")
