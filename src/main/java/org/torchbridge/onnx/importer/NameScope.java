package org.torchbridge.onnx.importer;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.FileFormatException;
import org.torchbridge.onnx.proto.AttributeProto;
import org.torchbridge.onnx.proto.TypeProto;
import org.torchbridge.onnx.proto.ValueInfoProto;

/** The names of a graph or function, over those of the graphs around it, with what its nodes go by. */
final class NameScope {
    private final @Nullable NameScope outer;
    private final Map<String, Carried> names = new HashMap<>();
    private final Map<String, TypeProto> declared = new HashMap<>();
    private final Map<String, Long> opsets;
    private final Map<String, AttributeProto> attributes;
    private final String prefix;

    private NameScope(
            @Nullable NameScope outer,
            Map<String, Long> opsets,
            Map<String, AttributeProto> attributes,
            String prefix) {
        this.outer = outer;
        this.opsets = opsets;
        this.attributes = attributes;
        this.prefix = prefix;
    }

    static NameScope model(Map<String, Long> opsets) {
        return new NameScope(null, opsets, Map.of(), "");
    }

    /** Of a graph within a graph: its own names hide those around it. */
    NameScope graph() {
        return new NameScope(this, opsets, attributes, prefix);
    }

    /** Of a function's body, which sees no names but its own. */
    static NameScope function(Map<String, Long> opsets, Map<String, AttributeProto> attributes, String prefix) {
        return new NameScope(null, opsets, attributes, prefix);
    }

    void put(String name, Carried value) {
        names.put(name, value);
    }

    Carried get(String name) {
        for (NameScope scope = this; scope != null; scope = scope.outer) {
            Carried found = scope.names.get(name);
            if (found != null) {
                return found;
            }
        }
        throw new FileFormatException("uses '" + name + "', which nothing in the model makes");
    }

    void declare(ValueInfoProto info) {
        declared.put(info.getName(), info.getType());
    }

    /** What the model declares about a value; null if nothing. */
    @Nullable
    TypeProto declared(String name) {
        return declared.get(name);
    }

    /** @throws FileFormatException if the model imports no such domain */
    long opset(String domain) {
        Long version = opsets.get(domain);
        if (version == null) {
            throw new FileFormatException("is of the domain '" + domain + "', of which the model imports no version");
        }
        return version;
    }

    boolean imports(String domain) {
        return opsets.containsKey(domain);
    }

    /** The attributes of the call of a function, which its nodes may refer to. */
    Map<String, AttributeProto> attributes() {
        return attributes;
    }

    /** What goes before the names of nodes: the name of the call of a function. */
    String prefix() {
        return prefix;
    }
}
