package org.torchbridge.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.torchbridge.FileFormatException;
import org.torchbridge.Torch;

/** What {@code Torch.load} returns for each kind of file, told by its content. */
class LoadedKindsTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "state_dicts/module.pth, OfStateDict",
        "state_dicts/legacy.pth, OfStateDict",
        "state_dicts/checkpoint.pth, OfValue",
        "state_dicts/tensor.pth, OfValue",
        "tensor_files/types.safetensors, OfSafetensors",
        "tensor_files/empty.safetensors, OfSafetensors",
        "tensor_files/rows.npy, OfArrays",
        "tensor_files/compressed.npz, OfArrays",
        "state_dicts/script.pt, OfTorchScript",
        "state_dicts/model.onnx, OfOnnx"
    })
    void theContentTellsAndNotTheName(String name, String kind) throws IOException {
        byte[] content = Files.readAllBytes(Path.of("tests", "resources").resolve(name));
        Path file = Files.write(folder.resolve("file.txt"), content);
        assertThat(Torch.load(file).getClass().getSimpleName()).isEqualTo(kind);
        assertThat(Torch.load(content).getClass().getSimpleName()).isEqualTo(kind);
        assertThat(Torch.load(new ByteArrayInputStream(content)).getClass().getSimpleName())
                .isEqualTo(kind);
    }

    @Test
    void whatBelongsElsewhereIsRefusedWhereItIsAskedForTensors() {
        SavedFile script = Torch.load(StateDictFiles.path("script.pt"));
        assertThatThrownBy(script::stateDict)
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("script.pt is a TorchScript archive")
                .hasMessageContaining("ScriptModule.load");
        SavedFile onnx = Torch.load(StateDictFiles.path("model.onnx"));
        assertThatThrownBy(onnx::value)
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("model.onnx is an ONNX model")
                .hasMessageContaining("OnnxModel.load");
    }
}
