package org.torchbridge.optim;

import java.util.Arrays;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.internal.NativeOperators;
import org.torchbridge.nn.Parameter;

/**
 * Adam: steps scaled by running means of the gradient and its square.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.optim.Adam.html">Adam</a>.
 */
public class Adam extends Optimizer<Adam.Options> {

    /**
     * lr 1e-3, betas 0.9 and 0.999, eps 1e-8, no weight decay, unless set otherwise.
     *
     * @param beta1 how much of the running mean of the gradient is kept
     * @param beta2 how much of the running mean of its square is kept
     * @param eps what is added to the divisor
     * @param weightDecay how much of the parameter is added to its gradient
     * @param amsgrad whether to use the largest running mean of the square so far
     * @param maximize whether to go up instead of down
     */
    public record Options(
            double lr, double beta1, double beta2, double eps, double weightDecay, boolean amsgrad, boolean maximize)
            implements Optimizer.Options<Options> {
        private static final Options DEFAULT = new Options(1e-3, 0.9, 0.999, 1e-8, 0, false, false);

        public Options {
            Requirements.notNegative("lr", lr);
            Requirements.belowOne("beta1", beta1);
            Requirements.belowOne("beta2", beta2);
            Requirements.notNegative("eps", eps);
            Requirements.notNegative("weightDecay", weightDecay);
        }

        @Override
        public Options lr(double lr) {
            return new Options(lr, beta1, beta2, eps, weightDecay, amsgrad, maximize);
        }

        public Options betas(double beta1, double beta2) {
            return new Options(lr, beta1, beta2, eps, weightDecay, amsgrad, maximize);
        }

        public Options eps(double eps) {
            return new Options(lr, beta1, beta2, eps, weightDecay, amsgrad, maximize);
        }

        public Options weightDecay(double weightDecay) {
            return new Options(lr, beta1, beta2, eps, weightDecay, amsgrad, maximize);
        }

        public Options amsgrad(boolean amsgrad) {
            return new Options(lr, beta1, beta2, eps, weightDecay, amsgrad, maximize);
        }

        public Options maximize(boolean maximize) {
            return new Options(lr, beta1, beta2, eps, weightDecay, amsgrad, maximize);
        }
    }

    /** The tensors that the fused operators read and write, as handles. */
    record Arguments(
            long[] parameters, long[] gradients, long[] expAvgs, long[] expAvgSqs, long[] maxExpAvgSqs, long[] steps) {}

    public Adam(Iterable<Parameter> parameters, double lr) {
        this(parameters, options().lr(lr));
    }

    public Adam(Iterable<Parameter> parameters, Options options) {
        super(parameters, options);
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    @Override
    final void update(Batch batch, Options options) {
        Tensor parameter = batch.states().get(0).parameter();
        TensorOptions kind = TensorOptions.of(DType.FLOAT32).device(parameter.device());
        try (Tensor step = Torch.scalarTensor(batch.steps() + 1, kind)) {
            long[] steps = new long[batch.states().size()];
            Arrays.fill(steps, step.handle());
            update(
                    new Arguments(
                            batch.parameterHandles(),
                            batch.gradientHandles(),
                            batch.stateHandles("exp_avg"),
                            batch.stateHandles("exp_avg_sq"),
                            options.amsgrad() ? batch.stateHandles("max_exp_avg_sq") : new long[0],
                            steps),
                    options);
        }
    }

    void update(Arguments arguments, Options options) {
        NativeOperators._fused_adam_(
                arguments.parameters(),
                arguments.gradients(),
                arguments.expAvgs(),
                arguments.expAvgSqs(),
                arguments.maxExpAvgSqs(),
                arguments.steps(),
                options.lr(),
                options.beta1(),
                options.beta2(),
                options.weightDecay(),
                options.eps(),
                options.amsgrad(),
                options.maximize(),
                0,
                0);
    }
}
