package org.torchbridge;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a tensor lives: a kind of device and, for kinds with several, which one.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/tensor_attributes.html#torch.device">torch.device</a>.
 *
 * @param type the kind of device
 * @param index the number of the device, or -1 for the current one of its kind
 */
public record Device(Type type, int index) {
    /** The main memory. */
    public static final Device CPU = new Device(Type.CPU, -1);

    /** A device without memory: tensors on it have shapes and types, and no values. */
    public static final Device META = new Device(Type.META, -1);

    private static final Pattern TEXT = Pattern.compile("([a-z0-9]+)(?::(0|[1-9][0-9]{0,2}))?");

    /** The kinds of device, with libtorch's numbers ({@code c10::DeviceType}). */
    public enum Type {
        CPU(0),
        CUDA(1),
        XLA(9),
        META(14),
        HPU(15),
        MPS(13),
        XPU(12),
        PRIVATEUSE1(20);

        private final int code;

        Type(int code) {
            this.code = code;
        }

        static Type of(int code) {
            for (Type type : values()) {
                if (type.code == code) {
                    return type;
                }
            }
            throw new IllegalArgumentException("libtorch's device type number " + code + " is not known");
        }

        /** libtorch's number. */
        public int code() {
            return code;
        }

        /** Python's name: {@code "cuda"}. */
        public String pythonName() {
            return this == PRIVATEUSE1 ? "privateuseone" : name().toLowerCase(Locale.ROOT);
        }
    }

    public Device {
        if (index < -1 || index > 127) {
            throw new IllegalArgumentException("device index " + index + " is out of range; -1 to 127 are possible");
        }
    }

    /** Parses {@code "cpu"}, {@code "cuda"}, {@code "cuda:1"} and so on. */
    public static Device of(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (matcher.matches()) {
            for (Type type : Type.values()) {
                if (type.pythonName().equals(matcher.group(1))) {
                    return new Device(type, matcher.group(2) == null ? -1 : Integer.parseInt(matcher.group(2)));
                }
            }
        }
        throw new IllegalArgumentException("'" + text + "' is not a device; try cpu, cuda, cuda:1, mps or meta");
    }

    /** Decodes what the native side sends: the type in the low byte, the index above it. */
    static Device decode(int code) {
        return new Device(Type.of(code & 0xff), (byte) (code >> 8));
    }

    int encode() {
        return type.code | (index & 0xff) << 8;
    }

    public boolean isCpu() {
        return type == Type.CPU;
    }

    public boolean isCuda() {
        return type == Type.CUDA;
    }

    /** Python's text: {@code "cuda:1"}. */
    @Override
    public String toString() {
        return index < 0 ? type.pythonName() : type.pythonName() + ":" + index;
    }
}
