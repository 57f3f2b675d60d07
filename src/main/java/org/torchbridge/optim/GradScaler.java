package org.torchbridge.optim;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.GradMode;
import org.torchbridge.Layout;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.internal.NativeOperators;
import org.torchbridge.internal.Records;
import org.torchbridge.nn.Parameter;

/**
 * Keeps small gradients of {@code float16} from becoming zero: multiplies the loss by a large scale, and divides the
 * gradients by it before the optimizer's step. A step whose gradients are infinite or not numbers is left out, and the
 * scale made smaller; after many steps without such it becomes larger.
 *
 * <pre>{@code
 * GradScaler scaler = new GradScaler();
 * optimizer.zeroGrad();
 * scaler.scale(loss).backward();
 * scaler.step(optimizer);
 * scaler.update();
 * }</pre>
 *
 * <p>The scale lives on the device of the first tensor that is scaled, so Python's argument {@code device} has no
 * counterpart.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/amp.html#gradient-scaling">GradScaler</a>.
 */
public final class GradScaler {
    private static final String NO_SCALE =
            " but there is no scale yet. This may indicate your script did not use scaler.scale(loss or outputs)"
                    + " earlier in the iteration.";

    private final boolean enabled;
    private final Map<Optimizer<?>, Progress> optimizers = new IdentityHashMap<>();
    private double initScale;
    private double growthFactor;
    private double backoffFactor;
    private long growthInterval;
    private long initGrowthTracker;
    private @Nullable Tensor scale;
    private @Nullable Tensor growthTracker;

    private enum Stage {
        UNSCALED,
        STEPPED
    }

    /** How far an optimizer is since the last update, and whether its gradients were not finite, for each device. */
    private record Progress(Stage stage, List<Tensor> foundInfs) {
        boolean foundInf() {
            return foundInfs.stream().anyMatch(found -> found.toDouble() != 0);
        }
    }

    /**
     * initScale 65536, growthFactor 2, backoffFactor 0.5, growthInterval 2000, enabled, unless set otherwise.
     *
     * @param initScale the scale at first
     * @param growthFactor by what the scale is multiplied to make it larger, more than 1
     * @param backoffFactor by what the scale is multiplied to make it smaller, less than 1
     * @param growthInterval after how many good steps it becomes larger
     * @param enabled whether anything is scaled at all
     */
    public record Options(
            double initScale, double growthFactor, double backoffFactor, long growthInterval, boolean enabled) {
        private static final Options DEFAULT = new Options(65536, 2, 0.5, 2000, true);

        public Options {
            if (!(growthFactor > 1)) {
                throw new IllegalArgumentException("growthFactor is " + growthFactor + "; more than 1 is expected");
            }
            if (!(backoffFactor < 1)) {
                throw new IllegalArgumentException("backoffFactor is " + backoffFactor + "; less than 1 is expected");
            }
        }

        public Options initScale(double initScale) {
            return Records.with(this, "initScale", initScale);
        }

        public Options growthFactor(double growthFactor) {
            return Records.with(this, "growthFactor", growthFactor);
        }

        public Options backoffFactor(double backoffFactor) {
            return Records.with(this, "backoffFactor", backoffFactor);
        }

        public Options growthInterval(long growthInterval) {
            return Records.with(this, "growthInterval", growthInterval);
        }

        public Options enabled(boolean enabled) {
            return Records.with(this, "enabled", enabled);
        }
    }

    public GradScaler() {
        this(options());
    }

    public GradScaler(Options options) {
        enabled = options.enabled();
        initScale = options.initScale();
        growthFactor = options.growthFactor();
        backoffFactor = options.backoffFactor();
        growthInterval = options.growthInterval();
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    /** The product of {@code outputs} and the scale; {@code outputs} itself if scaling is off. */
    public Tensor scale(Tensor outputs) {
        if (!enabled) {
            return outputs;
        }
        if (scale == null) {
            start(outputs.device());
        }
        return outputs.mul(scale.to(outputs.device()));
    }

    /** The products of {@code outputs} and the scale. */
    public List<Tensor> scale(List<Tensor> outputs) {
        return outputs.stream().map(this::scale).toList();
    }

    private void start(Device device) {
        TensorOptions kind = TensorOptions.of(DType.FLOAT32).device(device);
        scale = Scope.escape(Torch.scalarTensor(initScale, kind));
        growthTracker = Scope.escape(Torch.scalarTensor(
                initGrowthTracker, TensorOptions.of(DType.INT32).device(device)));
    }

    /**
     * Divides the gradients of {@code optimizer}'s parameters by the scale, so that they can be clipped, for instance;
     * {@link #step} does it otherwise.
     *
     * @throws IllegalStateException if that was done since the last {@link #update}
     */
    public void unscale_(Optimizer<?> optimizer) {
        if (!enabled) {
            return;
        }
        if (scale == null) {
            throw new IllegalStateException("Attempted unscale_" + NO_SCALE);
        }
        Progress progress = optimizers.get(optimizer);
        if (progress != null) {
            throw new IllegalStateException(
                    progress.stage == Stage.UNSCALED
                            ? "unscale_() has already been called on this optimizer since the last update()."
                            : "unscale_() is being called after step().");
        }
        try (Scope scope = Scope.open();
                GradMode mode = Torch.noGrad()) {
            Tensor inverse = scale.to(DType.FLOAT64).reciprocal().to(DType.FLOAT32);
            Map<Device, Map<DType, List<Tensor>>> gradients = gradients(optimizer);
            List<Tensor> foundInfs = new ArrayList<>();
            gradients.forEach((device, byType) -> {
                Tensor found = Scope.escape(
                        Torch.zeros(new long[0], TensorOptions.of(DType.FLOAT32).device(device)));
                Tensor factor = inverse.to(device);
                byType.values()
                        .forEach(alike -> NativeOperators._amp_foreach_non_finite_check_and_unscale_(
                                Batch.handles(alike, gradient -> gradient), found.handle(), factor.handle()));
                foundInfs.add(found);
            });
            optimizers.put(optimizer, new Progress(Stage.UNSCALED, foundInfs));
        }
    }

    private static Map<Device, Map<DType, List<Tensor>>> gradients(Optimizer<?> optimizer) {
        Map<Device, Map<DType, List<Tensor>>> gradients = new LinkedHashMap<>();
        for (ParamGroup<?> group : optimizer.paramGroups()) {
            for (Parameter parameter : group.parameters()) {
                Tensor gradient = parameter.grad();
                if (gradient == null) {
                    continue;
                }
                if (gradient.dtype() == DType.FLOAT16) {
                    throw new IllegalArgumentException("Attempting to unscale FP16 gradients.");
                }
                if (gradient.layout() == Layout.SPARSE_COO) {
                    gradient = gradient.coalesce();
                    parameter.tensor().grad(gradient);
                    gradient = gradient.values();
                }
                gradients
                        .computeIfAbsent(gradient.device(), device -> new LinkedHashMap<>())
                        .computeIfAbsent(gradient.dtype(), dtype -> new ArrayList<>())
                        .add(gradient);
            }
        }
        return gradients;
    }

    /**
     * Divides the gradients by the scale, unless {@link #unscale_} did, and takes {@code optimizer}'s step, unless they
     * are infinite or not numbers.
     *
     * @return whether the step was taken
     * @throws IllegalStateException if {@code optimizer} took its step since the last {@link #update}
     */
    public boolean step(Optimizer<?> optimizer) {
        if (!enabled) {
            optimizer.step();
            return true;
        }
        Progress progress = optimizers.get(optimizer);
        if (progress != null && progress.stage == Stage.STEPPED) {
            throw new IllegalStateException("step() has already been called since the last update().");
        }
        if (progress == null) {
            unscale_(optimizer);
        }
        List<Tensor> foundInfs = optimizers.get(optimizer).foundInfs;
        if (foundInfs.isEmpty()) {
            throw new IllegalStateException(
                    "No inf checks were recorded for this optimizer: none of its parameters has a gradient.");
        }
        Progress stepped = new Progress(Stage.STEPPED, foundInfs);
        optimizers.put(optimizer, stepped);
        if (stepped.foundInf()) {
            return false;
        }
        optimizer.step();
        return true;
    }

    /** Makes the scale smaller if a gradient was not finite, larger if enough steps were good; ends the iteration. */
    public void update() {
        if (!enabled) {
            return;
        }
        if (scale == null) {
            throw new IllegalStateException("Attempted update" + NO_SCALE);
        }
        if (optimizers.isEmpty()) {
            throw new IllegalStateException("No inf checks were recorded prior to update.");
        }
        try (Scope scope = Scope.open();
                GradMode mode = Torch.noGrad()) {
            Tensor found = Torch.zerosLike(scale);
            optimizers
                    .values()
                    .forEach(progress -> progress.foundInfs.forEach(other -> found.add_(other.to(found.device()))));
            NativeOperators._amp_update_scale_(
                    scale.handle(),
                    growthTracker.handle(),
                    found.handle(),
                    growthFactor,
                    backoffFactor,
                    growthInterval);
        }
        optimizers.clear();
    }

    /** Sets the scale; ends the iteration. */
    public void update(double newScale) {
        if (!enabled) {
            return;
        }
        if (scale == null) {
            throw new IllegalStateException("Attempted update" + NO_SCALE);
        }
        scale.fill_(newScale);
        optimizers.clear();
    }

    /** The scale, 1 if scaling is off. */
    public double getScale() {
        if (!enabled) {
            return 1;
        }
        return scale == null ? initScale : scale.toDouble();
    }

    public double getGrowthFactor() {
        return growthFactor;
    }

    public void setGrowthFactor(double newFactor) {
        growthFactor = newFactor;
    }

    public double getBackoffFactor() {
        return backoffFactor;
    }

    public void setBackoffFactor(double newFactor) {
        backoffFactor = newFactor;
    }

    public long getGrowthInterval() {
        return growthInterval;
    }

    public void setGrowthInterval(long newInterval) {
        growthInterval = newInterval;
    }

    public boolean isEnabled() {
        return enabled;
    }

    /** The state as Python's {@code state_dict()} has it; empty if scaling is off. */
    public Map<String, Object> stateDict() {
        Map<String, Object> state = new LinkedHashMap<>();
        if (enabled) {
            state.put("scale", getScale());
            state.put("growth_factor", growthFactor);
            state.put("backoff_factor", backoffFactor);
            state.put("growth_interval", growthInterval);
            state.put("_growth_tracker", growthTracker == null ? initGrowthTracker : growthTracker.toLong());
        }
        return state;
    }

    /**
     * Takes over a state that {@link #stateDict} or Python gave.
     *
     * @throws IllegalArgumentException if it is that of a scaler that was off
     */
    public void loadStateDict(Map<String, ?> stateDict) {
        if (!enabled) {
            return;
        }
        if (stateDict.isEmpty()) {
            throw new IllegalArgumentException("The source state dict is empty, possibly because it was saved from a"
                    + " disabled instance of GradScaler.");
        }
        initScale = number(stateDict, "scale").doubleValue();
        growthFactor = number(stateDict, "growth_factor").doubleValue();
        backoffFactor = number(stateDict, "backoff_factor").doubleValue();
        growthInterval = number(stateDict, "growth_interval").longValue();
        initGrowthTracker = number(stateDict, "_growth_tracker").longValue();
        if (scale != null) {
            scale.fill_(initScale);
            growthTracker.fill_(initGrowthTracker);
        }
    }

    private static Number number(Map<String, ?> stateDict, String key) {
        if (stateDict.get(key) instanceof Number number) {
            return number;
        }
        throw new IllegalArgumentException(
                "the state dict of a scaler has the number '" + key + "'; this one has " + stateDict);
    }
}
