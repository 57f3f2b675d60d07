package org.torchbridge.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.torchbridge.DType;

/** Reads programs as they print, so that tests can show them. */
public final class GraphText {
    private static final Pattern NODE =
            Pattern.compile("(?:(%.*) = )?([a-z_0-9]+::\\w+)(?:\\[(\\w+)=(.*)])?\\((.*?)\\)");
    private static final Map<String, Type> TYPES = Map.of(
            "Tensor", Type.TENSOR,
            "int", Type.INT,
            "float", Type.FLOAT,
            "bool", Type.BOOL,
            "str", Type.STRING,
            "NoneType", Type.NONE);
    private static final Map<String, DType> DTYPES =
            Map.of("Float", DType.FLOAT32, "Double", DType.FLOAT64, "Long", DType.INT64);

    private final Map<String, Value> values = new HashMap<>();
    private final Deque<String> lines = new ArrayDeque<>();

    private GraphText(String text) {
        text.lines().filter(line -> !line.isBlank()).forEach(lines::add);
    }

    public static Graph parse(String text) {
        GraphText reader = new GraphText(text);
        Graph graph = new Graph();
        reader.declare(reader.lines.remove().replaceAll("^graph\\((.*)\\):$", "$1"), graph.body()::addInput);
        reader.block(graph.body());
        return graph;
    }

    private interface Declaration {
        Value make(String name, Type type);
    }

    private void declare(String text, Declaration declaration) {
        for (String each : split(text)) {
            String[] parts = each.split(" : ", 2);
            String name = parts[0].substring(1);
            values.put(name, declaration.make(name, type(parts[1])));
        }
    }

    /** Up to and with the line that has the outputs. */
    private void block(Block block) {
        while (true) {
            String line = lines.remove().strip();
            if (line.startsWith("return ") || line.startsWith("-> ")) {
                uses(line.replaceAll(".*?\\((.*)\\)", "$1")).forEach(block::addOutput);
                return;
            }
            node(block, line);
        }
    }

    private void node(Block block, String line) {
        Matcher matcher = NODE.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(line);
        }
        Node node = block.append(matcher.group(2), uses(matcher.group(5)));
        if (matcher.group(3) != null) {
            node.set(matcher.group(3), literal(matcher.group(4)));
        }
        while (!lines.isEmpty() && lines.peek().strip().matches("block\\d+\\(.*\\):")) {
            Block inner = node.addBlock();
            declare(lines.remove().strip().replaceAll("block\\d+\\((.*)\\):", "$1"), inner::addInput);
            block(inner);
        }
        if (matcher.group(1) != null) {
            declare(matcher.group(1), node::addOutput);
        }
    }

    private List<Value> uses(String text) {
        return split(text).stream().map(name -> values.get(name.substring(1))).toList();
    }

    private static Object literal(String text) {
        if (text.startsWith("\"")) {
            return text.substring(1, text.length() - 1);
        }
        if (text.startsWith("[")) {
            return split(text.substring(1, text.length() - 1)).stream()
                    .map(GraphText::literal)
                    .toList();
        }
        if (text.equals("true") || text.equals("false")) {
            return Boolean.valueOf(text);
        }
        return text.matches("-?\\d+") ? (Object) Long.valueOf(text) : Double.valueOf(text);
    }

    private static Type type(String text) {
        if (text.endsWith("?")) {
            return new Type.OfOptional(type(text.substring(0, text.length() - 1)));
        }
        if (text.endsWith("[]")) {
            return new Type.OfList(type(text.substring(0, text.length() - 2)));
        }
        if (text.startsWith("Dict(")) {
            List<Type> types = split(text.substring(5, text.length() - 1)).stream()
                    .map(GraphText::type)
                    .toList();
            return new Type.OfDict(types.get(0), types.get(1));
        }
        if (text.startsWith("(")) {
            return new Type.OfTuple(split(text.substring(1, text.length() - 1)).stream()
                    .map(GraphText::type)
                    .toList());
        }
        if (text.endsWith(")")) {
            int open = text.indexOf('(');
            List<Long> shape = new ArrayList<>();
            split(text.substring(open + 1, text.length() - 1))
                    .forEach(size -> shape.add(size.equals("*") ? null : Long.valueOf(size)));
            return new Type.OfTensor(DTYPES.get(text.substring(0, open)), shape);
        }
        return TYPES.get(text);
    }

    /** At the commas that are in no brackets. */
    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i == text.length() ? ',' : text.charAt(i);
            depth += "([".indexOf(c) >= 0 ? 1 : ")]".indexOf(c) >= 0 ? -1 : 0;
            if (c == ',' && depth == 0) {
                if (start < i) {
                    parts.add(text.substring(start, i).strip());
                }
                start = i + 1;
            }
        }
        return parts;
    }
}
