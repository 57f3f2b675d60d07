package org.torchbridge.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.torchbridge.Scope;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.io.FileKind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What is in a file of weights. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description = "Lists the tensors of a file that torch.save wrote: names, types, shapes, bytes.")
final class InspectCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "A state dict, as a rule a .pth file.")
    private Path file;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (Scope scope = Scope.open()) {
            StateDict state = Torch.load(file).stateDict();
            out.println(file + ": " + FileKind.of(file).description() + ", a state dict");
            Table table = new Table("key", "type", "shape", ">bytes");
            state.forEach((key, tensor) ->
                    table.row(key, tensor.dtype().pythonName(), shape(tensor), Table.number(bytes(tensor))));
            table.print(out);
            out.println(total(state));
        }
        return 0;
    }

    /** Bytes of the elements, which several tensors of a file may share. */
    private static long bytes(Tensor tensor) {
        return tensor.numel() * tensor.dtype().itemSize();
    }

    private static String shape(Tensor tensor) {
        return LongStream.of(tensor.shape()).mapToObj(String::valueOf).collect(Collectors.joining(" x ", "(", ")"));
    }

    private static String total(StateDict state) {
        long elements = state.values().stream().mapToLong(Tensor::numel).sum();
        long bytes = state.values().stream().mapToLong(InspectCommand::bytes).sum();
        Map<String, Long> types = state.values().stream()
                .collect(Collectors.groupingBy(tensor -> tensor.dtype().pythonName(), Collectors.counting()));
        List<String> counts = types.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .toList();
        return state.size() + " tensors (" + String.join(", ", counts) + "), " + Table.number(elements) + " elements, "
                + Table.number(bytes) + " bytes";
    }
}
