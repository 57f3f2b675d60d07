package org.torchbridge.onnx;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

class AttentionRulesTest extends RuleTest {
    /** Two heads of four features, three queries and five keys. */
    private static OneNode heads() {
        return OneNode.of("Attention", 23)
                .input(random(2, 2, 3, 4))
                .input(random(2, 2, 5, 4))
                .input(random(2, 2, 5, 6));
    }

    @Test
    void queriesFindValuesByTheirKeys() {
        assertSame(heads());
        assertSame(heads().real("scale", 0.3));
    }

    @Test
    void headsMayLieSideBySide() {
        assertSame(OneNode.of("Attention", 23)
                .integer("q_num_heads", 2)
                .integer("kv_num_heads", 2)
                .input(random(2, 3, 8))
                .input(random(2, 5, 8))
                .input(random(2, 5, 12)));
    }

    @Test
    void headsMayShareKeysAndValues() {
        assertSame(OneNode.of("Attention", 23)
                .input(random(2, 4, 3, 4))
                .input(random(2, 2, 5, 4))
                .input(random(2, 2, 5, 4)));
        assertSame(OneNode.of("Attention", 23)
                .integer("q_num_heads", 4)
                .integer("kv_num_heads", 2)
                .input(random(2, 3, 16))
                .input(random(2, 5, 8))
                .input(random(2, 5, 8)));
    }

    @Test
    void masksAreAddedOrSayWhichKeysCount() {
        assertSame(heads().input(random(3, 5)));
        assertSame(heads().input(random(2, 1, 3, 5)));
        Tensor seen = Torch.ones(3, 5).tril(1).gt(0);
        assertSame(heads().input(seen));
    }

    @Test
    void keysBehindTheEndOfAMaskDoNotCount() {
        Tensor q = random(2, 2, 3, 4);
        Tensor k = random(2, 2, 5, 4);
        Tensor v = random(2, 2, 5, 6);
        Tensor mask = random(3, 4);
        List<Tensor> expected = OneNode.of("Attention", 23)
                .input(q)
                .input(k.slice(2, 0L, 4L, 1))
                .input(v.slice(2, 0L, 4L, 1))
                .input(mask)
                .expected();
        assertResults(OneNode.of("Attention", 23).input(q).input(k).input(v).input(mask), expected);
        Tensor all = Torch.ones(3, 4).gt(0);
        List<Tensor> four = OneNode.of("Attention", 23)
                .input(q)
                .input(k.slice(2, 0L, 4L, 1))
                .input(v.slice(2, 0L, 4L, 1))
                .expected();
        assertResults(OneNode.of("Attention", 23).input(q).input(k).input(v).input(all), four);
    }

    @Test
    void causalQueriesSeeWhatCameBefore() {
        assertSame(heads().flag("is_causal"));
        assertSame(heads().flag("is_causal").input(random(3, 5)));
    }

    @Test
    void scoresMayBeCapped() {
        assertSame(heads().real("softcap", 0.8));
        assertSame(heads().real("softcap", 0.8).input(random(3, 5)));
    }

    @Test
    void keysAndValuesOfBeforeComeFirst() {
        assertSame(heads().none()
                .input(random(2, 2, 2, 4))
                .input(random(2, 2, 2, 6))
                .outputs(3));
    }

    @Test
    void causalQueriesSeeAllThatWasBefore() {
        assertSame(OneNode.of("Attention", 23)
                .flag("is_causal")
                .input(random(2, 2, 3, 4))
                .input(random(2, 2, 3, 4))
                .input(random(2, 2, 3, 6))
                .none()
                .input(random(2, 2, 2, 4))
                .input(random(2, 2, 2, 6))
                .outputs(3));
    }

    @Test
    void scoresOfEveryStageAreAnOutput() {
        for (long stage = 0; stage < 4; stage++) {
            assertSame(heads().integer("qk_matmul_output_mode", stage)
                    .real("softcap", 0.8)
                    .input(random(3, 5))
                    .outputNames("y", "", "", "scores"));
        }
    }

    @Test
    void gradientsFlowToQueriesKeysAndValues() {
        assertGradients(heads().flag("is_causal"));
    }

    private static OneNode rotated(Tensor x) {
        return OneNode.of("RotaryEmbedding", 23).input(x);
    }

    @Test
    void pairsOfFeaturesAreTurned() {
        for (long interleaved = 0; interleaved < 2; interleaved++) {
            assertSame(rotated(random(2, 3, 4, 8))
                    .integer("interleaved", interleaved)
                    .input(random(2, 4, 4))
                    .input(random(2, 4, 4)));
            assertSame(rotated(random(2, 4, 24))
                    .integer("interleaved", interleaved)
                    .integer("num_heads", 3)
                    .input(random(2, 4, 4))
                    .input(random(2, 4, 4)));
        }
    }

    @Test
    void anglesOfPositionsComeFromATable() {
        for (long interleaved = 0; interleaved < 2; interleaved++) {
            assertSame(rotated(random(2, 3, 4, 8))
                    .integer("interleaved", interleaved)
                    .input(random(6, 4))
                    .input(random(6, 4))
                    .input(longs(0, 1, 2, 3, 2, 5, 4, 0).reshape(2, 4)));
        }
    }

    @Test
    void featuresBehindTheRotatedOnesStay() {
        for (long interleaved = 0; interleaved < 2; interleaved++) {
            assertSame(rotated(random(2, 3, 4, 8))
                    .integer("interleaved", interleaved)
                    .integer("rotary_embedding_dim", 4)
                    .integer("num_heads", 3)
                    .input(random(6, 2))
                    .input(random(6, 2))
                    .input(longs(0, 1, 2, 3, 2, 5, 4, 0).reshape(2, 4)));
        }
    }

    @Test
    void gradientsFlowThroughRotations() {
        assertGradients(rotated(random(1, 2, 3, 4)).input(random(1, 3, 2)).input(random(1, 3, 2)));
    }
}
