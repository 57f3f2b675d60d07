package org.torchbridge.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.torchbridge.TorchException;
import org.torchbridge.onnx.OnnxType;
import org.torchbridge.onnx.ValueInfo;
import org.torchbridge.onnx.ValueReader;

/**
 * A model with recorded inputs and outputs, in a folder as the ONNX project lays out its tests: the model, {@code
 * test_data_set_0/input_0.pb}, {@code output_0.pb} and so on.
 *
 * @param folder the folder, as it was given
 * @param model the file
 * @param inference whether the model is made for inference
 */
record VerifyCase(Path folder, Path model, boolean inference) {
    private static final String DATA_SETS = "test_data_set_";

    /** Whether values are recorded in a folder. */
    static boolean isRecorded(Path folder) {
        return !dataSets(folder).isEmpty();
    }

    private static List<Path> dataSets(Path folder) {
        return list(folder).stream()
                .filter(path -> path.getFileName().toString().startsWith(DATA_SETS) && Files.isDirectory(path))
                .toList();
    }

    /** What is in a folder, sorted by name. */
    static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Runs the model on all that was recorded.
     *
     * @throws TorchException if the model cannot be loaded or run, or what was recorded cannot be read
     */
    ValueComparison run(double rtol, double atol) {
        RunnableModel loaded = inference ? RunnableModel.loadForInference(model) : RunnableModel.load(model);
        ValueComparison comparison = new ValueComparison(rtol, atol);
        List<Path> sets = dataSets(folder);
        for (Path set : sets) {
            compare(loaded, set, sets.size() == 1 ? "" : set.getFileName() + ", ", comparison);
        }
        return comparison;
    }

    private static void compare(RunnableModel loaded, Path set, String place, ValueComparison comparison) {
        List<@Nullable Object> inputs = values(set, "input", types(loaded, true));
        List<@Nullable Object> expected = values(set, "output", types(loaded, false));
        if (expected.isEmpty()) {
            throw new TorchException(set + " has no output_0.pb");
        }
        List<@Nullable Object> actual = loaded.run(inputs);
        if (actual.size() != expected.size()) {
            throw new TorchException(place + actual.size() + (actual.size() == 1 ? " output" : " outputs")
                    + " instead of " + expected.size());
        }
        for (int i = 0; i < expected.size(); i++) {
            comparison.compare(place + "output " + i, actual.get(i), expected.get(i));
        }
    }

    private static @Nullable List<OnnxType> types(RunnableModel loaded, boolean inputs) {
        if (loaded.onnx() == null) {
            return null;
        }
        List<ValueInfo> infos = inputs ? loaded.onnx().inputs() : loaded.onnx().outputs();
        return infos.stream().map(ValueInfo::type).toList();
    }

    /** @param types what the values are declared as; null for a model that declares nothing, whose values are tensors */
    private static List<@Nullable Object> values(Path set, String kind, @Nullable List<OnnxType> types) {
        List<@Nullable Object> values = new ArrayList<>();
        while (true) {
            int number = values.size();
            Path file = set.resolve(String.format(Locale.ROOT, "%s_%d.pb", kind, number));
            if (!Files.exists(file)) {
                return values;
            }
            values.add(ValueReader.read(
                    file, types == null || number >= types.size() ? OnnxType.UNKNOWN : types.get(number)));
        }
    }
}
