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
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;
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
    void indexIsReadWithItsFiles() throws IOException {
        Path index = TensorFiles.path("model.safetensors.index.json");
        SavedFile.OfShards shards = (SavedFile.OfShards) Torch.load(index);
        assertThat(shards.files())
                .extracting(file -> file.getFileName().toString())
                .containsExactly("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors");
        TensorFiles.assertEqual(shards.stateDict(), TensorFiles.expected("model.safetensors.index.json"));
        byte[] content = Files.readAllBytes(index);
        assertThatThrownBy(() -> Torch.load(content))
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("the index of a checkpoint in several files")
                .hasMessageContaining("give Torch.load its path");
    }

    @Test
    void metadataOfSafetensorsIsThere() {
        SavedFile.OfSafetensors saved = (SavedFile.OfSafetensors) Torch.load(TensorFiles.path("types.safetensors"));
        assertThat(saved.metadata()).containsEntry("note", "schräg");
        TensorFiles.assertEqual(saved.stateDict(), TensorFiles.expected("types.safetensors"));
    }

    @Test
    void arraysAreAStateDictIfTheyHaveNames() {
        StateDict state = Torch.load(TensorFiles.path("arrays.npz")).stateDict();
        TensorFiles.assertEqual(state, TensorFiles.expected("arrays.npz"));
        SavedFile single = Torch.load(TensorFiles.path("rows.npy"));
        assertThat(single.value()).isInstanceOf(Tensor.class);
        assertThatThrownBy(single::stateDict)
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("rows.npy holds a tensor")
                .hasMessageContaining("value() gives it");
    }

    @Test
    void whatBelongsElsewhereIsRefusedWhereItIsAskedForTensors() {
        SavedFile script = Torch.load(StateDictFiles.path("script.pt"));
        assertThatThrownBy(script::stateDict)
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("script.pt is a TorchScript archive")
                .hasMessageContaining("torch.jit.load");
        SavedFile onnx = Torch.load(StateDictFiles.path("model.onnx"));
        assertThatThrownBy(onnx::value)
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("model.onnx is an ONNX model");
    }
}
