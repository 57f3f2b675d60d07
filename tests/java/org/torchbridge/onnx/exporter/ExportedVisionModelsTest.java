package org.torchbridge.onnx.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.Scope;
import org.torchbridge.Torch;
import org.torchbridge.onnx.Onnx;
import org.torchbridge.onnx.OnnxExport;
import org.torchbridge.onnx.OnnxExportOptions;
import org.torchbridge.vision.models.ResNet;

/** Models of images, with a batch that stays open. */
class ExportedVisionModelsTest {
    private static final OnnxExportOptions OPTIONS = OnnxExportOptions.options()
            .inputNames("image")
            .outputNames("scores")
            .dynamic("image", 0, "batch")
            .verify(true)
            .tolerance(1e-3);

    @TempDir
    private Path folder;

    static Stream<String> names() {
        return ResNet.names().stream();
    }

    @Test
    void aSmallModelIsEqualInOnnxRuntimeForSeveralBatches() {
        OnnxExport export = export("resnet18");

        assertThat(export.model().operators()).containsKeys("Conv", "MaxPool", "Gemm", "GlobalAveragePool");
    }

    @ParameterizedTest
    @MethodSource("names")
    @Tag("slow")
    void eachModelIsEqualInOnnxRuntimeForSeveralBatches(String name) {
        export(name);
    }

    /** Batch norm gets statistics as after training: those of fresh models let values grow without bound. */
    private OnnxExport export(String name) {
        return Scope.call(() -> {
            Torch.manualSeed(1);
            ResNet model = ResNet.named(name, ResNet.options());
            model.train();
            try (var none = Torch.noGrad()) {
                model.call(Torch.randn(4, 3, 64, 64));
            }
            model.eval();

            OnnxExport export =
                    Onnx.export(model, folder.resolve(name + ".onnx"), List.of(Torch.randn(1, 3, 64, 64)), OPTIONS);

            assertThat(export.warnings()).isEmpty();
            assertThat(export.difference()).isNotNull();
            return export;
        });
    }
}
