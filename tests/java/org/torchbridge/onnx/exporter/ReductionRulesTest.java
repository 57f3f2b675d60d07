package org.torchbridge.onnx.exporter;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.DType;

/** Sums, means, extremes, and what sorts. */
class ReductionRulesTest extends ExportTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "x.sum()",
                "x.sum(0)",
                "x.prod()",
                "x.cumsum(0)",
                "x.sum(dtype=torch.float32)",
                "torch.count_nonzero(x)",
                "x.any()",
                "x.all()"
            })
    void sumsOfWholeNumbersAreOfTheLargestWholeType(String expression) {
        assertSame(expression, integers(3, 0, 4).to(DType.INT32));
        assertSame(expression, flags(1, 0, 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x.sum([0, -1])",
                "x.mean(1, keepdim=True)",
                "x.mean([1, 2])",
                "x.amax(-1)",
                "x.amin([0, 2])",
                "x.logsumexp(1)",
                "x.std(1)",
                "x.var([0, 2], unbiased=False)",
                "torch.var_mean(x, 1)",
                "x.norm(2)",
                "x.norm(3.0, 1)",
                "x.norm(1, [0, 1])",
                "x.norm(float('inf'), 1)",
                "x.max()",
                "x.max(1)",
                "x.min(-1, keepdim=True)",
                "x.argmax()",
                "x.argmin(1)",
                "x.argmax(1, keepdim=True)",
                "x.any(1)"
            })
    void reductionsAreOverTheDimensionsThatTheyName(String expression) {
        assertSame(expression, random(2, 3, 4));
        assertSame(opset(18), expression, random(2, 3, 4));
        assertSame(opset(13), expression, random(2, 3, 4));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x.topk(2)",
                "x.topk(2, 0, largest=False)",
                "x.sort()",
                "x.sort(0, descending=True)",
                "torch.argsort(x, 1)"
            })
    void orderIsByTopK(String expression) {
        assertSame(expression, random(3, 4));
    }
}
