package org.torchbridge.io;

import java.util.Arrays;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;

/** A tensor as a file describes it: where its elements lie in a storage. It is compared by identity. */
final class StoredTensor {
    final StoredStorage storage;
    final DType dtype;
    final long offset;
    final long[] shape;
    final long[] strides;
    final boolean requiresGrad;
    final boolean conjugate;
    final boolean negative;

    StoredTensor(
            StoredStorage storage,
            DType dtype,
            long offset,
            long[] shape,
            long[] strides,
            boolean requiresGrad,
            boolean conjugate,
            boolean negative) {
        this.storage = storage;
        this.dtype = dtype;
        this.offset = offset;
        this.shape = shape;
        this.strides = strides;
        this.requiresGrad = requiresGrad;
        this.conjugate = conjugate;
        this.negative = negative;
        requireFit();
    }

    StoredTensor withRequiresGrad(boolean requires) {
        return new StoredTensor(storage, dtype, offset, shape, strides, requires, conjugate, negative);
    }

    /** For people: {@code "float32 [2, 3]"}. */
    @Override
    public String toString() {
        return dtype.pythonName() + " " + Arrays.toString(shape);
    }

    /** libtorch would make a storage larger that is too small; here it is the file that is wrong. */
    private void requireFit() {
        if (shape.length != strides.length || offset < 0) {
            throw damaged();
        }
        try {
            long last = offset;
            long numel = 1;
            for (int i = 0; i < shape.length; i++) {
                if (shape[i] < 0 || strides[i] < 0) {
                    throw damaged();
                }
                last = Math.addExact(last, Math.multiplyExact(Math.max(shape[i] - 1, 0), strides[i]));
                numel = Math.multiplyExact(numel, shape[i]);
            }
            long elements = numel == 0 ? offset : Math.addExact(last, 1);
            if (Math.multiplyExact(elements, dtype.itemSize()) > storage.bytes()) {
                throw damaged();
            }
        } catch (ArithmeticException e) {
            throw damaged();
        }
    }

    private FileFormatException damaged() {
        return new FileFormatException("is damaged: a tensor of shape " + Arrays.toString(shape) + ", strides "
                + Arrays.toString(strides) + " and offset " + offset + " does not fit into the " + storage.bytes()
                + " bytes of its storage '" + storage.key() + "'");
    }
}
