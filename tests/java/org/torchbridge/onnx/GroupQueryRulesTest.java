package org.torchbridge.onnx;

import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** Four heads of sixteen features, of which two at a time share keys and values. */
class GroupQueryRulesTest extends RuleTest {
    private static OneNode node() {
        return OneNode.of("com.microsoft", "GroupQueryAttention", 1)
                .integer("num_heads", 4)
                .integer("kv_num_heads", 2)
                .outputs(3);
    }

    private static Tensor ints(int... values) {
        return Torch.tensor(values);
    }

    private static OneNode parts(OneNode node, long length) {
        return node.input(random(2, length, 64)).input(random(2, length, 32)).input(random(2, length, 32));
    }

    /** The first tokens of all. */
    private static OneNode prompt(OneNode node) {
        return parts(node, 3).none().none().input(ints(2, 2)).weight(ints(3));
    }

    /** More tokens behind four. */
    private static OneNode further(OneNode node, long length, int... last) {
        return parts(node, length)
                .input(random(2, 2, 4, 16))
                .input(random(2, 2, 4, 16))
                .input(ints(last))
                .weight(ints(Math.max(last[0], last[1]) + 1));
    }

    private static OneNode rotated(OneNode node) {
        return node.flag("do_rotary").weight(random(10, 8)).weight(random(10, 8));
    }

    @Test
    void tokensSeeThoseBeforeThem() {
        assertSame(prompt(node()));
        assertSame(prompt(node().real("scale", 0.2).real("softcap", 0.7)));
    }

    @Test
    void tokensOfBeforeComeFirst() {
        assertSame(further(node(), 1, 4, 4));
    }

    @Test
    void rowsMayHaveFewerTokensThanTheirBuffers() {
        assertSame(further(node(), 1, 4, 2));
        assertSame(further(node(), 1, 3, 1));
    }

    @Test
    void positionsAreTurned() {
        assertSame(rotated(prompt(node())));
        assertSame(rotated(further(node(), 1, 4, 2)));
        assertSame(rotated(prompt(node().flag("rotary_interleaved"))));
    }

    @Test
    void windowsLimitHowFarTokensSee() {
        assertSame(prompt(node().integer("local_window_size", 1)));
        assertSame(further(node().integer("local_window_size", 2), 1, 4, 4));
    }

    @Test
    void headsMayComeInOneTensor() {
        assertSame(node().input(random(2, 3, 128))
                .none()
                .none()
                .none()
                .none()
                .input(ints(2, 2))
                .weight(ints(3)));
    }

    @Test
    void biasesAreAddedToScores() {
        assertSame(prompt(node()).none().none().none().input(random(2, 4, 3, 3)));
    }

    @Test
    void weightsMayBeSharedWithNoKey() {
        assertSame(prompt(node().flag("smooth_softmax")));
        assertSame(prompt(node()).none().none().none().none().input(random(4)));
    }
}
