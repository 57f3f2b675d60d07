package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.*;
import org.bytedeco.pytorch.global.torch;
import org.torchbridge.DType;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Value;

/** Stands in for the graph room's writer until that is here. */
public final class TempRun {
    private static long count;
    private final Map<Value, String> values = new HashMap<>();
    private final StringBuilder text = new StringBuilder();
    private final JitModule module =
            new JitModule(new QualifiedName("__torch__.Temp" + count++), new CompilationUnit(), true);
    private final Graph graph;
    private int names;
    private int tensors;

    private TempRun(Graph graph) {
        this.graph = graph;
    }

    public static List<Object> run(Graph graph, List<?> inputs) {
        return of(graph).call(inputs);
    }

    public static TempRun of(Graph graph) {
        org.torchbridge.Torch.zeros(1).unwrap();
        TempRun run = new TempRun(graph);
        run.text.append("def forward(self");
        for (Value in : graph.inputs())
            run.text.append(", ").append(run.name(in)).append(": ").append(python(in.type()));
        run.text.append("):\n");
        run.block(graph.body(), "  ");
        run.text.append("  return ");
        for (int i = 0; i < graph.outputs().size(); i++)
            run.text
                    .append(i == 0 ? "" : ", ")
                    .append(run.values.get(graph.outputs().get(i)));
        run.text.append("\n");
        if (Boolean.getBoolean("show")) System.err.println(run.text);
        run.module.define(run.text.toString());
        return run;
    }

    public List<Object> call(List<?> inputs) {
        IValueVector stack = new IValueVector();
        for (Object input : inputs) stack.push_back(ivalue(input));
        Object result;
        try (NoGradGuard guard = new NoGradGuard()) {
            result = java(module.forward(stack));
        }
        return graph.outputs().size() == 1
                        && !(result instanceof List<?>
                                && graph.outputs().get(0).producer().is("prim::TupleConstruct"))
                ? java.util.Collections.singletonList(result)
                : (List<Object>) result;
    }

    static Type.TypePtr type(org.torchbridge.graph.Type t) {
        return new ScriptTypeParser().parseType(python(t));
    }

    static String python(org.torchbridge.graph.Type t) {
        if (t instanceof org.torchbridge.graph.Type.OfTensor) return "Tensor";
        if (t instanceof org.torchbridge.graph.Type.OfList l) return "List[" + python(l.element()) + "]";
        if (t instanceof org.torchbridge.graph.Type.OfOptional o) return "Optional[" + python(o.element()) + "]";
        if (t instanceof org.torchbridge.graph.Type.OfDict o)
            return "Dict[" + python(o.key()) + "," + python(o.value()) + "]";
        return t.toString();
    }

    static Object java(IValue v) {
        if (v.isTensor()) return org.torchbridge.Tensor.wrap(v.toTensor());
        if (v.isInt()) return v.toInt();
        if (v.isBool()) return v.toBool();
        if (v.isDouble()) return v.toDouble();
        if (v.isString()) return v.toStringRef().getString();
        if (v.isNone()) return null;
        if (v.isTuple()) {
            List<Object> all = new ArrayList<>();
            IValueVector e = v.toTuple().elements().vec();
            for (long i = 0; i < e.size(); i++) all.add(java(e.get(i)));
            return all;
        }
        if (v.isTensorList()) {
            List<Object> all = new ArrayList<>();
            TensorVector e = v.toTensorVector();
            for (long i = 0; i < e.size(); i++) all.add(org.torchbridge.Tensor.wrap(e.get(i)));
            return all;
        }
        if (v.isList()) {
            List<Object> all = new ArrayList<>();
            IValueArrayRef e = v.toListRef();
            for (long i = 0; i < e.size(); i++) all.add(java(e.get(i)));
            return all;
        }
        throw new IllegalStateException("value " + v.tagKind().getString());
    }

    static IValue ivalue(Object o) {
        if (o == null) return new IValue();
        if (o instanceof org.torchbridge.Tensor t) return new IValue(t.unwrap());
        if (o instanceof Long l) return new IValue(l.longValue());
        if (o instanceof Integer l) return new IValue(l.longValue());
        if (o instanceof Double d) return new IValue(d.doubleValue());
        if (o instanceof Boolean b) return new IValue(b.booleanValue());
        if (o instanceof String s) return new IValue(s);
        if (o instanceof DType d) return new IValue((long) d.code());
        if (o instanceof org.torchbridge.Device d) return new IValue(new Device(d.toString()));
        if (o instanceof List<?> l && (l.isEmpty() || l.get(0) instanceof org.torchbridge.Tensor)) {
            GenericList v = new GenericList(new ScriptTypeParser().parseType("Tensor"));
            for (Object e : l) v.push_back(ivalue(e));
            return new IValue(v);
        }
        if (o instanceof List<?> l) {
            GenericList v = new GenericList(new ScriptTypeParser().parseType("str"));
            for (Object e : l) v.push_back(ivalue(e));
            return new IValue(v);
        }
        throw new IllegalStateException("constant " + o.getClass());
    }

    private String name(Value v) {
        return values.computeIfAbsent(v, k -> "v" + names++);
    }

    private String constant(Object o) {
        if (o == null) return "None";
        if (o instanceof org.torchbridge.Tensor t) {
            String n = "t" + tensors++;
            module.register_buffer(n, t.unwrap());
            return "self." + n;
        }
        if (o instanceof Boolean b) return b ? "True" : "False";
        if (o instanceof DType d) return "" + d.code();
        if (o instanceof String s)
            return "\"" + s.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
        if (o instanceof Double d)
            return d.isInfinite()
                    ? (d > 0 ? "float('inf')" : "float('-inf')")
                    : d.isNaN()
                            ? "float('nan')"
                            : new java.math.BigDecimal(d).toPlainString().contains(".")
                                    ? new java.math.BigDecimal(d).toPlainString()
                                    : new java.math.BigDecimal(d).toPlainString() + ".0";
        if (o instanceof Long l) return l == Long.MIN_VALUE ? "(-9223372036854775807 - 1)" : l.toString();
        if (o instanceof long[] longs) {
            List<Object> l = new ArrayList<>();
            for (long x : longs) l.add(x);
            return constant(l);
        }
        if (o instanceof List<?> l) {
            List<String> all = new ArrayList<>();
            l.forEach(e -> all.add(constant(e)));
            return l.isEmpty() ? "[1][:0]" : "[" + String.join(", ", all) + "]";
        }
        if (o instanceof org.torchbridge.Device d) return "torch.device(\"" + d + "\")";
        throw new IllegalStateException("constant " + o.getClass());
    }

    private void block(org.torchbridge.graph.Block from, String indent) {
        for (Node n : from.nodes()) node(n, indent);
        if (from.nodes().isEmpty()) text.append(indent).append("pass\n");
    }

    private void line(String indent, Node n, String right) {
        List<String> left = new ArrayList<>();
        n.outputs().forEach(o -> left.add(name(o)));
        text.append(indent)
                .append(
                        left.isEmpty()
                                ? ""
                                : String.join(", ", left) + (n.is("prim::ListUnpack") && left.size() == 1 ? "," : "")
                                        + " = ")
                .append(right)
                .append("\n");
    }

    private void typed(String indent, Node n, String right) {
        text.append(indent)
                .append(name(n.output()))
                .append(": ")
                .append(python(n.output().type()))
                .append(" = ")
                .append(right)
                .append("\n");
    }

    private String in(Node n, int i) {
        return values.get(n.input(i));
    }

    private String keywords(Node n) {
        List<String> names = keywordOnly(n.kind(), n);
        List<String> a = new ArrayList<>();
        for (int i = 0; i < n.inputs().size(); i++) {
            String name = names == null ? "" : names.get(i);
            a.add((name.isEmpty() ? "" : name + "=") + in(n, i));
        }
        return String.join(", ", a);
    }

    private static org.torchbridge.graph.Type kindOf(Value v) {
        if (!v.producer().is("prim::Constant")) return v.type();
        Object o = v.producer().attribute("value");
        return o instanceof DType ? org.torchbridge.graph.Type.INT : ResultTypes.typeOf(o);
    }

    private static final Map<String, List<String>> SCHEMAS = new HashMap<>();

    private static List<String> keywordOnly(String kind, Node n) {
        List<String> schemas = SCHEMAS.computeIfAbsent(kind, k -> {
            OperatorVector v = torch.getAllOperatorsFor(Symbol.fromQualString(k));
            List<String> all = new ArrayList<>();
            for (long i = 0; i < v.size(); i++)
                all.add(torch.toString(v.get(i).schema()).getString());
            return all;
        });
        int size = n.inputs().size();
        List<String> best = null;
        int most = -1;
        for (String schema : schemas) {
            if (schema.contains(" out)") || schema.contains("names")) continue;
            String inside = schema.substring(schema.indexOf('(') + 1, schema.lastIndexOf(") ->"));
            List<String> names = new ArrayList<>();
            boolean only = false;
            int positional = 0;
            boolean fits = true;
            for (String each : inside.split(", (?![^(]*\\))")) {
                if (each.equals("*")) {
                    only = true;
                    continue;
                }
                String bare = each.replaceAll("=.*", "");
                if (!only) positional++;
                if (names.size() < size) {
                    boolean wantsTensor = bare.startsWith("Tensor ") || bare.startsWith("Tensor(");
                    org.torchbridge.graph.Type t = kindOf(n.input(names.size()));
                    boolean isTensor = t instanceof org.torchbridge.graph.Type.OfTensor;
                    if (bare.startsWith("ScalarType")
                            && t != org.torchbridge.graph.Type.INT
                            && t != org.torchbridge.graph.Type.NONE) fits = false;
                    if (bare.startsWith("bool ") && t != org.torchbridge.graph.Type.BOOL) fits = false;
                    if (bare.startsWith("Device")
                            && t != org.torchbridge.graph.Type.Simple.DEVICE
                            && t != org.torchbridge.graph.Type.NONE) fits = false;
                    if (wantsTensor != isTensor
                            && !bare.startsWith("Tensor?")
                            && !(bare.startsWith("Scalar") && isTensor)) fits = false;
                    if (bare.startsWith("str") != (t == org.torchbridge.graph.Type.STRING)
                            && t != org.torchbridge.graph.Type.NONE) fits = false;
                }
                names.add(only ? bare.substring(bare.lastIndexOf(' ') + 1) : "");
            }
            if (fits && names.size() >= size && only && positional < size && positional > most) {
                best = names;
                most = positional;
            }
        }
        return best;
    }

    private String args(Node n) {
        List<String> a = new ArrayList<>();
        n.inputs().forEach(v -> a.add(values.get(v)));
        return String.join(", ", a);
    }

    private void node(Node n, String indent) {
        switch (n.kind()) {
            case "prim::Constant" -> values.put(n.output(), constant(n.attribute("value")));
            case "prim::GetAttr" -> values.put(
                    n.output(),
                    constant(graph.slots().get((String) n.attribute("name")).value()));
            case "prim::ListConstruct" -> typed(indent, n, "[" + args(n) + "]");
            case "prim::TupleConstruct" -> line(indent, n, "(" + args(n) + ",)");
            case "prim::ListUnpack" -> line(indent, n, in(n, 0));
            case "prim::device" -> line(indent, n, in(n, 0) + ".device");
            case "prim::tolist" -> typed(indent, n, in(n, 0) + ".tolist()");
            case "aten::__getitem__" -> line(indent, n, in(n, 0) + "[" + in(n, 1) + "]");
            case "prim::min", "prim::max" -> line(indent, n, n.kind().substring(6) + "(" + args(n) + ")");
            case "aten::Int" -> line(indent, n, "int(" + args(n) + ")");
            case "aten::Bool" -> line(indent, n, "bool(" + args(n) + ")");
            case "aten::Float" -> line(indent, n, "float(" + args(n) + ")");
            case "aten::len" -> line(indent, n, "len(" + args(n) + ")");
            case "aten::floordiv" -> line(indent, n, in(n, 0) + " // " + in(n, 1));
            case "aten::__isnot__" -> line(indent, n, in(n, 0) + " is not " + in(n, 1));
            case "aten::__is__" -> line(indent, n, in(n, 0) + " is " + in(n, 1));
            case "aten::__not__" -> line(indent, n, "not " + in(n, 0));
            case "prim::unchecked_cast", "prim::unchecked_unwrap_optional", "aten::_unwrap_optional" -> line(
                    indent, n, "torch.jit._unwrap_optional(" + in(n, 0) + ")");
            case "prim::If" -> {
                text.append(indent).append("if ").append(in(n, 0)).append(":\n");
                for (int b = 0; b < 2; b++) {
                    if (b == 1) text.append(indent).append("else:\n");
                    block(n.blocks().get(b), indent + "  ");
                    for (int i = 0; i < n.outputs().size(); i++)
                        text.append(indent)
                                .append("  ")
                                .append(name(n.output(i)))
                                .append(" = ")
                                .append(values.get(n.blocks().get(b).outputs().get(i)))
                                .append("\n");
                }
            }
            case "prim::Loop" -> {
                org.torchbridge.graph.Block b = n.blocks().get(0);
                String c = "v" + names++;
                String k = "v" + names++;
                text.append(indent).append(c).append(" = ").append(in(n, 1)).append("\n");
                text.append(indent).append(k).append(" = 0\n");
                for (int i = 0; i < n.outputs().size(); i++)
                    text.append(indent)
                            .append(name(n.output(i)))
                            .append(" = ")
                            .append(in(n, i + 2))
                            .append("\n");
                text.append(indent)
                        .append("while ")
                        .append(c)
                        .append(" and ")
                        .append(k)
                        .append(" < ")
                        .append(in(n, 0))
                        .append(":\n");
                text.append(indent)
                        .append("  ")
                        .append(name(b.inputs().get(0)))
                        .append(" = ")
                        .append(k)
                        .append("\n");
                for (int i = 0; i < n.outputs().size(); i++)
                    text.append(indent)
                            .append("  ")
                            .append(name(b.inputs().get(i + 1)))
                            .append(" = ")
                            .append(name(n.output(i)))
                            .append("\n");
                block(b, indent + "  ");
                text.append(indent)
                        .append("  ")
                        .append(c)
                        .append(" = ")
                        .append(values.get(b.outputs().get(0)))
                        .append("\n");
                for (int i = 0; i < n.outputs().size(); i++)
                    text.append(indent)
                            .append("  ")
                            .append(name(n.output(i)))
                            .append(" = ")
                            .append(values.get(b.outputs().get(i + 1)))
                            .append("\n");
                text.append(indent)
                        .append("  ")
                        .append(k)
                        .append(" = ")
                        .append(k)
                        .append(" + 1\n");
            }
            default -> line(indent, n, n.kind().replace("aten::", "torch.") + "(" + keywords(n) + ")");
        }
    }
}
