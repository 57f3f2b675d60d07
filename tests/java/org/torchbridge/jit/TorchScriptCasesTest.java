package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.GradMode;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.nn.Functional;
import org.torchbridge.nn.Parameter;
import org.torchbridge.optim.SGD;
import org.torchbridge.testing.Values;

/** Programs as people have them get in Java what they get in Python: {@code tests/python/make_torchscript_cases.py}. */
class TorchScriptCasesTest {
    private static final Path FOLDER = Path.of("tests", "resources", "torchscript_cases");
    private static final double TOLERANCE = 1e-6;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text",
                "detector",
                "values",
                "counter",
                "beam",
                "traced",
                "double",
                "frozen",
                "lite",
                "quantized"
            })
    void callsGetWhatPythonGot(String name) {
        ScriptModule module = ScriptModule.load(FOLDER.resolve(name + ".pt"));
        call(name, module);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "detector", "values", "counter", "beam", "traced", "double", "quantized"})
    void whatIsSavedAgainDoesTheSame(String name) {
        byte[] saved = ScriptModule.load(FOLDER.resolve(name + ".pt")).toByteArray();
        call(name, ScriptModule.load(saved));
    }

    private static void call(String name, ScriptModule module) {
        List<?> calls =
                (List<?>) Torch.load(FOLDER.resolve(name + ".calls.pth")).value();
        assertThat(calls).isNotEmpty();
        try (GradMode mode = Torch.noGrad()) {
            for (int i = 0; i < calls.size(); i++) {
                Map<?, ?> call = (Map<?, ?>) calls.get(i);
                String method = (String) call.get("method");
                Object[] arguments = ((List<?>) call.get("args")).toArray();
                if (call.containsKey("error")) {
                    assertThatThrownBy(() -> module.run(method, arguments))
                            .isInstanceOf(TorchException.class)
                            .hasMessageContaining((String) call.get("error"));
                } else {
                    String place = name + ".pt, call " + i + " of " + method;
                    Values.assertClose(place, module.run(method, arguments), call.get("result"), TOLERANCE);
                }
            }
        }
    }

    @Test
    void fineTuningHasPythonsLossesAndWeights() {
        Map<?, ?> steps =
                (Map<?, ?>) Torch.load(FOLDER.resolve("finetune.steps.pth")).value();
        ScriptModule model = ScriptModule.load(FOLDER.resolve("finetune.pt"));
        model.train();
        model.namedParameters().forEach((name, parameter) -> parameter.requiresGrad(name.startsWith("fc.")));
        List<Parameter> trained =
                model.parameters().stream().filter(Parameter::requiresGrad).toList();
        SGD optimizer = new SGD(trained, SGD.options().lr(0.1).momentum(0.9));
        Tensor images = (Tensor) steps.get("images");
        Tensor labels = (Tensor) steps.get("labels");
        List<Double> losses = new ArrayList<>();
        for (int i = 0; i < images.shape()[0]; i++) {
            optimizer.zeroGrad();
            Tensor loss = Functional.crossEntropy(model.call(images.select(0, i)), labels.select(0, i));
            loss.backward();
            optimizer.step();
            losses.add(loss.toDouble());
        }
        List<?> expected = (List<?>) steps.get("losses");
        for (int i = 0; i < losses.size(); i++) {
            assertThat(losses.get(i)).isCloseTo((Double) expected.get(i), org.assertj.core.api.Assertions.within(1e-6));
        }
        Values.assertClose("state", model.stateDict(), steps.get("state"), TOLERANCE);
    }
}
