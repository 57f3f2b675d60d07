package org.torchbridge.jit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.TorchException;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Value;
import org.torchbridge.internal.ScriptGraph;
import org.torchbridge.internal.ScriptType;

/** Writes one of libtorch's graphs into a block of a program, with what it calls. */
final class ScriptCodeReader {
    private final ScriptReader reader;
    private final Block target;
    private final String scope;

    /** What libtorch's values are: {@link Value}s, {@link ScriptChild modules} and what a fork {@link Forked will give}. */
    private final Map<Long, Object> values;

    /** The result of a part that libtorch may run beside the others, and that runs at its place in the program. */
    private record Forked(Object value) {}

    ScriptCodeReader(ScriptReader reader, Block target, String scope) {
        this(reader, target, scope, new HashMap<>());
    }

    private ScriptCodeReader(ScriptReader reader, Block target, String scope, Map<Long, Object> values) {
        this.reader = reader;
        this.target = target;
        this.scope = scope;
        this.values = values;
    }

    /** Writes a graph whose inputs are the arguments. */
    void call(ScriptGraph.Block code, List<Object> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            values.put(code.inputs().get(i).id(), arguments.get(i));
        }
        code.nodes().forEach(this::node);
    }

    private void node(ScriptGraph.Node node) {
        switch (node.kind()) {
            case "prim::Constant" -> constant(node);
            case "prim::GetAttr" -> getAttribute(node);
            case "prim::SetAttr" -> setAttribute(node);
            case "prim::CallMethod" -> callMethod(node);
            case "prim::CallFunction" -> callFunction(node);
            case "prim::fork" -> fork(node);
            case "aten::wait" -> await(node);
            default -> copy(node);
        }
    }

    private void constant(ScriptGraph.Node node) {
        ScriptGraph.Value output = node.outputs().get(0);
        if (output.type().kind().equals("FunctionType")) {
            return; // for a call, which reads the type
        }
        Node constant = copy(node);
        if (constant.attribute("value") instanceof Tensor tensor) {
            Scope.escape(tensor);
        }
    }

    // ---- state

    private void getAttribute(ScriptGraph.Node node) {
        String name = (String) node.attributes().get("name");
        if (!(object(node.inputs().get(0)) instanceof ScriptChild module)) {
            copy(node);
        } else if (module.isModule(name)) {
            ScriptChild child = reader.child(module.path(name), module.object().object(name));
            values.put(node.outputs().get(0).id(), child);
        } else {
            outputs(node, append(node, List.of()).set("name", module.path(name)));
        }
    }

    private void setAttribute(ScriptGraph.Node node) {
        if (object(node.inputs().get(0)) instanceof ScriptChild module) {
            Node set = append(node, List.of(value(node.inputs().get(1))));
            set.set("name", module.path((String) node.attributes().get("name")));
        } else {
            copy(node);
        }
    }

    // ---- calls

    private void callMethod(ScriptGraph.Node node) {
        ScriptGraph.Value receiver = node.inputs().get(0);
        String name = (String) node.attributes().get("name");
        if (object(receiver) instanceof ScriptChild module) {
            inline(module.object().code(name, reader.host()), module.path(), node, 0);
            return;
        }
        ScriptGraph.Block code = ScriptGraph.ofMethod(receiver.type(), name, reader.host());
        if (code == null) {
            copy(node); // of an interface: which method it is turns out when it runs
        } else {
            inline(code, scope, node, 0);
        }
    }

    private void callFunction(ScriptGraph.Node node) {
        ScriptType function = node.inputs().get(0).type();
        inline(ScriptGraph.ofFunction(function, reader.host()), scope, node, 1);
    }

    private void fork(ScriptGraph.Node node) {
        ScriptGraph.Block code = (ScriptGraph.Block) node.attributes().get("Subgraph");
        inline(code, scope, node, 0);
        long id = node.outputs().get(0).id();
        values.put(id, new Forked(values.get(id)));
    }

    private void await(ScriptGraph.Node node) {
        if (object(node.inputs().get(0)) instanceof Forked forked) {
            values.put(node.outputs().get(0).id(), forked.value());
        } else {
            copy(node);
        }
    }

    /** Writes what is called in the place of a call; the arguments begin at input {@code first}. */
    private void inline(ScriptGraph.@Nullable Block code, String where, ScriptGraph.Node call, int first) {
        if (code == null) {
            throw new TorchException(call.kind() + place(call) + " calls what is no TorchScript");
        }
        List<Object> arguments = new ArrayList<>();
        call.inputs().subList(first, call.inputs().size()).forEach(input -> arguments.add(object(input)));
        ScriptCodeReader inner = new ScriptCodeReader(reader, target, where);
        inner.call(code, arguments);
        for (int i = 0; i < call.outputs().size(); i++) {
            values.put(call.outputs().get(i).id(), inner.object(code.outputs().get(i)));
        }
    }

    // ---- nodes as they are

    private Node copy(ScriptGraph.Node node) {
        Node copy = append(node, node.inputs().stream().map(this::value).toList());
        node.attributes().forEach((name, value) -> copy.set(name, name.equals("types") ? types(value) : value));
        for (ScriptGraph.Block block : node.blocks()) {
            Block inner = copy.addBlock();
            for (ScriptGraph.Value input : block.inputs()) {
                values.put(input.id(), inner.addInput(input.name(), ScriptTypes.read(input.type())));
            }
            ScriptCodeReader code = new ScriptCodeReader(reader, inner, scope, values);
            block.nodes().forEach(code::node);
            block.outputs().forEach(output -> inner.addOutput(value(output)));
        }
        outputs(node, copy);
        return copy;
    }

    private Node append(ScriptGraph.Node node, List<Value> inputs) {
        return target.append(node.kind(), inputs).setScope(scope(node)).setSource(node.source());
    }

    /** A program that was traced is one method, whose nodes know the modules within. */
    private String scope(ScriptGraph.Node node) {
        return scope.isEmpty() || node.scope().isEmpty() ? scope + node.scope() : scope + "." + node.scope();
    }

    private void outputs(ScriptGraph.Node node, Node copy) {
        for (ScriptGraph.Value output : node.outputs()) {
            values.put(output.id(), copy.addOutput(output.name(), ScriptTypes.read(output.type())));
        }
    }

    private static List<?> types(@Nullable Object types) {
        return ((List<?>) types)
                .stream().map(type -> ScriptTypes.read((ScriptType) type)).toList();
    }

    private Object object(ScriptGraph.Value value) {
        return values.get(value.id());
    }

    /** What a value is in the program. */
    Value value(ScriptGraph.Value value) {
        Object object = object(value);
        if (object instanceof Value known) {
            return known;
        }
        String what = object instanceof ScriptChild child ? "the module '" + child.path() + "'" : "%" + value.name();
        throw new TorchException(what + " is used as a value of the type "
                + value.type().text() + ", which a program without modules and functions cannot have");
    }

    private static String place(ScriptGraph.Node node) {
        return node.source().isEmpty() ? "" : " at " + node.source();
    }
}
