package org.torchbridge.graph;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes nodes at a place of a program. Arguments are {@link Value}s or Java's own: a {@link Long} or {@link Integer}, a
 * {@link Double}, {@link Boolean}, {@link String}, {@link org.torchbridge.Tensor}, {@code null} for {@code None}, a {@link
 * org.torchbridge.DType}, {@code long[]}, or a list of any of these becomes a constant.
 *
 * <pre>{@code
 * GraphBuilder g = GraphBuilder.at(graph.body());
 * Value y = g.op("aten::add", x, g.op("aten::mul", x, 2.0), 1L);
 * Value rows = g.op("aten::size", x, 0L);
 * }</pre>
 */
public final class GraphBuilder {
    private final Block block;
    private final Node place;
    private String scope = "";
    private String source = "";

    private GraphBuilder(Block block, Node place) {
        this.block = block;
        this.place = place;
    }

    /** Writes at the end of a block. */
    public static GraphBuilder at(Block block) {
        return new GraphBuilder(block, block.result());
    }

    /** Writes right before a node. */
    public static GraphBuilder before(Node node) {
        return new GraphBuilder(node.owner(), node);
    }

    public Block block() {
        return block;
    }

    /** What the nodes from here on get as their {@link Node#scope} and {@link Node#source}. */
    public void from(String scope, String source) {
        this.scope = scope;
        this.source = source;
    }

    /** The value of an operator with one result. Trailing arguments that have defaults may be left out. */
    public Value op(String kind, @Nullable Object... arguments) {
        return node(kind, arguments).output();
    }

    /** The values of an operator with several results. */
    public List<Value> ops(String kind, @Nullable Object... arguments) {
        return node(kind, arguments).outputs();
    }

    private Node node(String kind, @Nullable Object... arguments) {
        List<Value> inputs = new ArrayList<>();
        for (Object argument : arguments) {
            inputs.add(argument instanceof Value value ? value : constant(argument));
        }
        Node node = block.insertBefore(place, kind, inputs).setScope(scope).setSource(source);
        node.addOutput(Type.TENSOR);
        return node;
    }

    /** A constant, or the value itself if it is one already. */
    public Value constant(@Nullable Object value) {
        Node node = block.insertBefore(place, "prim::Constant", List.of());
        return node.set("value", value).addOutput(Type.INT);
    }
}
