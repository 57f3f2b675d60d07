package org.torchbridge.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.torchbridge.Torch;
import org.torchbridge.vision.models.ResNet;

/** Lesson 2: save what a network has learned, and load it into one that was built again. */
public final class Lesson2SavingAndLoading {
    private Lesson2SavingAndLoading() {}

    public static void main(String[] arguments) throws IOException {
        Path file = Files.createTempDirectory("lesson2").resolve("resnet18.pth");
        save(ResNet.resnet18(), file);
        ResNet model = load(file);
        model.eval();
        System.out.println(model.call(Torch.rand(1, 3, 64, 64)).argmax(1));
    }

    /** Saves the state dict: the tensors by their names. Python's torch.load reads the same file. */
    public static void save(ResNet model, Path file) {
        Torch.save(model.stateDict(), file);
    }

    /** A file has no code in it, so the network is built first and the tensors are put into it. */
    public static ResNet load(Path file) {
        ResNet model = ResNet.resnet18();
        model.loadStateDict(Torch.load(file).stateDict());
        return model;
    }
}
