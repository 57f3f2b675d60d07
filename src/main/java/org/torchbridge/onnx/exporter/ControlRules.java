package org.torchbridge.onnx.exporter;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.torchbridge.DType;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.Value;
import org.torchbridge.onnx.exporter.Item.Named;
import org.torchbridge.onnx.proto.GraphProto;
import org.torchbridge.onnx.proto.ValueInfoProto;

/** Branches and loops, whose blocks become graphs within the model. */
final class ControlRules {
    private ControlRules() {}

    static void register(Rules r) {
        r.many("prim::If", ControlRules::branch);
        r.many("prim::Loop", ControlRules::loop);
    }

    private static List<Item> branch(Call c) {
        Exporter exporter = c.exporter();
        OnnxGraph first = exporter.inner(c.block(0));
        OnnxGraph second = exporter.inner(c.block(1));
        List<Item> one = items(c, c.block(0).outputs());
        List<Item> other = items(c, c.block(1).outputs());
        List<Form> forms = new ArrayList<>();
        for (int i = 0; i < one.size(); i++) {
            forms.add(Form.of(c, c.output(i).type(), List.of(one.get(i), other.get(i))));
        }
        List<Named> results = c.node("If", c.cast(c.item(0), DType.BOOL))
                .with("then_branch", graph(first, List.of(), exporter.within(first, () -> write(c, forms, one))))
                .with("else_branch", graph(second, List.of(), exporter.within(second, () -> write(c, forms, other))))
                .many(width(forms));
        return read(forms, results);
    }

    private static List<Item> loop(Call c) {
        Exporter exporter = c.exporter();
        Block body = c.block(0);
        List<Item> start = c.items().subList(2, c.items().size());
        List<Form> forms = new ArrayList<>();
        for (int i = 0; i < start.size(); i++) {
            forms.add(Form.carried(c, body.inputs().get(i + 1).type(), start.get(i)));
        }
        OnnxGraph inner = exporter.graph().inner();
        List<Named> inputs = new ArrayList<>(List.of(
                new Named(inner.unique("turn"), DType.INT64, List.of()),
                new Named(inner.unique("goes_on"), DType.BOOL, List.of())));
        exporter.put(body.inputs().get(0), inputs.get(0));
        for (int i = 0; i < forms.size(); i++) {
            Value input = body.inputs().get(i + 1);
            List<Named> names = names(inner, input, forms.get(i).width());
            inputs.addAll(names);
            exporter.put(input, forms.get(i).read(names.iterator()));
        }
        List<Named> outputs = exporter.within(inner, () -> {
            exporter.write(body);
            List<Item> turn = items(c, body.outputs().subList(1, body.outputs().size()));
            for (int i = 0; i < forms.size(); i++) {
                forms.set(i, forms.get(i).after(turn.get(i)));
            }
            List<Named> all = new ArrayList<>();
            all.add(c.op("Identity", c.cast(exporter.item(body.outputs().get(0)), DType.BOOL)));
            all.addAll(write(c, forms, turn));
            return all;
        });
        List<Named> arguments = new ArrayList<>(List.of(c.named(c.item(0)), c.cast(c.item(1), DType.BOOL)));
        arguments.addAll(write(c, forms, start));
        List<Named> results = c.node("Loop", List.copyOf(arguments))
                .with("body", graph(inner, inputs, outputs))
                .many(width(forms));
        return read(forms, results);
    }

    private static List<Named> names(OnnxGraph inner, Value input, int count) {
        List<Named> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(new Named(inner.unique(input.name()), null, null));
        }
        return names;
    }

    private static List<Item> items(Call c, List<Value> values) {
        return values.stream().map(c.exporter()::item).toList();
    }

    private static List<Named> write(Call c, List<Form> forms, List<Item> items) {
        List<Named> names = new ArrayList<>();
        for (int i = 0; i < forms.size(); i++) {
            names.addAll(forms.get(i).write(c, items.get(i)));
        }
        return names;
    }

    private static List<Item> read(List<Form> forms, List<Named> results) {
        Iterator<Named> next = results.iterator();
        return forms.stream().map(form -> form.read(next)).toList();
    }

    private static int width(List<Form> forms) {
        return forms.stream().mapToInt(Form::width).sum();
    }

    private static GraphProto graph(OnnxGraph graph, List<Named> inputs, List<Named> outputs) {
        GraphProto.Builder proto = graph.write(GraphProto.newBuilder().setName(graph.unique("body")));
        inputs.forEach(input -> proto.addInput(
                input.dtype() == null
                        ? ValueInfoProto.newBuilder().setName(input.name()).build()
                        : ModelExport.info(input, null)));
        outputs.forEach(output -> proto.addOutput(ValueInfoProto.newBuilder().setName(output.name())));
        return proto.build();
    }
}
