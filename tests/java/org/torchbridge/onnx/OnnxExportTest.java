package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.torchbridge.GradMode;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.UnsupportedOperatorException;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.nn.BatchNorm1d;
import org.torchbridge.nn.Dropout;
import org.torchbridge.nn.Functional;
import org.torchbridge.nn.LSTM;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.ReLU;
import org.torchbridge.nn.Sequential;
import org.torchbridge.onnx.proto.NodeProto;
import org.torchbridge.optim.SGD;

/** What {@link Onnx#export} makes of a module, its options, and what it says. */
class OnnxExportTest {
    @TempDir
    private Path folder;

    private final OnnxExportOptions options = OnnxExportOptions.options();

    private Path file() {
        return folder.resolve("model.onnx");
    }

    private OnnxExport export(Layer layer, Tensor example, OnnxExportOptions options) {
        return Onnx.export(layer, file(), List.of(example), options);
    }

    private Tensor run(Tensor... inputs) {
        List<String> names =
                OnnxModel.load(file()).inputs().stream().map(ValueInfo::name).toList();
        return OnnxRuntime.run(file(), names, List.of(inputs)).get(0);
    }

    private static void assertEqual(Tensor actual, Tensor expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertThat(actual.allclose(expected.detach(), 1e-4, 1e-5)).isTrue();
    }

    private static Sequential network() {
        return new Sequential(new Linear(6, 5), new BatchNorm1d(5), new ReLU(), new Dropout(0.5), new Linear(5, 3));
    }

    private static Layer layer(UnaryOperator<Tensor> forward) {
        return new Layer() {
            @Override
            public Tensor forward(Tensor input) {
                return forward.apply(input);
            }
        };
    }

    // ---- what the model says

    @Test
    void inputsAndOutputsHaveTheNamesOfTheOptions() {
        OnnxExport export = export(
                new Linear(3, 2),
                Torch.randn(4, 3),
                options.inputNames("features").outputNames("scores"));

        assertThat(export.model().inputs()).hasToString("[features: float[4, 3]]");
        assertThat(export.model().outputs()).hasToString("[scores: float[4, 2]]");
    }

    @Test
    void outputsAreNumberedUnlessThereIsOne() {
        LSTM lstm = new LSTM(3, 4);
        OnnxExport export = Onnx.export(
                lstm, in -> lstm.call(in.get(0)), file(), List.of(Torch.randn(5, 2, 3)), options.inputNames("x"));

        assertThat(export.model().outputs())
                .hasToString("[output_0: float[5, 2, 4], output_1: float[1, 2, 4], output_2: float[1, 2, 4]]");
    }

    @Test
    void programsNameTheirInputs() {
        ScriptModule program = ScriptModule.builder("Sum")
                .define("def forward(self, left, right):\n    return left + right\n")
                .build();

        OnnxExport export = Onnx.export(
                program,
                file(),
                List.of(Torch.ones(2), Torch.ones(2)),
                options.dynamic("left", 0, "n").dynamic("right", 0, "n"));

        assertThat(export.model().inputs()).hasToString("[left: float[n], right: float[n]]");
    }

    @Test
    void modelTellsWhereItIsFromAndWhatItIsFor() {
        OnnxExport export = export(
                new Linear(3, 2),
                Torch.randn(4, 3),
                options.documentation("Scores of features.")
                        .metadata("author", "we")
                        .metadata("version", "3"));

        assertThat(export.model().producer()).startsWith("torchbridge");
        assertThat(export.model().documentation()).isEqualTo("Scores of features.");
        assertThat(export.model().metadata()).isEqualTo(Map.of("author", "we", "version", "3"));
        assertThat(export.model().proto().getGraph().getName()).isEqualTo("model");
        assertThat(export.difference()).isNull();
    }

    @Test
    void opsetIsTheOneThatWasAskedFor() {
        for (int opset = 13; opset <= 21; opset++) {
            OnnxExport export =
                    export(network(), Torch.randn(2, 6), options.opset(opset).verify(true));

            assertThat(export.model().opsets()).containsEntry("", (long) opset);
            assertThat(export.difference()).isLessThan(1e-5);
        }
    }

    @Test
    void weightsHaveTheNamesOfTheStateDictAndNodesThoseOfModules() {
        Sequential inner = network();
        Sequential model = new Sequential(Map.of("body", inner));

        OnnxExport export = export(model, Torch.randn(2, 6), options);

        assertThat(export.model().weights().keySet())
                .containsExactlyInAnyOrder(
                        "body.0.weight",
                        "body.0.bias",
                        "body.1.weight",
                        "body.1.bias",
                        "body.1.running_mean",
                        "body.1.running_var",
                        "body.4.weight",
                        "body.4.bias");
        assertThat(names(export))
                .contains("/body/0/Gemm", "/body/1/BatchNormalization", "/body/2/Relu", "/body/4/Gemm");
    }

    private static List<String> names(OnnxExport export) {
        return export.model().proto().getGraph().getNodeList().stream()
                .map(NodeProto::getName)
                .toList();
    }

    @Test
    void tiedWeightsStayTiedInWhatIsComputed() {
        Linear first = new Linear(4, 4);
        Linear second = new Linear(4, 4);
        second.weight = first.weight;

        OnnxExport export = export(new Sequential(first, second), Torch.randn(3, 4), options.verify(true));

        assertThat(export.difference()).isLessThan(1e-5);
    }

    // ---- open sizes

    @Test
    void openSizesTakeOtherSizes() {
        Layer pooled = layer(x -> x.view(x.size(0), -1).mul(x.size(2)).relu());

        OnnxExport export = export(
                pooled,
                Torch.randn(2, 3, 4),
                options.inputNames("x").dynamic("x", 0, "batch").dynamic("0", 2, "length"));

        assertThat(export.warnings()).isEmpty();
        assertThat(export.model().inputs()).hasToString("[x: float[batch, 3, length]]");
        Tensor other = Torch.randn(7, 3, 9);
        assertEqual(run(other), pooled.call(other));
    }

    @Test
    void negativeDimensionsCountFromTheEnd() {
        OnnxExport export =
                export(new ReLU(), Torch.randn(2, 3), options.inputNames("x").dynamic("x", -1, "n"));

        assertThat(export.model().inputs()).hasToString("[x: float[2, n]]");
    }

    @Test
    void sizesThatJavaComputesWithAreReportedWithTheLine() {
        Layer frozen = layer(x -> {
            double half = x.size(0) / 2.0;
            return x.mul(half);
        });

        OnnxExport export = export(frozen, Torch.randn(2, 3), options.dynamic("0", 0, "batch"));

        assertThat(export.warnings()).anySatisfy(warning -> assertThat(warning)
                .contains("1.0 is 2.5 for the second example", "aten::mul")
                .containsPattern("OnnxExportTest.java:\\d+"));
    }

    // ---- what cannot be

    @Test
    void allThatCannotBeExportedIsListedAtOnceWithItsLine() {
        Layer layer = layer(x -> x.digamma().add(x.lgamma().erfinv()).digamma());

        UnsupportedOperatorException problem = catchThrowableOfType(
                UnsupportedOperatorException.class, () -> export(layer, Torch.rand(2, 3), options));

        assertThat(problem.uses().stream().map(UnsupportedOperatorException.Use::operator))
                .contains("aten::digamma", "aten::erfinv");
        assertThat(problem.uses())
                .allSatisfy(use -> assertThat(use.places().get(0)).containsPattern("OnnxExportTest.java:\\d+"));
        assertThat(problem.uses().get(0).count()).isEqualTo(2);
        assertThat(file()).doesNotExist();
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        assertRefused(() -> options.opset(12), "opset is 12; versions 13 to 21 are written");
        assertRefused(() -> options.tolerance(-1), "tolerance is -1.0");
        assertRefused(() -> options.externalBytes(-1), "externalBytes is -1");
        assertRefused(() -> options.training(true).verify(true), "training and verify are both asked for");
    }

    @Test
    void optionsThatDoNotFitTheModuleAreRefused() {
        Linear layer = new Linear(3, 2);
        Tensor example = Torch.randn(4, 3);
        assertRefused(
                () -> export(layer, example, options.inputNames("a", "b")), "1 inputs, and 2 names were given: [a, b]");
        assertRefused(() -> export(layer, example, options.outputNames("a", "b")), "1 outputs, and 2 names were given");
        assertRefused(() -> export(layer, example, options.dynamic("y", 0, "batch")), "a size of 'y' is to stay open");
        assertRefused(() -> export(layer, example, options.dynamic("0", 2, "batch")), "dimension 2 of ");
        assertRefused(() -> Onnx.export(layer, file(), List.of(example, example), options), "a Layer takes one tensor");
        assertRefused(() -> Onnx.export(new LSTM(3, 4), file(), List.of(example), options), "is neither a Layer nor");
        assertThat(file()).doesNotExist();
    }

    private static void assertRefused(Runnable action, String words) {
        assertThatThrownBy(action::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }

    // ---- checks by ONNX Runtime

    @Test
    void verifiedExportsTellTheLargestDifference() {
        OnnxExport export =
                export(network(), Torch.randn(2, 6), options.verify(true).dynamic("0", 0, "batch"));

        assertThat(export.difference()).isBetween(0.0, 1e-5);
        assertThat(OnnxExportOptions.options().verify()).isFalse();
    }

    @Test
    void differencesBeyondTheToleranceAreAnException() {
        Layer layer = layer(x -> x.mm(x.t()).softmax(1).log());

        assertThatThrownBy(() ->
                        export(layer, Torch.randn(60, 60), options.verify(true).tolerance(0)))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("output 'output' of ONNX Runtime differs from the module's by up to");
    }

    @Test
    void withoutOnnxRuntimeWhoAsksForItIsToldWhatToAdd() throws Exception {
        try (URLClassLoader loader = withoutOnnxRuntime()) {
            assertThat(loader.loadClass(Onnx.class.getName())
                            .getMethod("canVerify")
                            .invoke(null))
                    .isEqualTo(false);
            Method require = loader.loadClass(ExportCheck.class.getName()).getDeclaredMethod("requireRuntime");
            require.setAccessible(true);
            assertThatThrownBy(() -> require.invoke(null))
                    .isInstanceOf(InvocationTargetException.class)
                    .cause()
                    .hasMessageContaining("com.microsoft.onnxruntime:onnxruntime");
        }
        assertThat(Onnx.canVerify()).isTrue();
    }

    private static URLClassLoader withoutOnnxRuntime() throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!entry.contains("onnxruntime")) {
                urls.add(Path.of(entry).toUri().toURL());
            }
        }
        return new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
    }

    // ---- the module

    @Test
    void moduleIsWhatItWas() {
        Sequential model = network();
        model.get(1).eval();
        StateDict before = copy(model);

        export(model, Torch.randn(4, 6), options.verify(true).dynamic("0", 0, "batch"));
        export(model, Torch.randn(4, 6), options.training(true).dynamic("0", 0, "batch"));

        assertThat(model.isTraining()).isTrue();
        assertThat(model.get(0).isTraining()).isTrue();
        assertThat(model.get(1).isTraining()).isFalse();
        assertUnchanged(model, before);
    }

    @Test
    void programIsWhatItWas() {
        ScriptModule program = program();
        program.train();
        StateDict before = copy(program);

        Onnx.export(
                program,
                file(),
                List.of(Torch.randn(4, 6)),
                options.training(true).dynamic("0", 0, "batch"));
        OnnxExport export = Onnx.export(
                program,
                file(),
                List.of(Torch.randn(4, 6)),
                options.verify(true).dynamic("0", 0, "batch"));

        assertThat(export.difference()).as("of the program for inference").isLessThan(1e-5);
        assertThat(program.isTraining()).isTrue();
        assertUnchanged(program, before);
    }

    private static StateDict copy(Module module) {
        StateDict copy = new StateDict();
        module.stateDict().forEach((name, tensor) -> copy.put(name, tensor.clone()));
        return copy;
    }

    private static void assertUnchanged(Module module, StateDict before) {
        module.stateDict()
                .forEach((name, tensor) ->
                        assertThat(tensor.equal(before.get(name))).as(name).isTrue());
        module.parameters()
                .forEach(parameter -> assertThat(parameter.requiresGrad()).isTrue());
    }

    @Test
    void gradModeOfTheThreadIsWhatItWas() {
        export(network(), Torch.randn(4, 6), options.verify(true));
        assertThat(Torch.isGradEnabled()).isTrue();
        try (GradMode mode = Torch.noGrad()) {
            export(network(), Torch.randn(4, 6), options.verify(true));
            assertThat(Torch.isGradEnabled()).isFalse();
        }
    }

    @Test
    void examplesAreWhatTheyWere() {
        ScriptModule program = ScriptModule.builder("InPlace")
                .define("def forward(self, x):\n    x.mul_(2)\n    return x + 1\n")
                .build();
        Tensor example = Torch.ones(3);

        OnnxExport export = Onnx.export(program, file(), List.of(example), options.verify(true));

        assertThat(export.difference()).isZero();
        assertThat(example.toFloatArray()).containsExactly(1, 1, 1);
    }

    // ---- training

    @Test
    void modelForInferenceHasNothingThatOnlyTrainingNeeds() {
        OnnxExport export = export(network(), Torch.randn(4, 6), options);

        assertThat(export.model().operators()).doesNotContainKey("Dropout");
    }

    @Test
    void modelForTrainingKeepsDropoutAndBatchNormAndTrains() {
        OnnxExport export =
                export(network(), Torch.randn(4, 6), options.training(true).dynamic("0", 0, "batch"));

        assertThat(export.model().operators()).containsEntry("Dropout", 1).containsEntry("BatchNormalization", 1);
        NodeProto norm = export.model().proto().getGraph().getNodeList().stream()
                .filter(node -> node.getOpType().equals("BatchNormalization"))
                .findFirst()
                .orElseThrow();
        assertThat(norm.getAttributeList())
                .anyMatch(attribute -> attribute.getName().equals("training_mode") && attribute.getI() == 1);
        ScriptModule again = export.model().toModule();
        assertThat(again.isTraining()).isTrue();
        assertLearns(again);
        assertThat(again.stateDict().get("1.running_mean").abs().sum().toDouble())
                .isPositive();
    }

    private static void assertLearns(ScriptModule module) {
        Torch.manualSeed(1);
        Tensor inputs = Torch.randn(32, 6);
        Tensor targets = inputs.narrow(1, 0, 3).argmax(1L);
        SGD optimizer = new SGD(module.parameters(), 0.1);
        double first = step(module, inputs, targets, optimizer);
        double last = first;
        for (int i = 0; i < 60; i++) {
            last = step(module, inputs, targets, optimizer);
        }
        assertThat(last).isLessThan(first / 1.1);
    }

    private static double step(ScriptModule module, Tensor inputs, Tensor targets, SGD optimizer) {
        optimizer.zeroGrad();
        Tensor loss = Functional.crossEntropy(module.call(inputs), targets);
        loss.backward();
        optimizer.step();
        return loss.toDouble();
    }

    @Test
    void importedModelIsFineTunedAndExportedAgain() {
        export(network(), Torch.randn(4, 6), options.dynamic("0", 0, "batch"));
        ScriptModule imported = OnnxModel.load(file()).toModule();
        imported.train();
        assertLearns(imported);

        OnnxExport export = Onnx.export(
                imported,
                file(),
                List.of(Torch.randn(4, 6)),
                options.verify(true).dynamic("0", 0, "batch"));

        assertThat(export.difference()).isLessThan(1e-5);
        assertThat(export.model().weights().keySet()).contains("0.weight", "1.running_mean", "4.bias");
    }

    @Test
    void programIsFineTunedAndExported() {
        ScriptModule program = program();
        program.train();
        assertLearns(program);

        OnnxExport export = Onnx.export(
                program,
                file(),
                List.of(Torch.randn(4, 6)),
                options.verify(true).dynamic("0", 0, "batch"));

        assertThat(export.difference()).isLessThan(1e-5);
        Tensor other = Torch.randn(9, 6);
        program.eval();
        assertEqual(run(other), program.call(other));
    }

    private static ScriptModule program() {
        return ScriptModule.builder("Net")
                .child("first", ScriptModule.trace(new Linear(6, 5), Torch.randn(4, 6)))
                .child("second", ScriptModule.trace(new Linear(5, 3), Torch.randn(4, 5)))
                .buffer("calls", Torch.zeros(1))
                .define(
                        """
                        def forward(self, x: Tensor) -> Tensor:
                            if self.training:
                                self.calls += 1
                            return self.second(torch.dropout(torch.relu(self.first(x)), 0.5, self.training))
                        """)
                .build();
    }
}
