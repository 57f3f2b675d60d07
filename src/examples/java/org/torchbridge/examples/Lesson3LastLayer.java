package org.torchbridge.examples;

import java.util.Arrays;
import org.torchbridge.Torch;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.ReLU;
import org.torchbridge.nn.Sequential;
import org.torchbridge.vision.models.ResNet;

/** Lesson 3: replace, delete and add the last layer. */
public final class Lesson3LastLayer {
    private Lesson3LastLayer() {}

    public static void main(String[] arguments) {
        ResNet model = ResNet.resnet18();

        replace(model, 300);
        System.out.println(model.fc);

        Sequential features = withoutLast(model);
        System.out.println(
                Arrays.toString(features.call(Torch.rand(2, 3, 64, 64)).shape()));

        Sequential head = new Sequential(new Linear(300, 100));
        addLast(head);
        System.out.println(head);
    }

    /** A field is a child: assigning to it replaces the layer. */
    public static void replace(ResNet model, long classes) {
        model.fc = new Linear(model.fc.inFeatures(), classes);
    }

    /** All layers but the last. They are the model's own: what one learns, the other knows. */
    public static Sequential withoutLast(ResNet model) {
        return new Sequential(model.children()).slice(0, -1);
    }

    /** A {@link Sequential} grows at its end. */
    public static void addLast(Sequential layers) {
        layers.append(new ReLU()).append(new Linear(100, 10));
    }
}
