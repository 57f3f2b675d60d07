package org.torchbridge.codegen;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How one C++ parameter type travels: from the public Java method to the native one, and from there to libtorch. In
 * every text {@code $} stands for the parameter's name.
 *
 * @param nativeParameters the native method's parameters in Java, {@code "int $Kind, long $"}
 * @param setup a C++ statement before the call, or empty
 * @param cppArgument the argument in C++
 * @param apiType the public method's parameter type, or null where no public method may have it
 * @param apiArguments what the public method passes to the native one
 * @param holdsTensors whether the public argument must stay reachable during the call
 */
record NativeType(
        String nativeParameters,
        String setup,
        String cppArgument,
        String apiType,
        String apiArguments,
        boolean holdsTensors) {

    private static final Map<String, NativeType> TYPES = new HashMap<>();
    private static final Pattern BOOLEAN_ARRAY = Pattern.compile("std::array<bool, (\\d+)ul>");
    private static final String STRING_VIEW = "std::basic_string_view<char, std::char_traits<char> >";

    static {
        tensors();
        numbers();
        lists();
        enums();
        texts();
    }

    /** The type that carries {@code cppType}, as the demangler writes it, or null if there is none. */
    static NativeType of(String cppType) {
        Matcher booleans = BOOLEAN_ARRAY.matcher(cppType);
        if (booleans.matches()) {
            return new NativeType(
                    "boolean[] $", "", "booleans<" + booleans.group(1) + ">(env, $)", "boolean[]", "$", false);
        }
        return TYPES.get(cppType);
    }

    private static void tensors() {
        tensor("at::Tensor const&", "long $", "", "tensor($)", "Tensor", "$.handle()");
        tensor("at::Tensor&", "long $", "", "mutableTensor($)", "Tensor", "$.handle()");
        tensor(
                "std::optional<at::Tensor> const&",
                "long $",
                "OptionalTensor $Value($);",
                "$Value.value",
                "@Nullable Tensor",
                "Arguments.handle($)");
        tensor(
                "std::optional<at::Generator>",
                "long $",
                "OptionalGenerator $Value($);",
                "$Value.value",
                "@Nullable Generator",
                "Arguments.handle($)");
        tensor(
                "c10::ArrayRef<at::Tensor>",
                "long[] $",
                "Tensors $Value(env, $);",
                "$Value.list()",
                "List<Tensor>",
                "Arguments.handles(\"$\", $)");
        tensor(
                "c10::IListRef<at::Tensor> const&",
                "long[] $",
                "Tensors $Value(env, $);",
                "$Value.materialized()",
                "List<Tensor>",
                "Arguments.handles(\"$\", $)");
        tensor(
                "c10::List<std::optional<at::Tensor> > const&",
                "long[] $",
                "OptionalTensors $Value(env, $);",
                "$Value.list",
                "List<@Nullable Tensor>",
                "Arguments.optionalHandles($)");
        tensor("c10::Storage", "long $", "", "*reinterpret_cast<c10::Storage*>($)", null, "");
    }

    private static void numbers() {
        plain("bool", "boolean $", "$ != 0", "boolean", "$");
        plain("long", "long $", "$", "long", "$");
        plain("signed char", "int $", "static_cast<signed char>($)", "int", "$");
        plain("double", "double $", "$", "double", "$");
        plain("c10::SymInt", "long $", "symbolic($)", "long", "$");
        plain("std::optional<bool>", "int $", "optionalBoolean($)", "@Nullable Boolean", "Arguments.code($)");
        plain(
                "std::optional<long>",
                "long $",
                "optionalInteger($)",
                "@Nullable Number",
                "Arguments.wholeNumber(\"$\", $)");
        plain(
                "std::optional<c10::SymInt>",
                "long $",
                "optionalSymbolic($)",
                "@Nullable Number",
                "Arguments.wholeNumber(\"$\", $)");
        plain(
                "std::optional<double>",
                "boolean $Given, double $",
                "optionalDouble($Given, $)",
                "@Nullable Number",
                "$ != null, $ == null ? 0 : $.doubleValue()");
        plain(
                "c10::Scalar const&",
                "int $Kind, long $, long $Imaginary",
                "scalar($Kind, $, $Imaginary)",
                "Number",
                "Scalar.kind($), Scalar.bits($), Scalar.imaginaryBits($)");
        plain(
                "std::optional<c10::Scalar> const&",
                "int $Kind, long $, long $Imaginary",
                "optionalScalar($Kind, $, $Imaginary)",
                "@Nullable Number",
                "Scalar.kind($), Scalar.bits($), Scalar.imaginaryBits($)");
    }

    private static void lists() {
        list("c10::ArrayRef<long>", "long[]", "Integers", "integers()", "long[]");
        list("c10::ArrayRef<c10::SymInt>", "long[]", "Integers", "symbolic()", "long[]");
        list("c10::OptionalArrayRef<long>", "long[]", "Integers", "optionalIntegers()", "long @Nullable []");
        list("c10::OptionalArrayRef<c10::SymInt>", "long[]", "Integers", "optionalSymbolic()", "long @Nullable []");
        list("c10::ArrayRef<double>", "double[]", "Doubles", "list()", "double[]");
        list("std::optional<c10::ArrayRef<double> >", "double[]", "Doubles", "optionalList()", "double @Nullable []");
        TYPES.put(
                "c10::ArrayRef<c10::Scalar>",
                new NativeType(
                        "long[] $",
                        "Scalars $Value(env, $);",
                        "$Value.list()",
                        "Number[]",
                        "Arguments.scalars($)",
                        false));
        list("c10::ArrayRef<at::Dimname>", "String[]", "DimensionNames", "list()", "String[]");
        list(
                "std::optional<c10::ArrayRef<at::Dimname> >",
                "String[]",
                "DimensionNames",
                "optionalList()",
                "String @Nullable []");
    }

    private static void enums() {
        enumeration("c10::ScalarType", "DType");
        enumeration("c10::Layout", "Layout");
        enumeration("c10::MemoryFormat", "MemoryFormat");
        plain("c10::Device", "int $", "device($)", "Device", "$.encode()");
        plain("std::optional<c10::Device>", "int $", "optionalDevice($)", "@Nullable Device", "Arguments.code($)");
        plain("c10::Stream", "int $Device, long $", "stream($Device, $)", null, "");
    }

    private static void texts() {
        list(STRING_VIEW, "String", "Text", "view()", "String");
        list("std::optional<" + STRING_VIEW + " >", "String", "Text", "optionalView()", "@Nullable String");
        list("at::Dimname", "String", "Text", "dimensionName()", "String");
    }

    private static void tensor(
            String cpp, String parameters, String setup, String argument, String apiType, String apiArguments) {
        TYPES.put(cpp, new NativeType(parameters, setup, argument, apiType, apiArguments, true));
    }

    private static void plain(String cpp, String parameters, String argument, String apiType, String apiArguments) {
        TYPES.put(cpp, new NativeType(parameters, "", argument, apiType, apiArguments, false));
    }

    private static void list(String cpp, String javaType, String holder, String accessor, String apiType) {
        TYPES.put(
                cpp,
                new NativeType(
                        javaType + " $", holder + " $Value(env, $);", "$Value." + accessor, apiType, "$", false));
    }

    private static void enumeration(String cpp, String apiType) {
        plain(cpp, "int $", "static_cast<" + cpp + ">($)", apiType, "$.code()");
        plain(
                "std::optional<" + cpp + ">",
                "int $",
                "optionalEnum<" + cpp + ">($)",
                "@Nullable " + apiType,
                "Arguments.code($)");
    }

    /** The same parameter list in C++: {@code "jint $Kind, jlong $"}. */
    String jniParameters() {
        return nativeParameters
                .replace("boolean[] ", "jbooleanArray ")
                .replace("double[] ", "jdoubleArray ")
                .replace("long[] ", "jlongArray ")
                .replace("String[] ", "jobjectArray ")
                .replace("String ", "jstring ")
                .replaceAll("\\b(boolean|int|long|double) ", "j$1 ");
    }
}
