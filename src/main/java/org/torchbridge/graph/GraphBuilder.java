package org.torchbridge.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes nodes at a place of a program. Arguments are {@link Value}s or Java's own, which become constants: a {@link
 * Long} or another whole number, a {@link Double}, {@link Boolean}, {@link String}, {@link org.torchbridge.Tensor}, {@code
 * null} for {@code None}, a {@link org.torchbridge.DType}, a {@code long[]}, or a list of any of these and of values.
 *
 * <pre>{@code
 * GraphBuilder g = GraphBuilder.at(graph.body());
 * Value y = g.op("aten::add", x, g.op("aten::mul", x, 2.0), GraphBuilder.named("alpha", 3));
 * Value rows = g.op("aten::size", x, 0L);
 * Value flat = g.op("aten::reshape", x, List.of(rows, -1L));
 * }</pre>
 *
 * <p>Which overload an operator is, its defaults and the types of its results come from libtorch's {@link Schemas}, by
 * TorchScript's rules: the first overload that takes the arguments as they are, else the first that takes them converted.
 */
public final class GraphBuilder {
    private final Block block;
    private final Node place;
    private final @Nullable GraphBuilder outer;
    private final Map<Object, Value> constants = new HashMap<>();
    private String scope = "";
    private String source = "";

    private GraphBuilder(Block block, Node place, @Nullable GraphBuilder outer) {
        this.block = block;
        this.place = place;
        this.outer = outer;
    }

    /** Writes at the end of a block. */
    public static GraphBuilder at(Block block) {
        return new GraphBuilder(block, block.result(), null);
    }

    /** Writes right before a node. */
    public static GraphBuilder before(Node node) {
        return new GraphBuilder(node.owner(), node, null);
    }

    /** Writes into a block of a node that will stand where this one writes. */
    private GraphBuilder inside(Block inner) {
        GraphBuilder builder = new GraphBuilder(inner, inner.result(), this);
        builder.from(scope, source);
        return builder;
    }

    public Block block() {
        return block;
    }

    /** What the nodes from here on get as their {@link Node#scope} and {@link Node#source}. */
    public void from(String scope, String source) {
        this.scope = scope;
        this.source = source;
    }

    /** The module that the nodes from here on are of. */
    public String scope() {
        return scope;
    }

    // ---- operators

    /**
     * An argument given by its name in the schema.
     *
     * @see #named
     */
    public record Named(String name, @Nullable Object value) {}

    /** An argument for {@link #op} given by its name in the schema, as in Python's {@code alpha=2}. */
    public static Named named(String name, @Nullable Object value) {
        return new Named(name, value);
    }

    /**
     * The value of an operator with one result. Arguments that have defaults may be left out.
     *
     * @throws IllegalArgumentException if no overload takes the arguments; the message has all of them
     */
    public Value op(String kind, @Nullable Object... arguments) {
        return operator(kind, arguments).output();
    }

    /** The values of an operator with several results, or with none. */
    public List<Value> ops(String kind, @Nullable Object... arguments) {
        return operator(kind, arguments).outputs();
    }

    private Node operator(String kind, @Nullable Object[] arguments) {
        List<@Nullable Object> positional = new ArrayList<>();
        Map<String, @Nullable Object> named = new LinkedHashMap<>();
        for (Object argument : arguments) {
            if (argument instanceof Named pair) {
                named.put(pair.name(), Constants.normal(pair.value()));
            } else {
                positional.add(Constants.normal(argument));
            }
        }
        SchemaMatch match = SchemaMatch.find(kind, positional, named);
        if (match.schema().variadicReturns()) {
            throw new IllegalArgumentException(kind
                    + " gives what depends on its arguments: write it with node(kind, types of its results, inputs)");
        }
        List<Value> inputs =
                match.arguments().stream().map(fit -> fit.write(this)).toList();
        return node(kind, match.results(), inputs);
    }

    /** A node written as it is, with values of the given types: for what has no schema. */
    public Node node(String kind, List<Type> results, List<Value> inputs) {
        Node node = block.insertBefore(place, kind, inputs).setScope(scope).setSource(source);
        results.forEach(node::addOutput);
        return node;
    }

    // ---- constants and collections

    /**
     * A constant; a list becomes a {@code prim::ListConstruct} of its elements, and a {@link Value} stays what it is. Equal
     * numbers, strings and flags are one node.
     */
    public Value constant(@Nullable Object value) {
        Object normal = Constants.normal(value);
        if (normal instanceof Value known) {
            return known;
        }
        Type type = Constants.type(normal);
        if (normal instanceof List<?> list) {
            Type element = ((Type.OfList) type).element();
            return list(element, list.stream().map(this::constant).toList());
        }
        return isPlain(normal) ? shared(normal, type) : constant(normal, type);
    }

    /** A new {@code prim::Constant} of a type that its value does not tell. */
    public Value constant(@Nullable Object value, Type type) {
        Node node = node("prim::Constant", List.of(type), List.of());
        if (value != null) {
            node.set("value", value);
        }
        return node.output();
    }

    private static boolean isPlain(@Nullable Object value) {
        return value == null
                || value instanceof Long
                || value instanceof Double
                || value instanceof Boolean
                || value instanceof String;
    }

    private Value shared(@Nullable Object value, Type type) {
        Object key = value == null ? Type.NONE : value;
        for (GraphBuilder each = this; each != null; each = each.outer) {
            Value known = each.constants.get(key);
            if (known != null && known.producer().owner() == each.block) {
                return known;
            }
        }
        Value made = constant(value, type);
        constants.put(key, made);
        return made;
    }

    /** A new list of values of one type, {@code prim::ListConstruct}. */
    public Value list(Type element, List<Value> elements) {
        return node("prim::ListConstruct", List.of(new Type.OfList(element)), elements)
                .output();
    }

    /** An {@code int[]} of whole numbers and of values that are some. */
    public Value ints(Object... elements) {
        Fit fit = Fit.of(Constants.normal(Arrays.asList(elements)), Type.INTS, 0, true);
        if (fit == null) {
            throw new IllegalArgumentException(Arrays.toString(elements) + " are not whole numbers");
        }
        return fit.write(this);
    }

    /** The elements of a list that has {@code count} of them, {@code prim::ListUnpack}. */
    public List<Value> unpack(Value list, int count) {
        if (!(list.type() instanceof Type.OfList type)) {
            throw new IllegalArgumentException(list + " is a " + list.type() + ", not a list");
        }
        List<Type> types = Collections.nCopies(count, type.element());
        return node("prim::ListUnpack", types, List.of(list)).outputs();
    }

    public Value tuple(Value... elements) {
        return tuple(List.of(elements));
    }

    public Value tuple(List<Value> elements) {
        Type type = new Type.OfTuple(elements.stream().map(Value::type).toList());
        return node("prim::TupleConstruct", List.of(type), elements).output();
    }

    /** The elements of a tuple, {@code prim::TupleUnpack}. */
    public List<Value> tupleUnpack(Value tuple) {
        if (!(tuple.type() instanceof Type.OfTuple type)) {
            throw new IllegalArgumentException(tuple + " is a " + tuple.type() + ", not a tuple");
        }
        return node("prim::TupleUnpack", type.elements(), List.of(tuple)).outputs();
    }

    /** The same value, which is known to be of {@code type}: {@code prim::unchecked_cast}. */
    public Value cast(Value value, Type type) {
        return node("prim::unchecked_cast", List.of(type), List.of(value)).output();
    }

    // ---- the module's state

    /** What a slot holds. */
    public Value get(String path) {
        Node node = node("prim::GetAttr", List.of(slot(path).type()), List.of());
        return node.set("name", path).output();
    }

    /** Puts another value into a slot. */
    public void set(String path, @Nullable Object value) {
        Slot slot = slot(path);
        Fit fit = Fit.of(Constants.normal(value), slot.type(), 0, true);
        if (fit == null) {
            throw new IllegalArgumentException(
                    path + " is a " + slot.type() + ", not a " + Constants.type(Constants.normal(value)));
        }
        node("prim::SetAttr", List.of(), List.of(fit.write(this))).set("name", path);
    }

    private Slot slot(String path) {
        Slot slot = block.graph().slots().get(path);
        if (slot == null) {
            throw new IllegalArgumentException(
                    "the program has no slot '" + path + "'; put it into Graph.slots() first");
        }
        return slot;
    }

    // ---- control flow

    /**
     * {@code prim::If}: the values of one of two branches, which give as many, of the same types.
     *
     * @param condition a flag, a number or a tensor of one element
     */
    public List<Value> branch(
            Object condition, Function<GraphBuilder, List<Value>> then, Function<GraphBuilder, List<Value>> otherwise) {
        Value flag = flag(condition);
        Node node = new Node(block.graph(), "prim::If").setScope(scope).setSource(source);
        node.addInput(flag);
        Block first = node.addBlock();
        first.setOutputs(then.apply(inside(first)));
        Block second = node.addBlock();
        second.setOutputs(otherwise.apply(inside(second)));
        for (Type type : commonTypes(first.outputs(), second.outputs())) {
            node.addOutput(type);
        }
        node.moveBefore(place);
        return node.outputs();
    }

    private Value flag(Object condition) {
        Value value = constant(condition);
        return value.type() == Type.BOOL ? value : op("aten::Bool", value);
    }

    private static List<Type> commonTypes(List<Value> first, List<Value> second) {
        if (first.size() != second.size()) {
            throw new IllegalArgumentException(
                    "one branch gives " + first.size() + " values, the other " + second.size());
        }
        List<Type> types = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            Type type = TypeRules.unified(first.get(i).type(), second.get(i).type());
            if (type == null) {
                throw new IllegalArgumentException(
                        "value " + i + " is " + first.get(i).type() + " in one branch and "
                                + second.get(i).type() + " in the other");
            }
            types.add(type);
        }
        return types;
    }

    /** What a {@link #loop} does in a turn. */
    @FunctionalInterface
    public interface LoopBody {
        /**
         * Writes the turn.
         *
         * @param turn the number of the turn, from 0
         * @param carried what the turn before gave
         * @return whether there is another turn, a flag; then what is carried on
         */
        List<Value> write(GraphBuilder builder, Value turn, List<Value> carried);
    }

    /**
     * {@code prim::Loop}: what the last turn carries on.
     *
     * @param maxTurns a number; null if there is no bound
     * @param condition whether there is a first turn
     * @param carried what the first turn gets
     */
    public List<Value> loop(@Nullable Object maxTurns, Object condition, List<Value> carried, LoopBody body) {
        List<Value> inputs = new ArrayList<>();
        inputs.add(constant(maxTurns == null ? Long.MAX_VALUE : maxTurns));
        inputs.add(flag(condition));
        inputs.addAll(carried);
        Node node = new Node(block.graph(), "prim::Loop").setScope(scope).setSource(source);
        inputs.forEach(node::addInput);
        Block inner = node.addBlock();
        Value turn = inner.addInput(Type.INT);
        List<Value> parameters = carried.stream()
                .map(value -> inner.addInput(TypeRules.erased(value.type())))
                .toList();
        inner.setOutputs(body.write(inside(inner), turn, parameters));
        checkTurn(parameters, inner.outputs());
        parameters.forEach(value -> node.addOutput(value.type()));
        node.moveBefore(place);
        return node.outputs();
    }

    private static void checkTurn(List<Value> carried, List<Value> outputs) {
        List<Type> wanted = new ArrayList<>(List.of(Type.BOOL));
        carried.forEach(value -> wanted.add(value.type()));
        List<Type> given = outputs.stream().map(Value::type).toList();
        boolean fits = given.size() == wanted.size();
        for (int i = 0; fits && i < given.size(); i++) {
            fits = TypeRules.isSubtype(given.get(i), wanted.get(i));
        }
        if (!fits) {
            throw new IllegalArgumentException("a turn of the loop has to give " + wanted + ", and gives " + given);
        }
    }

    /** Ends the program with an exception whose message is {@code message}, a string or a value that is one. */
    public void raise(Object message) {
        ops("prim::RaiseException", message);
    }

    // ---- other programs

    /** What another program does with the arguments, written out here; its state becomes that of this program. */
    public List<Value> inline(Graph function, @Nullable Object... arguments) {
        return inline("", function, arguments);
    }

    /** The same, with {@code prefix} and a dot before the paths of the other program's state. */
    public List<Value> inline(String prefix, Graph function, @Nullable Object... arguments) {
        List<Value> inputs = function.inputs();
        if (arguments.length != inputs.size()) {
            throw new IllegalArgumentException(
                    "the program takes " + inputs.size() + " arguments, not " + arguments.length);
        }
        Map<Value, Value> values = new HashMap<>();
        for (int i = 0; i < arguments.length; i++) {
            Object given = Constants.normal(arguments[i]);
            Fit fit = Fit.of(given, inputs.get(i).type(), 0, true);
            if (fit == null) {
                throw new IllegalArgumentException("argument " + i + " is " + Constants.type(given)
                        + "; the program takes " + inputs.get(i).type());
            }
            values.put(inputs.get(i), fit.write(this));
        }
        GraphCopy.program(function, prefix, block, place, values);
        return function.outputs().stream().map(values::get).toList();
    }
}
