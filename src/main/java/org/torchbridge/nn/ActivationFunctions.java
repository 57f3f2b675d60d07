package org.torchbridge.nn;

import org.torchbridge.DType;
import org.torchbridge.MemoryFormat;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;

/** The part of {@link Functional} for activations. If {@code inplace}, the input itself is changed and returned. */
abstract class ActivationFunctions extends VisionFunctions {
    private static final double RRELU_LOWER = 1.0 / 8;
    private static final double RRELU_UPPER = 1.0 / 3;

    ActivationFunctions() {}

    public static Tensor threshold(Tensor input, double threshold, double value) {
        return threshold(input, threshold, value, false);
    }

    /** See {@link Threshold}. */
    public static Tensor threshold(Tensor input, double threshold, double value, boolean inplace) {
        return inplace ? threshold_(input, threshold, value) : Torch.threshold(input, threshold, value);
    }

    public static Tensor threshold_(Tensor input, double threshold, double value) {
        return Torch.threshold_(input, threshold, value);
    }

    public static Tensor relu(Tensor input) {
        return relu(input, false);
    }

    /** See {@link ReLU}. */
    public static Tensor relu(Tensor input, boolean inplace) {
        return inplace ? relu_(input) : input.relu();
    }

    public static Tensor relu_(Tensor input) {
        return input.relu_();
    }

    public static Tensor relu6(Tensor input) {
        return relu6(input, false);
    }

    /** See {@link ReLU6}. */
    public static Tensor relu6(Tensor input, boolean inplace) {
        return inplace ? Torch.relu6_(input) : Torch.relu6(input);
    }

    public static Tensor elu(Tensor input) {
        return elu(input, 1, false);
    }

    public static Tensor elu(Tensor input, double alpha) {
        return elu(input, alpha, false);
    }

    /** See {@link ELU}. */
    public static Tensor elu(Tensor input, double alpha, boolean inplace) {
        return inplace ? elu_(input, alpha) : Torch.elu(input, alpha);
    }

    public static Tensor elu_(Tensor input) {
        return elu_(input, 1);
    }

    public static Tensor elu_(Tensor input, double alpha) {
        return Torch.elu_(input, alpha);
    }

    public static Tensor selu(Tensor input) {
        return selu(input, false);
    }

    /** See {@link SELU}. */
    public static Tensor selu(Tensor input, boolean inplace) {
        return inplace ? selu_(input) : Torch.selu(input);
    }

    public static Tensor selu_(Tensor input) {
        return Torch.selu_(input);
    }

    public static Tensor celu(Tensor input) {
        return celu(input, 1, false);
    }

    public static Tensor celu(Tensor input, double alpha) {
        return celu(input, alpha, false);
    }

    /** See {@link CELU}. */
    public static Tensor celu(Tensor input, double alpha, boolean inplace) {
        return inplace ? celu_(input, alpha) : Torch.celu(input, alpha);
    }

    public static Tensor celu_(Tensor input) {
        return celu_(input, 1);
    }

    public static Tensor celu_(Tensor input, double alpha) {
        return Torch.celu_(input, alpha);
    }

    public static Tensor leakyRelu(Tensor input) {
        return leakyRelu(input, 0.01, false);
    }

    public static Tensor leakyRelu(Tensor input, double negativeSlope) {
        return leakyRelu(input, negativeSlope, false);
    }

    /** See {@link LeakyReLU}. */
    public static Tensor leakyRelu(Tensor input, double negativeSlope, boolean inplace) {
        return inplace ? leakyRelu_(input, negativeSlope) : Torch.leakyRelu(input, negativeSlope);
    }

    public static Tensor leakyRelu_(Tensor input) {
        return leakyRelu_(input, 0.01);
    }

    public static Tensor leakyRelu_(Tensor input, double negativeSlope) {
        return Torch.leakyRelu_(input, negativeSlope);
    }

    /** See {@link PReLU}. */
    public static Tensor prelu(Tensor input, Tensor weight) {
        return Torch.prelu(input, weight);
    }

    /** A {@link RReLU} in evaluation mode. */
    public static Tensor rrelu(Tensor input) {
        return rrelu(input, RRELU_LOWER, RRELU_UPPER, false, false);
    }

    public static Tensor rrelu(Tensor input, double lower, double upper) {
        return rrelu(input, lower, upper, false);
    }

    public static Tensor rrelu(Tensor input, double lower, double upper, boolean training) {
        return rrelu(input, lower, upper, training, false);
    }

    /** See {@link RReLU}. */
    public static Tensor rrelu(Tensor input, double lower, double upper, boolean training, boolean inplace) {
        return inplace ? rrelu_(input, lower, upper, training) : Torch.rrelu(input, lower, upper, training);
    }

    public static Tensor rrelu_(Tensor input) {
        return rrelu_(input, RRELU_LOWER, RRELU_UPPER, false);
    }

    public static Tensor rrelu_(Tensor input, double lower, double upper, boolean training) {
        return Torch.rrelu_(input, lower, upper, training);
    }

    public static Tensor hardtanh(Tensor input) {
        return hardtanh(input, -1, 1, false);
    }

    public static Tensor hardtanh(Tensor input, double minVal, double maxVal) {
        return hardtanh(input, minVal, maxVal, false);
    }

    /** See {@link Hardtanh}. */
    public static Tensor hardtanh(Tensor input, double minVal, double maxVal, boolean inplace) {
        return inplace ? hardtanh_(input, minVal, maxVal) : Torch.hardtanh(input, minVal, maxVal);
    }

    public static Tensor hardtanh_(Tensor input) {
        return hardtanh_(input, -1, 1);
    }

    public static Tensor hardtanh_(Tensor input, double minVal, double maxVal) {
        return Torch.hardtanh_(input, minVal, maxVal);
    }

    public static Tensor hardsigmoid(Tensor input) {
        return hardsigmoid(input, false);
    }

    /** See {@link Hardsigmoid}. */
    public static Tensor hardsigmoid(Tensor input, boolean inplace) {
        return inplace ? Torch.hardsigmoid_(input) : Torch.hardsigmoid(input);
    }

    public static Tensor hardswish(Tensor input) {
        return hardswish(input, false);
    }

    /** See {@link Hardswish}. */
    public static Tensor hardswish(Tensor input, boolean inplace) {
        return inplace ? Torch.hardswish_(input) : Torch.hardswish(input);
    }

    public static Tensor hardshrink(Tensor input) {
        return hardshrink(input, 0.5);
    }

    /** See {@link Hardshrink}. */
    public static Tensor hardshrink(Tensor input, double lambd) {
        return input.hardshrink(lambd);
    }

    public static Tensor softshrink(Tensor input) {
        return softshrink(input, 0.5);
    }

    /** See {@link Softshrink}. */
    public static Tensor softshrink(Tensor input, double lambd) {
        return Torch.softshrink(input, lambd);
    }

    /** See {@link Tanhshrink}. */
    public static Tensor tanhshrink(Tensor input) {
        return input.sub(input.tanh());
    }

    public static Tensor tanh(Tensor input) {
        return input.tanh();
    }

    public static Tensor sigmoid(Tensor input) {
        return input.sigmoid();
    }

    /** See {@link LogSigmoid}. */
    public static Tensor logsigmoid(Tensor input) {
        return Torch.logSigmoid(input);
    }

    /** See {@link Softsign}. */
    public static Tensor softsign(Tensor input) {
        return input.div(input.abs().add(1));
    }

    public static Tensor softplus(Tensor input) {
        return softplus(input, 1, 20);
    }

    public static Tensor softplus(Tensor input, double beta) {
        return softplus(input, beta, 20);
    }

    /** See {@link Softplus}. */
    public static Tensor softplus(Tensor input, double beta, double threshold) {
        return Torch.softplus(input, beta, threshold);
    }

    public static Tensor silu(Tensor input) {
        return silu(input, false);
    }

    /** See {@link SiLU}. */
    public static Tensor silu(Tensor input, boolean inplace) {
        return inplace ? Torch.silu_(input) : Torch.silu(input);
    }

    public static Tensor mish(Tensor input) {
        return mish(input, false);
    }

    /** See {@link Mish}. */
    public static Tensor mish(Tensor input, boolean inplace) {
        return inplace ? Torch.mish_(input) : Torch.mish(input);
    }

    public static Tensor gelu(Tensor input) {
        return gelu(input, GELU.Approximate.NONE);
    }

    /** See {@link GELU}. */
    public static Tensor gelu(Tensor input, GELU.Approximate approximate) {
        return Torch.gelu(input, approximate.text());
    }

    public static Tensor glu(Tensor input) {
        return glu(input, -1);
    }

    /** See {@link GLU}. */
    public static Tensor glu(Tensor input, long dim) {
        return Torch.glu(input, dim);
    }

    /** Along the dimension that Python chooses, see {@link SoftmaxLayer}. */
    public static Tensor softmax(Tensor input) {
        return softmax(input, softmaxDim(input));
    }

    /** See {@link Softmax}. */
    public static Tensor softmax(Tensor input, long dim) {
        return input.softmax(dim);
    }

    /** The softmax of the input converted to {@code dtype}. */
    public static Tensor softmax(Tensor input, long dim, DType dtype) {
        return input.softmax(dim, dtype);
    }

    /** Along the dimension that Python chooses, see {@link SoftmaxLayer}. */
    public static Tensor softmin(Tensor input) {
        return softmax(input.neg());
    }

    /** See {@link Softmin}. */
    public static Tensor softmin(Tensor input, long dim) {
        return softmax(input.neg(), dim);
    }

    /** The softmin of the input converted to {@code dtype}. */
    public static Tensor softmin(Tensor input, long dim, DType dtype) {
        return softmax(input.neg(), dim, dtype);
    }

    /** Along the dimension that Python chooses, see {@link SoftmaxLayer}. */
    public static Tensor logSoftmax(Tensor input) {
        return logSoftmax(input, softmaxDim(input));
    }

    /** See {@link LogSoftmax}. */
    public static Tensor logSoftmax(Tensor input, long dim) {
        return input.logSoftmax(dim);
    }

    /** The logarithm of the softmax of the input converted to {@code dtype}. */
    public static Tensor logSoftmax(Tensor input, long dim, DType dtype) {
        return input.logSoftmax(dim, dtype);
    }

    public static Tensor gumbelSoftmax(Tensor logits) {
        return gumbelSoftmax(logits, 1, false);
    }

    public static Tensor gumbelSoftmax(Tensor logits, double tau) {
        return gumbelSoftmax(logits, tau, false);
    }

    public static Tensor gumbelSoftmax(Tensor logits, double tau, boolean hard) {
        return gumbelSoftmax(logits, tau, hard, -1);
    }

    /**
     * Draws from the Gumbel-Softmax distribution: the softmax of (logits + noise) / tau along {@code dim}, the last one
     * unless given. Python's {@code eps} has no effect and is left out.
     *
     * @param tau how soft the draw is: it is 1 unless given, and towards 0 one value becomes 1 and all others 0
     * @param hard whether one value is 1 and all others 0; the gradients are those of the soft ones
     */
    public static Tensor gumbelSoftmax(Tensor logits, double tau, boolean hard, long dim) {
        Tensor exponential = Torch.emptyLike(logits, TensorOptions.DEFAULT, MemoryFormat.CONTIGUOUS_FORMAT)
                .exponential_();
        Tensor soft = logits.sub(exponential.log()).div(tau).softmax(dim);
        if (!hard) {
            return soft;
        }
        Tensor index = soft.argmax(dim, true);
        Tensor one = Torch.zerosLike(logits).scatter_(dim, index, 1);
        return one.sub(soft.detach()).add(soft);
    }

    /** The dimension that Python chooses where none is given. */
    static long softmaxDim(Tensor input) {
        long dimensions = input.dim();
        return dimensions == 0 || dimensions == 1 || dimensions == 3 ? 0 : 1;
    }
}
