package org.torchbridge.graph.passes;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Value;

/** Puts something else where a program computes what a {@link Pattern} shows, unless what it reads is written into. */
final class Rewriting {
    /** What stands there instead. */
    interface Rule {
        /** The value, written by {@code g}; null to leave the program as it is. */
        @Nullable
        Value write(GraphBuilder g, Map<String, Value> found);
    }

    private final Pattern pattern;
    private final Rule rule;
    private final Aliases aliases;
    private boolean changed;

    private Rewriting(Graph graph, Pattern pattern, Rule rule) {
        this.pattern = pattern;
        this.rule = rule;
        this.aliases = Aliases.of(graph);
    }

    /** Whether the pattern was found and replaced. */
    static boolean run(Graph graph, Pattern pattern, Rule rule) {
        Rewriting rewriting = new Rewriting(graph, pattern, rule);
        graph.forEachNode(rewriting::visit);
        if (rewriting.changed) {
            DeadCode.run(graph);
        }
        return rewriting.changed;
    }

    private void visit(Node node) {
        if (node.outputs().size() != 1) {
            return;
        }
        Map<String, Value> found = pattern.match(node.output());
        if (found == null || found.values().stream().anyMatch(aliases::isWritten)) {
            return;
        }
        GraphBuilder g = GraphBuilder.before(node);
        g.from(node.scope(), node.source());
        Value value = rule.write(g, found);
        if (value != null) {
            Control.replace(node, List.of(value));
            changed = true;
        }
    }
}
