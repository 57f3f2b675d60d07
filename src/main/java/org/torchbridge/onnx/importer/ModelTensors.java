package org.torchbridge.onnx.importer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.onnx.ElementType;
import org.torchbridge.onnx.OnnxModel;
import org.torchbridge.onnx.TensorReader;
import org.torchbridge.onnx.exporter.ModelExport;
import org.torchbridge.onnx.proto.GraphProto;
import org.torchbridge.onnx.proto.SparseTensorProto;
import org.torchbridge.onnx.proto.TensorProto;

/** The tensors that a model has of its own, read when they are asked for, in the types that programs compute in. */
final class ModelTensors {
    private final TensorReader reader;
    private final boolean isOurs;
    private final boolean constantsAreWeights;
    private final TorchMetadata metadata;

    ModelTensors(OnnxModel model) {
        this.reader = model.tensors();
        this.isOurs = model.producer().startsWith(ModelExport.PRODUCER);
        this.metadata = new TorchMetadata(model.proto().getGraph());
        this.constantsAreWeights = model.proto().getGraph().getInitializerList().stream()
                .noneMatch(tensor -> isFloating(tensor) && tensor.getDimsCount() > 0);
    }

    private static boolean isFloating(TensorProto tensor) {
        DType dtype = ElementType.of(tensor.getDataType()).dtype();
        return dtype != null && dtype.isFloatingPoint();
    }

    /** The initialisers of a graph that are strings, by name. */
    Map<String, TensorProto> texts(GraphProto graph) {
        Map<String, TensorProto> texts = new LinkedHashMap<>();
        for (TensorProto tensor : graph.getInitializerList()) {
            if (isText(tensor)) {
                texts.put(tensor.getName(), tensor);
            }
        }
        return texts;
    }

    static boolean isText(TensorProto tensor) {
        return ElementType.of(tensor.getDataType()) == ElementType.STRING;
    }

    List<String> texts(TensorProto tensor) {
        return reader.strings(tensor);
    }

    /** The initialisers of a graph that are numbers, by name. */
    Map<String, Known> initializers(GraphProto graph) {
        Map<String, Known> known = new LinkedHashMap<>();
        for (TensorProto tensor : graph.getInitializerList()) {
            ElementType element = ElementType.of(tensor.getDataType());
            if (!isText(tensor)) {
                known.put(tensor.getName(), initializer(tensor, element));
            }
        }
        for (SparseTensorProto tensor : graph.getSparseInitializerList()) {
            String name = tensor.getValues().getName();
            ElementType element = ElementType.of(tensor.getValues().getDataType());
            known.put(
                    name,
                    Known.initializer(
                            name, element, () -> new Constant(carried(reader.read(tensor), element), element)));
        }
        return known;
    }

    private Known initializer(TensorProto tensor, ElementType element) {
        Supplier<Constant> source = () -> new Constant(read(tensor), element);
        String name = metadata.name(tensor.getName());
        if (metadata.isFixed(tensor.getName())) {
            return Known.literal(name, element, source);
        }
        return metadata.isUncertain(tensor.getName())
                ? Known.constant(name, element, source)
                : Known.initializer(name, element, source);
    }

    /** What PyTorch notes beside the model. */
    TorchMetadata metadata() {
        return metadata;
    }

    /**
     * An output of a node without variable inputs. In a model of others without initialisers, constants that make
     * their appearance as nodes are its weights.
     */
    Known deferred(String name, ElementType element, Deferred node, int output) {
        boolean leaf = node.node().inputs() == 0;
        if (!leaf) {
            return Known.deferred(name, element, node, output);
        } else if (isOurs) {
            return Known.literal(name, element, () -> node.output(output));
        }
        return constantsAreWeights
                ? Known.initializer(name, element, () -> node.output(output))
                : Known.constant(name, element, () -> node.output(output));
    }

    Tensor read(TensorProto tensor) {
        return carried(reader.read(tensor), ElementType.of(tensor.getDataType()));
    }

    private static Tensor carried(Tensor tensor, ElementType element) {
        return tensor.to(element.carrier());
    }
}
