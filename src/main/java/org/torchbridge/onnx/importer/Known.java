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
    private final ElementType declared;
    private final Origin origin;
    private final @Nullable Deferred deferred;
    private final int output;
    private final @Nullable Known original;
    private @Nullable Supplier<Constant> source;
    private @Nullable Constant constant;

    private Known(
            String name,
            ElementType declared,
            Origin origin,
            @Nullable Deferred deferred,
            int output,
            @Nullable Known original,
            Supplier<Constant> source) {
        this.name = name;
        this.declared = declared;
        this.origin = origin;
        this.deferred = deferred;
        this.output = output;
        this.original = original;
        this.source = source;
    }

    /** A tensor that the model has under a name of its own. */
    static Known initializer(String name, ElementType element, Supplier<Constant> source) {
        return new Known(name, element, Origin.INITIALIZER, null, 0, null, source);
    }

    /** A tensor from a node without inputs. */
    static Known constant(String name, ElementType element, Supplier<Constant> source) {
        return new Known(name, element, Origin.CONSTANT, null, 0, null, source);
    }

    /** A tensor from a node without inputs, in a model that has all of its weights elsewhere. */
    static Known literal(String name, ElementType element, Supplier<Constant> source) {
        return new Known(name, element, Origin.LITERAL, null, 0, null, source);
    }

    /** An output of a node all of whose inputs are known. */
    static Known deferred(String name, ElementType element, Deferred node, int output) {
        return new Known(name, element, Origin.CONSTANT, node, output, null, () -> node.output(output));
    }

    /** A weight of its own that starts with the same elements. */
    Known twin(String name) {
        return new Known(
                name, declared, Origin.INITIALIZER, null, 0, this, () -> new Constant(tensor().clone(), element()));
    }

    /** The same elements as a constant that does not train. */
    Known fixed(String name) {
        return literal(name, declared, this::constant);
    }

    /** Whether all of its elements are one number. */
    boolean isUniform() {
        Tensor tensor = tensor();
        return tensor.numel() > 0
                && tensor.eq(tensor.flatten().select(0, 0)).all().toBoolean();
    }

    /** The weight whose twin it is, if it is one. */
    @Nullable
    Known original() {
        return original;
    }

    String name() {
        return name;
    }

    /** What the model says, or, where it says nothing, what comes out. */
    @Override
    public ElementType element() {
        return declared == ElementType.UNDEFINED ? constant().element() : declared;
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
        return constant().tensor();
    }

    private Constant constant() {
        if (constant == null) {
            constant = Scope.call(() -> source.get());
            Scope.escape(constant.tensor());
            source = null;
        }
        return constant;
    }

    /** Whether it is a constant with dimensions, and no weight in any place. */
    boolean isFixed() {
        return origin == Origin.LITERAL && tensor().dim() > 0;
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
