package org.torchbridge.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.DType;
import org.torchbridge.RemovableHandle;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.Parameter;
import org.torchbridge.testing.JsonLines;

/** State dicts go to Python and come from there. */
class OptimizerStateTest {
    private static final double TWO_ULPS = Math.scalb(1.0, -22);
    private static final int SAVED_AT = 10;
    private static final Map<String, Map<String, Object>> PYTHON = JsonLines.byName("/optim/state_dicts.jsonl");

    static Stream<String> names() {
        return PYTHON.keySet().stream();
    }

    /** Parameters, an optimizer of them and the gradients it gets. */
    private record Run(List<Parameter> parameters, Optimizer<?> optimizer, UnaryOperator<Tensor> gradient) {
        static Run of(String name) {
            Torch.manualSeed(7);
            boolean sparse = name.startsWith("sparse_");
            List<Parameter> parameters = sparse ? Rows.sparse() : Rows.dense(name);
            Function<List<Parameter>, Optimizer<?>> make = (sparse ? Rows.SPARSE : Rows.DENSE).get(name);
            return new Run(parameters, make.apply(parameters), sparse ? Rows::sparseGradient : Rows::denseGradient);
        }

        void steps(int first, int last) {
            Rows.steps(optimizer, parameters, first, last, gradient, step -> {});
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void stateDictsArePythons(String name) {
        Run run = Run.of(name);
        run.steps(1, SAVED_AT);
        assertSame(name, run.optimizer().stateDict(), PYTHON.get(name).get("modern"));
        assertThat(run.optimizer().toString()).isEqualTo(PYTHON.get(name).get("text"));
    }

    /** With both what PyTorch 1.13 and what 2.10 writes. */
    @ParameterizedTest
    @MethodSource("names")
    void trainingGoesOnWherePythonStopped(String name) {
        for (String release : List.of("saved", "modern")) {
            Run run = Run.of(name);
            run.steps(1, SAVED_AT);
            List<Object> before = JsonLines.list(PYTHON.get(name).get("before"));
            for (int i = 0; i < before.size(); i++) {
                run.parameters().get(i).tensor().detach().copy_((Tensor) before.get(i));
            }
            // A new optimizer with other options: all of them come from the state dict.
            Optimizer<?> fresh = other(run.optimizer(), run.parameters());
            fresh.loadStateDict(JsonLines.dict(PYTHON.get(name).get(release)));
            if (name.equals("adam_decoupled")) {
                fresh.paramGroups().get(0).set("decoupled_weight_decay", true);
            }
            new Run(run.parameters(), fresh, run.gradient()).steps(SAVED_AT + 1, Rows.STEPS);
            assertSame(
                    name + " " + release,
                    tensors(run.parameters()),
                    PYTHON.get(name).get("after"));
        }
    }

    private static Optimizer<?> other(Optimizer<?> optimizer, List<Parameter> parameters) {
        try {
            return optimizer
                    .getClass()
                    .getConstructor(Iterable.class, double.class)
                    .newInstance(parameters, 0.123);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void lbfgsGoesOnFromItsStateDict() {
        Parameter x = new Parameter(Torch.tensor(3f, -2f));
        LBFGS optimizer = new LBFGS(List.of(x), LBFGS.options().maxIter(2));
        optimizer.step(() -> loss(optimizer, x));
        Parameter copy = new Parameter(x.tensor().clone());
        LBFGS other = new LBFGS(List.of(copy));
        other.loadStateDict(optimizer.stateDict());
        assertThat(other.paramGroups().get(0).options())
                .isEqualTo(LBFGS.options().maxIter(2).maxEval(2L));
        for (int i = 0; i < 3; i++) {
            optimizer.step(() -> loss(optimizer, x));
            other.step(() -> loss(other, copy));
        }
        assertThat(copy.tensor().toFloatArray()).isEqualTo(x.tensor().toFloatArray());
        Map<String, Object> state =
                JsonLines.dict(JsonLines.dict(optimizer.stateDict().get("state"))
                        .values()
                        .iterator()
                        .next());
        assertThat(state.keySet())
                .containsExactly(
                        "func_evals",
                        "n_iter",
                        "d",
                        "t",
                        "old_dirs",
                        "old_stps",
                        "ro",
                        "H_diag",
                        "prev_flat_grad",
                        "prev_loss",
                        "al");
    }

    private static Tensor loss(LBFGS optimizer, Parameter x) {
        optimizer.zeroGrad();
        Tensor loss = x.tensor().pow(4).sum().add(x.tensor().square().sum());
        loss.backward();
        return loss;
    }

    @Test
    void parametersMayHaveNames() {
        Linear layer = new Linear(2, 1);
        SGD optimizer = new SGD(layer.namedParameters(), SGD.options());
        assertThat(group(optimizer).keySet())
                .containsExactly(
                        "param_names",
                        "lr",
                        "momentum",
                        "dampening",
                        "weight_decay",
                        "nesterov",
                        "maximize",
                        "foreach",
                        "differentiable",
                        "fused",
                        "params");
        assertThat(group(optimizer).get("param_names")).isEqualTo(List.of("weight", "bias"));
        assertThat(optimizer.toString()).contains("    param_names: ['weight', 'bias']\n");
        Linear other = new Linear(2, 1);
        assertThatThrownBy(() -> optimizer.addParamGroup(other.parameters()))
                .hasMessageContaining("should be with/without names");

        SGD unnamed = new SGD(other.parameters(), 0.1);
        unnamed.loadStateDict(optimizer.stateDict());
        assertThat(unnamed.paramGroups().get(0).names()).containsExactly("weight", "bias");
    }

    @Test
    void groupsAreNumberedThroughAndKeepWhatTheyHoldBesides() {
        Linear layer = new Linear(2, 1);
        SGD optimizer = new SGD(List.of(layer.weight), SGD.options().lr(0.1).momentum(0.5));
        optimizer.addParamGroup(List.of(layer.bias), SGD.options().lr(0.2));
        optimizer.paramGroups().get(1).set("initial_lr", 0.3);
        List<Object> groups = JsonLines.list(optimizer.stateDict().get("param_groups"));
        assertThat(JsonLines.dict(groups.get(0)).get("params")).isEqualTo(List.of(0L));
        assertThat(JsonLines.dict(groups.get(1)).get("params")).isEqualTo(List.of(1L));
        assertThat(JsonLines.dict(groups.get(1)).get("initial_lr")).isEqualTo(0.3);
        assertThat(optimizer.toString()).contains("    weight_decay: 0\n\nParameter Group 1\n");

        Linear other = new Linear(2, 1);
        SGD loaded = new SGD(List.of(other.weight), SGD.options());
        loaded.addParamGroup(List.of(other.bias));
        loaded.loadStateDict(optimizer.stateDict());
        assertThat(loaded.paramGroups().get(0).number("momentum")).isEqualTo(0.5);
        assertThat(loaded.paramGroups().get(1).lr()).isEqualTo(0.2);
        assertThat(loaded.paramGroups().get(1).get("initial_lr")).isEqualTo(0.3);
    }

    @Test
    void stateTakesTheTypeOfItsParameter() {
        Parameter single = new Parameter(Torch.ones(2));
        Adam optimizer = new Adam(List.of(single));
        single.tensor().grad(Torch.ones(2));
        optimizer.step();
        Parameter twice = new Parameter(Torch.ones(new long[] {2}, DType.FLOAT64));
        Adam other = new Adam(List.of(twice));
        other.loadStateDict(optimizer.stateDict());
        Map<String, Object> state =
                JsonLines.dict(JsonLines.dict(other.stateDict().get("state"))
                        .values()
                        .iterator()
                        .next());
        assertThat(((Tensor) state.get("exp_avg")).dtype()).isEqualTo(DType.FLOAT64);
        assertThat(((Tensor) state.get("step")).dtype()).isEqualTo(DType.FLOAT32);
    }

    @Test
    void stateDictsOfOtherOptimizersAreRefused() {
        Linear layer = new Linear(2, 1);
        SGD optimizer = new SGD(List.of(layer.weight), 0.1);
        SGD two = new SGD(List.of(layer.weight), 0.1);
        two.addParamGroup(List.of(layer.bias));
        SGD larger = new SGD(layer.parameters(), 0.1);
        assertThatThrownBy(() -> optimizer.loadStateDict(two.stateDict()))
                .hasMessage("loaded state dict has a different number of parameter groups: 2, this optimizer has 1");
        assertThatThrownBy(() -> optimizer.loadStateDict(larger.stateDict()))
                .hasMessageContaining("loaded state dict contains a parameter group that doesn't match the size of"
                        + " optimizer's group");
        assertThatThrownBy(() -> optimizer.loadStateDict(Map.of("weight", 1)))
                .hasMessageContaining("has 'param_groups'; this one has [weight]");
        Map<String, Object> wrong = optimizer.stateDict();
        JsonLines.dict(JsonLines.list(wrong.get("param_groups")).get(0)).put("lr", "fast");
        assertThatThrownBy(() -> optimizer.loadStateDict(wrong)).hasMessageContaining("the option 'lr' is fast");
    }

    @Test
    void hooksSeeStepsAndStateDicts() {
        Parameter parameter = new Parameter(Torch.ones(1));
        SGD optimizer = new SGD(List.of(parameter), 0.1);
        List<String> calls = new ArrayList<>();
        optimizer.registerStepPreHook(o -> calls.add("pre"));
        RemovableHandle post = optimizer.registerStepPostHook(o -> calls.add("post"));
        RemovableHandle all = Optimizer.registerOptimizerStepPreHook(o -> calls.add("any"));
        optimizer.step();
        post.remove();
        all.remove();
        optimizer.step();
        assertThat(calls).containsExactly("any", "pre", "post", "pre");

        calls.clear();
        optimizer.registerStateDictPreHook(o -> calls.add("second"));
        optimizer.registerStateDictPreHook(o -> calls.add("first"), true);
        optimizer.registerStateDictPostHook((o, dict) -> {
            dict.put("epoch", 3L);
            return null;
        });
        optimizer.registerLoadStateDictPreHook((o, dict) -> {
            calls.add("load " + dict.remove("epoch"));
            return new LinkedHashMap<>(dict);
        });
        optimizer.registerLoadStateDictPostHook(o -> calls.add("loaded"));
        Map<String, Object> dict = optimizer.stateDict();
        optimizer.loadStateDict(dict);
        assertThat(dict).containsEntry("epoch", 3L);
        assertThat(calls).containsExactly("first", "second", "load 3", "loaded");
    }

    private static Map<String, Object> group(Optimizer<?> optimizer) {
        return JsonLines.dict(
                JsonLines.list(optimizer.stateDict().get("param_groups")).get(0));
    }

    private static List<Object> tensors(List<Parameter> parameters) {
        List<Object> tensors = new ArrayList<>();
        parameters.forEach(parameter -> tensors.add(parameter.tensor()));
        return tensors;
    }

    /** Keys and their order, types and values; floating-point numbers of tensors up to two units in the last place. */
    private static void assertSame(String path, Object actual, Object expected) {
        if (expected instanceof Map<?, ?> map) {
            Map<String, Object> given = JsonLines.dict(actual);
            assertThat(new ArrayList<Object>(given.keySet())).as(path).isEqualTo(new ArrayList<Object>(map.keySet()));
            map.forEach((key, value) -> assertSame(path + "/" + key, given.get(key), value));
        } else if (expected instanceof List<?> list) {
            assertThat(JsonLines.list(actual)).as(path).hasSameSizeAs(list);
            for (int i = 0; i < list.size(); i++) {
                assertSame(path + "/" + i, JsonLines.list(actual).get(i), list.get(i));
            }
        } else if (expected instanceof Tensor tensor) {
            assertClose(path, (Tensor) actual, tensor);
        } else {
            assertThat(actual).as(path).isEqualTo(expected);
        }
    }

    private static void assertClose(String path, Tensor actual, Tensor expected) {
        assertThat(actual.shape()).as(path).isEqualTo(expected.shape());
        assertThat(actual.dtype()).as(path).isEqualTo(expected.dtype());
        double difference = actual.sub(expected).abs().max().toDouble();
        assertThat(difference)
                .as(path)
                .isLessThanOrEqualTo(TWO_ULPS * expected.abs().max().toDouble());
    }
}
