package org.torchbridge.nn.utils;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.testing.GoldenRow;

class UtilsGoldenTest {
    static Stream<GoldenRow> rows() {
        return GoldenRow.of("/nn/utils.txt");
    }

    @ParameterizedTest
    @MethodSource("rows")
    void equalsPython(GoldenRow row) {
        row.verify();
    }
}
