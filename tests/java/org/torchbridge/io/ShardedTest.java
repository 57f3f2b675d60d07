package org.torchbridge.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.FileFormatException;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.testing.PythonOracle;

class ShardedTest {
    private static final String FIRST = "model-00001-of-00002.safetensors";
    private static final String SECOND = "model-00002-of-00002.safetensors";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors.index.json", "pytorch_model.bin.index.json"})
    void readsAllFilesAsOneStateDict(String name) {
        StateDict state = ShardedReader.read(TensorFiles.path(name));
        TensorFiles.assertEqual(state, TensorFiles.expected(name));
        assertThat(state.keySet()).containsExactly("a", "b", "c", "d");
    }

    @Test
    void tensorsBeyondTheIndexAreRead() throws IOException {
        copyShards();
        StateDict state = ShardedReader.read(index("\"b\": \"%s\", \"a\": \"%s\"".formatted(SECOND, FIRST)));
        assertThat(state.keySet()).containsExactly("b", "a", "d", "c");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            "a": "model-00001-of-00002.safetensors", "x": "model-00003.safetensors", "y": "z" | names files that are not there: model-00003.safetensors, z
            "a": "model-00002-of-00002.safetensors" | lack 'a' in model-00002-of-00002.safetensors (it is in model-00001-of-00002.safetensors)
            "e": "model-00001-of-00002.safetensors", "f": "model-00001-of-00002.safetensors" | lack 'e' in model-00001-of-00002.safetensors, 'f' in
            "a": "model.safetensors.index.json" | model.safetensors.index.json
            """)
    void filesThatDoNotFitAreNamed(String weightMap, String reason) throws IOException {
        copyShards();
        Path index = index(weightMap);
        if (reason.startsWith("lack 'a'")) {
            index = index(weightMap + ", \"c\": \"" + FIRST + "\"");
        }
        Path bad = index;
        assertThatThrownBy(() -> ShardedReader.read(bad))
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../model.safetensors",
                "/etc/passwd",
                "x/../../model.safetensors",
                "..",
                ".",
                "",
                "x\\u0000y",
            })
    void pathsThatLeaveTheFolderAreRefused(String file) throws IOException {
        Path bad = index("\"a\": \"" + file + "\"");
        assertThatThrownBy(() -> ShardedReader.read(bad))
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("names ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            {}                                         | has no 'weight_map'
            {"weight_map": []}                         | has no object at character 15
            {"weight_map": {"a": 1}}                   | has no text at character 21
            {"weight_map": {"a": "x", "a": "y"}}       | Duplicate
            {"weight_map": {}, "weight_map": {}}       | Duplicate
            {"weight_map": {}} {}                      | goes on after its end
            {"weight_map": {"a":                       | not valid JSON
            []                                         | has no object
            """)
    void brokenIndexIsRefused(String text, String reason) throws IOException {
        Path bad = Files.writeString(folder.resolve("bad.index.json"), text);
        assertThatThrownBy(() -> ShardedReader.read(bad))
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void writesFilesUpToASize() throws IOException {
        Path path = folder.resolve("model.safetensors");
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (String name : List.of("d", "c", "large", "b", "a")) {
            tensors.put(name, name.equals("large") ? Torch.ones(100) : Torch.zeros(10));
        }
        Path index = ShardedWriter.write(tensors, path, 90);
        assertThat(index).isEqualTo(folder.resolve("model.safetensors.index.json"));
        assertThat(names())
                .containsExactly(
                        "model-00001-of-00003.safetensors",
                        "model-00002-of-00003.safetensors",
                        "model-00003-of-00003.safetensors",
                        "model.safetensors.index.json");
        assertThat(Files.readString(index))
                .isEqualTo(
                        """
                        {
                          "metadata": {
                            "total_size": 560
                          },
                          "weight_map": {
                            "a": "model-00003-of-00003.safetensors",
                            "b": "model-00003-of-00003.safetensors",
                            "c": "model-00001-of-00003.safetensors",
                            "d": "model-00001-of-00003.safetensors",
                            "large": "model-00002-of-00003.safetensors"
                          }
                        }
                        """);
        StateDict read = ShardedReader.read(index);
        assertThat(read.keySet()).isEqualTo(Map.copyOf(tensors).keySet());
        tensors.forEach((name, tensor) ->
                assertThat(Torch.equal(read.get(name), tensor)).as(name).isTrue());
    }

    /** With each file read by the specification's reader. */
    @Test
    void pythonReadsWhatJavaWrote() throws IOException {
        Path index = ShardedWriter.write(
                Map.of("a", Torch.ones(10), "b", Torch.zeros(10)), folder.resolve("model.safetensors"), 40);
        String reader = Files.readString(Path.of("tests", "python", "read_safetensors.py"));
        String script = reader.substring(0, reader.indexOf("if __name__"))
                + """
                import os
                index = json.load(open(sys.argv[1]))
                for name, shard in index["weight_map"].items():
                    metadata, header, data = read(open(os.path.join(os.path.dirname(sys.argv[1]), shard), "rb"))
                    print(name, metadata, header[name]["shape"], sum(struct.unpack("<10f", data)))
                """;
        assertThat(PythonOracle.run(script, index.toString()).lines())
                .containsExactly("a {'format': 'pt'} [10] 10.0", "b {'format': 'pt'} [10] 0.0");
    }

    @Test
    void pythonReadsShardsOfTorchSave() {
        Tensor large = Torch.arange(20);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("a", Torch.ones(10));
        tensors.put("view", large.narrow(0, 5, 4));
        tensors.put("tied", tensors.get("a"));
        Path index = ShardedWriter.write(tensors, folder.resolve("pytorch_model.bin"), 40);
        assertThat(names())
                .containsExactly(
                        "pytorch_model-00001-of-00003.bin",
                        "pytorch_model-00002-of-00003.bin",
                        "pytorch_model-00003-of-00003.bin",
                        "pytorch_model.bin.index.json");
        StateDict read = Torch.load(index).stateDict();
        tensors.forEach((name, tensor) ->
                assertThat(Torch.equal(read.get(name), tensor)).as(name).isTrue());
        String script =
                """
                import json, os, sys, torch
                for name, shard in json.load(open(sys.argv[1]))["weight_map"].items():
                    state = torch.load(os.path.join(os.path.dirname(sys.argv[1]), shard), weights_only=True)
                    print(name, state[name].tolist(), state[name].storage().size())
                """;
        assertThat(PythonOracle.run(script, index.toString()).lines())
                .containsExactly(
                        "a " + "[" + "1.0, ".repeat(9) + "1.0] 10",
                        "tied " + "[" + "1.0, ".repeat(9) + "1.0] 10",
                        "view [5, 6, 7, 8] 4");
    }

    @Test
    void oneFileIsEnoughForASmallModel() {
        Path path = folder.resolve("model.safetensors");
        ShardedWriter.write(Map.of("a", Torch.ones(10), "b", Torch.ones(10)), path, 40);
        assertThat(ShardedWriter.write(Map.of("a", Torch.ones(10)), path, 40)).isEqualTo(path);
        assertThat(names()).containsExactly("model.safetensors");
    }

    @Test
    void whatAnEarlierSaveLeftIsRemoved() throws IOException {
        Path path = folder.resolve("model.safetensors");
        Map<String, Tensor> tensors = Map.of("a", Torch.ones(10), "b", Torch.ones(10), "c", Torch.ones(10));
        Files.writeString(folder.resolve("model.json"), "another file");
        SafetensorsWriter.write(tensors, path);
        ShardedWriter.write(tensors, path, 40);
        ShardedWriter.write(tensors, path, 80);
        assertThat(names())
                .containsExactly(
                        "model-00001-of-00002.safetensors",
                        "model-00002-of-00002.safetensors",
                        "model.json",
                        "model.safetensors.index.json");
    }

    @Test
    void failureLeavesTheOldFiles() throws IOException {
        Path path = folder.resolve("model.safetensors");
        Path index = ShardedWriter.write(Map.of("a", Torch.ones(10), "b", Torch.ones(10)), path, 40);
        List<String> before = names();
        Map<Path, AtomicFile.Content> contents = new LinkedHashMap<>();
        contents.put(folder.resolve(FIRST), channel -> {});
        contents.put(folder.resolve(SECOND), channel -> {
            throw new IOException("no space left on device");
        });
        assertThatThrownBy(() -> AtomicFile.writeAll(contents)).hasMessageContaining(SECOND + " cannot be written");
        assertThat(names()).isEqualTo(before);
        assertThat(ShardedReader.read(index).get("a").sum().toDouble()).isEqualTo(10);
    }

    @Test
    void namesOfAnotherFormAreRefused() {
        assertThatThrownBy(() -> ShardedWriter.write(Map.of(), folder.resolve("model.txt"), 40))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("should end with .safetensors, as in model.safetensors, or with .bin");
        assertThatThrownBy(() -> ShardedWriter.write(Map.of(), folder.resolve("model.safetensors"), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxShardBytes");
    }

    private void copyShards() throws IOException {
        for (String name : List.of(FIRST, SECOND)) {
            Files.copy(TensorFiles.path(name), folder.resolve(name));
        }
    }

    private Path index(String weightMap) throws IOException {
        return Files.writeString(
                folder.resolve("model.safetensors.index.json"), "{\"weight_map\": {" + weightMap + "}}");
    }

    private List<String> names() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
