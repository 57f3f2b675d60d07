package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Layout;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Weights in the order in which operators read them, which is made ahead. They are in one attribute, a list that the program
 * takes apart when it starts: tensors of their own would be in the state dict, where nobody could read them.
 */
final class PackedWeights {
    private static final String SLOT = "packed_weights";

    private final Graph graph;
    private final String slot;
    private final List<Tensor> tensors = new ArrayList<>();
    private final Map<List<Object>, Value> known = new HashMap<>();
    private @Nullable Node unpack;

    PackedWeights(Graph graph) {
        this.graph = graph;
        String free = SLOT;
        while (graph.slots().containsKey(free)) {
            free += "_";
        }
        this.slot = free;
    }

    /** Whether it is of the type and on the device that operators with packed weights are for. */
    static boolean canPack(Tensor weight) {
        return weight.dtype() == DType.FLOAT32 && weight.device().isCpu() && weight.layout() == Layout.STRIDED;
    }

    /**
     * What {@code packing} makes of a weight, which is done once for equal keys.
     *
     * @param key all that the result depends on
     */
    Value add(List<Object> key, Supplier<Tensor> packing) {
        return known.computeIfAbsent(key, unused -> hold(packing.get()));
    }

    private Value hold(Tensor tensor) {
        tensors.add(Scope.escape(tensor));
        if (unpack == null) {
            graph.slots().put(slot, Slot.attribute(Type.TENSORS, tensors));
            Node first = Control.first(graph.body());
            Node get = graph.body().insertBefore(first, Slots.GET, List.of()).set("name", slot);
            unpack = graph.body().insertBefore(first, "prim::ListUnpack", List.of(get.addOutput(Type.TENSORS)));
        }
        return unpack.addOutput("packed", Type.TENSOR);
    }
}
