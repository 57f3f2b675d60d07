package org.torchbridge.examples;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.io.PythonTuple;
import org.torchbridge.jit.CustomOperator;
import org.torchbridge.jit.ScriptFunction;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.nn.Functional;
import org.torchbridge.nn.Linear;
import org.torchbridge.optim.SGD;
import org.torchbridge.vision.models.ResNet;

/** Lesson 6: programs of TorchScript, Python's and Java's own. */
public final class Lesson6TorchScript {
    private Lesson6TorchScript() {}

    public static void main(String[] arguments) {
        Path file = Path.of("resnet18.pt");
        traceAndSave(ResNet.resnet18(), file);

        ScriptModule model = ScriptModule.load(file);
        List<Tensor> images = List.of(Torch.rand(2, 3, 64, 64), Torch.rand(2, 3, 64, 64));
        Tensor labels = Torch.tensor(0L, 1L);
        System.out.println(fineTune(model, new Linear(512, 2), images, labels));

        System.out.println(clamped(Torch.randn(3)));
    }

    /** Trains a new last layer of a program; all else stays as it is. Returns the losses. */
    public static List<Double> fineTune(ScriptModule model, Linear head, List<Tensor> images, Tensor labels) {
        model.requiresGrad(false);
        model.setChild("fc", head);
        model.train();
        SGD optimizer = new SGD(head.parameters(), SGD.options().lr(0.01).momentum(0.9));
        List<Double> losses = new ArrayList<>();
        for (Tensor batch : images) {
            try (Scope scope = Scope.open()) {
                optimizer.zeroGrad();
                Tensor loss = Functional.crossEntropy(model.call(batch), labels);
                loss.backward();
                optimizer.step();
                losses.add(loss.toDouble());
            }
        }
        return losses;
    }

    /** Makes a program of a model of Java's, for any batch size, that Python loads with {@code torch.jit.load}. */
    public static void traceAndSave(ResNet model, Path file) {
        model.eval();
        ScriptModule.trace(model, Torch.rand(2, 3, 64, 64)).save(file);
    }

    /** An operator of Java's in a function of TorchScript. */
    public static Tensor clamped(Tensor x) {
        try (CustomOperator leaky = CustomOperator.register(
                "lesson::clamp(Tensor x, float limit=1.0) -> Tensor",
                arguments -> arguments.tensor("x").clamp(-arguments.number("limit"), arguments.number("limit")))) {
            ScriptFunction function = ScriptFunction.compile(
                    """
                    def twice(x: Tensor):
                        return ops.lesson.clamp(2 * x) + ops.lesson.clamp(x, 0.5)
                    """);
            return (Tensor) function.call(x);
        }
    }

    /** The boxes in each picture that a detection model of torchvision finds, in whole pixels. */
    public static List<Tensor> detect(ScriptModule detector, List<Tensor> pictures) {
        detector.eval();
        List<Tensor> boxes = new ArrayList<>();
        try (GradMode mode = Torch.noGrad()) {
            PythonTuple lossesAndDetections = (PythonTuple) detector.run("forward", pictures);
            for (Object detection : (List<?>) lossesAndDetections.get(1)) {
                boxes.add(((Tensor) ((Map<?, ?>) detection).get("boxes")).round());
            }
        }
        return boxes;
    }

    /** The words for what a model that returns a dictionary thinks of texts, given as the numbers of their tokens. */
    public static List<String> classify(ScriptModule classifier, Tensor tokens) {
        classifier.eval();
        Map<?, ?> names = (Map<?, ?>) classifier.run("labels");
        List<String> words = new ArrayList<>();
        try (GradMode mode = Torch.noGrad()) {
            Map<?, ?> output = (Map<?, ?>) classifier.run("forward", tokens, tokens.ne(0));
            for (long label : ((Tensor) output.get("logits")).argmax(-1L, false).toLongArray()) {
                words.add((String) names.get(label));
            }
        }
        return words;
    }
}
