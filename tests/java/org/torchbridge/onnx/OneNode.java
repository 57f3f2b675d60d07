package org.torchbridge.onnx;

import com.google.protobuf.ByteString;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.onnx.proto.AttributeProto;
import org.torchbridge.onnx.proto.AttributeProto.AttributeType;
import org.torchbridge.onnx.proto.GraphProto;
import org.torchbridge.onnx.proto.ModelProto;
import org.torchbridge.onnx.proto.NodeProto;
import org.torchbridge.onnx.proto.OperatorSetIdProto;
import org.torchbridge.onnx.proto.TensorProto;
import org.torchbridge.onnx.proto.TensorShapeProto;
import org.torchbridge.onnx.proto.TypeProto;
import org.torchbridge.onnx.proto.ValueInfoProto;

/**
 * A model of one node, for tests of rules: run here and in ONNX Runtime.
 *
 * <pre>{@code
 * assertSame(OneNode.of("Gemm", 13).real("alpha", 0.5).flag("transB").input(a).weight(b).input(c));
 * }</pre>
 */
final class OneNode {
    private final ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(8);
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("test");
    private final NodeProto.Builder node;
    private final Map<String, Tensor> inputs = new LinkedHashMap<>();
    private List<String> outputs = List.of("y0");

    private OneNode(String domain, String operator, long version) {
        node = NodeProto.newBuilder().setOpType(operator).setDomain(domain).setName("/block/block.0/node/" + operator);
        model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version));
    }

    static OneNode of(String operator, long version) {
        return new OneNode("", operator, version);
    }

    static OneNode of(String domain, String operator, long version) {
        return new OneNode(domain, operator, version);
    }

    /** Imports another domain too, for the nodes of bodies. */
    OneNode opset(String domain, long version) {
        model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version));
        return this;
    }

    // ---- inputs

    /** An input that is given when the model runs, of any size. */
    OneNode input(Tensor value) {
        return input(value, false);
    }

    /** An input that is given when the model runs, always of this size. */
    OneNode sized(Tensor value) {
        return input(value, true);
    }

    private OneNode input(Tensor value, boolean sized) {
        String name = "x" + node.getInputCount();
        node.addInput(name);
        inputs.put(name, value);
        TypeProto.Tensor.Builder type = TypeProto.Tensor.newBuilder()
                .setElemType(ElementType.of(value.dtype()).code());
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (int i = 0; i < value.dim(); i++) {
            TensorShapeProto.Dimension.Builder size = TensorShapeProto.Dimension.newBuilder();
            shape.addDim(sized ? size.setDimValue(value.size(i)) : size.setDimParam(name + "_" + i));
        }
        graph.addInput(ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(type.setShape(shape))));
        return this;
    }

    /** An input that the model has of its own. */
    OneNode weight(Tensor value) {
        String name = "w" + node.getInputCount();
        node.addInput(name);
        graph.addInitializer(proto(name, value));
        return this;
    }

    OneNode weight(long... values) {
        return weight(Torch.tensor(values));
    }

    /** An optional input that is left out. */
    OneNode none() {
        node.addInput("");
        return this;
    }

    static TensorProto proto(String name, Tensor value) {
        Tensor contiguous = value.contiguous();
        byte[] bytes = new byte[(int) (value.numel() * value.dtype().itemSize())];
        if (bytes.length > 0) {
            contiguous.buffer().order(ByteOrder.LITTLE_ENDIAN).get(bytes);
        }
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(ElementType.of(value.dtype()).code())
                .addAllDims(Arrays.stream(value.shape()).boxed().toList())
                .setRawData(ByteString.copyFrom(bytes))
                .build();
    }

    // ---- attributes

    OneNode integer(String name, long value) {
        return attribute(name, AttributeType.INT, attribute -> attribute.setI(value));
    }

    OneNode flag(String name) {
        return integer(name, 1);
    }

    OneNode real(String name, double value) {
        return attribute(name, AttributeType.FLOAT, attribute -> attribute.setF((float) value));
    }

    OneNode text(String name, String value) {
        return attribute(name, AttributeType.STRING, attribute -> attribute.setS(ByteString.copyFromUtf8(value)));
    }

    OneNode integers(String name, long... values) {
        return attribute(
                name, AttributeType.INTS, attribute -> Arrays.stream(values).forEach(attribute::addInts));
    }

    OneNode reals(String name, float... values) {
        return attribute(name, AttributeType.FLOATS, attribute -> {
            for (float value : values) {
                attribute.addFloats(value);
            }
        });
    }

    OneNode texts(String name, String... values) {
        return attribute(name, AttributeType.STRINGS, attribute -> {
            for (String value : values) {
                attribute.addStrings(ByteString.copyFromUtf8(value));
            }
        });
    }

    OneNode tensor(String name, Tensor value) {
        return attribute(name, AttributeType.TENSOR, attribute -> attribute.setT(proto("", value)));
    }

    OneNode graph(String name, GraphProto value) {
        return attribute(name, AttributeType.GRAPH, attribute -> attribute.setG(value));
    }

    private OneNode attribute(String name, AttributeType type, Consumer<AttributeProto.Builder> value) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(type);
        value.accept(attribute);
        node.addAttribute(attribute);
        return this;
    }

    /** How many outputs the node has, if not one. */
    OneNode outputs(int count) {
        outputs = IntStream.range(0, count).mapToObj(i -> "y" + i).toList();
        return this;
    }

    /** Which outputs the node has; one without a name is left out. */
    OneNode outputNames(String... names) {
        outputs = List.of(names);
        return this;
    }

    // ---- runs

    ModelProto model() {
        NodeProto.Builder finished = node.clone().addAllOutput(outputs);
        GraphProto.Builder whole = graph.clone();
        for (String output : outputs) {
            if (!output.isEmpty()) {
                whole.addOutput(ValueInfoProto.newBuilder().setName(output));
            }
        }
        return model.clone().setGraph(whole.addNode(finished)).build();
    }

    OnnxModel load() {
        return OnnxModel.load(model().toByteArray());
    }

    List<Tensor> inputs() {
        return List.copyOf(inputs.values());
    }

    /** What ONNX Runtime makes of it. */
    List<Tensor> expected() {
        return RuntimeOracle.run(model(), inputs);
    }

    /** What ONNX Runtime makes of other inputs. */
    List<Tensor> expected(List<Tensor> others) {
        Map<String, Tensor> given = new LinkedHashMap<>();
        inputs.keySet().forEach(name -> given.put(name, others.get(given.size())));
        return RuntimeOracle.run(model(), given);
    }

    /** The program that it becomes, for messages. */
    @Override
    public String toString() {
        return node.getOpType() + System.lineSeparator() + load().toGraph();
    }
}
