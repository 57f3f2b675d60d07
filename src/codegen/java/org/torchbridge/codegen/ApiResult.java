package org.torchbridge.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The results of public methods: their Java types, and the expressions that make them from native results. */
final class ApiResult {
    private ApiResult() {}

    static String type(Schema schema) {
        List<Schema.Result> results = schema.results();
        if (results.isEmpty()) {
            return "void";
        }
        if (results.size() == 1) {
            return javaType(results.get(0).type());
        }
        if (!NativeResult.componentNames(schema).isEmpty()) {
            return "TorchOperators." + recordName(schema);
        }
        boolean tensors = results.stream().allMatch(r -> r.type().equals("Tensor"));
        return tensors ? "List<Tensor>" : "TorchOperators." + recordName(schema);
    }

    /** What a public method returns, given the native result in {@code result}; empty for nothing. */
    static String wrap(Schema schema, boolean isStatic) {
        List<Schema.Result> results = schema.results();
        if (results.isEmpty()) {
            return "";
        }
        if (results.size() == 1) {
            return single(schema, isStatic);
        }
        if (type(schema).equals("List<Tensor>")) {
            return "Results.tensors(result)";
        }
        String components = results.stream().map(r -> next(r.type())).collect(Collectors.joining(", "));
        return "TorchOperators." + recordName(schema) + ".read(new Results(result))";
    }

    /** The source of the record for a schema with several named or mixed results, or null if it needs none. */
    static String recordSource(Schema schema) {
        if (schema.results().size() < 2 || type(schema).equals("List<Tensor>")) {
            return null;
        }
        List<String> declared = new ArrayList<>();
        List<String> names = componentNames(schema);
        for (int i = 0; i < names.size(); i++) {
            declared.add(javaType(schema.results().get(i).type()) + " " + names.get(i));
        }
        String read = schema.results().stream().map(r -> next(r.type())).collect(Collectors.joining(", "));
        return "    /** What {@code " + Schema.camelCase(schema.name()) + "} and its like return. */\n"
                + "    public record " + recordName(schema) + "(" + String.join(", ", declared) + ") {\n"
                + "        static " + recordName(schema) + " read(Results results) {\n"
                + "            return new " + recordName(schema) + "(" + read + ");\n        }\n    }\n";
    }

    static String recordName(Schema schema) {
        StringBuilder name = new StringBuilder();
        List<String> components = componentNames(schema);
        for (int i = 0; i < components.size(); i++) {
            String component = components.get(i);
            name.append(Character.toUpperCase(component.charAt(0))).append(component.substring(1));
            name.append(schema.results().get(i).type().equals("Tensor[]") ? "List" : "");
        }
        return name.toString();
    }

    private static List<String> componentNames(Schema schema) {
        List<String> names = NativeResult.componentNames(schema);
        if (!names.isEmpty()) {
            return names;
        }
        List<String> numbered = new ArrayList<>();
        for (int i = 0; i < schema.results().size(); i++) {
            numbered.add(Schema.camelCase(schema.name()) + "Result" + i);
        }
        return numbered;
    }

    private static String single(Schema schema, boolean isStatic) {
        Schema.Result result = schema.results().get(0);
        if (result.mutated()) {
            Schema.Argument mutated = schema.arguments().stream()
                    .filter(Schema.Argument::mutated)
                    .findFirst()
                    .orElseThrow();
            boolean self = !isStatic && mutated == schema.arguments().get(0);
            return self ? "(Tensor) this" : Schema.camelCase(mutated.name());
        }
        return switch (result.type()) {
            case "Tensor" -> "Tensor.adopt(result)";
            case "Tensor[]" -> "Results.tensors(result)";
            case "Scalar" -> "Scalar.decode(result)";
            case "ScalarType" -> "DType.of(result)";
            case "QScheme" -> "QScheme.of(result)";
            default -> "result";
        };
    }

    private static String javaType(String type) {
        return switch (type) {
            case "Tensor" -> "Tensor";
            case "Tensor[]" -> "List<Tensor>";
            case "bool" -> "boolean";
            case "int", "SymInt" -> "long";
            case "float" -> "double";
            case "ScalarType" -> "DType";
            default -> type;
        };
    }

    private static String next(String type) {
        return switch (type) {
            case "Tensor" -> "results.tensor()";
            case "Tensor[]" -> "results.list()";
            case "float" -> "results.number()";
            case "int", "SymInt" -> "results.integer()";
            case "bool" -> "results.integer() != 0";
            case "Scalar" -> "results.scalar()";
            default -> throw new IllegalArgumentException("no component of type " + type);
        };
    }
}
