package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.Sequential;
import org.torchbridge.onnx.proto.TensorProto;

/** The files of exported models: with their weights in them or beside them, there completely or not at all. */
class OnnxFilesTest {
    @TempDir
    private Path folder;

    private final Sequential model = new Sequential(new Linear(40, 30), new Linear(30, 2));
    private final Tensor example = Torch.randn(3, 40);

    private OnnxExport export(OnnxExportOptions options) {
        return Onnx.export(model, folder.resolve("model.onnx"), List.of(example), options);
    }

    private static OnnxExportOptions external() {
        return OnnxExportOptions.options().externalBytes(1000).verify(true);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void weightsAreInTheModel() throws IOException {
        export(OnnxExportOptions.options());

        assertThat(files()).containsExactly("model.onnx");
    }

    @Test
    void manyWeightsAreBesideTheModelAndSmallOnesInIt() throws IOException {
        OnnxExport export = export(external());

        assertThat(files()).containsExactly("model.onnx", "model.onnx.data");
        assertThat(export.difference()).as("in ONNX Runtime").isLessThan(1e-5);
        assertThat(export.model().proto().getGraph().getInitializerList())
                .filteredOn(weight -> weight.getDataLocation() == TensorProto.DataLocation.EXTERNAL)
                .singleElement()
                .satisfies(weight -> assertThat(weight.getName()).isEqualTo("0.weight"));
        assertSame(folder.resolve("model.onnx"));
    }

    /** Weights larger than what is written at once. */
    @Test
    void largeWeightsAreWrittenWhole() {
        Linear large = new Linear(3000, 3000);
        Tensor input = Torch.randn(2, 3000);
        Path file = folder.resolve("large.onnx");

        OnnxExport export = Onnx.export(large, file, List.of(input), external());

        assertThat(export.difference()).isLessThan(1e-4);
        assertThat(OnnxModel.load(file).toModule().stateDict().get("weight").equal(large.weight.tensor()))
                .isTrue();
    }

    @Test
    void modelAndItsWeightsAreFoundWhereTheyAreMovedTogether() throws IOException {
        export(external());
        Path other = Files.createDirectory(folder.resolve("other"));
        for (String name : List.of("model.onnx", "model.onnx.data")) {
            Files.move(folder.resolve(name), other.resolve(name));
        }

        assertSame(other.resolve("model.onnx"));
    }

    private void assertSame(Path file) {
        ScriptModule loaded = OnnxModel.load(file).toModule();
        model.stateDict().forEach((name, tensor) -> assertThat(
                        loaded.stateDict().get(name).equal(tensor))
                .as(name)
                .isTrue());
        assertThat(loaded.call(example).allclose(model.call(example), 1e-5, 1e-5))
                .isTrue();
    }

    @Test
    void weightsUnderTwoNamesAreBesideTheModelOnce() throws IOException {
        Linear first = new Linear(40, 40);
        Linear second = new Linear(40, 40);
        second.weight = first.weight;
        Path file = folder.resolve("tied.onnx");

        OnnxExport export = Onnx.export(new Sequential(first, second), file, List.of(example), external());

        assertThat(export.difference()).isLessThan(1e-5);
        assertThat(Files.size(folder.resolve("tied.onnx.data"))).isLessThan(2 * 40 * 40 * 4);
    }

    @Test
    void modelIsReplacedWhole() throws IOException {
        Path file = folder.resolve("model.onnx");
        Files.writeString(file, "precious");
        export(OnnxExportOptions.options());
        OnnxModel before = OnnxModel.load(file);
        model.get(0).parameters().get(0).tensor().detach().zero_();

        export(OnnxExportOptions.options());

        assertSame(file);
        assertThat(before.toModule().stateDict().get("0.weight").abs().sum().toDouble())
                .as("what was loaded before keeps its weights")
                .isPositive();
    }

    @Test
    void nothingIsLeftOfAFailure() throws IOException {
        byte[] precious = "precious".getBytes();
        Path file = Files.write(folder.resolve("model.onnx"), precious);
        // A folder in the place of the weights, which no file can replace.
        Files.createDirectories(folder.resolve("model.onnx.data").resolve("full"));

        assertThatThrownBy(() -> export(external())).isInstanceOf(TorchException.class);

        assertThat(files()).containsExactly("model.onnx", "model.onnx.data");
        assertThat(Arrays.equals(Files.readAllBytes(file), precious)).isTrue();
    }

    @Test
    void foldersThatAreNotThereAreNamed() {
        Path file = folder.resolve("missing").resolve("model.onnx");

        assertThatThrownBy(() -> Onnx.export(model, file, example))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("missing");
    }
}
