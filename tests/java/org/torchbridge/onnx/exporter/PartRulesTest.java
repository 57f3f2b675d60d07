package org.torchbridge.onnx.exporter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tensors together and apart. */
class PartRulesTest extends ExportTest {
    @Test
    void partsOfSeveralTypesMeetInTheCommonOne() {
        assertSame("torch.cat([x, y])", integers(1, 2), random(3));
        assertSame("torch.stack([x, y], -1)", integers(1, 2), random(2));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x.split(2)",
                "x.split([1, 4])",
                "x.chunk(2)",
                "x.chunk(3, 1)",
                "torch.tensor_split(x, 2)",
                "torch.tensor_split(x, [1, 3])",
                "x.unbind(1)"
            })
    void partsAreOfTheSizesThatWereAskedFor(String expression) {
        assertSame(expression, random(5, 3));
        assertSame(opset(18), expression, random(5, 3));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x[1:]",
                "x[-2:]",
                "x[:, :-1]",
                "x[::2]",
                "x[1]",
                "x[-1]",
                "x[..., 0]",
                "x[None]",
                "x[1:4:2, -1]",
                "x.narrow(0, 1, 2)",
                "x.select(1, -1)"
            })
    void slicesCountFromTheEndToo(String expression) {
        assertSame(expression, random(5, 3));
    }
}
