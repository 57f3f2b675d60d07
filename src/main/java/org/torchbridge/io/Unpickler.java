package org.torchbridge.io;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.FileFormatException;
import org.torchbridge.TorchException;

/**
 * Reads a Python pickle of protocol 0 to 5 as far as data needs it. It runs no code: a pickle may name only what {@link
 * Globals} knows. It goes through the bytes once, without recursion, and what it allocates is in proportion to them.
 *
 * <p>Results are those of {@link SavedFile}'s table, and what {@code Globals} gives.
 *
 * <p>Follows <a href="https://docs.python.org/3/library/pickletools.html">pickletools</a>.
 */
final class Unpickler {
    /** What a pickle may refer to, and what may be done with it. */
    interface Globals {
        /**
         * What a name stands for.
         *
         * @throws FileFormatException if the name is not allowed
         */
        @Nullable
        Object resolve(String module, String name);

        /** What a call of {@code callee}, as a rule a {@link Function}, gives. */
        @Nullable
        Object call(@Nullable Object callee, @Nullable Object arguments);

        /** Sets what {@code target} has beside its items. */
        void build(@Nullable Object target, @Nullable Object state);

        /** What an id that is kept outside of the pickle stands for. */
        @Nullable
        Object persistent(@Nullable Object id);

        /** Adds items, a key and a value in turn, to a dictionary. */
        void put(@Nullable Object target, List<@Nullable Object> items);

        /** Adds items to a list or a set. */
        void add(@Nullable Object target, List<@Nullable Object> items);

        /** Is told of a value that was made and is left out. */
        default void drop(@Nullable Object value) {}
    }

    /** A function that a pickle may call. */
    @FunctionalInterface
    interface Function {
        @Nullable
        Object call(List<@Nullable Object> arguments);
    }

    /** Numbers as decimal text: reading one takes time in the square of its length. */
    private static final int MAX_DIGITS = 5000;

    private static final Object MARK = new Object();

    private final ByteBuffer bytes;
    private final Globals globals;
    private final List<@Nullable Object> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Integer, @Nullable Object> memo = new HashMap<>();

    Unpickler(ByteBuffer bytes, Globals globals) {
        this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
        this.globals = globals;
    }

    /** The object that the pickle describes; the buffer's position is then behind it. */
    @Nullable
    Object read() {
        while (true) {
            int opcodeAt = bytes.position();
            try {
                int opcode = unsignedByte();
                if (opcode == '.') {
                    Object value = pop();
                    stack.forEach(globals::drop);
                    return value;
                }
                execute(opcode);
            } catch (FileFormatException e) {
                throw new FileFormatException(e.getMessage() + " (byte " + opcodeAt + " of the pickle)", e);
            } catch (TorchException | IllegalArgumentException | ArithmeticException e) {
                throw new FileFormatException(
                        "is damaged: a tensor cannot be made: " + e.getMessage() + " (byte " + opcodeAt
                                + " of the pickle)",
                        e);
            }
        }
    }

    private void execute(int opcode) {
        switch (opcode) {
            case 0x80 -> protocol(unsignedByte());
            case 0x95 -> require(Long.BYTES).getLong(); // a frame: only a hint for buffering
            case '(' -> mark();
            case '0' -> drop();
            case '1' -> popToMark().forEach(globals::drop);
            case '2' -> push(top());
            case ')' -> push(PythonTuple.of());
            case 0x85 -> push(popTuple(1));
            case 0x86 -> push(popTuple(2));
            case 0x87 -> push(popTuple(3));
            case 't' -> push(new PythonTuple(popToMark().toArray()));
            case ']' -> push(new ArrayList<>());
            case 'l' -> push(popToMark());
            case 'a' -> add(Collections.singletonList(pop()));
            case 'e', 0x90 -> add(popToMark());
            case '}' -> push(new PythonDict(false));
            case 'd' -> dictionary(popToMark());
            case 's' -> put(popTuple(2));
            case 'u' -> put(popToMark());
            case 0x8f -> push(new LinkedHashSet<>());
            case 0x91 -> frozenSet(popToMark());
            case 'p' -> remember(decimal(line()), top());
            case 'q' -> remember(unsignedByte(), top());
            case 'r' -> remember(require(Integer.BYTES).getInt(), top());
            case 0x94 -> remember(memo.size(), top());
            case 'g' -> push(remembered(decimal(line())));
            case 'h' -> push(remembered(unsignedByte()));
            case 'j' -> push(remembered(require(Integer.BYTES).getInt()));
            case 'c' -> push(globals.resolve(line(), line()));
            case 0x93 -> stackGlobal();
            case 'R', 0x81 -> call();
            case 'b' -> build();
            case 'Q' -> push(globals.persistent(pop()));
            default -> push(plainValue(opcode));
        }
    }

    private @Nullable Object plainValue(int opcode) {
        return switch (opcode) {
            case 'N' -> null;
            case 0x88 -> true;
            case 0x89 -> false;
            case 'I' -> integerOrBoolean(line());
            case 'L' -> longNumber(line());
            case 'K' -> (long) unsignedByte();
            case 'M' -> (long) Short.toUnsignedInt(require(Short.BYTES).getShort());
            case 'J' -> (long) require(Integer.BYTES).getInt();
            case 0x8a -> integer(take(unsignedByte()));
            case 0x8b -> integer(take(length4()));
            case 'F' -> fraction(line());
            case 'G' -> Double.longBitsToDouble(
                    Long.reverseBytes(require(Long.BYTES).getLong()));
            case 'X' -> text(length4());
            case 0x8c -> text(unsignedByte());
            case 0x8d -> text(length8());
            case 'U' -> latin1(unsignedByte());
            case 'T' -> latin1(length4());
            case 'C' -> take(unsignedByte());
            case 'B' -> take(length4());
            case 0x8e, 0x96 -> take(length8());
            default -> throw damaged(String.format("the instruction 0x%02x has no place in data", opcode));
        };
    }

    private void mark() {
        marks.add(stack.size());
        push(MARK);
    }

    private void protocol(int version) {
        if (version > 5) {
            throw damaged("it is in pickle protocol " + version + "; 0 to 5 can be read");
        }
    }

    private void dictionary(List<@Nullable Object> items) {
        push(new PythonDict(false));
        put(items);
    }

    private void frozenSet(List<@Nullable Object> items) {
        push(new LinkedHashSet<>());
        add(items);
    }

    private void put(List<@Nullable Object> items) {
        if (items.size() % 2 != 0) {
            throw damaged("a key has no value");
        }
        globals.put(top(), items);
    }

    private void add(List<@Nullable Object> items) {
        globals.add(top(), items);
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
        push(globals.call(pop(), arguments));
    }

    private void build() {
        Object state = pop();
        globals.build(top(), state);
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

    /** Removes a value, or a mark: some pickles end a call with one. */
    private void drop() {
        if (stack.isEmpty()) {
            throw damaged("a value is missing");
        }
        Object value = stack.remove(stack.size() - 1);
        if (value == MARK) {
            marks.remove(marks.size() - 1);
        } else {
            globals.drop(value);
        }
    }

    private PythonTuple popTuple(int size) {
        Object[] tuple = new Object[size];
        for (int i = size - 1; i >= 0; i--) {
            tuple[i] = pop();
        }
        return new PythonTuple(tuple);
    }

    private List<@Nullable Object> popToMark() {
        if (marks.isEmpty()) {
            throw damaged("the beginning of a list of values is missing");
        }
        int mark = marks.remove(marks.size() - 1);
        List<@Nullable Object> above = stack.subList(mark + 1, stack.size());
        List<@Nullable Object> values = new ArrayList<>(above);
        above.clear();
        stack.remove(mark);
        return values;
    }

    /** Numbers count the objects: other readers, libtorch's too, have a place for each up to the largest. */
    private void remember(int index, @Nullable Object value) {
        if (index < 0 || index > bytes.limit()) {
            throw damaged("the number of an object is too large");
        }
        memo.put(index, value);
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

    /** Python 2's texts, which may as well be bytes. */
    private String latin1(int length) {
        return new String(take(length), StandardCharsets.ISO_8859_1);
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

    /** Where a truth value is written as a number, it has two digits. */
    private static Object integerOrBoolean(String line) {
        return line.equals("00") ? (Object) false : line.equals("01") ? true : longNumber(line);
    }

    private static Number longNumber(String line) {
        String digits = line.endsWith("L") ? line.substring(0, line.length() - 1) : line;
        if (digits.length() > MAX_DIGITS || !digits.matches("[+-]?[0-9]+")) {
            throw damaged("a whole number is not written as one");
        }
        return narrow(new BigInteger(digits));
    }

    private static int decimal(String line) {
        if (longNumber(line) instanceof Long value && value == value.intValue()) {
            return value.intValue();
        }
        throw damaged("the number of an object is too large");
    }

    private static double fraction(String line) {
        try {
            return switch (line) {
                case "inf" -> Double.POSITIVE_INFINITY;
                case "-inf" -> Double.NEGATIVE_INFINITY;
                case "nan" -> Double.NaN;
                default -> Double.parseDouble(line);
            };
        } catch (NumberFormatException e) {
            throw damaged("a number is not written as one");
        }
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
        return narrow(new BigInteger(bigEndian));
    }

    private static Number narrow(BigInteger value) {
        return value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
    }

    private static FileFormatException damaged(String what) {
        return new FileFormatException("is damaged: in its pickle, " + what);
    }
}
