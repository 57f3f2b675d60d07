package org.torchbridge.graph.passes;

import java.util.List;
import java.util.Set;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;

/**
 * Prepares a program for images that have their channels last in memory: {@code aten::view}, which takes some of them only in
 * the usual order, becomes {@code aten::reshape}.
 */
final class LastChannels {
    private static final Set<String> ASK_FOR_ORDER = Set.of(
            "aten::stride",
            "aten::is_contiguous",
            "aten::as_strided",
            "aten::as_strided_",
            "aten::set_",
            "aten::storage_offset");

    private static final Set<String> VIEWS = Set.of("aten::view", "aten::_unsafe_view");

    private final Aliases aliases;
    private boolean possible = true;

    private LastChannels(Graph graph) {
        this.aliases = Aliases.of(graph);
    }

    /** Whether the program computes the same in any order of memory; else it stays as it is. */
    static boolean run(Graph graph) {
        LastChannels pass = new LastChannels(graph);
        graph.forEachNode(pass::check);
        if (pass.possible) {
            graph.forEachNode(LastChannels::reshape);
        }
        return pass.possible;
    }

    private void check(Node node) {
        boolean isWrittenView = isView(node) && aliases.isWritten(node.output());
        possible &= !ASK_FOR_ORDER.contains(node.kind()) && !isWrittenView;
    }

    /** Whether it is a view of other sizes, not of another type. */
    private static boolean isView(Node node) {
        return VIEWS.contains(node.kind()) && node.input(1).type().equals(Type.INTS);
    }

    /** Puts {@code aten::reshape} in the place of a view. */
    static void reshape(Node node) {
        if (isView(node)) {
            GraphBuilder g = GraphBuilder.before(node);
            g.from(node.scope(), node.source());
            Control.replace(node, List.of(g.op("aten::reshape", node.input(0), node.input(1))));
        }
    }
}
