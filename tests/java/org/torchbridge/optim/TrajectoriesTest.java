package org.torchbridge.optim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
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

/** 20 steps of each optimizer against Python. */
class TrajectoriesTest {
    private static final int STEPS = 20;
    /** A unit in the last place of the largest parameter: the fused operators round once where Python rounds twice. */
    private static final double ONE_ULP = Math.scalb(1.0, -23);

    private static final Golden GOLDEN = Golden.values("/optim/trajectories.txt");
    private static final Golden TRAINING = Golden.values("/optim/training.txt");

    private static final Map<String, Function<List<Parameter>, Optimizer<?>>> OPTIMIZERS = new LinkedHashMap<>();

    static {
        OPTIMIZERS.put("sgd", p -> new SGD(p, 0.1));
        OPTIMIZERS.put("sgd_momentum", p -> new SGD(p, sgd().momentum(0.9)));
        OPTIMIZERS.put(
                "sgd_dampening",
                p -> new SGD(p, sgd().momentum(0.9).dampening(0.3).weightDecay(0.01)));
        OPTIMIZERS.put(
                "sgd_nesterov",
                p -> new SGD(p, sgd().momentum(0.8).nesterov(true).weightDecay(0.1)));
        OPTIMIZERS.put("sgd_maximize", p -> new SGD(p, sgd().momentum(0.5).maximize(true)));
        OPTIMIZERS.put("rmsprop", p -> new RMSprop(p, RMSprop.options()));
        OPTIMIZERS.put(
                "rmsprop_options",
                p -> new RMSprop(p, RMSprop.options().alpha(0.9).eps(1e-6).weightDecay(0.1)));
        OPTIMIZERS.put(
                "rmsprop_momentum",
                p -> new RMSprop(p, RMSprop.options().momentum(0.9).maximize(true)));
        OPTIMIZERS.put(
                "rmsprop_centered",
                p -> new RMSprop(p, RMSprop.options().centered(true).momentum(0.5)));
        OPTIMIZERS.put("adam", p -> new Adam(p, 1e-3));
        OPTIMIZERS.put(
                "adam_options",
                p -> new Adam(p, adam().betas(0.8, 0.99).eps(1e-6).weightDecay(0.1)));
        OPTIMIZERS.put("adam_amsgrad", p -> new Adam(p, adam().amsgrad(true)));
        OPTIMIZERS.put("adam_maximize", p -> new Adam(p, adam().maximize(true)));
        OPTIMIZERS.put("adamw", p -> new AdamW(p, 1e-3));
        OPTIMIZERS.put(
                "adamw_options",
                p -> new AdamW(p, adamW().betas(0.8, 0.99).eps(1e-6).weightDecay(0.1)));
        OPTIMIZERS.put("adamw_amsgrad", p -> new AdamW(p, adamW().amsgrad(true).maximize(true)));
    }

    static Stream<String> names() {
        return OPTIMIZERS.keySet().stream();
    }

    /** The second parameter has no gradient in the third step. */
    @ParameterizedTest
    @MethodSource("names")
    void stepsArePythons(String name) {
        Torch.manualSeed(7);
        List<Parameter> parameters = List.of(new Parameter(Torch.randn(6, 9)), new Parameter(Torch.randn(7)));
        Optimizer<?> optimizer = OPTIMIZERS.get(name).apply(parameters);
        for (int step = 1; step <= STEPS; step++) {
            for (Parameter parameter : parameters) {
                parameter.tensor().grad(Torch.randn(parameter.tensor().shape()));
            }
            if (step == 3) {
                parameters.get(1).tensor().grad(null);
            }
            optimizer.step();
            for (int i = 0; i < parameters.size(); i++) {
                String key = name + "/" + step + "/" + i;
                if (GOLDEN.has(key)) {
                    GOLDEN.assertClose(key, parameters.get(i).tensor(), isExact(name) ? 0 : ONE_ULP);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sgd_momentum", "rmsprop", "adam", "adamw"})
    void aNetworkLearnsAsInPython(String name) {
        Torch.manualSeed(7);
        Sequential model = new Sequential(new Linear(6, 16), new ReLU(), new Linear(16, 4));
        Tensor x = Torch.randn(32, 6);
        Tensor y = Torch.randint(4, new long[] {32}, DType.INT64);
        Optimizer<?> optimizer = OPTIMIZERS.get(name).apply(model.parameters());
        float[] losses = new float[STEPS];
        for (int step = 0; step < STEPS; step++) {
            optimizer.zeroGrad();
            Tensor loss = Functional.crossEntropy(model.call(x), y);
            loss.backward();
            optimizer.step();
            losses[step] = loss.toFloat();
        }
        assertThat(losses[STEPS - 1]).isLessThan(losses[0]);
        TRAINING.assertClose(name, Torch.tensor(losses), 1e-6);
    }

    private static boolean isExact(String name) {
        return name.equals("sgd") || name.startsWith("rmsprop");
    }

    private static SGD.Options sgd() {
        return SGD.options().lr(0.1);
    }

    private static Adam.Options adam() {
        return Adam.options().lr(0.02);
    }

    private static Adam.Options adamW() {
        return AdamW.options().lr(0.02);
    }
}
