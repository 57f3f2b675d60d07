package org.torchbridge.vision;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.testing.GoldenRow;

/** The rows of tests/python/make_vision_ops.py. */
class OpsGoldenTest {

    static Stream<GoldenRow> rows() {
        return GoldenRow.of("/vision/ops.txt");
    }

    @ParameterizedTest
    @MethodSource("rows")
    void computesWhatTorchvisionComputes(GoldenRow row) {
        row.verify();
    }
}
