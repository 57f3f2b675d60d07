package org.torchbridge.nn;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.testing.GoldenRow;

/** Recurrent layers, cells and packed sequences against Python. */
class RecurrentGoldenTest {

    static Stream<GoldenRow> rows() {
        return GoldenRow.of("/nn/recurrent.txt");
    }

    @ParameterizedTest
    @MethodSource("rows")
    void computesWhatPythonComputes(GoldenRow row) {
        row.verify();
    }
}
