package org.torchbridge.onnx;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

class LearnedRulesTest extends RuleTest {
    private static OneNode node(String operator) {
        return OneNode.of("ai.onnx.ml", operator, 1);
    }

    @Test
    void featuresAreTakenByTheirPlaces() {
        assertSame(node("ArrayFeatureExtractor").input(random(3, 4)).weight(2, 0));
        assertSame(node("ArrayFeatureExtractor").input(random(4)).weight(2, 0, 3));
    }

    @Test
    void featuresBecomeZeroOrOne() {
        assertSame(node("Binarizer").real("threshold", 0.3).input(random(3, 4)));
    }

    @Test
    void featuresAreMovedAndScaled() {
        assertSame(node("Scaler")
                .reals("offset", 1, 2, 3)
                .reals("scale", 0.5f, 2, 1)
                .input(random(2, 3)));
        assertSame(
                node("Scaler").reals("offset", 0.5f).reals("scale", 2).input(Torch.tensor(new long[][] {{1, 2}, {3, 4}
                })));
    }

    @ParameterizedTest
    @ValueSource(strings = {"MAX", "L1", "L2"})
    void rowsAreNormalized(String norm) {
        assertSame(node("Normalizer").text("norm", norm).input(random(3, 4).abs()));
    }

    @Test
    void missingNumbersAreReplaced() {
        assertSame(node("Imputer")
                .reals("imputed_value_floats", 7, 8)
                .real("replaced_value_float", Double.NaN)
                .input(Torch.tensor(new float[][] {{1, Float.NaN}, {Float.NaN, 2}})));
        assertSame(node("Imputer")
                .integers("imputed_value_int64s", 7)
                .integer("replaced_value_int64", 3)
                .input(Torch.tensor(new long[][] {{1, 3}, {3, 2}})));
    }

    @Test
    void featuresAreJoined() {
        assertSame(node("FeatureVectorizer")
                .integers("inputdimensions", 2, 1)
                .input(random(3, 2))
                .input(random(3, 1)));
    }

    @Test
    void linearModelsHaveTargets() {
        assertSame(node("LinearRegressor")
                .reals("coefficients", 1, 2, 3, 4, 5, 6)
                .reals("intercepts", 0.5f, -0.5f)
                .integer("targets", 2)
                .input(random(4, 3)));
        assertSame(node("LinearRegressor")
                .reals("coefficients", 1, 2)
                .input(random(4, 2).to(DType.FLOAT32)));
    }

    @Test
    void whatIsInACategoryIsOneThere() {
        OneNode node = node("OneHotEncoder").integers("cats_int64s", 3, 1, 7);
        assertSame(node.input(Torch.tensor(new long[][] {{1, 3}, {7, 2}})));
    }

    @ParameterizedTest
    @ValueSource(strings = {"NONE", "SOFTMAX", "LOGISTIC"})
    void linearModelsClassify(String transform) {
        assertSame(classifier(transform)
                .reals("coefficients", 1, -2, 0.5f, 0.1f, 0.2f, 0.3f, -1, 1, 2)
                .reals("intercepts", 0.1f, 0.2f, -0.3f)
                .integers("classlabels_ints", 5, 6, 7)
                .input(random(6, 3))
                .outputs(2));
    }

    /** As in ONNX's own reference: ONNX Runtime makes {@code 1 - s} of a score, and no logistic one. */
    @Test
    void ofTwoClassesOneScoreIsEnough() {
        Tensor x = random(6, 3);
        Tensor score = x.matmul(Torch.tensor(new float[] {1, -2, 0.5f})).add(0.1);
        Tensor both = Torch.stack(List.of(score.neg(), score), 1);
        Tensor labels = score.gt(0).to(DType.INT64).add(5);

        assertResults(ofOne("NONE").input(x), List.of(labels, both));
        assertResults(ofOne("LOGISTIC").input(x), List.of(labels, both.sigmoid()));
    }

    private static OneNode ofOne(String transform) {
        return classifier(transform)
                .reals("coefficients", 1, -2, 0.5f)
                .reals("intercepts", 0.1f)
                .integers("classlabels_ints", 5, 6)
                .outputs(2);
    }

    private static OneNode classifier(String transform) {
        return node("LinearClassifier").text("post_transform", transform);
    }
}
