package org.torchbridge.nn.utils;

import java.util.List;
import org.torchbridge.Tensor;
import org.torchbridge.nn.Module;

/**
 * Makes a parameter of several tensors that are learned in its place. One that makes it of a single tensor is a
 * {@link org.torchbridge.nn.Layer}, as a rule with a {@link RightInverse}.
 *
 * <pre>{@code
 * public final class RankOne extends Parametrization {
 *     @Override
 *     public Tensor forward(List<Tensor> originals) {
 *         return originals.get(0).unsqueeze(-1).mul(originals.get(1).unsqueeze(-2));
 *     }
 *
 *     @Override
 *     public List<Tensor> rightInverse(Tensor value) {
 *         return List.of(value.norm(2, 1), value.mean(0));
 *     }
 * }
 * }</pre>
 */
public abstract class Parametrization extends Module {

    /** Makes the parameter. */
    public abstract Tensor forward(List<Tensor> originals);

    /** Tensors of which {@link #forward} makes {@code value}, or the nearest to it there is. */
    public abstract List<Tensor> rightInverse(Tensor value);

    /** Runs {@link #forward} with the hooks before and after it. */
    @SuppressWarnings("unchecked") // a hook that makes something else of the originals fails where they are used
    public final Tensor call(List<Tensor> originals) {
        return hooked(inputs -> forward((List<Tensor>) inputs.get(0)), originals);
    }
}
