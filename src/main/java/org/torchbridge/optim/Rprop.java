package org.torchbridge.optim;

import java.util.List;
import java.util.Map;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.Records;
import org.torchbridge.nn.Parameter;

/**
 * Resilient backpropagation: each element has a step size of its own, which grows by etas' second factor while the
 * gradient keeps its sign and shrinks by the first when the sign changes; only the gradient's sign counts.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.Rprop.html">Rprop</a>.
 */
public final class Rprop extends Optimizer<Rprop.Options> {
    private static final GroupKeys KEYS =
            new GroupKeys("lr", "etas", "step_sizes=50", "foreach", "maximize", "differentiable", "capturable");

    /**
     * lr 1e-2, etas 0.5 and 1.2, step sizes 1e-6 to 50, unless set otherwise.
     *
     * @param lr the step size at first
     * @param etas the factors by which a step size shrinks and grows
     * @param stepSizes the least and the largest step size
     * @param maximize whether to go up instead of down
     */
    public record Options(double lr, List<Double> etas, List<Double> stepSizes, boolean maximize)
            implements Optimizer.Options<Options> {
        private static final Options DEFAULT = new Options(1e-2, List.of(0.5, 1.2), List.of(1e-6, 50.0), false);

        public Options {
            Requirements.notNegative("lr", lr);
            Requirements.pair("stepSizes", stepSizes);
            Requirements.pair("etas", etas);
            if (!(etas.get(0) > 0 && etas.get(0) < 1 && etas.get(1) > 1)) {
                throw new IllegalArgumentException(
                        "etas is " + etas + "; a factor between 0 and 1 and one that is greater than 1 are expected");
            }
        }

        @Override
        public Options lr(double lr) {
            return Records.with(this, "lr", lr);
        }

        public Options etas(double etaMinus, double etaPlus) {
            return Records.with(this, "etas", List.of(etaMinus, etaPlus));
        }

        public Options stepSizes(double least, double most) {
            return Records.with(this, "stepSizes", List.of(least, most));
        }

        public Options maximize(boolean maximize) {
            return Records.with(this, "maximize", maximize);
        }
    }

    public Rprop(Iterable<Parameter> params) {
        this(params, options());
    }

    public Rprop(Iterable<Parameter> params, double lr) {
        this(params, options().lr(lr));
    }

    public Rprop(Iterable<Parameter> params, Options options) {
        super(KEYS, params, options, options());
    }

    /** For parameters whose names the state dict is to have. */
    public Rprop(Map<String, Parameter> params, Options options) {
        this(new NamedParameters(params), options);
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    @Override
    void update(Batch batch, Options options) {
        for (int i = 0; i < batch.states().size(); i++) {
            update(batch.states().get(i), ParameterState.real(batch.gradient(i)), options);
        }
    }

    private static void update(ParameterState state, Tensor given, Options options) {
        double etaMinus = options.etas().get(0);
        Tensor gradient = options.maximize() ? given.neg() : given.clone();
        Tensor previous = ParameterState.real(state.tensor("prev"));
        Tensor stepSize = ParameterState.real(state.tensor("step_size", options.lr()));
        Tensor agreement = gradient.mul(previous);
        Tensor turned = agreement.lt(0);
        Tensor factor = Torch.onesLike(gradient)
                .maskedFill_(agreement.gt(0), options.etas().get(1))
                .maskedFill_(turned, etaMinus);
        stepSize.mul_(factor)
                .clamp_(options.stepSizes().get(0), options.stepSizes().get(1));
        gradient.maskedFill_(turned, 0);
        ParameterState.real(state.parameter()).addcmul_(gradient.sign(), stepSize, -1);
        previous.copy_(gradient);
    }
}
