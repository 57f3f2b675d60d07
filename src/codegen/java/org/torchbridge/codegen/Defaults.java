package org.torchbridge.codegen;

import java.util.Map;

/** Schema defaults as Java expressions of a public parameter's type. */
final class Defaults {
    private static final Map<String, String> MEMORY_FORMATS =
            Map.of("0", "MemoryFormat.CONTIGUOUS_FORMAT", "1", "MemoryFormat.PRESERVE_FORMAT");

    private Defaults() {}

    /** The default of type {@code apiType} that the schema writes as {@code text}. */
    static String expression(String apiType, String text) {
        String type = apiType.replace("@Nullable ", "").replace(" ", "");
        if (text.equals("None")) {
            return "(" + type.replace("<Tensor>", "<Tensor>") + ") null";
        }
        if (text.startsWith("[")) {
            return "new " + type + " {" + text.substring(1, text.length() - 1) + "}";
        }
        return switch (type) {
            case "boolean", "Boolean" -> text.toLowerCase();
            case "long[]" -> "new long[] {" + text + "}";
            case "long", "int" -> text;
            case "double" -> text.endsWith(".") ? text + "0" : text;
            case "Number" -> text.equals("True") ? "Scalar.of(true)" : text.endsWith(".") ? text + "0" : text;
            case "MemoryFormat" -> MEMORY_FORMATS.get(text);
            case "DType" -> "DType.of(" + text + ")";
            case "String" -> text;
            default -> throw new IllegalArgumentException("no default of type " + apiType + " for " + text);
        };
    }
}
