package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Layout;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Interpreter;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Weights in the form in which operators read them, which is made ahead. Those of a type are in one attribute, a list that
 * the program takes apart when it starts: tensors of their own would be in the state dict, where nobody could read them.
 */
final class PackedWeights {
    private final Graph graph;
    private final Map<Type, Held> held = new HashMap<>();
    private final Map<List<@Nullable Object>, List<Value>> known = new HashMap<>();

    /** A list that grows, and the node that takes it apart. */
    private record Held(List<Object> elements, Node unpack) {}

    PackedWeights(Graph graph) {
        this.graph = graph;
    }

    /** Whether it is of the type and on the device that operators with packed weights are for. */
    static boolean canPack(Tensor weight) {
        return weight.dtype() == DType.FLOAT32 && isPlain(weight);
    }

    /** The same for operators that compute in bfloat16 too. */
    static boolean canPackInEither(Tensor weight) {
        return canPack(weight) || weight.dtype() == DType.BFLOAT16 && isPlain(weight) && Bfloat16.isSupported();
    }

    private static boolean isPlain(Tensor weight) {
        return weight.device().isCpu() && weight.layout() == Layout.STRIDED;
    }

    /**
     * What an operator makes of weights, which is done once for equal keys.
     *
     * @param key all that the result depends on
     */
    Value add(List<@Nullable Object> key, String kind, @Nullable Object... arguments) {
        return known.computeIfAbsent(key, unused -> {
                    Value result = operator(kind, arguments);
                    Object packed = run(result);
                    return List.of(
                            packed instanceof Tensor tensor
                                    ? hold(tensor)
                                    : hold(packed, result.type(), "packed_layers"));
                })
                .get(0);
    }

    /** The same with an operator that makes a list of tensors. */
    List<Value> addAll(List<@Nullable Object> key, String kind, @Nullable Object... arguments) {
        return known.computeIfAbsent(key, unused -> {
            List<?> packed = (List<?>) run(operator(kind, arguments));
            return packed.stream().map(tensor -> hold((Tensor) tensor)).toList();
        });
    }

    private static Value operator(String kind, @Nullable Object... arguments) {
        return GraphBuilder.at(new Graph().body()).op(kind, arguments);
    }

    private static Object run(Value result) {
        Graph program = result.producer().owner().graph();
        program.addOutput(result);
        return new Interpreter(program).run().get(0);
    }

    private Value hold(Tensor packed) {
        return hold(Scope.escape(packed), Type.TENSOR, "packed_weights");
    }

    private Value hold(Object packed, Type type, String name) {
        Held list = held.computeIfAbsent(type, unused -> open(type, Slots.free(graph, name)));
        list.elements.add(packed);
        return list.unpack.addOutput("packed", type);
    }

    private Held open(Type type, String slot) {
        Type list = new Type.OfList(type);
        List<Object> elements = new ArrayList<>();
        graph.slots().put(slot, Slot.attribute(list, elements));
        Node first = Control.first(graph.body());
        Node get = graph.body().insertBefore(first, Slots.GET, List.of()).set("name", slot);
        Node unpack = graph.body().insertBefore(first, "prim::ListUnpack", List.of(get.addOutput(list)));
        return new Held(elements, unpack);
    }
}
