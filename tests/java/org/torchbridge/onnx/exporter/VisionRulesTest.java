package org.torchbridge.onnx.exporter;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.vision.Ops;

class VisionRulesTest extends ExportTest {
    @BeforeAll
    static void programsKnowTheOperators() {
        Ops.register();
    }

    /** Image, left, top, right, bottom. */
    private static Tensor regions() {
        return Torch.tensor(new float[] {0, 1, 1, 9, 7, 1, 2.5f, 0.5f, 7, 8, 0, 3, 2, 5, 9})
                .reshape(3, 5);
    }

    @Test
    void boxesThatOverlapABetterOneGo() {
        Tensor corners = Torch.rand(12, 2).mul(10);
        Tensor boxes = Torch.cat(
                List.of(corners, corners.add(Torch.rand(12, 2).mul(10)).add(1)), 1);

        assertSame("torch.ops.torchvision.nms(x, y, 0.3)", boxes, Torch.rand(12));
    }

    @ParameterizedTest
    @ValueSource(strings = {"True", "False"})
    void regionsAreSampledWithAndWithoutHalfPixels(String aligned) {
        assertSame(
                "torch.ops.torchvision.roi_align(x, y, 0.5, 3, 4, 2, " + aligned + ")",
                random(2, 3, 10, 12),
                regions());
    }

    @Test
    void halfPixelsNeedOpset16() {
        assertSame(
                opset(13),
                "torch.ops.torchvision.roi_align(x, y, 1.0, 2, 2, 2, False)",
                random(2, 3, 10, 12),
                regions());
        assertThatThrownBy(() -> export(
                        opset(13),
                        "torch.ops.torchvision.roi_align(x, y, 1.0, 2, 2, 2, True)",
                        random(2, 3, 10, 12),
                        regions()))
                .hasMessageContaining("needs opset 16");
    }
}
