package org.torchbridge.vision.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.Device;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.LoadResult;
import org.torchbridge.nn.Sequential;
import org.torchbridge.testing.PythonOracle;

/** The networks are torchvision's: names, shapes, text, weights of a seed, and outputs. */
class ResNetTest {
    /** Saves a network's state dict with statistics that a training could have left, an input, and its output. */
    private static final String SAVE =
            """
            import sys, torch, torchvision
            torch.manual_seed(1)
            model = getattr(torchvision.models, sys.argv[1])()
            torch.save(model.state_dict(), sys.argv[2] + '/weights.pth')
            for name, buffer in model.named_buffers():
                if name.endswith('running_mean'):
                    buffer.normal_(0, 0.1)
                elif name.endswith('running_var'):
                    buffer.uniform_(0.5, 1.5)
            torch.save(model.state_dict(), sys.argv[2] + '/trained.pth')
            x = torch.randn(2, 3, 64, 64)
            with torch.no_grad():
                y = model.eval()(x)
            torch.save({'x': x, 'y': y}, sys.argv[2] + '/example.pth')
            """;

    /** Prints key, shape and type of each entry, as {@link #signature} does. */
    private static final String SIGNATURES =
            """
            import torch, torchvision, sys
            # Only the names matter: drawing the weights of all ten networks takes long.
            torch.nn.init.kaiming_normal_ = torch.nn.init.kaiming_uniform_ = lambda *given, **named: None
            for name in sys.argv[1:]:
                state = getattr(torchvision.models, name)().state_dict()
                for key, value in state.items():
                    print(name, key, list(value.shape), value.dtype)
            """;

    @TempDir
    private Path folder;

    static List<String> names() {
        return ResNet.names();
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "resnet50", "resnext50_32x4d"})
    void outputsAndSeededWeightsEqualTorchvision(String name) {
        compare(name);
    }

    @ParameterizedTest
    @MethodSource("names")
    @Tag("slow")
    void outputsAndSeededWeightsOfAllEqualTorchvision(String name) {
        compare(name);
    }

    private void compare(String name) {
        PythonOracle.run(SAVE, name, folder.toString());
        try (Scope scope = Scope.open();
                GradMode mode = Torch.noGrad()) {
            Torch.manualSeed(1);
            ResNet model = ResNet.named(name, ResNet.options());
            assertEqual(model.stateDict(), Torch.loadStateDict(folder.resolve("weights.pth")));

            LoadResult result = model.loadStateDict(
                    Torch.load(folder.resolve("trained.pth")).stateDict());
            assertThat(result.isComplete()).isTrue();
            StateDict example = Torch.load(folder.resolve("example.pth")).stateDict();
            model.eval();
            Tensor difference =
                    model.call(example.get("x")).sub(example.get("y")).abs().max();
            Tensor scale = example.get("y").abs().max();
            assertThat(difference.toDouble()).isLessThan(1e-5 * Math.max(1, scale.toDouble()));
        }
    }

    private static void assertEqual(StateDict actual, StateDict expected) {
        assertThat(List.copyOf(actual.keySet())).isEqualTo(List.copyOf(expected.keySet()));
        expected.forEach(
                (key, value) -> assertThat(actual.get(key).equal(value)).as(key).isTrue());
    }

    @Test
    void keysShapesAndTypesOfAllEqualTorchvision() {
        String python = PythonOracle.run(SIGNATURES, names().toArray(String[]::new));
        Torch.setDefaultDevice(Device.META);
        try {
            String java = names().stream().map(ResNetTest::signature).collect(Collectors.joining());
            assertThat(java).isEqualTo(python);
        } finally {
            Torch.setDefaultDevice(Device.CPU);
        }
    }

    private static String signature(String name) {
        return ResNet.named(name, ResNet.options()).stateDict().entrySet().stream()
                .map(entry -> name + " " + entry.getKey() + " "
                        + Arrays.toString(entry.getValue().shape()) + " "
                        + entry.getValue().dtype() + "\n")
                .collect(Collectors.joining());
    }

    @Test
    void textAndOptionsEqualTorchvision() {
        String python = PythonOracle.run(
                """
                import torch, torchvision
                torch.manual_seed(4)
                model = torchvision.models.resnet50(
                    num_classes=7, zero_init_residual=True, replace_stride_with_dilation=[False, True, True])
                print(model)
                print(model.fc.bias.tolist())
                print(sum(p.abs().sum().double() for p in model.parameters()).item())
                """);
        Torch.manualSeed(4);
        ResNet model = ResNet.resnet50(
                ResNet.options().numClasses(7).zeroInitResidual(true).dilateLayers(false, true, true));
        String[] expected = python.split("\n(?=\\[)");
        assertThat(model.toString()).isEqualTo(expected[0]);
        String[] numbers = expected[1].strip().split("\n");
        assertThat(Arrays.toString(model.fc.bias.tensor().detach().toDoubleArray()))
                .isEqualTo(numbers[0]);
        double sum = model.parameters().stream()
                .mapToDouble(p -> p.tensor().detach().abs().sum().toDouble())
                .sum();
        assertThat(sum / Double.parseDouble(numbers[1])).isBetween(1 - 1e-5, 1 + 1e-5);
    }

    @Test
    void withoutItsLastLayerItReturnsFeatures() {
        ResNet model = ResNet.resnet18();
        long features = model.fc.inFeatures();
        model.fc = null;
        try (GradMode mode = Torch.noGrad()) {
            assertThat(model.call(Torch.ones(2, 3, 32, 32)).shape()).containsExactly(2, features);
            Sequential withHead = new Sequential(model, new Linear(features, 3));
            assertThat(withHead.call(Torch.ones(2, 3, 32, 32)).shape()).containsExactly(2, 3);
        }
    }

    @Test
    void unknownNameIsAnsweredWithTheKnownOnes() {
        assertThatThrownBy(() -> ResNet.named("resnet19", ResNet.options()))
                .hasMessageStartingWith("there is no model 'resnet19'; there are resnet18, resnet34");
    }
}
