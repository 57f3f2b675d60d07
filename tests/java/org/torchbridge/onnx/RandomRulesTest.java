package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** Random numbers come from libtorch's generator: they are tested by what they are like. */
class RandomRulesTest extends RuleTest {
    private static final int DOUBLE = ElementType.DOUBLE.code();

    private static Tensor drawn(OneNode node) {
        return results(node).get(0);
    }

    private static OneNode shaped(String operator) {
        return OneNode.of(operator, 15).integers("shape", 100, 200);
    }

    @Test
    void normalNumbersHaveTheirMeanAndScale() {
        Tensor y = drawn(shaped("RandomNormal").real("mean", 3).real("scale", 0.5));

        assertThat(y.shape()).containsExactly(100, 200);
        assertThat(y.mean().toDouble()).isCloseTo(3, within(0.02));
        assertThat(y.std().toDouble()).isCloseTo(0.5, within(0.02));
    }

    @Test
    void uniformNumbersLieBetweenTheirBounds() {
        Tensor y = drawn(shaped("RandomUniform").real("low", -2).real("high", 6));

        assertThat(y.min().toDouble()).isBetween(-2.0, -1.9);
        assertThat(y.max().toDouble()).isBetween(5.9, 6.0);
        assertThat(y.mean().toDouble()).isCloseTo(2, within(0.1));
    }

    @Test
    void numbersLikeATensorHaveItsShapeAndType() {
        Tensor like = Torch.zeros(50, 60).to(DType.FLOAT64);
        for (String operator : List.of("RandomNormalLike", "RandomUniformLike")) {
            Tensor y = drawn(OneNode.of(operator, 15).input(like));
            assertThat(y.shape()).containsExactly(50, 60);
            assertThat(y.dtype()).isEqualTo(DType.FLOAT64);
            assertThat(drawn(OneNode.of(operator, 15)
                                    .integer("dtype", ElementType.FLOAT.code())
                                    .input(Torch.zeros(3).to(DType.INT64)))
                            .dtype())
                    .isEqualTo(DType.FLOAT32);
        }
    }

    @Test
    void theTypeMayBeSaid() {
        assertThat(drawn(shaped("RandomNormal").integer("dtype", DOUBLE)).dtype())
                .isEqualTo(DType.FLOAT64);
    }

    @Test
    void everyRunDrawsAnew() {
        OneNode node = shaped("RandomNormal").real("seed", 7);

        assertThat(drawn(node).equal(drawn(node))).isFalse();
    }

    @Test
    void seedsOfTheGeneratorRepeatNumbers() {
        OneNode node = shaped("RandomUniform").real("seed", 7);
        Torch.manualSeed(3);
        Tensor first = drawn(node);
        Torch.manualSeed(3);

        assertThat(drawn(node).equal(first)).isTrue();
    }

    @Test
    void truthIsAsFrequentAsItsProbability() {
        Tensor y = drawn(OneNode.of("Bernoulli", 15).input(Torch.full(new long[] {20_000}, 0.3)));

        assertThat(y.dtype()).isEqualTo(DType.FLOAT32);
        assertThat(y.mean().toDouble()).isCloseTo(0.3, within(0.02));
        Tensor truths = drawn(OneNode.of("Bernoulli", 15)
                .integer("dtype", ElementType.BOOL.code())
                .input(Torch.ones(5)));
        assertThat(truths.dtype()).isEqualTo(DType.BOOL);
        assertThat(truths.all().toBoolean()).isTrue();
    }

    @Test
    void classesAreDrawnByTheLogarithmsOfTheirProbabilities() {
        Tensor logarithms = Torch.tensor(new float[][] {{0, (float) Math.log(3)}, {5, -1000}});
        Tensor y = drawn(OneNode.of("Multinomial", 15)
                .integer("sample_size", 20_000)
                .integer("dtype", ElementType.INT64.code())
                .input(logarithms));

        assertThat(y.shape()).containsExactly(2, 20_000);
        assertThat(y.dtype()).isEqualTo(DType.INT64);
        assertThat(y.select(0, 0).to(DType.FLOAT32).mean().toDouble()).isCloseTo(0.75, within(0.02));
        assertThat(y.select(0, 1).any().toBoolean()).isFalse();
    }
}
