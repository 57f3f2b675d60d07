package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.jit.ScriptModule;

/** The programs with classes of their own that tests/python/make_onnx_objects.py made. */
class ExportedObjectsTest {
    private static final Path FOLDER = Path.of("tests/resources/onnx_objects");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"ObjectInASlot", "ObjectThatChanges"})
    void theModelGivesInOnnxRuntimeWhatPythonGives(String name) {
        Path file = folder.resolve("model.onnx");
        List<?> calls =
                (List<?>) ((Map<?, ?>) Torch.load(FOLDER.resolve("results.pth")).value()).get(name);
        ScriptModule module = ScriptModule.load(FOLDER.resolve(name + ".pt"));

        OnnxExport export = Onnx.export(module, file, List.of(input(calls.get(0))), OnnxExportOptions.options());

        List<String> names =
                export.model().inputs().stream().map(ValueInfo::name).toList();
        assertThat(calls).hasSize(2);
        for (Object call : calls) {
            List<Tensor> results = OnnxRuntime.run(file, names, List.of(input(call)));
            assertThat(results).hasSize(1);
            assertThat(results.get(0).toFloatArray()).containsExactly(expected(call), within(1e-5f));
        }
    }

    private static Tensor input(Object call) {
        return (Tensor) ((List<?>) call).get(0);
    }

    private static float[] expected(Object call) {
        return ((Tensor) ((List<?>) call).get(1)).toFloatArray();
    }
}
