package org.torchbridge.nn;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.autograd.Context;
import org.torchbridge.autograd.Function;

/**
 * Runs backward hooks for one call of a module: puts a function that changes nothing around its inputs and another around
 * its outputs, so that what passes is the gradient of this call and of no other use of the same tensors.
 */
final class BackwardCall {
    private final Module module;
    private final List<Module.FullBackwardPreHook> before;
    private final List<Module.FullBackwardHook> after;
    private int inputCount;
    private boolean inputsNeedGradients;
    /** Between the two functions in backward: the gradients of the outputs. */
    private @Nullable List<@Nullable Tensor> gradOutput;

    BackwardCall(Module module, List<Module.FullBackwardPreHook> before, List<Module.FullBackwardHook> after) {
        this.module = module;
        this.before = before;
        this.after = after;
    }

    /** Gives back what it is given and its gradients to a hook, of which null takes the place of what is not in use. */
    private static final class BackwardHookFunction extends Function {
        private final boolean zeros;
        private final UnaryOperator<List<@Nullable Tensor>> hook;

        BackwardHookFunction(boolean zeros, UnaryOperator<List<@Nullable Tensor>> hook) {
            this.zeros = zeros;
            this.hook = hook;
        }

        @Override
        protected List<Tensor> forward(Context context, List<Tensor> inputs) {
            context.setMaterializeGrads(zeros);
            return inputs;
        }

        @Override
        protected List<Tensor> backward(Context context, List<Tensor> gradients) {
            return hook.apply(gradients);
        }
    }

    /** The inputs for the module. */
    List<Object> inputs(List<Object> inputs) {
        inputCount = inputs.size();
        List<Integer> places = places(inputs);
        inputsNeedGradients = !places.isEmpty();
        return passed(inputs, places, true, gradients -> {
            List<@Nullable Tensor> outputs = gradOutput;
            gradOutput = null;
            return outputs == null
                    ? gradients
                    : picked(runAfter(spread(gradients, places, inputCount), outputs), places);
        });
    }

    /** The output for who called the module. */
    @SuppressWarnings("unchecked") // a record or list is made anew with the same things in it
    <T> T output(T output) {
        if (output instanceof Tensor tensor) {
            return (T) outputs(List.of(tensor)).get(0);
        }
        if (output instanceof List<?> list) {
            return (T) outputs(new ArrayList<>(list));
        }
        if (output instanceof Record record) {
            return (T) rebuilt(record);
        }
        throw new IllegalStateException("a module with backward hooks made a "
                + (output == null ? "null" : output.getClass().getName())
                + "; a tensor is expected, or a record or a list with tensors in it");
    }

    private List<Object> outputs(List<Object> outputs) {
        List<Integer> places = places(outputs);
        return passed(outputs, places, false, gradients -> {
            List<@Nullable Tensor> all = runBefore(spread(gradients, places, outputs.size()));
            gradOutput = all;
            if (!inputsNeedGradients) {
                runAfterWithoutInputs(all);
            }
            return picked(all, places);
        });
    }

    private List<@Nullable Tensor> runBefore(List<@Nullable Tensor> gradients) {
        List<@Nullable Tensor> current = gradients;
        for (Module.FullBackwardPreHook hook : before) {
            current = replaced(current, hook.apply(module, current), "grad_output");
        }
        return current;
    }

    private List<@Nullable Tensor> runAfter(List<@Nullable Tensor> gradients, List<@Nullable Tensor> outputs) {
        List<@Nullable Tensor> current = gradients;
        for (Module.FullBackwardHook hook : after) {
            current = replaced(current, hook.apply(module, current, outputs), "grad_input");
        }
        return current;
    }

    private void runAfterWithoutInputs(List<@Nullable Tensor> outputs) {
        gradOutput = null;
        for (Module.FullBackwardHook hook : after) {
            List<@Nullable Tensor> result = hook.apply(module, Collections.nCopies(inputCount, null), outputs);
            if (result != null && result.stream().anyMatch(Objects::nonNull)) {
                throw new IllegalStateException(
                        "Backward hook for Modules where no input requires gradient should always"
                                + " return None or None for all gradients.");
            }
        }
    }

    private static List<@Nullable Tensor> replaced(
            List<@Nullable Tensor> gradients, @Nullable List<@Nullable Tensor> replacement, String what) {
        if (replacement != null && replacement.size() != gradients.size()) {
            throw new IllegalStateException("Backward hook returned an invalid number of " + what + ", got "
                    + replacement.size() + ", but expected " + gradients.size());
        }
        return replacement == null ? gradients : replacement;
    }

    /** Where the tensors are that need gradients. */
    private static List<Integer> places(List<?> values) {
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) instanceof Tensor tensor && tensor.requiresGrad()) {
                places.add(i);
            }
        }
        return places;
    }

    /** The values with the tensors at {@code places} passed through a function that gives the hook their gradients. */
    private static List<Object> passed(
            List<Object> values, List<Integer> places, boolean zeros, UnaryOperator<List<@Nullable Tensor>> hook) {
        if (places.isEmpty()) {
            return values;
        }
        List<Tensor> tensors =
                places.stream().map(values::get).map(Tensor.class::cast).toList();
        List<Tensor> through = new BackwardHookFunction(zeros, hook).apply(tensors);
        List<Object> result = new ArrayList<>(values);
        for (int i = 0; i < through.size(); i++) {
            result.set(places.get(i), through.get(i));
        }
        return result;
    }

    private static List<@Nullable Tensor> spread(List<@Nullable Tensor> gradients, List<Integer> places, int count) {
        List<@Nullable Tensor> all = new ArrayList<>(Collections.nCopies(count, null));
        for (int i = 0; i < gradients.size(); i++) {
            all.set(places.get(i), gradients.get(i));
        }
        return all;
    }

    private static List<@Nullable Tensor> picked(List<@Nullable Tensor> all, List<Integer> places) {
        List<@Nullable Tensor> picked = new ArrayList<>();
        places.forEach(place -> picked.add(all.get(place)));
        return picked;
    }

    private Object rebuilt(Record record) {
        RecordComponent[] components = record.getClass().getRecordComponents();
        List<Object> values = new ArrayList<>();
        try {
            for (RecordComponent component : components) {
                component.getAccessor().setAccessible(true);
                values.add(component.getAccessor().invoke(record));
            }
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            Constructor<?> constructor = record.getClass().getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(outputs(values).toArray());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "the output " + record.getClass().getName()
                            + " of a module with backward hooks cannot be made anew",
                    e);
        }
    }
}
