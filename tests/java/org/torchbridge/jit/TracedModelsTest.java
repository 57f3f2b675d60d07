package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.GradMode;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.testing.PythonOracle;
import org.torchbridge.vision.models.ResNet;

class TracedModelsTest {
    private final List<String> warnings = new ArrayList<>();

    private ScriptModule trace(ResNet model) {
        return ScriptModule.trace(
                model, Torch.randn(2, 3, 64, 64), TraceOptions.options().warnings(warnings::add));
    }

    @Test
    void aModelInTrainingIsTraced() {
        trace(ResNet.resnet18());

        assertThat(warnings).isEmpty();
    }

    @Test
    void pythonRunsAModelWithTheSameStateAndLearns(@TempDir Path folder) {
        PythonOracle.assumeAvailable();
        ResNet model = ResNet.resnet18();
        model.layer1.requiresGrad(false);
        model.eval();
        Tensor images = Torch.randn(5, 3, 48, 80);
        Path file = folder.resolve("model.pt");
        Path example = folder.resolve("example.pth");
        trace(model).save(file);
        Torch.save(
                Map.of(
                        "images",
                        images,
                        "scores",
                        model.call(images).detach(),
                        "keys",
                        List.copyOf(model.stateDict().keySet())),
                example);

        String answer = PythonOracle.run(
                """
                import sys, torch
                model, example = torch.jit.load(sys.argv[1]), torch.load(sys.argv[2])
                scores = model(example['images'])
                print(torch.allclose(scores, example['scores'], 1e-4, 1e-4))
                print(list(model.state_dict()) == list(example['keys']))
                print(model.training, model.layer2.training)
                print(model.original_name, getattr(model.layer1, '0').conv1.original_name)
                scores.sum().backward()
                print(model.fc.weight.grad is not None, any(p.requires_grad for p in model.layer1.parameters()))
                """,
                file.toString(),
                example.toString());

        assertThat(answer.lines()).containsExactly("True", "True", "False False", "ResNet Conv2d", "True False");
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "resnet34",
                "resnet50",
                "resnet101",
                "resnet152",
                "resnext50_32x4d",
                "resnext101_32x8d",
                "resnext101_64x4d",
                "wide_resnet50_2",
                "wide_resnet101_2"
            })
    void allModelsAreTraced(String name) {
        ResNet model = ResNet.named(name, ResNet.options());
        model.eval();
        try (GradMode mode = Torch.noGrad()) {
            ScriptModule traced = trace(model);
            Tensor images = Torch.randn(3, 3, 64, 64);

            assertThat(traced.call(images).allclose(model.call(images), 1e-4, 1e-4))
                    .isTrue();
            assertThat(Set.copyOf(warnings)).isEmpty();
        }
    }
}
