package org.torchbridge.nn.utils;

import org.torchbridge.Tensor;

/** What a layer implements that parametrizes and can be given the value that it is to make. */
public interface RightInverse {

    /**
     * A tensor of which the layer makes {@code value}, or the nearest to it there is.
     *
     * @throws UnsupportedOperationException if there is none; when the parametrization is registered, the parameter's
     *     own value is then taken
     */
    Tensor rightInverse(Tensor value);
}
