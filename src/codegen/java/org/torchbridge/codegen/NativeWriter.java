package org.torchbridge.codegen;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Writes the JNI layer: one C++ function and one native Java method for each overload. */
final class NativeWriter {
    private static final String CLASS = "Java_org_torchbridge_internal_NativeOperators_";

    /** Names that the C++ functions use themselves, and keywords that Java does not have. */
    private static final Set<String> CPP_NAMES = Set.of(
            "env", "tensor", "scalar", "symbolic", "device", "stream", "handle", "handles", "signed", "register");

    private NativeWriter() {}

    static String cpp(List<Operator> operators) {
        StringBuilder source = new StringBuilder();
        source.append("// ").append(Generator.HEADER).append("\n");
        source.append("#include \"conversions.h\"\n\nusing namespace torchbridge;\n");
        operators.forEach(operator -> source.append('\n').append(cppFunction(operator)));
        return source.toString();
    }

    static String java(List<Operator> operators) {
        StringBuilder source = new StringBuilder();
        source.append("// ").append(Generator.HEADER).append("\n");
        source.append(
                """
                package org.torchbridge.internal;

                /**
                 * One native method for each operator overload that libtorch exports, named like its C++ struct in {@code at::_ops}.
                 * Tensors and generators are handles; the caller keeps their owners reachable. A scalar is its kind, its bits and its
                 * imaginary part's bits; an optional integer that is not given is {@link Long#MIN_VALUE}, an optional enum -1, an
                 * optional device {@link Integer#MIN_VALUE}. A handle returned belongs to the caller.
                 */
                public final class NativeOperators {
                    static {
                        NativeLibraries.load();
                    }

                    private NativeOperators() {}
                """);
        operators.forEach(operator -> source.append('\n').append(javaMethod(operator)));
        return source.append("}\n").toString();
    }

    private static String cppFunction(Operator operator) {
        String symbol = operator.symbol();
        String call = "at::_ops::" + symbol + "::call(" + arguments(operator) + ")";
        return "// " + operator.schema().text() + "\n"
                + "namespace at::_ops { struct " + symbol + " { static "
                + qualified(operator.result().cppType())
                + " call("
                + operator.cppTypes().stream().map(NativeWriter::qualified).collect(Collectors.joining(", "))
                + "); }; }\n"
                + "JNI_FUNCTION " + operator.result().jniType() + " JNICALL " + CLASS + symbol.replace("_", "_1")
                + "(JNIEnv* env, jclass" + parameters(operator) + ") {\n"
                + "  return guarded(env, [&]() -> " + operator.result().jniType() + " {\n"
                + setups(operator)
                + "    " + operator.result().open() + call + operator.result().close() + ";\n"
                + "  });\n}\n";
    }

    private static String parameters(Operator operator) {
        return each(operator, NativeType::jniParameters).map(p -> ", " + p).collect(Collectors.joining());
    }

    private static String setups(Operator operator) {
        return each(operator, NativeType::setup)
                .filter(setup -> !setup.isEmpty())
                .map(setup -> "    " + setup + "\n")
                .collect(Collectors.joining());
    }

    private static String arguments(Operator operator) {
        return each(operator, NativeType::cppArgument).collect(Collectors.joining(", "));
    }

    private static String javaMethod(Operator operator) {
        return "    /** {@code " + operator.schema().text().replace("*/", "* /") + "} */\n"
                + "    public static native " + operator.result().nativeType() + " " + operator.symbol() + "("
                + each(operator, NativeType::nativeParameters).collect(Collectors.joining(", ")) + ");\n";
    }

    /** {@code part} of every parameter's type, with the parameter's name filled in. */
    private static Stream<String> each(Operator operator, Function<NativeType, String> part) {
        return IntStream.range(0, operator.types().size())
                .mapToObj(i -> part.apply(operator.types().get(i)).replace("$", parameterName(operator, i)));
    }

    private static String parameterName(Operator operator, int index) {
        String name = Schema.camelCase(operator.schema().arguments().get(index).name());
        return CPP_NAMES.contains(name) ? name + "_" : name;
    }

    /** Operators named {@code std} or {@code at} hide the namespaces inside {@code at::_ops}: lead with ::. */
    private static String qualified(String type) {
        return type.replaceAll("\\b(?<!::)(std|c10|at)::", "::$1::");
    }
}
