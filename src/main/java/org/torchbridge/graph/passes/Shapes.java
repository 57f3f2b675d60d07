package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Interpreter;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Gives tensors their data type and shape by running the program on examples. Where a value has several, in two examples or
 * in the turns of a loop, only what they have in common is known: a second example of another size makes the sizes that
 * follow from it unknown. So are sizes that are the data's, such as how many numbers are not zero. Branches that no
 * example takes are tried as well; what nothing reaches keeps the type it has.
 *
 * <p>The program runs as it is: with dropout it draws random numbers. Its slots and the examples stay as they are.
 */
public final class Shapes {
    private static final Logger LOGGER = LoggerFactory.getLogger(Shapes.class);

    private final Graph graph;
    private final Map<Value, Type.OfTensor> types = new HashMap<>();

    private Shapes(Graph graph) {
        this.graph = graph;
    }

    /**
     * Whether a type became another one.
     *
     * @param examples the inputs of each run
     */
    public static boolean run(Graph graph, List<?>... examples) {
        return run(graph, List.of(examples), outputs -> {});
    }

    /**
     * Whether a type became another one.
     *
     * @param outputs is given the program's outputs of each run, to look at
     */
    public static boolean run(Graph graph, List<? extends List<?>> examples, Consumer<List<@Nullable Object>> outputs) {
        Shapes pass = new Shapes(graph);
        try (var none = Torch.noGrad()) {
            for (List<?> example : examples) {
                Scope.run(() -> outputs.accept(pass.observe(example, new Interpreter(graph))));
            }
            if (DataSizes.areIn(graph)) {
                Scope.run(() -> pass.observeOther(examples.get(0)));
            }
        }
        return pass.apply();
    }

    /**
     * Observes a run on other data, which has other sizes where only the data tells them. What it does not come to may have
     * any sizes.
     */
    private void observeOther(List<?> example) {
        Map<Value, Type.OfTensor> before = new HashMap<>(types);
        types.clear();
        try {
            observe(example, new Interpreter(graph).alter(DataSizes::others));
            before.forEach((value, type) ->
                    types.merge(value, Type.tensor(type.dtype(), type.rank()), (other, any) -> common(other, type)));
        } catch (TorchException | IllegalArgumentException e) {
            types.clear();
            types.putAll(before);
            LOGGER.debug("sizes that are the data's are written into the program", e);
        }
    }

    private List<@Nullable Object> observe(List<?> example, Interpreter interpreter) {
        interpreter.observe(this::see).explore(Shapes::changesNothing);
        Aliases aliases = Aliases.of(graph);
        graph.forEachNode(node -> protect(node, aliases, interpreter));
        return interpreter.run(example.stream().map(Shapes::copy).toArray());
    }

    /** Whether a block only makes its outputs. */
    private static boolean changesNothing(Block block) {
        return block.nodes().stream()
                .allMatch(node -> !Effects.hasSideEffects(node)
                        && Effects.written(node).isEmpty()
                        && node.blocks().stream().allMatch(Shapes::changesNothing));
    }

    private void protect(Node node, Aliases aliases, Interpreter interpreter) {
        if (Slots.isRead(node) && aliases.isWritten(node.output())) {
            String name = Slots.name(node);
            interpreter.set(name, copy(graph.slots().get(name).value()));
        }
    }

    private static @Nullable Object copy(@Nullable Object value) {
        return value instanceof Tensor tensor ? tensor.clone() : value;
    }

    private void see(Value value, @Nullable Object object) {
        if (object instanceof Tensor tensor) {
            types.merge(value, Type.of(tensor), Shapes::common);
        }
    }

    private static Type.OfTensor common(Type.OfTensor one, Type.OfTensor other) {
        List<@Nullable Long> shape = null;
        if (one.shape() != null && one.rank() == other.rank()) {
            shape = new ArrayList<>();
            for (int i = 0; i < one.rank(); i++) {
                Long size = one.shape().get(i);
                shape.add(size != null && size.equals(other.shape().get(i)) ? size : null);
            }
        }
        return new Type.OfTensor(one.dtype() == other.dtype() ? one.dtype() : null, shape);
    }

    private boolean apply() {
        boolean changed = false;
        for (var entry : types.entrySet()) {
            Value value = entry.getKey();
            if (value.type() instanceof Type.OfTensor && !value.type().equals(entry.getValue())) {
                value.setType(entry.getValue());
                changed = true;
            }
        }
        return changed;
    }
}
