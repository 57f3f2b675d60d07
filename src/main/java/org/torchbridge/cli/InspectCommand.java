package org.torchbridge.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.torchbridge.Device;
import org.torchbridge.Layout;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.io.FileKind;
import org.torchbridge.io.SavedFile;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.onnx.OnnxModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What is in files of weights and programs. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description = {
            "Says what files are, and what is in them: state dicts and checkpoints of torch.save, safetensors, NumPy's"
                    + " arrays, and the index of a checkpoint in several files; programs of TorchScript and ONNX with their"
                    + " operators.",
            "The numbers in state dicts are not read."
        })
final class InspectCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files of any kind.")
    private List<Path> files;

    @Spec
    private CommandSpec spec;

    private PrintWriter out;

    /** Files that cannot be read do not keep the others from being shown. */
    @Override
    public Integer call() {
        out = spec.commandLine().getOut();
        List<TorchException> problems = new ArrayList<>();
        for (Path file : files) {
            try (Scope scope = Scope.open()) {
                print(file, Torch.load(file));
            } catch (TorchException e) {
                problems.add(e);
            }
        }
        if (!problems.isEmpty()) {
            throw together(problems);
        }
        return 0;
    }

    private static TorchException together(List<TorchException> problems) {
        TorchException first = problems.get(0);
        return problems.size() == 1
                ? first
                : new TorchException(
                        problems.stream().map(TorchException::getMessage).collect(Collectors.joining("; ")), first);
    }

    private void print(Path file, SavedFile saved) {
        FileKind kind = FileKind.of(file);
        out.print(file + ": " + kind.description());
        if (saved instanceof SavedFile.OfStateDict state) {
            out.println(", a state dict");
            table(state.stateDict());
        } else if (saved instanceof SavedFile.OfSafetensors tensors) {
            out.println();
            tensors.metadata().forEach((key, text) -> out.println("metadata " + key + ": " + text));
            table(tensors.stateDict());
        } else if (saved instanceof SavedFile.OfShards shards) {
            out.println();
            shards.files()
                    .forEach(shard -> out.println("file " + shard.getFileName() + ": "
                            + FileKind.of(shard).description()));
            table(shards.stateDict());
        } else if (saved instanceof SavedFile.OfArrays arrays) {
            out.println();
            table(arrays.arrays());
        } else if (saved instanceof SavedFile.OfValue value) {
            out.print(", ");
            new ValueTree(out).print(value.value());
        } else if (saved instanceof SavedFile.OfTorchScript) {
            out.println();
            Map<String, byte[]> extraFiles = new TreeMap<>();
            new ProgramText(out).print(ScriptModule.load(file, Device.CPU, extraFiles), extraFiles);
        } else if (saved instanceof SavedFile.OfOnnx) {
            out.println();
            new ProgramText(out).print(OnnxModel.load(file));
        }
    }

    private void table(Map<String, Tensor> tensors) {
        Table table = new Table("key", "type", "shape", ">bytes");
        tensors.forEach((key, tensor) ->
                table.row(key, ValueTree.type(tensor), ValueTree.shape(tensor), Table.number(bytes(tensor))));
        table.print(out);
        out.println(total(tensors));
    }

    /** Bytes of the elements, which several tensors of a file may share. */
    private static long bytes(Tensor tensor) {
        return tensor.layout() == Layout.STRIDED
                ? tensor.numel() * tensor.dtype().itemSize()
                : 0;
    }

    /** {@code 2 tensors (1 float32, 1 int64), 6,002 elements, 24,016 bytes}. */
    static String total(Map<String, Tensor> tensors) {
        long elements = tensors.values().stream().mapToLong(Tensor::numel).sum();
        long bytes = tensors.values().stream().mapToLong(InspectCommand::bytes).sum();
        Map<String, Long> types =
                tensors.values().stream().collect(Collectors.groupingBy(ValueTree::type, Collectors.counting()));
        String counts = types.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", "));
        return tensors.size() + (tensors.size() == 1 ? " tensor" : " tensors")
                + (counts.isEmpty() ? "" : " (" + counts + ")") + ", " + Table.number(elements) + " elements, "
                + Table.number(bytes) + " bytes";
    }
}
