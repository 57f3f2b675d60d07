package org.torchbridge.onnx;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** The expected numbers are those of ONNX's reference implementation (1.23.1). */
class LinearAttentionRulesTest extends RuleTest {
    private static final Tensor DECAY =
            Torch.arange(3L).mul(0.5).sin().abs().neg().reshape(1, 3, 1);
    private static final Tensor BETA = Torch.arange(3L).mul(1.1).sin().abs().reshape(1, 3, 1);
    private static final Tensor PAST = Torch.arange(4L).mul(0.2).sin().reshape(1, 1, 2, 2);

    /** Three steps of two heads that share keys and values, of two features each. */
    private static OneNode steps(String rule) {
        return OneNode.of("LinearAttention", 27)
                .text("update_rule", rule)
                .integer("q_num_heads", 2)
                .integer("kv_num_heads", 1)
                .input(Torch.arange(12L).mul(0.7).sin().reshape(1, 3, 4))
                .input(Torch.arange(6L).mul(0.9).sin().reshape(1, 3, 2))
                .input(Torch.arange(6L).mul(1.3).sin().reshape(1, 3, 2));
    }

    private static void assertSteps(OneNode node, float[] output, float[] state) {
        assertResults(
                node.outputs(2),
                List.of(
                        Torch.tensor(output).reshape(1, 3, 4),
                        Torch.tensor(state).reshape(1, 1, 2, 2)));
    }

    @Test
    void keysAndValuesAreAddedUp() {
        assertSteps(
                steps("linear"),
                new float[] {
                    0f,
                    0.343826f,
                    0f,
                    0.460704f,
                    0.0642675f,
                    -0.27296f,
                    -0.462446f,
                    0.0926356f,
                    -0.385709f,
                    0.344443f,
                    1.17221f,
                    -0.180302f
                },
                new float[] {0.892967f, -0.764974f, 1.08392f, 0.250557f});
    }

    @Test
    void whatWasBeforeDecays() {
        assertSteps(
                steps("gated").input(PAST).input(DECAY),
                new float[] {
                    0.177392f,
                    0.601038f,
                    0.237694f,
                    0.943788f,
                    0.00446372f,
                    -0.259234f,
                    -0.629941f,
                    -0.02633f,
                    -0.258475f,
                    0.147884f,
                    1.02457f,
                    -0.143133f
                },
                new float[] {0.607355f, -0.330897f, 1.06251f, 0.0151532f});
    }

    @Test
    void valuesReplaceWhatTheirKeysFind() {
        assertSteps(
                steps("delta").none().none().input(BETA),
                new float[] {
                    0f,
                    0f,
                    0f,
                    0f,
                    0.0572756f,
                    -0.0764154f,
                    -0.412135f,
                    0.549858f,
                    -0.271555f,
                    0.217473f,
                    0.699618f,
                    -0.241147f
                },
                new float[] {0.623979f, -0.487755f, 0.586402f, -0.0208305f});
        assertSteps(
                steps("gated_delta").input(PAST).input(DECAY).input(BETA),
                new float[] {
                    0.177392f,
                    0.257212f,
                    0.237694f,
                    0.483084f,
                    -0.0139769f,
                    -0.163902f,
                    -0.497249f,
                    0.446407f,
                    -0.164143f,
                    0.147173f,
                    0.656729f,
                    -0.199253f
                },
                new float[] {0.385927f, -0.331434f, 0.683291f, -0.0648049f});
    }

    @Test
    void otherRulesAreRefused() {
        assertRefused(steps("none"), "update_rule none");
    }
}
