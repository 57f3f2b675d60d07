package org.torchbridge.onnx;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.onnx.proto.GraphProto;

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
    void scoresAndWeightsAreAnOutput() {
        for (long stage : List.of(0L, 3L)) {
            assertSame(heads().integer("qk_matmul_output_mode", stage)
                    .input(random(3, 5))
                    .outputNames("y", "", "", "scores"));
        }
    }

    @Test
    void gradientsFlowToQueriesKeysAndValues() {
        assertGradients(heads().flag("is_causal"));
    }

    @Test
    void bodiesChangeScoresAndWeights() {
        Tensor q = random(2, 4, 3, 4);
        Tensor k = random(2, 2, 5, 4);
        Tensor v = random(2, 2, 5, 6);
        GraphProto capped = new ModelText(26)
                .input("scores", "float")
                .node("Tanh", "scores", "capped")
                .output("capped")
                .graph();
        GraphProto squared = new ModelText(26)
                .input("weights", "float")
                .node("Mul", "weights weights", "squared")
                .output("squared")
                .graph();
        OneNode node = OneNode.of("ai.onnx.preview", "FlexAttention", 1)
                .opset("", 26)
                .graph("score_mod", capped)
                .graph("prob_mod", squared)
                .input(q)
                .input(k)
                .input(v);
        Tensor scores =
                q.matmul(k.repeatInterleave(2, 1L).transpose(2, 3)).div(2).tanh();
        Tensor weights = scores.softmax(3).square();
        assertResults(node, List.of(weights.matmul(v.repeatInterleave(2, 1L))));
    }
}
