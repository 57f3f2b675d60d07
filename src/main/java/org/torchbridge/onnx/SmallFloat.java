package org.torchbridge.onnx;

import org.jspecify.annotations.Nullable;

/**
 * Floating point of less than eight bits: a sign, an exponent and a mantissa, with numbers below the smallest exponent in even
 * steps, and neither infinities nor NaN.
 *
 * @param exponentBits how many bits the exponent has
 * @param mantissaBits how many bits the mantissa has
 */
public record SmallFloat(int exponentBits, int mantissaBits) {
    /** The form of an element type; null for types of another kind. */
    public static @Nullable SmallFloat of(ElementType type) {
        return switch (type) {
            case FLOAT4E2M1 -> new SmallFloat(2, 1);
            case FLOAT6E2M3 -> new SmallFloat(2, 3);
            case FLOAT6E3M2 -> new SmallFloat(3, 2);
            default -> null;
        };
    }

    /** The exponent of the smallest number whose mantissa has a leading one. */
    public int smallestExponent() {
        return 2 - (1 << (exponentBits - 1));
    }

    /** The largest number. */
    public float largest() {
        return magnitude((1 << (exponentBits + mantissaBits)) - 1);
    }

    /** The number of each code, those with the sign bit last. */
    public float[] values() {
        int half = 1 << (exponentBits + mantissaBits);
        float[] values = new float[2 * half];
        for (int code = 0; code < half; code++) {
            values[code] = magnitude(code);
            values[half + code] = -magnitude(code);
        }
        return values;
    }

    private float magnitude(int code) {
        int exponent = code >> mantissaBits;
        int mantissa = code & ((1 << mantissaBits) - 1);
        int whole = exponent == 0 ? mantissa : mantissa + (1 << mantissaBits);
        return Math.scalb((float) whole, smallestExponent() + Math.max(exponent - 1, 0) - mantissaBits);
    }
}
