package org.torchbridge.io;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a Python pickle of protocol 2, the one {@code torch.save} uses, with only the instructions that {@code
 * torch.load(weights_only=True)} allows.
 *
 * <p>The methods write one instruction or one value each; the stack they work on is the reader's.
 */
final class Pickler {
    private record Name(String module, String name) {}

    private static final int PROTOCOL = 2;
    private static final int MAX_BYTE = 0xff;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Map<Object, Integer> memo = new HashMap<>();

    Pickler() {
        out.write(0x80);
        out.write(PROTOCOL);
    }

    /** The complete pickle, of the value on the stack. */
    byte[] finish() {
        out.write('.');
        return out.toByteArray();
    }

    /** The class or function {@code name} of a Python module. */
    void global(String module, String name) {
        Name key = new Name(module, name);
        if (!recall(key)) {
            out.write('c');
            utf8(module + "\n" + name + "\n");
            remember(key);
        }
    }

    void text(String value) {
        if (!recall(value)) {
            byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
            out.write('X');
            littleEndian(utf8.length, Integer.BYTES);
            out.writeBytes(utf8);
            remember(value);
        }
    }

    void integer(long value) {
        if (value >= 0 && value <= MAX_BYTE) {
            out.write('K');
            out.write((int) value);
        } else if (value == (int) value) {
            out.write('J');
            littleEndian(value, Integer.BYTES);
        } else {
            out.write(0x8a);
            out.write(Long.BYTES);
            littleEndian(value, Long.BYTES);
        }
    }

    void number(double value) {
        out.write('G');
        littleEndian(Long.reverseBytes(Double.doubleToRawLongBits(value)), Long.BYTES);
    }

    void bool(boolean value) {
        out.write(value ? 0x88 : 0x89);
    }

    void none() {
        out.write('N');
    }

    void tuple(long... values) {
        mark();
        for (long value : values) {
            integer(value);
        }
        tuple();
    }

    /** Begins the values that {@link #tuple()} or {@link #setItems} ends. */
    void mark() {
        out.write('(');
    }

    /** A tuple of the values since the mark. */
    void tuple() {
        out.write('t');
    }

    void emptyTuple() {
        out.write(')');
    }

    void emptyDict() {
        out.write('}');
    }

    /** Adds the keys and values since the mark to the dictionary below it. */
    void setItems() {
        out.write('u');
    }

    /** Calls a function with a tuple of arguments. */
    void call() {
        out.write('R');
    }

    /** Makes a dictionary the attributes of the object below it. */
    void setAttributes() {
        out.write('b');
    }

    /** What the reader knows by the id on the stack. */
    void persistent() {
        out.write('Q');
    }

    /**
     * A value of Java: null, truth value, number, text, list or map.
     *
     * @throws IllegalArgumentException for anything else
     */
    void value(@Nullable Object value) {
        if (value == null) {
            none();
        } else if (value instanceof Boolean truth) {
            bool(truth);
        } else if (value instanceof String string) {
            text(string);
        } else if (value instanceof Double || value instanceof Float) {
            number(((Number) value).doubleValue());
        } else if (value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte) {
            integer(((Number) value).longValue());
        } else if (value instanceof List<?> list) {
            list(list);
        } else if (value instanceof Map<?, ?> map) {
            dict(map);
        } else {
            throw new IllegalArgumentException("a " + value.getClass().getName()
                    + " cannot be written; null, boolean, number, text, list and map can");
        }
    }

    private void list(List<?> list) {
        out.write(']');
        mark();
        list.forEach(this::value);
        out.write('e');
    }

    private void dict(Map<?, ?> map) {
        emptyDict();
        mark();
        map.forEach((key, value) -> {
            value(key);
            value(value);
        });
        setItems();
    }

    /** Writes what was written under {@code key} before once more, as the same object; false if there is nothing. */
    boolean recall(Object key) {
        Integer index = memo.get(key);
        if (index == null) {
            return false;
        }
        indexed('h', 'j', index);
        return true;
    }

    /** Gives the value on the stack a key for {@link #recall}. */
    void remember(Object key) {
        int index = memo.size();
        memo.put(key, index);
        indexed('q', 'r', index);
    }

    private void indexed(char shortInstruction, char longInstruction, int index) {
        if (index <= MAX_BYTE) {
            out.write(shortInstruction);
            out.write(index);
        } else {
            out.write(longInstruction);
            littleEndian(index, Integer.BYTES);
        }
    }

    private void utf8(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private void littleEndian(long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out.write((int) (value >> Byte.SIZE * i));
        }
    }
}
