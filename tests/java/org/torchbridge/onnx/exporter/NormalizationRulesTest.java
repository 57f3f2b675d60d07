package org.torchbridge.onnx.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Normalisation by versions; ExportedLayersTest has all with their options. */
class NormalizationRulesTest extends ExportTest {
    @Test
    void layersAreNormalisedByAnOperatorOfTheirOwnSinceOpset17() {
        String norm = "torch.layer_norm(x, [4], y, z)";
        assertThat(operators(opset(17), norm, random(2, 4), random(4), random(4)))
                .containsExactly("LayerNormalization");
        assertThat(operators(opset(13), norm, random(2, 4), random(4), random(4)))
                .contains("ReduceMean");
        assertSame(opset(13), norm, random(2, 4), random(4), random(4));
        assertSame(opset(18), norm, random(2, 4), random(4), random(4));
    }

    @Test
    void groupsAreNormalisedForOpenSizes() {
        assertSame(
                opset(17).dynamic("x", 0, "n").dynamic("x", 2, "h"),
                "torch.group_norm(x, 2, y, z)",
                random(1, 4, 3, 5),
                random(4),
                random(4));
    }
}
