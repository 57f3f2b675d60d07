package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.optim.SGD;
import org.torchbridge.testing.PythonOracle;

/**
 * One step of training changes the weights of an imported model as it changes those of the Python module that it was made of:
 * {@code tests/python/make_onnx_training.py} and, by PyTorch's newer exporter, {@code make_onnx_torch_export.py}.
 */
class OnnxTrainingTest {
    private static final Path CASES = Path.of("tests", "resources", "onnx_training");
    private static final double TOLERANCE = 1e-5;

    @TempDir
    private Path folder;

    private static ScriptModule module(String name, String file) {
        return OnnxModel.load(CASES.resolve(name).resolve(file + ".onnx")).toModule();
    }

    private static Map<?, ?> values(String name) {
        return (Map<?, ?>) Torch.load(CASES.resolve(name).resolve("values.pth")).value();
    }

    private static Tensor input(Map<?, ?> values) {
        return (Tensor) ((List<?>) values.get("inputs")).get(0);
    }

    private static StateDict step(ScriptModule module, Map<?, ?> values) {
        Tensor output = module.call(input(values));
        assertClose("output", output, (Tensor) values.get("output"));
        SGD optimizer = new SGD(module.parameters(), (Double) values.get("rate"));
        optimizer.zeroGrad();
        output.mul((Tensor) values.get("direction")).mean().backward();
        optimizer.step();
        return module.stateDict();
    }

    private static void assertClose(String what, Tensor actual, Tensor expected) {
        assertThat(actual.shape()).as(what).isEqualTo(expected.shape());
        assertThat(Torch.allclose(actual, expected, TOLERANCE, TOLERANCE))
                .as("%s: %s instead of %s", what, actual, expected)
                .isTrue();
    }

    private static void assertClose(StateDict actual, StateDict expected) {
        assertThat(actual.keySet()).containsExactlyInAnyOrderElementsOf(expected.keySet());
        expected.forEach((key, tensor) -> assertClose(key, actual.get(key), tensor));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "block_folded",
                "block_eval",
                "block_eval_trains",
                "block_training",
                "block_training_13",
                "block_new",
                "lenet",
                "rnn",
                "lstm",
                "gru",
                "lstm_both_ways",
                "transformer_encoder",
                "twice",
                "export_block",
                "export_language",
                "export_normalized",
                "export_lstm"
            })
    void oneStepChangesEveryWeightAsInPython(String name) {
        Map<?, ?> values = values(name);
        ScriptModule module = module(name, "before");
        module.train((Boolean) values.get("train"));
        Map<String, Tensor> before = new LinkedHashMap<>();
        module.stateDict().forEach((key, tensor) -> before.put(key, tensor.clone()));

        StateDict after = step(module, values);

        assertClose(after, module(name, "after").stateDict());
        assertThat(module.namedParameters().keySet())
                .as("parameters that the step left as they were")
                .noneMatch(key -> after.get(key).equal(before.get(key)));
    }

    /** Python runs every saved model on its inputs, and says how far off the worst output is. */
    @Test
    void whatIsSavedRunsInPython() throws IOException {
        List<Path> cases;
        try (Stream<Path> all = Files.list(CASES)) {
            cases = all.toList();
        }
        for (Path each : cases) {
            String name = each.getFileName().toString();
            module(name, "before").save(folder.resolve(name + ".pt"));
        }

        String printed = PythonOracle.run(
                """
                import os, sys, torch
                saved, cases = sys.argv[1:]
                for name in sorted(os.listdir(cases)):
                    values = torch.load(os.path.join(cases, name, "values.pth"))
                    module = torch.jit.load(os.path.join(saved, name + ".pt")).train(values["train"])
                    output = module(*values["inputs"])
                    output.sum().backward()
                    assert all(p.grad is not None for p in module.parameters())
                    print((output - values["output"]).abs().max().item())
                """,
                folder.toString(),
                CASES.toString());

        assertThat(printed.lines().map(Double::valueOf).toList())
                .hasSameSizeAs(cases)
                .allMatch(difference -> difference < TOLERANCE);
    }

    @Test
    void aModelThatWasSavedInTrainingGoesOnTraining() {
        assertThat(module("block_training", "before").isTraining()).isTrue();
        assertThat(module("block_eval", "before").isTraining()).isFalse();
    }
}
