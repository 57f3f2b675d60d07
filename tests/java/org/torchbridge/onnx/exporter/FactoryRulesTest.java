package org.torchbridge.onnx.exporter;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tensors that are made of their sizes. */
class FactoryRulesTest extends ExportTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "torch.zeros(x.size(0), 2)",
                "torch.ones_like(x)",
                "torch.full_like(x, 2.5)",
                "x.new_zeros([2, x.size(1)])",
                "torch.full([x.size(0)], 3)",
                "torch.arange(x.size(1))",
                "torch.arange(1, x.size(1), 2)",
                "torch.arange(0.0, 1.0, 0.25)",
                "torch.linspace(0, 1, 5)",
                "torch.eye(3)"
            })
    void tensorsAreMadeOfSizesOfOthers(String expression) {
        assertSame(expression + ", x", random(2, 5));
        assertSame(opset(17).dynamic("x", 0, "rows").dynamic("x", 1, "columns"), expression + ", x", random(2, 5));
    }
}
