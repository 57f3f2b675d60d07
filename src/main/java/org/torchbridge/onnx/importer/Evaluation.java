package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.List;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Interpreter;
import org.torchbridge.graph.Value;

/** Runs programs without inputs: what the model itself determines. */
final class Evaluation {
    private Evaluation() {}

    static List<Tensor> run(Graph graph) {
        List<Tensor> constants = new ArrayList<>();
        for (Value output : graph.outputs()) {
            if (output.producer().is("prim::Constant")
                    && output.producer().attribute("value") instanceof Tensor tensor) {
                constants.add(tensor);
            }
        }
        if (constants.size() == graph.outputs().size()) {
            return constants;
        }
        return new Interpreter(graph).run().stream().map(Tensor.class::cast).toList();
    }
}
