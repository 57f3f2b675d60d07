"""Golden rows: small Python programs, run here with PyTorch, whose results Java has to reproduce.

    golden = Golden("convolutions")
    golden.layer("nn.Conv2d(3, 4, 3, stride=2)", "torch.randn(2, 3, 6, 5)")
    golden.row("a = torch.randn(3, 4); F.relu_(a)", grad=False)
    golden.write()

writes tests/resources/nn/convolutions.txt. Java evaluates the same program; see GoldenRow and PythonProgram in
tests/java/org/torchbridge/testing. A row has the program in its first line, then a line for each thing that is compared:
the text of a module, its state after construction, outputs, gradients of the floating-point variables and of parameters,
and what of the state has changed. Tensors are: type, shape, and the elements (float32, float64 or int64, little-endian) in
base64.
"""

import base64
import re
import warnings
from pathlib import Path

import torch
from torch import nn, optim

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
SEED = 7


def encoded(tensor):
    tensor = tensor.detach()
    if tensor.is_sparse:
        tensor = tensor.to_dense()
    kind = str(tensor.dtype).replace("torch.", "")
    if tensor.dtype.is_complex:
        tensor = torch.view_as_real(tensor)
    if not tensor.dtype.is_floating_point:
        tensor = tensor.to(torch.int64)
    elif tensor.dtype != torch.float64:
        tensor = tensor.to(torch.float32)
    data = base64.b64encode(tensor.contiguous().numpy().tobytes()).decode()
    return "%s [%s] %s" % (kind, ",".join(map(str, tensor.shape)), data)


def flattened(value):
    """The tensors of a result, however deep."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (tuple, list)):
        return [tensor for element in value for tensor in flattened(element)]
    if isinstance(value, (int, float)):
        return [torch.tensor(value, dtype=torch.float64 if isinstance(value, float) else None)]
    return []


def statements(program):
    """The parts between semicolons that are in no brackets; the name of an assignment or None, and the expression."""
    parts, depth, start = [], 0, 0
    for i, c in enumerate(program):
        depth += (c in "([{") - (c in ")]}")
        if c == ";" and depth == 0:
            parts.append(program[start:i])
            start = i + 1
    parts.append(program[start:])
    for part in parts:
        match = re.match(r"\s*(\w+)\s*=(?!=)(.*)", part, re.S)
        yield (match.group(1), match.group(2).strip()) if match else (None, part.strip())


def training(start, loss, optimizer, steps=10):
    """Losses of some steps, written out: the language of the rows has no loops."""
    program = start + "; o = optim." + optimizer
    for i in range(steps):
        program += "; o.zero_grad(); l%d = %s; l%d.backward(); o.step()" % (i, loss, i)
    return program + "; [" + ", ".join("l%d" % i for i in range(steps)) + "]"


class Golden:
    """The rows of one family."""

    def __init__(self, family, folder="nn"):
        self.path = RESOURCES / folder / (family + ".txt")
        self.lines = []
        self.count = 0

    def layer(self, call, *inputs, **options):
        """A row that constructs a module and calls it with inputs that are called a, b, c ..."""
        names = "abcdefgh"[: len(inputs)]
        program = "; ".join(
            ["m = " + call] + ["%s = %s" % pair for pair in zip(names, inputs)] + ["m(%s)" % ", ".join(names)]
        )
        self.row(program, **options)

    def row(self, program, python=None, grad=True, tolerance=None, text=True, env=None):
        """Runs a program and records what it does.

        python: what to run here instead, where Python says it otherwise or lacks it
        grad: whether gradients are compared
        tolerance: the largest relative difference, if not the usual one
        text: True for the module's own text, None for no comparison, or the text
        env: more names that the Python program may use
        """
        if any(line == "== " + program for line in self.lines):
            raise ValueError("this row is there twice: " + program)
        scope = {"torch": torch, "nn": nn, "F": nn.functional, "optim": optim, "init": nn.init, **(env or {})}
        lines = ["== " + program]
        if not grad:
            lines.append("nograd")
        if tolerance is not None:
            lines.append("tolerance %g" % tolerance)
        modules, variables, initial, result = {}, {}, {}, None
        torch.manual_seed(SEED)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name, expression in statements(python or program):
                result = eval(expression, scope)
                if name is None:
                    continue
                scope[name] = result
                if isinstance(result, nn.Module):
                    modules[name] = result
                    if text is not None:
                        shown = repr(result) if text is True else text
                        lines.append("text %s %s" % (name, shown.replace("\n", "\\n")))
                    for key, value in state(result).items():
                        initial[name + "." + key] = value.detach().clone()
                        lines.append("state %s.%s %s" % (name, key, encoded(value)))
                elif isinstance(result, torch.Tensor) and result.is_leaf and result.dtype.is_floating_point:
                    variables[name] = result
                    if grad:
                        result.requires_grad_(True)
            outputs = flattened(result)
            for i, output in enumerate(outputs):
                lines.append("output %d %s" % (i, encoded(output)))
            if grad:
                self.backward(outputs)
                for name, variable in variables.items():
                    if variable.grad is not None:
                        lines.append("gradient %s %s" % (name, encoded(variable.grad)))
                for name, module in modules.items():
                    for key, parameter in module.named_parameters():
                        if parameter.grad is not None:
                            lines.append("gradient %s.%s %s" % (name, key, encoded(parameter.grad)))
        for name, module in modules.items():
            for key, value in state(module).items():
                before = initial.get(name + "." + key)
                if before is None or before.shape != value.shape or not torch.equal(before, value.detach()):
                    lines.append("after %s.%s %s" % (name, key, encoded(value)))
        self.lines += lines
        self.count += 1

    @staticmethod
    def backward(outputs):
        total = None
        for output in outputs:
            if output.requires_grad:
                part = (output * torch.randn(output.shape, dtype=output.dtype)).sum()
                total = part if total is None else total + part
        if total is not None:
            total.backward()

    def write(self):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text("\n".join(self.lines) + "\n")
        print("%s: %d rows" % (self.path.name, self.count))


def state(module):
    """The state dict; lazy modules have tensors without values, which are left out."""
    lazy = nn.parameter.UninitializedTensorMixin
    return {
        key: value
        for key, value in module.state_dict(keep_vars=True).items()
        if isinstance(value, torch.Tensor) and not isinstance(value, lazy)
    }
