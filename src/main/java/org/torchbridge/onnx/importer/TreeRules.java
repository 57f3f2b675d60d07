package org.torchbridge.onnx.importer;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.graph.Value;

/** Ensembles of decision trees: the votes of the leaves that a sample reaches, taken together for each target. */
final class TreeRules {
    private static final List<String> AGGREGATES = List.of("AVERAGE", "SUM", "MIN", "MAX");

    private TreeRules() {}

    static void register(Registry r) {
        r.rule("TreeEnsemble", 5, TreeRules::ensemble);
        r.rule("TreeEnsembleRegressor", 1, TreeRules::regress);
        r.many("TreeEnsembleClassifier", 1, TreeRules::classify);
    }

    // ---- operators

    private static Value ensemble(OnnxNode node, Conversion c) {
        ForestReader reader = new ForestReader(node, c);
        String aggregate = named(node, "aggregate_function", 1, AGGREGATES);
        String transform = named(node, "post_transform", 0, ScoreTransform.NAMES);
        Forest forest = reader.withSeparateLeaves();
        Votes votes = reader.votesOfSeparateLeaves(forest, node.integer("n_targets"), aggregate);
        Value x = node.tensor(0);
        Value y = votes.total(c, forest.leaves(c, x));
        return c.op("aten::type_as", ScoreTransform.write(node, c, y, transform), x);
    }

    private static String named(OnnxNode node, String attribute, long otherwise, List<String> names) {
        long number = node.integer(attribute, otherwise);
        if (number < 0 || number >= names.size()) {
            throw node.unsupported(attribute + " " + number);
        }
        return names.get((int) number);
    }

    private static Value regress(OnnxNode node, Conversion c) {
        ForestReader reader = new ForestReader(node, c);
        String aggregate = node.oneOf("aggregate_function", "SUM", "AVERAGE", "MIN", "MAX");
        Forest forest = reader.withLeavesAmongNodes();
        Votes votes = reader.votes("target", forest, node.integer("n_targets"), aggregate);
        Tensor base = reader.numbers("base_values");
        Value total = votes.total(c, forest.leaves(c, floating(node, c)));
        Value y = base == null ? total : c.op("aten::add", total, base);
        String transform = node.text("post_transform", "NONE");
        return c.cast(ScoreTransform.write(node, c, y, transform), DType.FLOAT32);
    }

    private static List<@Nullable Value> classify(OnnxNode node, Conversion c) {
        ForestReader reader = new ForestReader(node, c);
        Classes classes = Classes.of(node, "classlabels_int64s");
        String transform = node.text("post_transform", "NONE");
        Forest forest = reader.withLeavesAmongNodes();
        Votes votes = reader.votes("class", forest, classes.size(), "SUM");
        long[] voted = Arrays.stream(reader.targets("class")).distinct().toArray();
        Value total = votes.total(c, forest.leaves(c, floating(node, c)));
        Tensor base = reader.numbers("base_values");
        Value scores = base == null ? total : c.op("aten::add", total, base);
        if (classes.size() != 2 || voted.length != 1) {
            return classes.ofHighest(node, c, c.cast(scores, DType.FLOAT32), transform);
        }
        boolean shares = !reader.weights("class").lt(0).any().toBoolean();
        return classes.ofOne(
                node, c, c.op("aten::select", c.cast(scores, DType.FLOAT32), 1L, voted[0]), shares, transform);
    }

    /** Whole numbers are compared as real ones. */
    private static Value floating(OnnxNode node, Conversion c) {
        return node.isInteger(0) ? c.cast(node.tensor(0), DType.FLOAT32) : node.tensor(0);
    }
}
