package org.torchbridge.nn;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.testing.GoldenRow;

/** Losses do what Python's do; see tests/python/make_nn_losses.py. */
class LossesGoldenTest {
    static Stream<GoldenRow> rows() {
        return GoldenRow.of("/nn/losses.txt");
    }

    @ParameterizedTest
    @MethodSource("rows")
    void doesWhatPythonDoes(GoldenRow row) {
        row.verify();
    }
}
