package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Schemas;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Use;
import org.torchbridge.graph.Value;

/**
 * Makes operators that work in place into those that do not, {@code aten::add_} into {@code aten::add}, and later uses of
 * the tensor into uses of the result. Writing into a part, {@code x[:, 0] = y}, becomes {@code aten::select_scatter} and
 * {@code aten::slice_scatter}, a list that grows another list. Only tensors count that the program itself makes, in the block that makes them, and only if
 * nothing reads the memory later by another name; inputs and slots are still written into.
 *
 * <p>The result has the type that the tensor had; tensors whose types are not known count as of one type, so run {@link
 * Shapes} before where a program mixes them.
 */
public final class RemoveMutation {
    private static final Set<String> VIEWS = Set.of("aten::select", "aten::slice");
    private static final Set<String> GIVE_BOOL = Set.of(
            "aten::eq_",
            "aten::ne_",
            "aten::lt_",
            "aten::le_",
            "aten::gt_",
            "aten::ge_",
            "aten::logical_and_",
            "aten::logical_or_",
            "aten::logical_xor_",
            "aten::logical_not_");

    private final Aliases aliases;
    private final Order order;
    private boolean changed;

    private RemoveMutation(Graph graph) {
        this.aliases = Aliases.of(graph);
        this.order = Order.of(graph);
    }

    /** Whether an operator was replaced. */
    public static boolean run(Graph graph) {
        RemoveMutation pass = new RemoveMutation(graph);
        graph.forEachNode(pass::visit);
        return pass.changed;
    }

    private void visit(Node node) {
        if (node.is("aten::append")) {
            append(node, node.input(0));
        } else if (isInPlace(node)) {
            List<Node> views = views(node.input(0));
            Value base = views.isEmpty() ? node.input(0) : views.get(0).input(0);
            Value part = isSafe(node, base) ? functional(node) : null;
            if (part != null) {
                replace(node, base, whole(node, views, part), part);
            }
        }
    }

    /** Whether it is an operator that writes into its first input and gives that back. */
    static boolean isInPlace(Node node) {
        return node.kind().startsWith("aten::")
                && node.kind().endsWith("_")
                && !node.kind().endsWith("__")
                && !Effects.isRandom(node)
                && Effects.written(node).equals(List.of(node.input(0)));
    }

    /** A list that grows becomes another list. */
    private void append(Node node, Value list) {
        if (list.producer().is("prim::ListConstruct") && isSafe(node, list) && !isChangedBefore(node, list)) {
            List<Value> elements = new ArrayList<>(list.producer().inputs());
            elements.add(node.input(1));
            Value longer = GraphBuilder.before(node).list(((Type.OfList) list.type()).element(), elements);
            order.putBeside(node, longer.producer());
            replace(node, list, longer, longer);
        }
    }

    /** Whether another node, {@code aten::insert} for one, makes the list another one than it was constructed as. */
    private boolean isChangedBefore(Node node, Value list) {
        return aliases.writers(list).stream()
                .anyMatch(writer -> writer.owner() != null
                        && order.isBefore(writer, node)
                        && Effects.written(writer).stream().anyMatch(value -> !isTensor(value)));
    }

    /** The parts of parts that the value is of something, the largest first. */
    private static List<Node> views(Value value) {
        List<Node> views = new ArrayList<>();
        for (Node producer = value.producer(); VIEWS.contains(producer.kind()); ) {
            views.add(0, producer);
            producer = producer.input(0).producer();
        }
        return views;
    }

    /** Whether the memory is new each time the block runs, and nothing but the base's own name leads to it later. */
    private boolean isSafe(Node node, Value base) {
        boolean isNew = isNewAt(node, base);
        return !aliases.comesFromOutside(base)
                && aliases.of(base).stream()
                        .filter(value -> order.isMadeBefore(value, node))
                        .filter(value -> !isNew || !order.isMadeBefore(value, base.producer()))
                        .allMatch(value -> Control.isMadeIn(value, node.owner())
                                && (value == base || !order.isUsedAfter(node, value)));
    }

    /** Whether what was there before the base cannot know it yet: a list that it is put into later, say. */
    private boolean isNewAt(Node node, Value base) {
        return base.producer().owner() == node.owner()
                && Sharing.makesNewTensors(base.producer())
                && aliases.of(base).stream()
                        .flatMap(value -> value.uses().stream())
                        .map(Use::node)
                        .filter(user -> order.isBefore(base.producer(), user) && order.isBefore(user, node))
                        .allMatch(user -> Effects.written(user).stream().allMatch(RemoveMutation::isTensor));
    }

    // ---- what stands there instead

    /** What the operator writes, as a new tensor; null if it has no such form. */
    private @Nullable Value functional(Node node) {
        Value self = node.input(0);
        return switch (node.kind()) {
            case "aten::zero_" -> write(node, self.type(), "aten::zeros_like", self);
            case "aten::fill_" -> isTensor(node.input(1))
                    ? copied(node, self, node.input(1))
                    : write(node, self.type(), "aten::full_like", self, node.input(1));
            case "aten::copy_" -> copied(node, self, node.input(1));
            default -> twin(node, self);
        };
    }

    private Value copied(Node node, Value self, Value source) {
        Value typed = isSurelyOfSameType(self, source) ? source : ofSameType(node, source, self);
        Value expanded = write(node, self.type(), "aten::expand_as", typed, self);
        return write(node, self.type(), "aten::clone", expanded);
    }

    private @Nullable Value twin(Node node, Value self) {
        String kind = node.kind().substring(0, node.kind().length() - 1);
        if (Schemas.of(kind).isEmpty()) {
            return null;
        }
        Object[] inputs = node.inputs().toArray();
        boolean isOfOtherType =
                GIVE_BOOL.contains(node.kind()) || node.inputs().stream().anyMatch(input -> isOfOtherType(self, input));
        return isOfOtherType
                ? ofSameType(node, write(node, Type.TENSOR, kind, inputs), self)
                : write(node, self.type(), kind, inputs);
    }

    private Value ofSameType(Node node, Value value, Value self) {
        return write(node, self.type(), "aten::type_as", value, self);
    }

    private static boolean isOfOtherType(Value self, Value other) {
        return self.type() instanceof Type.OfTensor mine
                && other.type() instanceof Type.OfTensor its
                && mine.dtype() != null
                && its.dtype() != null
                && mine.dtype() != its.dtype();
    }

    private static boolean isSurelyOfSameType(Value self, Value other) {
        return self.type() instanceof Type.OfTensor mine
                && other.type() instanceof Type.OfTensor its
                && mine.dtype() != null
                && mine.dtype() == its.dtype();
    }

    private static boolean isTensor(Value value) {
        return value.type() instanceof Type.OfTensor;
    }

    /** The tensor with {@code part} where the views show it. */
    private Value whole(Node node, List<Node> views, Value part) {
        Value whole = part;
        for (int i = views.size() - 1; i >= 0; i--) {
            Node view = views.get(i);
            List<Object> inputs = new ArrayList<>(view.inputs());
            inputs.add(1, whole);
            whole = write(node, view.input(0).type(), view.kind() + "_scatter", inputs.toArray());
        }
        return whole;
    }

    private Value write(Node place, Type type, String kind, Object... inputs) {
        GraphBuilder g = GraphBuilder.before(place);
        g.from(place.scope(), place.source());
        Value value = g.op(kind, inputs);
        value.setType(type);
        order.putBeside(place, value.producer());
        return value;
    }

    private void replace(Node node, Value base, Value whole, Value part) {
        aliases.join(base, whole);
        aliases.join(base, part);
        base.uses().stream().filter(use -> order.isBefore(node, use.node())).forEach(use -> use.node()
                .setInput(use.index(), whole));
        aliases.remove(node.output());
        Control.replace(node, List.of(part));
        changed = true;
    }
}
