package org.torchbridge.onnx;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.DType;
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
}
