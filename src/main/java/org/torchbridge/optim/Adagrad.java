package org.torchbridge.optim;

import java.util.Map;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.NativeOperators;
import org.torchbridge.internal.Records;
import org.torchbridge.nn.Parameter;

/**
 * Adagrad: gradients divided by the root of the sum of their squares so far:
 *
 * <pre>
 * s = s + g²
 * p = p - lr / (1 + (t - 1) · lrDecay) · g / (√s + eps)
 * </pre>
 *
 * <p>A sparse gradient changes only the elements that it has; weight decay does not go with it.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.Adagrad.html">Adagrad</a>.
 */
public final class Adagrad extends Optimizer<Adagrad.Options> {
    private static final String SUM = "sum";
    private static final GroupKeys KEYS = new GroupKeys(
            "lr",
            "lr_decay=0",
            "eps",
            "weight_decay=0",
            "initial_accumulator_value=0",
            "foreach",
            "maximize",
            "differentiable",
            "fused");

    /**
     * lr 1e-2, eps 1e-10, all others 0 or false, unless set otherwise.
     *
     * @param lrDecay how fast the learning rate falls
     * @param eps what is added to the divisor
     * @param weightDecay how much of the parameter is added to its gradient
     * @param initialAccumulatorValue what the sums of squares begin with
     * @param maximize whether to go up instead of down
     */
    public record Options(
            double lr, double lrDecay, double eps, double weightDecay, double initialAccumulatorValue, boolean maximize)
            implements Optimizer.Options<Options> {
        private static final Options DEFAULT = new Options(1e-2, 0, 1e-10, 0, 0, false);

        public Options {
            Requirements.notNegative("lr", lr);
            Requirements.notNegative("lrDecay", lrDecay);
            Requirements.notNegative("eps", eps);
            Requirements.notNegative("weightDecay", weightDecay);
            Requirements.notNegative("initialAccumulatorValue", initialAccumulatorValue);
        }

        @Override
        public Options lr(double lr) {
            return Records.with(this, "lr", lr);
        }

        public Options lrDecay(double lrDecay) {
            return Records.with(this, "lrDecay", lrDecay);
        }

        public Options eps(double eps) {
            return Records.with(this, "eps", eps);
        }

        public Options weightDecay(double weightDecay) {
            return Records.with(this, "weightDecay", weightDecay);
        }

        public Options initialAccumulatorValue(double initialAccumulatorValue) {
            return Records.with(this, "initialAccumulatorValue", initialAccumulatorValue);
        }

        public Options maximize(boolean maximize) {
            return Records.with(this, "maximize", maximize);
        }
    }

    public Adagrad(Iterable<Parameter> params) {
        this(params, options());
    }

    public Adagrad(Iterable<Parameter> params, double lr) {
        this(params, options().lr(lr));
    }

    public Adagrad(Iterable<Parameter> params, Options options) {
        super(KEYS, params, options, options());
    }

    /** For parameters whose names the state dict is to have. */
    public Adagrad(Map<String, Parameter> params, Options options) {
        this(new NamedParameters(params), options);
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    @Override
    void prepare(ParameterState state, Options options) {
        Scope.run(() -> {
            try (GradMode mode = Torch.noGrad()) {
                state.tensor(SUM, options.initialAccumulatorValue());
            }
        });
    }

    @Override
    void update(Batch batch, Options options) {
        NativeOperators._fused_adagrad_(
                batch.parameters().handles(),
                batch.gradients().handles(),
                batch.state(SUM, options.initialAccumulatorValue()).handles(),
                batch.stepHandles(),
                options.lr(),
                options.lrDecay(),
                options.weightDecay(),
                options.eps(),
                options.maximize(),
                0,
                0);
    }

    @Override
    void updateSparse(ParameterState state, Tensor given, Options options) {
        if (options.weightDecay() != 0) {
            throw new IllegalArgumentException("weight_decay option is not compatible with sparse gradients");
        }
        SparseGradient gradient = SparseGradient.of(given, options.maximize());
        Tensor sum = state.tensor(SUM, options.initialAccumulatorValue());
        sum.add_(gradient.with(gradient.values().square()));
        Tensor divisor = gradient.elementsOf(sum).sqrt_().add_(options.eps());
        double lr = options.lr() / (1 + state.steps() * options.lrDecay());
        state.parameter().add_(gradient.with(gradient.values().div(divisor)), -lr);
    }
}
