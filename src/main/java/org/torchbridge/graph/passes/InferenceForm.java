package org.torchbridge.graph.passes;

import java.util.List;
import java.util.Set;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Schema;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Makes a program what it is in inference: the {@code training} attributes are false and other numbers, flags, strings and {@code None}
 * that it only reads are constants, dropout lets everything through, and normalisation by a batch uses the running
 * statistics where there are some. Run {@link Simplification} afterwards to be rid
 * of what only training needs.
 */
public final class InferenceForm {
    private static final Set<String> DROPOUT = Set.of(
            "aten::dropout",
            "aten::dropout_",
            "aten::feature_dropout",
            "aten::feature_dropout_",
            "aten::alpha_dropout",
            "aten::alpha_dropout_",
            "aten::feature_alpha_dropout",
            "aten::feature_alpha_dropout_");

    private final Graph graph;
    private final boolean training;
    private final Set<String> set;
    private boolean changed;

    private InferenceForm(Graph graph, boolean training) {
        this.graph = graph;
        this.training = training;
        this.set = Slots.set(graph);
    }

    /** Whether the program was another one. */
    public static boolean run(Graph graph) {
        return run(graph, false);
    }

    /**
     * As {@link #run(Graph)}, or for {@code training} the other form: the {@code training} attributes are true, and dropout and
     * normalisation stay as they are.
     */
    public static boolean run(Graph graph, boolean training) {
        InferenceForm pass = new InferenceForm(graph, training);
        graph.forEachNode(pass::visit);
        return pass.changed;
    }

    private void visit(Node node) {
        if (Slots.isRead(node)) {
            read(node, Slots.name(node));
        } else if (!training && DROPOUT.contains(node.kind())) {
            replace(node, node.input(0));
        } else if (!training) {
            Schema schema = Effects.schema(node);
            if (schema != null) {
                stopTraining(node, schema);
            }
        }
    }

    private void read(Node node, String name) {
        Slot slot = graph.slots().get(name);
        if (isTrainingFlag(name)) {
            replace(node, Constants.before(node, training, Type.BOOL));
        } else if (slot != null && !set.contains(name) && slot.value() == null) {
            replace(node, Constants.before(node, null, Type.NONE));
        } else if (slot != null && !set.contains(name) && slot.type() instanceof Type.Simple) {
            replace(node, Constants.before(node, slot.value(), slot.type()));
        }
    }

    private static boolean isTrainingFlag(String name) {
        return name.equals("training") || name.endsWith(".training");
    }

    private void replace(Node node, Value value) {
        Control.replace(node, List.of(value));
        changed = true;
    }

    private void stopTraining(Node node, Schema schema) {
        Value statistics = Effects.argument(node, schema, "running_mean");
        boolean canStop = statistics == null || !Constants.isNone(statistics);
        for (int i = 0; i < Math.min(node.inputs().size(), schema.arguments().size()); i++) {
            switch (schema.arguments().get(i).name()) {
                case "train", "training", "use_input_stats" -> {
                    if (canStop) {
                        set(node, i, false, Type.BOOL);
                    }
                }
                case "dropout_p" -> set(node, i, 0.0, Type.FLOAT);
                default -> {
                    // is the same in training
                }
            }
        }
    }

    private void set(Node node, int index, Object value, Type type) {
        if (!Constants.is(node.input(index), value)) {
            node.setInput(index, Constants.before(node, value, type));
            changed = true;
        }
    }
}
