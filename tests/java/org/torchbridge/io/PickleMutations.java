package org.torchbridge.io;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Changes of pickles that keep their grammar: whole instructions come, go and get other arguments, so that what is wrong is
 * seldom the first byte behind.
 */
final class PickleMutations {
    private static final String ONE_BYTE = "Khq\u0080\u0082";
    private static final String TWO_BYTES = "M\u0083";
    private static final String FOUR_BYTES = "Jjr\u0084";
    private static final String EIGHT_BYTES = "G\u0095";
    private static final String LINE = "ILFSVPpg";
    private static final String TWO_LINES = "ci";
    private static final String COUNTED_BY_ONE = "UC\u008c\u008a";
    private static final String COUNTED_BY_FOUR = "XTB\u008b";
    private static final String COUNTED_BY_EIGHT = "\u008d\u008e\u0096";
    private static final String BARE =
            "(012)\u0085\u0086\u0087t]lae\u0090}dsuN\u0088\u0089RbQ\u0081\u0092\u0093\u0094o\u008f\u0091.";

    /** Instructions of all pickles seen, to put into others. */
    private final List<byte[]> pool = new ArrayList<>();

    PickleMutations() {
        for (String each : new String[] {
            "cos\nsystem\n", "cbuiltins\ngetattr\n", "ctorch\nload\n", "ccollections\ndefaultdict\n", "ctorch\nSize\n"
        }) {
            pool.add(latin(each));
        }
    }

    /** Learns the instructions of {@code pickle}. */
    void learn(byte[] pickle) {
        pool.addAll(instructions(pickle));
    }

    byte[] mutate(byte[] pickle, Random random) {
        List<byte[]> instructions = instructions(pickle);
        for (int i = random.nextInt(4); i >= 0; i--) {
            change(instructions, random);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        instructions.forEach(out::writeBytes);
        return out.toByteArray();
    }

    private void change(List<byte[]> instructions, Random random) {
        if (instructions.isEmpty()) {
            return;
        }
        int at = random.nextInt(instructions.size());
        switch (random.nextInt(6)) {
            case 0 -> instructions.add(at, latin("" + BARE.charAt(random.nextInt(BARE.length()))));
            case 1 -> instructions.add(at, pool.get(random.nextInt(pool.size())));
            case 2 -> instructions.set(at, pool.get(random.nextInt(pool.size())));
            case 3 -> instructions.set(at, number(random));
            case 4 -> instructions.set(numberAt(instructions, at), number(random));
            default -> Mutations.list(instructions, random);
        }
    }

    /** The next instruction from {@code at} on that is a number, which is where sizes and offsets are. */
    private static int numberAt(List<byte[]> instructions, int at) {
        for (int i = 0; i < instructions.size(); i++) {
            int index = (at + i) % instructions.size();
            if ("KMJ\u008a".indexOf(instructions.get(index)[0] & 0xff) >= 0) {
                return index;
            }
        }
        return at;
    }

    private static byte[] number(Random random) {
        long number = Mutations.number(random);
        if (random.nextInt(8) == 0) {
            return ByteBuffer.allocate(9).put((byte) 'G').putLong(number).array();
        }
        return ByteBuffer.allocate(10)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0x8a)
                .put((byte) Long.BYTES)
                .putLong(number)
                .array();
    }

    /** The pickles at the beginning of {@code bytes} by their instructions, and the rest as the last one. */
    static List<byte[]> instructions(byte[] bytes) {
        List<byte[]> instructions = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            int start = in.position();
            long length = length(in, start);
            boolean known = length > 0 && length <= in.remaining();
            byte[] instruction = new byte[known ? (int) length : in.remaining()];
            in.get(instruction);
            instructions.add(instruction);
        }
        return instructions;
    }

    /** How long the instruction at {@code at} is, 0 if that is not known. */
    private static long length(ByteBuffer in, int at) {
        int opcode = in.get(at) & 0xff;
        int left = in.limit() - at - 1;
        if (BARE.indexOf(opcode) >= 0) {
            return 1;
        } else if (ONE_BYTE.indexOf(opcode) >= 0) {
            return 2;
        } else if (TWO_BYTES.indexOf(opcode) >= 0) {
            return 3;
        } else if (FOUR_BYTES.indexOf(opcode) >= 0) {
            return 5;
        } else if (EIGHT_BYTES.indexOf(opcode) >= 0) {
            return 9;
        } else if (LINE.indexOf(opcode) >= 0) {
            return lines(in, at, 1);
        } else if (TWO_LINES.indexOf(opcode) >= 0) {
            return lines(in, at, 2);
        } else if (COUNTED_BY_ONE.indexOf(opcode) >= 0 && left >= 1) {
            return 2 + (in.get(at + 1) & 0xff);
        } else if (COUNTED_BY_FOUR.indexOf(opcode) >= 0 && left >= 4) {
            return 5 + Integer.toUnsignedLong(in.getInt(at + 1));
        } else if (COUNTED_BY_EIGHT.indexOf(opcode) >= 0 && left >= 8) {
            return 9 + in.getLong(at + 1);
        }
        return 0;
    }

    private static int lines(ByteBuffer in, int at, int count) {
        int left = count;
        for (int i = at + 1; i < in.limit(); i++) {
            if (in.get(i) == '\n' && --left == 0) {
                return i + 1 - at;
            }
        }
        return 0;
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
