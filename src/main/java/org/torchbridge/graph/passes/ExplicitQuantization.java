package org.torchbridge.graph.passes;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
import org.torchbridge.graph.Schema;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Use;
import org.torchbridge.graph.Value;

/**
 * Makes a program on quantised tensors one on real tensors that are rounded where the program has quantised them: each operator
 * works on what {@code aten::dequantize} gives, and {@code aten::quantize_per_tensor} follows it. Packed weights become
 * whole numbers in buffers, {@code conv.weight} and {@code conv.bias}, that are dequantised in the program; a bias is of 32 bits
 * in the scale of the products that it is added to. {@link Shapes} must have found the types.
 *
 * <p>An operator whose scale follows from its inputs gets the one that it has in the example. Where the scale of the
 * inputs is computed in the run this would be wrong, and the operator stays as it is.
 */
public final class ExplicitQuantization {
    /** What quantises by given scales, and needs no other form. */
    private static final Set<String> MAKERS = Set.of(
            "aten::quantize_per_tensor",
            "aten::quantize_per_channel",
            QuantizedWeights.PER_TENSOR,
            QuantizedWeights.PER_CHANNEL);

    private static final String DYNAMIC = "aten::quantize_per_tensor_dynamic";

    private static final String DEQUANTIZE = "aten::dequantize";

    /** What is asked of the quantised tensor itself. */
    private static final Set<String> READERS =
            Set.of(DEQUANTIZE, "aten::int_repr", "aten::q_scale", "aten::q_zero_point", "aten::qscheme");

    /** The steps to which a tensor is rounded. */
    record Steps(double scale, long zeroPoint, DType dtype) {}

    private final Graph graph;
    private final Map<Value, Steps> steps = new HashMap<>();
    private final Set<Value> loose = new HashSet<>();
    private final QuantizedOperators operators;
    private final QuantizedWeights weights;

    private ExplicitQuantization(Graph graph) {
        this.graph = graph;
        this.weights = new QuantizedWeights(graph);
        this.operators = new QuantizedOperators(weights, steps::get);
    }

    /**
     * Whether something was quantised otherwise.
     *
     * @param example inputs for a run, which shows the scales
     */
    public static boolean run(Graph graph, List<?> example) {
        boolean[] found = {false};
        graph.forEachNode(node -> found[0] |= isImplicit(node));
        if (!found[0]) {
            return false;
        }
        ExplicitQuantization pass = new ExplicitQuantization(graph);
        try (var none = Torch.noGrad()) {
            Scope.run(() -> pass.observe(example));
            Map<String, Integer> before = graph.kinds();
            graph.forEachNode(pass::visit);
            graph.forEachNode(pass::erase);
            DeadCode.run(graph);
            return !graph.kinds().equals(before);
        }
    }

    private static boolean isImplicit(Node node) {
        if (QuantizedOperators.isOne(node)) {
            return true;
        }
        boolean made = MAKERS.contains(node.kind());
        return node.outputs().stream()
                .filter(ExplicitQuantization::isQuantized)
                .anyMatch(value -> !made || value.uses().stream().anyMatch(use -> !isReader(use.node())));
    }

    static boolean isQuantized(Value value) {
        return value.type() instanceof Type.OfTensor type
                && type.dtype() != null
                && type.dtype().isQuantized();
    }

    private static boolean isReader(Node node) {
        return READERS.contains(node.kind());
    }

    // ---- scales

    private void observe(List<?> example) {
        new Interpreter(graph).observe(this::see).run(example.toArray());
    }

    private void see(Value value, @Nullable Object object) {
        if (object instanceof Tensor tensor
                && tensor.dtype().isQuantized()
                && tensor.qscheme() == QScheme.PER_TENSOR_AFFINE) {
            Steps now = new Steps(tensor.qScale(), tensor.qZeroPoint(), tensor.dtype());
            Steps before = steps.put(value, now);
            if (before != null && !before.equals(now)) {
                loose.add(value);
            }
        }
    }

    /** Whether the scale of what the node takes or gives is another one in each run, or in each turn of a loop. */
    private boolean isLoose(Node node) {
        Schema schema = Effects.schema(node);
        Value scale = schema == null ? null : QuantizedOperators.scale(node, schema);
        return node.is(DYNAMIC)
                || scale != null && !isFixed(scale)
                || node.outputs().stream().anyMatch(loose::contains)
                || node.inputs().stream().anyMatch(loose::contains) && !isReader(node);
    }

    /** Whether it depends on no input of the program. */
    private static boolean isFixed(Value value) {
        Node producer = value.producer();
        return !producer.is("prim::Param")
                && producer.blocks().isEmpty()
                && producer.inputs().stream().allMatch(ExplicitQuantization::isFixed);
    }

    // ---- nodes

    private void visit(Node node) {
        if (isLoose(node)) {
            node.outputs().stream().filter(ExplicitQuantization::isQuantized).forEach(loose::add);
        } else if (QuantizedOperators.isOne(node)) {
            replace(node);
        } else if (node.outputs().size() == 1 && isQuantized(node.output()) && !isReader(node)) {
            bound(node);
        }
    }

    /** Puts the operator on real tensors there. */
    private void replace(Node node) {
        GraphBuilder g = GraphBuilder.before(node);
        g.from(node.scope(), node.source());
        Steps own = steps.get(node.output());
        Value real = own == null && !QuantizedOperators.givesReal(node) ? null : operators.write(g, node);
        if (real == null) {
            return;
        } else if (own == null) {
            node.output().replaceAllUsesWith(real);
        } else {
            lead(g, node.output(), node.output().uses(), quantized(g, real, own));
        }
        node.remove();
    }

    private static Value quantized(GraphBuilder g, Value real, Steps wanted) {
        return g.op("aten::quantize_per_tensor", real, wanted.scale(), wanted.zeroPoint(), wanted.dtype());
    }

    /** Lets what uses a quantised tensor have it as a real one. */
    private void bound(Node node) {
        Value output = node.output();
        List<Use> uses = List.copyOf(output.uses());
        GraphBuilder g = GraphBuilder.before(Control.next(node));
        g.from(node.scope(), node.source());
        if (Constants.is(output) || Slots.isRead(node)) {
            lead(g, output, uses, weights.take(g, node));
        } else if (MAKERS.contains(node.kind())) {
            fix(node, steps.get(output));
            lead(g, output, uses, output);
        } else if (!node.kind().startsWith("prim::")) {
            lead(g, output, uses, quantized(g, output, steps.get(output)));
        }
    }

    /** Scales in buffers, as observers leave them, are constants of the model. */
    private static void fix(Node node, @Nullable Steps own) {
        if (node.is("aten::quantize_per_tensor") && own != null) {
            node.setInput(1, Constants.before(node, own.scale(), Type.FLOAT));
            node.setInput(2, Constants.before(node, own.zeroPoint(), Type.INT));
        }
    }

    /** Lets the users of {@code output} have what {@code quantized} stands for. */
    private void lead(GraphBuilder g, Value output, List<Use> uses, Value quantized) {
        Value real = g.op(DEQUANTIZE, quantized);
        if (steps.containsKey(output)) {
            steps.put(real, steps.get(output));
        }
        for (Use use : List.copyOf(uses)) {
            use.node().setInput(use.index(), isReader(use.node()) ? quantized : real);
        }
    }

    /** What was quantised and is no longer. */
    private void erase(Node node) {
        node.blocks().forEach(block -> block.inputs().forEach(this::erase));
        if (!MAKERS.contains(node.kind()) && !Slots.isRead(node)) {
            node.outputs().forEach(this::erase);
        }
    }

    private void erase(Value value) {
        if (isQuantized(value) && !loose.contains(value)) {
            value.setType(new Type.OfTensor(DType.FLOAT32, ((Type.OfTensor) value.type()).shape()));
        }
    }
}
