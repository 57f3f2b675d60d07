package org.torchbridge.nn.utils;

import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.torchbridge.GradMode;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Buffer;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.Parameter;

/**
 * A way to choose what of a parameter is pruned. {@link Prune} has the usual ones; one's own is a class that implements
 * this.
 *
 * <pre>{@code
 * record EverySecond() implements PruningMethod {
 *     @Override
 *     public Type type() {
 *         return Type.UNSTRUCTURED;
 *     }
 *
 *     @Override
 *     public Tensor computeMask(Tensor t, Tensor defaultMask) {
 *         Tensor mask = defaultMask.clone();
 *         mask.view(-1).slice(0, 0L, null, 2).zero_();
 *         return mask;
 *     }
 * }
 *
 * new EverySecond().apply(linear, "bias");
 * }</pre>
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.BasePruningMethod.html">BasePruningMethod</a>.
 */
public interface PruningMethod {

    /** What a method gets to choose from when something is pruned already. */
    enum Type {
        /** The elements that are left, in a row. */
        UNSTRUCTURED,
        /** The channels along {@link PruningMethod#dim} that are left. */
        STRUCTURED,
        /** Everything. */
        GLOBAL
    }

    Type type();

    /** The dimension of the channels of a structured method. */
    default long dim() {
        throw new UnsupportedOperationException("a structured pruning method says along which dim its channels are");
    }

    /**
     * A mask like {@code t}, with 0 for what is pruned.
     *
     * @param t how important each element is: as a rule the parameter itself
     * @param defaultMask what is pruned already
     */
    Tensor computeMask(Tensor t, Tensor defaultMask);

    /** What is left of {@code t}. */
    default Tensor prune(Tensor t) {
        return t.mul(computeMask(t, Torch.onesLike(t)));
    }

    /** Prunes the parameter {@code name} of a module. */
    default <M extends Module> M apply(M module, String name) {
        return apply(module, name, null);
    }

    /**
     * Prunes the parameter {@code name} of a module: it is {@code name_orig} times {@code name_mask} from now on, of which
     * the first is learned. If it is pruned already, what is left is pruned.
     *
     * @param importanceScores of the parameter's shape, what to choose by; null means the parameter itself
     * @throws IllegalArgumentException if there is no such parameter
     */
    default <M extends Module> M apply(M module, String name, @Nullable Tensor importanceScores) {
        Function<Module, Tensor> before = module.computed().get(name);
        Masked masked = before instanceof Masked already ? already.and(this) : new Masked(name, this);
        Tensor value = module.tensor(name);
        Tensor scores = importanceScores == null ? value : importanceScores;
        if (!Arrays.equals(scores.shape(), value.shape())) {
            throw new IllegalArgumentException("the importance scores have the shape " + Arrays.toString(scores.shape())
                    + "; that of '" + name + "' is expected: " + Arrays.toString(value.shape()));
        }
        try (GradMode mode = Torch.noGrad()) {
            Tensor defaultMask =
                    before instanceof Masked ? module.tensor(masked.mask()).clone() : Torch.onesLike(value);
            Buffer mask = new Buffer(masked.method().computeMask(scores.detach(), defaultMask));
            if (!(before instanceof Masked)) {
                Parameter original = module.getParameter(name);
                module.add(masked.original(), original);
            }
            module.add(masked.mask(), mask);
        }
        module.compute(name, masked);
        return module;
    }
}
