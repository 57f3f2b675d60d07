package org.torchbridge.onnx.exporter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.Torch;

/** Elements by places and masks. */
class IndexRulesTest extends ExportTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "x[y]",
                "x[:, z]",
                "x[y, z]",
                "x[z[:, None], y]",
                "x.index_select(0, y)",
                "torch.take_along_dim(x, y[:, None], 0)"
            })
    void tensorsPickElements(String expression) {
        assertSame(expression, random(3, 4), integers(2, 0, 2), integers(1, 0, 2));
    }

    @Test
    void masksPickElements() {
        assertSame("x[y]", random(3, 2), flags(1, 0, 1));
        assertSame("x[y]", random(4), flags(1, 0, 1, 1));
        assertSame("torch.masked_select(x, y)", random(3), flags(1, 0, 1));
        assertSame("torch.nonzero(x)", integers(1, 0, 2));
        assertSame("x[:, y]", random(2, 3), flags(1, 0, 1));
    }

    @Test
    void elementsArePutByPlaces() {
        assertSame("x.scatter(0, y, z)", random(3), integers(2, 0), random(2));
        assertSame("x.scatter_add(0, y, z)", random(3), integers(2, 2), random(2));
        assertSame("x.scatter(0, y, 1.5)", random(3), integers(2, 0));
        assertSame("x.index_copy(0, y, z)", random(3, 2), integers(2, 0), random(2, 2));
        assertSame("x.index_fill(1, y, 7.0)", random(3, 4), integers(2, 0));
        assertSame("x.index_add(0, y, z)", random(3, 2), integers(2, 2), random(2, 2));
        assertSame("x.index_put([y], z)", random(3, 2), integers(2, 0), random(2, 2));
        assertSame("x.index_put([y], z, True)", random(3), integers(2, 2), random(2));
    }

    @Test
    void masksChoose() {
        assertSame("x.masked_fill(y, -1.0)", random(3), flags(1, 0, 1));
        assertSame("torch.where(y, x, z)", random(3), flags(1, 0, 1), random(3));
        assertSame("torch.where(y, x, 2.0)", random(3), flags(1, 0, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x.tril()", "x.triu(1)", "x.tril(-1)", "x.diagonal()"})
    void trianglesAndDiagonalsAreKept(String expression) {
        assertSame(expression, random(3, 4));
    }

    @Test
    void classesBecomeColumns() {
        assertSame("torch.one_hot(x, 4)", integers(3, 0, 1));
        assertSame("torch.one_hot(x)", integers(3, 0, 1));
        assertSame("torch.bucketize(x, y)", random(3), Torch.tensor(new float[] {-1, 0, 1}));
    }
}
