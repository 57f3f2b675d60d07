package org.torchbridge.examples;

import java.util.List;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Functional;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.Parameter;
import org.torchbridge.nn.Sequential;
import org.torchbridge.optim.RMSprop;
import org.torchbridge.vision.models.ResNet;

/** Fine-tuning: look at the parts of a network, freeze some of them, and train the others. */
public final class Lesson1FineTuning {
    private Lesson1FineTuning() {}

    public static void main(String[] arguments) {
        ResNet model = ResNet.resnet18();
        printChildren(model);
        freezeFirstHalf(model);

        // An optimizer passes over parameters without a gradient, so both of these train the same ones.
        RMSprop overAll = new RMSprop(model.parameters(), 0.1);
        RMSprop overTrainable = new RMSprop(trainable(model), 0.1);

        trainingStep(model, overTrainable, Torch.randn(4, 3, 64, 64), Torch.tensor(1, 2, 3, 4).to(DType.INT64));
        System.out.println(overAll.paramGroups().get(0).parameters().size() + " parameters, "
                + overTrainable.paramGroups().get(0).parameters().size() + " of them trained");
    }

    /** The direct children of a network are its fields, in their order. Each has parameters, or is a tree of modules that have. */
    static void printChildren(Module model) {
        int number = 0;
        for (Module child : model.children()) {
            System.out.println("child " + number + " is");
            System.out.println(child);
            for (Parameter parameter : child.parameters()) {
                System.out.println(parameter);
            }
            number++;
        }
    }

    /** Freezes children 0 to 5 and the first block of child 6; what comes after stays trainable. */
    static void freezeFirstHalf(ResNet model) {
        List<Module> children = model.children();
        for (Module child : children.subList(0, 6)) {
            child.requiresGrad(false);
        }
        Sequential sixth = (Sequential) children.get(6);
        sixth.get(0).requiresGrad(false);
    }

    static List<Parameter> trainable(Module model) {
        return model.parameters().stream().filter(Parameter::requiresGrad).toList();
    }

    static void trainingStep(ResNet model, RMSprop optimizer, Tensor images, Tensor classes) {
        optimizer.zeroGrad();
        Tensor loss = Functional.crossEntropy(model.call(images), classes);
        loss.backward();
        optimizer.step();
    }
}
