package org.torchbridge.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.torchbridge.Torch;
import org.torchbridge.vision.models.ResNet;

/** Saving and loading: a file holds the state dict, and the program builds the network that it belongs to. */
public final class Lesson2SavingAndLoading {
    private Lesson2SavingAndLoading() {}

    public static void main(String[] arguments) throws IOException {
        Path file = Files.createTempFile("resnet18", ".pth");
        save(ResNet.resnet18(), file);
        ResNet model = load(file);
        System.out.println(model.namedParameters().size() + " parameters read from " + file);
    }

    /** Python reads the file with {@code model.load_state_dict(torch.load(file))}. */
    static void save(ResNet model, Path file) {
        Torch.save(model.stateDict(), file);
    }

    /** The file can be Python's: {@code torch.save(model.state_dict(), file)}. */
    static ResNet load(Path file) {
        ResNet model = ResNet.resnet18();
        model.loadStateDict(Torch.load(file));
        model.eval();
        return model;
    }
}
