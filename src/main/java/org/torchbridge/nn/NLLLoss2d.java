package org.torchbridge.nn;

/**
 * {@link NLLLoss} under the name it once had for images.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html">NLLLoss</a>.
 */
public class NLLLoss2d extends NLLLoss {
    public NLLLoss2d() {}

    public NLLLoss2d(Options options) {
        super(options);
    }
}
