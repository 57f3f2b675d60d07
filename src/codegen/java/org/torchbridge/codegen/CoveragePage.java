package org.torchbridge.codegen;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code docs/coverage.md}: the public names of Python's modules, where Java has each, or why it has not.
 *
 * <p>A name is looked for where the rule puts it: a class under its own name in the module's package, a function under its
 * name in camel case in one of the module's classes. What is elsewhere, or missing, a list says.
 */
final class CoveragePage {
    private static final String ROOT = "org.torchbridge.";

    /** Where the rule puts the names of a Python module: packages, which end with a dot, and classes with functions. */
    private static final Map<String, List<String>> PLACES = new LinkedHashMap<>();

    static {
        PLACES.put("torch.nn", List.of("nn."));
        PLACES.put("torch.nn.functional", List.of("nn.Functional"));
        PLACES.put("torch.nn.init", List.of("nn.Init"));
        PLACES.put("torch.nn.parameter", List.of("nn."));
        PLACES.put(
                "torch.nn.utils",
                List.of(
                        "nn.utils.",
                        "nn.utils.ClipGrad",
                        "nn.utils.ConvertParameters",
                        "nn.utils.Fusion",
                        "nn.utils.MemoryFormats",
                        "nn.utils.SkipInit",
                        "nn.utils.SpectralNorm",
                        "nn.utils.WeightNorm"));
        PLACES.put("torch.nn.utils.rnn", List.of("nn.utils.", "nn.utils.Rnn"));
        PLACES.put("torch.nn.utils.parametrize", List.of("nn.utils.", "nn.utils.Parametrize"));
        PLACES.put("torch.nn.utils.parametrizations", List.of("nn.utils.Parametrizations"));
        PLACES.put("torch.nn.utils.prune", List.of("nn.utils.", "nn.utils.Prune"));
        PLACES.put("torch.optim", List.of("optim."));
        PLACES.put("torch.optim.lr_scheduler", List.of("optim.lr."));
        PLACES.put("torch.optim.swa_utils", List.of("optim.", "optim.SwaUtils"));
        PLACES.put("torch.autograd", List.of("autograd.", "autograd.Autograd", "Torch"));
        PLACES.put("torch.autograd.functional", List.of("autograd.Derivatives"));
        PLACES.put("torch.autograd.forward_ad", List.of("autograd.ForwardAd"));
        PLACES.put("torch.autograd.graph", List.of("autograd.", "autograd.Autograd"));
    }

    /** Java's place for one of Python's names, or the reason why there is none. */
    private record Row(String module, String name, @Nullable String place, @Nullable String reason) {
        /** This row with the place where the rule finds the name; exactly one answer is expected. */
        Row checked(@Nullable String byRule, List<String> problems) {
            long answers =
                    Stream.of(byRule, place, reason).filter(Objects::nonNull).count();
            if (answers != 1) {
                problems.add(module + " " + name + " has " + answers + " answers where one is expected: by the rule "
                        + byRule + ", in elsewhere.txt " + place + ", in missing.txt " + reason);
            } else if (place != null && !exists(place)) {
                problems.add(module + " " + name + " is said to be " + place + ", which does not exist");
            }
            return byRule == null ? this : new Row(module, name, byRule, null);
        }

        boolean isThere() {
            return place != null;
        }

        boolean isDeprecated() {
            return reason != null && reason.startsWith("deprecated");
        }

        String line() {
            return "| `" + name + "` | " + (place == null ? "– " + reason : "`" + place + "`") + " |\n";
        }
    }

    private final List<Row> rows;

    private CoveragePage(List<Row> rows) {
        this.rows = rows;
    }

    /**
     * Looks each name up.
     *
     * @param names lines of module, name and kind
     * @param elsewhere lines of module, name and Java's place, for names that are not where the rule puts them
     * @param missing lines of module, name and the reason
     * @throws IllegalStateException if names are neither found nor in a list, or are in a list although they are found; it
     *     lists all of them
     */
    static CoveragePage of(List<String> names, List<String> elsewhere, List<String> missing) {
        Map<String, String> places = table(elsewhere);
        Map<String, String> reasons = table(missing);
        List<String> problems = new ArrayList<>();
        List<Row> rows = new ArrayList<>();
        for (String line : names) {
            String[] words = line.split("\\s+");
            String key = words[0] + " " + words[1];
            Row row = new Row(words[0], words[1], places.remove(key), reasons.remove(key));
            rows.add(row.checked(byRule(row.module, row.name), problems));
        }
        places.keySet().forEach(key -> problems.add(key + " is in elsewhere.txt and no public name"));
        reasons.keySet().forEach(key -> problems.add(key + " is in missing.txt and no public name"));
        if (!problems.isEmpty()) {
            throw new IllegalStateException(String.join("\n", problems));
        }
        return new CoveragePage(rows);
    }

    private static @Nullable String byRule(String module, String name) {
        for (String place : PLACES.get(module)) {
            String candidate = place.endsWith(".") ? place + name : place + "." + Schema.camelCase(name);
            if (exists(candidate)) {
                return place.endsWith(".")
                        ? name
                        : candidate.substring(candidate.lastIndexOf('.', candidate.lastIndexOf('.') - 1) + 1);
            }
        }
        return null;
    }

    /** Whether there is a public class, or a public method or class inside of one, of this name below the root package. */
    private static boolean exists(String place) {
        Class<?> type = type(place);
        if (type != null) {
            return Modifier.isPublic(type.getModifiers());
        }
        int dot = place.lastIndexOf('.');
        Class<?> owner = dot < 0 ? null : type(place.substring(0, dot));
        return owner != null
                && Stream.concat(
                                Arrays.stream(owner.getMethods()).map(Method::getName),
                                Arrays.stream(owner.getClasses()).map(Class::getSimpleName))
                        .anyMatch(name -> name.equals(place.substring(dot + 1)));
    }

    private static @Nullable Class<?> type(String place) {
        try {
            return Class.forName(ROOT + place);
        } catch (ClassNotFoundException | NoClassDefFoundError e) {
            return null;
        }
    }

    private static Map<String, String> table(List<String> lines) {
        return lines.stream()
                .filter(line -> !line.isBlank())
                .map(line -> line.split("\\s+", 3))
                .collect(Collectors.toMap(
                        words -> words[0] + " " + words[1], words -> words[2], (a, b) -> a, TreeMap::new));
    }

    /** The share of the names of a module that Java has, without those that PyTorch has deprecated. */
    double share(String module) {
        return share(rows.stream().filter(row -> row.module.equals(module)).toList());
    }

    private static double share(List<Row> rows) {
        return (double) count(rows, Row::isThere) / count(rows, row -> !row.isDeprecated());
    }

    private static long count(List<Row> rows, Predicate<Row> which) {
        return rows.stream().filter(which).count();
    }

    List<String> modules() {
        return rows.stream().map(Row::module).distinct().toList();
    }

    String write() {
        StringBuilder page =
                new StringBuilder("<!-- Generated by org.torchbridge.codegen.CoveragePage: do not edit. -->\n");
        page.append(
                """
                # Coverage

                The public names of Python's `torch.nn`, `torch.optim` and `torch.autograd` in PyTorch 2.10, and where Java has them:
                a class of the package of its own (`nn`, `nn.utils`, `optim`, `optim.lr`, `autograd`), or a method of a class. What is
                missing has a dash and the reason. The share is that of the names which PyTorch itself has not deprecated.

                | module | names | deprecated | in Java | share |
                |---|---|---|---|---|
                """);
        Map<String, List<Row>> byModule =
                rows.stream().collect(Collectors.groupingBy(Row::module, LinkedHashMap::new, Collectors.toList()));
        byModule.forEach((module, names) -> page.append(summary("`" + module + "`", names)));
        page.append(summary("all", rows));
        byModule.forEach((module, names) -> {
            page.append("\n## ").append(module).append("\n\n| Python | Java |\n|---|---|\n");
            names.forEach(row -> page.append(row.line()));
        });
        return page.toString();
    }

    private static String summary(String title, List<Row> rows) {
        return "| %s | %d | %d | %d | %.1f %% |\n"
                .formatted(
                        title,
                        rows.size(),
                        count(rows, Row::isDeprecated),
                        count(rows, Row::isThere),
                        100 * share(rows));
    }
}
