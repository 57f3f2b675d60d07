package org.torchbridge.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Linear;

/** {@code Torch.load} tells safetensors, shards and arrays by their content. */
class LoadTensorFilesTest {
    @TempDir
    Path folder;

    @Test
    void safetensorsUnderAnotherName() throws IOException {
        Path file = Files.copy(TensorFiles.path("types.safetensors"), folder.resolve("model.pth"));
        assertThat(Torch.load(file)).isInstanceOfSatisfying(SavedFile.OfSafetensors.class, saved -> {
            assertThat(saved.metadata()).containsEntry("format", "pt");
            TensorFiles.assertEqual(saved.stateDict(), TensorFiles.expected("types.safetensors"));
            assertThat(saved.value()).isSameAs(saved.stateDict());
        });
    }

    @Test
    void safetensorsFromBytes() throws IOException {
        byte[] content = Files.readAllBytes(TensorFiles.path("types.safetensors"));
        TensorFiles.assertEqual(Torch.load(content).stateDict(), TensorFiles.expected("types.safetensors"));
    }

    @ParameterizedTest
    @CsvSource({"model.safetensors.index.json", "pytorch_model.bin.index.json"})
    void shards(String name) {
        SavedFile saved = Torch.load(TensorFiles.path(name));
        assertThat(((SavedFile.OfShards) saved).files()).hasSize(2).allMatch(Files::exists);
        TensorFiles.assertEqual(saved.stateDict(), TensorFiles.expected(name));
    }

    @Test
    void indexWithoutAFolder() throws IOException {
        byte[] content = Files.readAllBytes(TensorFiles.path("model.safetensors.index.json"));
        assertThatThrownBy(() -> Torch.load(content))
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("by its path");
    }

    @Test
    void indexThatNamesItself() throws IOException {
        String name = "model.safetensors.index.json";
        Path file = Files.writeString(folder.resolve(name), "{\"weight_map\": {\"a\": \"" + name + "\"}}");
        assertThatThrownBy(() -> Torch.load(file))
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("is an index of a checkpoint in several files");
    }

    @Test
    void archiveOfArrays() {
        SavedFile saved = Torch.load(TensorFiles.path("arrays.npz"));
        assertThat(saved).isInstanceOf(SavedFile.OfArrays.class);
        TensorFiles.assertEqual(saved.stateDict(), TensorFiles.expected("arrays.npz"));
    }

    @Test
    void singleArray() {
        Path file = TensorFiles.path("big_endian_columns.npy");
        SavedFile saved = Torch.load(file);
        TensorFiles.assertEqual(
                "",
                (Tensor) saved.value(),
                TensorFiles.expected("big_endian_columns.npy").get(""));
        assertThatThrownBy(saved::stateDict)
                .isInstanceOf(FileFormatException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining("not a state dict");
    }

    @Test
    void nothingButTheTensorsIsLeftInTheScope() {
        for (String name :
                new String[] {"types.safetensors", "model.safetensors.index.json", "arrays.npz", "rows.npy"}) {
            try (Scope scope = Scope.open()) {
                SavedFile saved = Torch.load(TensorFiles.path(name));
                int tensors = saved.value() instanceof Map<?, ?> map ? map.size() : 1;
                assertThat(scope.size()).as(name).isEqualTo(tensors);
            }
        }
    }

    @Test
    void modelGoesThroughEachFormat() {
        Linear original = new Linear(3, 2);
        SafetensorsWriter.write(original.stateDict(), folder.resolve("model.safetensors"));
        NumpyWriter.write(original.stateDict(), folder.resolve("model.npz"));
        Path index = ShardedWriter.write(original.stateDict(), folder.resolve("large.safetensors"), 24);
        for (Path file : new Path[] {folder.resolve("model.safetensors"), folder.resolve("model.npz"), index}) {
            Linear copy = new Linear(3, 2);
            copy.loadStateDict(Torch.load(file).stateDict());
            assertThat(Torch.equal(copy.weight.tensor(), original.weight.tensor()))
                    .isTrue();
            assertThat(Torch.equal(copy.bias.tensor(), original.bias.tensor())).isTrue();
        }
    }
}
