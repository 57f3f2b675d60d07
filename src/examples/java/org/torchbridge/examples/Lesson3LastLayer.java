package org.torchbridge.examples;

import java.util.Arrays;
import org.torchbridge.Torch;
import org.torchbridge.nn.Flatten;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.Sequential;
import org.torchbridge.vision.models.ResNet;

/** The last layer: replace it, delete it, add another one. */
public final class Lesson3LastLayer {
    private Lesson3LastLayer() {}

    public static void main(String[] arguments) {
        ResNet model = ResNet.resnet18();
        replace(model, 300);
        System.out.println(model.fc);

        Sequential features = delete(model);
        System.out.println(Arrays.toString(features.call(Torch.randn(2, 3, 64, 64)).shape()));

        Sequential extended = add(features, 512, 10);
        System.out.println(extended.get(-1));
    }

    /** A field is a child: assigning to it replaces the layer. */
    static void replace(ResNet model, long classes) {
        model.fc = new Linear(model.fc.inFeatures(), classes);
    }

    /** All children but the last one. They are the same layers, so training the one network trains the other. */
    static Sequential delete(ResNet model) {
        return new Sequential(model.children()).slice(0, -1);
    }

    /** A ResNet flattens what its pooling makes in its own forward, which a Sequential of its children does not have. */
    static Sequential add(Sequential features, long featureCount, long classes) {
        return features.append(new Flatten()).append(new Linear(featureCount, classes));
    }
}
