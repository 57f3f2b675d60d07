package org.torchbridge.internal;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Function;
import org.bytedeco.pytorch.FunctionType;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.IValueOptional;
import org.bytedeco.pytorch.JitNode;
import org.bytedeco.pytorch.Symbol;
import org.bytedeco.pytorch.SymbolVector;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.TypeVector;
import org.bytedeco.pytorch.ValueArrayRef;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.TypeKind;
import org.jspecify.annotations.Nullable;

/** Reads graphs of libtorch's as they are: calls are not followed. */
public final class ScriptGraph {
    static {
        Presets.load();
    }

    /** The file without its folder, and the line, at the end of a printed node. */
    private static final Pattern PLACE = Pattern.compile(" # (?:.*/)?(?:\\[([^]/]*)] )?([^/\n]+:\\d+):\\d+\\s*$");

    private final HostTypes host;
    private final Map<Long, Value> values = new HashMap<>();
    private final Map<Long, ScriptType> types = new HashMap<>();

    private ScriptGraph(HostTypes host) {
        this.host = host;
    }

    /**
     * A value.
     *
     * @param id the same for all that are one value
     */
    public record Value(long id, String name, ScriptType type) {}

    /**
     * A node.
     *
     * @param attributes a constant's {@code value}, unless it is {@code None}; a {@code name}; {@code types}, as {@link
     *     ScriptType}s; a {@code Subgraph}, as a {@link Block}; numbers
     * @param scope the path of the module of Java's that it was traced in; empty for the outermost one, or if unknown
     * @param source the file and line it comes from; empty if unknown
     */
    public record Node(
            String kind,
            List<Value> inputs,
            List<Value> outputs,
            Map<String, @Nullable Object> attributes,
            List<Block> blocks,
            String scope,
            String source) {}

    /** A graph, or a part of one. */
    public record Block(List<Value> inputs, List<Node> nodes, List<Value> outputs) {}

    /** What a graph of the presets does. */
    public static Block of(Object graph, HostTypes host) {
        try (PointerScope scope = new PointerScope()) {
            return new ScriptGraph(host).block(((Graph) graph).block());
        }
    }

    /** What a function does; null if it is not TorchScript's own. */
    static @Nullable Block of(@Nullable Function function, HostTypes host) {
        return function == null || function.isNull() || !function.isGraphFunction()
                ? null
                : of(torch.toGraphFunction(function).graph(), host);
    }

    /** What the function does that is a value's type. */
    public static @Nullable Block ofFunction(ScriptType type, HostTypes host) {
        return of(new FunctionType(type.type()).function(), host);
    }

    /** What a method of a class does; null if there is none. */
    public static @Nullable Block ofMethod(ScriptType type, String name, HostTypes host) {
        return type.is(TypeKind.ClassType)
                ? of(new org.bytedeco.pytorch.ClassType(type.type()).findMethod(name), host)
                : null;
    }

    private Block block(org.bytedeco.pytorch.Block block) {
        List<Value> inputs = values(block.inputs());
        List<Node> nodes = new ArrayList<>();
        long end = block.return_node().address();
        for (JitNode node = block.param_node().next(); node.address() != end; node = node.next()) {
            nodes.add(node(node));
        }
        return new Block(inputs, nodes, values(block.outputs()));
    }

    private List<Value> values(ValueArrayRef array) {
        List<Value> list = new ArrayList<>();
        for (long i = 0; i < array.size(); i++) {
            list.add(value(array.get(i)));
        }
        return list;
    }

    private Value value(org.bytedeco.pytorch.Value value) {
        return values.computeIfAbsent(
                value.address(), id -> new Value(id, ScriptText.of(value.debugName()), type(value.type())));
    }

    private ScriptType type(Type.TypePtr type) {
        return types.computeIfAbsent(type.get().address(), address -> ScriptType.of(type));
    }

    private Node node(JitNode node) {
        List<Block> blocks = new ArrayList<>();
        String kind = node.kind().toQualString().getString();
        List<Value> inputs = values(node.inputs());
        List<Value> outputs = values(node.outputs());
        for (long i = 0; i < node.blocks().size(); i++) {
            blocks.add(block(node.blocks().get(i)));
        }
        Matcher place = PLACE.matcher(NativeScriptGraph.print(node.address()));
        boolean known = place.find();
        String scope = known && place.group(1) != null ? place.group(1) : "";
        return new Node(kind, inputs, outputs, attributes(node, kind), blocks, scope, known ? place.group(2) : "");
    }

    // ---- attributes

    private Map<String, @Nullable Object> attributes(JitNode node, String kind) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        if (kind.equals("prim::Constant")) {
            Type type = node.output().type().get();
            IValueOptional value = torch.toIValue(node.output());
            boolean some = type.kind().intern() != TypeKind.FunctionType
                    && value.has_value()
                    && !value.get().isNone();
            if (some) {
                attributes.put("value", new ScriptValues(host).toJava(value.get(), type));
            }
            return attributes;
        }
        SymbolVector names = node.attributeNames();
        for (long i = 0; i < names.size(); i++) {
            Symbol symbol = names.get(i);
            String name = symbol.toUnqualString().getString();
            attributes.put(name, attribute(node, kind, symbol, name));
        }
        return attributes;
    }

    private Object attribute(JitNode node, String kind, Symbol symbol, String name) {
        return switch (name) {
            case "name" -> quoted(NativeScriptGraph.print(node.address()), kind + "[name=\"");
            case "beg", "end", "chunks", "dim", "warn_id" -> node.i(symbol);
            case "Subgraph" -> block(node.g(symbol).block());
            case "types" -> types(node.tys(symbol));
            default -> throw new IllegalStateException(
                    "nodes " + kind + " have an attribute '" + name + "', which nobody knows how to read");
        };
    }

    private List<ScriptType> types(TypeVector vector) {
        List<ScriptType> list = new ArrayList<>();
        for (long i = 0; i < vector.size(); i++) {
            list.add(type(vector.get(i)));
        }
        return list;
    }

    /** The text after {@code start}, up to the quote: the {@code w} of {@code [name="w"]}. */
    private static String quoted(String printed, String start) {
        ByteArrayOutputStream utf8 = new ByteArrayOutputStream();
        int at = printed.indexOf(start) + start.length();
        while (printed.charAt(at) != '"') {
            char c = printed.charAt(at++);
            if (c == '\\' && Character.isDigit(printed.charAt(at))) {
                utf8.write(Integer.parseInt(printed, at, at + 3, 8));
                at += 3;
            } else if (c == '\\') {
                char escaped = printed.charAt(at++);
                int control = "abtnvfr".indexOf(escaped);
                utf8.write(control < 0 ? escaped : 7 + control);
            } else {
                utf8.write(c);
            }
        }
        return utf8.toString(StandardCharsets.UTF_8);
    }

    // ---- source

    /** A file's name with the path of a module in front, which reading finds again: {@code [layer1.0] Conv2d.java}. */
    static String fileIn(String scope, String file) {
        return scope.isEmpty() ? file : "[" + scope + "] " + file;
    }
}
