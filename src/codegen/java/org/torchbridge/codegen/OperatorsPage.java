package org.torchbridge.codegen;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes {@code docs/operators.md}: what is covered, what is not and why, and Python's names beside Java's. */
final class OperatorsPage {
    private OperatorsPage() {}

    static String write(List<Schema> schemas, List<Operator> operators, ApiWriter api) {
        List<Operator> visible = operators.stream().filter(Operator::isPublic).toList();
        StringBuilder page = new StringBuilder("<!-- " + Generator.HEADER + " -->\n# Operators\n\n");
        page.append(
                """
                Every operator overload that libtorch exports and a user may call is a Java method, generated from the schemas that
                libtorch itself reports. Methods of a tensor are in `TensorOperators`, which `Tensor` extends, functions in
                `TorchOperators`, which `Torch` extends; many are both, as in PyTorch. Trailing parameters that have a default may be
                left out. `dtype, layout, device, pin_memory` are one parameter, `TensorOptions`, or a `DType` alone.

                """);
        page.append("| | overloads |\n|---|---|\n");
        row(page, "declared by libtorch in the namespace `aten`", schemas.size());
        row(page, "exported as `at::_ops::...::call`", operators.size());
        row(
                page,
                "with a native method",
                operators.stream().filter(o -> o.obstacle() == null).count());
        row(page, "with a public Java method", visible.size());
        page.append("\n## Exported and not public\n\n");
        reasons(page, operators);
        page.append("\n## Declared and not exported\n\n");
        page.append(
                """
                These are TorchScript's own primitives (arithmetic on numbers, lists, strings and dictionaries of the scripting
                language) and overloads that exist only inside its interpreter. They have no C++ entry point; Java has its own.

                """);
        unexported(page, schemas, operators);
        page.append(
                "\n## Python name, Java name\n\n| PyTorch | method of `Tensor` | function of `Torch` | overloads |\n|---|---|---|---|\n");
        names(page, visible, api);
        return page.toString();
    }

    private static void row(StringBuilder page, String what, long count) {
        page.append("| ").append(what).append(" | ").append(count).append(" |\n");
    }

    private static void reasons(StringBuilder page, List<Operator> operators) {
        Map<String, List<String>> byReason = new LinkedHashMap<>();
        operators.stream().filter(o -> !o.isPublic()).forEach(o -> {
            String reason = o.obstacle() == null ? o.reasonToHide() : o.obstacle();
            byReason.computeIfAbsent(reason, r -> new ArrayList<>()).add("`" + o.symbol() + "`");
        });
        byReason.forEach((reason, symbols) -> page.append("<details><summary>")
                .append(reason)
                .append(" (")
                .append(symbols.size())
                .append(")</summary>\n\n")
                .append(String.join(", ", symbols))
                .append("\n\n</details>\n\n"));
    }

    private static void unexported(StringBuilder page, List<Schema> schemas, List<Operator> operators) {
        Set<String> exported = operators.stream().map(Operator::symbol).collect(Collectors.toSet());
        List<String> missing = schemas.stream()
                .filter(s -> !exported.contains(s.symbol()))
                .map(s -> "`" + s.symbol() + "`")
                .toList();
        page.append("<details><summary>all ").append(missing.size()).append("</summary>\n\n");
        page.append(String.join(", ", missing)).append("\n\n</details>\n");
    }

    private static void names(StringBuilder page, List<Operator> visible, ApiWriter api) {
        Map<String, Set<String>> methods = new TreeMap<>();
        Map<String, Set<String>> functions = new TreeMap<>();
        Map<String, Integer> counts = new TreeMap<>();
        for (Operator operator : visible) {
            String name = operator.schema().name();
            String java = "`" + Schema.camelCase(name) + "`";
            counts.merge(name, 1, Integer::sum);
            methods.computeIfAbsent(name, n -> new LinkedHashSet<>());
            functions.computeIfAbsent(name, n -> new LinkedHashSet<>());
            if (api.isMethod(operator)) {
                methods.get(name).add(java);
            }
            if (api.isFunction(operator)) {
                functions.get(name).add(java);
            }
        }
        counts.forEach((name, count) -> page.append("| `")
                .append(name)
                .append("` | ")
                .append(String.join(", ", methods.get(name)))
                .append(" | ")
                .append(String.join(", ", functions.get(name)))
                .append(" | ")
                .append(count)
                .append(" |\n"));
    }
}
