package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.jit.ScriptModule;

/** Which keys queries see; the expected numbers are those of ONNX's reference implementation (1.23.1). */
class AttentionMaskTest extends RuleTest {
    private static final double NONE = Double.NEGATIVE_INFINITY;

    /** The sines of multiples of {@code step}. */
    private static Tensor wave(double step, long... shape) {
        long count = 1;
        for (long size : shape) {
            count *= size;
        }
        return Torch.arange(count).mul(step).sin().reshape(shape);
    }

    private static Tensor tensor(List<Long> shape, double... values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return Torch.tensor(floats)
                .reshape(shape.stream().mapToLong(size -> size).toArray());
    }

    /** Two heads with three queries and four keys of two features. */
    private static OneNode heads(long version) {
        return OneNode.of("Attention", version)
                .input(wave(0.7, 1, 2, 3, 2))
                .input(wave(0.9, 1, 2, 4, 2))
                .input(wave(1.3, 1, 2, 4, 2));
    }

    /** Two rows of a batch, each of one head with three queries and four keys. */
    private static OneNode batch(long version) {
        return OneNode.of("Attention", version)
                .input(wave(0.7, 2, 1, 3, 2))
                .input(wave(0.9, 2, 1, 4, 2))
                .input(wave(1.3, 2, 1, 4, 2));
    }

    private static void assertOutput(OneNode node, double... expected) {
        assertResults(node, List.of(tensor(List.of(2L, 1L, 3L, 2L), expected)));
    }

    private static Tensor seen() {
        return Torch.tensor(new float[] {1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1})
                .reshape(3, 4)
                .gt(0);
    }

    @Test
    void masksAreAddedToScoresThatAreCapped() {
        Tensor mask =
                wave(0.4, 3, 4).mul(0.5).maskedFill(Torch.ones(3, 4).tril(1).eq(0), NONE);
        OneNode node = heads(23)
                .real("softcap", 0.8)
                .integer("qk_matmul_output_mode", 2)
                .input(mask)
                .outputNames("y", "", "", "scores");
        assertResults(
                node,
                List.of(
                        tensor(
                                List.of(1L, 2L, 3L, 2L),
                                0.264287,
                                0.116957,
                                0.146588,
                                0.0787839,
                                0.0964038,
                                0.160536,
                                0.0785006,
                                0.508011,
                                -0.0468725,
                                -0.337773,
                                -0.470303,
                                -0.121554),
                        tensor(
                                List.of(1L, 2L, 3L, 4L),
                                0.334909,
                                0.38564,
                                NONE,
                                NONE,
                                0.928093,
                                1.11517,
                                -0.311433,
                                NONE,
                                -0.219752,
                                -0.0975899,
                                -0.242097,
                                -0.659674,
                                -0.717129,
                                0.258436,
                                NONE,
                                NONE,
                                0.176583,
                                0.268711,
                                0.729698,
                                NONE,
                                0.66183,
                                -0.348418,
                                -1.05366,
                                0.0185041)));
    }

    @Test
    void queriesWithoutKeysGiveZero() {
        OneNode node =
                heads(23).integer("qk_matmul_output_mode", 3).input(seen()).outputNames("y", "", "", "weights");
        assertResults(
                node,
                List.of(
                        tensor(
                                List.of(1L, 2L, 3L, 2L),
                                0.2369,
                                0.204688,
                                0,
                                0,
                                -0.0663409,
                                0.46599,
                                0.13719,
                                0.590249,
                                0,
                                0,
                                -0.678756,
                                -0.287354),
                        tensor(
                                List.of(1L, 2L, 3L, 4L),
                                0.540448,
                                0.459552,
                                0,
                                0,
                                0,
                                0,
                                0,
                                0,
                                0.29405,
                                0,
                                0.40981,
                                0.296139,
                                0.226746,
                                0.773254,
                                0,
                                0,
                                0,
                                0,
                                0,
                                0,
                                0.569387,
                                0,
                                0.0744421,
                                0.356171)));
    }

    @Test
    void queriesWithoutKeysHaveNoGradient() {
        OneNode node = heads(23).input(seen());
        List<Tensor> inputs = node.inputs();
        Tensor query = inputs.get(0).clone().requiresGrad_(true);
        try (ScriptModule module = node.load().toModule()) {
            ((Tensor) module.run("forward", query, inputs.get(1), inputs.get(2), inputs.get(3)))
                    .sum()
                    .backward();
        }
        assertThat(query.grad().isfinite().all().toBoolean()).isTrue();
        assertThat(query.grad().select(2, 1).abs().sum().toDouble()).isZero();
        assertThat(query.grad().select(2, 0).abs().sum().toDouble()).isPositive();
    }

    @Test
    void queriesWithoutKeysGiveZeroInTheFormForInference() {
        OneNode node = heads(23).input(seen());
        try (ScriptModule module = node.load().toModule(OnnxOptions.inference())) {
            assertThat(module.toGraph("forward").toString()).contains("aten::scaled_dot_product_attention");
            Tensor y = (Tensor) module.run("forward", node.inputs().toArray());
            assertClose(y, results(node).get(0), node);
        }
    }

    @Test
    void keysBehindTheOnesThatThereAreDoNotCount() {
        OneNode counted = batch(24).none().none().none().input(longs(4, 2));
        assertOutput(
                counted, 0.248494, 0.233107, 0.30012, 0.0134991, 0.101239, 0.13369, 0.13719, 0.590249, -0.156081,
                0.179303, -0.533281, -0.349251);
    }

    @Test
    void causalQueriesAreTheLastOfTheKeysThatThereAre() {
        assertOutput(
                batch(24).flag("is_causal").none().none().none().input(longs(4, 2)),
                0.2369,
                0.204688,
                0.210126,
                -0.0258784,
                0.101239,
                0.13369,
                0,
                0,
                -0.827826,
                -0.761984,
                -0.533281,
                -0.349251);
    }

    @Test
    void windowsLimitHowFarQueriesSee() {
        assertOutput(
                batch(25).integer("left_window_size", 1).integer("right_window_size", 1),
                0.2369,
                0.204688,
                0.210126,
                -0.0258784,
                0.128047,
                -0.0860565,
                0.13719,
                0.590249,
                -0.0242433,
                -0.374575,
                -0.220104,
                0.527742);
    }

    @Test
    void windowsGoBackToTheKeysOfBefore() {
        Tensor past = wave(0.3, 2, 1, 2, 2);
        assertOutput(
                batch(25)
                        .integer("left_window_size", 2)
                        .flag("is_causal")
                        .none()
                        .input(past)
                        .input(past),
                0.201604,
                0.708212,
                0.406691,
                0.254062,
                -0.138503,
                0.0841521,
                0.331746,
                0.338093,
                0.181203,
                0.383449,
                -0.475067,
                -0.401911);
    }
}
