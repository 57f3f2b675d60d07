package org.torchbridge.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Changes at random of bytes, and of lists of what bytes were cut into. */
public final class Mutations {
    private static final long[] NUMBERS = {
        0,
        1,
        -1,
        2,
        3,
        7,
        8,
        16,
        127,
        128,
        255,
        256,
        32767,
        65535,
        65536,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        0xffffffffL,
        1 << 20,
        1 << 26,
        1L << 32,
        1L << 40,
        1L << 61,
        1L << 62,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };

    /** Beyond this a file that was made is cut: what is doubled twice would not fit into memory. */
    static final int MAX_BYTES = 4 << 20;

    private static final int[] REPETITIONS = {2, 10, 100, 70_000};

    private Mutations() {}

    /** A number that is somewhere at an edge, or beside one. */
    public static long number(Random random) {
        return NUMBERS[random.nextInt(NUMBERS.length)] + (random.nextInt(4) == 0 ? random.nextInt(5) - 2 : 0);
    }

    public static byte[] bytes(byte[] original, Random random) {
        byte[] bytes = original.clone();
        if (bytes.length == 0) {
            return new byte[] {(byte) random.nextInt()};
        }
        int at = random.nextInt(bytes.length);
        int length = 1 + random.nextInt(Math.min(64, bytes.length - at));
        int to = random.nextInt(bytes.length - length + 1);
        switch (random.nextInt(8)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt();
            case 2 -> putNumber(bytes, at, random);
            case 3 -> Arrays.fill(bytes, at, at + length, (byte) (random.nextBoolean() ? 0 : 0xff));
            case 4 -> System.arraycopy(original, at, bytes, to, length);
            case 5 -> {
                System.arraycopy(original, at, bytes, to, length);
                System.arraycopy(original, to, bytes, at, Math.min(length, bytes.length - at));
            }
            case 6 -> bytes = Arrays.copyOf(bytes, at);
            default -> bytes = random.nextBoolean()
                    ? join(Arrays.copyOf(original, at), Arrays.copyOfRange(original, at + length, original.length))
                    : join(Arrays.copyOf(original, at + length), Arrays.copyOfRange(original, at, original.length));
        }
        return bytes;
    }

    /** Writes such a number at {@code at}, in one to eight bytes. */
    static void putNumber(byte[] bytes, int at, Random random) {
        ByteBuffer number =
                ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, number(random));
        int width = Math.min(1 << random.nextInt(4), bytes.length - at);
        System.arraycopy(number.array(), 0, bytes, at, width);
    }

    /** Leaves out, doubles, moves, swaps and repeats parts of {@code list}. */
    public static <T> void list(List<T> list, Random random) {
        if (list.isEmpty()) {
            return;
        }
        int at = random.nextInt(list.size());
        int other = random.nextInt(list.size());
        int length = 1 + random.nextInt(Math.min(8, list.size() - at));
        List<T> part = new ArrayList<>(list.subList(at, at + length));
        switch (random.nextInt(5)) {
            case 0 -> list.subList(at, at + length).clear();
            case 1 -> list.addAll(other, part);
            case 2 -> list.set(at, list.set(other, list.get(at)));
            case 3 -> list.set(at, list.get(other));
            default -> {
                int times = REPETITIONS[random.nextInt(random.nextInt(20) == 0 ? 4 : 3)];
                for (int i = 0; i < times; i++) {
                    list.add(at, part.get(0));
                }
            }
        }
    }

    static byte[] join(byte[]... parts) {
        ByteBuffer joined = ByteBuffer.allocate(
                Arrays.stream(parts).mapToInt(part -> part.length).sum());
        for (byte[] part : parts) {
            joined.put(part);
        }
        return joined.array();
    }
}
