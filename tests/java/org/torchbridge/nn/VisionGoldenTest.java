package org.torchbridge.nn;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.testing.GoldenRow;

/** The rows of tests/python/make_nn_vision.py. */
class VisionGoldenTest {

    static Stream<GoldenRow> rows() {
        return GoldenRow.of("/nn/vision.txt");
    }

    @ParameterizedTest
    @MethodSource("rows")
    void computesWhatPythonComputes(GoldenRow row) {
        row.verify();
    }
}
