package org.torchbridge.graph.passes;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Value;

/**
 * Takes out what has no influence on the outputs: nodes in all blocks, outputs of {@code prim::If}, and values that {@code
 * prim::Loop} carries. Nodes with {@linkplain Effects#hasSideEffects side effects} stay, as do those that write into inputs,
 * slots, or tensors of which something is used; what draws random numbers goes if unused, as in TorchScript.
 */
public final class DeadCode {
    private final Graph graph;
    private final Aliases aliases;
    private final Set<Node> nodes = new HashSet<>();
    private final Set<Value> values = new HashSet<>();
    private final Deque<Value> waiting = new ArrayDeque<>();
    private boolean changed;

    private DeadCode(Graph graph) {
        this.graph = graph;
        this.aliases = Aliases.of(graph);
    }

    /** Whether something was taken out. */
    public static boolean run(Graph graph) {
        DeadCode pass = new DeadCode(graph);
        pass.mark();
        pass.sweep(graph.body());
        return pass.changed;
    }

    // ---- what is needed

    private void mark() {
        graph.forEachNode(node -> {
            if (Effects.hasSideEffects(node) || Effects.written(node).stream().anyMatch(aliases::comesFromOutside)) {
                need(node);
            }
        });
        graph.outputs().forEach(this::need);
        while (!waiting.isEmpty()) {
            Value value = waiting.remove();
            needProducer(value);
            aliases.writers(value).forEach(this::need);
        }
    }

    private void need(Value value) {
        if (values.add(value)) {
            waiting.add(value);
        }
    }

    private void needProducer(Value value) {
        Node producer = value.producer();
        int index = producer.outputs().indexOf(value);
        if (Control.isBlockInput(value)) {
            if (index > 0 && Control.surrounding(value) != null) {
                needCarried(Control.surrounding(value), index - 1);
            }
        } else if (producer.is(Control.LOOP)) {
            need(producer);
            needCarried(producer, index);
        } else {
            need(producer);
            producer.blocks().forEach(block -> need(block.outputs().get(index)));
        }
    }

    private void needCarried(Node loop, int index) {
        need(Control.carried(loop).get(index));
        need(loop.output(index));
        need(Control.body(loop).inputs().get(index + 1));
        need(Control.body(loop).outputs().get(index + 1));
    }

    private void need(Node node) {
        if (!nodes.add(node)) {
            return;
        }
        Node owner = node.owner().owner();
        if (owner != null) {
            need(owner);
        }
        if (node.is(Control.LOOP)) {
            node.inputs().subList(0, Control.LOOP_HEADER).forEach(this::need);
            need(Control.body(node).outputs().get(0));
        } else {
            node.inputs().forEach(this::need);
        }
    }

    // ---- taking out the rest

    /** From the end, so that nothing uses what is taken out. */
    private void sweep(Block block) {
        List<Node> all = block.nodes();
        for (int i = all.size() - 1; i >= 0; i--) {
            Node node = all.get(i);
            if (!nodes.contains(node)) {
                node.remove();
                changed = true;
            } else if (!node.blocks().isEmpty()) {
                sweepControl(node);
            }
        }
    }

    private void sweepControl(Node node) {
        List<Integer> unused = IntStream.range(0, node.outputs().size())
                .map(i -> node.outputs().size() - 1 - i)
                .filter(i -> !values.contains(node.output(i)))
                .boxed()
                .toList();
        boolean loop = node.is(Control.LOOP);
        for (int index : unused) {
            node.blocks().forEach(block -> block.result().removeInput(loop ? index + 1 : index));
            node.removeOutput(index);
        }
        node.blocks().forEach(this::sweep);
        if (loop) {
            for (int index : unused) {
                Control.body(node).removeInput(index + 1);
                node.removeInput(index + Control.LOOP_HEADER);
            }
        }
        changed |= !unused.isEmpty();
    }
}
