package org.torchbridge.onnx.exporter;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The rules by the program's operators. A rule holds from a version of ONNX's operators on, up to the next that is here.
 * What gives numbers has rules of its own: {@code aten::add} of two numbers is another operator than that of tensors.
 */
final class Rules {
    /** The oldest version of ONNX's operators that is written. */
    static final int OLDEST = 13;

    static final int NEWEST = 21;

    static final Rules STANDARD = standard();

    private final Map<String, NavigableMap<Integer, ManyRule>> rules = new LinkedHashMap<>();
    private final Map<String, NavigableMap<Integer, ManyRule>> numbers = new LinkedHashMap<>();
    private final Map<String, NavigableMap<Integer, ManyRule>> lists = new LinkedHashMap<>();

    private static Rules standard() {
        Rules rules = new Rules();
        List<Consumer<Rules>> families = List.of(
                StructureRules::register,
                ControlRules::register,
                NumberRules::register,
                ElementwiseRules::register,
                ComparisonRules::register,
                ActivationRules::register,
                ReductionRules::register,
                LayoutRules::register,
                PartRules::register,
                PixelRules::register,
                IndexRules::register,
                ScatterRules::register,
                EmbeddingRules::register,
                FactoryRules::register,
                MatrixRules::register,
                ConvolutionRules::register,
                PoolingRules::register,
                UnpoolingRules::register,
                NormalizationRules::register,
                AttentionRules::register,
                RecurrentRules::register,
                PackingRules::register,
                QuantizationRules::register,
                ResizeRules::register,
                VisionRules::register,
                LossRules::register,
                ClassLossRules::register,
                MarginLossRules::register);
        families.forEach(family -> family.accept(rules));
        return rules;
    }

    /** The rule of an operator that gives one value, for all versions. */
    Rules rule(String kind, Rule rule) {
        return rule(kind, OLDEST, rule);
    }

    Rules rule(String kind, int since, Rule rule) {
        return many(kind, since, c -> List.of(rule.write(c)));
    }

    /** The rule of an operator that gives several values, for all versions. */
    Rules many(String kind, ManyRule rule) {
        return many(kind, OLDEST, rule);
    }

    Rules many(String kind, int since, ManyRule rule) {
        rules.computeIfAbsent(kind, key -> new TreeMap<>()).put(since, rule);
        return this;
    }

    /** The rule of an operator that takes and gives numbers, flags or lists of them. */
    Rules number(String kind, Rule rule) {
        numbers.computeIfAbsent(kind, key -> new TreeMap<>()).put(OLDEST, c -> List.of(rule.write(c)));
        return this;
    }

    /** The rule of an operator that gives a list, where the same of other values is another operator. */
    Rules list(String kind, Rule rule) {
        lists.computeIfAbsent(kind, key -> new TreeMap<>()).put(OLDEST, c -> List.of(rule.write(c)));
        return this;
    }

    /** The operators that have rules, with the versions since which these hold. */
    Map<String, NavigableMap<Integer, ManyRule>> all() {
        Map<String, NavigableMap<Integer, ManyRule>> all = new TreeMap<>(rules);
        numbers.forEach(all::putIfAbsent);
        lists.forEach(all::putIfAbsent);
        return all;
    }

    /** Whether all of these operators have rules. */
    boolean know(Collection<String> kinds) {
        return kinds.stream().allMatch(kind -> rules.containsKey(kind) || numbers.containsKey(kind));
    }

    /** @throws Unsupported if there is none for that version */
    ManyRule find(Call call, int opset) {
        String kind = call.kind();
        ManyRule rule =
                call.givesList() ? find(lists, kind, opset) : call.givesTensors() ? null : find(numbers, kind, opset);
        rule = rule == null ? find(rules, kind, opset) : rule;
        if (rule == null) {
            throw new Unsupported(
                    rules.containsKey(kind)
                            ? "needs opset " + rules.get(kind).firstKey() + "; the model is to be of " + opset
                            : "");
        }
        return rule;
    }

    private static @Nullable ManyRule find(Map<String, NavigableMap<Integer, ManyRule>> table, String kind, int opset) {
        NavigableMap<Integer, ManyRule> versions = table.get(kind);
        Map.Entry<Integer, ManyRule> entry = versions == null ? null : versions.floorEntry(opset);
        return entry == null ? null : entry.getValue();
    }
}
