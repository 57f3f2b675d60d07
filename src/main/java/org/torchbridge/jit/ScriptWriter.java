package org.torchbridge.jit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Slot;
import org.torchbridge.graph.Type;
import org.torchbridge.internal.ScriptClass;
import org.torchbridge.internal.ScriptObject;

/**
 * Makes a TorchScript module of a program: a tree of modules that has the program's state, in which modules whose nodes can be
 * told from the others have methods of their own.
 */
final class ScriptWriter {
    static final String FORWARD = "forward";
    private static final String TRAINING = "training";

    /** The words of TorchScript's that cannot be names. */
    private static final Set<String> KEYWORDS = Set.of(
            "and",
            "as",
            "assert",
            "async",
            "await",
            "break",
            "class",
            "continue",
            "def",
            "del",
            "elif",
            "else",
            "except",
            "finally",
            "for",
            "from",
            "global",
            "if",
            "import",
            "in",
            "is",
            "lambda",
            "nonlocal",
            "not",
            "or",
            "pass",
            "raise",
            "return",
            "try",
            "while",
            "with",
            "yield",
            "None",
            "True",
            "False");

    private final Graph graph;
    private final Map<String, String> classNames;
    private final ModuleMethod forward;
    private final Map<String, ModuleMethod> methods;

    /** A module of the tree: its own state, and those below it. */
    private static final class Branch {
        private final Map<String, Slot> slots = new LinkedHashMap<>();
        private final Map<String, Branch> children = new LinkedHashMap<>();

        /** The child; a new one comes behind the child {@code before}, or first. */
        private Branch child(String name, @Nullable String before) {
            if (!children.containsKey(name)) {
                List<String> order = new ArrayList<>(children.keySet());
                order.add(order.indexOf(before) + 1, name);
                Map<String, Branch> known = new LinkedHashMap<>(children);
                children.clear();
                order.forEach(each -> children.put(each, known.getOrDefault(each, new Branch())));
            }
            return children.get(name);
        }
    }

    private ScriptWriter(Graph graph, Map<String, String> classNames) {
        this.graph = graph;
        this.classNames = classNames;
        this.forward = MethodDivision.of(graph);
        this.methods = forward.byPath();
    }

    /** A module that does what the program does, with the same tensors. */
    static ScriptObject write(Graph graph, String className) {
        return write(graph, className, Map.of());
    }

    /** The same with names for the classes of modules at some paths. */
    static ScriptObject write(Graph graph, String className, Map<String, String> classNames) {
        ScriptWriter writer = new ScriptWriter(graph, classNames);
        Branch root = new Branch();
        graph.slots().forEach((path, slot) -> writer.put(root, path, slot));
        place(root, writer.forward, new HashMap<>());
        return ScriptClass.make(
                "__torch__." + className,
                new JavaTypes(Map.of()),
                module -> writer.fill(module, root, "", "__torch__"));
    }

    private void put(Branch root, String path, Slot slot) {
        String[] names = path.split("\\.", -1);
        for (String name : names) {
            if (!isName(name)) {
                throw new IllegalArgumentException("the slot '" + path
                        + "' cannot be in a TorchScript file, which has no" + " attribute '" + name + "'; rename it");
            }
        }
        Branch branch = root;
        for (int i = 0; i < names.length - 1; i++) {
            branch = branch.children.computeIfAbsent(names[i], name -> new Branch());
        }
        branch.slots.put(names[names.length - 1], slot);
    }

    /** Modules without state get the places among the others in which they are called. */
    private static void place(Branch root, ModuleMethod method, Map<Branch, String> called) {
        for (ModuleMethod.Step step : method.steps()) {
            if (step instanceof ModuleMethod.Call call) {
                Branch branch = root;
                for (String name : call.method().path().split("\\.")) {
                    Branch child = branch.child(name, called.get(branch));
                    called.put(branch, name);
                    branch = child;
                }
                place(root, call.method(), called);
            }
        }
    }

    /** Whether TorchScript's files can have a member of that name. */
    private static boolean isName(String name) {
        return !name.isEmpty() && !KEYWORDS.contains(name);
    }

    /** Whether a module can have a child of that name. */
    static boolean isFree(String name) {
        return isName(name) && !name.equals(FORWARD) && !name.equals(TRAINING);
    }

    private void fill(ScriptClass module, Branch branch, String path, String space) {
        branch.slots.forEach((name, slot) -> {
            switch (slot.kind()) {
                case PARAMETER -> module.parameter(name, slot.tensor().handle());
                case BUFFER -> module.buffer(name, slot.tensor().handle());
                case ATTRIBUTE -> module.attribute(name, ScriptTypes.write(slot.type()), slot.value());
            }
        });
        if (!branch.slots.containsKey(TRAINING)) {
            module.attribute(TRAINING, ScriptTypes.write(Type.BOOL), false);
        }
        branch.children.forEach((name, child) -> {
            String place = path.isEmpty() ? name : path + "." + name;
            String inner = space + "." + identifier(name);
            String known = classNames.get(place);
            String className = known == null ? className(space, name) : inner + "." + identifier(known);
            module.child(name, className, made -> fill(made, child, place, inner));
        });
        if (methods.containsKey(path)) {
            module.method(FORWARD, code -> new ScriptCodeWriter(graph, methods.get(path)).write(code, module.type()));
        }
    }

    /** A class for what is at a path: {@code layer1.0.conv1} becomes {@code layer1._0.Conv1}. */
    private static String className(String space, String name) {
        String word = identifier(name);
        return space + "." + Character.toUpperCase(word.charAt(0)) + word.substring(1);
    }

    /** The name with what no name in Python has replaced. */
    private static String identifier(String name) {
        String word = name.replaceAll("[^A-Za-z0-9_]", "_");
        return word.isEmpty() || Character.isDigit(word.charAt(0)) ? "_" + word : word;
    }
}
