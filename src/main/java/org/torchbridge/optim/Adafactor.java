package org.torchbridge.optim;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.Records;
import org.torchbridge.nn.Parameter;

/**
 * Adafactor: of the squares of a matrix's gradients, only the means of rows and columns are kept, and steps are relative
 * to the size of the parameters:
 *
 * <pre>
 * β = t^beta2Decay,  ρ = min(lr, 1 / √t),  α = max(eps2, rms(p)) · ρ
 * R = R + β · (mean of g² over columns - R),  C = C + β · (mean of g² over rows - C)
 * V = R C / max(mean of R, eps1)           (vectors: V = V + β · (g² - V))
 * U = g / max(√V, eps1)
 * p = (1 - lr · weightDecay) · p - α · U / max(1, rms(U) / d)
 * </pre>
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.Adafactor.html">Adafactor</a>.
 */
public final class Adafactor extends Optimizer<Adafactor.Options> {
    private static final GroupKeys KEYS =
            new GroupKeys("lr", "beta2_decay", "eps", "d", "weight_decay", "foreach", "maximize");

    /**
     * lr 1e-2, beta2Decay -0.8, eps null and 1e-3, d 1, no weight decay, unless set otherwise.
     *
     * @param lr the weight of the decay, and the largest relative step
     * @param beta2Decay the power by which the share of a new square falls; 0 or less
     * @param eps the least root of a mean square, null for the type's own epsilon; and the least size of a parameter
     * @param d the largest root mean square of an update, 1 or more
     * @param weightDecay how much the parameters shrink in a step, times lr
     * @param maximize whether to go up instead of down
     */
    public record Options(
            double lr, double beta2Decay, List<Double> eps, double d, double weightDecay, boolean maximize)
            implements Optimizer.Options<Options> {
        private static final Options DEFAULT = new Options(1e-2, -0.8, Arrays.asList(null, 1e-3), 1, 0, false);

        public Options {
            Requirements.notNegative("lr", lr);
            if (!(beta2Decay <= 0)) {
                throw new IllegalArgumentException("beta2Decay is " + beta2Decay + "; 0 or less is expected");
            }
            if (!(d >= 1)) {
                throw new IllegalArgumentException("d is " + d + "; 1 or more is expected");
            }
            Requirements.pair("eps", eps);
            Requirements.notNegative("eps1", eps.get(0) == null ? 0 : eps.get(0));
            Requirements.notNegative("eps2", eps.get(1));
            Requirements.notNegative("weightDecay", weightDecay);
        }

        @Override
        public Options lr(double lr) {
            return Records.with(this, "lr", lr);
        }

        public Options beta2Decay(double beta2Decay) {
            return Records.with(this, "beta2Decay", beta2Decay);
        }

        public Options d(double d) {
            return Records.with(this, "d", d);
        }

        public Options weightDecay(double weightDecay) {
            return Records.with(this, "weightDecay", weightDecay);
        }

        public Options maximize(boolean maximize) {
            return Records.with(this, "maximize", maximize);
        }

        public Options eps(@Nullable Double eps1, double eps2) {
            return Records.with(this, "eps", Arrays.asList(eps1, eps2));
        }
    }

    public Adafactor(Iterable<Parameter> params) {
        this(params, options());
    }

    public Adafactor(Iterable<Parameter> params, double lr) {
        this(params, options().lr(lr));
    }

    public Adafactor(Iterable<Parameter> params, Options options) {
        super(KEYS, params, options, options());
    }

    /** For parameters whose names the state dict is to have. */
    public Adafactor(Map<String, Parameter> params, Options options) {
        this(new NamedParameters(params), options);
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    @Override
    void update(Batch batch, Options options) {
        for (int i = 0; i < batch.states().size(); i++) {
            update(batch.states().get(i), batch.gradient(i), batch.step(), options);
        }
    }

    private static void update(ParameterState state, Tensor given, long step, Options options) {
        Tensor parameter = state.parameter();
        if (parameter.dtype().isComplex()) {
            throw new IllegalArgumentException("Adafactor does not support complex parameters");
        }
        Tensor gradient = options.maximize() ? given.neg() : given;
        double share = Math.pow(step, options.beta2Decay());
        double relative = Math.min(options.lr(), 1 / Math.sqrt(step));
        double size = Math.max(options.eps().get(1), rootMeanSquare(parameter)) * relative;
        if (options.weightDecay() != 0) {
            parameter.mul_(1 - options.lr() * options.weightDecay());
        }
        double eps = options.eps().get(0) == null
                ? epsilon(parameter.dtype())
                : options.eps().get(0);
        Tensor square = gradient.dim() > 1
                ? squareOfMatrix(state, gradient, share, eps)
                : state.tensor("variance").lerp_(gradient.square(), share).clone();
        Tensor update = square.clampMin_(eps * eps).rsqrt_().mul_(gradient);
        parameter.add_(update, -size / Math.max(1, rootMeanSquare(update) / options.d()));
    }

    private static Tensor squareOfMatrix(ParameterState state, Tensor gradient, double share, double eps) {
        Tensor rows = mean(state, "row_var", gradient, -1, share);
        Tensor columns = mean(state, "col_var", gradient, -2, share);
        Tensor scale = rows.mean(new long[] {-2}, true).clampMin_(eps);
        return rows.matmul(columns).div_(scale);
    }

    /** The running mean of the squares over a dimension. */
    private static Tensor mean(ParameterState state, String name, Tensor gradient, long dim, double share) {
        Tensor square = Torch.linalgVectorNorm(gradient, 2, new long[] {dim}, true)
                .square_()
                .div_(gradient.shape()[(int) (gradient.dim() + dim)]);
        return state.tensor(name, () -> Torch.zerosLike(square)).lerp_(square, share);
    }

    private static double rootMeanSquare(Tensor tensor) {
        return tensor.norm(2).toDouble() / Math.sqrt(tensor.numel());
    }

    /** The distance from 1 to the next number of a type. */
    private static double epsilon(DType dtype) {
        return Math.scalb(
                1.0,
                switch (dtype) {
                    case FLOAT64 -> -52;
                    case FLOAT32 -> -23;
                    case FLOAT16 -> -10;
                    case BFLOAT16 -> -7;
                    default -> throw new IllegalArgumentException(
                            "Adafactor is for floating-point parameters, not for " + dtype);
                });
    }
}
