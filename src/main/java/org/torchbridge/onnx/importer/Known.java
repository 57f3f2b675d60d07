package org.torchbridge.onnx.importer;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.onnx.ElementType;

/**
 * A value that the model alone determines: an initialiser, a constant, or what operators make of such. It is computed when a
 * rule looks at it, and written when one computes with it, so that weights stay weights on their way through a {@code
 * Transpose} and shapes never get into the program.
 */
final class Known implements Carried {
    private enum Origin {
        INITIALIZER,
        CONSTANT,
        LITERAL
    }

    private final String name;
    private final ElementType element;
    private final Origin origin;
    private final @Nullable Deferred deferred;
    private final int output;
    private @Nullable Supplier<Tensor> source;
    private @Nullable Tensor tensor;

    private Known(
            String name,
            ElementType element,
            Origin origin,
            @Nullable Deferred deferred,
            int output,
            Supplier<Tensor> source) {
        this.name = name;
        this.element = element;
        this.origin = origin;
        this.deferred = deferred;
        this.output = output;
        this.source = source;
    }

    /** A tensor that the model has under a name of its own. */
    static Known initializer(String name, ElementType element, Supplier<Tensor> source) {
        return new Known(name, element, Origin.INITIALIZER, null, 0, source);
    }

    /** A tensor from a node without inputs. */
    static Known constant(String name, ElementType element, Supplier<Tensor> source) {
        return new Known(name, element, Origin.CONSTANT, null, 0, source);
    }

    /** A tensor from a node without inputs, in a model that has all of its weights elsewhere. */
    static Known literal(String name, ElementType element, Supplier<Tensor> source) {
        return new Known(name, element, Origin.LITERAL, null, 0, source);
    }

    /** An output of a node all of whose inputs are known. */
    static Known deferred(String name, ElementType element, Deferred node, int output) {
        return new Known(name, element, Origin.CONSTANT, node, output, () -> node.tensor(output));
    }

    String name() {
        return name;
    }

    @Override
    public ElementType element() {
        return element;
    }

    /** The node that makes it of other known values, if there is one. */
    @Nullable
    Deferred deferred() {
        return deferred;
    }

    /** Which of that node's outputs it is. */
    int output() {
        return output;
    }

    /** The node that makes it of a weight, if there is one. */
    @Nullable
    Deferred deferredFromWeight() {
        return deferred != null && deferred.hasWeights() ? deferred : null;
    }

    /** Its elements, in the type that programs compute in. */
    Tensor tensor() {
        if (tensor == null) {
            tensor = Scope.escape(Scope.call(() -> source.get()));
            source = null;
        }
        return tensor;
    }

    /** Whether it can be a weight where it stands in the place of one. */
    boolean canBeWeight() {
        return origin != Origin.LITERAL && deferredFromWeight() == null;
    }

    /** Whether it is, or is made of, a weight: an initialiser of floating point with dimensions. */
    boolean isWeight() {
        if (deferredFromWeight() != null) {
            return tensor().dtype().isFloatingPoint();
        }
        return origin == Origin.INITIALIZER && tensor().dtype().isFloatingPoint() && tensor().dim() > 0;
    }
}
