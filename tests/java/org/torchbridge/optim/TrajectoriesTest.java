package org.torchbridge.optim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Functional;
import org.torchbridge.nn.Golden;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.Parameter;
import org.torchbridge.nn.ReLU;
import org.torchbridge.nn.Sequential;
import org.torchbridge.testing.JsonLines;

/** 20 steps of each optimizer against Python. */
class TrajectoriesTest {
    private static final double TWO_ULPS = Math.scalb(1.0, -22);

    private static final Golden GOLDEN = Golden.values("/optim/trajectories.txt");
    private static final Golden TRAINING = Golden.values("/optim/training.txt");

    private static final Map<String, Function<List<Parameter>, LBFGS>> LBFGS_ROWS = new LinkedHashMap<>();

    static {
        LBFGS_ROWS.put("lbfgs", p -> new LBFGS(p, LBFGS.options().lr(0.8).maxIter(4)));
        LBFGS_ROWS.put(
                "lbfgs_options",
                p -> new LBFGS(
                        p,
                        LBFGS.options()
                                .lr(0.5)
                                .maxIter(6)
                                .maxEval(5L)
                                .toleranceGrad(0.1)
                                .toleranceChange(1e-3)
                                .historySize(2)));
        LBFGS_ROWS.put("lbfgs_wolfe", p -> new LBFGS(p, wolfe().maxIter(4)));
        LBFGS_ROWS.put("lbfgs_wolfe_far", p -> new LBFGS(p, wolfe().lr(20).maxIter(5)));
    }

    static Stream<String> dense() {
        return Rows.DENSE.keySet().stream();
    }

    static Stream<String> sparse() {
        return Rows.SPARSE.keySet().stream();
    }

    static Stream<String> complex() {
        return Rows.COMPLEX.stream();
    }

    static Stream<String> lbfgs() {
        return LBFGS_ROWS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("dense")
    void stepsArePythons(String name) {
        Torch.manualSeed(7);
        List<Parameter> parameters = Rows.dense(name);
        check(name, Rows.DENSE.get(name).apply(parameters), parameters, Rows::denseGradient, bound(name));
    }

    @ParameterizedTest
    @MethodSource("sparse")
    void stepsWithSparseGradientsArePythons(String name) {
        Torch.manualSeed(7);
        List<Parameter> parameters = Rows.sparse();
        check("sparse/" + name, Rows.SPARSE.get(name).apply(parameters), parameters, Rows::sparseGradient, bound(name));
    }

    @ParameterizedTest
    @MethodSource("complex")
    void stepsOfComplexParametersArePythons(String name) {
        Torch.manualSeed(7);
        List<Parameter> parameters = List.of(new Parameter(Torch.randn(new long[] {3}, DType.COMPLEX64)));
        check("complex/" + name, Rows.DENSE.get(name).apply(parameters), parameters, Rows::denseGradient, bound(name));
    }

    private static void check(
            String name,
            Optimizer<?> optimizer,
            List<Parameter> parameters,
            UnaryOperator<Tensor> gradient,
            double bound) {
        Rows.steps(optimizer, parameters, 1, Rows.STEPS, gradient, step -> {
            for (int i = 0; i < parameters.size(); i++) {
                String key = name + "/" + step + "/" + i;
                if (GOLDEN.has(key)) {
                    GOLDEN.assertClose(
                            key, ParameterState.real(parameters.get(i).tensor()), bound);
                }
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"sgd_momentum", "rmsprop", "adam", "adamw"})
    void aNetworkLearnsAsInPython(String name) {
        Torch.manualSeed(7);
        Sequential model = new Sequential(new Linear(6, 16), new ReLU(), new Linear(16, 4));
        Tensor x = Torch.randn(32, 6);
        Tensor y = Torch.randint(4, new long[] {32}, DType.INT64);
        Optimizer<?> optimizer = Rows.DENSE.get(name).apply(model.parameters());
        float[] losses = new float[Rows.STEPS];
        for (int step = 0; step < Rows.STEPS; step++) {
            optimizer.zeroGrad();
            Tensor loss = Functional.crossEntropy(model.call(x), y);
            loss.backward();
            optimizer.step();
            losses[step] = loss.toFloat();
        }
        assertThat(losses[Rows.STEPS - 1]).isLessThan(losses[0]);
        TRAINING.assertClose(name, Torch.tensor(losses), 1e-6);
    }

    @ParameterizedTest
    @MethodSource("lbfgs")
    void lbfgsFindsTheWayAsInPython(String name) {
        Parameter x = new Parameter(Torch.tensor(-1.2f, 1, 0.5f, -0.7f));
        LBFGS optimizer = LBFGS_ROWS.get(name).apply(List.of(x));
        float[] found = new float[10];
        for (int step = 0; step < 6; step++) {
            found[step] = step(optimizer, x).toFloat();
        }
        System.arraycopy(x.tensor().toFloatArray(), 0, found, 6, 4);
        TRAINING.assertClose(name, Torch.tensor(found), 1e-6);
    }

    @ParameterizedTest
    @MethodSource("lbfgs")
    void lbfgsGoesOnWherePythonStopped(String name) {
        Map<String, Object> python = JsonLines.byName("/optim/lbfgs.jsonl").get(name);
        Parameter x = new Parameter((Tensor) python.get("before"));
        LBFGS optimizer = new LBFGS(List.of(x));
        optimizer.loadStateDict(JsonLines.dict(python.get("saved")));
        Map<?, ?> own = (Map<?, ?>) ((Map<?, ?>) optimizer.stateDict().get("state")).get(0L);
        Map<?, ?> saved =
                (Map<?, ?>) ((Map<?, ?>) JsonLines.dict(python.get("saved")).get("state")).get(0L);
        assertThat(own.get("n_iter")).isEqualTo(saved.get("n_iter"));
        assertThat(own.get("func_evals")).isEqualTo(saved.get("func_evals"));
        step(optimizer, x);
        step(optimizer, x);
        assertThat(x.tensor().sub((Tensor) python.get("after")).abs().max().toDouble())
                .isLessThan(1e-6);
    }

    private static Tensor step(LBFGS optimizer, Parameter x) {
        return optimizer.step(() -> {
            optimizer.zeroGrad();
            Tensor value = valley(x.tensor());
            value.backward();
            return value;
        });
    }

    /** Convex, and thirty times as steep in one direction as in another. */
    private static Tensor valley(Tensor x) {
        return x.mul(x)
                .mul(Torch.tensor(1f, 3f, 10f, 30f))
                .sum()
                .add(x.sub(1).pow(4).sum());
    }

    /** Relative to the largest element: the fused operators of SGD and Adam round once where Python rounds twice. */
    private static double bound(String name) {
        return name.startsWith("sgd_") || name.startsWith("adam_") || name.matches("adam|adamw.*|adafactor_.*")
                ? TWO_ULPS
                : 0;
    }

    private static LBFGS.Options wolfe() {
        return LBFGS.options().lineSearchFn(LBFGS.LineSearchFn.STRONG_WOLFE);
    }
}
