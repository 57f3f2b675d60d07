package org.torchbridge.onnx.exporter;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Graph;
import org.torchbridge.internal.MavenVersion;
import org.torchbridge.onnx.OnnxExportOptions;
import org.torchbridge.onnx.exporter.Item.Items;
import org.torchbridge.onnx.exporter.Item.Named;
import org.torchbridge.onnx.exporter.Item.Sequence;
import org.torchbridge.onnx.proto.GraphProto;
import org.torchbridge.onnx.proto.ModelProto;
import org.torchbridge.onnx.proto.OperatorSetIdProto;
import org.torchbridge.onnx.proto.StringStringEntryProto;
import org.torchbridge.onnx.proto.TensorShapeProto;
import org.torchbridge.onnx.proto.TypeProto;
import org.torchbridge.onnx.proto.ValueInfoProto;

/** A program as an ONNX model: its inputs, the nodes that {@link Exporter} writes, outputs and weights. */
public final class ModelExport {
    /** What models say that they were made by; their weights are initialisers. */
    public static final String PRODUCER = "torchbridge";

    private static final Map<Integer, Long> FORMAT_VERSIONS = new TreeMap<>(Map.of(13, 7L, 15, 8L, 19, 9L, 21, 10L));

    private final Graph program;
    private final OnnxExportOptions options;
    private final ModelInputs inputs;
    private final Exporter exporter;
    private final GraphProto.Builder graph = GraphProto.newBuilder();

    private ModelExport(Graph program, OnnxExportOptions options, ModelInputs inputs) {
        this.program = program;
        this.options = options;
        this.inputs = inputs;
        this.exporter = new Exporter(program, options.opset(), options.training());
    }

    /**
     * A model without its weights' bytes.
     *
     * @param weights the weights, by the names that the model has for them
     */
    public record Result(ModelProto model, Map<String, Tensor> weights) {}

    /**
     * The model of a program.
     *
     * @param program it is changed; its parameters keep their names
     * @param name what the model is called
     * @throws org.torchbridge.UnsupportedOperatorException if it has what cannot be exported; all of it is listed
     */
    public static Result convert(Graph program, String name, ModelInputs inputs, OnnxExportOptions options) {
        List<OutputShapes> shapes = Preparation.run(program, name, options.training(), inputs.examples());
        return new ModelExport(program, options, inputs).convert(name, shapes);
    }

    private Result convert(String name, List<OutputShapes> shapes) {
        declareInputs();
        exporter.write(program.body());
        exporter.problems().check(name);
        declareOutputs(shapes);
        exporter.graph().write(graph);
        return new Result(model(name), new LinkedHashMap<>(exporter.weights()));
    }

    // ---- inputs

    private void declareInputs() {
        List<ModelInputs.Leaf> leaves = inputs.flat();
        for (int i = 0; i < leaves.size(); i++) {
            exporter.put(program.inputs().get(i), declare(leaves.get(i)));
        }
    }

    private Item declare(ModelInputs.Leaf leaf) {
        if (leaf.name() == null) {
            return Item.of(leaf.value());
        }
        exporter.graph().unique(leaf.name());
        Named named = new Named(leaf.name(), leaf.dtype(), leaf.sizes());
        graph.addInput(info(named, leaf.symbols()));
        return named;
    }

    // ---- outputs

    private void declareOutputs(List<OutputShapes> shapes) {
        List<Item> items = new ArrayList<>();
        program.outputs().forEach(output -> flatten(exporter.item(output), items));
        List<String> names = outputNames(items.size());
        for (int i = 0; i < items.size(); i++) {
            String name = exporter.graph().unique(names.get(i));
            graph.addOutput(declare(items.get(i), name, OutputShapes.symbols(shapes, i, items.size(), inputs)));
        }
    }

    private static void flatten(Item item, List<Item> items) {
        if (item instanceof Items list) {
            list.elements().forEach(element -> flatten(element, items));
        } else if (!Item.isNone(item)) {
            items.add(item);
        }
    }

    private List<String> outputNames(int count) {
        List<String> given = options.outputNames();
        if (!given.isEmpty() && given.size() != count) {
            throw new IllegalArgumentException(
                    "the module has " + count + " outputs, and " + given.size() + " names were given: " + given);
        }
        List<String> names = new ArrayList<>(given);
        for (int i = names.size(); i < count; i++) {
            names.add(count == 1 ? "output" : "output_" + i);
        }
        return names;
    }

    private ValueInfoProto declare(Item item, String name, @Nullable List<@Nullable String> symbols) {
        if (item instanceof Sequence sequence) {
            exporter.graph().rename(sequence.name(), name);
            TypeProto.Sequence.Builder list =
                    TypeProto.Sequence.newBuilder().setElemType(type(sequence.element(), null));
            return ValueInfoProto.newBuilder()
                    .setName(name)
                    .setType(TypeProto.newBuilder().setSequenceType(list))
                    .build();
        }
        Named named = exporter.output(item);
        exporter.graph().rename(named.name(), name);
        return info(new Named(name, named.dtype(), named.shape()), symbols);
    }

    static ValueInfoProto info(Named value, @Nullable List<@Nullable String> symbols) {
        return ValueInfoProto.newBuilder()
                .setName(value.name())
                .setType(type(value, symbols))
                .build();
    }

    private static TypeProto type(Named value, @Nullable List<@Nullable String> symbols) {
        TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder();
        if (value.dtype() != null) {
            tensor.setElemType((int) OnnxGraph.code(value.dtype()));
        }
        if (value.shape() != null) {
            TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
            for (int i = 0; i < value.rank(); i++) {
                shape.addDim(dimension(value.shape().get(i), symbols == null ? null : symbols.get(i)));
            }
            tensor.setShape(shape);
        }
        return TypeProto.newBuilder().setTensorType(tensor).build();
    }

    private static TensorShapeProto.Dimension.Builder dimension(@Nullable Long size, @Nullable String symbol) {
        TensorShapeProto.Dimension.Builder dimension = TensorShapeProto.Dimension.newBuilder();
        if (size != null) {
            dimension.setDimValue(size);
        } else if (symbol != null) {
            dimension.setDimParam(symbol);
        }
        return dimension;
    }

    // ---- the model around it

    private ModelProto model(String name) {
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(FORMAT_VERSIONS.entrySet().stream()
                        .filter(entry -> entry.getKey() <= options.opset())
                        .reduce((first, second) -> second)
                        .orElseThrow()
                        .getValue())
                .setProducerName(PRODUCER)
                .setProducerVersion(MavenVersion.torchbridge().orElse(""))
                .setDocString(options.documentation())
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(options.opset()))
                .setGraph(graph.setName(name));
        exporter.graph()
                .domains()
                .forEach(domain -> model.addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(1)));
        new TreeMap<>(options.metadata())
                .forEach((key, value) -> model.addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return model.build();
    }
}
