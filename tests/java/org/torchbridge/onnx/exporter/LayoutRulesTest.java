package org.torchbridge.onnx.exporter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.Torch;

/** The same elements in another shape, order or type. */
class LayoutRulesTest extends ExportTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "x.reshape(-1, 4)",
                "x.view(2, -1)",
                "x.flatten()",
                "x.flatten(1)",
                "x.flatten(0, 1)",
                "x.unflatten(-1, [2, 2])",
                "x.unsqueeze(-1)",
                "x.unsqueeze(1).squeeze()",
                "x.unsqueeze(1).squeeze(1)",
                "x.transpose(0, -1)",
                "x.permute(2, 0, 1)",
                "x.movedim(0, 2)",
                "x.mT",
                "x.expand(5, -1, -1, -1)",
                "x.repeat(2, 1, 3)",
                "torch.tile(x, [2])",
                "x.repeat_interleave(2, 1)",
                "x.repeat_interleave(2)",
                "x.flip([0, 2])",
                "x.roll(1, 0)",
                "x.roll([1, -2], [0, 2])",
                "x.roll(5)"
            })
    void shapesAreWhatPyTorchMakesOfThem(String expression) {
        assertSame(expression, random(2, 3, 4));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x.long()",
                "x.float()",
                "x.double()",
                "x.int()",
                "x.to(torch.bool)",
                "x.to(torch.float64)",
                "x.type_as(torch.zeros([1], dtype=torch.int64))"
            })
    void typesChangeAsNamed(String expression) {
        assertSame(expression, Torch.tensor(new float[] {-1.5f, 0, 2.7f}));
    }

    @Test
    void gridsAreMadeOfRows() {
        assertSame("torch.meshgrid([x, y], indexing='ij')", random(2), random(3));
        assertSame("torch.meshgrid([x, y], indexing='xy')", random(2), random(3));
        assertSame("torch.broadcast_tensors([x, y])", random(2, 1), random(3));
    }
}
