package org.torchbridge.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.TorchException;

/**
 * Runs a program node by node. Values are a {@link Tensor}, {@link Long}, {@link Double}, {@link Boolean}, {@link String}, a
 * {@link List} for lists and tuples, a {@link Map}, {@code null} for {@code None}, and what else a {@link Node}'s attributes
 * can be. Operators are libtorch's, so gradients are recorded as ever.
 *
 * <p>It is for programs as values: what a node gives, which shapes there are, whether a pass kept the results. To run a
 * program often, make a module of it.
 *
 * <pre>{@code
 * List<Object> outputs = new Interpreter(graph).observe((value, object) -> ...).run(x);
 * }</pre>
 */
public final class Interpreter {
    private static final Logger LOGGER = LoggerFactory.getLogger(Interpreter.class);

    private final Graph graph;
    private final Map<String, @Nullable Object> slots = new HashMap<>();
    private final Map<Value, @Nullable Object> values = new HashMap<>();
    private BiConsumer<Value, @Nullable Object> observer = (value, object) -> {};
    private Alteration alteration = (node, inputs, results) -> results;
    private Predicate<Block> explored = block -> false;

    /** What becomes of the results of a node. */
    @FunctionalInterface
    public interface Alteration {
        List<@Nullable Object> apply(Node node, List<@Nullable Object> inputs, List<@Nullable Object> results);
    }

    /** What the program writes into attributes stays here; into tensors it writes in place. */
    public Interpreter(Graph graph) {
        this.graph = graph;
        graph.slots().forEach((name, slot) -> slots.put(name, slot.value()));
    }

    /** Lets {@code observer} see what each value is whenever it is made; tensors only until the run ends. */
    public Interpreter observe(BiConsumer<Value, @Nullable Object> observer) {
        this.observer = observer;
        return this;
    }

    /** Gives results of nodes without blocks to {@code alteration}, and goes on with what it makes of them. */
    public Interpreter alter(Alteration alteration) {
        this.alteration = alteration;
        return this;
    }

    /**
     * Runs also what the inputs do not lead to, for what is to be observed: the branch that is not chosen, if {@code explored}
     * says so, and once the body of a loop that does not turn. The observer sees the outputs of all ways; what fails there is
     * left.
     */
    public Interpreter explore(Predicate<Block> explored) {
        this.explored = explored;
        return this;
    }

    /** Puts another value into a slot, for this interpreter alone. */
    public Interpreter set(String slot, @Nullable Object value) {
        slots.put(slot, value);
        return this;
    }

    /** The outputs for these inputs. */
    public List<@Nullable Object> run(@Nullable Object... inputs) {
        if (inputs.length != graph.inputs().size()) {
            throw new IllegalArgumentException(
                    "the program has " + graph.inputs().size() + " inputs, given were " + inputs.length);
        }
        try (Scope scope = Scope.open()) {
            List<@Nullable Object> outputs = run(graph.body(), Arrays.asList(inputs));
            outputs.forEach(output -> keep(scope, output));
            return outputs;
        } finally {
            values.clear();
        }
    }

    private static void keep(Scope scope, @Nullable Object object) {
        if (object instanceof Tensor tensor) {
            scope.keep(tensor);
        } else if (object instanceof List<?> list) {
            list.forEach(element -> keep(scope, element));
        } else if (object instanceof Map<?, ?> map) {
            map.values().forEach(element -> keep(scope, element));
        }
    }

    // ---- blocks

    private List<@Nullable Object> run(Block block, List<@Nullable Object> inputs) {
        put(block.inputs(), inputs);
        for (Node node : block.nodes()) {
            put(node.outputs(), run(node));
        }
        return get(block.outputs());
    }

    private List<@Nullable Object> get(List<Value> some) {
        List<@Nullable Object> objects = new ArrayList<>();
        some.forEach(value -> objects.add(values.get(value)));
        return objects;
    }

    private void put(List<Value> some, List<@Nullable Object> objects) {
        for (int i = 0; i < some.size(); i++) {
            values.put(some.get(i), objects.get(i));
            observer.accept(some.get(i), objects.get(i));
        }
    }

    private List<@Nullable Object> run(Node node) {
        List<@Nullable Object> inputs = get(node.inputs());
        return switch (node.kind()) {
            case "prim::If" -> branch(node, (Boolean) inputs.get(0) ? 0 : 1);
            case "prim::Loop" -> loop(node, inputs);
            case "prim::GetAttr" -> Collections.singletonList(
                    inputs.isEmpty() ? slots.get(slot(node)) : attribute(node, inputs.get(0)));
            case "prim::SetAttr" -> {
                if (inputs.size() == 1) {
                    slots.put(slot(node), inputs.get(0));
                } else {
                    attributes(node, inputs.get(0)).put(node.attribute("name"), inputs.get(1));
                }
                yield List.of();
            }
            default -> alteration.apply(node, inputs, call(node, inputs));
        };
    }

    private List<@Nullable Object> branch(Node node, int chosen) {
        explore(node, node.blocks().get(1 - chosen), List.of());
        return run(node.blocks().get(chosen), List.of());
    }

    private void explore(Node node, Block block, List<@Nullable Object> inputs) {
        if (!explored.test(block)) {
            return;
        }
        try {
            List<@Nullable Object> outputs = run(block, inputs);
            int first = outputs.size() - node.outputs().size();
            observe(node, outputs.subList(first, outputs.size()));
        } catch (TorchException | IllegalArgumentException | ClassCastException | NullPointerException e) {
            LOGGER.debug("a way that is not taken cannot be run", e);
        }
    }

    private void observe(Node node, List<@Nullable Object> outputs) {
        for (int i = 0; i < outputs.size(); i++) {
            observer.accept(node.output(i), outputs.get(i));
        }
    }

    private String slot(Node node) {
        String name = (String) node.attribute("name");
        if (!slots.containsKey(name)) {
            throw new IllegalArgumentException("the program has no slot " + name + " for " + node);
        }
        return name;
    }

    private static @Nullable Object attribute(Node node, @Nullable Object object) {
        return object instanceof Instance instance
                ? instance.attribute((String) node.attribute("name"))
                : attributes(node, object).get(node.attribute("name"));
    }

    /** What an object that the program made has under names. */
    @SuppressWarnings("unchecked") // made for prim::CreateObject
    private static Map<Object, @Nullable Object> attributes(Node node, @Nullable Object object) {
        if (!(object instanceof Map<?, ?> attributes)) {
            throw new TorchException("the program changes an object of its module, which is to stay as it is: " + node);
        }
        return (Map<Object, @Nullable Object>) attributes;
    }

    private List<@Nullable Object> loop(Node node, List<@Nullable Object> inputs) {
        Block body = node.blocks().get(0);
        boolean counted = node.input(0).producer().is("prim::Constant");
        if (!counted && explored.test(body)) {
            observe(node, inputs.subList(2, inputs.size()));
            List<@Nullable Object> first = new ArrayList<>(inputs.subList(1, inputs.size()));
            first.set(0, 0L);
            explore(node, body, first);
        }
        long turns = (Long) inputs.get(0);
        List<@Nullable Object> state = inputs.subList(1, inputs.size());
        for (long turn = 0; turn < turns && (Boolean) state.get(0); turn++) {
            List<@Nullable Object> next = new ArrayList<>(state);
            next.set(0, turn);
            state = run(body, next);
        }
        return state.subList(1, state.size());
    }

    // ---- single nodes

    /** What a node without blocks that touches no slot gives for these inputs. */
    @SuppressWarnings("unchecked") // the lists are the interpreter's
    public static List<@Nullable Object> call(Node node, List<@Nullable Object> inputs) {
        return switch (node.kind()) {
            case "prim::Constant" -> Collections.singletonList(node.attribute("value"));
            case "prim::ListConstruct" -> List.of(new ArrayList<>(inputs));
            case "prim::TupleConstruct" -> List.of(Collections.unmodifiableList(new ArrayList<>(inputs)));
            case "prim::DictConstruct", "prim::CreateObject" -> List.of(dict(inputs));
            case "prim::TupleUnpack", "prim::ListUnpack" -> unpack(node, (List<?>) inputs.get(0));
            case "prim::TupleIndex" -> Collections.singletonList(element(node, inputs));
            case "prim::TupleSlice" -> List.of(slice(node, (List<?>) inputs.get(0)));
            case "prim::unchecked_cast", "prim::unchecked_unwrap_optional" -> inputs;
            case "prim::Uninitialized" -> Collections.singletonList(null);
            case "prim::RaiseException" -> throw new TorchException(String.valueOf(inputs.get(0)));
            case "aten::warn" -> {
                LOGGER.warn("{}", inputs.get(0));
                yield List.of();
            }
            case "prim::Print" -> {
                System.out.println(inputs.stream().map(String::valueOf).collect(Collectors.joining(" ")));
                yield List.of();
            }
            case "aten::__getitem__" -> inputs.get(0) instanceof String
                    ? Operators.call(node, inputs)
                    : Collections.singletonList(element(node, inputs));
            case "aten::append" -> {
                ((List<Object>) inputs.get(0)).add(inputs.get(1));
                yield inputs.subList(0, 1);
            }
            case "aten::dict" -> inputs.size() == 1 && inputs.get(0) instanceof List<?> pairs
                    ? List.of(dict(pairs.stream()
                            .flatMap(pair -> ((List<?>) pair).stream())
                            .toList()))
                    : Operators.call(node, inputs);
            default -> Operators.call(node, inputs);
        };
    }

    private static Map<Object, @Nullable Object> dict(List<? extends @Nullable Object> inputs) {
        Map<Object, @Nullable Object> dict = new LinkedHashMap<>();
        for (int i = 0; i < inputs.size(); i += 2) {
            dict.put(inputs.get(i), inputs.get(i + 1));
        }
        return dict;
    }

    private static List<@Nullable Object> unpack(Node node, List<?> elements) {
        if (elements.size() != node.outputs().size()) {
            throw new TorchException(
                    "expected " + node.outputs().size() + " elements, there are " + elements.size() + ": " + node);
        }
        return new ArrayList<>(elements);
    }

    private static List<?> slice(Node node, List<?> elements) {
        return elements.subList(((Long) node.attribute("beg")).intValue(), ((Long) node.attribute("end")).intValue());
    }

    private static @Nullable Object element(Node node, List<@Nullable Object> inputs) {
        if (inputs.get(0) instanceof Map<?, ?> map) {
            if (!map.containsKey(inputs.get(1))) {
                throw new TorchException("there is no key " + inputs.get(1) + ": " + node);
            }
            return map.get(inputs.get(1));
        }
        List<?> list = (List<?>) inputs.get(0);
        long index = (Long) inputs.get(1);
        long place = index < 0 ? index + list.size() : index;
        if (place < 0 || place >= list.size()) {
            throw new TorchException("there is no element " + index + " among " + list.size() + ": " + node);
        }
        return list.get((int) place);
    }
}
