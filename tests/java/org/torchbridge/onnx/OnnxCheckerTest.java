package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.nn.BatchNorm1d;
import org.torchbridge.nn.Dropout;
import org.torchbridge.nn.GRU;
import org.torchbridge.nn.LSTM;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.MultiheadAttention;
import org.torchbridge.nn.Sequential;
import org.torchbridge.nn.TransformerEncoderLayer;
import org.torchbridge.testing.PythonOracle;
import org.torchbridge.vision.models.ResNet;

/** The ONNX project's own checker takes exported models, types and shapes included. */
class OnnxCheckerTest {
    /** The newest that Debian's checker knows. */
    private static final int NEWEST = 17;

    @TempDir
    private Path folder;

    private final List<String> files = new ArrayList<>();

    @BeforeEach
    void requireChecker() {
        PythonOracle.assumeAvailable("onnx");
    }

    private Path next() {
        files.add(folder.resolve(files.size() + ".onnx").toString());
        return Path.of(files.get(files.size() - 1));
    }

    private void export(Module module, Function<List<Tensor>, ?> forward, OnnxExportOptions options, Tensor... inputs) {
        OnnxExportOptions open = options.dynamic("0", 0, "first");
        Onnx.export(module, forward, next(), List.of(inputs), open);
        Onnx.export(module, forward, next(), List.of(inputs), options);
    }

    private void assertAccepted() throws IOException {
        String script = Files.readString(Path.of("tests", "python", "check_onnx.py"));
        assertThat(PythonOracle.run(script, files.toArray(String[]::new))).isEmpty();
    }

    @Test
    void wrongModelsAreNotTaken() throws IOException {
        Files.write(
                next(),
                new ModelText(17)
                        .input("x", "float", 2)
                        .node("Relu", "elsewhere", "y")
                        .output("y")
                        .proto()
                        .toByteArray());

        String script = Files.readString(Path.of("tests", "python", "check_onnx.py"));
        assertThat(PythonOracle.run(script, files.get(0))).startsWith(files.get(0) + ": ");
    }

    @Test
    void allOpsets() throws IOException {
        for (int opset = 13; opset <= NEWEST; opset++) {
            OnnxExportOptions options = OnnxExportOptions.options().opset(opset);
            ResNet resnet = ResNet.resnet18();
            export(resnet, in -> resnet.call(in.get(0)), options, Torch.randn(2, 3, 32, 32));
            LSTM lstm = new LSTM(3, 4);
            export(lstm, in -> lstm.call(in.get(0)), options, Torch.randn(5, 2, 3));
            TransformerEncoderLayer layer = new TransformerEncoderLayer(8, 2);
            export(layer, in -> layer.call(in.get(0)), options, Torch.randn(5, 2, 8));
        }
        assertAccepted();
    }

    @Test
    void moreLayers() throws IOException {
        OnnxExportOptions options = OnnxExportOptions.options();
        GRU gru = new GRU(3, 4);
        export(gru, in -> gru.call(in.get(0)), options, Torch.randn(5, 2, 3));
        MultiheadAttention attention = new MultiheadAttention(8, 2);
        export(attention, in -> attention.call(in.get(0), in.get(0), in.get(0)), options, Torch.randn(5, 2, 8));
        assertAccepted();
    }

    @Test
    void branchesLoopsAndLists() throws IOException {
        ScriptModule program = ScriptModule.builder("Control")
                .define(
                        """
                        def forward(self, x: Tensor, n: int) -> Tuple[Tensor, List[Tensor], List[Tensor]]:
                            parts: List[Tensor] = []
                            halves = [x / 2]
                            for i in range(n):
                                if bool(x.sum() > 0):
                                    x = x - i
                                else:
                                    x = x + 2.5
                                parts.append(x * i)
                                halves.append(x / 2)
                            while bool(x.sum() < 10):
                                x = x + 1
                            return x, parts, halves
                        """)
                .build();
        OnnxExport export = Onnx.export(
                program,
                next(),
                List.of(Torch.randn(2, 3), 4L),
                OnnxExportOptions.options().dynamic("0", 0, "first").verify(true));

        assertThat(export.difference()).isLessThan(1e-5);
        assertAccepted();
    }

    @Test
    void trainingForms() throws IOException {
        Sequential model = new Sequential(new Linear(6, 5), new BatchNorm1d(5), new Dropout(0.5), new Linear(5, 3));
        export(model, in -> model.call(in.get(0)), OnnxExportOptions.options().training(true), Torch.randn(4, 6));
        assertAccepted();
    }

    @Test
    void weightsBesideTheModel() throws IOException {
        Linear model = new Linear(40, 30);
        export(model, in -> model.call(in.get(0)), OnnxExportOptions.options().externalBytes(10), Torch.randn(4, 40));
        assertAccepted();
    }
}
