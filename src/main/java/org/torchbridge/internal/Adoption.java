package org.torchbridge.internal;

import java.util.function.LongFunction;

/**
 * Makes tensors of the handles that native methods return, for the rooms. What a handle is taken over by, the class
 * {@code Tensor} lends: its users cannot take over a number that is no handle, or belongs to another tensor.
 */
public final class Adoption {
    private static volatile LongFunction<?> adopter;

    private Adoption() {}

    /** To be called by {@code Tensor}, once. */
    public static void lend(LongFunction<?> adopter) {
        Adoption.adopter = adopter;
    }

    /** The {@code Tensor} of a handle that belongs to the caller; null for handle 0. */
    @SuppressWarnings("unchecked") // the type is that of Tensor alone
    public static <T> T adopt(long handle) {
        if (adopter == null) {
            load();
        }
        return (T) adopter.apply(handle);
    }

    /** Lets {@code Tensor} lend, where a program that made no tensor yet gets its first one from here. */
    private static void load() {
        try {
            Class.forName("org.torchbridge.Tensor");
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
