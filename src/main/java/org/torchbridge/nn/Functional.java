package org.torchbridge.nn;

/**
 * What the layers do, as functions without parameters of their own, with Python's defaults. The functions of each family
 * stand in a class of their own, which this one inherits.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/nn.functional.html">torch.nn.functional</a>.
 */
public final class Functional extends LossFunctions {
    private Functional() {}
}
