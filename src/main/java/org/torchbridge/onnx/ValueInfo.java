package org.torchbridge.onnx;

import org.torchbridge.onnx.proto.ValueInfoProto;

/** An input or output of a model: its name, and the type it is declared with. */
public record ValueInfo(String name, OnnxType type) {
    static ValueInfo of(ValueInfoProto info) {
        return new ValueInfo(info.getName(), OnnxType.of(info.getType()));
    }

    @Override
    public String toString() {
        return name + ": " + type;
    }
}
