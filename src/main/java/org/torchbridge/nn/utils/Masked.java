package org.torchbridge.nn.utils;

import java.util.function.Function;
import org.torchbridge.Tensor;
import org.torchbridge.nn.Module;

/** What makes a pruned parameter of the original and the mask. */
record Masked(String name, PruningMethod method) implements Function<Module, Tensor> {

    @Override
    public Tensor apply(Module module) {
        Tensor original = module.tensor(original());
        return module.tensor(mask()).to(original.dtype()).mul(original);
    }

    Masked and(PruningMethod next) {
        PruningContainer container = method instanceof PruningContainer already ? already : PruningContainer.of(method);
        return new Masked(name, container.and(next));
    }

    String original() {
        return name + "_orig";
    }

    String mask() {
        return name + "_mask";
    }
}
