package org.torchbridge.onnx;

import org.junit.jupiter.api.Test;

class MatrixRulesTest extends RuleTest {
    @Test
    void matMulBroadcasts() {
        assertSame(OneNode.of("MatMul", 13).input(random(2, 1, 3, 4)).input(random(5, 4, 2)));
    }

    @Test
    void matMulOfRowsIsANumberAndOfAMatrixWithARowARow() {
        assertSame(OneNode.of("MatMul", 13).sized(random(3)).sized(random(3)));
        assertSame(OneNode.of("MatMul", 13).input(random(2, 3)).weight(random(3)));
        assertSame(OneNode.of("MatMul", 13).input(random(3)).input(random(2, 3, 4)));
    }

    @Test
    void gemmIsALinearLayerWhereItCanBe() {
        assertSame(OneNode.of("Gemm", 13)
                .flag("transB")
                .input(random(2, 3))
                .weight(random(4, 3))
                .weight(random(4)));
    }

    @Test
    void gemmScalesAndTransposes() {
        assertSame(OneNode.of("Gemm", 11)
                .real("alpha", 0.5)
                .real("beta", 2)
                .flag("transA")
                .input(random(3, 2))
                .input(random(3, 4))
                .weight(random(2, 1)));
    }

    @Test
    void gemmDoesWithoutBias() {
        assertSame(OneNode.of("Gemm", 11).input(random(2, 3)).input(random(3, 4)));
    }
}
