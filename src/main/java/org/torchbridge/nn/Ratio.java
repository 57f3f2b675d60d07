package org.torchbridge.nn;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** How many times as large an output is as its input: one number for all dimensions, or one for each. */
public record Ratio(List<Double> values) {

    public Ratio {
        values = List.copyOf(values);
        if (values.isEmpty()) {
            throw new IllegalArgumentException("a ratio has no numbers; one or more are expected");
        }
    }

    public static Ratio of(double... values) {
        return new Ratio(DoubleStream.of(values).boxed().toList());
    }

    /** The number of each dimension. {@code name} is what an error calls this ratio. */
    double[] expand(String name, int dimensions) {
        if (values.size() != 1 && values.size() != dimensions) {
            throw new IllegalArgumentException(name + " is " + this + "; " + Size.oneOr(dimensions) + " expected");
        }
        double[] expanded = new double[dimensions];
        Arrays.setAll(expanded, i -> values.get(values.size() == 1 ? 0 : i));
        return expanded;
    }

    /** As Python prints it: {@code 2.0} or {@code (2.0, 1.5)}. */
    @Override
    public String toString() {
        return values.size() == 1
                ? PythonText.of(values.get(0))
                : values.stream().map(PythonText::of).collect(Collectors.joining(", ", "(", ")"));
    }
}
