package org.torchbridge.graph.passes;

import java.util.Set;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Value;

/** Which memory of a program's nothing needs any more. */
final class FreeMemory {
    private final Aliases aliases;
    private final Order order;

    FreeMemory(Aliases aliases, Order order) {
        this.aliases = aliases;
        this.order = order;
    }

    /** Whether the node may write where the value is: it is memory of the program's own, and nothing reads it afterwards. */
    boolean isFree(Value value, Node writer) {
        Set<Value> names = aliases.of(value);
        return !aliases.comesFromOutside(value)
                && names.stream()
                        .allMatch(name -> Control.isMadeIn(name, writer.owner()) && !order.isUsedAfter(writer, name));
    }
}
