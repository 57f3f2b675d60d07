package org.torchbridge.optim.lr;

/** How a value goes from its start to its end. */
public enum AnnealStrategy {
    /** Along half a cosine. */
    COS {
        @Override
        double between(double start, double end, double share) {
            return end + (start - end) / 2 * (Math.cos(Math.PI * share) + 1);
        }
    },
    /** In a straight line. */
    LINEAR {
        @Override
        double between(double start, double end, double share) {
            return (end - start) * share + start;
        }
    };

    abstract double between(double start, double end, double share);
}
