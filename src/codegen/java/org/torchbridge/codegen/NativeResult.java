package org.torchbridge.codegen;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How an operator's result travels back.
 *
 * @param cppType the C++ result of {@code call}
 * @param nativeType the native method's result in Java
 * @param open C++ around the call: what stands before it
 * @param close what stands after it
 */
record NativeResult(String cppType, String nativeType, String open, String close) {
    private static final Map<String, String> CPP = Map.ofEntries(
            Map.entry("Tensor", "at::Tensor"),
            Map.entry("Tensor[]", "std::vector<at::Tensor>"),
            Map.entry("Scalar", "c10::Scalar"),
            Map.entry("bool", "bool"),
            Map.entry("int", "long"),
            Map.entry("SymInt", "c10::SymInt"),
            Map.entry("float", "double"),
            Map.entry("ScalarType", "c10::ScalarType"),
            Map.entry("QScheme", "c10::QScheme"));

    /** The result of {@code schema}, or null if one of its types cannot travel. */
    static NativeResult of(Schema schema) {
        List<String> types =
                schema.results().stream().map(NativeResult::cppType).toList();
        if (types.contains(null)) {
            return null;
        }
        if (types.isEmpty()) {
            return new NativeResult("void", "void", "", "");
        }
        if (types.size() == 1) {
            return single(types.get(0));
        }
        String tuple = "std::tuple<" + String.join(", ", types) + ">";
        if (types.stream().allMatch("at::Tensor&"::equals)) {
            return new NativeResult(tuple, "void", "", "");
        }
        return new NativeResult(tuple, "long[]", "return packed(env, ", ")");
    }

    String jniType() {
        return switch (nativeType) {
            case "void" -> "void";
            case "long[]" -> "jlongArray";
            default -> "j" + nativeType;
        };
    }

    private static NativeResult single(String type) {
        return switch (type) {
            case "at::Tensor&" -> new NativeResult(type, "void", "", "");
            case "at::Tensor" -> new NativeResult(type, "long", "return handle(env, new at::Tensor(", "))");
            case "std::vector<at::Tensor>" -> new NativeResult(type, "long[]", "return handles(env, ", ")");
            case "c10::Scalar" -> new NativeResult(type, "long[]", "return packed(env, ", ")");
            case "bool" -> new NativeResult(type, "boolean", "return ", "");
            case "long" -> new NativeResult(type, "long", "return ", "");
            case "c10::SymInt" -> new NativeResult(type, "long", "return ", ".value()");
            case "double" -> new NativeResult(type, "double", "return ", "");
            default -> new NativeResult(type, "int", "return static_cast<jint>(", ")");
        };
    }

    private static String cppType(Schema.Result result) {
        String type = CPP.get(result.type());
        return result.mutated() && "at::Tensor".equals(type) ? "at::Tensor&" : type;
    }

    /** The Java names of a tuple's components, in order, or an empty list where the schema names none of them. */
    static List<String> componentNames(Schema schema) {
        if (schema.results().stream().anyMatch(r -> r.name().isEmpty())) {
            return List.of();
        }
        return schema.results().stream().map(r -> Schema.camelCase(r.name())).collect(Collectors.toList());
    }
}
