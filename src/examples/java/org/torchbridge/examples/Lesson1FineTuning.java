package org.torchbridge.examples;

import java.util.List;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Functional;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.Parameter;
import org.torchbridge.nn.Sequential;
import org.torchbridge.optim.Optimizer;
import org.torchbridge.optim.RMSprop;
import org.torchbridge.vision.models.ResNet;

/** Lesson 1: look into a network, freeze its first part, and train the rest. */
public final class Lesson1FineTuning {
    private Lesson1FineTuning() {}

    public static void main(String[] arguments) {
        Torch.manualSeed(0);
        ResNet model = ResNet.resnet18();

        for (Module child : model.children()) {
            System.out.println(child);
            for (Parameter parameter : child.parameters()) {
                System.out.println(parameter);
            }
        }

        freezeBeginning(model);
        model.namedParameters()
                .forEach((name, parameter) ->
                        System.out.println(name + (parameter.requiresGrad() ? " is learned" : " is frozen")));

        // An optimizer passes over parameters without a gradient, so both of these train the same ones.
        Optimizer<?> overAll = new RMSprop(model.parameters(), 0.1);
        Optimizer<?> overLearned = new RMSprop(learned(model), 0.1);

        Tensor images = Torch.rand(4, 3, 64, 64);
        Tensor classes = Torch.tensor(1L, 2L, 3L, 4L);
        System.out.println("loss " + step(model, overAll, images, classes));
        System.out.println("loss " + step(model, overLearned, images, classes));
    }

    /** Freezes the children 0 to 5 and the first block of child 6. */
    public static void freezeBeginning(ResNet model) {
        List<Module> children = model.children();
        for (Module child : children.subList(0, 6)) {
            child.requiresGrad(false);
        }
        Sequential layer3 = (Sequential) children.get(6);
        layer3.get(0).requiresGrad(false);
    }

    /** The parameters that are not frozen. */
    public static List<Parameter> learned(Module model) {
        return model.parameters().stream().filter(Parameter::requiresGrad).toList();
    }

    /** Learns from one batch; returns the loss before that. */
    public static double step(ResNet model, Optimizer<?> optimizer, Tensor images, Tensor classes) {
        try (Scope scope = Scope.open()) {
            optimizer.zeroGrad();
            Tensor loss = Functional.crossEntropy(model.call(images), classes);
            loss.backward();
            optimizer.step();
            return loss.toDouble();
        }
    }
}
