package org.torchbridge.onnx.exporter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Products of matrices and distances. */
class MatrixRulesTest extends ExportTest {
    @Test
    void productsAreOfAllRanks() {
        assertSame("x @ y", random(2, 3), random(3, 4));
        assertSame("x @ y", random(3), random(3));
        assertSame("x @ y", random(5, 2, 3), random(3));
        assertSame("torch.bmm(x, y)", random(2, 3, 4), random(2, 4, 5));
        assertSame("torch.mv(x, y)", random(3, 4), random(4));
        assertSame("torch.outer(x, y)", random(3), random(4));
        assertSame("torch.einsum('ij,kj->ik', [x, y])", random(2, 3), random(4, 3));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "torch.addmm(x, y, z)",
                "torch.addmm(x, y, z, beta=0.5, alpha=2.0)",
                "torch.addmm(x, y, z, beta=0)"
            })
    void sumsArePutToProducts(String expression) {
        assertSame(expression, random(2, 4), random(2, 3), random(3, 4));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "torch.cdist(x, y)",
                "torch.cdist(x, y, 1.0)",
                "torch.cdist(x, y, 3.5)",
                "torch.cdist(x, y, float('inf'))",
                "torch.pairwise_distance(x, y, 3.0)",
                "torch.cosine_similarity(x, y)",
                "torch.pdist(x)"
            })
    void distancesAreOfAnyOrder(String expression) {
        assertSame(expression, random(4, 3), random(4, 3));
    }
}
