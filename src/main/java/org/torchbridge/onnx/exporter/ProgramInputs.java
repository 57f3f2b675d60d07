package org.torchbridge.onnx.exporter;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

/**
 * Makes a program's inputs those of a model, as an example has them: each element of a list or tuple is an input by itself,
 * what the example leaves out is what it is by default, and what is {@code None} there is so always.
 */
final class ProgramInputs {
    private final Graph graph;
    private final GraphBuilder start;

    private ProgramInputs(Graph graph) {
        this.graph = graph;
        this.start = graph.body().nodes().isEmpty()
                ? GraphBuilder.at(graph.body())
                : GraphBuilder.before(graph.body().nodes().get(0));
    }

    /** @throws IllegalArgumentException if the example has more values than the program takes, or fewer than it needs */
    static void settle(Graph graph, List<?> example) {
        new ProgramInputs(graph).settle(example);
    }

    private void settle(List<?> example) {
        List<Value> inputs = List.copyOf(graph.inputs());
        check(inputs, example.size());
        for (int i = 0; i < inputs.size(); i++) {
            Value input = inputs.get(i);
            Value value = i < example.size()
                    ? given(input.name(), input.type(), example.get(i))
                    : constant(graph.defaults().get(input));
            input.replaceAllUsesWith(value);
            graph.defaults().remove(input);
        }
        for (int i = 0; i < inputs.size(); i++) {
            graph.body().removeInput(0);
        }
    }

    private void check(List<Value> inputs, int given) {
        boolean enough = inputs.subList(Math.min(given, inputs.size()), inputs.size()).stream()
                .allMatch(graph.defaults()::containsKey);
        if (!enough || given > inputs.size()) {
            throw new IllegalArgumentException("the program takes " + inputs.size() + " inputs, and " + given
                    + " were given: "
                    + String.join(", ", inputs.stream().map(Value::name).toList()));
        }
    }

    private Value given(String name, Type type, @Nullable Object example) {
        if (example == null) {
            return constant(null);
        }
        Type present = type instanceof Type.OfOptional optional ? optional.element() : type;
        if (!(example instanceof List<?> list)) {
            return graph.addInput(name, present);
        }
        List<Value> elements = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            elements.add(given(name + "_" + i, element(present, i), list.get(i)));
        }
        return present instanceof Type.OfTuple
                ? start.node("prim::TupleConstruct", List.of(present), elements).output()
                : start.list(element(present, 0), elements);
    }

    private static Type element(Type type, int index) {
        return type instanceof Type.OfTuple tuple
                ? tuple.elements().get(index)
                : type instanceof Type.OfList list ? list.element() : type;
    }

    private Value constant(@Nullable Object value) {
        return value == null ? start.constant(null, Type.NONE) : start.constant(value);
    }
}
