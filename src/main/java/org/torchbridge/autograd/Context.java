package org.torchbridge.autograd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;

/**
 * What one call of a {@link Function} hands from forward to backward.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/autograd.html#context-method-mixins">the context methods of
 * torch.autograd.Function</a>.
 */
public final class Context {
    private final boolean[] needsInputGrad;
    private final Map<String, Object> values;
    private List<@Nullable Tensor> saved = List.of();
    private List<Tensor> notDifferentiable = List.of();
    private List<Tensor> dirty = List.of();
    private boolean materializeGrads = true;

    Context(List<@Nullable Tensor> inputs) {
        this.needsInputGrad = new boolean[inputs.size()];
        for (int i = 0; i < needsInputGrad.length; i++) {
            Tensor input = inputs.get(i);
            needsInputGrad[i] = input != null && input.requiresGrad();
        }
        this.values = Collections.synchronizedMap(new HashMap<>());
    }

    private Context(Context forward, List<@Nullable Tensor> saved) {
        this.needsInputGrad = forward.needsInputGrad;
        this.values = forward.values;
        this.materializeGrads = forward.materializeGrads;
        this.saved = saved;
    }

    /** The context of one backward, which has the saved tensors again. */
    Context forBackward(List<@Nullable Tensor> unpacked) {
        return new Context(this, unpacked);
    }

    /**
     * Keeps tensors for backward: inputs, outputs or others; null is kept as null. Called once, in forward. A field of the
     * function's would do for a number; a tensor kept in a field could keep its own graph in memory for ever, and a change
     * made to it in place would go unnoticed.
     */
    public void saveForBackward(@Nullable Tensor... tensors) {
        saved = new ArrayList<>(Arrays.asList(tensors));
    }

    /** The tensors that {@link #saveForBackward} kept. */
    public List<@Nullable Tensor> savedTensors() {
        return Collections.unmodifiableList(saved);
    }

    /** Says in forward which outputs have no gradient. Whole numbers and booleans never have one. */
    public void markNonDifferentiable(Tensor... outputs) {
        notDifferentiable = List.of(outputs);
    }

    /** Says in forward which inputs it changed in place; each has to be an output too. */
    public void markDirty(Tensor... inputs) {
        dirty = List.of(inputs);
    }

    /** Whether backward gets zeros for the gradient of an output that nothing used: the default; else it gets null. */
    public void setMaterializeGrads(boolean materialize) {
        materializeGrads = materialize;
    }

    /** Whether the gradient of input {@code index} is needed; where it is not, backward may return null. */
    public boolean needsInputGrad(int index) {
        return needsInputGrad[index];
    }

    /** Keeps something that is no tensor. */
    public void set(String name, Object value) {
        values.put(name, value);
    }

    /** What {@link #set} kept under {@code name}. */
    public <T> T get(String name, Class<T> type) {
        Object value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the context has nothing under the name '" + name + "'");
        }
        return type.cast(value);
    }

    List<Tensor> notDifferentiable() {
        return notDifferentiable;
    }

    List<Tensor> dirty() {
        return dirty;
    }

    boolean materializesGrads() {
        return materializeGrads;
    }

    /** Lets go of tensors that the graph keeps now. */
    void clear() {
        saved = List.of();
        notDifferentiable = List.of();
        dirty = List.of();
    }
}
