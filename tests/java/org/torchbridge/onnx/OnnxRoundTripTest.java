package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.jit.TracedRow;
import org.torchbridge.nn.Functional;
import org.torchbridge.nn.Module;
import org.torchbridge.optim.SGD;
import org.torchbridge.vision.models.ResNet;

/** What was exported and is imported again is the module that it was: results, parameters and their names. */
class OnnxRoundTripTest {
    @TempDir
    private Path folder;

    /** Those for which ONNX has no operators: windows at places that are drawn, and sums over all alignments. */
    private static final Pattern NOT_IN_ONNX = Pattern.compile("m = nn\\.(FractionalMaxPool|CTCLoss).*");

    static Stream<String> layers() {
        return TracedRow.layers().filter(row -> !NOT_IN_ONNX.matcher(row).matches());
    }

    @ParameterizedTest
    @MethodSource("layers")
    void layersComeBack(String program) {
        TracedRow row = new TracedRow(program);
        row.module.eval();
        Path file = folder.resolve("model.onnx");

        Onnx.export(row.module, row::forward, file, row.inputs, OnnxExportOptions.options());

        ScriptModule again = OnnxModel.load(file).toModule();
        row.module.eval();
        assertSameResults(again.run("forward", row.inputs.toArray()), row.forward(row.inputs));
        assertSameParameters(again, row.module);
    }

    private static void assertSameResults(@Nullable Object actual, @Nullable Object expected) {
        List<Tensor> ours = tensors(actual);
        List<Tensor> theirs = tensors(expected);
        assertThat(ours).hasSameSizeAs(theirs);
        for (int i = 0; i < ours.size(); i++) {
            assertThat(ours.get(i).shape()).isEqualTo(theirs.get(i).shape());
            assertThat(ours.get(i).dtype()).isEqualTo(theirs.get(i).dtype());
            assertThat(wide(ours.get(i)).allclose(wide(theirs.get(i)), 1e-4, 1e-5, true))
                    .as("output %s", i)
                    .isTrue();
        }
    }

    private static Tensor wide(Tensor tensor) {
        return tensor.detach().to(DType.FLOAT64);
    }

    private static List<Tensor> tensors(@Nullable Object value) {
        List<Tensor> all = new ArrayList<>();
        if (value instanceof Tensor tensor) {
            all.add(tensor);
        } else if (value instanceof Iterable<?> list) {
            list.forEach(element -> all.addAll(tensors(element)));
        } else if (value instanceof Record each) {
            Arrays.stream(each.getClass().getRecordComponents()).forEach(component -> {
                try {
                    component.getAccessor().setAccessible(true);
                    all.addAll(tensors(component.getAccessor().invoke(each)));
                } catch (ReflectiveOperationException e) {
                    throw new AssertionError(e);
                }
            });
        }
        return all;
    }

    private static void assertSameParameters(Module actual, Module expected) {
        Set<String> names = new LinkedHashSet<>(actual.namedParameters().keySet());
        assertThat(names).isEqualTo(expected.namedParameters().keySet());
        Map<String, Tensor> state = actual.stateDict();
        expected.stateDict().forEach((name, tensor) -> {
            if (state.containsKey(name)) {
                assertThat(state.get(name).equal(tensor)).as(name).isTrue();
            }
        });
    }

    @Test
    void networksComeBackWithTheirTreeAndTrain() {
        ResNet model = ResNet.resnet18(ResNet.options().numClasses(5));
        Path file = folder.resolve("resnet.onnx");
        Onnx.export(
                model,
                file,
                List.of(Torch.randn(2, 3, 32, 32)),
                OnnxExportOptions.options().dynamic("0", 0, "batch"));

        ScriptModule again = OnnxModel.load(file).toModule();

        assertSameParameters(again, model);
        assertThat(again.namedModules().keySet()).contains("layer1.0.conv1", "layer4.1.bn2", "fc");
        assertThat(again.namedBuffers().keySet()).contains("layer4.1.bn2.running_mean");
        model.eval();
        Tensor images = Torch.randn(4, 3, 32, 32);
        assertSameResults(again.call(images), model.call(images));

        again.train();
        Tensor targets = Torch.tensor(new long[] {0, 1, 2, 3});
        SGD optimizer = new SGD(again.parameters(), 0.01);
        double first = step(again, images, targets, optimizer);
        double last = first;
        for (int i = 0; i < 5; i++) {
            last = step(again, images, targets, optimizer);
        }
        assertThat(last).isLessThan(first);
        assertThat(again.stateDict()
                        .get("bn1.running_mean")
                        .equal(model.stateDict().get("bn1.running_mean")))
                .isFalse();
    }

    private static double step(ScriptModule module, Tensor inputs, Tensor targets, SGD optimizer) {
        optimizer.zeroGrad();
        Tensor loss = Functional.crossEntropy(module.call(inputs), targets);
        loss.backward();
        optimizer.step();
        return loss.toDouble();
    }
}
