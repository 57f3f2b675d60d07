package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.UnsupportedOperatorException;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.onnx.proto.NodeProto;
import org.torchbridge.onnx.proto.TensorProto;
import org.torchbridge.testing.PythonOracle;

/** Quantised modules of Python's leave as models of whole numbers that give what they give in Python. */
class QuantizedExportTest {
    private static final Path FILES = Path.of("tests", "resources", "quantized");

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("model.onnx");
    }

    private static List<?> calls(String name) {
        return (List<?>) Torch.load(FILES.resolve(name + ".calls.pth")).value();
    }

    private OnnxModel export(String name, OnnxExportOptions options) {
        List<?> example = List.of(((List<?>) calls(name).get(0)).get(0));
        return Onnx.export(ScriptModule.load(FILES.resolve(name + ".pt")), file(), example, options)
                .model();
    }

    private OnnxModel export(String name) {
        return export(name, OnnxExportOptions.options().inputNames("x").dynamic("x", 0, "batch"));
    }

    private static void assertAsInPython(String name, UnaryOperator<Tensor> model) {
        for (Object call : calls(name)) {
            List<?> pair = (List<?>) call;
            Tensor expected = (Tensor) pair.get(1);
            Tensor actual = model.apply((Tensor) pair.get(0));
            assertThat(actual.allclose(expected, 1e-5, 1e-6))
                    .as("%s is %s", actual, expected)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"per_channel", "per_tensor", "operators", "dynamic"})
    void onnxRuntimeGivesWhatPythonGives(String name) {
        OnnxModel model = export(name);

        assertAsInPython(
                name, x -> RuntimeOracle.run(model.proto(), Map.of("x", x)).get(0));
        assertAsInPython(
                name, x -> OnnxRuntime.run(file(), List.of("x"), List.of(x)).get(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"per_channel", "per_tensor", "operators", "dynamic"})
    void theImportOfTheModelGivesItToo(String name) {
        export(name);

        ScriptModule again = OnnxModel.load(file()).toModule();

        assertAsInPython(name, again::call);
    }

    @Test
    void weightsAreWholeNumbersUnderTheirNames() {
        Map<String, ElementType> weights = export("per_channel").proto().getGraph().getInitializerList().stream()
                .collect(Collectors.toMap(TensorProto::getName, tensor -> ElementType.of(tensor.getDataType())));

        assertThat(weights)
                .isEqualTo(Map.of(
                        "conv1.weight", ElementType.INT8,
                        "conv1.bias", ElementType.INT32,
                        "conv2.weight", ElementType.INT8,
                        "conv2.bias", ElementType.INT32,
                        "fc.weight", ElementType.INT8,
                        "fc.bias", ElementType.INT32));
    }

    @Test
    void everyOperatorStandsBetweenWholeNumbers() {
        List<NodeProto> nodes = export("per_tensor").proto().getGraph().getNodeList();
        List<String> quantized = nodes.stream()
                .filter(node -> node.getOpType().equals("QuantizeLinear"))
                .map(node -> node.getInput(0))
                .toList();

        assertThat(nodes.stream().filter(node -> List.of("Conv", "MaxPool", "AveragePool", "Gemm")
                        .contains(node.getOpType())))
                .allSatisfy(node -> assertThat(nodes)
                        .filteredOn(other -> other.getOutputList().contains(node.getInput(0)))
                        .extracting(NodeProto::getOpType)
                        .containsExactly("DequantizeLinear"));
        assertThat(quantized)
                .as("the input, two convolutions, a sum, two poolings, a flattening and a linear layer")
                .hasSize(8);
    }

    @Test
    void frozenModulesHaveTheirWeightsInConstants() {
        ScriptModule module = ScriptModule.load(FILES.resolve("per_channel.pt"));
        module.eval();
        Tensor x = (Tensor) ((List<?>) calls("per_channel").get(0)).get(0);

        Onnx.export(
                module.freeze(), file(), List.of(x), OnnxExportOptions.options().inputNames("x"));

        assertThat(OnnxRuntime.run(file(), List.of("x"), List.of(x)).get(0).equal(module.call(x)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {13, 17})
    void onnxsCheckerTakesTheModels(int opset) throws IOException {
        PythonOracle.assumeAvailable("onnx");
        String script = Files.readString(Path.of("tests", "python", "check_onnx.py"));
        for (String name : List.of("per_channel", "per_tensor", "operators", "dynamic")) {
            export(name, OnnxExportOptions.options().opset(opset));

            assertThat(PythonOracle.run(script, file().toString())).isEmpty();
        }
    }

    @Test
    void aQuantizedResultLeavesAsRealNumbers() {
        ScriptModule program = ScriptModule.builder("Result")
                .define("def forward(self, x):\n    return torch.quantize_per_tensor(x, 0.5, 3, torch.quint8)\n")
                .build();

        OnnxExport export = Onnx.export(
                program,
                file(),
                List.of(Torch.randn(2, 3)),
                OnnxExportOptions.options().verify(true));

        assertThat(export.difference()).isZero();
    }

    @Test
    void whatFollowsAScaleThatOnlyTheRunTellsIsRefused() {
        ScriptModule program = ScriptModule.builder("Loose")
                .define(
                        """
                        def forward(self, x):
                            q = torch.quantize_per_tensor(x, float(x.max()) / 100, 3, torch.quint8)
                            return torch.relu(q).dequantize()
                        """)
                .build();

        assertThatThrownBy(() -> Onnx.export(program, file(), List.of(Torch.randn(2, 3)), OnnxExportOptions.options()))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("aten::relu: works on a tensor whose scale only the run tells");
    }
}
