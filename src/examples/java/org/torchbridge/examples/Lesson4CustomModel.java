package org.torchbridge.examples;

import java.util.Arrays;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.ReLU;
import org.torchbridge.nn.Sequential;
import org.torchbridge.vision.models.ResNet;

/** Lesson 4: a model of your own on top of a half-frozen one. */
public final class Lesson4CustomModel {
    private Lesson4CustomModel() {}

    /** Image features projected to 300 numbers. Input (N, 3, H, W), output (N, 300). */
    public static final class Projection extends Layer {
        public Sequential vismodel;
        public Linear projective = new Linear(512, 400);
        public ReLU nonlinearity = new ReLU(true);
        public Linear projective2 = new Linear(400, 300);

        /**
         * The guide puts all children of the network into the Sequential, its last layer too. That cannot run: what the
         * network does between its children, flattening before the last one, is in its forward and not in a child. What
         * the guide means are the 512 features that go into the last layer, so the last layer is left out.
         */
        public Projection(ResNet model) {
            vismodel = new Sequential(model.children()).slice(0, -1);
        }

        @Override
        public Tensor forward(Tensor images) {
            Tensor features = vismodel.call(images);
            // Squeezing the two dimensions by name keeps a batch of one image a batch.
            Tensor vectors = features.squeeze(3).squeeze(2);
            return projective2.call(nonlinearity.call(projective.call(vectors)));
        }
    }

    public static void main(String[] arguments) {
        ResNet model = ResNet.resnet18();
        Lesson1FineTuning.freezeBeginning(model);
        Projection projection = new Projection(model);
        System.out.println(projection);
        System.out.println(
                Arrays.toString(projection.call(Torch.rand(2, 3, 64, 64)).shape()));
    }
}
