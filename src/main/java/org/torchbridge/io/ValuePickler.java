package org.torchbridge.io;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.Layout;
import org.torchbridge.MemoryFormat;
import org.torchbridge.QScheme;
import org.torchbridge.Scalar;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;

/** Writes values of {@link SavedFile}'s table as a pickle, and collects the storages of their tensors. */
final class ValuePickler {
    /** What Python itself can read of its own, and this thread has the stack for. */
    private static final int MAX_DEPTH = 500;

    private final Pickler pickler = new Pickler();
    private final TensorPickler tensors = new TensorPickler(pickler);
    private final Deque<String> path = new ArrayDeque<>();

    /**
     * The pickle of {@code root}.
     *
     * @throws IllegalArgumentException if something in it is none of the table
     */
    byte[] pickle(@Nullable Object root) {
        value(root);
        return pickler.finish();
    }

    /** The storages that the pickle refers to by their numbers, as bytes. */
    List<Tensor> storages() {
        return tensors.storages();
    }

    private void value(@Nullable Object value) {
        if (value instanceof Tensor tensor) {
            tensors.tensor(tensor, this::where);
        } else if (value instanceof Map<?, ?> map) {
            dict(map);
        } else if (value instanceof TorchSize size) {
            tensors.size(size.toLongArray());
        } else if (value instanceof PythonTuple tuple) {
            tuple(tuple);
        } else if (value instanceof List<?> list) {
            list(list);
        } else if (value instanceof Set<?> set) {
            set(set);
        } else {
            plain(value);
        }
    }

    private void plain(@Nullable Object value) {
        if (value == null) {
            pickler.none();
        } else if (value instanceof Boolean truth) {
            pickler.bool(truth);
        } else if (value instanceof String text) {
            pickler.text(text);
        } else if (value instanceof byte[] bytes) {
            bytes(bytes);
        } else if (value instanceof Number number) {
            number(number);
        } else {
            constant(value);
        }
    }

    private void number(Number number) {
        if (number instanceof Double || number instanceof Float) {
            pickler.number(number.doubleValue());
        } else if (number instanceof BigInteger big) {
            pickler.integer(big);
        } else if (number instanceof Scalar scalar) {
            scalar(scalar);
        } else if (number instanceof Long
                || number instanceof Integer
                || number instanceof Short
                || number instanceof Byte) {
            pickler.integer(number.longValue());
        } else {
            throw unknown(number);
        }
    }

    private void scalar(Scalar scalar) {
        if (scalar.isComplex()) {
            pickler.global("__builtin__", "complex");
            pickler.mark();
            pickler.number(scalar.real());
            pickler.number(scalar.imaginary());
            pickler.tuple();
            pickler.call();
        } else if (scalar.isBoolean()) {
            pickler.bool(scalar.booleanValue());
        } else if (scalar.isFloatingPoint()) {
            pickler.number(scalar.real());
        } else {
            pickler.integer(scalar.longValue());
        }
    }

    private void bytes(byte[] bytes) {
        if (pickler.recallSame(bytes)) {
            return;
        }
        pickler.global("_codecs", "encode");
        pickler.mark();
        pickler.text(new String(bytes, StandardCharsets.ISO_8859_1));
        pickler.text("latin1");
        pickler.tuple();
        pickler.call();
        pickler.rememberSame(bytes);
    }

    private void constant(Object value) {
        if (value instanceof DType || value instanceof MemoryFormat || value instanceof QScheme) {
            String name = value.toString();
            pickler.global("torch", name.substring("torch.".length()));
        } else if (value instanceof Layout layout) {
            tensors.layout(layout);
        } else if (value instanceof Device device) {
            device(device);
        } else {
            throw unknown(value);
        }
    }

    private void device(Device device) {
        pickler.global("torch", "device");
        pickler.mark();
        pickler.text(device.type().pythonName());
        if (device.index() >= 0) {
            pickler.integer(device.index());
        }
        pickler.tuple();
        pickler.call();
    }

    private void list(List<?> list) {
        if (pickler.recallSame(list)) {
            return;
        }
        pickler.emptyList();
        pickler.rememberSame(list);
        pickler.mark();
        items(list);
        pickler.addItems();
    }

    private void tuple(PythonTuple tuple) {
        if (pickler.recallSame(tuple)) {
            return;
        }
        pickler.mark();
        items(tuple);
        pickler.tuple();
        pickler.rememberSame(tuple);
    }

    private void set(Set<?> set) {
        if (pickler.recallSame(set)) {
            return;
        }
        pickler.global("__builtin__", "set");
        pickler.mark();
        pickler.emptyList();
        pickler.mark();
        items(new ArrayList<>(set));
        pickler.addItems();
        pickler.tuple();
        pickler.call();
        pickler.rememberSame(set);
    }

    private void items(List<?> items) {
        for (int i = 0; i < items.size(); i++) {
            inside(i, items.get(i));
        }
    }

    private void dict(Map<?, ?> map) {
        if (pickler.recallSame(map)) {
            return;
        }
        if (map instanceof StateDict || map instanceof PythonDict dict && dict.ordered) {
            tensors.orderedDict();
        } else {
            pickler.emptyDict();
        }
        pickler.rememberSame(map);
        pickler.mark();
        map.forEach((key, value) -> {
            value(key);
            inside(key, value);
        });
        pickler.setItems();
        attributes(map);
    }

    private void attributes(Map<?, ?> map) {
        if (map instanceof StateDict state && !state.metadata().isEmpty()) {
            PythonDict metadata = new PythonDict(true);
            metadata.putAll(state.metadata());
            dict(Map.of("_metadata", metadata));
            pickler.setAttributes();
        } else if (map instanceof PythonDict dict && dict.ordered && dict.attributes() instanceof Map<?, ?> all) {
            dict(all);
            pickler.setAttributes();
        }
    }

    private void inside(@Nullable Object key, @Nullable Object value) {
        if (path.size() == MAX_DEPTH) {
            throw new IllegalArgumentException("values are nested in each other more than " + MAX_DEPTH + " times");
        }
        path.addLast(key instanceof String ? "['" + key + "']" : "[" + Descriptions.of(key) + "]");
        value(value);
        path.removeLast();
    }

    /** For people: {@code "['model']['fc.weight']"}. */
    private String where() {
        return path.isEmpty() ? "the value" : String.join("", path);
    }

    private IllegalArgumentException unknown(Object value) {
        return new IllegalArgumentException(
                where() + " is a " + value.getClass().getName() + ", which cannot be written;"
                        + " null, truth values, numbers, texts, bytes, tensors, lists, tuples, sets and maps can");
    }
}
