package org.torchbridge.codegen;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.torchbridge.DType;

/**
 * The public Java method of an operator overload, with its shorter forms: as an instance method, whose {@code self} is
 * the tensor itself, or as a static one.
 */
final class ApiMethod {
    /** A parameter of the public method, which can stand for several of the operator's. */
    private record Parameter(
            String type, String name, String defaultExpression, String nativeArguments, boolean holdsTensors) {
        String erasure() {
            return type.replace("@Nullable ", "").replace(" ", "").replaceAll("<.*>", "");
        }
    }

    /** One Java method: what it takes, and what stands between its braces. */
    record Overload(String signature, String source) {}

    private static final List<String> OPTIONS = List.of("dtype", "layout", "device", "pin_memory");

    private final Operator operator;
    private final boolean isStatic;
    private final List<Parameter> parameters;

    ApiMethod(Operator operator, boolean isStatic) {
        this.operator = operator;
        this.isStatic = isStatic;
        this.parameters = parameters(operator, isStatic);
    }

    /** The method with all parameters. */
    Overload complete() {
        return overload(parameters, nativeCall());
    }

    /** The methods that leave out the last parameters, one by one, as far as the schema has defaults for them. */
    List<Overload> shorter() {
        List<Overload> overloads = new ArrayList<>();
        for (int kept = parameters.size() - 1; kept >= 0 && hasDefault(kept); kept--) {
            List<Parameter> given = parameters.subList(0, kept);
            overloads.add(overload(given, delegation(given)));
        }
        return overloads;
    }

    /** For factories, the method that takes a type in place of all the tensor options. */
    List<Overload> withTypeAlone() {
        for (int i = 0; i < parameters.size(); i++) {
            if (parameters.get(i).type().equals("TensorOptions")) {
                List<Parameter> given = new ArrayList<>(parameters.subList(0, i));
                List<Parameter> passed = new ArrayList<>(given);
                given.add(new Parameter("DType", "dtype", null, "", false));
                passed.add(new Parameter("TensorOptions", "TensorOptions.of(dtype)", null, "", false));
                return List.of(overload(given, delegation(passed)));
            }
        }
        return List.of();
    }

    private String name() {
        return Schema.camelCase(operator.schema().name());
    }

    private boolean hasDefault(int parameter) {
        return parameters.get(parameter).defaultExpression() != null;
    }

    private Overload overload(List<Parameter> given, String body) {
        String signature = name() + given.stream().map(Parameter::erasure).collect(Collectors.joining(",", "(", ")"));
        String source = "    /** {@code " + operator.schema().text() + "} */\n"
                + "    public " + (isStatic ? "static " : "") + ApiResult.type(operator.schema()) + " " + name() + "("
                + declaration(given) + ") {\n" + body + "    }\n";
        return new Overload(signature, source);
    }

    private static String declaration(List<Parameter> given) {
        List<String> declared = new ArrayList<>();
        for (Parameter parameter : given) {
            boolean last = parameter == given.get(given.size() - 1);
            // A list of sizes or dimensions at the end can be written without brackets: x.sum(0, 1).
            String type = last && parameter.type().startsWith("long")
                    ? parameter.type().replace("[]", "...")
                    : parameter.type();
            declared.add(type + " " + parameter.name());
        }
        return String.join(", ", declared);
    }

    /** Calls the complete method with {@code given} and the schema's defaults for the rest. */
    private String delegation(List<Parameter> given) {
        String arguments = parameters.stream()
                .map(p -> parameters.indexOf(p) < given.size()
                        ? given.get(parameters.indexOf(p)).name()
                        : p.defaultExpression())
                .collect(Collectors.joining(", "));
        boolean isVoid = ApiResult.type(operator.schema()).equals("void");
        return "        " + (isVoid ? "" : "return ") + name() + "(" + arguments + ");\n";
    }

    private String nativeCall() {
        List<String> arguments = new ArrayList<>();
        if (!isStatic) {
            arguments.add("handle()");
        }
        parameters.forEach(p -> arguments.add(p.nativeArguments()));
        String call = "NativeOperators." + operator.symbol() + "(" + String.join(", ", arguments) + ")";
        String type = operator.result().nativeType();
        String result = ApiResult.wrap(operator.schema(), isStatic);
        return "        " + (type.equals("void") ? "" : type + " result = ") + call + ";\n"
                + keepAlive()
                + (result.isEmpty() ? "" : "        return " + result + ";\n");
    }

    private String keepAlive() {
        List<String> holders = new ArrayList<>();
        if (!isStatic) {
            holders.add("this");
        }
        parameters.stream().filter(Parameter::holdsTensors).map(Parameter::name).forEach(holders::add);
        return holders.isEmpty() ? "" : "        Arguments.keepAlive(" + String.join(", ", holders) + ");\n";
    }

    private static List<Parameter> parameters(Operator operator, boolean isStatic) {
        List<Schema.Argument> arguments = operator.schema().arguments();
        boolean factory = arguments.stream().noneMatch(a -> a.type().startsWith("Tensor"));
        List<Parameter> parameters = new ArrayList<>();
        for (int i = isStatic ? 0 : 1; i < arguments.size(); i++) {
            if (areOptions(arguments, i)) {
                parameters.add(options(factory, arguments.get(i).defaultValue()));
                i += OPTIONS.size() - 1;
            } else {
                parameters.add(parameter(arguments.get(i), operator.types().get(i)));
            }
        }
        return parameters;
    }

    private static boolean areOptions(List<Schema.Argument> arguments, int from) {
        int to = Math.min(from + OPTIONS.size(), arguments.size());
        return OPTIONS.equals(
                arguments.subList(from, to).stream().map(Schema.Argument::name).toList());
    }

    /** The four options as one parameter; where the schema names a type as the default, it holds for options too. */
    private static Parameter options(boolean factory, String defaultType) {
        boolean ownType = defaultType != null && !defaultType.equals("None");
        String dtype = ownType
                ? "options.dtype() == null ? DType."
                        + DType.of(Integer.parseInt(defaultType)).name() + " : options.dtype()"
                : "options.dtype()";
        String device = factory ? "Arguments.factoryDevice" : "Arguments.code";
        return new Parameter(
                "TensorOptions",
                "options",
                "TensorOptions.DEFAULT",
                "Arguments.code(" + dtype + "), Arguments.code(options.layout()), " + device
                        + "(options.device()), Arguments.code(options.pinMemory())",
                false);
    }

    private static Parameter parameter(Schema.Argument argument, NativeType type) {
        String name = Schema.camelCase(argument.name());
        String defaultExpression =
                argument.defaultValue() == null ? null : Defaults.expression(type.apiType(), argument.defaultValue());
        return new Parameter(
                type.apiType(), name, defaultExpression, type.apiArguments().replace("$", name), type.holdsTensors());
    }
}
