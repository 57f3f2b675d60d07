package org.torchbridge.onnx;

import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;

class RotaryRulesTest extends RuleTest {
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
