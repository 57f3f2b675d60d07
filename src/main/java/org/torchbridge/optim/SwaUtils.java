package org.torchbridge.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Device;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.TensorList;
import org.torchbridge.nn.BatchNorm;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.Module;

/**
 * The functions of Python's {@code torch.optim.swa_utils}: how an {@link AveragedModel} averages, and what its batch norms
 * need afterwards.
 */
public final class SwaUtils {
    private static final double DECAY = 0.999;

    private SwaUtils() {}

    /** A moving average that keeps the share 0.999. */
    public static AveragedModel.MultiAvgFn getEmaMultiAvgFn() {
        return getEmaMultiAvgFn(DECAY);
    }

    /** A moving average: {@code decay · averaged + (1 - decay) · current}. */
    public static AveragedModel.MultiAvgFn getEmaMultiAvgFn(double decay) {
        requireShare(decay);
        return (averaged, current, numAveraged) -> move(averaged, current, 1 - decay);
    }

    /** The mean of all values. */
    public static AveragedModel.MultiAvgFn getSwaMultiAvgFn() {
        return (averaged, current, numAveraged) -> move(averaged, current, 1.0 / (numAveraged + 1));
    }

    /** A moving average of one parameter that keeps the share 0.999. */
    public static AveragedModel.AvgFn getEmaAvgFn() {
        return getEmaAvgFn(DECAY);
    }

    /** A moving average of one parameter: {@code decay · averaged + (1 - decay) · current}. */
    public static AveragedModel.AvgFn getEmaAvgFn(double decay) {
        requireShare(decay);
        return (averaged, current, numAveraged) -> averaged.mul(decay).add(current.mul(1 - decay));
    }

    /** The mean of all values of one parameter. */
    public static AveragedModel.AvgFn getSwaAvgFn() {
        return SwaUtils::mean;
    }

    /**
     * Computes the running values of the batch norms in {@code model} anew, as the mean over all {@code loader}'s batches:
     * averaged weights do not go with averaged running values.
     */
    public static void updateBn(Iterable<Tensor> loader, Layer model) {
        updateBn(loader, model, null);
    }

    /** As {@link #updateBn(Iterable, Layer)}, with each batch moved to {@code device}. */
    public static void updateBn(Iterable<Tensor> loader, Layer model, @Nullable Device device) {
        Map<BatchNorm, Double> momenta = new LinkedHashMap<>();
        for (Module module : model.modules()) {
            if (module instanceof BatchNorm norm) {
                norm.resetRunningStats();
                momenta.put(norm, norm.settings().momentum());
                norm.momentum(null);
            }
        }
        if (momenta.isEmpty()) {
            return;
        }
        boolean wasTraining = model.isTraining();
        model.train();
        try (GradMode mode = Torch.noGrad()) {
            for (Tensor input : loader) {
                Scope.run(() -> model.call(device == null ? input : input.to(device)));
            }
        } finally {
            momenta.forEach(BatchNorm::momentum);
            model.train(wasTraining);
        }
    }

    /** What an averaged model does unless it is told otherwise. */
    static void mean(List<Tensor> averaged, List<Tensor> current, long numAveraged) {
        for (int i = 0; i < averaged.size(); i++) {
            averaged.get(i).copy_(mean(averaged.get(i), current.get(i), numAveraged));
        }
    }

    private static Tensor mean(Tensor averaged, Tensor current, long numAveraged) {
        return averaged.add(current.sub(averaged).div(numAveraged + 1));
    }

    static boolean isFractional(Tensor tensor) {
        return tensor.dtype().isFloatingPoint() || tensor.dtype().isComplex();
    }

    /** Moves {@code averaged} towards {@code current} by a share; whole numbers are cut off. */
    private static void move(List<Tensor> averaged, List<Tensor> current, double share) {
        if (isFractional(averaged.get(0))) {
            try (TensorList.Arena arena = new TensorList.Arena()) {
                arena.list(Batch.handles(averaged, tensor -> tensor))
                        .lerp_(arena.list(Batch.handles(current, tensor -> tensor)), share);
            }
            return;
        }
        for (int i = 0; i < averaged.size(); i++) {
            Tensor kept = averaged.get(i).mul(1 - share);
            averaged.get(i).copy_(kept.add(current.get(i).mul(share)));
        }
    }

    private static void requireShare(double decay) {
        if (!(decay >= 0 && decay <= 1)) {
            throw new IllegalArgumentException(
                    "Invalid decay value " + decay + " provided. Please provide a value in [0,1] range.");
        }
    }
}
