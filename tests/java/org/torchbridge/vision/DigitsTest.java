package org.torchbridge.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.data.Sample;
import org.torchbridge.testing.PythonOracle;

/** The digits that ship with the library are the ones that scikit-learn has. */
class DigitsTest {
    @Test
    void imagesAndTargetsEqualPython(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("digits.bin");
        PythonOracle.run(
                """
                import sys, torch
                from sklearn.datasets import load_digits
                digits = load_digits()
                images = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16
                large = torch.nn.functional.interpolate(images, (32, 32), mode='bilinear').expand(-1, 3, -1, -1)
                rows = torch.cat([large.reshape(len(large), -1), torch.tensor(digits.target)[:, None]], 1)
                rows.to(torch.float32).numpy().tofile(sys.argv[1])
                """,
                file.toString());
        var expected = ByteBuffer.wrap(Files.readAllBytes(file))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        Digits digits = new Digits();
        assertThat(digits.size()).isEqualTo(1797);
        assertThat(digits.classes()).hasSize(10);
        for (int i = 0; i < digits.size(); i++) {
            try (Scope scope = Scope.open()) {
                Sample sample = digits.get(i);
                assertThat(sample.input().shape()).containsExactly(3, 32, 32);
                float[] pixels = new float[3 * 32 * 32];
                expected.get(pixels);
                Tensor difference = sample.input().sub(Torch.tensor(pixels).view(3, 32, 32));
                assertThat(difference.abs().max().toFloat()).isLessThan(1e-6f);
                assertThat(sample.target().toLong()).isEqualTo((long) expected.get());
            }
        }
    }

    @Test
    void chosenDigitsAreNumberedFromZero() {
        Digits digits = new Digits(5, 6, 7, 8, 9);
        assertThat(digits.size()).isEqualTo(182 + 181 + 179 + 174 + 180);
        assertThat(digits.classes()).containsExactly("5", "6", "7", "8", "9");
        for (int i = 0; i < digits.size(); i++) {
            assertThat(digits.get(i).target().toLong()).isBetween(0L, 4L);
        }
    }

    @Test
    void whatIsNoDigitIsRefused() {
        assertThatThrownBy(() -> new Digits(3, 10))
                .hasMessage("the digits asked for are [3, 10]; different ones from 0 to 9 are expected");
        assertThatThrownBy(() -> new Digits(3, 3)).isInstanceOf(IllegalArgumentException.class);
    }
}
