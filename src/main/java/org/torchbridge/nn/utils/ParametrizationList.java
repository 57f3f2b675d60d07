package org.torchbridge.nn.utils;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.torchbridge.GradMode;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Buffer;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.ModuleList;
import org.torchbridge.nn.Parameter;

/**
 * The parametrizations of one parameter or buffer, the first of which is given what is learned: {@code original}, or
 * {@code original0}, {@code original1} and so on if it takes several tensors. {@link Parametrize} makes it.
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.ParametrizationList.html">ParametrizationList</a>.
 */
public final class ParametrizationList extends ModuleList<Module> {
    private static final String ORIGINAL = "original";

    /** How many tensors the first parametrization takes, 0 for a single one that is not in a list. */
    private final int ntensors;

    ParametrizationList(Module parametrization, Module owner, String name) {
        super(parametrization);
        Tensor value = owner.tensor(name);
        if (parametrization instanceof Parametrization several) {
            List<Tensor> originals = inverse(several, value);
            ntensors = originals.size();
            for (int i = 0; i < ntensors; i++) {
                addOriginal(owner, name, originals.get(i), ORIGINAL + i);
            }
        } else {
            ntensors = 0;
            Tensor original = inverseOrSame(parametrization, value);
            requireSameType("right_inverse", value, original);
            setData(value, original);
            add(owner, name);
        }
    }

    /** What the parametrizations make of the originals. */
    public Tensor forward() {
        Tensor value = get(0) instanceof Parametrization several
                ? several.call(originals())
                : ((Layer) get(0)).call(original());
        for (int i = 1; i < size(); i++) {
            value = ((Layer) get(i)).call(value);
        }
        return value;
    }

    /**
     * Sets the originals so that the parametrizations make {@code value} of them.
     *
     * @throws IllegalStateException if one of the parametrizations has no {@link RightInverse}
     */
    public void rightInverse(Tensor value) {
        try (GradMode mode = Torch.noGrad()) {
            Tensor current = value;
            for (int i = size() - 1; i > 0; i--) {
                current = requireInverse(get(i)).rightInverse(current);
            }
            if (get(0) instanceof Parametrization several) {
                setOriginals(several.rightInverse(current));
            } else {
                Tensor original = requireInverse(get(0)).rightInverse(current);
                requireSameType("right_inverse", original(), original);
                setData(original(), original);
            }
        }
    }

    /** Whether a single tensor is learned. */
    boolean isTensor() {
        return ntensors == 0;
    }

    /** The only tensor that is learned. */
    Tensor original() {
        return tensor(ORIGINAL);
    }

    /** The tensors that are learned. */
    private List<Tensor> originals() {
        return IntStream.range(0, ntensors).mapToObj(i -> tensor(ORIGINAL + i)).toList();
    }

    /** Makes {@code name} of {@code owner} a parameter or buffer of the given value again. */
    void restore(Module owner, String name, Tensor value) {
        boolean parameter = !namedParameters("", false, true).isEmpty();
        if (isTensor()) {
            setData(original(), value);
        }
        if (parameter) {
            Parameter learned = parameters(false).get(0);
            owner.setParameter(name, isTensor() ? learned : new Parameter(value, learned.requiresGrad()));
        } else {
            owner.setBuffer(name, isTensor() ? getBuffer(ORIGINAL) : new Buffer(value));
        }
    }

    /** Learns the same tensors as {@code other}. */
    void share(ParametrizationList other) {
        other.namedParameters("", false, true).forEach(this::setParameter);
        other.namedBuffers("", false, true).forEach(this::setBuffer);
    }

    private static boolean isParameter(Module owner, String name) {
        return owner.namedParameters("", false, true).containsKey(name);
    }

    private void add(Module owner, String name) {
        if (isParameter(owner, name)) {
            add(ORIGINAL, owner.getParameter(name));
        } else {
            add(ORIGINAL, owner.getBuffer(name));
        }
    }

    private void addOriginal(Module owner, String name, Tensor original, String originalName) {
        if (isParameter(owner, name)) {
            add(originalName, new Parameter(original, owner.getParameter(name).requiresGrad()));
        } else {
            add(originalName, new Buffer(original));
        }
    }

    private void setOriginals(List<Tensor> values) {
        if (values.size() != ntensors) {
            throw new IllegalArgumentException("'right_inverse' must return a sequence of tensors of length " + ntensors
                    + ". Got a sequence of length " + values.size() + ".");
        }
        for (int i = 0; i < ntensors; i++) {
            requireSameType("right_inverse", originals().get(i), values.get(i));
            setData(originals().get(i), values.get(i));
        }
    }

    private static List<Tensor> inverse(Parametrization parametrization, Tensor value) {
        try (GradMode mode = Torch.noGrad()) {
            return parametrization.rightInverse(value);
        }
    }

    static Tensor inverseOrSame(Module parametrization, Tensor value) {
        if (!(parametrization instanceof RightInverse inverse)) {
            return value;
        }
        try (GradMode mode = Torch.noGrad()) {
            return inverse.rightInverse(value);
        } catch (UnsupportedOperationException e) {
            return value;
        }
    }

    private static RightInverse requireInverse(Module parametrization) {
        if (parametrization instanceof RightInverse inverse) {
            return inverse;
        }
        throw new IllegalStateException(
                "parametrization " + parametrization.getClass().getSimpleName() + " does not implement RightInverse");
    }

    private static void requireSameType(String what, Tensor expected, Tensor given) {
        if (expected.dtype() != given.dtype()) {
            throw new IllegalArgumentException(what + " may not change the type of the parameter: it made "
                    + given.dtype() + " of " + expected.dtype());
        }
    }

    /** Checks that a parametrization makes what it takes the place of. */
    static void requireLike(Tensor expected, Tensor made) {
        requireSameType("a parametrization that is not registered as unsafe", expected, made);
        if (!Arrays.equals(expected.shape(), made.shape())) {
            throw new IllegalArgumentException("a parametrization that is not registered as unsafe may not change the"
                    + " shape of the parameter: it made " + Arrays.toString(made.shape()) + " of "
                    + Arrays.toString(expected.shape()));
        }
    }

    private static void setData(Tensor tensor, Tensor value) {
        if (tensor != value) {
            try (GradMode mode = Torch.noGrad()) {
                tensor.setData(value.detach());
            }
        }
    }
}
