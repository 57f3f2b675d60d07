package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.ElementType;
import org.torchbridge.onnx.proto.GraphProto;
import org.torchbridge.onnx.proto.TensorProto;

/**
 * What rules write with: operators of libtorch, numbers, lists and control flow, at the place where the conversion is.
 *
 * <p>Arguments of operators are {@link Value}s, {@link Numbers} (a scalar as an {@code int}, a row as an {@code int[]}), and
 * Java's own: {@link Long}, {@link Double}, {@link Boolean}, {@link String}, {@link DType}, {@code long[]}, null for {@code
 * None}, or a list of any of these.
 */
public final class Conversion {
    private static final String TRAINING = "training";

    /** A row of more numbers is a list of the program rather than a value for each. */
    private static final int LONGEST_ROW = 64;

    private final Graph graph;
    private final Weights weights;
    private final Nodes nodes;
    private Frame frame;

    Conversion(Graph graph, Weights weights, Nodes nodes) {
        this.graph = graph;
        this.weights = weights;
        this.nodes = nodes;
        this.frame = Frame.of(graph.body());
    }

    // ---- operators

    /** The result of an operator. Arguments that have defaults may be left out at the end. */
    public Value op(String kind, @Nullable Object... arguments) {
        return ops(kind, arguments).get(0);
    }

    /** The results of an operator that has several. */
    public List<Value> ops(String kind, @Nullable Object... arguments) {
        List<@Nullable Object> given = new ArrayList<>();
        for (Object argument : arguments) {
            given.add(argument(argument));
        }
        List<Value> results = frame.builder().ops(kind, given.toArray());
        ResultTypes.refine(kind, given, results);
        return results;
    }

    private @Nullable Object argument(@Nullable Object argument) {
        if (argument instanceof Numbers numbers) {
            return numbers.isScalar() ? numbers.get(0) : numbers.whole() != null ? numbers.whole() : numbers.elements();
        }
        if (argument instanceof Tensor tensor) {
            return constant(tensor);
        }
        return argument instanceof ElementType type ? type.carrier() : argument;
    }

    /** A list of values and constants. */
    public Value list(List<?> elements) {
        return frame.builder().constant(elements);
    }

    /** A list of elements of a type, which may be empty. */
    public Value list(Type element, List<?> elements) {
        return frame.builder()
                .list(element, elements.stream().map(this::constant).toList());
    }

    /** The elements of a list that has {@code count} of them. */
    public List<Value> unpack(Value list, int count) {
        return frame.builder().unpack(list, count);
    }

    /** A value of type {@code bool} of a tensor with one element, or of a number. */
    public Value truth(Value value) {
        if (value.producer().is("prim::Constant") && value.producer().attribute("value") instanceof Tensor known) {
            return constant(known.toBoolean());
        }
        return value.type() instanceof Type.OfTensor ? op("aten::Bool", value) : value;
    }

    /** A constant of the program; a value is left as it is. */
    public Value constant(@Nullable Object value) {
        if (value instanceof Tensor tensor) {
            Value constant = frame.builder().constant(Scope.escape(tensor));
            constant.setType(Type.of(tensor));
            return constant;
        }
        return frame.builder().constant(argument(value));
    }

    /** {@code value} in another type, itself if it is of that type already. */
    public Value cast(Value value, DType dtype) {
        return type(value).dtype() == dtype ? value : op("aten::to", value, dtype);
    }

    /** Says of a value what cannot be told from the operator that made it. */
    public Value known(Value value, @Nullable DType dtype, int rank) {
        value.setType(rank < 0 ? new Type.OfTensor(dtype, null) : Type.tensor(dtype, rank));
        return value;
    }

    /** Says which ONNX type a value is of, where libtorch's says less: {@code uint16} is computed as {@code int32}. */
    public Value declared(Value value, ElementType element) {
        nodes.declare(value, element);
        return value;
    }

    /** A tensor of the model, in the type that programs compute in. */
    public Tensor read(TensorProto proto) {
        return nodes.tensors().read(proto);
    }

    /** The elements of a tensor of strings of the model. */
    List<String> strings(TensorProto proto) {
        return nodes.tensors().texts(proto);
    }

    /** Whether PyTorch's own exporter has written the model, whose peculiarities are known. */
    public boolean isByPyTorch() {
        return nodes.isByPyTorch();
    }

    /** A tensor of strings of the model, which is a list of them. */
    public Value texts(TensorProto proto) {
        return texts(list(Type.STRING, strings(proto)), List.copyOf(proto.getDimsList()));
    }

    /** Says which shape the tensor has that a list of strings stands for. */
    public Value texts(Value list, List<@Nullable Long> shape) {
        nodes.textShape(list, shape);
        return list;
    }

    /** The sizes of the tensor that a list of strings stands for, null where unknown; null if not even their number is known. */
    public @Nullable List<@Nullable Long> textShape(Value list) {
        return nodes.textShape(list);
    }

    /** What is known of a tensor. */
    public static Type.OfTensor type(Value value) {
        return value.type() instanceof Type.OfTensor tensor ? tensor : Type.TENSOR;
    }

    /** The element type of a tensor; null if unknown. */
    public static @Nullable DType dtype(Value value) {
        return type(value).dtype();
    }

    /** The number of a tensor's dimensions; -1 if unknown. */
    public static int rank(Value value) {
        return type(value).rank();
    }

    // ---- sizes and other numbers

    /** The size of a tensor in one dimension: a {@link Long} if known, else a value of type {@code int}. */
    public Object size(Value tensor, long dim) {
        List<@Nullable Long> shape = type(tensor).shape();
        if (shape != null && dim >= -shape.size() && dim < shape.size()) {
            Long size = shape.get((int) (dim < 0 ? dim + shape.size() : dim));
            if (size != null) {
                return size;
            }
        }
        return op("aten::size", tensor, dim);
    }

    /** The sizes of a tensor; as one list if the number of its dimensions is unknown. */
    public Numbers sizes(Value tensor) {
        int rank = rank(tensor);
        if (rank < 0) {
            return Numbers.whole(op("aten::size", tensor));
        }
        List<Object> sizes = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            sizes.add(size(tensor, i));
        }
        return Numbers.row(sizes);
    }

    /** Arithmetic on whole numbers, {@link Long}s or values: {@code add}, {@code sub}, {@code mul}, {@code floordiv} ... */
    public Object integer(String operator, Object... numbers) {
        return Integers.apply(this, operator, numbers);
    }

    /** Numbers as a value: what a rule returns that computes sizes. */
    public Value value(Numbers numbers) {
        boolean none = numbers.hasElements() && numbers.size() == 0;
        return none ? list(Type.INT, List.of()) : constant(argument(numbers));
    }

    // ---- what is carried, as rules want it

    Value tensor(Carried carried) {
        if (carried instanceof Written written) {
            return written.value().type() instanceof Type.OfTensor ? written.value() : asTensor(written.value());
        }
        if (carried instanceof Numbers numbers) {
            return frame.find(numbers) == null
                    ? frame.remember(numbers, List.of(written(numbers))).get(0)
                    : frame.find(numbers).get(0);
        }
        Known known = (Known) carried;
        if (frame.isScratch()) {
            return constant(known.tensor());
        }
        if (!known.isWeight()) {
            return known.tensor().dim() == 0 ? constant(known.tensor()) : slot(weights.buffer(known, "", null));
        }
        return known.deferred() == null ? slot(weights.parameter(known, "", null)) : emitted(known);
    }

    private static Value asTensor(Value value) {
        throw new FileFormatException("takes a value of type " + value.type() + " for a tensor");
    }

    private Value emitted(Known known) {
        Deferred deferred = known.deferred();
        List<Value> values = frame.find(deferred);
        if (values == null) {
            values = frame.remember(deferred, nodes.write(deferred.node()));
        }
        return values.get(known.output());
    }

    Value weight(Carried carried, String scope, String role) {
        if (!(carried instanceof Known known) || frame.isScratch()) {
            return tensor(carried);
        }
        if (known.isFixed()) {
            return slot(weights.buffer(known, scope, role));
        }
        return known.canBeWeight() ? slot(weights.parameter(known, scope, role)) : tensor(carried);
    }

    Value buffer(Carried carried, String scope, String role) {
        return carried instanceof Known known && !frame.isScratch()
                ? slot(weights.buffer(known, scope, role))
                : tensor(carried);
    }

    private Value slot(String path) {
        Value found = frame.find(path);
        return found != null ? found : frame.remember(path, get(path));
    }

    private Value get(String path) {
        Value value = frame.builder().get(path);
        if (graph.slots().get(path).value() instanceof Tensor tensor) {
            value.setType(Type.of(tensor));
        }
        return value;
    }

    private Value written(Numbers numbers) {
        DType dtype = numbers.element().carrier();
        if (numbers.isConstant()) {
            Tensor tensor = tensorOf(numbers);
            return constant(tensor);
        }
        Value made = op("aten::tensor", argument(numbers), dtype, device(), false);
        int size = numbers.hasElements() ? numbers.size() : -1;
        made.setType(new Type.OfTensor(
                dtype, numbers.isScalar() ? List.of() : Arrays.asList(size < 0 ? null : Long.valueOf(size))));
        return made;
    }

    private static Tensor tensorOf(Numbers numbers) {
        return Scope.call(() -> {
            Tensor row = Torch.tensor(numbers.longs()).to(numbers.element().carrier());
            return numbers.isScalar() ? row.reshape(new long[0]) : row;
        });
    }

    static @Nullable Tensor constantOrNull(Carried carried) {
        if (carried instanceof Known known) {
            return known.tensor();
        }
        return carried instanceof Numbers numbers && numbers.isConstant() ? tensorOf(numbers) : null;
    }

    Numbers numbers(Carried carried) {
        if (carried instanceof Numbers numbers) {
            return numbers;
        }
        if (carried instanceof Known known) {
            return numbersOf(known);
        }
        Value tensor = tensor(carried);
        List<@Nullable Long> shape = type(tensor).shape();
        if (shape == null || shape.size() == 1 && (shape.get(0) == null || shape.get(0) > LONGEST_ROW)) {
            return Numbers.whole(wholeList(tensor));
        }
        List<Value> elements = new ArrayList<>();
        if (shape.isEmpty()) {
            return Numbers.scalar(carried.element(), read(tensor));
        }
        if (shape.size() > 1) {
            throw new FileFormatException("takes a tensor of " + shape.size() + " dimensions for a row of numbers");
        }
        for (long i = 0; i < shape.get(0); i++) {
            elements.add(read(op("aten::select", tensor, 0L, i)));
        }
        return Numbers.row(carried.element(), elements);
    }

    /** A number: of numbers the only one, of a tensor its only element, whatever its shape. */
    Object number(Carried carried) {
        if (carried instanceof Written) {
            return read(tensor(carried));
        }
        Numbers numbers = numbers(carried);
        return numbers.hasElements() && numbers.size() == 1 ? numbers.get(0) : op("aten::__getitem__", numbers, 0L);
    }

    private Value read(Value scalar) {
        return type(scalar).dtype() == DType.BOOL ? op("aten::Bool", scalar) : op("aten::Int", scalar);
    }

    private Value wholeList(Value tensor) {
        Value empty = list(Type.INT, List.of());
        return loop(op("aten::numel", tensor), true, List.of(empty), turn -> {
                    Value element = read(op("aten::select", tensor, 0L, turn.get(0)));
                    return List.of(constant(true), op("aten::add", turn.get(1), list(Type.INT, List.of(element))));
                })
                .get(0);
    }

    static Numbers numbersOf(Known known) {
        Tensor tensor = known.tensor();
        if (tensor.dim() > 1) {
            throw new FileFormatException("takes a tensor of " + tensor.dim() + " dimensions for a row of numbers");
        }
        boolean truth = tensor.dtype() == DType.BOOL;
        List<Object> elements = new ArrayList<>();
        for (long each : tensor.toLongArray()) {
            if (truth) {
                elements.add(each != 0);
            } else {
                elements.add(each);
            }
        }
        return tensor.dim() == 0
                ? Numbers.scalar(known.element(), elements.get(0))
                : Numbers.row(known.element(), elements);
    }

    static Type.OfTensor type(Carried carried) {
        if (carried instanceof Written written) {
            return type(written.value());
        }
        if (carried instanceof Known known) {
            return Type.of(known.tensor());
        }
        Numbers numbers = (Numbers) carried;
        DType dtype = numbers.element().carrier();
        if (numbers.isScalar()) {
            return new Type.OfTensor(dtype, List.of());
        }
        return numbers.hasElements() ? new Type.OfTensor(dtype, List.of((long) numbers.size())) : Type.tensor(dtype, 1);
    }

    // ---- the state of the module

    /** Whether the module that the node is of is training, a value of type {@code bool}. */
    public Value training() {
        if (frame.isScratch()) {
            return constant(false);
        }
        String scope = frame.builder().scope();
        String path = scope.isEmpty() ? TRAINING : scope + "." + TRAINING;
        // What is called again has a number behind its name, but it is in the same mode.
        String first = path.replaceFirst("_\\d+\\." + TRAINING + "$", "." + TRAINING);
        if (graph.slots().containsKey(first)) {
            return slot(first);
        }
        graph.slots().put(path, Slot.attribute(Type.BOOL, false));
        return slot(path);
    }

    /** The model was saved while it was training, and goes on so. */
    public void startInTraining() {
        if (!frame.isScratch()) {
            graph.slots().put(TRAINING, Slot.attribute(Type.BOOL, true));
        }
    }

    /** Where new tensors go: to where the first input is. */
    public @Nullable Object device() {
        Value found = frame.find("device");
        if (found != null) {
            return found;
        }
        return graph.inputs().stream()
                .filter(input -> input.type() instanceof Type.OfTensor && !frame.isScratch())
                .findFirst()
                .map(this::deviceOf)
                .orElse(null);
    }

    /** At the begin and of no module, since all modules may need it. */
    private Value deviceOf(Value input) {
        List<Node> nodes = graph.body().nodes();
        GraphBuilder start = nodes.isEmpty() ? GraphBuilder.at(graph.body()) : GraphBuilder.before(nodes.get(0));
        return frame.outermost().remember("device", start.op("prim::device", input));
    }

    // ---- control flow

    /** {@code prim::If}: what one of two bodies gives, both as many values of the same types. */
    public List<Value> ifElse(Object condition, Supplier<List<Value>> then, Supplier<List<Value>> otherwise) {
        Node node = frame.builder().node("prim::If", List.of(), List.of(constant(condition)));
        List<Value> first = block(node.addBlock(), block -> then.get());
        List<Value> second = block(node.addBlock(), block -> otherwise.get());
        if (first.size() != second.size()) {
            throw new FileFormatException("has branches of " + first.size() + " and of " + second.size() + " outputs");
        }
        for (int i = 0; i < first.size(); i++) {
            node.addOutput(joined(first.get(i).type(), second.get(i).type()));
        }
        return node.outputs();
    }

    /**
     * {@code prim::Loop}: runs a body at most {@code times} times while {@code condition} holds.
     *
     * @param body takes the number of the turn and what is carried; gives whether to go on and what is carried
     */
    public List<Value> loop(
            Object times, Object condition, List<Value> carried, Function<List<Value>, List<Value>> body) {
        List<Value> inputs = new ArrayList<>(List.of(constant(times), constant(condition)));
        inputs.addAll(carried);
        Node node = frame.builder().node("prim::Loop", List.of(), inputs);
        Block block = node.addBlock();
        block.addInput(Type.INT);
        carried.forEach(value -> block.addInput(loose(value.type())));
        int outputs = block(block, written -> body.apply(written.inputs())).size() - 1;
        if (outputs != carried.size()) {
            throw new FileFormatException(
                    "has a body that carries " + outputs + " values where there are " + carried.size());
        }
        carried.forEach(value -> node.addOutput(loose(value.type())));
        SavedLoops.write(node);
        return node.outputs().subList(0, carried.size());
    }

    /** Writes the block with what {@code body} gives as its outputs. */
    private List<Value> block(Block block, Function<Block, List<Value>> body) {
        Frame outer = frame;
        frame = outer.inner(block);
        try {
            List<Value> outputs = body.apply(block);
            List<Value> values = outputs.stream().map(this::constant).toList();
            block.setOutputs(values);
            return values;
        } finally {
            frame = outer;
        }
    }

    /** What holds of a value from turn to turn, and of values from both branches: no sizes. */
    private static Type loose(Type type) {
        return type instanceof Type.OfTensor tensor
                ? tensor.rank() < 0 ? type : Type.tensor(tensor.dtype(), tensor.rank())
                : type;
    }

    private static Type joined(Type a, Type b) {
        if (a instanceof Type.OfTensor first && b instanceof Type.OfTensor second) {
            DType dtype = first.dtype() == second.dtype() ? first.dtype() : null;
            return first.rank() >= 0 && first.rank() == second.rank()
                    ? Type.tensor(dtype, first.rank())
                    : new Type.OfTensor(dtype, null);
        }
        if (a == Type.NONE) {
            return b == Type.NONE || b instanceof Type.OfOptional ? b : new Type.OfOptional(b);
        }
        return b == Type.NONE && !(a instanceof Type.OfOptional) ? new Type.OfOptional(a) : a;
    }

    /** A graph that a node has as an attribute, written here: its outputs, given its inputs. */
    public List<Value> body(GraphProto graph, List<Value> inputs) {
        return nodes.body(graph, inputs.stream().map(Nodes::carry).toList()).stream()
                .map(this::value)
                .toList();
    }

    Value value(Carried carried) {
        return carried instanceof Written written ? written.value() : tensor(carried);
    }

    // ---- for the walk over the nodes

    /** What a body writes, run at once: for nodes that the model itself determines. */
    List<Constant> evaluate(Supplier<List<@Nullable Value>> body) {
        Graph scratch = new Graph();
        List<ElementType> elements = new ArrayList<>();
        Frame outer = frame;
        frame = Frame.scratch(scratch.body());
        try {
            for (Value output : body.get()) {
                Carried carried = nodes.carried(output == null ? constant(false) : output);
                scratch.addOutput(tensor(carried));
                elements.add(carried.element());
            }
        } finally {
            frame = outer;
        }
        return Evaluation.run(scratch, elements);
    }

    void from(OnnxNode node) {
        frame.builder().from(node.scope(), node.place());
    }

    /** Stands for the output of a node that is not supported, so that the others are looked at too. */
    Value placeholder(String operator) {
        return frame.block().append("onnx::" + operator, List.of()).addOutput(Type.TENSOR);
    }
}
