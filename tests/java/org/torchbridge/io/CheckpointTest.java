package org.torchbridge.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.DType;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.BatchNorm1d;
import org.torchbridge.nn.Dropout;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.MSELoss;
import org.torchbridge.nn.ReLU;
import org.torchbridge.nn.Sequential;
import org.torchbridge.optim.Adam;
import org.torchbridge.optim.Optimizer;
import org.torchbridge.optim.SGD;
import org.torchbridge.optim.lr.StepLR;
import org.torchbridge.testing.PythonOracle;

/** A training that one language begins and the other goes on with, dropout and all. */
class CheckpointTest {
    /** libtorch's fused steps round less than PyTorch 1.13's. */
    private static final double TOLERANCE = 1e-6;

    private static final String SCRIPT = "import runpy, sys; sys.path.insert(0, 'tests/python');"
            + " runpy.run_path('tests/python/train_checkpoint.py', run_name='__main__')";

    /** The same training as in tests/python/train_checkpoint.py. */
    private static final class Training {
        final Sequential model;
        final Optimizer<?> optimizer;
        final StepLR scheduler;
        long epoch;

        Training(String name) {
            Torch.manualSeed(7);
            model = new Sequential(
                    new Linear(4, 8, false), new BatchNorm1d(8), new ReLU(), new Dropout(0.5), new Linear(8, 2));
            optimizer = name.equals("adam")
                    ? new Adam(model.parameters(), Adam.options().lr(0.05))
                    : new SGD(model.parameters(), SGD.options().lr(0.05).momentum(0.9));
            scheduler = new StepLR(optimizer, 3, 0.5);
        }

        void load(Path file) {
            SavedFile checkpoint = Torch.load(file);
            model.loadStateDict(checkpoint.stateDict("model"));
            optimizer.loadStateDict(checkpoint.dict("optimizer"));
            scheduler.loadStateDict(checkpoint.dict("scheduler"));
            Map<?, ?> values = (Map<?, ?>) checkpoint.value();
            epoch = (Long) values.get("epoch");
            Torch.defaultGenerator().setState((Tensor) values.get("rng"));
        }

        void save(Path file) {
            Map<String, Object> checkpoint = new LinkedHashMap<>();
            checkpoint.put("model", model.stateDict());
            checkpoint.put("optimizer", optimizer.stateDict());
            checkpoint.put("scheduler", scheduler.stateDict());
            checkpoint.put("epoch", epoch);
            checkpoint.put("rng", Torch.defaultGenerator().getState());
            Torch.save(checkpoint, file);
        }

        /** The losses, then the parameters, the number of the epoch and the learning rate. */
        double[] run(int steps) {
            List<Double> numbers = new ArrayList<>();
            for (int i = 0; i < steps; i++) {
                try (Scope scope = Scope.open()) {
                    Tensor x = Torch.randn(16, 4);
                    Tensor loss = new MSELoss().call(model.call(x), x.get(":, :2"));
                    optimizer.zeroGrad();
                    loss.backward();
                    optimizer.step();
                    scheduler.step();
                    epoch++;
                    numbers.add(loss.toDouble());
                }
            }
            model.parameters().forEach(parameter -> DoubleStream.of(
                            parameter.tensor().detach().to(DType.FLOAT64).toDoubleArray())
                    .forEach(numbers::add));
            numbers.add((double) epoch);
            numbers.add(optimizer.paramGroups().get(0).lr());
            return numbers.stream().mapToDouble(Double::doubleValue).toArray();
        }
    }

    private static double[] python(String optimizer, int steps, String from, String to) {
        String printed = PythonOracle.run(SCRIPT, optimizer, String.valueOf(steps), from, to);
        return Arrays.stream(printed.trim().split("\\s+"))
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    private static void assertEqual(double[] actual, double[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).as("number %d", i).isCloseTo(expected[i], within(TOLERANCE));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"adam", "sgd"})
    void javaGoesOnWherePythonStopped(String optimizer, @TempDir Path folder) {
        Path file = folder.resolve("checkpoint.pth");
        python(optimizer, 5, "-", file.toString());
        double[] expected = python(optimizer, 10, file.toString(), "-");
        Training training = new Training(optimizer);
        training.load(file);
        assertEqual(training.run(10), expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"adam", "sgd"})
    void pythonGoesOnWhereJavaStopped(String optimizer, @TempDir Path folder) throws IOException {
        Path file = folder.resolve("checkpoint.pth");
        Training training = new Training(optimizer);
        training.run(5);
        training.save(file);
        assertThat(Files.size(file)).isPositive();
        assertEqual(python(optimizer, 10, file.toString(), "-"), training.run(10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"adam", "sgd"})
    void javaGoesOnWhereJavaStopped(String optimizer, @TempDir Path folder) {
        Path file = folder.resolve("checkpoint.pth");
        Training first = new Training(optimizer);
        first.run(5);
        first.save(file);
        double[] expected = first.run(10);
        Training second = new Training(optimizer);
        second.load(file);
        assertThat(second.run(10)).containsExactly(expected);
    }
}
