package org.torchbridge.internal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.DimnameListOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What a call gave: its results and the tensors it was given as they are afterwards, or the first line of its error. */
record Snapshot(List<Object> values, String error) {
    /** In the place of a tensor's contents, why they cannot be read. */
    private record Unreadable(String reason) {}

    static Snapshot of(List<Object> values) {
        return new Snapshot(values, null);
    }

    static Snapshot failed(String message) {
        String text = String.valueOf(message);
        return new Snapshot(
                List.of(),
                text.lines().filter(line -> !line.isBlank()).findFirst().orElse(text));
    }

    boolean isError() {
        return error != null;
    }

    /** What was seen, with the bits as hexadecimal numbers. */
    @Override
    public String toString() {
        if (isError()) {
            return "error: " + error;
        }
        return values.stream()
                .map(value -> value instanceof ByteBuffer bytes
                        ? HexFormat.of().formatHex(bytes.array())
                        : String.valueOf(value))
                .collect(Collectors.joining(", "));
    }

    /** The same with shapes and types alone, for results whose memory nobody wrote. */
    Snapshot withoutContents() {
        List<Object> kept = new ArrayList<>(values);
        kept.removeIf(value -> value instanceof ByteBuffer || value instanceof Unreadable);
        return new Snapshot(kept, error);
    }

    /**
     * Adds a tensor's type, layout, shape and bits to {@code values}, or what libtorch says where one has none of them:
     * the wrapped tensors of function transforms and the nested ones.
     */
    static void add(List<Object> values, Tensor tensor) {
        if (!tensor.defined()) {
            values.add("undefined");
            return;
        }
        try {
            values.add(tensor.scalar_type() + " " + tensor.layout() + " "
                    + tensor.device().str().getString() + " "
                    + Arrays.toString(tensor.sizes().vec().get()) + (tensor.has_names() ? " named" : ""));
            if (!tensor.is_meta()) {
                values.add(bits(tensor));
            }
        } catch (RuntimeException e) {
            values.add(new Unreadable(failed(e.getMessage()).error()));
        }
    }

    private static ByteBuffer bits(Tensor tensor) {
        Tensor dense = tensor.has_names() ? tensor.rename(new DimnameListOptional()) : tensor;
        if (dense.is_quantized()) {
            dense = dense.dequantize();
        }
        if (dense.layout() != torch.Layout.Strided) {
            dense = dense.to_dense();
        }
        dense = dense.resolve_conj().resolve_neg().contiguous();
        byte[] bytes = new byte[(int) (dense.numel() * dense.element_size())];
        if (bytes.length > 0) {
            new BytePointer(dense.data_ptr()).get(bytes);
        }
        return ByteBuffer.wrap(bytes);
    }
}
