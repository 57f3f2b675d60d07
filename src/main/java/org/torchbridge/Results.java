package org.torchbridge;

import java.util.ArrayList;
import java.util.List;

/** Reads what a native method returns for several results: words, with a list preceded by its length. */
final class Results {
    private final long[] words;
    private int next;

    Results(long[] words) {
        this.words = words;
    }

    /** The tensors of {@code handles}, which now belong to Java; an undefined one is null. */
    static List<Tensor> tensors(long[] handles) {
        List<Tensor> tensors = new ArrayList<>(handles.length);
        for (long handle : handles) {
            tensors.add(Tensor.adopt(handle));
        }
        return tensors;
    }

    Tensor tensor() {
        return Tensor.adopt(words[next++]);
    }

    List<Tensor> list() {
        int length = (int) words[next++];
        List<Tensor> tensors = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            tensors.add(tensor());
        }
        return tensors;
    }

    long integer() {
        return words[next++];
    }

    double number() {
        return Double.longBitsToDouble(words[next++]);
    }

    Scalar scalar() {
        next += 3;
        return Scalar.decode(words, next - 3);
    }
}
