package org.torchbridge.cli;

import java.util.Arrays;
import org.torchbridge.data.Batch;

/**
 * How long a training step takes.
 *
 * @param frozen seconds with a part of the model frozen, the median of several steps
 * @param unfrozen seconds with nothing frozen
 */
record StepTimes(double frozen, double unfrozen) {
    private static final int WARM_UP = 2;
    private static final int STEPS = 7;

    /** Times both in turn, so that what else the machine does slows both. */
    static StepTimes measure(Trainer frozen, Trainer unfrozen, Batch batch) {
        double[] frozenSeconds = new double[STEPS];
        double[] unfrozenSeconds = new double[STEPS];
        for (int i = -WARM_UP; i < STEPS; i++) {
            double first = seconds(frozen, batch);
            double second = seconds(unfrozen, batch);
            if (i >= 0) {
                frozenSeconds[i] = first;
                unfrozenSeconds[i] = second;
            }
        }
        return new StepTimes(median(frozenSeconds), median(unfrozenSeconds));
    }

    private static double seconds(Trainer trainer, Batch batch) {
        long start = System.nanoTime();
        trainer.step(batch);
        return (System.nanoTime() - start) / 1e9;
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
