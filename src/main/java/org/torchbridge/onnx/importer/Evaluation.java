package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.List;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Interpreter;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.ElementType;

/** Runs programs without inputs: what the model itself determines. */
final class Evaluation {
    private Evaluation() {}

    /** The outputs, of the types that {@code elements} has for them; where it has none, what they were computed in. */
    static List<Constant> run(Graph graph, List<ElementType> elements) {
        List<Tensor> tensors = tensors(graph);
        List<Constant> outputs = new ArrayList<>();
        for (int i = 0; i < tensors.size(); i++) {
            Tensor tensor = tensors.get(i);
            ElementType element = elements.get(i);
            outputs.add(
                    new Constant(tensor, element == ElementType.UNDEFINED ? ElementType.of(tensor.dtype()) : element));
        }
        return outputs;
    }

    private static List<Tensor> tensors(Graph graph) {
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
