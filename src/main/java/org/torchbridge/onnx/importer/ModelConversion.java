package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;
import org.torchbridge.graph.passes.DeadCode;
import org.torchbridge.onnx.ElementType;
import org.torchbridge.onnx.OnnxModel;
import org.torchbridge.onnx.OnnxOptions;
import org.torchbridge.onnx.OnnxType;
import org.torchbridge.onnx.ValueInfo;

/** Makes a program of a model: its inputs, what its nodes do, and its outputs. */
public final class ModelConversion {
    private final OnnxModel model;
    private final OnnxOptions options;
    private final Graph graph = new Graph();
    private final Unsupported unsupported = new Unsupported();
    private final ModelTensors tensors;
    private final Nodes nodes;

    private ModelConversion(OnnxModel model, OnnxOptions options) {
        this.model = model;
        this.options = options;
        this.tensors = new ModelTensors(model);
        this.nodes = new Nodes(Registry.STANDARD, graph, new Weights(graph, options), tensors, model, unsupported);
    }

    /** The program of a model. */
    public static Graph convert(OnnxModel model, OnnxOptions options) {
        try {
            return new ModelConversion(model, options).run();
        } catch (FileFormatException e) {
            throw new FileFormatException(model.name() + ": " + e.getMessage(), e);
        }
    }

    private Graph run() {
        model.inputs().forEach(this::input);
        List<String> outputs = options.outputs().isEmpty()
                ? model.outputs().stream().map(ValueInfo::name).toList()
                : options.outputs();
        nodes.graph(model.proto().getGraph(), new HashSet<>(outputs));
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            OnnxType type = options.outputs().isEmpty() ? model.outputs().get(i).type() : OnnxType.UNKNOWN;
            try {
                values.add(output(nodes.names().get(outputs.get(i)), type));
            } catch (UnsupportedUse use) {
                unsupported.add(use.node(), use.getMessage());
            }
        }
        unsupported.check(model.name());
        finish(values);
        return graph;
    }

    private void input(ValueInfo info) {
        Value value = graph.addInput(Names.variable(info.name()), ValueTypes.of(info.type(), options.sizes()));
        ElementType element =
                info.type() instanceof OnnxType.OfTensor tensor ? tensor.element() : ElementType.UNDEFINED;
        Value carried = element.carrier() == element.dtype() || element.dtype() == null
                ? value
                : nodes.conversion().cast(value, element.carrier());
        if (info.type() instanceof OnnxType.OfTensor tensor
                && element == ElementType.STRING
                && tensor.shape() != null) {
            nodes.textShape(value, ValueTypes.sizes(tensor, options.sizes()));
        }
        nodes.names().put(info.name(), new Written(carried, element));
    }

    /** An output in the type that is declared, where that is not the one it was computed in. */
    private Value output(Carried carried, OnnxType type) {
        Value value = nodes.conversion().value(carried);
        DType declared =
                type instanceof OnnxType.OfTensor tensor ? tensor.element().dtype() : null;
        return declared == null
                        || !(value.type() instanceof Type.OfTensor)
                        || Conversion.dtype(value) == declared && declared == carriedType(type)
                ? value
                : nodes.conversion().cast(value, declared);
    }

    private static DType carriedType(OnnxType type) {
        return ((OnnxType.OfTensor) type).element().carrier();
    }

    /** One output is the result, several are a tuple. */
    private void finish(List<Value> values) {
        if (values.size() == 1) {
            graph.addOutput(values.get(0));
        } else {
            Node tuple = graph.body().append("prim::TupleConstruct", values);
            graph.addOutput(tuple.addOutput(
                    new Type.OfTuple(values.stream().map(Value::type).toList())));
        }
        DeadCode.run(graph);
    }
}
