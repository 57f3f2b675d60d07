package org.torchbridge.optim.lr;

import java.util.List;
import org.torchbridge.internal.Records;
import org.torchbridge.optim.Optimizer;

/**
 * The factor of the learning rates goes from {@code startFactor} to {@code endFactor} in {@code totalIters} equal steps.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LinearLR.html">LinearLR</a>.
 */
public final class LinearLR extends LRScheduler {
    private double startFactor;
    private double endFactor;
    private long totalIters;

    /**
     * startFactor 1/3, endFactor 1, totalIters 5, unless set otherwise.
     *
     * @param startFactor the factor of the first step, more than 0 and at most 1
     * @param endFactor the factor of the last step, 0 to 1
     * @param totalIters in how many steps the end is reached
     * @param lastEpoch the number of the last step of a training that goes on
     */
    public record Options(double startFactor, double endFactor, long totalIters, long lastEpoch) {
        private static final Options DEFAULT = new Options(1.0 / 3, 1, 5, -1);

        public Options {
            if (!(startFactor > 0 && startFactor <= 1)) {
                throw new IllegalArgumentException("Starting multiplicative factor expected to be greater than 0 and"
                        + " less or equal to 1, not " + startFactor);
            }
            if (!(endFactor >= 0 && endFactor <= 1)) {
                throw new IllegalArgumentException(
                        "Ending multiplicative factor expected to be between 0 and 1, not " + endFactor);
            }
        }

        public Options startFactor(double startFactor) {
            return Records.with(this, "startFactor", startFactor);
        }

        public Options endFactor(double endFactor) {
            return Records.with(this, "endFactor", endFactor);
        }

        public Options totalIters(long totalIters) {
            return Records.with(this, "totalIters", totalIters);
        }

        public Options lastEpoch(long lastEpoch) {
            return Records.with(this, "lastEpoch", lastEpoch);
        }
    }

    public LinearLR(Optimizer<?> optimizer) {
        this(optimizer, options());
    }

    public LinearLR(Optimizer<?> optimizer, Options options) {
        super(optimizer);
        startFactor = options.startFactor();
        endFactor = options.endFactor();
        totalIters = options.totalIters();
        start(options.lastEpoch());
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    @Override
    protected List<Double> getLr() {
        if (lastEpoch() == 0) {
            return scaled(startFactor);
        }
        if (isInitial() || lastEpoch() > totalIters) {
            return unchanged();
        }
        double growth = endFactor - startFactor;
        return scaled(1 + growth / (totalIters * startFactor + (lastEpoch() - 1) * growth));
    }

    @Override
    protected List<Double> closedFormLr() {
        long passed = Math.min(totalIters, lastEpoch());
        return scaledBase(startFactor + (endFactor - startFactor) * passed / totalIters);
    }

    @Override
    protected void state(State state) {
        startFactor = state.of("start_factor", startFactor);
        endFactor = state.of("end_factor", endFactor);
        totalIters = state.of("total_iters", totalIters);
    }
}
