package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.torchbridge.testing.ProcessMemory.growthIn;
import static org.torchbridge.testing.ProcessMemory.printGrowth;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.torchbridge.Torch;
import org.torchbridge.nn.BatchNorm1d;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.ReLU;
import org.torchbridge.nn.Sequential;

/** What is left in memory when a model has been written; {@code -Dtorchbridge.exports} tries more. */
class OnnxExportMemoryTest {
    private static final String EXPORTS = "torchbridge.exports";
    private static final long MEGABYTE = 1 << 20;

    private static Layer network() {
        return new Sequential(new Linear(256, 256), new BatchNorm1d(256), new ReLU(), new Linear(256, 10));
    }

    private static OnnxExport export(Layer model, Path folder) {
        return Onnx.export(
                model,
                folder.resolve("model.onnx"),
                List.of(Torch.randn(2, 256)),
                OnnxExportOptions.options().dynamic("0", 0, "batch"));
    }

    static final class Exports {
        public static void main(String[] arguments) throws IOException {
            Path folder = Files.createTempDirectory("exports");
            int exports = Integer.getInteger(EXPORTS);
            Layer model = network();
            printGrowth(exports / 2, exports, () -> export(model, folder));
            Files.delete(folder.resolve("model.onnx"));
            Files.delete(folder);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void exportsLeaveNothingBehind() {
        String exports = "-D" + EXPORTS + "=" + Integer.getInteger(EXPORTS, 200);

        assertThat(growthIn(Exports.class, exports)).singleElement().satisfies(growth -> assertThat(growth)
                .isLessThan(24 * MEGABYTE));
    }

    @Test
    void allTensorsThatAnExportMakesGo(@TempDir Path folder) throws InterruptedException {
        Layer model = network();
        export(model, folder);
        collect(() -> false);
        int before = Torch.memory().tensors();

        export(model, folder);
        collect(() -> Torch.memory().tensors() <= before);

        assertThat(Torch.memory().tensors()).isLessThanOrEqualTo(before);
    }

    /** Waits for the garbage collector, until it has done what it shall. */
    private static void collect(BooleanSupplier done) throws InterruptedException {
        for (int i = 0; i < 25 && !done.getAsBoolean(); i++) {
            System.gc();
            Thread.sleep(20);
        }
    }

    @Test
    void resultsOfExportsDoNotKeepTheModule(@TempDir Path folder) throws InterruptedException {
        Layer model = network();
        WeakReference<Layer> reference = new WeakReference<>(model);
        OnnxExport export = export(model, folder);
        model = null;
        collect(() -> reference.get() == null);

        assertThat(reference.get()).isNull();
        assertThat(export.model().weights()).isNotEmpty();
    }
}
