package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The rules by domain, operator and version. A rule holds from its version up to the next one that is here, as the versions of
 * ONNX's operators do: {@code rule("Squeeze", 1, ...)} and {@code rule("Squeeze", 13, ...)} serve all that there are.
 */
public final class Registry {
    /** The rules that the library has. */
    public static final Registry STANDARD = standard();

    private record Operator(String domain, String name) {}

    private final Map<Operator, NavigableMap<Long, ManyRule>> rules = new LinkedHashMap<>();
    private final Map<Operator, NavigableMap<Long, NumbersRule>> numbers = new LinkedHashMap<>();
    private final Map<Operator, String> limits = new LinkedHashMap<>();
    private String domain = "";

    /** A rule and since when it holds. */
    record Found(long since, ManyRule rule) {}

    private static Registry standard() {
        Registry registry = new Registry();
        List<Consumer<Registry>> families = List.of(
                OldRules::register,
                ElementwiseRules::register,
                MathRules::register,
                ComparisonRules::register,
                ConstantRules::register,
                ShapeRules::register,
                LayoutRules::register,
                IndexRules::register,
                ReductionRules::register,
                SortRules::register,
                RecurrentRules::register,
                LayerNormRules::register,
                AttentionRules::register,
                LossRules::register,
                ScatterRules::register,
                StringRules::register,
                NgramRules::register,
                SequenceRules::register,
                RandomRules::register,
                ResizeRules::register,
                ImageRules::register,
                QuantizationRules::register,
                OptionalRules::register,
                SignalRules::register,
                RoiRules::register,
                ScanRules::register,
                ConvolutionRules::register,
                PoolingRules::register,
                NormalizationRules::register,
                MatrixRules::register,
                ControlRules::register);
        families.forEach(family -> family.accept(registry.domain("")));
        List.<Consumer<Registry>>of(LearnedRules::register, TreeRules::register, LabelRules::register)
                .forEach(family -> family.accept(registry.domain("ai.onnx.ml")));
        TrainingRules.register(registry.domain("ai.onnx.preview.training"));
        List<Consumer<Registry>> microsoft = List.of(
                LayerNormRules::registerMicrosoft,
                MicrosoftAttentionRules::registerMicrosoft,
                LinearQuantizationRules::registerMicrosoft,
                MicrosoftRules::registerMicrosoft);
        microsoft.forEach(family -> family.accept(registry.domain("com.microsoft")));
        return registry;
    }

    /** Rules from here on are for operators of {@code domain}; ONNX's own is {@code ""}. */
    public Registry domain(String domain) {
        this.domain = domain;
        return this;
    }

    /** The rule of an operator with one output, from version {@code since} on. */
    public Registry rule(String operator, int since, Rule rule) {
        return many(operator, since, (node, c) -> List.of(rule.write(node, c)));
    }

    /** The rule of an operator with several outputs, from version {@code since} on. */
    public Registry many(String operator, int since, ManyRule rule) {
        put(rules, operator, since, rule);
        return this;
    }

    /** What takes precedence over the operator's other rule where sizes are computed. */
    public Registry numbers(String operator, int since, NumbersRule rule) {
        put(numbers, operator, since, rule);
        return this;
    }

    /** Says what the rules of an operator do not support, for people. */
    public Registry limit(String operator, String what) {
        limits.put(new Operator(domain, operator), what);
        return this;
    }

    private <T> void put(Map<Operator, NavigableMap<Long, T>> into, String operator, long since, T rule) {
        T before = into.computeIfAbsent(new Operator(domain, operator), key -> new TreeMap<>())
                .put(since, rule);
        if (before != null) {
            throw new IllegalStateException("there are two rules for " + operator + " since " + since);
        }
    }

    /** The rule for an operator in a version of its domain; null if there is none. */
    @Nullable
    Found find(String domain, String operator, long version) {
        Map.Entry<Long, ManyRule> entry = floor(rules, domain, operator, version);
        return entry == null ? null : new Found(entry.getKey(), entry.getValue());
    }

    @Nullable
    NumbersRule findNumbers(String domain, String operator, long version) {
        Map.Entry<Long, NumbersRule> entry = floor(numbers, domain, operator, version);
        return entry == null ? null : entry.getValue();
    }

    private static <T> Map.@Nullable Entry<Long, T> floor(
            Map<Operator, NavigableMap<Long, T>> from, String domain, String operator, long version) {
        NavigableMap<Long, T> versions = from.get(new Operator(domain, operator));
        return versions == null ? null : versions.floorEntry(version);
    }

    /** Whether there is a rule for an operator in a version of its domain. */
    public boolean supports(String domain, String operator, long version) {
        return find(domain, operator, version) != null;
    }

    /** What the rules of an operator do not support; empty if nothing is known of. */
    public String limits(String domain, String operator) {
        return limits.getOrDefault(new Operator(domain, operator), "");
    }

    /** Every operator that has a rule, by domain, with the versions that rules begin at. */
    public Map<String, Map<String, List<Long>>> operators() {
        Map<String, Map<String, List<Long>>> operators = new TreeMap<>();
        rules.forEach((operator, versions) -> operators
                .computeIfAbsent(operator.domain(), key -> new TreeMap<>())
                .put(operator.name(), new ArrayList<>(versions.keySet())));
        return operators;
    }
}
