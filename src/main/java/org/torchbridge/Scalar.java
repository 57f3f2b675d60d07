package org.torchbridge;

import java.math.BigInteger;

/**
 * A single number with one of libtorch's four kinds: floating point, integral, complex or boolean.
 *
 * <p>Operators take any {@link Number}: whole ones ({@code Integer}, {@code Long} ...) count as integral, {@code Float}
 * and {@code Double} as floating point, as in Python. A {@code Scalar} is needed for complex numbers and booleans only:
 *
 * <pre>{@code
 * x.mul(2);
 * x.add(y, 0.5);
 * x.mul(Scalar.complex(0, 1));
 * Torch.full(new long[] {2}, Scalar.of(true));
 * }</pre>
 */
public final class Scalar extends Number {
    private static final long serialVersionUID = 1L;

    // The numbers of c10::Scalar's tags, which the native side expects.
    static final int NONE = -1;
    static final int DOUBLE = 0;
    static final int LONG = 1;
    static final int UNSIGNED = 2;
    static final int COMPLEX = 3;
    static final int BOOLEAN = 4;

    private final int kind;
    private final long bits;
    private final long imaginaryBits;

    private Scalar(int kind, long bits, long imaginaryBits) {
        this.kind = kind;
        this.bits = bits;
        this.imaginaryBits = imaginaryBits;
    }

    public static Scalar of(double value) {
        return new Scalar(DOUBLE, Double.doubleToRawLongBits(value), 0);
    }

    public static Scalar of(long value) {
        return new Scalar(LONG, value, 0);
    }

    public static Scalar of(boolean value) {
        return new Scalar(BOOLEAN, value ? 1 : 0, 0);
    }

    public static Scalar complex(double real, double imaginary) {
        return new Scalar(COMPLEX, Double.doubleToRawLongBits(real), Double.doubleToRawLongBits(imaginary));
    }

    /** What the native side sends: kind, payload and, for complex numbers, the imaginary part. */
    static Scalar decode(long[] parts) {
        return decode(parts, 0);
    }

    static Scalar decode(long[] parts, int from) {
        int kind = (int) parts[from];
        // The second half of a payload that is not complex is whatever was in memory.
        return new Scalar(kind, parts[from + 1], kind == COMPLEX ? parts[from + 2] : 0);
    }

    static int kind(Number value) {
        if (value == null) {
            return NONE;
        }
        if (value instanceof Scalar scalar) {
            return scalar.kind;
        }
        return value instanceof Double || value instanceof Float ? DOUBLE : LONG;
    }

    static long bits(Number value) {
        if (value == null) {
            return 0;
        }
        if (value instanceof Scalar scalar) {
            return scalar.bits;
        }
        if (value instanceof Double || value instanceof Float) {
            return Double.doubleToRawLongBits(value.doubleValue());
        }
        return value instanceof BigInteger big ? big.longValueExact() : value.longValue();
    }

    static long imaginaryBits(Number value) {
        return value instanceof Scalar scalar ? scalar.imaginaryBits : 0;
    }

    /** A whole number for a parameter that takes nothing else, such as a dimension. */
    static long wholeNumber(String parameter, Number value) {
        if (kind(value) == LONG) {
            return bits(value);
        }
        throw new IllegalArgumentException(parameter + " is " + value + "; a whole number is expected");
    }

    public boolean isComplex() {
        return kind == COMPLEX;
    }

    public boolean isBoolean() {
        return kind == BOOLEAN;
    }

    public boolean isFloatingPoint() {
        return kind == DOUBLE;
    }

    /** Whether this is a whole number, and not a boolean. */
    public boolean isInteger() {
        return kind == LONG || kind == UNSIGNED;
    }

    public boolean booleanValue() {
        return real() != 0 || imaginary() != 0;
    }

    /** The real part, which is the whole of a number that is not complex. */
    public double real() {
        return switch (kind) {
            case DOUBLE, COMPLEX -> Double.longBitsToDouble(bits);
            case UNSIGNED -> new BigInteger(Long.toUnsignedString(bits)).doubleValue();
            default -> bits;
        };
    }

    /** The imaginary part, 0 for a number that is not complex. */
    public double imaginary() {
        return kind == COMPLEX ? Double.longBitsToDouble(imaginaryBits) : 0;
    }

    /** {@inheritDoc} A complex number must have no imaginary part. */
    @Override
    public double doubleValue() {
        if (imaginary() != 0) {
            throw new TorchException("the complex number " + this + " has no value as a real number");
        }
        return real();
    }

    @Override
    public long longValue() {
        return kind == DOUBLE || kind == COMPLEX ? (long) doubleValue() : bits;
    }

    @Override
    public int intValue() {
        return (int) longValue();
    }

    @Override
    public float floatValue() {
        return (float) doubleValue();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Scalar scalar
                && scalar.kind == kind
                && scalar.bits == bits
                && scalar.imaginaryBits == imaginaryBits;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(bits * 31 + imaginaryBits) * 31 + kind;
    }

    @Override
    public String toString() {
        return switch (kind) {
            case DOUBLE -> Double.toString(real());
            case COMPLEX -> "(" + real() + (imaginaryBits < 0 ? "" : "+") + imaginary() + "j)";
            case BOOLEAN -> Boolean.toString(bits != 0);
            case UNSIGNED -> Long.toUnsignedString(bits);
            default -> Long.toString(bits);
        };
    }
}
