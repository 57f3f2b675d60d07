package org.torchbridge.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.torchbridge.Scope;
import org.torchbridge.StateDict;
import org.torchbridge.StateDictException;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.LoadResult;
import org.torchbridge.vision.models.ResNet;

/** Builds a network for the weights in a file, and loads them. */
final class PretrainedModel {
    private PretrainedModel() {}

    /**
     * The network {@code name} with the weights of {@code file}, and as many classes as those have.
     *
     * @throws StateDictException if they are those of another network
     */
    static ResNet load(String name, Path file) {
        try (Scope scope = Scope.open()) {
            StateDict state = Torch.load(file).stateDict();
            Tensor lastLayer = state.get("fc.weight");
            ResNet.Options options = ResNet.options();
            ResNet model = ResNet.named(
                    name,
                    lastLayer == null || lastLayer.dim() != 2
                            ? options
                            : options.numClasses(lastLayer.shape()[0]));
            LoadResult result = model.loadStateDict(state, false);
            if (!result.isComplete()) {
                throw new StateDictException(file + " does not fit " + name + ": " + problems(result));
            }
            return model;
        }
    }

    private static String problems(LoadResult result) {
        List<String> problems = new ArrayList<>();
        addCount(problems, "missing", result.missing());
        addCount(problems, "unexpected", result.unexpected());
        addCount(problems, "of another shape", result.mismatched().keySet());
        return String.join(", ", problems);
    }

    private static void addCount(List<String> problems, String kind, Collection<String> keys) {
        if (!keys.isEmpty()) {
            problems.add(keys.size() + (keys.size() == 1 ? " key is " : " keys are ") + kind + " ("
                    + keys.iterator().next() + (keys.size() == 1 ? ")" : " ...)"));
        }
    }
}
