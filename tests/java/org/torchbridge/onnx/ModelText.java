package org.torchbridge.onnx;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.List;
import org.torchbridge.Tensor;
import org.torchbridge.onnx.proto.AttributeProto;
import org.torchbridge.onnx.proto.AttributeProto.AttributeType;
import org.torchbridge.onnx.proto.FunctionProto;
import org.torchbridge.onnx.proto.GraphProto;
import org.torchbridge.onnx.proto.ModelProto;
import org.torchbridge.onnx.proto.NodeProto;
import org.torchbridge.onnx.proto.OperatorSetIdProto;
import org.torchbridge.onnx.proto.TensorShapeProto;
import org.torchbridge.onnx.proto.TypeProto;
import org.torchbridge.onnx.proto.ValueInfoProto;

/**
 * Models of several nodes, in few words:
 *
 * <pre>{@code
 * new ModelText(17)
 *         .input("x", "float", "batch", 3)
 *         .weight("fc.weight", w)
 *         .node("Gemm", "x fc.weight", "y", attribute("transB", 1))
 *         .output("y")
 * }</pre>
 */
final class ModelText {
    private final ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(8);
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("test");

    ModelText(long opset) {
        model.addOpsetImport(opset("", opset));
    }

    private static OperatorSetIdProto opset(String domain, long version) {
        return OperatorSetIdProto.newBuilder()
                .setDomain(domain)
                .setVersion(version)
                .build();
    }

    ModelText imports(String domain, long version) {
        model.addOpsetImport(opset(domain, version));
        return this;
    }

    ModelText producer(String name) {
        model.setProducerName(name);
        return this;
    }

    ModelText input(String name, String element, Object... shape) {
        graph.addInput(info(name, element, shape));
        return this;
    }

    ModelText output(String... names) {
        for (String name : names) {
            graph.addOutput(ValueInfoProto.newBuilder().setName(name));
        }
        return this;
    }

    ModelText typedOutput(String name, String element, Object... shape) {
        graph.addOutput(info(name, element, shape));
        return this;
    }

    /** An input that is a sequence of tensors. */
    ModelText sequence(String name, String element) {
        graph.addInput(sequenceOf(name, element));
        return this;
    }

    ModelText outputSequence(String name, String element) {
        graph.addOutput(sequenceOf(name, element));
        return this;
    }

    private static ValueInfoProto sequenceOf(String name, String element) {
        TypeProto type = TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder()
                        .setElemType(ElementType.valueOf(element.toUpperCase(java.util.Locale.ROOT))
                                .code()))
                .build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setSequenceType(TypeProto.Sequence.newBuilder().setElemType(type)))
                .build();
    }

    ModelText weight(String name, Tensor value) {
        graph.addInitializer(OneNode.proto(name, value));
        return this;
    }

    ModelText node(String operator, String inputs, String outputs, AttributeProto... attributes) {
        return add(node(operator, operator + "_" + graph.getNodeCount(), inputs, outputs, attributes));
    }

    ModelText named(String name, String operator, String inputs, String outputs, AttributeProto... attributes) {
        return add(node(operator, name, inputs, outputs, attributes));
    }

    ModelText add(NodeProto node) {
        graph.addNode(node);
        return this;
    }

    ModelText function(FunctionProto function) {
        model.addFunctions(function);
        return this;
    }

    /** The graph by itself, to be a body. */
    GraphProto graph() {
        return graph.build();
    }

    ModelProto proto() {
        return model.clone().setGraph(graph).build();
    }

    OnnxModel load() {
        return OnnxModel.load(proto().toByteArray());
    }

    /** The program that it becomes, for messages. */
    @Override
    public String toString() {
        return load().toGraph().toString();
    }

    // ---- parts

    static NodeProto node(String operator, String name, String inputs, String outputs, AttributeProto... attributes) {
        int colon = operator.indexOf("::");
        return NodeProto.newBuilder()
                .setDomain(colon < 0 ? "" : operator.substring(0, colon))
                .setOpType(colon < 0 ? operator : operator.substring(colon + 2))
                .setName(name)
                .addAllInput(names(inputs))
                .addAllOutput(names(outputs))
                .addAllAttribute(List.of(attributes))
                .build();
    }

    /** Names with spaces between; {@code _} is one left out. */
    private static List<String> names(String text) {
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(" "))
                        .map(name -> name.equals("_") ? "" : name)
                        .toList();
    }

    static ValueInfoProto info(String name, String element, Object... shape) {
        TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
        for (Object size : shape) {
            TensorShapeProto.Dimension.Builder dim = TensorShapeProto.Dimension.newBuilder();
            dims.addDim(size instanceof String symbol ? dim.setDimParam(symbol) : dim.setDimValue((Integer) size));
        }
        TypeProto.Tensor.Builder type = TypeProto.Tensor.newBuilder()
                .setElemType(ElementType.valueOf(element.toUpperCase(java.util.Locale.ROOT))
                        .code())
                .setShape(dims);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(type))
                .build();
    }

    static AttributeProto attribute(String name, long value) {
        return of(name, AttributeType.INT).setI(value).build();
    }

    static AttributeProto attribute(String name, float value) {
        return of(name, AttributeType.FLOAT).setF(value).build();
    }

    static AttributeProto attribute(String name, String value) {
        return of(name, AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }

    static AttributeProto attribute(String name, String... values) {
        AttributeProto.Builder attribute = of(name, AttributeType.STRINGS);
        for (String value : values) {
            attribute.addStrings(ByteString.copyFromUtf8(value));
        }
        return attribute.build();
    }

    static AttributeProto attribute(String name, long... values) {
        AttributeProto.Builder attribute = of(name, AttributeType.INTS);
        Arrays.stream(values).forEach(attribute::addInts);
        return attribute.build();
    }

    static AttributeProto attribute(String name, Tensor value) {
        return of(name, AttributeType.TENSOR).setT(OneNode.proto("", value)).build();
    }

    static AttributeProto attribute(String name, GraphProto value) {
        return of(name, AttributeType.GRAPH).setG(value).build();
    }

    /** In a function: what its call says. */
    static AttributeProto reference(String name, String of, AttributeType type) {
        return of(name, type).setRefAttrName(of).build();
    }

    private static AttributeProto.Builder of(String name, AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }
}
