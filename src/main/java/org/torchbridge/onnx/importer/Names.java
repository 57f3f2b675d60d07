package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What names in models say about modules. */
final class Names {
    /** Names that exporters make up: {@code onnx::MatMul_123}, {@code Conv_0_weight}, {@code 123}. */
    private static final Pattern MADE_UP = Pattern.compile("(\\w+::)?(\\w+_)?\\d+");

    private Names() {}

    /**
     * The dotted path of the module that a node is of: {@code layer1.0.conv1} for {@code /layer1/layer1.0/conv1/Conv}, where an
     * element of a list repeats the list's name.
     */
    static String scope(String node) {
        if (!node.startsWith("/")) {
            return "";
        }
        String[] parts = node.substring(1).split("/");
        List<String> path = new ArrayList<>();
        for (int i = 0; i < parts.length - 1; i++) {
            int last = path.size() - 1;
            if (last >= 0 && parts[i].startsWith(path.get(last) + ".")) {
                path.set(last, parts[i]);
            } else {
                path.add(parts[i]);
            }
        }
        return path.isEmpty() ? "" : clean(String.join(".", path));
    }

    /** Whether a name is a number with something around it that no person has chosen. */
    static boolean isMadeUp(String name) {
        return MADE_UP.matcher(name).matches();
    }

    /** A name as the dotted path of a slot: letters, digits and underscores between dots, {@code onnx::} left out. */
    static String clean(String name) {
        StringBuilder path = new StringBuilder();
        for (String part : name.replaceFirst("^onnx::", "").replace('/', '.').split("\\.")) {
            if (!part.isEmpty()) {
                path.append(path.isEmpty() ? "" : ".").append(part.replaceAll("[^A-Za-z0-9_]+", "_"));
            }
        }
        return path.isEmpty() ? "_" : path.toString();
    }

    /** A name as that of a value: letters, digits and underscores, no digit first. */
    static String variable(String name) {
        String plain = name.replaceAll("[^A-Za-z0-9_]+", "_");
        return plain.isEmpty() || Character.isDigit(plain.charAt(0)) ? "_" + plain : plain;
    }
}
