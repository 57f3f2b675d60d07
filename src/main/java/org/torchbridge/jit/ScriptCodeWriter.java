package org.torchbridge.jit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.torchbridge.TorchException;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;
import org.torchbridge.internal.ScriptCode;
import org.torchbridge.internal.ScriptType;
import org.torchbridge.jit.ModuleMethod.Call;
import org.torchbridge.jit.ModuleMethod.Operation;
import org.torchbridge.jit.ModuleMethod.Step;

/** Writes the method of a module as code of TorchScript's. */
final class ScriptCodeWriter {
    private final Graph graph;
    private final ModuleMethod method;
    private final Map<Value, Long> values = new HashMap<>();

    /** The modules that have the state which the program uses, by their paths. */
    private final Map<String, Long> modules = new HashMap<>();

    private final Map<Type, ScriptType> types = new HashMap<>();

    ScriptCodeWriter(Graph graph, ModuleMethod method) {
        this.graph = graph;
        this.method = method;
    }

    /** Writes the method of a class, with one result: {@code None}, the program's only one, or a tuple. */
    void write(ScriptCode code, ScriptType self) {
        modules.put(method.path(), code.input("self", self));
        inputs(code, method.inputs());
        if (method.path().isEmpty()) {
            defaults(code);
        }
        usedModules().forEach(path -> module(code, path));
        method.steps().forEach(step -> step(code, step));
        readFree(code, method.outputs());
        List<Long> outputs = ids(method.outputs());
        if (outputs.isEmpty()) {
            code.output(code.constant(null, type(Type.NONE)).output(0));
        } else if (outputs.size() == 1) {
            code.output(outputs.get(0));
        } else {
            Type tuple =
                    new Type.OfTuple(method.outputs().stream().map(Value::type).toList());
            ScriptCode.Written packed = code.node("prim::TupleConstruct", outputs, 1);
            packed.output(0, "", type(tuple));
            code.output(packed.output(0));
        }
    }

    private void defaults(ScriptCode code) {
        graph.defaults()
                .forEach((input, value) ->
                        code.defaultInput(graph.inputs().indexOf(input) + 1, value, type(input.type())));
    }

    private ScriptType type(Type type) {
        return types.computeIfAbsent(type, ScriptTypes::write);
    }

    // ---- modules

    private TreeSet<String> usedModules() {
        TreeSet<String> paths = new TreeSet<>();
        for (Step step : method.steps()) {
            if (step instanceof Call call) {
                paths.add(call.method().path());
            } else {
                addUsed(((Operation) step).node(), paths);
            }
            step.needs().forEach(value -> addRead(value, paths));
        }
        method.outputs().forEach(value -> addRead(value, paths));
        return paths;
    }

    private static void addUsed(Node node, Set<String> paths) {
        if (MethodDivision.isState(node)) {
            paths.add(modulePath(MethodDivision.slotName(node)));
        }
        node.blocks().forEach(block -> block.nodes().forEach(inner -> addUsed(inner, paths)));
    }

    private void addRead(Value value, Set<String> paths) {
        if (MethodDivision.isState(value.producer()) && !method.inputs().contains(value)) {
            paths.add(modulePath(MethodDivision.slotName(value.producer())));
        }
    }

    /** Reads a module at the begin of the program, where all of it sees it. */
    private long module(ScriptCode code, String path) {
        Long known = modules.get(path);
        if (known != null) {
            return known;
        }
        long parent = module(code, modulePath(path));
        long module = code.get(parent, lastName(path)).output(0);
        modules.put(path, module);
        return module;
    }

    private static String modulePath(String path) {
        int dot = path.lastIndexOf('.');
        return dot < 0 ? "" : path.substring(0, dot);
    }

    private static String lastName(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    // ---- steps

    private void step(ScriptCode code, Step step) {
        readFree(code, step.needs());
        if (step instanceof Call call) {
            call(code, call);
        } else {
            node(code, ((Operation) step).node());
        }
    }

    /** Writes the constants and reads of state that are needed now. */
    private void readFree(ScriptCode code, List<Value> needs) {
        for (Value value : needs) {
            Node node = value.producer();
            boolean free = node.is("prim::Constant") || MethodDivision.isState(node);
            if (free && node.owner() == graph.body() && !values.containsKey(value)) {
                node(code, node);
            }
        }
    }

    private void call(ScriptCode code, Call call) {
        List<Long> arguments = new ArrayList<>();
        arguments.add(modules.get(call.method().path()));
        arguments.addAll(ids(call.needs()));
        ScriptCode.Written written = code.node("prim::CallMethod", arguments, 1);
        written.set("name", ScriptWriter.FORWARD);
        Value output = call.output();
        written.output(0, output.name(), type(output.type()));
        values.put(output, written.output(0));
    }

    // ---- nodes

    private void inputs(ScriptCode code, List<Value> inputs) {
        inputs.forEach(input -> values.put(input, code.input(input.name(), type(input.type()))));
    }

    private void nodes(ScriptCode code, Block block) {
        block.nodes().forEach(node -> node(code, node));
    }

    private void node(ScriptCode code, Node node) {
        ScriptCode.Written written = write(code, node);
        if (!node.source().isEmpty()) {
            written.source(scope(node), node.source());
        }
        for (int i = 0; i < node.outputs().size(); i++) {
            Value output = node.output(i);
            written.output(i, output.name(), type(output.type()));
            values.put(output, written.output(i));
        }
    }

    /** The module that the node is of, seen from the method's. */
    private String scope(Node node) {
        String start = method.path();
        return node.scope().startsWith(start)
                ? node.scope().substring(start.length()).replaceFirst("^\\.", "")
                : "";
    }

    private ScriptCode.Written write(ScriptCode code, Node node) {
        if (isMissing(node)) {
            return code.node("prim::Uninitialized", List.of(), 1);
        } else if (node.is("prim::Constant")) {
            return code.constant(node.attribute("value"), type(node.output().type()));
        } else if (MethodDivision.isState(node)) {
            return state(code, node);
        } else if (node.is("prim::GetAttr")) {
            return code.get(id(node.input(0)), MethodDivision.slotName(node));
        } else if (node.is("prim::SetAttr")) {
            return code.set(id(node.input(0)), MethodDivision.slotName(node), id(node.input(1)));
        }
        ScriptCode.Written written =
                code.node(node.kind(), ids(node.inputs()), node.outputs().size());
        node.attributes().forEach((name, value) -> attribute(written, node, name, value));
        for (Block block : node.blocks()) {
            ScriptCode inner = written.block();
            inputs(inner, block.inputs());
            nodes(inner, block);
            block.outputs().forEach(output -> inner.output(id(output)));
        }
        return written;
    }

    /** A value of a branch that is never left, which libtorch does not take for a constant. */
    private static boolean isMissing(Node node) {
        return node.is("prim::Constant")
                && node.attribute("value") == null
                && node.output().type() != Type.NONE
                && !(node.output().type() instanceof Type.OfOptional);
    }

    private ScriptCode.Written state(ScriptCode code, Node node) {
        String path = MethodDivision.slotName(node);
        if (!graph.slots().containsKey(path)) {
            throw new IllegalArgumentException("the program uses '" + path + "', which is not in Graph.slots()");
        }
        long module = modules.get(modulePath(path));
        return node.is("prim::GetAttr")
                ? code.get(module, lastName(path))
                : code.set(module, lastName(path), id(node.input(0)));
    }

    private void attribute(ScriptCode.Written written, Node node, String name, @Nullable Object value) {
        if (value instanceof Long number) {
            written.set(name, number);
        } else if (value instanceof String text) {
            written.set(name, text);
        } else if (value instanceof List<?> list && list.stream().allMatch(Type.class::isInstance)) {
            written.set(name, list.stream().map(type -> type((Type) type)).toList());
        } else {
            throw new TorchException(node.kind() + " has the attribute " + name + "=" + value
                    + ", which TorchScript cannot have; only prim::Constant may have any value");
        }
    }

    private List<Long> ids(List<Value> list) {
        List<Long> ids = new ArrayList<>();
        list.forEach(value -> ids.add(id(value)));
        return ids;
    }

    private long id(Value value) {
        Long id = values.get(value);
        if (id == null) {
            throw new IllegalArgumentException(
                    value + " is used before " + value.producer().kind() + " makes it, or where it is not seen");
        }
        return id;
    }
}
