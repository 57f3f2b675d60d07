package org.torchbridge.optim;

/** What options must be. */
final class Requirements {
    private Requirements() {}

    static void notNegative(String name, double value) {
        if (!(value >= 0)) {
            throw new IllegalArgumentException(name + " is " + value + "; 0 or more is expected");
        }
    }

    static void belowOne(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(name + " is " + value + "; 0 or more and less than 1 is expected");
        }
    }
}
