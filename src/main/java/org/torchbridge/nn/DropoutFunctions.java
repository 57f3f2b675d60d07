package org.torchbridge.nn;

import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/**
 * The part of {@link Functional} for dropout. The probability is 0.5 unless given. If {@code inplace}, the input itself
 * is changed and returned.
 */
abstract class DropoutFunctions extends NormalizationFunctions {
    DropoutFunctions() {}

    public static Tensor dropout(Tensor input) {
        return dropout(input, 0.5, true, false);
    }

    public static Tensor dropout(Tensor input, double p) {
        return dropout(input, p, true);
    }

    public static Tensor dropout(Tensor input, double p, boolean training) {
        return dropout(input, p, training, false);
    }

    /** See {@link Dropout}. */
    public static Tensor dropout(Tensor input, double p, boolean training, boolean inplace) {
        requireProbability(p);
        return inplace ? Torch.dropout_(input, p, training) : Torch.dropout(input, p, training);
    }

    public static Tensor dropout1d(Tensor input) {
        return dropout1d(input, 0.5, true, false);
    }

    public static Tensor dropout1d(Tensor input, double p) {
        return dropout1d(input, p, true);
    }

    public static Tensor dropout1d(Tensor input, double p, boolean training) {
        return dropout1d(input, p, training, false);
    }

    /** See {@link Dropout1d}. */
    public static Tensor dropout1d(Tensor input, double p, boolean training, boolean inplace) {
        requireProbability(p);
        if (input.dim() != 2 && input.dim() != 3) {
            throw new IllegalArgumentException("the input of dropout1d has " + input.dim()
                    + " dimensions; 2 or 3 are expected: (C, L) or (N, C, L)");
        }
        return channelDropout(input, p, training, inplace, input.dim() == 3);
    }

    public static Tensor dropout2d(Tensor input) {
        return dropout2d(input, 0.5, true, false);
    }

    public static Tensor dropout2d(Tensor input, double p) {
        return dropout2d(input, p, true);
    }

    public static Tensor dropout2d(Tensor input, double p, boolean training) {
        return dropout2d(input, p, training, false);
    }

    /** See {@link Dropout2d}. */
    public static Tensor dropout2d(Tensor input, double p, boolean training, boolean inplace) {
        requireProbability(p);
        return channelDropout(input, p, training, inplace, true);
    }

    public static Tensor dropout3d(Tensor input) {
        return dropout3d(input, 0.5, true, false);
    }

    public static Tensor dropout3d(Tensor input, double p) {
        return dropout3d(input, p, true);
    }

    public static Tensor dropout3d(Tensor input, double p, boolean training) {
        return dropout3d(input, p, training, false);
    }

    /** See {@link Dropout3d}. */
    public static Tensor dropout3d(Tensor input, double p, boolean training, boolean inplace) {
        requireProbability(p);
        return channelDropout(input, p, training, inplace, input.dim() == 5);
    }

    public static Tensor alphaDropout(Tensor input) {
        return alphaDropout(input, 0.5, false, false);
    }

    public static Tensor alphaDropout(Tensor input, double p) {
        return alphaDropout(input, p, false);
    }

    public static Tensor alphaDropout(Tensor input, double p, boolean training) {
        return alphaDropout(input, p, training, false);
    }

    /** See {@link AlphaDropout}; not in training mode unless given. */
    public static Tensor alphaDropout(Tensor input, double p, boolean training, boolean inplace) {
        requireProbability(p);
        return inplace ? Torch.alphaDropout_(input, p, training) : Torch.alphaDropout(input, p, training);
    }

    public static Tensor featureAlphaDropout(Tensor input) {
        return featureAlphaDropout(input, 0.5, false, false);
    }

    public static Tensor featureAlphaDropout(Tensor input, double p) {
        return featureAlphaDropout(input, p, false);
    }

    public static Tensor featureAlphaDropout(Tensor input, double p, boolean training) {
        return featureAlphaDropout(input, p, training, false);
    }

    /** See {@link FeatureAlphaDropout}; not in training mode unless given. */
    public static Tensor featureAlphaDropout(Tensor input, double p, boolean training, boolean inplace) {
        requireProbability(p);
        return inplace ? Torch.featureAlphaDropout_(input, p, training) : Torch.featureAlphaDropout(input, p, training);
    }

    static void requireProbability(double p) {
        if (!(p >= 0 && p <= 1)) {
            throw new IllegalArgumentException(
                    "the dropout probability is " + p + "; a number from 0 to 1 is expected");
        }
    }

    private static Tensor channelDropout(Tensor input, double p, boolean training, boolean inplace, boolean batched) {
        if (inplace) {
            Tensor batch = batched ? input : input.unsqueeze_(0);
            Torch.featureDropout_(batch, p, training);
            return batched ? input : input.squeeze_(0);
        }
        Tensor batch = batched ? input : input.unsqueeze(0);
        Tensor output = Torch.featureDropout(batch, p, training);
        return batched ? output : output.squeeze(0);
    }
}
