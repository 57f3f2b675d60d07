package org.torchbridge.nn.utils;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.internal.TensorList;
import org.torchbridge.nn.Parameter;

/**
 * Keeps gradients from becoming too large. All functions change the gradients in place, and pass over parameters that have
 * none.
 *
 * <pre>{@code
 * loss.backward();
 * ClipGrad.clipGradNorm_(model.parameters(), 1.0);
 * optimizer.step();
 * }</pre>
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html">torch.nn.utils</a>.
 */
public final class ClipGrad {
    private static final double EUCLIDEAN = 2;
    /** Keeps the division from one by zero. */
    private static final double LEAST_NORM = 1e-6;

    /** Tensors on which one operator works at once. */
    private record Kind(Device device, DType dtype) {}

    private ClipGrad() {}

    /** Scales the gradients down until their common Euclidean norm is at most {@code maxNorm}; returns what it was. */
    public static Tensor clipGradNorm_(Iterable<Parameter> parameters, double maxNorm) {
        return clipGradNorm_(parameters, maxNorm, EUCLIDEAN);
    }

    /**
     * Scales the gradients down until their common norm of order {@code normType}, which may be infinite, is at most
     * {@code maxNorm}; returns what it was.
     */
    public static Tensor clipGradNorm_(Iterable<Parameter> parameters, double maxNorm, double normType) {
        return clipGradNorm_(parameters, maxNorm, normType, false);
    }

    /**
     * Scales the gradients down until their common norm of order {@code normType}, which may be infinite, is at most
     * {@code maxNorm}; returns what it was.
     *
     * @throws IllegalArgumentException if {@code errorIfNonfinite} and the norm is infinite or not a number; nothing is
     *     changed then
     */
    public static Tensor clipGradNorm_(
            Iterable<Parameter> parameters, double maxNorm, double normType, boolean errorIfNonfinite) {
        return Scope.call(() -> {
            List<Tensor> gradients = gradients(parameters);
            Tensor norm = getTotalNorm(gradients, normType, errorIfNonfinite);
            scale(gradients, maxNorm, norm);
            return norm;
        });
    }

    /** Multiplies the gradients by {@code maxNorm / (totalNorm + 1e-6)} if that is less than 1. */
    public static void clipGradsWithNorm_(Iterable<Parameter> parameters, double maxNorm, Tensor totalNorm) {
        Scope.run(() -> scale(gradients(parameters), maxNorm, totalNorm));
    }

    /** Sets the elements of the gradients that are less than {@code -clipValue} or more than {@code clipValue} to these. */
    public static void clipGradValue_(Iterable<Parameter> parameters, double clipValue) {
        Scope.run(() -> {
            try (GradMode mode = Torch.noGrad();
                    TensorList.Arena arena = new TensorList.Arena()) {
                for (List<Tensor> alike : byKind(gradients(parameters))) {
                    list(arena, alike).clampMin_(-clipValue).clampMax_(clipValue);
                }
            }
        });
    }

    /** The Euclidean norm of all elements of {@code tensors}. */
    public static Tensor getTotalNorm(Iterable<Tensor> tensors) {
        return getTotalNorm(tensors, EUCLIDEAN);
    }

    /** The norm of order {@code normType}, which may be infinite, of all elements of {@code tensors}. */
    public static Tensor getTotalNorm(Iterable<Tensor> tensors, double normType) {
        return getTotalNorm(tensors, normType, false);
    }

    /**
     * The norm of order {@code normType}, which may be infinite, of all elements of {@code tensors}; on the device of the
     * first.
     *
     * @throws IllegalArgumentException if {@code errorIfNonfinite} and the norm is infinite or not a number
     */
    public static Tensor getTotalNorm(Iterable<Tensor> tensors, double normType, boolean errorIfNonfinite) {
        List<Tensor> all = new ArrayList<>();
        tensors.forEach(all::add);
        if (all.isEmpty()) {
            return Torch.tensor(0f);
        }
        Tensor total = Scope.call(() -> {
            try (GradMode mode = Torch.noGrad();
                    TensorList.Arena arena = new TensorList.Arena()) {
                List<Tensor> norms = new ArrayList<>();
                for (List<Tensor> alike : byKind(all)) {
                    Tensor row = Torch.empty(
                            new long[] {alike.size()},
                            TensorOptions.of(alike.get(0).dtype())
                                    .device(alike.get(0).device()));
                    list(arena, alike).normsInto(row.handle(), normType);
                    norms.add(row.to(all.get(0).device()));
                }
                return Torch.linalgVectorNorm(Torch.cat(norms), normType);
            }
        });
        if (errorIfNonfinite && !Double.isFinite(total.toDouble())) {
            throw new IllegalArgumentException("The total norm of order " + normType + " for gradients from"
                    + " `parameters` is non-finite, so it cannot be clipped. To disable this error and scale the"
                    + " gradients by the non-finite norm anyway, set `error_if_nonfinite=False`");
        }
        return total;
    }

    private static void scale(List<Tensor> gradients, double maxNorm, Tensor totalNorm) {
        try (GradMode mode = Torch.noGrad();
                TensorList.Arena arena = new TensorList.Arena()) {
            // The factor 1 is multiplied too: comparing would make the processor wait for a GPU.
            Tensor factor =
                    totalNorm.add(LEAST_NORM).reciprocal_().mul_(maxNorm).clampMax_(1);
            for (List<Tensor> alike : byKind(gradients)) {
                Tensor there = factor.to(alike.get(0).device());
                list(arena, alike).mulByTensor_(there.handle());
            }
        }
    }

    private static List<Tensor> gradients(Iterable<Parameter> parameters) {
        List<Tensor> gradients = new ArrayList<>();
        for (Parameter parameter : parameters) {
            Tensor gradient = parameter.grad();
            if (gradient != null) {
                gradients.add(gradient);
            }
        }
        return gradients;
    }

    private static Collection<List<Tensor>> byKind(List<Tensor> tensors) {
        Map<Kind, List<Tensor>> kinds = new LinkedHashMap<>();
        for (Tensor tensor : tensors) {
            kinds.computeIfAbsent(new Kind(tensor.device(), tensor.dtype()), kind -> new ArrayList<>())
                    .add(tensor);
        }
        return kinds.values();
    }

    private static TensorList list(TensorList.Arena arena, List<Tensor> tensors) {
        return arena.list(tensors.stream().mapToLong(Tensor::handle).toArray());
    }
}
