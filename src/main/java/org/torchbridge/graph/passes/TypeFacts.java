package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Device;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Makes constants of what a program asks about its tensors and the types of its values tell: dimensions, sizes, element types.
 * The sizes that the types leave open stay questions, one for each dimension. The program is taken to run on the CPU with
 * gradients recorded, as one that is carried over to another form does what training needs and no more. {@link Shapes} finds
 * the types; {@link Simplification} then uses the constants.
 */
public final class TypeFacts {
    private final Graph graph;
    private boolean changed;

    private TypeFacts(Graph graph) {
        this.graph = graph;
    }

    /** Whether something became a constant, or got a narrower type. */
    public static boolean run(Graph graph) {
        TypeFacts pass = new TypeFacts(graph);
        graph.forEachNode(pass::narrow);
        graph.forEachNode(pass::visit);
        return pass.changed;
    }

    // ---- types

    private void narrow(Node node) {
        if (node.is(Control.IF)) {
            for (int i = 0; i < node.outputs().size(); i++) {
                branch(
                        node.output(i),
                        node.blocks().get(0).outputs().get(i),
                        node.blocks().get(1).outputs().get(i));
            }
        } else if (Slots.isRead(node) && node.output().type().equals(Type.TENSOR)) {
            slot(node.output(), graph.slots().get(Slots.name(node)));
        }
    }

    /** What neither branch leaves out is always there. */
    private void branch(Value result, Value one, Value other) {
        if (result.type() instanceof Type.OfOptional optional
                && Type.isNeverNone(one.type())
                && Type.isNeverNone(other.type())) {
            result.setType(optional.element());
            changed = true;
        }
    }

    private void slot(Value read, @Nullable Slot slot) {
        if (slot != null && slot.value() instanceof Tensor tensor) {
            read.setType(Type.of(tensor));
            changed = true;
        }
    }

    // ---- questions

    private void visit(Node node) {
        switch (node.kind()) {
            case "aten::is_grad_enabled", "prim::requires_grad" -> constant(node, true);
            case "aten::is_autocast_enabled",
                    "aten::is_autocast_cpu_enabled",
                    "aten::is_scripting",
                    "prim::is_cuda",
                    "prim::is_mkldnn",
                    "prim::is_mps",
                    "prim::is_nested",
                    "prim::is_quantized",
                    "prim::is_sparse",
                    "prim::is_xpu" -> constant(node, false);
            case "prim::device" -> constant(node, Device.CPU);
            case "prim::isinstance" -> constant(node, isOneOf(node.input(0).type(), (List<?>) node.attribute("types")));
            default -> {
                if (!node.inputs().isEmpty() && node.input(0).type() instanceof Type.OfTensor tensor) {
                    visit(node, tensor);
                }
            }
        }
    }

    /** Whether what is of a type is of one of {@code others}; null if only the run tells. */
    private static @Nullable Boolean isOneOf(Type type, List<?> others) {
        List<@Nullable Boolean> answers = new ArrayList<>();
        others.forEach(other -> answers.add(isOf(type, (Type) other)));
        return answers.contains(true) ? (Boolean) true : answers.contains(null) ? null : (Boolean) false;
    }

    private static @Nullable Boolean isOf(Type type, Type other) {
        if (type.equals(other) || type instanceof Type.OfTensor && other instanceof Type.OfTensor) {
            return true;
        }
        boolean open = Stream.of(type, other)
                .anyMatch(each -> each instanceof Type.OfOptional
                        || each instanceof Type.OfNative
                        || each == Type.Simple.ANY
                        || each == Type.Simple.SCALAR);
        return open || type.getClass() == other.getClass() ? null : (Boolean) false;
    }

    private void visit(Node node, Type.OfTensor tensor) {
        switch (node.kind()) {
            case "aten::dim" -> constant(node, tensor.rank() < 0 ? null : (Object) (long) tensor.rank());
            case "aten::size" -> size(node, tensor);
            case "aten::len" -> constant(
                    node, tensor.rank() < 1 ? null : tensor.shape().get(0));
            case "aten::numel" -> constant(node, numel(tensor));
            case "prim::dtype" -> constant(
                    node,
                    tensor.dtype() == null
                            ? null
                            : (Object) (long) tensor.dtype().code());
            case "aten::is_floating_point" -> constant(
                    node,
                    tensor.dtype() == null ? null : (Object) tensor.dtype().isFloatingPoint());
            case "aten::is_complex" -> constant(
                    node,
                    tensor.dtype() == null ? null : (Object) tensor.dtype().isComplex());
            default -> {
                // asks nothing
            }
        }
    }

    private void size(Node node, Type.OfTensor tensor) {
        if (tensor.shape() == null) {
            return;
        }
        if (node.inputs().size() == 1) {
            replace(node, sizes(node, tensor));
        } else if (Constants.of(node.input(1)) instanceof Long dim) {
            int place = (int) (dim < 0 ? dim + tensor.rank() : dim);
            constant(node, place >= 0 && place < tensor.rank() ? tensor.shape().get(place) : null);
        }
    }

    private static Value sizes(Node node, Type.OfTensor tensor) {
        GraphBuilder g = GraphBuilder.before(node);
        g.from(node.scope(), node.source());
        List<Value> sizes = new ArrayList<>();
        for (int i = 0; i < tensor.rank(); i++) {
            Long size = tensor.shape().get(i);
            sizes.add(size == null ? g.op("aten::size", node.input(0), (long) i) : g.constant(size));
        }
        return g.list(Type.INT, sizes);
    }

    private static @Nullable Object numel(Type.OfTensor tensor) {
        return tensor.shape() == null || tensor.shape().stream().anyMatch(Objects::isNull)
                ? null
                : (Object) tensor.shape().stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
    }

    /** Puts a constant there; nothing if it is null. */
    private void constant(Node node, @Nullable Object value) {
        if (value != null) {
            replace(node, Constants.before(node, value, node.output().type()));
        }
    }

    private void replace(Node node, Value value) {
        Control.replace(node, List.of(value));
        changed = true;
    }
}
