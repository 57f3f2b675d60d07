package org.torchbridge.onnx.exporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.UnsupportedOperatorException;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.onnx.Onnx;
import org.torchbridge.onnx.OnnxExport;
import org.torchbridge.onnx.OnnxExportOptions;
import org.torchbridge.onnx.proto.NodeProto;

/** What tests of rules share: small programs of {@code x}, {@code y} and {@code z} leave, and ONNX Runtime gives what they give. */
abstract class ExportTest {
    private static final List<String> NAMES = List.of("x", "y", "z");

    @TempDir
    private Path folder;

    static Tensor random(long... shape) {
        return Torch.randn(shape);
    }

    static Tensor integers(long... values) {
        return Torch.tensor(values);
    }

    static Tensor flags(long... values) {
        return Torch.tensor(values).to(DType.BOOL);
    }

    static OnnxExportOptions opset(int opset) {
        return OnnxExportOptions.options().opset(opset);
    }

    /** The results of the expression are the model's, in type, shape and value. */
    void assertSame(String expression, Object... inputs) {
        assertSame(OnnxExportOptions.options(), expression, inputs);
    }

    void assertSame(OnnxExportOptions options, String expression, Object... inputs) {
        OnnxExport export = export(options.verify(true), expression, inputs);
        assertThat(export.difference()).isNotNull();
        assertThat(export.warnings()).isEmpty();
    }

    void assertRefused(String reason, String expression, Object... inputs) {
        assertThatThrownBy(() -> export(OnnxExportOptions.options(), expression, inputs))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining(reason);
    }

    /** The operators of the model, in their order, without constants. */
    List<String> operators(OnnxExportOptions options, String expression, Object... inputs) {
        return export(options, expression, inputs).model().proto().getGraph().getNodeList().stream()
                .map(NodeProto::getOpType)
                .filter(operator -> !operator.equals("Constant"))
                .toList();
    }

    Path file() {
        return folder.resolve("model.onnx");
    }

    OnnxExport export(OnnxExportOptions options, String expression, Object... inputs) {
        return Onnx.export(program(expression, inputs), file(), Arrays.asList(inputs), options);
    }

    private static ScriptModule program(String expression, Object... inputs) {
        String parameters = IntStream.range(0, inputs.length)
                .mapToObj(i -> NAMES.get(i) + ": " + type(inputs[i]))
                .collect(Collectors.joining(", "));
        return ScriptModule.builder("Program")
                .define("def forward(self, " + parameters + "):\n    return " + expression + "\n")
                .build();
    }

    private static String type(Object input) {
        return input instanceof Tensor ? "Tensor" : input instanceof Double ? "float" : "int";
    }
}
