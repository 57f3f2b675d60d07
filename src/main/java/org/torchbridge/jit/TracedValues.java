package org.torchbridge.jit;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Tensor;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Value;
import org.torchbridge.internal.RecordValues;

/** What a traced forward may return: a tensor, null, or lists and records of these. In a program, those are tuples. */
final class TracedValues {
    private TracedValues() {}

    /** The tensors in it, in order. */
    static List<Tensor> tensors(@Nullable Object output) {
        List<Tensor> tensors = new ArrayList<>();
        collect(output, tensors);
        return tensors;
    }

    private static void collect(@Nullable Object output, List<Tensor> tensors) {
        if (output instanceof Tensor tensor) {
            tensors.add(tensor);
        } else if (output != null) {
            elements(output).forEach(each -> collect(each, tensors));
        }
    }

    /** The same in a program, with the next of {@code values} for each tensor. */
    static Value write(@Nullable Object output, Iterator<Value> values, GraphBuilder g) {
        if (output == null) {
            return g.constant(null);
        }
        if (output instanceof Tensor) {
            return values.next();
        }
        return g.tuple(
                elements(output).stream().map(each -> write(each, values, g)).toList());
    }

    private static List<@Nullable Object> elements(Object output) {
        if (output instanceof List<?> list) {
            return new ArrayList<>(list);
        }
        if (output instanceof Record record) {
            return RecordValues.of(record);
        }
        throw new IllegalArgumentException(
                "forward returned a " + output.getClass().getName()
                        + "; a tensor, or a list or record of tensors, is expected of what is traced");
    }
}
