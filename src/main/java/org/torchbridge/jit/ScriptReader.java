package org.torchbridge.jit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.Type;
import org.torchbridge.internal.Adoption;
import org.torchbridge.internal.ScriptFunctions;
import org.torchbridge.internal.ScriptGraph;
import org.torchbridge.internal.ScriptObject;

/**
 * Reads a TorchScript method as a program without modules: the methods and functions that it calls are written out where
 * they are called, and what it reads of modules becomes reads of the program's state.
 */
final class ScriptReader {
    private final Graph graph = new Graph();
    private final Map<Long, String> paths = new HashMap<>();
    private final JavaTypes host;

    private ScriptReader(JavaTypes host) {
        this.host = host.forPrograms();
    }

    /**
     * The program that a method is; the tensors are shared.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    static Graph read(ScriptModule module, String method) {
        ScriptReader reader = new ScriptReader(module.types());
        ScriptObject script = module.script();
        ScriptGraph.Block code = script.code(method, reader.host);
        if (code == null) {
            throw new IllegalArgumentException(script.className() + " has no method '" + method + "'; it has "
                    + module.methods().values());
        }
        reader.readState("", script);
        reader.program(code, List.of(reader.child("", script)));
        script.defaults(method, reader.host).forEach((index, value) -> reader.setDefault(index - 1, value));
        return reader.graph;
    }

    /** The program that a function is. */
    static Graph read(ScriptFunctions functions, String name) {
        ScriptReader reader = new ScriptReader(new JavaTypes(Map.of()));
        reader.program(functions.code(name, reader.host), List.of());
        functions.defaults(name, reader.host).forEach(reader::setDefault);
        return reader.graph;
    }

    private void setDefault(int input, @Nullable Object value) {
        graph.defaults().put(graph.inputs().get(input), value);
    }

    /** The program that a graph of the presets is, which belongs to no module. */
    static Graph read(Object nativeGraph) {
        ScriptReader reader = new ScriptReader(new JavaTypes(Map.of()));
        return reader.program(ScriptGraph.of(nativeGraph, reader.host), List.of());
    }

    private Graph program(ScriptGraph.Block code, List<ScriptChild> modules) {
        List<Object> arguments = new ArrayList<>(modules);
        List<ScriptGraph.Value> inputs = code.inputs();
        for (ScriptGraph.Value input : inputs.subList(modules.size(), inputs.size())) {
            arguments.add(graph.addInput(baseName(input.name()), ScriptTypes.read(input.type())));
        }
        ScriptCodeReader reader = new ScriptCodeReader(this, graph.body(), "");
        reader.call(code, arguments);
        code.outputs().forEach(output -> graph.addOutput(reader.value(output)));
        return graph;
    }

    /** The name that the program's text has: libtorch tells values apart by numbers. */
    private static String baseName(String name) {
        return name.replaceFirst("\\.\\d+$", "");
    }

    JavaTypes host() {
        return host;
    }

    // ---- state

    /** A module that values of libtorch's graphs are; its path is the first of those it has. */
    ScriptChild child(String path, ScriptObject object) {
        return new ScriptChild(paths.getOrDefault(object.identity(), path), object);
    }

    /** Takes over what a module and those below it have, in the order of a state dict. */
    private void readState(String path, ScriptObject module) {
        paths.putIfAbsent(module.identity(), path);
        List<ScriptObject.Slot> slots = new ArrayList<>(module.slots());
        slots.sort(Comparator.comparing(slot -> rank(slot.kind())));
        for (ScriptObject.Slot slot : slots) {
            String inner = path.isEmpty() ? slot.name() : path + "." + slot.name();
            if (slot.kind() == ScriptObject.SlotKind.MODULE) {
                readState(inner, module.object(slot.name()));
            } else {
                graph.slots().put(inner, slot(module, slot));
            }
        }
    }

    /** Parameters come before buffers, and modules last; of a kind, in the order of the class. */
    private static int rank(ScriptObject.SlotKind kind) {
        return switch (kind) {
            case PARAMETER -> 0;
            case BUFFER -> 1;
            case ATTRIBUTE -> 2;
            case MODULE -> 3;
        };
    }

    private Slot slot(ScriptObject module, ScriptObject.Slot slot) {
        Type type = ScriptTypes.read(module.type(slot.name()));
        if (slot.kind() == ScriptObject.SlotKind.ATTRIBUTE) {
            return Slot.attribute(type, module.get(slot.name(), host));
        }
        long handle = module.tensor(slot.name());
        if (handle == 0) {
            return Slot.attribute(type, null);
        }
        Tensor tensor = Scope.escape(Adoption.<Tensor>adopt(handle));
        boolean parameter = slot.kind() == ScriptObject.SlotKind.PARAMETER;
        return new Slot(parameter ? Slot.Kind.PARAMETER : Slot.Kind.BUFFER, type, tensor);
    }
}
