package org.torchbridge.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.torchbridge.DType;
import org.torchbridge.Scope;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.Parameter;
import org.torchbridge.nn.Sequential;
import org.torchbridge.optim.Optimizer;
import org.torchbridge.optim.RMSprop;
import org.torchbridge.testing.PythonOracle;
import org.torchbridge.vision.models.ResNet;

/** The lessons do what the same steps do in Python. */
class LessonsTest {
    private static final String MODEL =
            """
            import sys, torch, torchvision
            from torch import nn
            torch.manual_seed(0)
            model = torchvision.models.resnet18()
            def freeze(model):
                children = list(model.children())
                for child in children[:6]:
                    for parameter in child.parameters():
                        parameter.requires_grad = False
                for parameter in children[6][0].parameters():
                    parameter.requires_grad = False
            """;

    @TempDir
    private Path folder;

    @Test
    void childrenPrintAsInPython() {
        PythonOracle.assumeAvailable();
        String expected = PythonOracle.run(MODEL + "for child in model.children(): print(child)\n");
        StringBuilder printed = new StringBuilder();
        ResNet.resnet18().children().forEach(child -> printed.append(child).append('\n'));
        assertThat(printed).hasToString(expected);
    }

    @Test
    void sameParametersAreFrozenAndTheOthersMoveAsInPython() {
        PythonOracle.assumeAvailable();
        PythonOracle.run(
                MODEL
                        + """
                        freeze(model)
                        before = {'before.' + k: v.clone() for k, v in model.state_dict().items()}
                        x = torch.rand(4, 3, 64, 64)
                        y = torch.tensor([1, 2, 3, 4])
                        optimizer = torch.optim.RMSprop(model.parameters(), lr=0.1)
                        loss = nn.functional.cross_entropy(model(x), y)
                        loss.backward()
                        optimizer.step()
                        out = {'x': x, 'loss': loss.detach()}
                        out.update({'after.' + k: p.detach() for k, p in model.named_parameters()})
                        out.update({'learned.' + k: torch.tensor(p.requires_grad) for k, p in model.named_parameters()})
                        torch.save(out, sys.argv[1])
                        """,
                folder.resolve("step.pth").toString());
        StateDict python = Torch.load(folder.resolve("step.pth")).stateDict();

        for (boolean overAll : List.of(true, false)) {
            Torch.manualSeed(0);
            ResNet model = ResNet.resnet18();
            Lesson1FineTuning.freezeBeginning(model);
            Map<String, Tensor> before = copies(model);
            Optimizer<?> optimizer = new RMSprop(overAll ? model.parameters() : Lesson1FineTuning.learned(model), 0.1);
            double loss = Lesson1FineTuning.step(model, optimizer, python.get("x"), Torch.tensor(1L, 2L, 3L, 4L));

            assertThat(loss).isCloseTo(python.get("loss").toDouble(), within(1e-4));
            model.namedParameters().forEach((name, parameter) -> {
                assertThat(parameter.requiresGrad())
                        .as(name)
                        .isEqualTo(python.get("learned." + name).toBoolean());
                boolean moved = !parameter.tensor().equal(before.get(name));
                assertThat(moved).as(name + " moved").isEqualTo(parameter.requiresGrad());
                assertSimilarStep(name, parameter, before.get(name), python.get("after." + name));
            });
        }
    }

    /**
     * RMSprop's first step is ten times the learning rate in the direction of the gradient, however small that is. So a
     * gradient that rounding decides may go the other way; all but a few elements have to agree.
     */
    private static void assertSimilarStep(String name, Parameter parameter, Tensor before, Tensor expected) {
        try (Scope scope = Scope.open()) {
            Tensor moved = parameter.tensor().detach();
            double agreeing =
                    moved.sub(expected).abs().le(1e-2).to(DType.FLOAT32).mean().toDouble();
            assertThat(agreeing).as(name).isGreaterThan(0.995);
            assertThat(moved.sub(before).abs().max().toDouble()).as(name).isLessThanOrEqualTo(1.0 + 1e-4);
        }
    }

    private static Map<String, Tensor> copies(Module model) {
        Map<String, Tensor> copies = new LinkedHashMap<>();
        model.namedParameters()
                .forEach((name, parameter) ->
                        copies.put(name, parameter.tensor().detach().clone()));
        return copies;
    }

    @Test
    void filesOfEitherSideLoadOnTheOther() {
        PythonOracle.assumeAvailable();
        Path fromPython = folder.resolve("python.pth");
        Path fromJava = folder.resolve("java.pth");
        PythonOracle.run(MODEL + "torch.save(model.state_dict(), sys.argv[1])\n", fromPython.toString());
        ResNet model = Lesson2SavingAndLoading.load(fromPython);
        Lesson2SavingAndLoading.save(model, fromJava);
        String verdict = PythonOracle.run(
                MODEL
                        + """
                        other = torchvision.models.resnet18()
                        print(other.load_state_dict(torch.load(sys.argv[1], weights_only=True)))
                        print(all(torch.equal(v, other.state_dict()[k]) for k, v in model.state_dict().items()))
                        """,
                fromJava.toString());
        assertThat(verdict).isEqualTo("<All keys matched successfully>\nTrue\n");
    }

    @Test
    void lastLayerIsReplacedDeletedAndAdded() {
        PythonOracle.assumeAvailable();
        String expected = PythonOracle.run(
                MODEL
                        + """
                        model.fc = nn.Linear(model.fc.in_features, 300)
                        print(model.fc)
                        print(nn.Sequential(*list(model.children()))[:-1])
                        """);
        ResNet model = ResNet.resnet18();
        Lesson3LastLayer.replace(model, 300);
        Sequential features = Lesson3LastLayer.withoutLast(model);
        assertThat(model.fc + "\n" + features + "\n").isEqualTo(expected);
        assertThat(model.stateDict().get("fc.weight").shape()).containsExactly(300, 512);
        assertThat(features.get(0)).isSameAs(model.conv1);
    }

    @Test
    void customModelGivesPythonsNumbers() {
        PythonOracle.assumeAvailable();
        Path file = folder.resolve("projection.pth");
        String expected = PythonOracle.run(
                MODEL
                        + """
                        class Projection(nn.Module):
                            def __init__(self, model):
                                super().__init__()
                                self.vismodel = nn.Sequential(*list(model.children())[:-1])
                                self.projective = nn.Linear(512, 400)
                                self.nonlinearity = nn.ReLU(inplace=True)
                                self.projective2 = nn.Linear(400, 300)
                            def forward(self, x):
                                x = torch.squeeze(self.vismodel(x))
                                return self.projective2(self.nonlinearity(self.projective(x)))
                        freeze(model)
                        net = Projection(model).eval()
                        x = torch.rand(2, 3, 64, 64)
                        torch.save({'x': x, 'y': net(x).detach()}, sys.argv[1])
                        print(net)
                        print([k for k, p in net.named_parameters() if p.requires_grad])
                        """,
                file.toString());
        Torch.manualSeed(0);
        ResNet model = ResNet.resnet18();
        Lesson1FineTuning.freezeBeginning(model);
        Lesson4CustomModel.Projection projection = new Lesson4CustomModel.Projection(model);
        projection.eval();
        List<String> learned = new ArrayList<>();
        projection.namedParameters().forEach((name, parameter) -> {
            if (parameter.requiresGrad()) {
                learned.add("'" + name + "'");
            }
        });
        assertThat(projection + "\n[" + String.join(", ", learned) + "]\n").isEqualTo(expected);

        StateDict python = Torch.load(file).stateDict();
        Tensor difference =
                projection.call(python.get("x")).sub(python.get("y")).abs().max();
        assertThat(difference.toDouble()).isLessThan(1e-5);
    }

    @Test
    void customLossHasPythonsValueAndGradient() {
        PythonOracle.assumeAvailable();
        Path file = folder.resolve("loss.pth");
        PythonOracle.run(
                """
                import sys, torch
                torch.manual_seed(3)
                x = torch.randn(5, 10, requires_grad=True)
                y = torch.randn(5, 5, 10)
                loss = torch.sum((x.unsqueeze(1).repeat(1, y.size(1), 1) - y) ** 2)
                loss.backward()
                torch.save({'loss': loss.detach(), 'grad': x.grad}, sys.argv[1])
                """,
                file.toString());
        StateDict python = Torch.load(file).stateDict();
        for (var loss : List.of(new Lesson5CustomLoss.Regress(), new Lesson5CustomLoss.RegressByBroadcasting())) {
            Torch.manualSeed(3);
            Tensor x = Torch.randn(5, 10).requiresGrad(true);
            Tensor y = Torch.randn(5, 5, 10);
            Tensor value = loss.forward(x, y);
            value.backward();
            assertThat(value.toDouble()).isCloseTo(python.get("loss").toDouble(), within(1e-3));
            assertThat(x.grad().sub(python.get("grad")).abs().max().toDouble()).isLessThan(1e-5);
        }
    }

    @Test
    void everyLessonRuns() throws Exception {
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed));
        try {
            Lesson1FineTuning.main(new String[0]);
            Lesson2SavingAndLoading.main(new String[0]);
            Lesson3LastLayer.main(new String[0]);
            Lesson4CustomModel.main(new String[0]);
            Lesson5CustomLoss.main(new String[0]);
        } finally {
            System.setOut(out);
        }
        assertThat(printed.toString())
                .contains("conv1.weight is frozen", "layer3.1.conv1.weight is learned", "[2, 512, 1, 1]", "[2, 300]");
    }
}
