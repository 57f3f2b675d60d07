package org.torchbridge.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.testing.PythonOracle;

/** Quantized tensors with several numbers in a byte, which are refused both ways. */
class PackedQuantizedTest {
    @TempDir
    private Path folder;

    @Test
    void areRefusedWhereTheyAreRead() {
        Path file = folder.resolve("packed.pth");
        PythonOracle.run(
                """
                import sys, torch
                scales = torch.ones(2)
                packed = torch.quantize_per_channel(torch.ones(2, 4), scales, torch.zeros(2), 0, torch.quint4x2)
                torch.save({"x": packed}, sys.argv[1])
                """,
                file.toString());
        assertThatThrownBy(() -> Torch.load(file))
                .isInstanceOf(FileFormatException.class)
                .hasMessageStartingWith(file.toString());
    }

    @Test
    void areRefusedWhereTheyAreWritten() {
        Tensor packed = Torch.quantizePerChannel(Torch.ones(2, 4), Torch.ones(2), Torch.zeros(2), 0, DType.QUINT4X2);
        Path file = folder.resolve("packed.pth");
        assertThatThrownBy(() -> Torch.save(packed, file)).isInstanceOf(IllegalArgumentException.class);
        assertThat(file).doesNotExist();
    }
}
