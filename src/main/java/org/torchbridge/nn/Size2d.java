package org.torchbridge.nn;

/**
 * A height and a width: of a kernel, a stride, a padding. {@code of(3)} is the same number for both, and is printed as
 * one, as Python prints what it was given.
 *
 * @param single whether one number was given for both
 */
public record Size2d(long height, long width, boolean single) {

    public Size2d {
        if (single && height != width) {
            throw new IllegalArgumentException(
                    "a height of " + height + " and a width of " + width + " are not one number");
        }
    }

    public static Size2d of(long both) {
        return new Size2d(both, both, true);
    }

    public static Size2d of(long height, long width) {
        return new Size2d(height, width, false);
    }

    long[] toArray() {
        return new long[] {height, width};
    }

    boolean isBoth(long value) {
        return height == value && width == value;
    }

    /** As Python prints two numbers, however they were given. */
    String pair() {
        return "(" + height + ", " + width + ")";
    }

    @Override
    public String toString() {
        return single ? Long.toString(height) : pair();
    }
}
