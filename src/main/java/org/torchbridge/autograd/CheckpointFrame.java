package org.torchbridge.autograd;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.ThreadMode;
import org.torchbridge.Torch;
import org.torchbridge.internal.Adoption;
import org.torchbridge.internal.NativeModes;
import org.torchbridge.internal.NativeTensor;

/** One checkpointed call: counts what the first run saves, and runs again when the first of it is needed. */
final class CheckpointFrame {
    /** Ends the second run when it has made everything that is needed. */
    private static final class Complete extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Complete() {
            super("everything is recomputed", null, false, false);
        }
    }

    private record AutocastState(Device.Type device, boolean enabled, DType dtype, boolean caching) {
        static AutocastState of(Device.Type device) {
            return new AutocastState(
                    device, Autocast.isEnabled(device), Autocast.dtype(device), Autocast.isCacheEnabled());
        }

        Autocast open() {
            return Autocast.open(device, dtype, enabled, caching);
        }
    }

    private final Operation function;
    /** Not the caller's objects, which a scope may close. */
    private final List<@Nullable Tensor> inputs;

    private final @Nullable Tensor randomState;
    private final AutocastState cpu = AutocastState.of(Device.Type.CPU);
    private final AutocastState cuda = AutocastState.of(Device.Type.CUDA);
    private final List<Kind> saved = new ArrayList<>();
    private final List<@Nullable Tensor> recomputed = new ArrayList<>();

    CheckpointFrame(Operation function, List<@Nullable Tensor> inputs, boolean preserveRngState) {
        this.function = function;
        this.inputs = Handles.adopt(Handles.shared(inputs));
        this.inputs.forEach(CheckpointFrame::escape);
        this.randomState =
                preserveRngState ? Scope.escape(Torch.defaultGenerator().getState()) : null;
    }

    private static void escape(@Nullable Tensor tensor) {
        if (tensor != null) {
            Scope.escape(tensor);
        }
    }

    /** A block in which saved tensors are counted instead of kept. */
    ThreadMode forward() {
        NativeModes.pushSavedTensorsHooks(handle -> {
            int index = count(handle);
            return none -> new long[] {take(index)};
        });
        return new ThreadMode(NativeModes::popSavedTensorsHooks);
    }

    private synchronized int count(long handle) {
        try (Tensor tensor = Adoption.adopt(handle)) {
            saved.add(Kind.of(tensor));
            return saved.size() - 1;
        }
    }

    /** A handle of a tensor that was saved, computed again if it is not there or was taken before. */
    private synchronized long take(int index) {
        if (index >= recomputed.size() || recomputed.get(index) == null) {
            recompute();
        }
        try (Tensor tensor = recomputed.set(index, null)) {
            return NativeTensor.share(tensor.handle());
        }
    }

    private void recompute() {
        recomputed.clear();
        Tensor stateNow = randomState == null ? null : Torch.defaultGenerator().getState();
        try (Scope scope = Scope.open();
                GradMode gradients = Torch.enableGrad();
                Autocast onCpu = cpu.open();
                Autocast onCuda = cuda.open();
                ThreadMode hooks = recomputation()) {
            if (randomState != null) {
                Torch.defaultGenerator().setState(randomState);
            }
            function.apply(inputs);
        } catch (Complete complete) {
            return;
        } finally {
            if (stateNow != null) {
                Torch.defaultGenerator().setState(stateNow);
            }
        }
        throw new IllegalStateException("checkpoint: the function saved " + saved.size()
                + " tensors when it ran first and " + recomputed.size()
                + " when it ran again for backward; it has to do the same both times");
    }

    /** A block that keeps what is saved, until there is enough. */
    private ThreadMode recomputation() {
        NativeModes.pushSavedTensorsHooks(handle -> {
            Tensor tensor = Adoption.adopt(handle);
            requireSameKind(recomputed.size(), tensor);
            recomputed.add(Scope.escape(tensor.detach()));
            if (recomputed.size() == saved.size()) {
                throw new Complete();
            }
            return none -> {
                throw new IllegalStateException("checkpoint: a function may not derive its own results");
            };
        });
        return new ThreadMode(NativeModes::popSavedTensorsHooks);
    }

    private void requireSameKind(int index, Tensor tensor) {
        Kind now = Kind.of(tensor);
        if (!now.equals(saved.get(index))) {
            throw new IllegalStateException("checkpoint: tensor " + index + " that the function saved was "
                    + saved.get(index) + " when it ran first and is " + now
                    + " when it ran again for backward; it has to do the same both times");
        }
    }
}
