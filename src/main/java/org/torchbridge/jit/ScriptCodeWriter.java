package org.torchbridge.jit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

/** Writes a program as the code of a method of TorchScript's. */
final class ScriptCodeWriter {
    private final Graph graph;
    private final Map<Value, Long> values = new HashMap<>();

    /** The modules that have the state which the program uses, by their paths. */
    private final Map<String, Long> modules = new HashMap<>();

    private final Map<Type, ScriptType> types = new HashMap<>();

    ScriptCodeWriter(Graph graph) {
        this.graph = graph;
    }

    /** Writes the method of a class, with one result: {@code None}, the program's only one, or a tuple. */
    void write(ScriptCode code, ScriptType self) {
        modules.put("", code.input("self", self));
        inputs(code, graph.body());
        for (int i = 0; i < graph.inputs().size(); i++) {
            Value input = graph.inputs().get(i);
            if (graph.defaults().containsKey(input)) {
                code.defaultInput(i + 1, graph.defaults().get(input), type(input.type()));
            }
        }
        usedModules().forEach(path -> module(code, path));
        nodes(code, graph.body());
        List<Long> outputs = ids(graph.outputs());
        if (outputs.isEmpty()) {
            code.output(code.constant(null, type(Type.NONE)).output(0));
        } else if (outputs.size() == 1) {
            code.output(outputs.get(0));
        } else {
            Type tuple =
                    new Type.OfTuple(graph.outputs().stream().map(Value::type).toList());
            ScriptCode.Written packed = code.node("prim::TupleConstruct", outputs, 1);
            packed.output(0, "", type(tuple));
            code.output(packed.output(0));
        }
    }

    private ScriptType type(Type type) {
        return types.computeIfAbsent(type, ScriptTypes::write);
    }

    // ---- modules

    private TreeSet<String> usedModules() {
        TreeSet<String> paths = new TreeSet<>();
        graph.forEachNode(node -> {
            if (isState(node)) {
                paths.add(modulePath(slotName(node)));
            }
        });
        return paths;
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

    private static boolean isState(Node node) {
        return node.is("prim::GetAttr") && node.inputs().isEmpty()
                || node.is("prim::SetAttr") && node.inputs().size() == 1;
    }

    private static String slotName(Node node) {
        return (String) node.attribute("name");
    }

    private static String modulePath(String path) {
        int dot = path.lastIndexOf('.');
        return dot < 0 ? "" : path.substring(0, dot);
    }

    private static String lastName(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    // ---- nodes

    private void inputs(ScriptCode code, Block block) {
        block.inputs().forEach(input -> values.put(input, code.input(input.name(), type(input.type()))));
    }

    private void nodes(ScriptCode code, Block block) {
        block.nodes().forEach(node -> node(code, node));
    }

    private void node(ScriptCode code, Node node) {
        ScriptCode.Written written = write(code, node);
        if (!node.source().isEmpty()) {
            written.source(node.scope(), node.source());
        }
        for (int i = 0; i < node.outputs().size(); i++) {
            Value output = node.output(i);
            written.output(i, output.name(), type(output.type()));
            values.put(output, written.output(i));
        }
    }

    private ScriptCode.Written write(ScriptCode code, Node node) {
        if (node.is("prim::Constant")) {
            return code.constant(node.attribute("value"), type(node.output().type()));
        } else if (isState(node)) {
            return state(code, node);
        } else if (node.is("prim::GetAttr")) {
            return code.get(id(node.input(0)), slotName(node));
        } else if (node.is("prim::SetAttr")) {
            return code.set(id(node.input(0)), slotName(node), id(node.input(1)));
        }
        ScriptCode.Written written =
                code.node(node.kind(), ids(node.inputs()), node.outputs().size());
        node.attributes().forEach((name, value) -> attribute(written, node, name, value));
        for (Block block : node.blocks()) {
            ScriptCode inner = written.block();
            inputs(inner, block);
            nodes(inner, block);
            block.outputs().forEach(output -> inner.output(id(output)));
        }
        return written;
    }

    private ScriptCode.Written state(ScriptCode code, Node node) {
        String path = slotName(node);
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
