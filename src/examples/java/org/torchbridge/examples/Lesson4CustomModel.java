package org.torchbridge.examples;

import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.ReLU;
import org.torchbridge.nn.Sequential;
import org.torchbridge.vision.models.ResNet;

/** A network of one's own on top of one that is half frozen. */
public final class Lesson4CustomModel {
    private Lesson4CustomModel() {}

    public static void main(String[] arguments) {
        Resnet18WithProjection model = new Resnet18WithProjection(ResNet.resnet18());
        System.out.println(model.call(Torch.randn(2, 3, 64, 64)));
    }

    /** Images (N, 3, H, W) to vectors (N, 300). */
    static final class Resnet18WithProjection extends Layer {
        public Sequential vismodel;
        public Linear projective;
        public ReLU nonlinearity;
        public Linear projective2;

        Resnet18WithProjection(ResNet resnet) {
            Lesson1FineTuning.freezeFirstHalf(resnet);
            // The guide puts all of the ResNet's children into the Sequential. That loses the flatten that ResNet does
            // between pooling and fc, so fc would be given (N, 512, 1, 1) and fail. What is meant are the 512 features that
            // fc is given: all children but fc, and a squeeze in forward.
            vismodel = new Sequential(resnet.children()).slice(0, -1);
            projective = new Linear(512, 400);
            nonlinearity = new ReLU(true);
            projective2 = new Linear(400, 300);
        }

        @Override
        public Tensor forward(Tensor images) {
            // Not squeeze() of all dimensions of size 1: that of a batch of one image has to stay.
            Tensor features = vismodel.call(images).squeeze(2, 3);
            return projective2.call(nonlinearity.call(projective.call(features)));
        }
    }
}
