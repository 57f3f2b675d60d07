package org.torchbridge.vision.ops;

import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.torchbridge.internal.Records;
import org.torchbridge.nn.Dropout;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.ReLU;
import org.torchbridge.nn.Sequential;

/**
 * Linear layers, each but the last followed by a normalisation (if wanted), an activation and a dropout, the last by a
 * dropout: (*, in) to (*, last of the hidden channels).
 *
 * <p>Follows <a href="https://pytorch.org/vision/stable/generated/torchvision.ops.MLP.html">MLP</a>.
 */
public class MLP extends Sequential {

    /**
     * No normalisation, ReLU, in place, with biases, no dropout, unless set otherwise.
     *
     * @param normLayer makes the normalisation of a number of channels; null for none
     * @param activationLayer makes an activation, which is told whether it works in place
     * @param dropout the probability of the dropouts
     */
    public record Options(
            @Nullable LongFunction<? extends Layer> normLayer,
            Function<Boolean, ? extends Layer> activationLayer,
            boolean inplace,
            boolean bias,
            double dropout) {

        public Options normLayer(@Nullable LongFunction<? extends Layer> normLayer) {
            return Records.with(this, "normLayer", normLayer);
        }

        public Options activationLayer(Function<Boolean, ? extends Layer> activationLayer) {
            return Records.with(this, "activationLayer", activationLayer);
        }

        public Options inplace(boolean inplace) {
            return Records.with(this, "inplace", inplace);
        }

        public Options bias(boolean bias) {
            return Records.with(this, "bias", bias);
        }

        public Options dropout(double dropout) {
            return Records.with(this, "dropout", dropout);
        }
    }

    public static Options options() {
        return new Options(null, ReLU::new, true, true, 0);
    }

    public MLP(long inChannels, long... hiddenChannels) {
        this(inChannels, hiddenChannels, options());
    }

    public MLP(long inChannels, long[] hiddenChannels, Options options) {
        if (hiddenChannels.length == 0) {
            throw new IllegalArgumentException("there are no hidden channels; one number or more are expected");
        }
        long channels = inChannels;
        for (int i = 0; i < hiddenChannels.length; i++) {
            append(new Linear(channels, hiddenChannels[i], options.bias));
            channels = hiddenChannels[i];
            if (i < hiddenChannels.length - 1) {
                if (options.normLayer != null) {
                    append(options.normLayer.apply(channels));
                }
                append(options.activationLayer.apply(options.inplace));
            }
            append(new Dropout(options.dropout, options.inplace));
        }
    }
}
