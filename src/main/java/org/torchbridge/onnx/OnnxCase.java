package org.torchbridge.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.torchbridge.FileFormatException;
import org.torchbridge.TorchException;

/**
 * A model with inputs and the outputs that belong to them, in a folder as the ONNX project lays out its tests: {@code
 * model.onnx} (or {@code model.path}, which names a file in a folder of models), {@code test_data_set_0/input_0.pb}, {@code
 * output_0.pb} and so on.
 */
public record OnnxCase(String name, OnnxModel model, List<Path> dataSets) {
    public OnnxCase {
        dataSets = List.copyOf(dataSets);
    }

    /** Inputs, and the outputs that are right, in the order of the model's. */
    public record DataSet(List<@Nullable Object> inputs, List<@Nullable Object> outputs) {}

    /** Whether a folder is a case. */
    public static boolean isCase(Path folder) {
        return Files.isRegularFile(folder.resolve("model.onnx")) || Files.isRegularFile(folder.resolve("model.path"));
    }

    /**
     * The case in a folder.
     *
     * @param models where the files are that {@code model.path} names
     */
    public static OnnxCase load(Path folder, Path models) {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> sets = files.filter(file -> file.getFileName().toString().startsWith("test_data_set_"))
                    .sorted()
                    .toList();
            Path own = folder.resolve("model.onnx");
            Path path = Files.exists(own)
                    ? own
                    : models.resolve(
                            Files.readString(folder.resolve("model.path")).strip());
            return new OnnxCase(folder.getFileName().toString(), OnnxModel.load(path), sets);
        } catch (IOException e) {
            throw new TorchException("the case " + folder + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The values of a data set. */
    public DataSet read(Path dataSet) {
        return new DataSet(values(dataSet, "input_", model.inputs()), values(dataSet, "output_", model.outputs()));
    }

    private static List<@Nullable Object> values(Path folder, String prefix, List<ValueInfo> infos) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < infos.size(); i++) {
            Path file = folder.resolve(prefix + i + ".pb");
            if (!Files.exists(file)) {
                if (prefix.equals("output_")) {
                    break;
                }
                throw new FileFormatException(folder + " lacks " + file.getFileName());
            }
            values.add(ValueReader.read(file, infos.get(i).type()));
        }
        return values;
    }
}
