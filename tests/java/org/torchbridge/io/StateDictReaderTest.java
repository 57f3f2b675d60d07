package org.torchbridge.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scope;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.io.StateDictFiles.Expected;
import org.torchbridge.testing.ProcessMemory;

class StateDictReaderTest {
    static Set<String> files() {
        return StateDictFiles.expected().keySet();
    }

    @ParameterizedTest
    @MethodSource("files")
    void readsWhatPythonWrote(String name) {
        Map<String, Expected> expected = StateDictFiles.expected().get(name);
        StateDict state = Torch.load(StateDictFiles.path(name + ".pth")).stateDict();
        assertThat(new ArrayList<>(state.keySet())).isEqualTo(new ArrayList<>(expected.keySet()));
        state.forEach((key, tensor) -> assertEqual(tensor, expected.get(key)));
        assertSharing(state, expected);
    }

    private static void assertEqual(Tensor tensor, Expected expected) {
        assertThat(tensor.dtype()).as(expected.key()).isEqualTo(expected.dtype());
        assertThat(Arrays.toString(tensor.shape())).as(expected.key()).isEqualTo(expected.shape());
        assertThat(Arrays.toString(tensor.strides())).as(expected.key()).isEqualTo(expected.strides());
        assertThat(tensor.storageOffset()).as(expected.key()).isEqualTo(expected.offset());
        assertThat(tensor.requiresGrad()).as(expected.key()).isEqualTo(expected.requiresGrad());
        Tensor real = expected.dtype().isComplex() ? Torch.viewAsReal(tensor.resolveConj()) : tensor;
        assertThat(real.toDoubleArray()).as(expected.key()).isEqualTo(expected.values());
    }

    /** Setting the bytes of one tensor to zero is seen in those of its group that overlap, and in no other. */
    private static void assertSharing(StateDict state, Map<String, Expected> expected) {
        Map<Integer, Tensor> first = new LinkedHashMap<>();
        state.forEach((key, tensor) -> {
            if (tensor.storageBytes() > 0) {
                first.putIfAbsent(expected.get(key).group(), tensor);
            }
        });
        try (var mode = Torch.noGrad()) {
            first.forEach((group, tensor) -> {
                Tensor whole = tensor.detach()
                        .asStrided(
                                new long[] {
                                    tensor.storageBytes() / tensor.dtype().itemSize()
                                },
                                new long[] {1},
                                0);
                whole.fill_(1);
                Tensor before = whole.clone();
                first.forEach((other, otherTensor) -> {
                    if (!other.equals(group)) {
                        otherTensor.zero_();
                    }
                });
                assertThat(Torch.equal(whole, before)).isTrue();
                state.forEach((key, each) -> {
                    if (expected.get(key).group() == group) {
                        assertThat(each.eq(1).all().toBoolean()).as(key).isTrue();
                    }
                });
            });
        }
    }

    @Test
    void sameTensorUnderTwoNamesIsOneTensor() {
        StateDict state = Torch.load(StateDictFiles.path("views.pth")).stateDict();
        assertThat(state.get("again")).isSameAs(state.get("base"));
    }

    @Test
    void readsConjugateAndNegativeTensors() {
        StateDict state = Torch.load(StateDictFiles.path("conjugate.pth")).stateDict();
        Tensor real = Torch.viewAsReal(state.get("conjugate").resolveConj());
        assertThat(real.toDoubleArray()).containsExactly(1, -2, 3, 4);
        assertThat(state.get("negative").toDoubleArray()).containsExactly(-2, 4);
        assertThat(state.get("conjugate").isConj()).isTrue();
        state.get("plain").zero_();
        assertThat(state.get("conjugate").abs().sum().toDouble()).isZero();
    }

    @Test
    void readsTypesWithoutStorageClass() {
        StateDict state = Torch.load(StateDictFiles.path("untyped.pth")).stateDict();
        assertThat(state.get("numbers").dtype()).isEqualTo(DType.INT16);
        assertThat(state.get("numbers").toIntArray()).containsExactly(1, 2, -3, 4, 5, 6);
        assertThat(state.get("part").toIntArray()).containsExactly(2, 5);
        state.get("numbers").zero_();
        assertThat(state.get("part").toIntArray()).containsExactly(0, 0);
    }

    @Test
    void readsParameterWithAttributes() {
        Tensor weight =
                Torch.loadStateDict(StateDictFiles.path("attributes.pth")).get("weight");
        assertThat(weight.toDoubleArray()).containsExactly(2, -4);
        assertThat(weight.requiresGrad()).isTrue();
    }

    @Test
    void readsMetadata() {
        Map<String, Map<String, Object>> metadata =
                Torch.loadStateDict(StateDictFiles.path("module.pth")).metadata();
        assertThat(metadata.keySet()).containsExactly("", "0", "1", "2", "3");
        assertThat(metadata.get("1")).isEqualTo(Map.of("version", 2L));
        assertThat(Torch.loadStateDict(StateDictFiles.path("views.pth")).metadata())
                .isEmpty();
    }

    @Test
    void tensorsBelongToTheScopeOfTheCaller() {
        Tensor outside = Torch.loadStateDict(StateDictFiles.path("module.pth")).get("3.bias");
        Tensor inside;
        try (Scope scope = Scope.open()) {
            inside = Torch.loadStateDict(StateDictFiles.path("module.pth")).get("3.bias");
            assertThat(inside.numel()).isEqualTo(2);
        }
        assertThat(inside.isClosed()).isTrue();
        assertThat(outside.isClosed()).isFalse();
    }

    @Test
    void writingToATensorDoesNotChangeTheFile(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("state.pth");
        Files.copy(StateDictFiles.path("module.pth"), file);
        byte[] before = Files.readAllBytes(file);
        assertThat(file.toFile().setReadOnly()).isTrue();
        Tensor weight = Torch.loadStateDict(file).get("0.weight");
        weight.fill_(7);
        assertThat(weight.sum().toDouble()).isEqualTo(7.0 * weight.numel());
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        assertThat(Torch.loadStateDict(file).get("0.weight").sum().toDouble()).isNotEqualTo(7.0 * weight.numel());
    }

    /** 256 MB that nothing looks at: reading them would count as memory of libtorch, or take their pages in. */
    @Test
    void bytesAreReadWhenTheyAreUsed(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("large.pth");
        Torch.save(Map.of("large", Torch.ones(64 << 20)), file);
        System.gc();
        long allocated = Torch.memory().bytes();
        long resident = ProcessMemory.residentBytes();
        Tensor large = Torch.loadStateDict(file).get("large");
        assertThat(Torch.memory().bytes() - allocated).isLessThan(1 << 20);
        assertThat(ProcessMemory.residentBytes() - resident).isLessThan(64L << 20);
        assertThat(large.get(-1).toFloat()).isEqualTo(1);
    }

    @Test
    void replacedFileLeavesTensorsAsTheyWere(@TempDir Path folder) {
        Path file = folder.resolve("state.pth");
        Torch.save(Map.of("x", Torch.ones(1000)), file);
        StateDict state = Torch.load(file).stateDict();
        Torch.save(state, file);
        Torch.save(Map.of("x", Torch.zeros(1)), file);
        assertThat(state.get("x").sum().toDouble()).isEqualTo(1000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            whole_module.pth  | pickled Python object: it needs torch.nn.modules.linear.Linear
            whole_module.pth  | torch.save(module.state_dict(), file)
            own_class.pth     | it needs __main__.Namespace
            command.pth       | it needs posix.system
            plain.zip         | a zip archive, but none of PyTorch's
            image.png         | an image
            image.jpg         | an image
            page.html         | a web page
            pointer.pth       | Git LFS
            text.txt          | a file of an unknown kind
            empty_file        | an empty file
            """)
    void saysWhatTheFileIs(String name, String part) {
        Path file = StateDictFiles.path(name);
        assertThatThrownBy(() -> Torch.load(file))
                .isInstanceOf(FileFormatException.class)
                .hasMessageStartingWith(file + " ")
                .hasMessageContaining(part);
        assertThat(Path.of("/tmp/torchbridge_was_here")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            checkpoint.pth | holds a checkpoint, not a state dict: 'epoch' is 3, 'model' is a dictionary of 2 tensors
            tensor.pth     | holds a tensor float32 [2, 3], not a state dict
            list.pth       | holds a list of 2 items
            script.pt      | a TorchScript archive
            model.onnx     | an ONNX model
            """)
    void saysWhatIsThereInsteadOfAStateDict(String name, String part) {
        Path file = StateDictFiles.path(name);
        SavedFile saved = Torch.load(file);
        assertThatThrownBy(saved::stateDict)
                .isInstanceOf(FileFormatException.class)
                .hasMessageStartingWith(file + " ")
                .hasMessageContaining(part);
    }

    @Test
    void readsCompressedEntries() {
        StateDict state = Torch.loadStateDict(StateDictFiles.path("compressed.pth"));
        StateDict same = Torch.loadStateDict(StateDictFiles.path("module.pth"));
        assertThat(state.keySet()).isEqualTo(same.keySet());
        state.forEach(
                (key, tensor) -> assertThat(Torch.equal(tensor, same.get(key))).isTrue());
    }

    @Test
    void saysThatThereIsNoFile(@TempDir Path folder) {
        assertThatThrownBy(() -> Torch.load(folder.resolve("missing.pth")))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("there is no file")
                .hasMessageContaining("missing.pth");
        assertThatThrownBy(() -> Torch.load(folder))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("folder");
    }

    @ParameterizedTest
    @CsvSource({
        "module.pth, TORCH_SAVE", "legacy.pth, TORCH_SAVE_LEGACY", "script.pt, TORCHSCRIPT", "empty_file, EMPTY",
        "model.onnx, ONNX", "model.safetensors, SAFETENSORS", "plain.zip, ZIP", "image.png, IMAGE"
    })
    void tellsKinds(String name, FileKind kind) {
        assertThat(FileKind.of(StateDictFiles.path(name))).isEqualTo(kind);
    }

    @Test
    void readsManyFilesWithoutKeepingThem() {
        List<Double> sums = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            try (Scope scope = Scope.open()) {
                sums.add(Torch.loadStateDict(StateDictFiles.path("module.pth"))
                        .get("0.weight")
                        .sum()
                        .toDouble());
            }
        }
        assertThat(sums).containsOnly(sums.get(0));
    }
}
