package org.torchbridge.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.nn.Linear;
import org.torchbridge.testing.PythonOracle;
import org.torchbridge.testing.Values;
import org.torchbridge.vision.models.ResNet;

/** The lesson on TorchScript does what the same steps do in Python. */
class TorchScriptLessonTest {
    private static final Path CASES = Path.of("tests", "resources", "torchscript_cases");

    @TempDir
    private Path folder;

    @Test
    void newHeadOfAScriptedModelLearnsAsInPython() {
        Path file = folder.resolve("resnet18.pt");
        Path data = folder.resolve("data.pth");
        String printed = PythonOracle.run(
                """
                import sys, torch, torchvision
                from torch import nn
                torch.manual_seed(0)
                model = torchvision.models.resnet18(weights=None)
                torch.jit.script(model).save(sys.argv[1])
                images, labels = torch.rand(4, 4, 3, 64, 64), torch.tensor([0, 1, 2, 3])
                torch.manual_seed(1)
                model.requires_grad_(False)
                model.fc = nn.Linear(512, 4)
                torch.save({"images": images, "labels": labels}, sys.argv[2])
                optimizer = torch.optim.SGD(model.fc.parameters(), lr=0.01, momentum=0.9)
                model.train()
                for batch in images:
                    optimizer.zero_grad()
                    loss = nn.functional.cross_entropy(model(batch), labels)
                    loss.backward()
                    optimizer.step()
                    print(loss.item())
                """,
                file.toString(),
                data.toString());
        Map<?, ?> values = (Map<?, ?>) Torch.load(data).value();
        List<Tensor> images = ((Tensor) values.get("images")).unbind();
        Torch.manualSeed(1);
        List<Double> losses = Lesson6TorchScript.fineTune(
                ScriptModule.load(file), new Linear(512, 4), images, (Tensor) values.get("labels"));
        List<Double> expected = printed.lines().map(Double::valueOf).toList();
        assertThat(losses).hasSameSizeAs(expected);
        for (int i = 0; i < losses.size(); i++) {
            assertThat(losses.get(i)).as("loss %d", i).isCloseTo(expected.get(i), within(1e-5));
        }
    }

    @Test
    void pythonLoadsATracedModelAndRunsItOnAnotherBatch() {
        Torch.manualSeed(3);
        ResNet model = ResNet.resnet18();
        Path file = folder.resolve("traced.pt");
        Path data = folder.resolve("output.pth");
        Lesson6TorchScript.traceAndSave(model, file);
        String keys = PythonOracle.run(
                """
                import sys, torch
                model = torch.jit.load(sys.argv[1])
                torch.manual_seed(0)
                x = torch.rand(5, 3, 96, 64)
                with torch.no_grad():
                    torch.save({"x": x, "y": model(x)}, sys.argv[2])
                print(*model.state_dict())
                """,
                file.toString(),
                data.toString());
        Map<?, ?> values = (Map<?, ?>) Torch.load(data).value();
        Values.assertClose("output", model.call((Tensor) values.get("x")), values.get("y"), 1e-5);
        assertThat(Arrays.asList(keys.strip().split(" ")))
                .containsExactlyInAnyOrderElementsOf(model.stateDict().keySet());
    }

    @Test
    void operatorOfJavaIsCalledByTorchScript() {
        Tensor result = Lesson6TorchScript.clamped(Torch.tensor(-3.0f, 0.25f, 0.75f));
        assertThat(result.toFloatArray()).containsExactly(-1.5f, 0.75f, 1.5f);
    }

    @Test
    void boxesAreThoseThatPythonFinds() {
        ScriptModule detector = ScriptModule.load(CASES.resolve("detector.pt"));
        Map<?, ?> call = calls("detector").get(0);
        List<?> results = (List<?>) ((List<?>) call.get("result")).get(1);
        @SuppressWarnings("unchecked") // the script that made it says so
        List<Tensor> pictures = (List<Tensor>) ((List<?>) call.get("args")).get(0);
        List<Tensor> boxes = Lesson6TorchScript.detect(detector, pictures);
        assertThat(boxes).hasSameSizeAs(results);
        for (int i = 0; i < boxes.size(); i++) {
            Tensor expected = (Tensor) ((Map<?, ?>) results.get(i)).get("boxes");
            Values.assertClose("boxes", boxes.get(i), expected.round(), 0);
        }
    }

    @Test
    void wordsAreThoseOfPython() {
        ScriptModule classifier = ScriptModule.load(CASES.resolve("text.pt"));
        Map<?, ?> call = calls("text").get(1);
        Tensor ids = (Tensor) ((List<?>) call.get("args")).get(0);
        Tensor logits = (Tensor) ((Map<?, ?>) call.get("result")).get("logits");
        Map<?, ?> names = (Map<?, ?>) calls("text").get(3).get("result");
        List<String> words = Lesson6TorchScript.classify(classifier, ids);
        assertThat(words).hasSize(2);
        for (int i = 0; i < words.size(); i++) {
            assertThat(words.get(i))
                    .isEqualTo(names.get(logits.select(0, i).argmax().toLong()));
        }
    }

    @SuppressWarnings("unchecked") // the script that made the file says so
    private static List<Map<?, ?>> calls(String name) {
        return (List<Map<?, ?>>) Torch.load(CASES.resolve(name + ".calls.pth")).value();
    }
}
