package org.torchbridge.io;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.FileFormatException;

/**
 * Reads a Python pickle of protocol 2 to 5 as far as data needs it. It runs no code: a pickle may name only what {@link
 * Globals} knows. It goes through the bytes once, without recursion, and what it allocates is in proportion to them.
 *
 * <p>Results: {@code null}, {@code Boolean}, {@code Long}, {@code BigInteger}, {@code Double}, {@code String},
 * {@code byte[]}; a tuple is an {@code Object[]}, a list a {@code List}, a dictionary a {@link PythonDict}; and what
 * {@code Globals} gives.
 *
 * <p>Follows <a href="https://docs.python.org/3/library/pickletools.html">pickletools</a>.
 */
final class Unpickler {
    /** What a pickle may refer to. */
    interface Globals {
        /**
         * What a name stands for: a {@link Function}, or a value.
         *
         * @throws FileFormatException if the name is not allowed
         */
        Object resolve(String module, String name);

        /** What an id that is kept outside of the pickle stands for. */
        Object persistent(@Nullable Object id);
    }

    /** A function that a pickle may call. */
    @FunctionalInterface
    interface Function {
        @Nullable
        Object call(@Nullable Object[] arguments);
    }

    private static final Object MARK = new Object();

    private final ByteBuffer bytes;
    private final Globals globals;
    private final List<@Nullable Object> stack = new ArrayList<>();
    private final Map<Integer, @Nullable Object> memo = new HashMap<>();
    private int opcodeAt;

    Unpickler(ByteBuffer bytes, Globals globals) {
        this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
        this.globals = globals;
    }

    /** The object that the pickle describes; the buffer's position is then behind it. */
    @Nullable
    Object read() {
        while (true) {
            opcodeAt = bytes.position();
            int opcode = unsignedByte();
            if (opcode == '.') {
                return pop();
            }
            execute(opcode);
        }
    }

    private void execute(int opcode) {
        switch (opcode) {
            case 0x80 -> protocol(unsignedByte());
            case 0x95 -> require(Long.BYTES).getLong(); // a frame: only a hint for buffering
            case '(' -> push(MARK);
            case '0' -> pop();
            case '1' -> popToMark();
            case '2' -> push(top());
            case 'N' -> push(null);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'K' -> push((long) unsignedByte());
            case 'M' -> push((long) Short.toUnsignedInt(require(Short.BYTES).getShort()));
            case 'J' -> push((long) require(Integer.BYTES).getInt());
            case 0x8a -> push(integer(take(unsignedByte())));
            case 'G' -> push(Double.longBitsToDouble(
                    Long.reverseBytes(require(Long.BYTES).getLong())));
            case 'X' -> push(text(length4()));
            case 0x8c -> push(text(unsignedByte()));
            case 0x8d -> push(text(length8()));
            case 'U' -> push(new String(take(unsignedByte()), StandardCharsets.ISO_8859_1));
            case 'T' -> push(new String(take(length4()), StandardCharsets.ISO_8859_1));
            case 'C' -> push(take(unsignedByte()));
            case 'B' -> push(take(length4()));
            case 0x8e -> push(take(length8()));
            case ')' -> push(new Object[0]);
            case 0x85 -> push(popTuple(1));
            case 0x86 -> push(popTuple(2));
            case 0x87 -> push(popTuple(3));
            case 't' -> push(popToMark().toArray());
            case ']' -> push(new ArrayList<>());
            case 'l' -> push(popToMark());
            case 'a' -> append(Collections.singletonList(pop()));
            case 'e' -> append(popToMark());
            case '}' -> push(new PythonDict(false));
            case 'd' -> dictionary(popToMark());
            case 's' -> setItems(Arrays.asList(popTuple(2)));
            case 'u' -> setItems(popToMark());
            case 'q' -> memo.put(unsignedByte(), top());
            case 'r' -> memo.put(require(Integer.BYTES).getInt(), top());
            case 0x94 -> memo.put(memo.size(), top());
            case 'h' -> push(remembered(unsignedByte()));
            case 'j' -> push(remembered(require(Integer.BYTES).getInt()));
            case 'c' -> push(globals.resolve(line(), line()));
            case 0x93 -> stackGlobal();
            case 'R', 0x81 -> call();
            case 'b' -> build();
            case 'Q' -> push(globals.persistent(pop()));
            default -> throw damaged(String.format("the instruction 0x%02x has no place in a state dict", opcode));
        }
    }

    private void protocol(int version) {
        if (version < 2 || version > 5) {
            throw damaged("it is in pickle protocol " + version + "; 2 to 5 can be read");
        }
    }

    private void dictionary(List<@Nullable Object> items) {
        push(new PythonDict(false));
        setItems(items);
    }

    private void setItems(List<@Nullable Object> items) {
        if (!(top() instanceof PythonDict dict) || items.size() % 2 != 0) {
            throw damaged("items are added to something that is not a dictionary");
        }
        for (int i = 0; i < items.size(); i += 2) {
            Object key = items.get(i);
            if (key != null && !(key instanceof String) && !(key instanceof Number) && !(key instanceof Boolean)) {
                throw damaged("a dictionary has a key that is neither text nor a number");
            }
            dict.put(key, items.get(i + 1));
        }
    }

    @SuppressWarnings("unchecked")
    private void append(List<@Nullable Object> values) {
        if (!(top() instanceof List<?> list)) {
            throw damaged("a value is appended to something that is not a list");
        }
        ((List<@Nullable Object>) list).addAll(values);
    }

    private void stackGlobal() {
        Object name = pop();
        Object module = pop();
        if (!(module instanceof String moduleName) || !(name instanceof String plainName)) {
            throw damaged("a name is not text");
        }
        push(globals.resolve(moduleName, plainName));
    }

    private void call() {
        Object arguments = pop();
        Object callee = pop();
        if (!(callee instanceof Function function) || !(arguments instanceof Object[] tuple)) {
            throw damaged("something is called that is not a function");
        }
        push(function.call(tuple));
    }

    private void build() {
        Object attributes = pop();
        if (!(top() instanceof PythonDict dict)) {
            throw damaged("attributes are set on something that has none");
        }
        dict.setAttributes(attributes);
    }

    // ---- the stack and the memo

    private void push(@Nullable Object value) {
        stack.add(value);
    }

    private @Nullable Object pop() {
        Object value = top();
        stack.remove(stack.size() - 1);
        return value;
    }

    private @Nullable Object top() {
        if (stack.isEmpty() || stack.get(stack.size() - 1) == MARK) {
            throw damaged("a value is missing");
        }
        return stack.get(stack.size() - 1);
    }

    private @Nullable Object[] popTuple(int size) {
        Object[] tuple = new Object[size];
        for (int i = size - 1; i >= 0; i--) {
            tuple[i] = pop();
        }
        return tuple;
    }

    private List<@Nullable Object> popToMark() {
        int mark = stack.lastIndexOf(MARK);
        if (mark < 0) {
            throw damaged("the beginning of a list of values is missing");
        }
        List<@Nullable Object> above = stack.subList(mark + 1, stack.size());
        List<@Nullable Object> values = new ArrayList<>(above);
        above.clear();
        stack.remove(mark);
        return values;
    }

    private @Nullable Object remembered(int index) {
        if (!memo.containsKey(index)) {
            throw damaged("it refers to an object that it has not made");
        }
        return memo.get(index);
    }

    // ---- bytes

    private ByteBuffer require(int count) {
        if (count < 0 || count > bytes.remaining()) {
            throw damaged("it ends in the middle of a value");
        }
        return bytes;
    }

    private int unsignedByte() {
        return Byte.toUnsignedInt(require(1).get());
    }

    private int length4() {
        return require(Integer.BYTES).getInt();
    }

    private int length8() {
        long length = require(Long.BYTES).getLong();
        return length < 0 || length > Integer.MAX_VALUE ? -1 : (int) length;
    }

    private byte[] take(int length) {
        require(length);
        byte[] taken = new byte[length];
        bytes.get(taken);
        return taken;
    }

    private String text(int length) {
        byte[] utf8 = take(length);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw damaged("a text is not in UTF-8");
        }
    }

    private String line() {
        int start = bytes.position();
        int end = start;
        while (end < bytes.limit() && bytes.get(end) != '\n') {
            end++;
        }
        String line = text(end - start);
        require(1).get();
        return line;
    }

    /** A number of any length, the lowest byte first. */
    private static Number integer(byte[] littleEndian) {
        byte[] bigEndian = new byte[littleEndian.length + 1];
        for (int i = 0; i < littleEndian.length; i++) {
            bigEndian[littleEndian.length - i] = littleEndian[i];
        }
        if (littleEndian.length > 0 && littleEndian[littleEndian.length - 1] < 0) {
            bigEndian[0] = -1;
        }
        BigInteger value = new BigInteger(bigEndian);
        return value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
    }

    private FileFormatException damaged(String what) {
        return new FileFormatException("is damaged: in its pickle at byte " + opcodeAt + ", " + what);
    }
}
