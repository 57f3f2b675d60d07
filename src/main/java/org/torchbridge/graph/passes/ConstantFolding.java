package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Device;
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
 * Computes ahead what does not depend on the inputs: {@linkplain Effects#isPure pure} nodes of constants, branches whose
 * condition is known, loops that never turn, what the types of values tell. Results that are large stay with the program, unless what they are made of is
 * as large.
 */
public final class ConstantFolding {
    private static final long LARGE = 1 << 16;

    private static final String LIST = "prim::ListConstruct";

    private static final Set<String> NOT_COMPUTED = Set.of(
            "prim::Constant",
            Slots.GET,
            "prim::TupleConstruct",
            "prim::DictConstruct",
            "prim::Uninitialized",
            "aten::empty");

    private final Graph graph;
    private final Aliases aliases;
    private final Set<String> set;
    private final boolean frozen;
    private boolean changed;

    private ConstantFolding(Graph graph, boolean frozen) {
        this.graph = graph;
        this.aliases = Aliases.of(graph);
        this.set = Slots.set(graph);
        this.frozen = frozen;
    }

    /** Whether something was computed. */
    public static boolean run(Graph graph) {
        return run(graph, false);
    }

    /** As {@link #run(Graph)}; parameters, buffers and attributes that the program only reads count as constants too. */
    public static boolean runFrozen(Graph graph) {
        return run(graph, true);
    }

    private static boolean run(Graph graph, boolean frozen) {
        ConstantFolding pass = new ConstantFolding(graph, frozen);
        try (var none = Torch.noGrad()) {
            pass.run(graph.body());
        }
        return pass.changed;
    }

    private void run(Block block) {
        for (Node node : block.nodes()) {
            switch (node.kind()) {
                case Control.IF -> branch(node);
                case Control.LOOP -> loop(node);
                default -> fold(node);
            }
        }
    }

    // ---- control flow

    private void branch(Node node) {
        if (isKnown(node.input(0)) && object(node.input(0)) instanceof Boolean condition) {
            Block taken = node.blocks().get(condition ? 0 : 1);
            run(taken);
            replace(node, taken.copyBefore(node, List.of()));
        } else {
            node.blocks().forEach(this::run);
        }
    }

    private void loop(Node node) {
        if (Boolean.FALSE.equals(Constants.of(node.input(1)))
                || Constants.of(node.input(0)) instanceof Long turns && turns <= 0) {
            replace(node, Control.carried(node));
        } else {
            run(Control.body(node));
        }
    }

    private void replace(Node node, List<Value> values) {
        Control.replace(node, values);
        changed = true;
    }

    // ---- nodes

    private void fold(Node node) {
        if (isComparisonWithNone(node)) {
            replace(node, List.of(Constants.before(node, node.is("aten::__isnot__"), Type.BOOL)));
        } else if (isComparisonWithItself(node)) {
            replace(node, List.of(Constants.before(node, node.is("aten::__is__"), Type.BOOL)));
        } else if (node.is("aten::dim") && node.input(0).type() instanceof Type.OfTensor tensor && tensor.rank() >= 0) {
            replace(node, List.of(Constants.before(node, (long) tensor.rank(), Type.INT)));
        } else if (isUselessCast(node)) {
            replace(node, node.inputs());
        } else if (canBeComputed(node)) {
            Scope.run(() -> compute(node));
        }
    }

    /** {@code x is None} for a value that never is, by its type. */
    private static boolean isComparisonWithNone(Node node) {
        return (node.is("aten::__is__") || node.is("aten::__isnot__"))
                && node.inputs().stream().anyMatch(Constants::isNone)
                && node.inputs().stream().anyMatch(value -> Type.isNeverNone(value.type()));
    }

    private static boolean isComparisonWithItself(Node node) {
        return (node.is("aten::__is__") || node.is("aten::__isnot__")) && node.input(0) == node.input(1);
    }

    private static boolean isUselessCast(Node node) {
        return node.is("prim::unchecked_cast")
                && node.input(0).type().equals(node.output().type());
    }

    private boolean canBeComputed(Node node) {
        return !node.outputs().isEmpty()
                && !NOT_COMPUTED.contains(node.kind())
                && Effects.isPure(node)
                && node.inputs().stream().allMatch(this::isKnown)
                && node.outputs().stream().allMatch(this::canBeConstant);
    }

    private boolean isKnown(Value value) {
        Node producer = value.producer();
        boolean fixed = Constants.is(value)
                || frozen && Slots.isRead(producer) && !set.contains(Slots.name(producer))
                || producer.is(LIST) && producer.inputs().stream().allMatch(this::isKnown);
        return fixed && !aliases.isWritten(value);
    }

    /** Not what somebody could change. */
    private boolean canBeConstant(Value value) {
        boolean changes = aliases.isWritten(value) || aliases.isHandedOut(value);
        return !(Aliases.hasMemory(value.type()) && changes) && !(value.type() instanceof Type.OfTuple);
    }

    private void compute(Node node) {
        List<@Nullable Object> inputs = objects(node);
        List<@Nullable Object> results;
        try {
            results = Interpreter.call(node, inputs);
        } catch (TorchException | IllegalArgumentException e) {
            return; // the program says so when it runs
        }
        if (results.stream().allMatch(ConstantFolding::isSimple) && size(results) <= Math.max(LARGE, size(inputs))) {
            List<Value> values = new ArrayList<>();
            for (int i = 0; i < results.size(); i++) {
                values.add(constant(node, results.get(i), node.output(i).type()));
            }
            replace(node, values);
        }
    }

    private @Nullable Object object(Value value) {
        if (value.producer().is(LIST)) {
            return objects(value.producer());
        }
        return Constants.is(value)
                ? Constants.of(value)
                : graph.slots().get(Slots.name(value.producer())).value();
    }

    private List<@Nullable Object> objects(Node node) {
        List<@Nullable Object> inputs = new ArrayList<>();
        node.inputs().forEach(input -> inputs.add(object(input)));
        return inputs;
    }

    private static Value constant(Node place, @Nullable Object result, Type type) {
        if (result instanceof Tensor tensor) {
            return Constants.before(place, Scope.escape(tensor), Type.of(tensor));
        }
        return Constants.before(place, result, type);
    }

    private static boolean isSimple(@Nullable Object object) {
        return object == null
                || object instanceof Tensor
                || object instanceof Number
                || object instanceof Boolean
                || object instanceof String
                || object instanceof Device
                || object instanceof List<?> list
                        && list.stream().allMatch(each -> isSimple(each) && !(each instanceof Tensor));
    }

    private static long size(List<?> objects) {
        return objects.stream().mapToLong(ConstantFolding::size).sum();
    }

    private static long size(@Nullable Object object) {
        return object instanceof Tensor tensor ? tensor.numel() : object instanceof List<?> list ? size(list) : 1;
    }
}
