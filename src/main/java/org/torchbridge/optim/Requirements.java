package org.torchbridge.optim;

import java.util.List;

/** What options must be. */
final class Requirements {
    private static final int PAIR = 2;

    private Requirements() {}

    static void notNegative(String name, double value) {
        if (!(value >= 0)) {
            throw new IllegalArgumentException(name + " is " + value + "; 0 or more is expected");
        }
    }

    static void positive(String name, double value) {
        if (!(value > 0)) {
            throw new IllegalArgumentException(name + " is " + value + "; more than 0 is expected");
        }
    }

    static void atMostOne(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " is " + value + "; 0 to 1 is expected");
        }
    }

    /** Two shares that are kept of running means. */
    static void betas(List<Double> betas) {
        pair("betas", betas);
        for (int i = 0; i < PAIR; i++) {
            double beta = betas.get(i);
            if (!(beta >= 0 && beta < 1)) {
                throw new IllegalArgumentException(
                        "beta" + (i + 1) + " is " + beta + "; 0 or more and less than 1 is expected");
            }
        }
    }

    static void pair(String name, List<Double> values) {
        if (values.size() != PAIR) {
            throw new IllegalArgumentException(name + " is " + values + "; two values are expected");
        }
    }
}
