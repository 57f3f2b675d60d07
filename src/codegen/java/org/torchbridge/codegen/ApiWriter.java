package org.torchbridge.codegen;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Writes the public methods: {@code TensorOperators}, which {@code Tensor} extends, and {@code TorchOperators}, which
 * {@code Torch} extends. An operator is a method, a function or both, as in PyTorch.
 */
final class ApiWriter {
    private final PresetNames names;

    ApiWriter(PresetNames names) {
        this.names = names;
    }

    String tensorOperators(List<Operator> operators) {
        List<Operator> methods =
                operators.stream().filter(o -> o.isPublic() && isMethod(o)).toList();
        return source(
                """
                /** Every operator that PyTorch has as a method of a tensor, generated from libtorch's own schemas. */
                public abstract sealed class TensorOperators permits Tensor {
                    TensorOperators() {}

                    /**
                     * The address of the {@code at::Tensor}, for native code. It is valid while this object is reachable and open.
                     *
                     * @throws IllegalStateException if this tensor was closed
                     */
                    public abstract long handle();
                """,
                methods,
                false);
    }

    String torchOperators(List<Operator> operators) {
        List<Operator> functions =
                operators.stream().filter(o -> o.isPublic() && isFunction(o)).toList();
        Map<String, String> records = new LinkedHashMap<>();
        operators.stream().filter(Operator::isPublic).map(Operator::schema).forEach(schema -> {
            String record = ApiResult.recordSource(schema);
            if (record != null) {
                records.putIfAbsent(ApiResult.recordName(schema), record);
            }
        });
        return source(
                """
                /** Every operator that PyTorch has as a function, generated from libtorch's own schemas, and their results. */
                public abstract sealed class TorchOperators permits Torch {
                    TorchOperators() {}

                """
                        + String.join("\n", records.values()),
                functions,
                true);
    }

    /** Whether the operator is a method of a tensor: PyTorch has it there, or it works in place. */
    boolean isMethod(Operator operator) {
        List<Schema.Argument> arguments = operator.schema().arguments();
        return !arguments.isEmpty()
                && arguments.get(0).type().equals("Tensor")
                && arguments.get(0).name().equals("self")
                && (names.isMethod(operator.schema().name()) || arguments.get(0).mutated());
    }

    /** Whether the operator is a function: PyTorch has it there, or it could not be reached otherwise. */
    boolean isFunction(Operator operator) {
        return !isMethod(operator) || names.isFunction(operator.schema().name());
    }

    private static String source(String opening, List<Operator> operators, boolean isStatic) {
        StringBuilder source = new StringBuilder();
        source.append("// ").append(Generator.HEADER).append('\n');
        source.append(
                """
                package org.torchbridge;

                import java.util.List;
                import org.jspecify.annotations.Nullable;
                import org.torchbridge.internal.NativeOperators;

                """);
        source.append(opening);
        overloads(operators, isStatic).forEach(overload -> source.append('\n').append(overload.source()));
        return source.append("}\n").toString();
    }

    /** Complete methods first, then the shorter forms that clash with nothing. */
    private static List<ApiMethod.Overload> overloads(List<Operator> operators, boolean isStatic) {
        List<ApiMethod> methods =
                operators.stream().map(o -> new ApiMethod(o, isStatic)).toList();
        Map<String, ApiMethod.Overload> bySignature = new LinkedHashMap<>();
        methods.forEach(method -> {
            ApiMethod.Overload complete = method.complete();
            if (bySignature.putIfAbsent(complete.signature(), complete) != null) {
                throw new IllegalStateException("two operators would both be the Java method " + complete.signature());
            }
        });
        Stream<ApiMethod.Overload> shorter = Stream.concat(
                methods.stream().flatMap(method -> method.shorter().stream()),
                methods.stream().flatMap(method -> method.withTypeAlone().stream()));
        shorter.forEach(overload -> bySignature.putIfAbsent(overload.signature(), overload));
        return List.copyOf(bySignature.values());
    }
}
