package org.torchbridge.io;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scalar;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** NumPy's numbers and arrays, as pickles of any of its versions have them; arrays become tensors. */
final class NumpyObjects {
    private final Allowance allowance;
    private final Set<Tensor> unfilled = Collections.newSetFromMap(new IdentityHashMap<>());

    NumpyObjects(Allowance allowance) {
        this.allowance = allowance;
    }

    /** The type of an array's elements, and which of their bytes is first. */
    static final class Type {
        final DType dtype;
        private boolean bigEndian;

        Type(DType dtype) {
            this.dtype = dtype;
        }

        /** {@code (version, byte order, ...)}. */
        void build(@Nullable Object state) {
            bigEndian = Checked.tuple("a type of NumPy", state).text(1).equals(">");
        }
    }

    void addTo(Map<String, Object> names) {
        Unpickler.Function type = arguments -> type(new Checked("a type of NumPy", arguments));
        Unpickler.Function empty = arguments -> empty();
        names.put("numpy.dtype", type);
        names.put("numpy.ndarray", empty);
        for (String core : List.of("numpy.core.", "numpy._core.")) {
            names.put(core + "multiarray._reconstruct", empty);
            names.put(core + "multiarray.scalar", (Unpickler.Function)
                    arguments -> number(new Checked("a number of NumPy", arguments)));
            names.put(core + "numeric._frombuffer", (Unpickler.Function)
                    arguments -> fromBuffer(new Checked("an array of NumPy", arguments)));
        }
    }

    private static Type type(Checked arguments) {
        String text = arguments.text(0);
        String name = text.startsWith("<") || text.startsWith("|") || text.startsWith("=") ? text.substring(1) : text;
        DType dtype = NumpyLayout.type(name);
        if (dtype == null) {
            throw new FileFormatException("holds an array of NumPy of type '" + text + "', which no tensor can have");
        }
        return new Type(dtype);
    }

    /** An array that {@link #build} fills. */
    private Tensor empty() {
        Tensor tensor = Torch.empty(new long[] {0}, TensorFunctions.onCpu(DType.UINT8));
        unfilled.add(tensor);
        return tensor;
    }

    /** {@code (version, shape, type, columns first, bytes)} for an array; attributes of another tensor are left out. */
    void build(Tensor target, @Nullable Object state) {
        if (unfilled.remove(target)) {
            Checked parts = Checked.tuple("an array of NumPy", state);
            int at = parts.count() == 5 ? 1 : 0;
            target.setData(array(
                    bytes(parts.any(at + 3)), parts.as(at + 1, Type.class), parts.longs(at), parts.truth(at + 2)));
        } else if (!(state instanceof Map)) {
            throw new FileFormatException("is damaged: a tensor gets " + Descriptions.of(state) + " as its state");
        }
    }

    /** {@code (bytes, type, shape, order)}. */
    private Tensor fromBuffer(Checked arguments) {
        return array(
                bytes(arguments.any(0)),
                arguments.as(1, Type.class),
                arguments.longs(2),
                arguments.text(3).equals("F"));
    }

    private Tensor array(byte[] bytes, Type type, long[] shape, boolean columnsFirst) {
        long numel = 1;
        for (long size : shape) {
            numel = Math.multiplyExact(numel, size);
        }
        if (numel < 0 || Math.multiplyExact(numel, type.dtype.itemSize()) != bytes.length) {
            throw new FileFormatException("is damaged: an array of NumPy has " + bytes.length + " bytes for " + numel
                    + " elements of type " + type.dtype.pythonName());
        }
        return NumpyLayout.arranged(elements(bytes, type), shape, columnsFirst);
    }

    private Tensor elements(byte[] bytes, Type type) {
        allowance.spend(bytes.length, 1);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        Tensor flat = Torch.fromBuffer(direct, DType.UINT8, bytes.length);
        return (type.bigEndian ? ByteOrders.swapped(flat, type.dtype) : flat).view(type.dtype);
    }

    private static byte[] bytes(@Nullable Object value) {
        if (value instanceof String text) {
            return text.getBytes(StandardCharsets.ISO_8859_1);
        } else if (value instanceof byte[] bytes) {
            return bytes;
        }
        throw new FileFormatException("is damaged: an array of NumPy is made of " + Descriptions.of(value));
    }

    /** {@code (type, bytes)}. */
    private Object number(Checked arguments) {
        Tensor tensor = array(bytes(arguments.any(1)), arguments.as(0, Type.class), new long[0], false);
        DType dtype = tensor.dtype();
        if (dtype.isComplex()) {
            double[] parts = Torch.viewAsReal(tensor).toDoubleArray();
            return Scalar.complex(parts[0], parts[1]);
        } else if (dtype.isFloatingPoint()) {
            return tensor.toDouble();
        } else if (dtype == DType.BOOL) {
            return tensor.toBoolean();
        }
        long value = tensor.view(dtype == DType.UINT64 ? DType.INT64 : dtype).toLong();
        return dtype == DType.UINT64 && value < 0 ? new BigInteger(Long.toUnsignedString(value)) : (Object) value;
    }
}
