package org.torchbridge.graph;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.torchbridge.internal.NativeSchemas;

/** The operators that libtorch knows, with their overloads; what was registered later is found too. */
public final class Schemas {
    private static final Map<String, List<Schema>> BUILT_IN = new ConcurrentHashMap<>();

    private Schemas() {}

    /** The overloads of {@code kind}, in the order in which libtorch tries them; empty if there is no such operator. */
    public static List<Schema> of(String kind) {
        if (kind.startsWith("aten::") || kind.startsWith("prim::")) {
            return BUILT_IN.computeIfAbsent(kind, Schemas::read);
        }
        return read(kind);
    }

    /** The overload that a node is; empty if libtorch has no schema for it, as for control flow and constants. */
    public static Optional<Schema> of(Node node) {
        List<Type> types = node.inputs().stream().map(Value::type).toList();
        return of(node.kind()).stream()
                .filter(schema -> SchemaMatch.isOf(schema, types))
                .findFirst();
    }

    private static List<Schema> read(String kind) {
        if (!kind.matches("\\w+::\\w+")) {
            throw new IllegalArgumentException(
                    "'" + kind + "' does not name an operator; names look like aten::conv2d, without an overload");
        }
        return NativeSchemas.of(kind).stream().map(Schema::parse).toList();
    }
}
