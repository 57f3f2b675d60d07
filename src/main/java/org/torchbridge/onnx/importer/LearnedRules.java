package org.torchbridge.onnx.importer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.graph.Value;

/** The operators of {@code ai.onnx.ml} that prepare features, and linear models. */
final class LearnedRules {
    private LearnedRules() {}

    static void register(Registry r) {
        r.rule("ArrayFeatureExtractor", 1, LearnedRules::extract);
        r.rule("Binarizer", 1, LearnedRules::binarize);
        r.rule("Scaler", 1, LearnedRules::scale);
        r.rule("Normalizer", 1, LearnedRules::normalize);
        r.rule("Imputer", 1, LearnedRules::impute);
        r.rule("FeatureVectorizer", 1, LearnedRules::join);
        r.rule("OneHotEncoder", 1, LearnedRules::oneHot);
        r.limit("OneHotEncoder", "categories that are strings");
        r.rule("LinearRegressor", 1, LearnedRules::regress);
        r.many("LinearClassifier", 1, LearnedRules::classify);
    }

    /** A row of features counts as one of a batch. */
    private static Value extract(OnnxNode node, Conversion c) {
        Value x = node.tensor(0);
        Value indices = c.op("aten::flatten", c.cast(node.tensor(1), DType.INT64), 0L, -1L);
        Value rows = node.knownRank(0) == 1 ? c.op("aten::unsqueeze", x, 0L) : x;
        return c.op("aten::index_select", rows, -1L, indices);
    }

    private static Value binarize(OnnxNode node, Conversion c) {
        Value x = node.tensor(0);
        return c.op("aten::type_as", c.op("aten::gt", x, node.real("threshold", 0)), x);
    }

    private static Value scale(OnnxNode node, Conversion c) {
        Value x = c.cast(node.tensor(0), DType.FLOAT32);
        List<Double> offset = node.reals("offset");
        List<Double> scale = node.reals("scale");
        Value moved = offset == null ? x : c.op("aten::sub", x, row(offset));
        return scale == null ? moved : c.op("aten::mul", moved, row(scale));
    }

    private static Tensor row(List<Double> numbers) {
        return Torch.tensor(numbers.stream().mapToDouble(Double::doubleValue).toArray())
                .to(DType.FLOAT32);
    }

    /** Of each row; one of zeros stays as it is. */
    private static Value normalize(OnnxNode node, Conversion c) {
        String norm = node.text("norm", "MAX");
        Value x = c.cast(node.tensor(0), DType.FLOAT32);
        Value size =
                switch (norm) {
                    case "MAX" -> c.op("aten::amax", c.op("aten::abs", x), new long[] {-1}, true);
                    case "L1" -> c.op("aten::norm", x, 1.0, new long[] {-1}, true);
                    case "L2" -> c.op("aten::norm", x, 2.0, new long[] {-1}, true);
                    default -> throw node.unsupported("norm " + norm);
                };
        return c.op("aten::div", x, c.op("aten::masked_fill", size, c.op("aten::eq", size, 0.0), 1.0));
    }

    /** Another number for each that is missing, which is itself some number, or none at all. */
    private static Value impute(OnnxNode node, Conversion c) {
        Value x = node.tensor(0);
        if (node.hasAttribute("imputed_value_int64s")) {
            long missing = node.integer("replaced_value_int64", 0);
            Tensor given = Torch.tensor(node.integers("imputed_value_int64s"));
            return c.op("aten::where", c.op("aten::eq", x, missing), given, x);
        }
        List<Double> given = node.reals("imputed_value_floats");
        if (given == null) {
            throw node.broken("has no numbers for those that are missing");
        }
        double missing = node.real("replaced_value_float", 0);
        Value where = Double.isNaN(missing) ? c.op("aten::isnan", x) : c.op("aten::eq", x, missing);
        return c.op("aten::where", where, row(given), x);
    }

    private static Value join(OnnxNode node, Conversion c) {
        node.ignore("inputdimensions");
        List<Value> parts = new ArrayList<>();
        for (Value each : node.tensors()) {
            parts.add(c.cast(each, DType.FLOAT32));
        }
        return c.op("aten::cat", c.list(parts), -1L);
    }

    /** A row of zeros for what is in no category. */
    private static Value oneHot(OnnxNode node, Conversion c) {
        long[] categories = node.integers("cats_int64s");
        node.ignore("zeros");
        if (categories == null) {
            throw node.unsupported("categories that are strings");
        }
        Value whole = c.cast(node.tensor(0), DType.INT64);
        Value equal = c.op("aten::eq", c.op("aten::unsqueeze", whole, -1L), Torch.tensor(categories));
        return c.cast(equal, DType.FLOAT32);
    }

    private static List<@Nullable Value> classify(OnnxNode node, Conversion c) {
        Classes classes = Classes.of(node, "classlabels_ints");
        List<Double> coefficients = node.reals("coefficients");
        List<Double> intercepts = node.reals("intercepts");
        String transform = node.text("post_transform", "NONE");
        node.ignore("multi_class");
        if (coefficients == null || intercepts == null) {
            throw node.broken("has no coefficients or no intercepts");
        }
        Tensor weight = row(coefficients).reshape(intercepts.size(), -1);
        Value scores = c.op("aten::linear", c.cast(node.tensor(0), DType.FLOAT32), weight, row(intercepts));
        return classes.size() == 2 && intercepts.size() == 1
                ? classes.ofOne(node, c, c.op("aten::select", scores, 1L, 0L), false, transform)
                : classes.ofHighest(node, c, scores, transform);
    }

    private static Value regress(OnnxNode node, Conversion c) {
        List<Double> coefficients = node.reals("coefficients");
        List<Double> intercepts = node.reals("intercepts");
        long targets = node.integer("targets", 1);
        String transform = node.text("post_transform", "NONE");
        if (coefficients == null || targets < 1 || coefficients.size() % targets != 0) {
            throw node.broken("has coefficients that do not fit its " + targets + " targets");
        }
        Value x = c.cast(node.tensor(0), DType.FLOAT32);
        Tensor bias = intercepts == null ? null : row(intercepts);
        Value y = c.op("aten::linear", x, row(coefficients).reshape(targets, -1), bias);
        return ScoreTransform.write(node, c, y, transform);
    }
}
