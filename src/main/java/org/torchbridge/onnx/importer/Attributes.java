package org.torchbridge.onnx.importer;

import com.google.protobuf.ByteString;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.torchbridge.FileFormatException;
import org.torchbridge.onnx.proto.AttributeProto;
import org.torchbridge.onnx.proto.AttributeProto.AttributeType;

/** The attributes of a node, and which of them have been looked at: what a rule does not look at it does not support. */
final class Attributes {
    private final Map<String, AttributeProto> attributes = new LinkedHashMap<>();
    private final Set<String> seen = new HashSet<>();

    Attributes(List<AttributeProto> protos) {
        protos.forEach(proto -> attributes.put(proto.getName(), proto));
    }

    Map<String, AttributeProto> all() {
        return attributes;
    }

    @Nullable
    AttributeProto find(String name) {
        seen.add(name);
        return attributes.get(name);
    }

    /** The attribute of a kind. Files before version 3 of the format do not note the kind. */
    @Nullable
    AttributeProto find(String name, AttributeType type) {
        AttributeProto found = find(name);
        if (found != null && found.hasType() && found.getType() != type) {
            throw new FileFormatException(
                    "has the attribute '" + name + "' of kind " + found.getType() + "; " + type + " is expected");
        }
        return found;
    }

    AttributeProto get(String name, AttributeType type) {
        AttributeProto found = find(name, type);
        if (found == null) {
            throw new FileFormatException("lacks the attribute '" + name + "'");
        }
        return found;
    }

    void see(String name) {
        seen.add(name);
    }

    /** Those that nobody has looked at. */
    Set<String> unseen() {
        Set<String> unseen = new TreeSet<>(attributes.keySet());
        unseen.removeAll(seen);
        return unseen;
    }

    static List<String> texts(List<ByteString> texts) {
        return texts.stream().map(ByteString::toStringUtf8).toList();
    }
}
