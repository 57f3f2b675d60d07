package org.torchbridge.jit;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;

/** Inputs of a module that is traced, and others made of them. */
final class ExampleInputs {
    /** Whether a dimension of an input gets longer. */
    @FunctionalInterface
    private interface Choice {
        boolean takes(Tensor input, int dimension);
    }

    private ExampleInputs() {}

    /** Copies, so that a forward that writes to its inputs finds them the same each time, and none is there twice. */
    static List<Tensor> copies(List<Tensor> inputs) {
        return inputs.stream()
                .map(input -> input.detach().clone().requiresGrad(input.requiresGrad()))
                .toList();
    }

    /**
     * What a forward may take that takes {@code inputs}, with {@code count} elements more in some dimensions. The most
     * usual first: dimension 0 of all is the batch; other inputs have nothing of it, or it is their last dimension too,
     * as that of a mask; it is dimension 1.
     */
    static Stream<List<Tensor>> longer(List<Tensor> inputs, long count) {
        Tensor first = inputs.get(0);
        Stream.Builder<Choice> choices = Stream.builder();
        choices.add((input, dimension) -> dimension == 0);
        if (first.dim() > 0) {
            long rows = first.size(0);
            choices.add((input, dimension) -> dimension == 0 && input.size(0) == rows);
            choices.add((input, dimension) -> input.size(dimension) == rows);
        }
        choices.add((input, dimension) -> dimension == 1);
        return choices.build()
                .filter(choice -> inputs.stream().anyMatch(input -> isChosen(input, choice)))
                .map(choice -> inputs.stream()
                        .map(input -> longer(input, count, choice))
                        .toList());
    }

    private static boolean isChosen(Tensor input, Choice choice) {
        for (int i = 0; i < input.dim(); i++) {
            if (input.size(i) > 0 && choice.takes(input, i)) {
                return true;
            }
        }
        return false;
    }

    private static Tensor longer(Tensor input, long count, Choice choice) {
        Tensor result = input.detach();
        for (int i = 0; i < input.dim(); i++) {
            if (input.size(i) > 0 && choice.takes(input, i)) {
                result = longer(result, count, i);
            }
        }
        return result.requiresGrad(input.requiresGrad());
    }

    /** Repeats the last element: a value that occurs, in an order that stays sorted. */
    private static Tensor longer(Tensor input, long count, int dimension) {
        long last = input.size(dimension) - 1;
        Tensor elements = Torch.arange(last + 1 + count, TensorOptions.of(input.device()));
        return input.indexSelect(dimension, elements.clamp(null, last));
    }

    /** {@code longer} with one element less in each dimension where it is longer than {@code inputs}. */
    static List<Tensor> between(List<Tensor> inputs, List<Tensor> longer) {
        return IntStream.range(0, inputs.size())
                .mapToObj(i -> between(inputs.get(i), longer.get(i)))
                .toList();
    }

    private static Tensor between(Tensor input, Tensor longer) {
        Tensor result = longer.detach();
        for (int i = 0; i < input.dim(); i++) {
            if (longer.size(i) > input.size(i)) {
                result = result.narrow(i, 0, longer.size(i) - 1);
            }
        }
        return result.requiresGrad(longer.requiresGrad());
    }
}
