package org.torchbridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.onnx.OnnxModel;
import org.torchbridge.vision.models.ResNet;

/** Fine-tuning from the command line: what it writes, that a seed fixes it, and what it says of wrong input. */
class FinetuneCommandTest {
    @TempDir
    private Path folder;

    @Test
    void ownImagesWithOwnWeights() throws IOException {
        Path weights = folder.resolve("weights.pth");
        Torch.save(ResNet.resnet18().stateDict(), weights);
        Path data = images("red", "green", "blue");
        StateDict first = finetune(data, weights, "first");
        StateDict second = finetune(data, weights, "second");
        assertThat(first.get("fc.weight").shape()).containsExactly(3, 512);
        first.forEach(
                (key, value) -> assertThat(second.get(key).equal(value)).as(key).isTrue());

        StateDict before = Torch.load(weights).stateDict();
        assertThat(first.get("layer3.0.conv1.weight").equal(before.get("layer3.0.conv1.weight")))
                .isTrue();
        assertThat(first.get("layer3.1.conv1.weight").equal(before.get("layer3.1.conv1.weight")))
                .isFalse();

        assertSameScores(first, folder.resolve("first"));
    }

    /** The program and the model are of the weights beside them. */
    private static void assertSameScores(StateDict state, Path out) {
        ResNet model = ResNet.resnet18(ResNet.options().numClasses(3));
        model.loadStateDict(state);
        model.eval();
        Tensor images = Torch.randn(5, 3, 32, 32);
        Tensor scores = model.call(images);
        ScriptModule program = ScriptModule.load(out.resolve("finetuned.pt"));
        OnnxModel onnx = OnnxModel.load(out.resolve("finetuned.onnx"));
        assertThat(program.call(images).allclose(scores, 1e-3, 1e-4)).isTrue();
        assertThat(onnx.toModule().call(images).allclose(scores, 1e-3, 1e-4)).isTrue();
        assertThat(onnx.metadata()).containsEntry("classes", "blue, green, red");
    }

    /** With 15 images, 12 to learn from, batches of 11 would leave one image alone. */
    private StateDict finetune(Path data, Path weights, String out) {
        CommandLineRun run = CommandLineRun.of(
                "finetune",
                "--data",
                data,
                "--weights",
                weights,
                "--image-size",
                32,
                "--epochs",
                1,
                "--batch-size",
                11,
                "--seed",
                7,
                "--out",
                folder.resolve(out));
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("images/s", "seconds a step", "with nothing frozen", "finetuned.pth")
                .containsPattern("finetuned\\.pt \\(.* bytes\\), loaded again \\S+ off at most\\R")
                .containsPattern(
                        "finetuned\\.onnx \\(.* bytes\\), loaded again \\S+ off at most, in ONNX Runtime \\S+ off at most");
        return Torch.loadStateDict(folder.resolve(out).resolve("finetuned.pth"));
    }

    @Test
    @Tag("slow")
    void digitsWithoutArguments() {
        List<String> runs = List.of(digits("first"), digits("second"));
        assertThat(runs.get(0)).as("the numbers of a seed").isEqualTo(runs.get(1));
        Matcher accuracy = Pattern.compile("(?m)^accuracy +([0-9.]+)").matcher(runs.get(0));
        assertThat(accuracy.find()).isTrue();
        assertThat(Double.parseDouble(accuracy.group(1))).isGreaterThanOrEqualTo(0.97);
    }

    /** What is printed, without what depends on the machine and the folder. */
    private String digits(String out) {
        CommandLineRun run = CommandLineRun.of("finetune", "--out", folder.resolve(out));
        assertThat(run.code()).isZero();
        assertThat(folder.resolve(out).resolve("pretrained.pth")).exists();
        return run.out()
                .replaceAll(", \\d+ images/s", "")
                .replaceAll("(?m)^(seconds a step|written).*$", "")
                .strip();
    }

    @Test
    void wrongDataIsNamed() throws IOException {
        assertFails("there is no folder", "--data", folder.resolve("missing"));

        Path noImage = images("full");
        Files.createDirectory(noImage.resolve("empty"));
        assertFails("the class folder " + noImage.resolve("empty") + " has no image", "--data", noImage);

        Path broken = images("cat", "dog");
        Path file = Files.writeString(broken.resolve("cat").resolve("0.png"), "no image");
        assertFails(file + " is not an image file", "--data", broken, "--image-size", 32, "--epochs", 1);
    }

    @Test
    void weightsThatDoNotFitAreCounted() {
        Path weights = folder.resolve("resnet18.pth");
        Torch.save(ResNet.resnet18().stateDict(), weights);
        assertFails(
                weights + " does not fit resnet34: 80 keys are missing (layer1.2.conv1.weight ...)",
                "--weights",
                weights,
                "--model",
                "resnet34");
        assertFails("there is no file", "--weights", folder.resolve("missing.pth"));
    }

    private void assertFails(String sentence, Object... arguments) {
        CommandLineRun run = run(arguments);
        assertThat(run.err()).contains(sentence);
        assertThat(run.saysOneSentence()).isTrue();
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void wrongOptionsAreCode2() {
        assertMisused("there is no model 'alexnet'; there are resnet18", "--model", "alexnet");
        assertMisused("'12' is none of: none, guide, a number of children from 0 to 9", "--freeze", 12);
        assertMisused("'h5'", "--formats", "pth,h5");
        assertMisused("--epochs is 0", "--epochs", 0);
        assertMisused("--lr is -1.0", "--lr", -1);
        assertMisused("--batch-size is 0", "--batch-size", 0);
    }

    private void assertMisused(String sentence, Object... arguments) {
        CommandLineRun run = run(arguments);
        assertThat(run.err()).contains(sentence);
        assertThat(run.saysOneSentence()).isTrue();
        assertThat(run.code()).isEqualTo(2);
    }

    private CommandLineRun run(Object... arguments) {
        Object[] all = new Object[arguments.length + 3];
        all[0] = "finetune";
        all[1] = "--out";
        all[2] = folder.resolve("out");
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return CommandLineRun.of(all);
    }

    /** A folder with five images of noise for each class. */
    private Path images(String... classes) throws IOException {
        Path root = Files.createTempDirectory(folder, "images");
        Random random = new Random(0);
        for (String name : classes) {
            Path classFolder = Files.createDirectory(root.resolve(name));
            for (int i = 0; i < 5; i++) {
                BufferedImage image = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
                for (int pixel = 0; pixel < 40 * 30; pixel++) {
                    image.setRGB(pixel % 40, pixel / 40, random.nextInt());
                }
                ImageIO.write(image, "png", classFolder.resolve(i + ".png").toFile());
            }
        }
        return root;
    }
}
