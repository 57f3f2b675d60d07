package org.torchbridge.jit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.torchbridge.graph.Block;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Value;

/**
 * The part of a program that is the method {@code forward} of one of its modules.
 *
 * @param path the module's
 * @param inputs what it takes beside its module
 */
record ModuleMethod(String path, List<Value> inputs, List<Value> outputs, List<Step> steps) {
    /** What a method does next. */
    sealed interface Step {
        /** The values that it needs. */
        List<Value> needs();
    }

    record Operation(Node node) implements Step {
        @Override
        public List<Value> needs() {
            return ModuleMethod.needs(node);
        }
    }

    /** The call of a child, or of one that is further down. */
    record Call(ModuleMethod method, List<Value> needs, Value output) implements Step {}

    /** Puts this method and those that it calls under the paths of their modules. */
    Map<String, ModuleMethod> byPath() {
        Map<String, ModuleMethod> methods = new TreeMap<>();
        methods.put(path, this);
        steps.forEach(step -> {
            if (step instanceof Call call) {
                call.method().byPath().forEach((called, method) -> put(methods, called, method));
            }
        });
        return methods;
    }

    private static void put(Map<String, ModuleMethod> methods, String path, ModuleMethod method) {
        ModuleMethod other = methods.put(path, method);
        if (other != null && other != method) {
            throw new IllegalStateException("'" + path + "' would have two methods");
        }
    }

    /** What a node and those in its blocks use, and what the blocks give. */
    static List<Value> needs(Node node) {
        List<Value> needs = new ArrayList<>();
        forEachNeed(node, needs::add);
        return needs;
    }

    private static void forEachNeed(Node node, Consumer<Value> action) {
        node.inputs().forEach(action);
        for (Block block : node.blocks()) {
            block.nodes().forEach(inner -> forEachNeed(inner, action));
            block.outputs().forEach(action);
        }
    }
}
