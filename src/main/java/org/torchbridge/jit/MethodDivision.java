package org.torchbridge.jit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Value;
import org.torchbridge.jit.ModuleMethod.Call;
import org.torchbridge.jit.ModuleMethod.Operation;
import org.torchbridge.jit.ModuleMethod.Step;

/**
 * Divides a program into the methods of its modules: the nodes of a module are its method if they follow each other, take
 * something, and make one value for the rest of the program. Those of another module stay with the one around it.
 *
 * <p>Nodes of the same scope elsewhere that do the same are a second call of it, and so are those of a scope {@code relu_1}
 * beside {@code relu}, as PyTorch's exporter writes them.
 */
final class MethodDivision {
    private final Graph graph;
    private final Set<String> written = new HashSet<>();
    private final Map<String, ModuleMethod> methods = new HashMap<>();

    private MethodDivision(Graph graph) {
        this.graph = graph;
        graph.forEachNode(node -> {
            if (isState(node) && node.is("prim::SetAttr")) {
                written.add(slotName(node));
            }
        });
    }

    static ModuleMethod of(Graph graph) {
        MethodDivision division = new MethodDivision(graph);
        List<Node> nodes = graph.body().nodes().stream()
                .filter(node -> !division.isFree(node))
                .toList();
        return new ModuleMethod("", graph.inputs(), graph.outputs(), division.steps("", "", nodes));
    }

    /** Whether a node reads or writes the program's state. */
    static boolean isState(Node node) {
        return node.is("prim::GetAttr") && node.inputs().isEmpty()
                || node.is("prim::SetAttr") && node.inputs().size() == 1;
    }

    static String slotName(Node node) {
        return (String) node.attribute("name");
    }

    /** Whether it does not matter where the node is, so that each method can have its own. */
    private boolean isFree(Node node) {
        return node.is("prim::Constant")
                || isState(node) && node.is("prim::GetAttr") && !written.contains(slotName(node));
    }

    // ---- the steps of a method

    /** @param scope what the nodes have for the module at {@code path} */
    private List<Step> steps(String scope, String path, List<Node> nodes) {
        Map<Node, Integer> places = new HashMap<>();
        nodes.forEach(node -> places.put(node, places.size()));
        Map<Node, Call> calls = new HashMap<>();
        findCalls(scope, path, nodes, places, calls);
        List<Step> steps = new ArrayList<>();
        Call before = null;
        for (Node node : nodes) {
            Call call = calls.get(node);
            if (call == null) {
                steps.add(new Operation(node));
            } else if (call != before) {
                steps.add(call);
            }
            before = call;
        }
        return List.copyOf(steps);
    }

    private void findCalls(
            String scope, String path, List<Node> nodes, Map<Node, Integer> places, Map<Node, Call> calls) {
        children(scope, nodes).forEach((name, members) -> {
            String inner = join(scope, name);
            Map<Node, Call> found = new HashMap<>();
            for (List<Node> run : runs(members, places)) {
                Call call = call(inner, join(path, name), run);
                run.forEach(node -> found.put(node, call));
            }
            if (found.containsValue(null)) {
                findCalls(inner, join(path, name), members, places, calls);
            } else {
                calls.putAll(found);
            }
        });
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static Map<String, List<Node>> children(String scope, List<Node> nodes) {
        Map<String, List<Node>> children = new LinkedHashMap<>();
        String start = scope.isEmpty() ? "" : scope + ".";
        for (Node node : nodes) {
            if (node.scope().startsWith(start) && node.scope().length() > start.length()) {
                int end = node.scope().indexOf('.', start.length());
                String name = node.scope()
                        .substring(start.length(), end < 0 ? node.scope().length() : end);
                children.computeIfAbsent(name, key -> new ArrayList<>()).add(node);
            }
        }
        return children;
    }

    /** The nodes in parts that follow each other. */
    private static List<List<Node>> runs(List<Node> nodes, Map<Node, Integer> places) {
        List<List<Node>> runs = new ArrayList<>();
        int next = -1;
        for (Node node : nodes) {
            if (places.get(node) != next) {
                runs.add(new ArrayList<>());
            }
            runs.get(runs.size() - 1).add(node);
            next = places.get(node) + 1;
        }
        return runs;
    }

    // ---- calls

    /** The nodes as the call of a module; null if they cannot be one. */
    private @Nullable Call call(String scope, String path, List<Node> nodes) {
        Set<Node> members = new HashSet<>(nodes);
        List<Value> outputs = nodes.stream()
                .flatMap(node -> node.outputs().stream())
                .filter(value -> value.uses().stream().anyMatch(use -> !members.contains(outermost(use.node()))))
                .toList();
        if (outputs.size() != 1 || !canBeModule(path)) {
            return null;
        }
        for (String earlier : List.of(path.replaceFirst("_\\d+$", ""), path)) {
            ModuleMethod known = methods.get(earlier);
            ModuleMethod again = known == null ? null : method(scope, earlier, nodes, members, outputs);
            if (again != null && MethodComparison.areSame(known, again)) {
                return new Call(known, again.inputs(), outputs.get(0));
            }
        }
        ModuleMethod method = method(scope, path, nodes, members, outputs);
        if (method.inputs().isEmpty()
                || nodes.stream().anyMatch(node -> usesOthers(node, path))
                || methods.putIfAbsent(path, method) != null) {
            return null;
        }
        return new Call(method, method.inputs(), outputs.get(0));
    }

    private ModuleMethod method(String scope, String path, List<Node> nodes, Set<Node> members, List<Value> outputs) {
        Set<Value> inputs = new LinkedHashSet<>();
        for (Node node : nodes) {
            for (Value value : ModuleMethod.needs(node)) {
                if (!members.contains(outermost(value.producer())) && !isReadable(value.producer(), path)) {
                    inputs.add(value);
                }
            }
        }
        return new ModuleMethod(path, List.copyOf(inputs), outputs, steps(scope, path, nodes));
    }

    private boolean canBeModule(String path) {
        String name = path.substring(path.lastIndexOf('.') + 1);
        return !graph.slots().containsKey(path) && name.matches("\\w+") && ScriptWriter.isFree(name);
    }

    private boolean isReadable(Node node, String path) {
        return isFree(node) && (!isState(node) || slotName(node).startsWith(path + "."));
    }

    /** Whether a node, or one in its blocks, uses the state of another module, which a method cannot reach. */
    private static boolean usesOthers(Node node, String path) {
        return isState(node) && !slotName(node).startsWith(path + ".")
                || node.blocks().stream()
                        .flatMap(block -> block.nodes().stream())
                        .anyMatch(inner -> usesOthers(inner, path));
    }

    /** The node of the program's body that a node is in, or itself. */
    private static Node outermost(Node node) {
        Node outermost = node;
        while (outermost.owner() != null && outermost.owner().owner() != null) {
            outermost = outermost.owner().owner();
        }
        return outermost;
    }
}
