package org.torchbridge.onnx.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pixels, channels and windows; ExportedLayersTest has more. */
class PixelRulesTest extends ExportTest {
    @Test
    void columnsBecomeImagesByAnOperatorOfItsOwnSinceOpset18() {
        String fold = "torch.col2im(x, [4, 5], [2, 3], [1, 1], [1, 0], [2, 1])";
        assertThat(operators(opset(18), fold, random(1, 12, 9))).containsExactly("Col2Im");
        assertThat(operators(opset(17), fold, random(1, 12, 9))).contains("ConvTranspose");
        assertSame(fold, random(1, 12, 9));
        assertSame(opset(18), fold, random(1, 12, 9));
    }

    @Test
    void windowsBecomeColumnsForOpenSizes() {
        assertSame(
                opset(17).dynamic("x", 0, "n").dynamic("x", 2, "h").dynamic("x", 3, "w"),
                "torch.im2col(x, [2, 3], [1, 2], [1, 0], [2, 1])",
                random(1, 2, 5, 7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"torch.pixel_shuffle(x, 2)", "torch.pixel_unshuffle(x, 2)", "torch.channel_shuffle(x, 4)"})
    void pixelsAndChannelsChangePlacesForOpenSizes(String expression) {
        assertSame(opset(17).dynamic("x", 0, "n"), expression, random(1, 8, 4, 6));
    }
}
