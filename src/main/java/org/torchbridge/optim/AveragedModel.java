package org.torchbridge.optim;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.Records;
import org.torchbridge.nn.Buffer;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.Parameter;

/**
 * A copy of a model whose parameters are the average of those that the model has had: the mean of all, or a moving average
 * with {@link SwaUtils#getEmaMultiAvgFn}.
 *
 * <pre>{@code
 * AveragedModel<Net> averaged = new AveragedModel<>(model);
 * for (int epoch = 0; epoch < 10; epoch++) {
 *     train(model);
 *     averaged.updateParameters(model);
 * }
 * SwaUtils.updateBn(inputs, averaged);
 * }</pre>
 *
 * <p>The first update copies the model's parameters. {@code module} is the copy itself, for models that are not called
 * with one tensor.
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.optim.swa_utils.AveragedModel.html">AveragedModel</a>.
 */
public final class AveragedModel<M extends Module> extends Layer {
    public final Buffer nAveraged = new Buffer(Torch.zeros(new long[0], DType.INT64));
    public final M module;

    private final Options options;

    /** Gives the new value of one parameter. */
    @FunctionalInterface
    public interface AvgFn {
        Tensor average(Tensor averaged, Tensor current, long numAveraged);
    }

    /** Changes the averaged values of many parameters in place. */
    @FunctionalInterface
    public interface MultiAvgFn {
        void average(List<Tensor> averaged, List<Tensor> current, long numAveraged);
    }

    /**
     * The mean of all values, on the model's device, buffers not averaged, unless set otherwise.
     *
     * @param device where the copy is; null means where the model is
     * @param avgFn gives the new value of a parameter
     * @param multiAvgFn changes the averaged values of all parameters; not together with {@code avgFn}
     * @param useBuffers whether buffers are averaged too, instead of copied
     */
    public record Options(
            @Nullable Device device, @Nullable AvgFn avgFn, @Nullable MultiAvgFn multiAvgFn, boolean useBuffers) {
        private static final Options DEFAULT = new Options(null, null, null, false);

        public Options {
            if (avgFn != null && multiAvgFn != null) {
                throw new IllegalArgumentException("Only one of avg_fn and multi_avg_fn should be provided");
            }
        }

        public Options device(@Nullable Device device) {
            return Records.with(this, "device", device);
        }

        public Options avgFn(@Nullable AvgFn avgFn) {
            return Records.with(this, "avgFn", avgFn);
        }

        public Options multiAvgFn(@Nullable MultiAvgFn multiAvgFn) {
            return Records.with(this, "multiAvgFn", multiAvgFn);
        }

        public Options useBuffers(boolean useBuffers) {
            return Records.with(this, "useBuffers", useBuffers);
        }
    }

    public AveragedModel(M model) {
        this(model, options());
    }

    public AveragedModel(M model, Options options) {
        this.options = options;
        module = model.deepCopy();
        if (options.device() != null) {
            to(options.device());
        }
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    /** What the averaged model makes of {@code input}, if it is a layer. */
    @Override
    public Tensor forward(Tensor input) {
        if (module instanceof Layer layer) {
            return layer.call(input);
        }
        throw new IllegalStateException(
                module.getClass().getSimpleName() + " is not called with one tensor; call averaged.module instead");
    }

    /** Takes the parameters that {@code model} has now into the average. */
    public void updateParameters(Module model) {
        try (Scope scope = Scope.open();
                GradMode mode = Torch.noGrad()) {
            List<Tensor> averaged = values(module);
            List<Tensor> current = here(values(model), averaged);
            long count = nAveraged.tensor().toLong();
            if (count == 0) {
                copy(current, averaged);
            } else {
                average(averaged, current, count);
            }
            if (!options.useBuffers()) {
                copy(buffers(model), buffers(module));
            }
            nAveraged.tensor().add_(1);
        }
    }

    private void average(List<Tensor> averaged, List<Tensor> current, long count) {
        if (options.avgFn() != null) {
            for (int i = 0; i < averaged.size(); i++) {
                averaged.get(i).copy_(options.avgFn().average(averaged.get(i), current.get(i), count));
            }
            return;
        }
        MultiAvgFn function = options.multiAvgFn() == null ? SwaUtils::mean : options.multiAvgFn();
        for (boolean fractional : new boolean[] {true, false}) {
            List<Tensor> some = new ArrayList<>();
            List<Tensor> others = new ArrayList<>();
            for (int i = 0; i < averaged.size(); i++) {
                if (SwaUtils.isFractional(averaged.get(i)) == fractional) {
                    some.add(averaged.get(i));
                    others.add(current.get(i));
                }
            }
            if (!some.isEmpty()) {
                function.average(some, others, count);
            }
        }
    }

    private List<Tensor> values(Module model) {
        List<Tensor> values = new ArrayList<>();
        for (Parameter parameter : model.parameters()) {
            values.add(parameter.tensor().detach());
        }
        if (options.useBuffers()) {
            values.addAll(buffers(model));
        }
        return values;
    }

    private static List<Tensor> buffers(Module model) {
        return model.buffers().stream().map(Buffer::tensor).toList();
    }

    private static List<Tensor> here(List<Tensor> tensors, List<Tensor> others) {
        List<Tensor> moved = new ArrayList<>();
        for (int i = 0; i < tensors.size(); i++) {
            moved.add(tensors.get(i).to(others.get(i).device()));
        }
        return moved;
    }

    private static void copy(List<Tensor> from, List<Tensor> to) {
        for (int i = 0; i < from.size(); i++) {
            to.get(i).copy_(from.get(i));
        }
    }
}
