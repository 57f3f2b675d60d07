package org.torchbridge.graph.passes;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.QScheme;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Interpreter;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/** Quantised weights as buffers of whole numbers, and what libtorch's objects with packed weights have in them. */
final class QuantizedWeights {
    /** Makes a quantised tensor of whole numbers, with one scale. */
    static final String PER_TENSOR = "aten::_make_per_tensor_quantized_tensor";

    /** The same with scales along an axis. */
    static final String PER_CHANNEL = "aten::_make_per_channel_quantized_tensor";

    private static final String OBJECT = "(^|\\.)_packed_params(\\._packed_params)?$";

    private final Graph graph;
    private final Map<Object, String> names = new HashMap<>();

    QuantizedWeights(Graph graph) {
        this.graph = graph;
    }

    /** A layer's packed weights, and how it is applied. */
    final class Layer {
        private final String name;
        private final Object packed;
        private final Type type;
        private final String kind;
        private final Tensor weight;
        private final @Nullable Tensor bias;

        private Layer(String name, Object packed, Type type, String kind) {
            this.name = name;
            this.packed = packed;
            this.type = type;
            this.kind = kind;
            List<?> parts = ask(kind + "_unpack");
            this.weight = (Tensor) parts.get(0);
            this.bias = (Tensor) parts.get(1);
        }

        Value weight(GraphBuilder g) {
            return g.op("aten::dequantize", quantized(g, packed, name + "weight", weight));
        }

        /** In the scale of the products with an input of these steps, as kernels for whole numbers take it. */
        @Nullable
        Value bias(GraphBuilder g, ExplicitQuantization.@Nullable Steps steps) {
            if (bias == null) {
                return null;
            }
            boolean fits = steps != null && (!isPerChannel(weight) || weight.qPerChannelAxis() == 0);
            if (!fits) {
                return g.get(hold(List.of(packed), name + "bias", bias));
            }
            Tensor scales = isPerChannel(weight)
                    ? weight.qPerChannelScales().mul(steps.scale())
                    : Torch.full(bias.shape(), weight.qScale() * steps.scale());
            Tensor whole = Torch.quantizePerChannel(
                    bias.detach(), scales, Torch.zerosLike(scales).to(DType.INT64), 0, DType.QINT32);
            return g.op("aten::dequantize", quantized(g, List.of(packed, steps), name + "bias", whole));
        }

        boolean transposed() {
            return kind.contains("transpose");
        }

        /** One for each dimension of a window. */
        List<?> integers(String what) {
            List<?> all = (List<?>) ask(operator(what)).get(0);
            int dims = (int) weight.dim() - 2;
            return all.subList(all.size() - dims, all.size());
        }

        long integer(String what) {
            return (Long) ask(operator(what)).get(0);
        }

        /** Layers of one dimension are packed as those of two. */
        private String operator(String what) {
            return kind.replace("1d", "2d") + "_" + what;
        }

        private List<?> ask(String operator) {
            Graph program = new Graph();
            Value argument = program.addInput("packed", type);
            GraphBuilder.at(program.body())
                    .ops("quantized::" + operator, argument)
                    .forEach(program::addOutput);
            return new Interpreter(program).run(packed);
        }
    }

    /**
     * The layer of a value that is an object with packed weights; null if the program makes that.
     *
     * @param kind what the operator is called, without what follows it: {@code conv2d}
     */
    @Nullable
    Layer layer(Value packed, String kind) {
        Object object = held(packed);
        Node producer = packed.producer();
        String path = Slots.isRead(producer) ? Slots.name(producer).replaceFirst(OBJECT, "") : producer.scope();
        return object == null ? null : new Layer(path.isEmpty() ? "" : path + ".", object, packed.type(), kind);
    }

    private @Nullable Object held(Value value) {
        Node producer = value.producer();
        return Slots.isRead(producer) ? graph.slots().get(Slots.name(producer)).value() : Constants.of(value);
    }

    /** A quantised constant or slot as one of whole numbers. */
    Value take(GraphBuilder g, Node node) {
        Tensor tensor = (Tensor) held(node.output());
        return quantized(g, tensor, Slots.isRead(node) ? Slots.name(node) : "constant", tensor);
    }

    private static boolean isPerChannel(Tensor tensor) {
        return tensor.qscheme() != QScheme.PER_TENSOR_AFFINE;
    }

    /** @param key the same for the same tensor */
    private Value quantized(GraphBuilder g, Object key, String name, Tensor tensor) {
        Value whole = g.get(hold(List.of(key, name), name, tensor.intRepr()));
        return isPerChannel(tensor)
                ? g.op(
                        PER_CHANNEL,
                        whole,
                        Scope.escape(tensor.qPerChannelScales()),
                        Scope.escape(tensor.qPerChannelZeroPoints()),
                        tensor.qPerChannelAxis())
                : g.op(PER_TENSOR, whole, tensor.qScale(), tensor.qZeroPoint());
    }

    /** The slot with the tensor. */
    private String hold(Object key, String name, Tensor tensor) {
        return names.computeIfAbsent(key, unused -> {
            String slot = Slots.free(graph, name);
            graph.slots().put(slot, Slot.buffer(Scope.escape(tensor)));
            return slot;
        });
    }
}
