#!/usr/bin/python3
"""Cases for torchbridge verify, right and wrong ones: tests/resources/verify_cases."""
import os
from typing import Dict, List

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

OUT = os.path.join(os.path.dirname(__file__), "..", "resources", "verify_cases")
FLOAT = TensorProto.FLOAT


class Power(torch.nn.Module):
    def forward(self, x: torch.Tensor, exponent: int) -> torch.Tensor:
        return x**exponent


class Sums(torch.nn.Module):
    def forward(self, xs: List[torch.Tensor]) -> Dict[str, torch.Tensor]:
        return {"sum": torch.stack(xs).sum(0), "count": torch.tensor(len(xs))}


def folder(case):
    path = os.path.join(OUT, case)
    os.makedirs(path, exist_ok=True)
    return path


def record(case, number, inputs, outputs):
    path = folder(os.path.join(case, "test_data_set_%d" % number))
    for kind, values in (("input", inputs), ("output", outputs)):
        for i, value in enumerate(values):
            with open(os.path.join(path, "%s_%d.pb" % (kind, i)), "wb") as file:
                file.write(numpy_helper.from_array(np.asarray(value)).SerializeToString())


def model(nodes, inputs, outputs):
    """Inputs and outputs are names with sizes, of float32."""
    values = [[helper.make_tensor_value_info(name, FLOAT, size) for name, size in each] for each in (inputs, outputs)]
    graph = helper.make_graph(nodes, "case", *values)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])


def save(case, program, name="model.onnx"):
    onnx.save(program, os.path.join(folder(case), name))


def main():
    x = np.array([[1.0, -2.0], [0.5, 4.0]], np.float32)
    y = np.array([[2.0, 0.5], [-1.0, 3.0]], np.float32)
    two = model(
        [helper.make_node("Add", ["x", "y"], ["sum"]), helper.make_node("Mul", ["x", "y"], ["product"])],
        [("x", ["N", 2]), ("y", ["N", 2])], [("sum", ["N", 2]), ("product", ["N", 2])])
    save("right/onnx", two)
    record("right/onnx", 0, [x, y], [x + y, x * y])
    record("right/onnx", 1, [x[:1], y[:1]], [x[:1] + y[:1], x[:1] * y[:1]])
    divide = model([helper.make_node("Div", ["x", "y"], ["z"])], [("x", [4]), ("y", [4])], [("z", [4])])
    save("right/nan", divide)
    a, b = np.array([0, 1, -1, 3], np.float32), np.array([0, 0, 0, 2], np.float32)
    with np.errstate(all="ignore"):
        record("right/nan", 0, [a, b], [a / b])
    os.makedirs(folder("right/script"), exist_ok=True)
    torch.jit.script(Power()).save(os.path.join(folder("right/script"), "model.pt"))
    record("right/script", 0, [x, np.int64(2)], [x**2])
    torch.jit.script(Sums()).save(os.path.join(folder("right/list"), "model.pt"))
    record("right/list", 0, [x, y], [x + y, np.int64(2)])

    relu = model([helper.make_node("Relu", ["x"], ["y"])], [("x", [2, 2])], [("y", [2, 2])])
    right = np.maximum(x, 0)
    for case in ("close", "value", "type", "shape", "more", "unrecorded"):
        save("wrong/" + case, relu)
    record("wrong/close", 0, [x], [right + np.float32([[0, 0], [0.01, 0]])])
    record("wrong/value", 0, [x], [np.where(right > 0, right, np.nan).astype(np.float32)])
    record("wrong/type", 0, [x], [right.astype(np.float64)])
    record("wrong/shape", 0, [x], [right[:1]])
    record("wrong/more", 0, [x], [right, right])
    record("wrong/unrecorded", 0, [x], [])
    save("wrong/unknown", model([helper.make_node("Nonsense", ["x"], ["y"])], [("x", [2, 2])], [("y", [2, 2])]))
    record("wrong/unknown", 0, [x], [right])
    with open(os.path.join(folder("wrong/damaged"), "model.onnx"), "wb") as file:
        file.write(relu.SerializeToString()[:40])
    record("wrong/damaged", 0, [x], [right])
    torch.jit.script(Power()).save(os.path.join(folder("wrong/script"), "model.pt"))
    record("wrong/script", 0, [x], [x])

    with open(os.path.join(folder("elsewhere"), "model.path"), "w") as file:
        file.write("right/onnx/model.onnx\n")
    record("elsewhere", 0, [x, y], [x + y, x * y])


if __name__ == "__main__":
    main()
