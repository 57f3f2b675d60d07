package org.torchbridge.graph.passes;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Schemas;
import org.torchbridge.graph.Value;

/**
 * Lets what follows a packed convolution write where that has written, if nothing needs it any more. That saves memory, and
 * copies: XNNPACK takes images as they are only where it has allocated them itself.
 */
final class InPlace {
    private final Set<Value> images;
    private final Aliases aliases;
    private final Order order;
    private final ImageSizes sizes;
    private final FreeMemory memory;

    /** {@code images} is what packed convolutions make; it gets what is written there. */
    InPlace(Set<Value> images, Aliases aliases, Order order, ImageSizes sizes) {
        this.images = images;
        this.aliases = aliases;
        this.order = order;
        this.sizes = sizes;
        this.memory = new FreeMemory(aliases, order);
    }

    void run(Graph graph) {
        graph.forEachNode(this::visit);
    }

    private void visit(Node node) {
        if (ImageSizes.isElementwise(node) && canWriteInto(node, 0)) {
            write(node, 0);
        } else if (ImageSizes.isCombination(node) && !aliases.of(node.input(0)).contains(node.input(1))) {
            if (canWriteInto(node, 0)) {
                write(node, 0);
            } else if (canWriteInto(node, 1) && isPlain(node)) {
                write(node, 1);
            }
        }
    }

    private boolean canWriteInto(Node node, int index) {
        Value image = node.input(index);
        return images.contains(image)
                && !Schemas.of(node.kind() + "_").isEmpty()
                && sizes.areEqual(image, node.output())
                && !aliases.isWritten(node.output())
                && memory.isFree(image, node);
    }

    /** Whether the two inputs can change their places. */
    private static boolean isPlain(Node node) {
        return node.is("aten::mul") || Constants.is(node.input(2), 1L);
    }

    private void write(Node node, int index) {
        List<Object> arguments = new ArrayList<>(node.inputs());
        arguments.add(0, arguments.remove(index));
        GraphBuilder g = GraphBuilder.before(node);
        g.from(node.scope(), node.source());
        Value output = g.op(node.kind() + "_", arguments.toArray());
        output.setType(node.output().type());
        order.putBeside(node, output.producer());
        sizes.put(output, node.output());
        aliases.join(output, node.output());
        aliases.join(output, node.input(index));
        images.add(output);
        aliases.remove(node.output());
        Control.replace(node, List.of(output));
    }
}
