package org.torchbridge.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.torchbridge.DType;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.NativeFloor;
import org.torchbridge.nn.Functional;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.Parameter;
import org.torchbridge.nn.ReLU;
import org.torchbridge.nn.Sequential;
import org.torchbridge.optim.Adam;
import org.torchbridge.optim.Optimizer;
import org.torchbridge.optim.SGD;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A training step of a small network beside the same operators in C++. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = "A training step of a network 784-128-10, batch 64, with SGD and with Adam; beside C++.")
final class BenchTrain implements Callable<Integer> {
    private static final int BATCH = 64;
    private static final int STEPS = 100;
    // Rounds until the JVM has compiled the step for good.
    private static final int WARM_UP = 40;
    private static final double RATE = 1e-3;

    @Option(names = "--threads", description = "Threads for each operator (default: as at start).", defaultValue = "0")
    private int threads;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (threads > 0) {
            Torch.setNumThreads(threads);
        }
        compare("SGD", false, parameters -> new SGD(parameters, RATE));
        compare("Adam", true, parameters -> new Adam(parameters, RATE));
        return 0;
    }

    private void compare(String title, boolean adam, Function<List<Parameter>, Optimizer<?>> optimizer) {
        Torch.manualSeed(0);
        Tensor input = Torch.rand(BATCH, 784);
        Tensor target = Torch.randint(10, new long[] {BATCH}, DType.INT64);
        Sequential model = network();
        Optimizer<?> ours = optimizer.apply(model.parameters());
        for (int i = 0; i < WARM_UP; i++) {
            javaSteps(model, ours, input, target);
        }
        new Comparison("training step with " + title, "us a step", 1e3)
                .add("C++", 0, floor(adam, input, target)::nanoseconds)
                .add("Java", 1.05, () -> javaSteps(model, ours, input, target))
                .print(spec.commandLine().getOut());
    }

    private static Sequential network() {
        return new Sequential(new Linear(784, 128), new ReLU(), new Linear(128, 10));
    }

    private static long javaSteps(Sequential model, Optimizer<?> optimizer, Tensor input, Tensor target) {
        long start = System.nanoTime();
        for (int i = 0; i < STEPS; i++) {
            try (Scope scope = Scope.open()) {
                optimizer.zeroGrad();
                Functional.crossEntropy(model.call(input), target).backward();
                optimizer.step();
            }
        }
        return (System.nanoTime() - start) / STEPS;
    }

    /** The same network and optimizer state, stepped in C++. */
    private record Floor(
            List<Tensor> parameters,
            List<Tensor> momenta,
            List<Tensor> squares,
            Tensor step,
            Tensor input,
            Tensor target) {
        long nanoseconds() {
            return NativeFloor.trainingSteps(
                            handles(parameters),
                            handles(momenta),
                            handles(squares),
                            step == null ? 0 : step.handle(),
                            input.handle(),
                            target.handle(),
                            STEPS)
                    / STEPS;
        }

        private static long[] handles(List<Tensor> tensors) {
            return tensors.stream().mapToLong(Tensor::handle).toArray();
        }
    }

    private static Floor floor(boolean adam, Tensor input, Tensor target) {
        List<Tensor> parameters =
                network().parameters().stream().map(Parameter::tensor).toList();
        List<Tensor> momenta = adam ? parameters.stream().map(Torch::zerosLike).toList() : List.of();
        List<Tensor> squares = adam ? parameters.stream().map(Torch::zerosLike).toList() : List.of();
        return new Floor(parameters, momenta, squares, adam ? Torch.zeros(new long[0]) : null, input, target);
    }
}
