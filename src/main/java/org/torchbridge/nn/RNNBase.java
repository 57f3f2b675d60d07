package org.torchbridge.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.internal.Records;
import org.torchbridge.nn.utils.PackedSequence;

/**
 * What {@link RNN}, {@link LSTM} and {@link GRU} have in common: layers over each other that go along a sequence with a
 * state, in one direction or in both.
 *
 * <p>The input is a batch (L, N, in), or (N, L, in) if {@code batchFirst}, one sequence (L, in), or a
 * {@link PackedSequence}. The output is (L, N, D · out), like the input, with D = 2 if bidirectional, else 1; a state
 * is (D · layers, N, out), of one sequence (D · layers, out). If no first state is given, it is zero.
 *
 * <p>The parameters have no fields: {@code weight_ih_l0} (gates · hidden, in), {@code weight_hh_l0} (gates · hidden,
 * out), {@code bias_ih_l0} and {@code bias_hh_l0} (gates · hidden), {@code weight_hr_l0} (projected, hidden), and so on
 * for each layer, with the suffix {@code _reverse} for the other direction. At first all are uniform between -1/√hidden
 * and 1/√hidden.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.RNNBase.html">RNNBase</a>.
 */
public abstract class RNNBase extends Module {
    private static final long STATE_BATCH_DIM = 1;

    private final long inputSize;
    private final long hiddenSize;
    private final Options options;
    /** The names of the parameters, those of each layer and direction together. */
    private final List<List<String>> weightNames = new ArrayList<>();

    /** The function of an {@link RNN}. */
    public enum Nonlinearity {
        TANH,
        RELU
    }

    /**
     * One layer with a bias, no dropout, in one direction, without a projection, unless set otherwise.
     *
     * @param nonlinearity tanh or ReLU; for an {@link RNN}
     * @param bias whether there are {@code bias_ih} and {@code bias_hh}
     * @param batchFirst whether a batch is (N, L, *) instead of (L, N, *); states are (D · layers, N, *) all the same
     * @param dropout the probability with which each output of all layers but the last is zeroed in training mode
     * @param bidirectional whether to go from the last element to the first too
     * @param projSize the size that h is projected to; 0 means not at all; for an {@link LSTM}
     */
    public record Options(
            long numLayers,
            Nonlinearity nonlinearity,
            boolean bias,
            boolean batchFirst,
            double dropout,
            boolean bidirectional,
            long projSize) {
        private static final Options DEFAULT = new Options(1, Nonlinearity.TANH, true, false, 0, false, 0);

        public Options {
            if (numLayers <= 0) {
                throw new IllegalArgumentException("numLayers is " + numLayers + "; a positive number is expected");
            }
            if (!(dropout >= 0 && dropout <= 1)) {
                throw new IllegalArgumentException(
                        "the dropout probability is " + dropout + "; a number from 0 to 1 is expected");
            }
            if (projSize < 0) {
                throw new IllegalArgumentException(
                        "projSize is " + projSize + "; a positive number is expected, or zero to disable projections");
            }
        }

        public Options numLayers(long numLayers) {
            return Records.with(this, "numLayers", numLayers);
        }

        public Options nonlinearity(Nonlinearity nonlinearity) {
            return Records.with(this, "nonlinearity", nonlinearity);
        }

        public Options bias(boolean bias) {
            return Records.with(this, "bias", bias);
        }

        public Options batchFirst(boolean batchFirst) {
            return Records.with(this, "batchFirst", batchFirst);
        }

        public Options dropout(double dropout) {
            return Records.with(this, "dropout", dropout);
        }

        public Options bidirectional(boolean bidirectional) {
            return Records.with(this, "bidirectional", bidirectional);
        }

        public Options projSize(long projSize) {
            return Records.with(this, "projSize", projSize);
        }

        int directions() {
            return bidirectional ? 2 : 1;
        }
    }

    /** A layer with {@code gates} gates. */
    RNNBase(long inputSize, long hiddenSize, int gates, Options options) {
        if (hiddenSize <= 0) {
            throw new IllegalArgumentException("hiddenSize is " + hiddenSize + "; a positive number is expected");
        }
        if (options.projSize() >= hiddenSize) {
            throw new IllegalArgumentException(
                    "projSize is " + options.projSize() + "; it has to be smaller than hiddenSize, " + hiddenSize);
        }
        if (options.dropout() > 0 && options.numLayers() == 1) {
            Warnings.warn(
                    "rnn",
                    "the dropout is " + options.dropout() + " and there is one layer; only outputs of all layers but"
                            + " the last are dropped, so that this has no effect");
        }
        this.inputSize = inputSize;
        this.hiddenSize = hiddenSize;
        this.options = options;
        for (int layer = 0; layer < options.numLayers(); layer++) {
            long layerInput = layer == 0 ? inputSize : outputSize() * options.directions();
            addWeights("_l" + layer, layerInput, gates * hiddenSize);
            if (options.bidirectional()) {
                addWeights("_l" + layer + "_reverse", layerInput, gates * hiddenSize);
            }
        }
        resetParameters();
    }

    /** The defaults, to be changed one by one. */
    public static Options options() {
        return Options.DEFAULT;
    }

    public long inputSize() {
        return inputSize;
    }

    public long hiddenSize() {
        return hiddenSize;
    }

    /** The options this layer was made with. */
    public Options settings() {
        return options;
    }

    /** The parameters of each layer and direction: first those of the first layer, forwards, then backwards. */
    public List<List<Parameter>> allWeights() {
        return weightNames.stream()
                .map(names -> names.stream().map(this::getParameter).toList())
                .toList();
    }

    /** Gives all parameters new values: uniform between -1/√hidden and 1/√hidden. */
    public void resetParameters() {
        double bound = 1 / Math.sqrt(hiddenSize);
        parameters().forEach(parameter -> Init.uniform_(parameter.tensor(), -bound, bound));
    }

    /**
     * Does nothing: here for programs that come from Python, where it lays the parameters one after the other in memory
     * for cuDNN, which makes a copy at each forward of those that are not.
     */
    public void flattenParameters() {}

    @Override
    public String extraRepr() {
        StringBuilder text = new StringBuilder(inputSize + ", " + hiddenSize);
        if (options.projSize() != 0) {
            text.append(", proj_size=" + options.projSize());
        }
        if (options.numLayers() != 1) {
            text.append(", num_layers=" + options.numLayers());
        }
        if (!options.bias()) {
            text.append(", bias=False");
        }
        if (options.batchFirst()) {
            text.append(", batch_first=True");
        }
        if (options.dropout() != 0) {
            text.append(", dropout=" + PythonText.of(options.dropout()));
        }
        if (options.bidirectional()) {
            text.append(", bidirectional=True");
        }
        return text.toString();
    }

    // ---- what the layers are made of

    /** The features of each tensor of the state. */
    abstract long[] stateSizes();

    /** The output for a batch and the state after it. */
    abstract List<Tensor> run(Tensor input, List<Tensor> hx);

    /** The output for packed elements and the state after it. */
    abstract List<Tensor> run(Tensor data, Tensor batchSizes, List<Tensor> hx);

    /** The output for a batch or one sequence and the state after it. */
    final List<Tensor> forward(Tensor input, @Nullable List<Tensor> hx) {
        boolean batched = isBatched(input);
        long batchDim = options.batchFirst() ? 0 : 1;
        Tensor batch = batched ? input : input.unsqueeze(batchDim);
        if (hx != null) {
            requireDims(hx, batched);
        }
        requireFeatures(batch);
        List<Tensor> state = batched || hx == null ? hx : map(hx, each -> each.unsqueeze(STATE_BATCH_DIM));
        List<Tensor> result = run(batch, orZeros(state, batch, batch.size(batchDim)));
        if (batched) {
            return result;
        }
        List<Tensor> single = map(result, each -> each.squeeze(STATE_BATCH_DIM));
        single.set(0, result.get(0).squeeze(batchDim));
        return single;
    }

    /** The packed elements of the output and the state after it, in the order of the batch that was packed. */
    final List<Tensor> forward(PackedSequence input, @Nullable List<Tensor> hx) {
        if (input.data().dim() != 2) {
            throw new IllegalArgumentException(
                    "input must have 2 dimensions, got " + input.data().dim());
        }
        requireFeatures(input.data());
        List<Tensor> state = hx == null ? null : ordered(hx, 0, input.sortedIndices());
        long batchSize = input.batchSizes().get(0).toLong();
        List<Tensor> result = run(input.data(), input.batchSizes(), orZeros(state, input.data(), batchSize));
        return ordered(result, 1, input.unsortedIndices());
    }

    /** The parameters in the order that the operators expect. */
    final List<Tensor> flatWeights() {
        List<Tensor> weights = new ArrayList<>();
        weightNames.forEach(names -> names.forEach(name -> weights.add(tensor(name))));
        return weights;
    }

    /** The size of h: that of its projection, if there is one. */
    final long outputSize() {
        return options.projSize() > 0 ? options.projSize() : hiddenSize;
    }

    /** The options of a layer that has tanh and nothing else. */
    static Options requireTanh(Options options) {
        if (options.nonlinearity() != Nonlinearity.TANH) {
            throw new IllegalArgumentException(
                    "the nonlinearity is " + options.nonlinearity() + "; only an RNN has another one than TANH");
        }
        return options;
    }

    private void addWeights(String suffix, long layerInput, long gateSize) {
        List<String> names = new ArrayList<>();
        names.add(addWeight("weight_ih" + suffix, gateSize, layerInput));
        names.add(addWeight("weight_hh" + suffix, gateSize, outputSize()));
        if (options.bias()) {
            names.add(addWeight("bias_ih" + suffix, gateSize));
            names.add(addWeight("bias_hh" + suffix, gateSize));
        }
        if (options.projSize() > 0) {
            names.add(addWeight("weight_hr" + suffix, options.projSize(), hiddenSize));
        }
        weightNames.add(names);
    }

    private String addWeight(String name, long... shape) {
        add(name, new Parameter(Torch.empty(shape)));
        return name;
    }

    private boolean isBatched(Tensor input) {
        if (input.dim() != 2 && input.dim() != 3) {
            throw new IllegalArgumentException(
                    typeName() + ": Expected input to be 2D or 3D, got " + input.dim() + "D instead");
        }
        return input.dim() == 3;
    }

    private void requireFeatures(Tensor input) {
        if (input.size(-1) != inputSize) {
            throw new IllegalArgumentException(
                    "input.size(-1) must be equal to input_size. Expected " + inputSize + ", got " + input.size(-1));
        }
    }

    private static void requireDims(List<Tensor> hx, boolean batched) {
        int expected = batched ? 3 : 2;
        if (hx.stream().allMatch(each -> each.dim() == expected)) {
            return;
        }
        String found = hx.stream().map(each -> each.dim() + "-D").collect(Collectors.joining(", "));
        throw new IllegalArgumentException("For " + (batched ? "batched 3-D" : "unbatched 2-D") + " input, "
                + (hx.size() == 1 ? "hx" : "hx and cx") + " should also be " + expected + "-D but got "
                + (hx.size() == 1 ? found + " tensor" : "(" + found + ") tensors"));
    }

    private List<Tensor> orZeros(@Nullable List<Tensor> hx, Tensor like, long batchSize) {
        long states = options.numLayers() * options.directions();
        long[] sizes = stateSizes();
        List<Tensor> state = new ArrayList<>();
        for (int i = 0; i < sizes.length; i++) {
            long[] shape = {states, batchSize, sizes[i]};
            if (hx == null) {
                state.add(Torch.zeros(shape, TensorOptions.of(like.dtype()).device(like.device())));
            } else {
                requireShape(sizes.length == 1 ? "hidden" : "hidden[" + i + "]", hx.get(i), shape);
                state.add(hx.get(i));
            }
        }
        return state;
    }

    private static void requireShape(String name, Tensor state, long[] expected) {
        if (!Arrays.equals(state.shape(), expected)) {
            String numbers = Arrays.toString(expected);
            throw new IllegalArgumentException("Expected " + name + " size ("
                    + numbers.substring(1, numbers.length() - 1) + "), got " + Arrays.toString(state.shape()));
        }
    }

    /** The tensors with the batches of all from {@code first} on in another order. */
    private static List<Tensor> ordered(List<Tensor> tensors, int first, @Nullable Tensor indices) {
        List<Tensor> ordered = new ArrayList<>(tensors);
        if (indices != null) {
            ordered.subList(first, ordered.size()).replaceAll(each -> each.indexSelect(STATE_BATCH_DIM, indices));
        }
        return ordered;
    }

    private static List<Tensor> map(List<Tensor> tensors, UnaryOperator<Tensor> change) {
        List<Tensor> changed = new ArrayList<>(tensors);
        changed.replaceAll(change);
        return changed;
    }
}
