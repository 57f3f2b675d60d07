package org.torchbridge.onnx.importer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scope;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.ElementType;
import org.torchbridge.onnx.OnnxModel;
import org.torchbridge.onnx.OnnxType;
import org.torchbridge.onnx.proto.AttributeProto;
import org.torchbridge.onnx.proto.FunctionProto;
import org.torchbridge.onnx.proto.GraphProto;
import org.torchbridge.onnx.proto.NodeProto;
import org.torchbridge.onnx.proto.TensorProto;
import org.torchbridge.onnx.proto.TypeProto;
import org.torchbridge.onnx.proto.ValueInfoProto;

/** Walks over the nodes of a model's graphs and functions, and has each written by its rule. */
final class Nodes {
    /** A longer chain of constant nodes is computed on the way rather than at its end. */
    private static final int LONGEST_CHAIN = 64;

    private static final Set<String> RANDOM = Set.of(
            "RandomNormal",
            "RandomNormalLike",
            "RandomUniform",
            "RandomUniformLike",
            "Bernoulli",
            "Multinomial",
            "Dropout");

    private final Registry registry;
    private final Conversion conversion;
    private final ModelTensors tensors;
    private final Unsupported unsupported;
    private final Map<String, FunctionProto> functions = new HashMap<>();
    private final Deque<String> calls = new ArrayDeque<>();
    private final Map<Deferred, Integer> chains = new HashMap<>();
    private final Map<Value, ElementType> declared = new HashMap<>();
    private final Map<Value, List<@Nullable Long>> textShapes = new HashMap<>();
    private final Map<String, Known> twins = new HashMap<>();
    private final boolean byPyTorch;
    private NameScope names;

    Nodes(
            Registry registry,
            Graph graph,
            Weights weights,
            ModelTensors tensors,
            OnnxModel model,
            Unsupported unsupported) {
        this.registry = registry;
        this.tensors = tensors;
        this.unsupported = unsupported;
        this.conversion = new Conversion(graph, weights, this);
        this.names = NameScope.model(model.opsets());
        this.byPyTorch = model.proto().getProducerName().equals("pytorch");
        for (FunctionProto function : model.proto().getFunctionsList()) {
            functions.put(key(function.getDomain(), function.getName(), function.getOverload()), function);
        }
    }

    private static String key(String domain, String name, String overload) {
        return OnnxModel.domain(domain) + "::" + name + "::" + overload;
    }

    Conversion conversion() {
        return conversion;
    }

    NameScope names() {
        return names;
    }

    // ---- graphs

    /** Writes a whole graph but its inputs, which have their names already, and leaves {@code outputs} in the names. */
    void graph(GraphProto graph, Set<String> outputs) {
        graph.getValueInfoList().forEach(names::declare);
        graph.getOutputList().forEach(names::declare);
        tensors.initializers(graph).forEach(names::put);
        graph.getInitializerList().forEach(this::share);
        tensors.texts(graph).forEach((name, texts) -> names.put(name, carry(conversion.texts(texts))));
        for (NodeProto node : NodeOrder.needed(graph.getNodeList(), outputs)) {
            node(node);
        }
    }

    /** A weight that is another one turned over stays so, as an embedding that makes the scores of its words. */
    private void share(TensorProto tensor) {
        String name = tensor.getName();
        String original = tensors.metadata().shared(name);
        if (original != null
                && names.get(original) instanceof Known first
                && names.get(name) instanceof Known second
                && isTurned(first, second)) {
            operator(
                    NodeProto.newBuilder()
                            .setOpType("Transpose")
                            .addInput(original)
                            .addOutput(name)
                            .build(),
                    name);
        }
    }

    private static boolean isTurned(Known first, Known second) {
        return first.tensor().dim() == 2
                && second.tensor().dim() == 2
                && Scope.call(() -> first.tensor().t()).equal(second.tensor());
    }

    /** Writes a graph that is an attribute of a node: its outputs, given its inputs. */
    List<Carried> body(GraphProto graph, List<Carried> inputs) {
        NameScope outer = names;
        names = outer.graph();
        try {
            if (inputs.size() != graph.getInputCount()) {
                throw new FileFormatException(
                        "has a body of " + graph.getInputCount() + " inputs, to which " + inputs.size() + " are given");
            }
            for (int i = 0; i < inputs.size(); i++) {
                ValueInfoProto info = graph.getInput(i);
                names.put(info.getName(), declared(inputs.get(i), info.getType()));
            }
            List<String> outputs =
                    graph.getOutputList().stream().map(ValueInfoProto::getName).toList();
            graph(graph, new HashSet<>(outputs));
            return outputs.stream().map(names::get).toList();
        } finally {
            names = outer;
        }
    }

    // ---- nodes

    private void node(NodeProto proto) {
        String place = names.prefix() + place(proto);
        try {
            FunctionProto function = functions.get(key(proto.getDomain(), proto.getOpType(), proto.getOverload()));
            if (function != null) {
                call(proto, function, place);
            } else {
                operator(proto, place);
            }
        } catch (UnsupportedUse use) {
            unsupported.add(use.node(), use.getMessage());
            placeholders(proto);
        } catch (RuntimeException e) {
            if (unsupported.isEmpty()) {
                throw named(e, proto, place);
            }
            placeholders(proto);
        }
    }

    /** The exception with the node that it is of, which may be one that this node is computed from. */
    private static RuntimeException named(RuntimeException e, NodeProto proto, String place) {
        return e instanceof NodeException
                ? e
                : new NodeException("node '" + place + "' (" + proto.getOpType() + ") " + reason(e), e);
    }

    private static String reason(RuntimeException e) {
        return e instanceof FileFormatException
                ? e.getMessage()
                : "cannot be carried over: " + String.valueOf(e.getMessage()).strip();
    }

    private static String place(NodeProto proto) {
        return !proto.getName().isEmpty()
                ? proto.getName()
                : proto.getOutputList().stream()
                        .filter(name -> !name.isEmpty())
                        .findFirst()
                        .orElse(proto.getOpType());
    }

    private void operator(NodeProto proto, String place) {
        String domain = OnnxModel.domain(proto.getDomain());
        long version = names.opset(domain);
        OnnxNode node = new OnnxNode(proto, version, place, conversion, attributes(proto), inputs(proto));
        // Before version 6 operators said which inputs they might write over.
        node.ignore("consumed_inputs");
        Registry.Found found = registry.find(domain, proto.getOpType(), version);
        if (found == null) {
            throw node.unsupported("");
        }
        if (isTwin(node)) {
            String name = proto.getOutput(0);
            names.put(name, ((Known) node.carried().get(0)).twin(name));
            return;
        }
        if (isKnown(node)) {
            defer(node);
            return;
        }
        Numbers numbers = numbers(node);
        if (numbers != null) {
            names.put(proto.getOutput(0), numbers);
            return;
        }
        bind(node, write(node));
    }

    private List<@Nullable Carried> inputs(NodeProto proto) {
        List<@Nullable Carried> inputs = new ArrayList<>();
        for (String name : proto.getInputList()) {
            inputs.add(name.isEmpty() ? null : own(proto, names.get(name)));
        }
        return inputs;
    }

    /** An input, or the weight that the node has of its own where it starts with the elements of another. */
    private Carried own(NodeProto proto, Carried input) {
        if (!(input instanceof Known known) || known.deferred() != null) {
            return input;
        }
        String name = tensors.metadata().own(proto, known.name());
        if (known.name().equals(name) || !known.isWeight() || !known.isUniform()) {
            return input;
        }
        boolean isConstant = tensors.metadata().isWithout(proto);
        return twins.computeIfAbsent(name, own -> isConstant ? known.fixed(own) : known.twin(own));
    }

    private List<AttributeProto> attributes(NodeProto proto) {
        List<AttributeProto> attributes = new ArrayList<>();
        for (AttributeProto attribute : proto.getAttributeList()) {
            if (attribute.getRefAttrName().isEmpty()) {
                attributes.add(attribute);
            } else if (names.attributes().containsKey(attribute.getRefAttrName())) {
                attributes.add(names.attributes().get(attribute.getRefAttrName()).toBuilder()
                        .setName(attribute.getName())
                        .build());
            }
        }
        return attributes;
    }

    /** Writes a node at the place where the conversion is. */
    List<@Nullable Value> write(OnnxNode node) {
        conversion.from(node);
        Registry.Found found = registry.find(OnnxModel.domain(node.domain()), node.operator(), node.version());
        List<@Nullable Value> values = found.rule().write(node, conversion);
        check(node, values);
        return values;
    }

    private static void check(OnnxNode node, List<@Nullable Value> values) {
        Set<String> unseen = node.attributes().unseen();
        if (!unseen.isEmpty()) {
            throw node.unsupported("attribute " + String.join(", ", unseen));
        }
        int input = node.unseenInput();
        if (input >= 0) {
            throw node.unsupported("input " + input);
        }
        for (int i = 0; i < node.outputs(); i++) {
            if (node.wants(i) && (i >= values.size() || values.get(i) == null)) {
                throw node.unsupported("output " + i);
            }
        }
    }

    private void bind(OnnxNode node, List<@Nullable Value> values) {
        for (int i = 0; i < node.outputs(); i++) {
            if (node.wants(i)) {
                String name = node.proto().getOutput(i);
                TypeProto type = names.declared(name);
                Carried value = carried(values.get(i));
                names.put(name, type == null ? value : declared(value, type));
            }
        }
    }

    private void placeholders(NodeProto proto) {
        for (String name : proto.getOutputList()) {
            if (!name.isEmpty()) {
                TypeProto type = names.declared(name);
                Carried value = carry(conversion.placeholder(proto.getOpType()));
                names.put(name, type == null ? value : declared(value, type));
            }
        }
    }

    void declare(Value value, ElementType element) {
        declared.put(value, element);
    }

    /** Whether PyTorch's own exporter has written the model. */
    boolean isByPyTorch() {
        return byPyTorch;
    }

    void textShape(Value texts, List<@Nullable Long> shape) {
        textShapes.put(texts, shape);
    }

    @Nullable
    List<@Nullable Long> textShape(Value texts) {
        return textShapes.get(texts);
    }

    ModelTensors tensors() {
        return tensors;
    }

    /** What stands for a rule's value, with what the rule has said of it. */
    Carried carried(Value value) {
        Carried carried = carry(value);
        return carried instanceof Written && declared.containsKey(value)
                ? new Written(value, declared.get(value))
                : carried;
    }

    // ---- nodes that the model itself determines

    private static boolean isKnown(OnnxNode node) {
        return !RANDOM.contains(node.operator())
                && !node.operator().matches("Sequence.*|SplitToSequence|Optional.*")
                && !isText(node)
                && node.carried().stream().allMatch(input -> input == null || input instanceof Known)
                && node.attributes().all().values().stream()
                        .noneMatch(attribute -> attribute.hasG() || attribute.getGraphsCount() > 0);
    }

    /** Whether it makes strings, which are no tensors. */
    private static boolean isText(OnnxNode node) {
        return switch (node.operator()) {
            case "Constant" -> node.attributes().all().values().stream()
                    .anyMatch(attribute -> attribute.hasS()
                            || attribute.getStringsCount() > 0
                            || attribute.hasT() && ModelTensors.isText(attribute.getT()));
            case "Cast" -> node.attributes().all().values().stream()
                    .anyMatch(attribute -> attribute.getName().equals("to")
                            && (attribute.getI() == ElementType.STRING.code()
                                    || attribute.getS().toStringUtf8().equals(ElementType.STRING.name())));
            case "LabelEncoder", "CategoryMapper", "LinearClassifier", "TreeEnsembleClassifier" -> true;
            default -> false;
        };
    }

    /** Whether a node stands for a weight of its own: PyTorch writes one of several equal weights, the others as its copies. */
    private boolean isTwin(OnnxNode node) {
        return byPyTorch
                && node.operator().equals("Identity")
                && node.carried().get(0) instanceof Known known
                && known.deferred() == null
                && known.isWeight();
    }

    private void defer(OnnxNode node) {
        Deferred deferred = new Deferred(node, () -> evaluated(node));
        int chain = 1
                + node.carried().stream()
                        .mapToInt(input -> input instanceof Known known && known.deferred() != null
                                ? chains.getOrDefault(known.deferred(), 0)
                                : 0)
                        .max()
                        .orElse(0);
        chains.put(deferred, chain % LONGEST_CHAIN);
        for (int i = 0; i < node.outputs(); i++) {
            if (node.wants(i)) {
                String name = node.proto().getOutput(i);
                Known known = tensors.deferred(name, elementOf(name), deferred, i);
                names.put(name, known);
                if (chain == LONGEST_CHAIN) {
                    known.tensor();
                }
            }
        }
    }

    private List<Constant> evaluated(OnnxNode node) {
        try {
            Growth.check(node);
            return conversion.evaluate(() -> write(node));
        } catch (UnsupportedUse use) {
            throw use;
        } catch (RuntimeException e) {
            throw named(e, node.proto(), node.place());
        }
    }

    private ElementType elementOf(String name) {
        TypeProto declared = names.declared(name);
        return declared != null && OnnxType.of(declared) instanceof OnnxType.OfTensor tensor
                ? tensor.element()
                : ElementType.UNDEFINED;
    }

    // ---- nodes that compute sizes

    private @Nullable Numbers numbers(OnnxNode node) {
        NumbersRule rule = registry.findNumbers(OnnxModel.domain(node.domain()), node.operator(), node.version());
        if (rule == null || !node.carried().stream().allMatch(Nodes::isSmall)) {
            return null;
        }
        conversion.from(node);
        return rule.write(node, conversion);
    }

    private static boolean isSmall(@Nullable Carried input) {
        if (input instanceof Known known) {
            DType dtype = known.tensor().dtype();
            return known.tensor().dim() <= 1
                    && known.tensor().numel() <= LONGEST_CHAIN
                    && (dtype.isInteger() || dtype == DType.BOOL);
        }
        return input == null || input instanceof Numbers numbers && numbers.hasElements();
    }

    // ---- functions of the model

    private void call(NodeProto proto, FunctionProto function, String place) {
        String key = key(function.getDomain(), function.getName(), function.getOverload());
        if (calls.contains(key)) {
            throw new FileFormatException("calls the function " + function.getName() + " within itself");
        }
        Map<String, AttributeProto> attributes = new HashMap<>();
        function.getAttributeProtoList().forEach(each -> attributes.put(each.getName(), each));
        attributes(proto).forEach(each -> attributes.put(each.getName(), each));
        List<@Nullable Carried> inputs = inputs(proto);
        NameScope outer = names;
        calls.push(key);
        names = NameScope.function(OnnxModel.opsets(function.getOpsetImportList()), attributes, place + "/");
        try {
            for (int i = 0; i < function.getInputCount(); i++) {
                if (i < inputs.size() && inputs.get(i) != null) {
                    names.put(function.getInput(i), inputs.get(i));
                }
            }
            Set<String> outputs = new HashSet<>(function.getOutputList());
            NodeOrder.needed(function.getNodeList(), outputs).forEach(this::node);
            for (int i = 0; i < proto.getOutputCount() && i < function.getOutputCount(); i++) {
                if (!proto.getOutput(i).isEmpty()) {
                    outer.put(proto.getOutput(i), names.get(function.getOutput(i)));
                }
            }
        } finally {
            names = outer;
            calls.pop();
        }
    }

    // ---- what stands for values

    /** What stands for a value that a rule has written: whole numbers and lists of them are not tensors. */
    static Carried carry(Value value) {
        if (value.type() == Type.INT || value.type() == Type.BOOL) {
            return Numbers.scalar(value.type() == Type.BOOL ? ElementType.BOOL : ElementType.INT64, plain(value));
        }
        if (value.type().equals(Type.INTS)) {
            return row(value);
        }
        if (value.type().equals(new Type.OfList(Type.STRING))) {
            return new Written(value, ElementType.STRING);
        }
        DType dtype = value.type() instanceof Type.OfTensor tensor ? tensor.dtype() : null;
        return new Written(value, dtype == null ? ElementType.UNDEFINED : ElementType.of(dtype));
    }

    private static Numbers row(Value value) {
        Node producer = value.producer();
        if (producer.is("prim::ListConstruct")) {
            return Numbers.row(producer.inputs().stream().map(Nodes::plain).toList());
        }
        if (producer.is("prim::Constant") && producer.attribute("value") instanceof long[] longs) {
            return Numbers.row(longs);
        }
        if (producer.is("prim::Constant") && producer.attribute("value") instanceof List<?> list) {
            return Numbers.row(list);
        }
        return Numbers.whole(value);
    }

    private static Object plain(Value value) {
        Object constant =
                value.producer().is("prim::Constant") ? value.producer().attribute("value") : null;
        return constant instanceof Long || constant instanceof Boolean ? constant : value;
    }

    /** The same with what the model says of it: element type and number of dimensions, but no sizes, which may be stale. */
    static Carried declared(Carried carried, TypeProto type) {
        if (!(carried instanceof Written written)
                || !(written.value().type() instanceof Type.OfTensor known)
                || !(OnnxType.of(type) instanceof OnnxType.OfTensor declared)
                || declared.element().carrier() == null) {
            return carried;
        }
        DType dtype = known.dtype() == null ? declared.element().carrier() : known.dtype();
        if (known.rank() < 0) {
            conversionType(written.value(), dtype, declared.rank());
        } else if (known.dtype() == null) {
            written.value().setType(new Type.OfTensor(dtype, known.shape()));
        }
        return new Written(
                written.value(), declared.element().carrier() == dtype ? declared.element() : written.element());
    }

    private static void conversionType(Value value, DType dtype, int rank) {
        value.setType(rank < 0 ? new Type.OfTensor(dtype, null) : Type.tensor(dtype, rank));
    }
}
