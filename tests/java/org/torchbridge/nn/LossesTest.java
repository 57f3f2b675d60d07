package org.torchbridge.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** Each loss against Python: value and gradient. */
class LossesTest {
    private static final Golden GOLDEN = Golden.values("/nn/losses.txt");
    private static final double TOLERANCE = 1e-6;
    private static final Tensor CLASS_WEIGHT = Torch.tensor(0.5f, 1, 2, 0.25f);
    private static final Tensor CLASSES = Torch.tensor(1L, 3, 0, 2, 3, 1);

    private static final Map<String, Supplier<Loss>> LOSSES = new LinkedHashMap<>();

    static {
        LOSSES.put("cross_entropy", CrossEntropyLoss::new);
        LOSSES.put(
                "cross_entropy_sum",
                () -> crossEntropy(CrossEntropyLoss.options().reduction(Reduction.SUM)));
        LOSSES.put(
                "cross_entropy_none",
                () -> crossEntropy(CrossEntropyLoss.options().reduction(Reduction.NONE)));
        LOSSES.put(
                "cross_entropy_weight",
                () -> crossEntropy(CrossEntropyLoss.options().weight(CLASS_WEIGHT)));
        LOSSES.put(
                "cross_entropy_ignore",
                () -> crossEntropy(CrossEntropyLoss.options().ignoreIndex(3)));
        LOSSES.put(
                "cross_entropy_smoothing",
                () -> crossEntropy(
                        CrossEntropyLoss.options().weight(CLASS_WEIGHT).labelSmoothing(0.1)));
        LOSSES.put("nll", NLLLoss::new);
        LOSSES.put("nll_options", LossesTest::nllWithOptions);
        LOSSES.put("nll_none", () -> new NLLLoss(NLLLoss.options().reduction(Reduction.NONE)));
        LOSSES.put("mse", MSELoss::new);
        LOSSES.put("mse_sum", () -> new MSELoss(Reduction.SUM));
        LOSSES.put("mse_none", () -> new MSELoss(Reduction.NONE));
    }

    static Stream<String> names() {
        return LOSSES.keySet().stream();
    }

    /** The losses by the names they have in the files of expected values. */
    static Map<String, Supplier<Loss>> losses() {
        return LOSSES;
    }

    @ParameterizedTest
    @MethodSource("names")
    void computesWhatPythonComputes(String name) {
        Torch.manualSeed(7);
        Tensor x = Torch.randn(6, 4).requiresGrad(true);
        Tensor loss = LOSSES.get(name).get().forward(x, name.startsWith("mse") ? Torch.randn(6, 4) : CLASSES);
        loss.sum().backward();
        GOLDEN.assertClose(name + "/output", loss, TOLERANCE);
        GOLDEN.assertClose(name + "/gradient", x.grad(), TOLERANCE);
    }

    @Test
    void squaredErrorsAreBroadcast() {
        Tensor loss = new MSELoss(Reduction.SUM).forward(Torch.zeros(3, 1), Torch.ones(4));
        assertThat(loss.toDouble()).isEqualTo(12);
    }

    @Test
    void classWeightsAreABuffer() {
        Loss loss = crossEntropy(CrossEntropyLoss.options().weight(CLASS_WEIGHT));
        assertThat(loss.stateDict().keySet()).containsExactly("weight");
        assertThat(new CrossEntropyLoss().stateDict()).isEmpty();
    }

    private static Loss crossEntropy(CrossEntropyLoss.Options options) {
        return new CrossEntropyLoss(options);
    }

    private static Loss nllWithOptions() {
        return new NLLLoss(NLLLoss.options().weight(CLASS_WEIGHT).ignoreIndex(1).reduction(Reduction.SUM));
    }
}
