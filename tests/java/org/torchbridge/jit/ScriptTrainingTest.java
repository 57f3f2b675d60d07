package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.torchbridge.jit.Programs.numbers;
import static org.torchbridge.jit.Programs.tensor;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.CrossEntropyLoss;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.Parameter;
import org.torchbridge.nn.Sequential;
import org.torchbridge.optim.SGD;
import org.torchbridge.testing.PythonOracle;

/** The same training as in tests/python/make_torchscript.py. */
class ScriptTrainingTest {
    private static final double TOLERANCE = 1e-6;

    private final Tensor x = tensor("x");
    private final Tensor target = tensor("target");

    @Test
    void lossesEqualPythons() {
        ScriptModule model = Programs.load("net.pt");
        assertClose(train(model, model.parameters()), numbers("losses"));
    }

    @Test
    void lossesInEvaluationModeEqualPythons() {
        ScriptModule model = Programs.load("net.pt");
        model.eval();
        assertClose(train(model, model.parameters()), numbers("eval_losses"));
    }

    @Test
    void lossesOfATraceEqualPythons() {
        ScriptModule model = Programs.load("traced.pt");
        assertClose(train(model, model.parameters()), numbers("traced_losses"));
    }

    @Test
    void lossesWithAFrozenPrefixEqualPythons() {
        ScriptModule model = Programs.load("net.pt");
        model.requiresGrad(false);
        model.getSubmodule("fc").requiresGrad(true);
        Tensor before = model.getParameter("conv.weight").tensor().clone();
        assertClose(
                train(
                        model,
                        model.parameters().stream()
                                .filter(Parameter::requiresGrad)
                                .toList()),
                numbers("head_losses"));
        assertThat(model.getParameter("conv.weight").tensor().equal(before)).isTrue();
    }

    @Test
    void lossesWithAJavaHeadOfTheSameWeightsEqualPythons() {
        ScriptModule model = Programs.load("net.pt");
        Linear head = new Linear(8, 3);
        head.loadStateDict(model.getSubmodule("fc").stateDict());
        model.setChild("fc", head);
        assertClose(train(model, model.parameters()), numbers("losses"));
    }

    @Test
    void lossesAsAPartOfAJavaModuleEqualPythons() {
        Sequential model = new Sequential(Programs.load("net.pt"));
        assertClose(train(model, model.parameters()), numbers("losses"));
    }

    @Test
    void pythonGoesOnWithWhatWasTrained(@TempDir Path folder) {
        ScriptModule model = Programs.load("net.pt");
        model.getSubmodule("body").requiresGrad(false);
        train(model, model.parameters().stream().filter(Parameter::requiresGrad).toList());
        model.getSubmodule("bn").eval();
        Path file = folder.resolve("trained.pt");
        model.save(file);
        String python = PythonOracle.run(
                """
                import sys, torch
                m = torch.jit.load(sys.argv[1])
                print([n for n, p in m.named_parameters() if not p.requires_grad])
                print([n for n, c in m.named_modules() if not c.training])
                x = torch.load("tests/resources/torchscript/expected.pth")["x"]
                m.eval()(x).sum().backward()
                print(m.fc.bias.grad.tolist(), m.eval()(x).double().sum().item())
                """,
                file.toString());
        model.eval();
        model.zeroGrad();
        Tensor y = model.call(x);
        y.sum().backward();
        List<String> lines = python.lines().toList();
        assertThat(lines.get(0))
                .isEqualTo("['conv.bias', 'body.0.weight', 'body.0.bias', 'body.3.weight', 'body.3.bias']");
        assertThat(lines.get(1)).isEqualTo("['bn']");
        assertThat(lines.get(2))
                .startsWith("[" + model.getParameter("fc.bias").grad().toDoubleArray()[0]);
        double sum = Double.parseDouble(lines.get(2).substring(lines.get(2).indexOf(']') + 2));
        assertThat(y.sum().toDouble()).isCloseTo(sum, within(1e-5));
    }

    private double[] train(Layer model, List<Parameter> learned) {
        Torch.manualSeed(3);
        SGD optimizer = new SGD(learned, SGD.options().lr(0.1).momentum(0.9));
        double[] losses = new double[numbers("losses").length];
        for (int i = 0; i < losses.length; i++) {
            optimizer.zeroGrad();
            Tensor loss = new CrossEntropyLoss().call(model.call(x), target);
            loss.backward();
            optimizer.step();
            losses[i] = loss.toDouble();
        }
        return losses;
    }

    private static void assertClose(double[] actual, double[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        assertThat(expected[expected.length - 1]).isNotEqualTo(expected[0]);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).as("loss %d", i).isCloseTo(expected[i], within(TOLERANCE));
        }
    }
}
