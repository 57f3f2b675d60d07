package org.torchbridge.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.nn.Layer;
import org.torchbridge.onnx.Onnx;
import org.torchbridge.onnx.OnnxExport;
import org.torchbridge.onnx.OnnxExportOptions;
import org.torchbridge.onnx.OnnxModel;

/** Writes a trained network into files, and proves those that are programs: loaded again, they give the same scores. */
final class NetworkFiles {
    private static final double TOLERANCE = 1e-3;

    private final Layer model;
    private final Tensor images;

    /** @param images some to prove it by */
    NetworkFiles(Layer model, Tensor images) {
        this.model = model;
        this.images = images;
        model.eval();
    }

    /**
     * Writes a file; returns what was proved of it, or nothing.
     *
     * @throws TorchException if what is loaded again gives other scores
     */
    String write(NetworkFormat format, Path file, List<String> classes) {
        try (Scope scope = Scope.open();
                GradMode mode = Torch.noGrad()) {
            return switch (format) {
                case PTH -> writeState(file);
                case PT -> writeProgram(file);
                case ONNX -> writeModel(file, classes);
            };
        }
    }

    private String writeState(Path file) {
        Torch.save(model.stateDict(), file);
        return "";
    }

    private String writeProgram(Path file) {
        try (ScriptModule program = ScriptModule.trace(model, example())) {
            program.save(file);
        }
        return ", loaded again" + proof(file, ScriptModule.load(file));
    }

    private String writeModel(Path file, List<String> classes) {
        OnnxExportOptions options = OnnxExportOptions.options()
                .inputNames("images")
                .outputNames("scores")
                .dynamic("images", 0, "batch")
                .metadata("classes", String.join(", ", classes))
                .verify(Onnx.canVerify())
                .tolerance(TOLERANCE);
        OnnxExport export = Onnx.export(model, file, List.of(example()), options);
        String loaded = ", loaded again" + proof(file, OnnxModel.load(file).toModule());
        return export.difference() == null ? loaded : loaded + ", in ONNX Runtime" + words(export.difference());
    }

    /** Fewer images than it is proved by, so that their number is seen to be open. */
    private Tensor example() {
        return images.narrow(0, 0, Math.min(2, images.size(0)));
    }

    private String proof(Path file, ScriptModule loaded) {
        try (loaded) {
            loaded.eval();
            ValueComparison comparison = new ValueComparison(TOLERANCE, TOLERANCE);
            comparison.compare("scores", loaded.call(images), model.call(images));
            if (comparison.problem() != null) {
                throw new TorchException(file + " does not give what was saved: " + comparison.problem());
            }
            return words(comparison.largest());
        }
    }

    private static String words(double difference) {
        return String.format(Locale.ROOT, " %.0e off at most", difference);
    }
}
