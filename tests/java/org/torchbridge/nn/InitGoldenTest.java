package org.torchbridge.nn;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.testing.GoldenRow;

/** First values are those of Python, to the bit where LAPACK has no part in them; see tests/python/make_nn_init.py. */
class InitGoldenTest {
    static Stream<GoldenRow> rows() {
        return GoldenRow.of("/nn/init.txt");
    }

    @ParameterizedTest
    @MethodSource("rows")
    void doesWhatPythonDoes(GoldenRow row) {
        row.verify();
    }
}
