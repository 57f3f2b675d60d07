package org.torchbridge.nn;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.testing.GoldenRow;

/** Attention and transformers against Python. */
class AttentionGoldenTest {

    static Stream<GoldenRow> rows() {
        return GoldenRow.of("/nn/attention.txt");
    }

    @ParameterizedTest
    @MethodSource("rows")
    void computesWhatPythonComputes(GoldenRow row) {
        row.verify();
    }
}
