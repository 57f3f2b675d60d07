package org.torchbridge.onnx;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * How a model becomes a module. Each setter returns a changed copy.
 *
 * @param trainable which weights are parameters, by their names in the file; others become buffers
 * @param sizes what symbolic sizes of the inputs are, by their symbols ({@code batch}); others stay open
 * @param outputs the values that the module returns, any that the model computes; empty for the model's own outputs
 * @param forInference whether the module shall be as fast as it can be rather than trainable
 * @param bfloat16 whether linear layers and convolutions compute in bfloat16, in the form for inference
 */
public record OnnxOptions(
        Predicate<String> trainable,
        Map<String, Long> sizes,
        List<String> outputs,
        boolean forInference,
        boolean bfloat16) {
    public OnnxOptions {
        if (bfloat16 && !forInference) {
            throw new IllegalArgumentException("bfloat16 is for OnnxOptions.inference() alone");
        }
        sizes = Map.copyOf(sizes);
        outputs = List.copyOf(outputs);
    }

    /** All weights of floating point train, all symbolic sizes are open, the outputs are the model's. */
    public static OnnxOptions options() {
        return new OnnxOptions(name -> true, Map.of(), List.of(), false, false);
    }

    /** The fastest form, whose weights are constants. */
    public static OnnxOptions inference() {
        return new OnnxOptions(name -> false, Map.of(), List.of(), true, false);
    }

    /** Makes parameters of the weights whose names in the file {@code names} accepts, and buffers of the others. */
    public OnnxOptions trainable(Predicate<String> names) {
        return new OnnxOptions(names, sizes, outputs, forInference, bfloat16);
    }

    /** Sets a symbolic size, such as {@code batch}, to a number. */
    public OnnxOptions size(String symbol, long size) {
        Map<String, Long> all = new LinkedHashMap<>(sizes);
        all.put(symbol, size);
        return new OnnxOptions(trainable, all, outputs, forInference, bfloat16);
    }

    /** Returns these values instead of the model's outputs: what only the outputs need is left out. */
    public OnnxOptions outputs(String... names) {
        return new OnnxOptions(trainable, sizes, List.of(names), forInference, bfloat16);
    }

    /**
     * Lets linear layers and convolutions compute in bfloat16, and the activations, sums, products, pools and means between
     * them; everything else, among it normalisation, softmax and attention, and inputs and outputs stay float32. Sums of
     * products are still float32, but what these operators read and make has eight binary digits: results of networks
     * differ by some hundredths of the largest. Processors with instructions for bfloat16 (AVX-512 BF16, AMX) are up to twice as
     * fast; where oneDNN cannot compute in it, all stays float32.
     *
     * @throws IllegalArgumentException if the options are not {@link #inference()}
     */
    public OnnxOptions bfloat16(boolean bfloat16) {
        return new OnnxOptions(trainable, sizes, outputs, forInference, bfloat16);
    }
}
