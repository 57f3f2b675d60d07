package org.torchbridge.nn.utils;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.torchbridge.GradMode;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.Parameter;

/**
 * Pruning: parts of a parameter become 0 and stay so. What is learned is {@code weight_orig}, what is pruned says the
 * buffer {@code weight_mask}; {@link #remove} makes it permanent.
 *
 * <pre>{@code
 * Prune.l1Unstructured(linear, "weight", 0.3);
 * Prune.lnStructured(conv, "weight", 2L, 2, 0);
 * }</pre>
 *
 * <p>An amount is a share of the elements or channels if it is a {@code double}, their number if it is a {@code long}.
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/nn.html#utilities">torch.nn.utils.prune</a>.
 */
public final class Prune {
    private Prune() {}

    /** How many elements or channels are pruned: a share of them, or their number. */
    private record Amount(double value, boolean isNumber) {
        Amount {
            if (value < 0 || !isNumber && !(value <= 1)) {
                throw new IllegalArgumentException("amount=" + (isNumber ? Long.toString((long) value) : value)
                        + " should either be a fraction from 0 to 1 or a number that is not negative");
            }
        }

        long of(long size) {
            long count = isNumber ? (long) value : (long) Math.rint(value * size);
            if (count > size) {
                throw new IllegalArgumentException(
                        "amount=" + count + " should be smaller than the number of parameters to prune=" + size);
            }
            return count;
        }
    }

    // ---- methods

    /** Prunes nothing. */
    public record Identity() implements PruningMethod {
        @Override
        public Type type() {
            return Type.UNSTRUCTURED;
        }

        @Override
        public Tensor computeMask(Tensor t, Tensor defaultMask) {
            return defaultMask;
        }
    }

    /** Prunes elements at random. */
    public static final class RandomUnstructured implements PruningMethod {
        private final Amount amount;

        public RandomUnstructured(double amount) {
            this.amount = new Amount(amount, false);
        }

        public RandomUnstructured(long amount) {
            this.amount = new Amount(amount, true);
        }

        @Override
        public Type type() {
            return Type.UNSTRUCTURED;
        }

        @Override
        public Tensor computeMask(Tensor t, Tensor defaultMask) {
            long count = amount.of(t.numel());
            // Nothing is drawn when nothing is pruned, as in Python.
            return count == 0 ? defaultMask.clone() : without(defaultMask, Torch.randLike(t), count, true);
        }
    }

    /** Prunes the elements with the smallest absolute values. */
    public static final class L1Unstructured implements PruningMethod {
        private final Amount amount;

        public L1Unstructured(double amount) {
            this.amount = new Amount(amount, false);
        }

        public L1Unstructured(long amount) {
            this.amount = new Amount(amount, true);
        }

        @Override
        public Type type() {
            return Type.UNSTRUCTURED;
        }

        @Override
        public Tensor computeMask(Tensor t, Tensor defaultMask) {
            long count = amount.of(t.numel());
            return count == 0 ? defaultMask.clone() : without(defaultMask, t.abs(), count, false);
        }
    }

    /** Prunes whole channels. */
    private abstract static class Structured implements PruningMethod {
        private final Amount amount;
        private final long dim;

        Structured(Amount amount, long dim) {
            this.amount = amount;
            this.dim = dim;
        }

        @Override
        public Type type() {
            return Type.STRUCTURED;
        }

        @Override
        public long dim() {
            return dim;
        }

        @Override
        public Tensor computeMask(Tensor t, Tensor defaultMask) {
            requireChannels(t);
            long channels = t.size(dim);
            long count = amount.of(channels);
            if (count == 0) {
                return defaultMask;
            }
            Tensor mask = Torch.zerosLike(t).indexFill_(dim, kept(t, channels, count), 1);
            return mask.mul_(defaultMask.to(mask.dtype()));
        }

        /** The indices of the channels that are not pruned. */
        abstract Tensor kept(Tensor t, long channels, long count);

        private void requireChannels(Tensor t) {
            if (t.dim() <= 1) {
                throw new IllegalArgumentException("Structured pruning can only be applied to multidimensional tensors."
                        + " Found tensor of shape " + Arrays.toString(t.shape()));
            }
            if (dim >= t.dim()) {
                throw new IndexOutOfBoundsException(
                        "Invalid index " + dim + " for tensor of size " + Arrays.toString(t.shape()));
            }
        }
    }

    /** Prunes channels at random. */
    public static final class RandomStructured extends Structured {
        public RandomStructured(double amount, long dim) {
            super(new Amount(amount, false), dim);
        }

        public RandomStructured(long amount, long dim) {
            super(new Amount(amount, true), dim);
        }

        @Override
        Tensor kept(Tensor t, long channels, long count) {
            Tensor drawn = Torch.rand(channels);
            Tensor threshold = drawn.kthvalue(count).values();
            return drawn.gt(threshold).nonzero().flatten().to(t.device());
        }
    }

    /** Prunes the channels with the smallest n-norms. */
    public static final class LnStructured extends Structured {
        private final double n;

        public LnStructured(double amount, double n, long dim) {
            super(new Amount(amount, false), dim);
            this.n = n;
        }

        public LnStructured(long amount, double n, long dim) {
            super(new Amount(amount, true), dim);
            this.n = n;
        }

        @Override
        Tensor kept(Tensor t, long channels, long count) {
            long channelDim = Math.floorMod(dim(), (int) t.dim());
            long[] others = LongStream.range(0, t.dim())
                    .filter(each -> each != channelDim)
                    .toArray();
            return t.norm(n, others).topk(channels - count).indices();
        }
    }

    /** Prunes what a mask has 0 for. */
    public record CustomFromMask(Tensor mask) implements PruningMethod {
        @Override
        public Type type() {
            return Type.GLOBAL;
        }

        @Override
        public Tensor computeMask(Tensor t, Tensor defaultMask) {
            if (!Arrays.equals(mask.shape(), defaultMask.shape())) {
                throw new IllegalArgumentException("the mask has the shape " + Arrays.toString(mask.shape())
                        + "; that of the parameter is expected: " + Arrays.toString(defaultMask.shape()));
            }
            return defaultMask.mul(mask.to(defaultMask.dtype()));
        }
    }

    // ---- functions

    /** Makes the parameter {@code name} one that is pruned, without pruning anything. */
    public static <M extends Module> M identity(M module, String name) {
        return new Identity().apply(module, name);
    }

    /** Prunes a share of the elements of {@code name} at random. */
    public static <M extends Module> M randomUnstructured(M module, String name, double amount) {
        return new RandomUnstructured(amount).apply(module, name);
    }

    /** Prunes a number of the elements of {@code name} at random. */
    public static <M extends Module> M randomUnstructured(M module, String name, long amount) {
        return new RandomUnstructured(amount).apply(module, name);
    }

    /** Prunes a share of the elements of {@code name}, those with the smallest absolute values. */
    public static <M extends Module> M l1Unstructured(M module, String name, double amount) {
        return l1Unstructured(module, name, amount, null);
    }

    /** Prunes a share of the elements of {@code name}, those whose scores have the smallest absolute values. */
    public static <M extends Module> M l1Unstructured(
            M module, String name, double amount, @Nullable Tensor importanceScores) {
        return new L1Unstructured(amount).apply(module, name, importanceScores);
    }

    /** Prunes a number of the elements of {@code name}, those with the smallest absolute values. */
    public static <M extends Module> M l1Unstructured(M module, String name, long amount) {
        return l1Unstructured(module, name, amount, null);
    }

    /** Prunes a number of the elements of {@code name}, those whose scores have the smallest absolute values. */
    public static <M extends Module> M l1Unstructured(
            M module, String name, long amount, @Nullable Tensor importanceScores) {
        return new L1Unstructured(amount).apply(module, name, importanceScores);
    }

    /** Prunes a share of the channels of {@code name} along {@code dim} at random. */
    public static <M extends Module> M randomStructured(M module, String name, double amount, long dim) {
        return new RandomStructured(amount, dim).apply(module, name);
    }

    /** Prunes a number of the channels of {@code name} along {@code dim} at random. */
    public static <M extends Module> M randomStructured(M module, String name, long amount, long dim) {
        return new RandomStructured(amount, dim).apply(module, name);
    }

    /** Prunes a share of the channels of {@code name} along {@code dim}, those with the smallest {@code n}-norms. */
    public static <M extends Module> M lnStructured(M module, String name, double amount, double n, long dim) {
        return lnStructured(module, name, amount, n, dim, null);
    }

    /** Prunes a share of the channels of {@code name} along {@code dim}, those whose scores have the smallest norms. */
    public static <M extends Module> M lnStructured(
            M module, String name, double amount, double n, long dim, @Nullable Tensor importanceScores) {
        return new LnStructured(amount, n, dim).apply(module, name, importanceScores);
    }

    /** Prunes a number of the channels of {@code name} along {@code dim}, those with the smallest {@code n}-norms. */
    public static <M extends Module> M lnStructured(M module, String name, long amount, double n, long dim) {
        return lnStructured(module, name, amount, n, dim, null);
    }

    /** Prunes a number of the channels of {@code name} along {@code dim}, those whose scores have the smallest norms. */
    public static <M extends Module> M lnStructured(
            M module, String name, long amount, double n, long dim, @Nullable Tensor importanceScores) {
        return new LnStructured(amount, n, dim).apply(module, name, importanceScores);
    }

    /** Prunes what {@code mask} has 0 for. */
    public static <M extends Module> M customFromMask(M module, String name, Tensor mask) {
        return new CustomFromMask(mask).apply(module, name);
    }

    /**
     * A parameter that is pruned together with others.
     *
     * @param importanceScores what to choose by; null means the parameter itself
     */
    public record Target(Module module, String name, @Nullable Tensor importanceScores) {
        public Target(Module module, String name) {
            this(module, name, null);
        }
    }

    /**
     * Prunes several parameters as if they were one: {@code method} chooses among all their elements.
     *
     * @throws IllegalArgumentException if the method is not unstructured
     */
    public static void globalUnstructured(List<Target> parameters, PruningMethod method) {
        if (method.type() != PruningMethod.Type.UNSTRUCTURED) {
            throw new IllegalArgumentException("only unstructured pruning methods prune several parameters as one; a "
                    + method.getClass().getSimpleName() + " is " + method.type());
        }
        Tensor mask;
        try (GradMode mode = Torch.noGrad()) {
            Tensor scores = Torch.cat(parameters.stream()
                    .map(Prune::scores)
                    .map(each -> each.reshape(-1))
                    .toList());
            Tensor defaultMask = Torch.cat(parameters.stream()
                    .map(Prune::mask)
                    .map(each -> each.reshape(-1))
                    .toList());
            mask = PruningContainer.of(method).computeMask(scores, defaultMask);
        }
        long position = 0;
        for (Target each : parameters) {
            Tensor value = each.module().tensor(each.name());
            customFromMask(
                    each.module(),
                    each.name(),
                    mask.narrow(0, position, value.numel()).viewAs(value));
            position += value.numel();
        }
    }

    /**
     * Makes a pruned parameter an ordinary one with the values it has now.
     *
     * @throws IllegalArgumentException if it is not pruned
     */
    public static <M extends Module> M remove(M module, String name) {
        if (!(module.computed().get(name) instanceof Masked masked)) {
            throw new IllegalArgumentException(
                    "Parameter '" + name + "' of module " + module + " has to be pruned before pruning can be removed");
        }
        Parameter original = module.getParameter(masked.original());
        try (GradMode mode = Torch.noGrad()) {
            original.tensor().setData(masked.apply(module));
        }
        module.setParameter(name, original);
        module.delete(masked.original());
        module.delete(masked.mask());
        return module;
    }

    /** Whether a parameter of this module or of one below it is pruned. */
    public static boolean isPruned(Module module) {
        return module.modules().stream()
                .flatMap(each -> each.computed().values().stream())
                .anyMatch(Masked.class::isInstance);
    }

    /**
     * How the parameter {@code name} of this module itself was pruned; a {@link PruningContainer} if more than once.
     *
     * @throws IllegalArgumentException if it is not pruned
     */
    public static PruningMethod method(Module module, String name) {
        if (module.computed().get(name) instanceof Masked masked) {
            return masked.method();
        }
        throw new IllegalArgumentException("Parameter '" + name + "' of module " + module + " is not pruned");
    }

    private static Tensor scores(Target target) {
        return target.importanceScores() == null ? target.module().tensor(target.name()) : target.importanceScores();
    }

    private static Tensor mask(Target target) {
        return target.module().computed().get(target.name()) instanceof Masked masked
                ? target.module().tensor(masked.mask())
                : Torch.onesLike(target.module().tensor(target.name()));
    }

    /** {@code mask} with 0 at the {@code count} places where {@code scores} is largest or smallest. */
    private static Tensor without(Tensor mask, Tensor scores, long count, boolean largest) {
        Tensor pruned = mask.contiguous().clone();
        Tensor places = scores.reshape(-1).topk(count, -1, largest).indices();
        pruned.view(-1).indexFill_(0, places, 0);
        return pruned;
    }
}
