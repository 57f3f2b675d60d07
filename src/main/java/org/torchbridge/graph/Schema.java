package org.torchbridge.graph;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an operator takes and gives: one overload, as libtorch knows it.
 *
 * @param kind the name without overload: {@code aten::add}
 * @param overload {@code Tensor} for {@code aten::add.Tensor}; empty for none
 * @param variadicArguments whether anything may follow the arguments
 * @param variadicReturns whether the number and types of the results depend on the arguments
 */
public record Schema(
        String kind,
        String overload,
        List<Argument> arguments,
        boolean variadicArguments,
        List<Argument> returns,
        boolean variadicReturns) {
    public Schema {
        arguments = List.copyOf(arguments);
        returns = List.copyOf(returns);
    }

    /**
     * An argument or a result.
     *
     * @param name empty for a result without one
     * @param type {@code int} also for libtorch's types, layouts and memory formats, which are numbers in a program
     * @param length of a list {@code int[2]}, which a single number stands for too; 0 if there is none
     * @param alias {@code a} if it shares memory with other arguments and results marked so, {@code a!} if the operator
     *     writes to it, {@code *} for what is inside another; empty for none
     * @param hasDefault whether it may be left out
     * @param defaultValue what it is then, as a {@link Node}'s attribute would be
     * @param keywordOnly whether Python takes it by name only
     */
    public record Argument(
            String name,
            Type type,
            int length,
            String alias,
            boolean hasDefault,
            @Nullable Object defaultValue,
            boolean keywordOnly) {
        /** Whether the operator changes it in place. */
        public boolean isMutated() {
            return alias.contains("!");
        }

        @Override
        public String toString() {
            String list = length == 0 ? type.toString() : type.toString().replace("[]", "[" + length + "]");
            String text = alias.isEmpty() ? list : list + "(" + alias + ")";
            return (text + " " + name).strip() + (hasDefault ? "=" + GraphPrinter.literal(defaultValue) : "");
        }
    }

    /** The schema that libtorch would write as {@code text}: {@code aten::neg(Tensor self) -> Tensor}. */
    public static Schema parse(String text) {
        return new SchemaParser(text).schema();
    }

    /** The name with its overload: {@code aten::add.Tensor}. */
    public String name() {
        return overload.isEmpty() ? kind : kind + "." + overload;
    }

    /** Whether the operator changes one of its arguments in place. */
    public boolean isMutable() {
        return arguments.stream().anyMatch(Argument::isMutated);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        boolean keywords = false;
        for (Argument argument : arguments) {
            if (argument.keywordOnly() && !keywords) {
                keywords = true;
                text.append(", *");
            }
            text.append(", ").append(argument);
        }
        text.append(variadicArguments ? ", ..." : "");
        String results = returns.stream().map(Argument::toString).collect(Collectors.joining(", "));
        if (variadicReturns) {
            results = "...";
        } else if (returns.size() != 1 || results.startsWith("(")) {
            results = "(" + results + ")";
        }
        return name() + "(" + (text.isEmpty() ? "" : text.substring(2)) + ") -> " + results;
    }
}
