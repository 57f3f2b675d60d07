package org.torchbridge.onnx.exporter;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.Torch;

/** Other sizes and grids; ExportedLayersTest has more. */
class ResizeRulesTest extends ExportTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "torch._upsample_bilinear2d_aa(x, [3, 4], False)",
                "torch._upsample_bilinear2d_aa(x, [9, 5], True)",
                "torch._upsample_bicubic2d_aa(x, [3, 4], False)",
                "torch._upsample_bicubic2d_aa(x, None, False, [0.6, 1.5])"
            })
    void smoothResizingIsAsPyTorchHasItAtTheEdgesToo(String expression) {
        assertSame(opset(17).dynamic("x", 0, "batch"), expression, random(1, 2, 6, 9));
        assertSame(opset(21), expression, random(1, 2, 6, 9));
    }

    @ParameterizedTest
    @ValueSource(ints = {13, 17, 18, 19, 20, 21})
    void allVersionsPadTheSame(int opset) {
        assertSame(opset(opset), "torch.pad(x, [1, 2, 0, 1], 'circular')", random(1, 2, 4, 5));
        assertSame(opset(opset), "torch.pad(x, [1, -1], 'constant', 2.5)", random(1, 2, 4, 5));
        assertSame(opset(opset), "torch.pad(x, [1, 2, 0, 1], 'reflect')", random(1, 2, 4, 5));
        assertSame(opset(opset), "torch.pad(x, [1, 2, 0, 1], 'replicate')", random(1, 2, 4, 5));
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 20})
    void gridsAreTheSameInAllVersions(int opset) {
        assertSame(opset(opset), "torch.affine_grid_generator(x, [2, 3, 4, 5], False)", random(2, 2, 3));
        assertSame(opset(opset), "torch.affine_grid_generator(x, [2, 3, 4, 5], True)", random(2, 2, 3));
        assertSame(opset(opset), "torch.grid_sampler(x, y, 0, 0, False)", random(1, 2, 4, 5), Torch.rand(1, 3, 3, 2));
    }
}
