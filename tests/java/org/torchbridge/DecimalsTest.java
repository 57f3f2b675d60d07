package org.torchbridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Texts of numbers against those of Python, which tests/python/make_printing.py recorded. */
class DecimalsTest {
    @ParameterizedTest(name = "{4} with {1} digits")
    @MethodSource("recorded")
    void writesWhatPythonWrites(String bits, int digits, String fixed, String scientific, String shortest) {
        double value = Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16));
        assertThat(Decimals.fixed(value, digits)).isEqualTo(fixed);
        assertThat(Decimals.scientific(value, digits)).isEqualTo(scientific);
        assertThat(Decimals.shortest(value)).isEqualTo(shortest);
    }

    static List<Object[]> recorded() throws IOException {
        return TensorPrinterTest.lines("numbers.tsv").stream()
                .map(fields -> (Object[]) fields)
                .toList();
    }
}
