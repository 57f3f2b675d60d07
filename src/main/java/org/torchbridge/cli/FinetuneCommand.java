package org.torchbridge.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.torchbridge.Torch;
import org.torchbridge.data.Batch;
import org.torchbridge.data.DataLoader;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.Parameter;
import org.torchbridge.vision.Digits;
import org.torchbridge.vision.ImageFolder;
import org.torchbridge.vision.Images;
import org.torchbridge.vision.models.ResNet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Transfer learning from the command line: a network that was trained for some classes learns others. */
@Command(
        name = "finetune",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Fine-tunes a residual network on images.",
            "Without arguments: trains a network on the handwritten digits 0 to 4 that ship with Torchbridge, saves it,"
                    + " loads it, freezes a part, replaces its last layer and fine-tunes it on the digits 5 to 9."
        })
final class FinetuneCommand implements Callable<Integer> {
    /** Mean and standard deviation of ImageNet's channels, which torchvision's weights expect. */
    private static final float[] MEAN = {0.485f, 0.456f, 0.406f};

    private static final float[] STD = {0.229f, 0.224f, 0.225f};

    private static final int PRETRAINING_EPOCHS = 4;

    @Option(names = "--data", paramLabel = "DIR", description = "Your images: a folder for each class.")
    private @Nullable Path data;

    @Option(
            names = "--weights",
            paramLabel = "FILE.pth",
            description = "A state dict of the model to start from, from Python or from here.")
    private @Nullable Path weights;

    @Option(names = "--model", defaultValue = "resnet18", description = "The network (default: ${DEFAULT-VALUE}).")
    private String modelName;

    @Option(
            names = "--epochs",
            defaultValue = "12",
            description = "Passes over the images (default: ${DEFAULT-VALUE}).")
    private int epochs;

    @Option(
            names = "--lr",
            defaultValue = "0.0002",
            description = "RMSprop's learning rate at first; it falls to 0 (default: ${DEFAULT-VALUE}).")
    private double lr;

    @Option(names = "--batch-size", defaultValue = "32", description = "Images a step (default: ${DEFAULT-VALUE}).")
    private int batchSize;

    @Option(
            names = "--freeze",
            paramLabel = "N|guide|none",
            converter = Freezing.Converter.class,
            description = "What is not trained: the first N children of the network; or children 0 to 5 and the first"
                    + " block of child 6 (guide: the default); or nothing (the default for --data without --weights).")
    private @Nullable Freezing freezing;

    @Option(
            names = "--image-size",
            defaultValue = "224",
            description = "Height and width that images of --data are scaled to (default: ${DEFAULT-VALUE}).")
    private int imageSize;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "finetuned",
            description = "Where files are written (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(
            names = "--formats",
            split = ",",
            defaultValue = "pth,pt,onnx",
            description =
                    "What is written: a state dict, a TorchScript program, an ONNX model. Programs and models are loaded"
                            + " again and compared (default: ${DEFAULT-VALUE}).")
    private List<NetworkFormat> formats;

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "The same seed gives the same numbers (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Spec
    private CommandSpec spec;

    private PrintWriter console;
    private final List<String> written = new ArrayList<>();

    @Override
    public Integer call() {
        checkArguments();
        console = spec.commandLine().getOut();
        makeFolder(out);
        Torch.manualSeed(seed);
        Split images = Split.of(data == null ? new Digits(5, 6, 7, 8, 9) : folder());
        ResNet model = startingModel();
        int classes = images.classes().size();
        Freezing frozen = freezing();
        prepare(model, frozen, classes);
        say(
                "Fine-tuning %s on %d images of %d classes, %d held out.",
                modelName, images.training().size(), classes, images.heldOut().size());
        int correct = fit(model, images, epochs);
        save(model, images);
        printResults(images, correct, parameters(model), frozen);
        return 0;
    }

    private void checkArguments() {
        require(
                ResNet.names().contains(modelName),
                "there is no model '" + modelName + "'; there are " + String.join(", ", ResNet.names()));
        require(epochs > 0, "--epochs is " + epochs + "; 1 or more is expected");
        require(batchSize > 0, "--batch-size is " + batchSize + "; 1 or more is expected");
        require(imageSize > 0, "--image-size is " + imageSize + "; 1 or more is expected");
        require(lr > 0, "--lr is " + lr + "; a positive number is expected");
    }

    private void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }

    private static void makeFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("the folder " + folder + " cannot be made: " + e.getMessage(), e);
        }
    }

    private ImageFolder folder() {
        return new ImageFolder(data, image -> Images.normalize(Images.resize(image, imageSize, imageSize), MEAN, STD));
    }

    private ResNet startingModel() {
        if (weights != null) {
            return PretrainedModel.load(modelName, weights);
        }
        return data == null ? PretrainedModel.load(modelName, pretrain()) : ResNet.named(modelName, ResNet.options());
    }

    /** Trains a network on the digits 0 to 4; returns the file it is saved in. */
    private Path pretrain() {
        Split images = Split.of(new Digits(0, 1, 2, 3, 4));
        ResNet model = ResNet.named(
                modelName, ResNet.options().numClasses(images.classes().size()));
        say(
                "Training %s on %d images of the digits 0 to 4, %d held out.",
                modelName, images.training().size(), images.heldOut().size());
        fit(model, images, PRETRAINING_EPOCHS);
        return save(model, "pretrained.pth");
    }

    /** Without weights to start from there is nothing to keep as it is. */
    private Freezing freezing() {
        if (freezing != null) {
            return freezing;
        }
        return data != null && weights == null ? Freezing.NONE : Freezing.GUIDE;
    }

    private static void prepare(ResNet model, Freezing frozen, int classes) {
        frozen.apply(model);
        model.fc = new Linear(model.fc.inFeatures(), classes);
    }

    /** Trains {@code model}; returns how many of the images held out it then gets right. */
    private int fit(ResNet model, Split images, int passes) {
        Trainer trainer = new Trainer(model, lr, batchSize);
        int correct = 0;
        for (int epoch = 1; epoch <= passes; epoch++) {
            trainer.anneal((double) (passes - epoch + 1) / passes);
            Trainer.Epoch result;
            try (Progress progress = new Progress(
                    "epoch " + epoch + "/" + passes, images.training().size())) {
                result = trainer.train(images.training(), progress);
            }
            correct = trainer.correct(images.heldOut());
            say(
                    "  epoch %d/%d: loss %.4f, accuracy %.4f on images held out, %.0f images/s",
                    epoch,
                    passes,
                    result.loss(),
                    (double) correct / images.heldOut().size(),
                    result.imagesPerSecond());
        }
        return correct;
    }

    private Path save(ResNet model, String name) {
        Path file = out.resolve(name);
        Torch.save(model.stateDict(), file);
        written(file, "");
        return file;
    }

    private void save(ResNet model, Split images) {
        try (Batch batch =
                new DataLoader(images.heldOut(), batchSize).iterator().next()) {
            NetworkFiles files = new NetworkFiles(model, batch.inputs());
            for (NetworkFormat format : formats) {
                Path file = out.resolve("finetuned." + format);
                written(file, files.write(format, file, images.classes()));
            }
        }
    }

    private void written(Path file, String proof) {
        written.add(file + " (" + Table.number(file.toFile().length()) + " bytes)" + proof);
    }

    private void printResults(Split images, int correct, String parameters, Freezing frozen) {
        int examined = images.heldOut().size();
        Table table = new Table("", "")
                .row(
                        "accuracy",
                        String.format(
                                Locale.ROOT,
                                "%.4f (%d of %d images held out)",
                                (double) correct / examined,
                                correct,
                                examined))
                .row("parameters", parameters);
        StepTimes times = measure(images, frozen);
        table.row(
                "seconds a step",
                String.format(
                        Locale.ROOT, "%.4f as fine-tuned, %.4f with nothing frozen", times.frozen(), times.unfrozen()));
        written.forEach(file -> table.row("written", file));
        table.print(console);
    }

    private static String parameters(ResNet model) {
        long all = count(model.parameters());
        long learned = count(
                model.parameters().stream().filter(Parameter::requiresGrad).toList());
        return Table.number(all) + ", of which " + Table.number(all - learned) + " frozen";
    }

    private static long count(List<Parameter> parameters) {
        return parameters.stream()
                .mapToLong(parameter -> parameter.tensor().numel())
                .sum();
    }

    /** Times steps of two fresh networks, so that what was learned stays as it is. */
    private StepTimes measure(Split images, Freezing frozen) {
        try (Batch batch =
                new DataLoader(images.training(), batchSize).iterator().next()) {
            int classes = images.classes().size();
            return StepTimes.measure(trainer(frozen, classes), trainer(Freezing.NONE, classes), batch);
        }
    }

    private Trainer trainer(Freezing frozen, int classes) {
        ResNet model = ResNet.named(modelName, ResNet.options());
        prepare(model, frozen, classes);
        model.train();
        return new Trainer(model, lr, batchSize);
    }

    private void say(String format, Object... values) {
        console.printf(Locale.ROOT, format + "%n", values);
        console.flush();
    }
}
