package org.torchbridge.autograd;

import java.lang.ref.Reference;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.ThreadMode;
import org.torchbridge.internal.Adoption;
import org.torchbridge.internal.NativeModes;
import org.torchbridge.internal.NativeOperators;

/**
 * Derivatives carried along forwards: a dual tensor has a tangent, and what is computed from it has the tangent times the
 * derivative.
 *
 * <pre>{@code
 * try (var level = ForwardAd.dualLevel()) {
 *     Tensor dual = ForwardAd.makeDual(x, Torch.onesLike(x));
 *     Tensor derivative = ForwardAd.unpackDual(dual.sin()).tangent();
 * }
 * }</pre>
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/autograd.html#forward-mode-automatic-differentiation">
 * torch.autograd.forward_ad</a>. libtorch has one level of dual tensors: levels do not nest.
 */
public final class ForwardAd {
    /** Levels are one thread's only by convention, as in Python. */
    private static final ThreadLocal<Deque<Long>> LEVELS = ThreadLocal.withInitial(ArrayDeque::new);

    private ForwardAd() {}

    /**
     * A tensor and its tangent.
     *
     * @param primal the value
     * @param tangent the derivative carried along; null if there is none
     */
    public record UnpackedDualTensor(Tensor primal, @Nullable Tensor tangent) {}

    /** A block in which dual tensors can be made; their tangents end with it. */
    public static ThreadMode dualLevel() {
        long level = NativeModes.enterDualLevel();
        LEVELS.get().push(level);
        return new ThreadMode(() -> {
            LEVELS.get().pop();
            NativeModes.exitDualLevel(level);
        });
    }

    /**
     * A view of {@code tensor} with a tangent of the same shape.
     *
     * @throws IllegalStateException outside of a {@link #dualLevel} block
     */
    public static Tensor makeDual(Tensor tensor, Tensor tangent) {
        if (!tensor.isFloatingPoint() && !tensor.isComplex()) {
            throw new IllegalArgumentException(
                    "the primal is " + tensor.dtype() + "; a floating-point or complex tensor is expected");
        }
        Tensor dual = Adoption.adopt(NativeOperators._make_dual(tensor.handle(), tangent.handle(), level()));
        Reference.reachabilityFence(tensor);
        Reference.reachabilityFence(tangent);
        return dual;
    }

    /** The value and the tangent of a tensor. */
    public static UnpackedDualTensor unpackDual(Tensor tensor) {
        long[] parts = NativeOperators._unpack_dual(tensor.handle(), level());
        Reference.reachabilityFence(tensor);
        return new UnpackedDualTensor(Adoption.adopt(parts[0]), Adoption.adopt(parts[1]));
    }

    /** A block in which tangents are carried along, or not. */
    static ThreadMode setEnabled(boolean enabled) {
        boolean before = NativeModes.isForwardGradEnabled();
        NativeModes.setForwardGradEnabled(enabled);
        return new ThreadMode(() -> NativeModes.setForwardGradEnabled(before));
    }

    private static long level() {
        Long level = LEVELS.get().peek();
        if (level == null) {
            throw new IllegalStateException("no dual level is open; try (var level = ForwardAd.dualLevel()) opens one");
        }
        return level;
    }
}
