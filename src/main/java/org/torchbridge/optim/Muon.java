package org.torchbridge.optim;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.internal.Records;
import org.torchbridge.nn.Parameter;

/**
 * Muon, for the matrices of hidden layers: the momentum is made orthogonal before it becomes a step:
 *
 * <pre>
 * b = b + (1 - momentum) · (g - b)
 * u = g + momentum · (b - g)                  (without nesterov: u = b)
 * p = (1 - lr · weightDecay) · p - lr' · NewtonSchulz(u)
 * </pre>
 *
 * <p>lr' is the learning rate adjusted to the matrix's shape. The iteration is computed in bfloat16, as in Python. Other
 * parameters, such as biases and embeddings, belong to {@link AdamW}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.Muon.html">Muon</a>.
 */
public final class Muon extends Optimizer<Muon.Options> {
    private static final int MOST_STEPS = 100;
    private static final double MATCHING_FACTOR = 0.2;
    private static final GroupKeys KEYS = new GroupKeys(
            "lr",
            "weight_decay",
            "momentum",
            "nesterov",
            "ns_coefficients",
            "eps",
            "ns_steps",
            "adjust_lr_fn",
            "use_addmm");

    /**
     * lr 1e-3, weightDecay 0.1, momentum 0.95 with nesterov, nsCoefficients 3.4445, -4.775, 2.0315, eps 1e-7, nsSteps 5, unless set otherwise.
     *
     * @param weightDecay how much the parameters shrink in a step, times lr
     * @param momentum how much of the running mean of the gradient is kept
     * @param nesterov whether to look ahead by the momentum
     * @param nsCoefficients a, b and c of the iteration x = a x + (b A + c A²) x with A = x xᵀ
     * @param eps the least norm to divide by
     * @param nsSteps how often the iteration is done, less than 100
     * @param adjustLrFn how the learning rate depends on a matrix's shape; null is as {@link AdjustLrFn#ORIGINAL}
     * @param useAddmm whether to multiply and add at once, which rounds less
     */
    public record Options(
            double lr,
            double weightDecay,
            double momentum,
            boolean nesterov,
            List<Double> nsCoefficients,
            double eps,
            long nsSteps,
            @Nullable AdjustLrFn adjustLrFn,
            boolean useAddmm)
            implements Optimizer.Options<Options> {
        private static final Options DEFAULT =
                new Options(1e-3, 0.1, 0.95, true, List.of(3.4445, -4.775, 2.0315), 1e-7, 5, null, false);

        public Options {
            Requirements.notNegative("lr", lr);
            Requirements.notNegative("weightDecay", weightDecay);
            Requirements.notNegative("momentum", momentum);
            if (nsCoefficients.size() != 3) {
                throw new IllegalArgumentException("nsCoefficients is " + nsCoefficients + "; three are expected");
            }
            if (nsSteps >= MOST_STEPS) {
                throw new IllegalArgumentException("nsSteps is " + nsSteps + "; less than 100 is expected");
            }
        }

        @Override
        public Options lr(double lr) {
            return Records.with(this, "lr", lr);
        }

        public Options weightDecay(double weightDecay) {
            return Records.with(this, "weightDecay", weightDecay);
        }

        public Options momentum(double momentum) {
            return Records.with(this, "momentum", momentum);
        }

        public Options nesterov(boolean nesterov) {
            return Records.with(this, "nesterov", nesterov);
        }

        public Options eps(double eps) {
            return Records.with(this, "eps", eps);
        }

        public Options nsSteps(long nsSteps) {
            return Records.with(this, "nsSteps", nsSteps);
        }

        public Options adjustLrFn(@Nullable AdjustLrFn adjustLrFn) {
            return Records.with(this, "adjustLrFn", adjustLrFn);
        }

        public Options useAddmm(boolean useAddmm) {
            return Records.with(this, "useAddmm", useAddmm);
        }

        public Options nsCoefficients(double a, double b, double c) {
            return Records.with(this, "nsCoefficients", List.of(a, b, c));
        }
    }

    /** How the learning rate depends on the shape (A, B) of a matrix. */
    public enum AdjustLrFn {
        /** lr · √max(1, A / B). */
        ORIGINAL,
        /** lr · 0.2 · √max(A, B), so that learning rates of {@link AdamW} fit. */
        MATCH_RMS_ADAMW
    }

    public Muon(Iterable<Parameter> params) {
        this(params, options());
    }

    public Muon(Iterable<Parameter> params, double lr) {
        this(params, options().lr(lr));
    }

    public Muon(Iterable<Parameter> params, Options options) {
        super(KEYS, params, options, options());
    }

    /** For parameters whose names the state dict is to have. */
    public Muon(Map<String, Parameter> params, Options options) {
        this(new NamedParameters(params), options);
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    @Override
    void requireGroup(ParamGroup<Options> group) {
        for (Parameter parameter : group.parameters()) {
            if (parameter.tensor().dim() != 2 || parameter.tensor().dtype().isComplex()) {
                throw new IllegalArgumentException(
                        "Muon only supports 2D parameters of real numbers, not one with shape "
                                + Arrays.toString(parameter.tensor().shape()) + " of "
                                + parameter.tensor().dtype());
            }
        }
    }

    @Override
    @Nullable
    Object step(ParameterState state) {
        return null;
    }

    @Override
    void update(Batch batch, Options options) {
        for (int i = 0; i < batch.states().size(); i++) {
            update(batch.states().get(i), batch.gradient(i), options);
        }
    }

    private static void update(ParameterState state, Tensor gradient, Options options) {
        double momentum = options.momentum();
        Tensor buffer = state.tensor("momentum_buffer").lerp_(gradient, 1 - momentum);
        Tensor update = options.nesterov() ? gradient.lerp(buffer, momentum) : buffer;
        Tensor parameter = state.parameter();
        parameter.mul_(1 - options.lr() * options.weightDecay());
        parameter.add_(orthogonal(update, options), -options.lr() * adjustment(parameter.shape(), options));
    }

    /** Moves the singular values of {@code matrix} near 1 by the Newton-Schulz iteration. */
    private static Tensor orthogonal(Tensor matrix, Options options) {
        boolean tall = matrix.shape()[0] > matrix.shape()[1];
        Tensor x = matrix.to(DType.BFLOAT16);
        x = tall ? x.t() : x;
        x = x.div(x.norm().clampMin(options.eps()));
        for (int i = 0; i < options.nsSteps(); i++) {
            x = options.useAddmm() ? addmmStep(x, options.nsCoefficients()) : step(x, options.nsCoefficients());
        }
        return tall ? x.t() : x;
    }

    private static Tensor step(Tensor x, List<Double> coefficients) {
        Tensor gram = x.matmul(x.t());
        Tensor update =
                gram.mul(coefficients.get(1)).add(gram.mul(coefficients.get(2)).matmul(gram));
        return x.mul(coefficients.get(0)).add(update.matmul(x));
    }

    private static Tensor addmmStep(Tensor x, List<Double> coefficients) {
        Tensor gram = x.matmul(x.t());
        Tensor update = gram.addmm(gram, gram, coefficients.get(1), coefficients.get(2));
        return x.addmm(update, x, coefficients.get(0), 1);
    }

    private static double adjustment(long[] shape, Options options) {
        return options.adjustLrFn() == AdjustLrFn.MATCH_RMS_ADAMW
                ? MATCHING_FACTOR * Math.sqrt(Math.max(shape[0], shape[1]))
                : Math.sqrt(Math.max(1, (double) shape[0] / shape[1]));
    }
}
