package org.torchbridge.optim;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Layout;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;

/**
 * What an optimizer remembers of one parameter, under Python's names: the steps taken, numbers, and tensors. Python has
 * the numbers in tensors of type {@code float32}; here they are Java's, rounded alike.
 */
final class ParameterState {
    private static final String STEP = "step";

    private final Tensor parameter;
    private final Map<String, Float> numbers = new LinkedHashMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private long steps;

    ParameterState(Tensor parameter) {
        this.parameter = parameter;
    }

    Tensor parameter() {
        return parameter;
    }

    long steps() {
        return steps;
    }

    void countStep() {
        steps++;
    }

    /** Whether nothing has been remembered yet. */
    boolean isFresh() {
        return tensors.isEmpty();
    }

    Map<String, Float> numbers() {
        return numbers;
    }

    float number(String name, double initial) {
        return numbers.computeIfAbsent(name, absent -> (float) initial);
    }

    void setNumber(String name, double value) {
        numbers.put(name, (float) value);
    }

    /** The tensor called {@code name}, zeros of the parameter's shape at first. */
    Tensor tensor(String name) {
        return tensor(name, () -> Torch.zerosLike(parameter));
    }

    /** The tensor called {@code name}, of the parameter's shape and full of {@code initial} at first. */
    Tensor tensor(String name, double initial) {
        return tensor(name, () -> {
            Tensor full = Torch.zerosLike(parameter);
            real(full).fill_(initial);
            return full;
        });
    }

    Tensor tensor(String name, Supplier<Tensor> initial) {
        return tensors.computeIfAbsent(name, absent -> Scope.escape(initial.get()));
    }

    @Nullable
    Tensor get(String name) {
        return tensors.get(name);
    }

    void put(String name, Tensor value) {
        tensors.put(name, Scope.escape(value));
    }

    /** A complex tensor as a real one over the same memory; any other as it is. */
    static Tensor real(Tensor tensor) {
        return tensor.dtype().isComplex() ? Torch.viewAsReal(tensor) : tensor;
    }

    /** Python's dictionary of this state, in which the steps are {@code step}; null leaves them out. */
    Map<String, @Nullable Object> toPython(@Nullable Object step) {
        Map<String, Object> state = new LinkedHashMap<>();
        if (tensors.isEmpty() && numbers.isEmpty()) {
            return state;
        }
        if (step != null) {
            state.put(STEP, step);
        }
        numbers.forEach((name, number) -> state.put(name, Torch.scalarTensor(number, float32())));
        state.putAll(tensors);
        return state;
    }

    /** Takes over a copy of Python's dictionary. */
    void load(Map<?, ?> saved, Set<String> namesOfNumbers) {
        numbers.clear();
        tensors.clear();
        steps = 0;
        saved.forEach((key, value) -> {
            String name = String.valueOf(key);
            if (name.equals(STEP)) {
                steps = Math.round(toDouble(value));
            } else if (namesOfNumbers.contains(name)) {
                setNumber(name, toDouble(value));
            } else if (value instanceof Tensor tensor) {
                put(name, likeParameter(tensor));
            } else if (value != null) {
                throw new IllegalArgumentException("the state dict has "
                        + value.getClass().getSimpleName() + " " + value + " as '" + name + "'; a tensor is expected");
            }
        });
    }

    static TensorOptions float32() {
        return TensorOptions.of(DType.FLOAT32);
    }

    static double toDouble(Object value) {
        return value instanceof Tensor tensor ? tensor.toDouble() : ((Number) value).doubleValue();
    }

    /** A copy on the parameter's device, of its type if that is a floating-point one, and in its order in memory. */
    private Tensor likeParameter(Tensor value) {
        Tensor moved = value.to(parameter.device());
        if (moved.layout() != Layout.STRIDED) {
            return moved.clone();
        }
        boolean sameShape = Arrays.equals(moved.shape(), parameter.shape());
        boolean sameType =
                parameter.dtype().isFloatingPoint() || parameter.dtype().isComplex();
        if (sameShape && sameType) {
            return Torch.emptyLike(parameter).copy_(moved);
        }
        return sameType && moved.dtype() != parameter.dtype() ? moved.to(parameter.dtype()) : moved.clone();
    }
}
