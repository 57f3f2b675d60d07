package org.torchbridge.io;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.IdentityHashMap;
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
    private static final int MAX_SHORT = 0xffff;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Map<Object, Integer> equal = new HashMap<>();
    private final Map<Object, Integer> same = new IdentityHashMap<>();
    private int remembered;

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
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
            throw new IllegalArgumentException("a text with half of a surrogate pair in it cannot be written");
        }
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
        } else if (value >= 0 && value <= MAX_SHORT) {
            out.write('M');
            littleEndian(value, Short.BYTES);
        } else if (value == (int) value) {
            out.write('J');
            littleEndian(value, Integer.BYTES);
        } else {
            integer(BigInteger.valueOf(value));
        }
    }

    /** A whole number of up to 2039 bits: {@code weights_only} knows no larger ones. */
    void integer(BigInteger value) {
        byte[] bigEndian = value.toByteArray();
        if (bigEndian.length > MAX_BYTE) {
            throw new IllegalArgumentException("a whole number of " + value.bitLength() + " bits cannot be written");
        }
        out.write(0x8a);
        out.write(bigEndian.length);
        for (int i = bigEndian.length - 1; i >= 0; i--) {
            out.write(bigEndian[i]);
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

    void emptyList() {
        out.write(']');
    }

    /** Adds the values since the mark to the list below it. */
    void addItems() {
        out.write('e');
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

    /** Writes a text or name once more, as the same object; false if it has not been written yet. */
    private boolean recall(Object key) {
        return recall(equal.get(key));
    }

    private void remember(Object key) {
        equal.put(key, rememberTop());
    }

    /** Writes an object once more, as the same; false if it has not been written yet. */
    boolean recallSame(Object object) {
        return recall(same.get(object));
    }

    /** Keeps the value on the stack as {@code object} for {@link #recallSame}. */
    void rememberSame(Object object) {
        same.put(object, rememberTop());
    }

    private boolean recall(@Nullable Integer index) {
        if (index != null) {
            indexed('h', 'j', index);
        }
        return index != null;
    }

    private int rememberTop() {
        indexed('q', 'r', remembered);
        return remembered++;
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
