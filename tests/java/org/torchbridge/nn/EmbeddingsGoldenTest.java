package org.torchbridge.nn;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.testing.GoldenRow;

/** The rows that tests/python/make_nn_embeddings.py made. */
class EmbeddingsGoldenTest {

    static Stream<GoldenRow> rows() {
        return GoldenRow.of("/nn/embeddings.txt");
    }

    @ParameterizedTest
    @MethodSource("rows")
    void pythonDoesTheSame(GoldenRow row) {
        row.verify();
    }
}
