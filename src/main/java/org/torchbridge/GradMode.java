package org.torchbridge;

import org.torchbridge.internal.NativeAutograd;
import org.torchbridge.internal.Presets;

/**
 * A block of code in which gradients are recorded or not, for the thread that runs it.
 *
 * <pre>{@code
 * try (var mode = Torch.noGrad()) {
 *     Tensor y = model.call(x);
 * }
 * }</pre>
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/notes/autograd.html#locally-disabling-gradient-computation">
 * locally disabling gradient computation</a>.
 */
public final class GradMode extends ThreadMode {
    private GradMode(Runnable restore) {
        super(restore);
    }

    static GradMode enabled(boolean enabled) {
        boolean before = NativeAutograd.isGradEnabled();
        NativeAutograd.setGradEnabled(enabled);
        return new GradMode(() -> NativeAutograd.setGradEnabled(before));
    }

    static GradMode inference() {
        AutoCloseable mode = Presets.inferenceMode();
        return new GradMode(() -> {
            try {
                mode.close();
            } catch (Exception e) {
                throw new IllegalStateException("inference mode could not be left", e);
            }
        });
    }
}
