package org.torchbridge.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;

/**
 * What stands before the elements of an array in NumPy's format: a magic number, a version, and a dictionary in Python's
 * syntax.
 *
 * @param swapped whether the elements are big-endian
 * @param columnsFirst whether the first index runs fastest, as in Fortran
 * @param bytes how long the header is: the elements begin there
 */
record NumpyHeader(DType dtype, boolean swapped, boolean columnsFirst, long[] shape, int bytes) {
    static final String MAGIC = "\u0093NUMPY";

    /** Some hundred bytes are usual, as long as there are no named fields. */
    static final int MAX_BYTES = 1 << 16;

    private static final int VERSION_BYTES = MAGIC.length() + 2;
    private static final int ALIGNMENT = 64;

    /** Room for the digits of the first dimension: NumPy leaves it, so that an array can grow in place. */
    private static final int GROWTH_DIGITS = 21;

    // ---- reading

    /**
     * Reads a header.
     *
     * @param start the beginning of a file, up to {@link #MAX_BYTES}
     * @throws FileFormatException if it is damaged, or the array is of a type that tensors do not have
     */
    static NumpyHeader read(ByteBuffer start) {
        ByteBuffer in = start.slice().order(ByteOrder.LITTLE_ENDIAN);
        int version = version(in);
        int lengthBytes = version == 1 ? Short.BYTES : Integer.BYTES;
        if (in.limit() < VERSION_BYTES + lengthBytes) {
            throw damaged("it ends in its header");
        }
        long length = version == 1
                ? Short.toUnsignedInt(in.getShort(VERSION_BYTES))
                : Integer.toUnsignedLong(in.getInt(VERSION_BYTES));
        long end = VERSION_BYTES + lengthBytes + length;
        if (end > in.limit()) {
            throw damaged("its header claims " + length + " bytes; "
                    + (in.limit() < MAX_BYTES ? "it has only " + in.limit() : "up to " + MAX_BYTES + " are read"));
        }
        in.position(VERSION_BYTES + lengthBytes).limit((int) end);
        return of(PythonLiteral.dict(text(in, version)), (int) end);
    }

    private static int version(ByteBuffer in) {
        byte[] magic = MAGIC.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < magic.length; i++) {
            if (i >= in.limit() || in.get(i) != magic[i]) {
                throw damaged("it does not begin as NumPy's arrays do");
            }
        }
        if (in.limit() < VERSION_BYTES) {
            throw damaged("it ends in its header");
        }
        int major = Byte.toUnsignedInt(in.get(magic.length));
        int minor = Byte.toUnsignedInt(in.get(magic.length + 1));
        if (major < 1 || major > 3 || minor != 0) {
            throw new FileFormatException(
                    "is in version " + major + "." + minor + " of NumPy's format; 1.0, 2.0 and 3.0 can be read");
        }
        return major;
    }

    private static String text(ByteBuffer in, int version) {
        Charset charset = version < 3 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
        try {
            return charset.newDecoder().decode(in).toString();
        } catch (CharacterCodingException e) {
            throw new FileFormatException("is damaged: its header is not in UTF-8", e);
        }
    }

    private static NumpyHeader of(Map<String, Object> dict, int bytes) {
        if (!dict.keySet().equals(Set.of("descr", "fortran_order", "shape"))
                || !(dict.get("descr") instanceof String type)
                || !(dict.get("fortran_order") instanceof Boolean columnsFirst)
                || !(dict.get("shape") instanceof long[] shape)) {
            throw damaged(
                    "its header should have a 'descr', a 'fortran_order' and a 'shape', and has " + dict.keySet());
        }
        boolean hasOrder = !type.isEmpty() && "<>=|".indexOf(type.charAt(0)) >= 0;
        String code = hasOrder ? type.substring(1) : type;
        DType dtype = NumpyLayout.type(code.equals("?") ? "b1" : code);
        if (dtype == null) {
            throw new FileFormatException("holds " + describe(code) + " (type '" + type
                    + "'), for which there are no tensors. " + advice(code));
        }
        return new NumpyHeader(dtype, type.charAt(0) == '>', columnsFirst, shape, bytes);
    }

    private static String describe(String code) {
        return switch (code.isEmpty() ? ' ' : code.charAt(0)) {
            case 'O' -> "Python objects";
            case 'U', 'S', 'a' -> "texts";
            case 'V' -> "raw bytes";
            case 'M', 'm' -> "dates or times";
            case 'f', 'c' -> "numbers of another precision";
            default -> "elements of an unknown type";
        };
    }

    private static String advice(String code) {
        return switch (code.isEmpty() ? ' ' : code.charAt(0)) {
            case 'O' -> "They are a pickle, which could run code; save the numbers in them as arrays";
            case 'V' -> "Where they are bfloat16, save array.view('u2') and view it as bfloat16 here";
            default -> "Convert it in Python: array.astype('float64')";
        };
    }

    private static FileFormatException damaged(String what) {
        return new FileFormatException("is damaged: " + what);
    }

    // ---- writing

    /** The header of a little-endian array in row-major order, in version 1.0. */
    static byte[] write(DType dtype, long[] shape) {
        String sizes = LongStream.of(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
        String dict = "{'descr': '" + (dtype.itemSize() == 1 ? '|' : '<') + NumpyLayout.code(dtype)
                + "', 'fortran_order': False, 'shape': (" + sizes + (shape.length == 1 ? "," : "") + "), }";
        int growth =
                shape.length == 0 ? 0 : GROWTH_DIGITS - Long.toString(shape[0]).length();
        int before = VERSION_BYTES + Short.BYTES;
        int length = dict.length() + growth + 1;
        length += Math.floorMod(-(before + length), ALIGNMENT);
        ByteBuffer out = ByteBuffer.allocate(before + length).order(ByteOrder.LITTLE_ENDIAN);
        out.put(MAGIC.getBytes(StandardCharsets.ISO_8859_1)).put((byte) 1).put((byte) 0);
        out.putShort((short) length).put(dict.getBytes(StandardCharsets.US_ASCII));
        while (out.remaining() > 1) {
            out.put((byte) ' ');
        }
        return out.put((byte) '\n').array();
    }
}
