package org.torchbridge.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.DType;
import org.torchbridge.GradMode;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.BatchNorm1d;
import org.torchbridge.nn.Golden;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.Parameter;
import org.torchbridge.nn.Sequential;

/** Averages of a model that changes three times, against Python. */
class AveragedModelTest {
    private static final double TWO_ULPS = Math.scalb(1.0, -22);
    private static final Golden GOLDEN = Golden.values("/optim/averages.txt");
    private static final Map<String, AveragedModel.Options> OPTIONS = new LinkedHashMap<>();

    static {
        AveragedModel.Options options = AveragedModel.options();
        OPTIONS.put("mean", options);
        OPTIONS.put("mean_buffers", options.useBuffers(true));
        OPTIONS.put("ema", options.multiAvgFn(SwaUtils.getEmaMultiAvgFn(0.9)));
        OPTIONS.put("ema_buffers", options.avgFn(SwaUtils.getEmaAvgFn(0.9)).useBuffers(true));
    }

    static Stream<String> names() {
        return OPTIONS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void averagesArePythons(String name) {
        Torch.manualSeed(7);
        Sequential model = new Sequential(new Linear(3, 4), new BatchNorm1d(4));
        AveragedModel<Sequential> averaged = new AveragedModel<>(model, OPTIONS.get(name));
        for (int i = 0; i < 3; i++) {
            try (GradMode mode = Torch.noGrad()) {
                for (Parameter parameter : model.parameters()) {
                    parameter.tensor().add_(Torch.randn(parameter.tensor().shape()));
                }
            }
            model.call(Torch.randn(6, 3));
            averaged.updateParameters(model);
        }
        if (name.equals("mean")) {
            SwaUtils.updateBn(List.of(Torch.randn(6, 3), Torch.randn(6, 3), Torch.randn(6, 3)), averaged);
            BatchNorm1d norm = (BatchNorm1d) averaged.module.get(1);
            assertThat(norm.settings().momentum()).isEqualTo(0.1);
        }
        assertThat(averaged.stateDict().keySet()).startsWith("n_averaged", "module.0.weight");
        averaged.stateDict()
                .forEach((key, value) -> GOLDEN.assertClose(name + "/" + key, value.to(DType.FLOAT32), TWO_ULPS));
        averaged.eval();
        GOLDEN.assertClose(name + "/output", averaged.call(Torch.ones(2, 3)), 1e-6);
    }

    @Test
    void allWaysOfAveragingAgree() {
        float[] expected = average(AveragedModel.options());
        assertThat(expected).containsExactly(2, 2, 2);
        assertThat(average(AveragedModel.options().avgFn(SwaUtils.getSwaAvgFn())))
                .isEqualTo(expected);
        assertThat(average(AveragedModel.options().multiAvgFn(SwaUtils.getSwaMultiAvgFn())))
                .isEqualTo(expected);
    }

    private static float[] average(AveragedModel.Options options) {
        Linear model = new Linear(3, 1);
        AveragedModel<Linear> averaged = new AveragedModel<>(model, options);
        for (int i = 1; i <= 3; i++) {
            model.weight.tensor().detach().fill_(i);
            averaged.updateParameters(model);
        }
        return averaged.module.weight.tensor().toFloatArray();
    }

    @Test
    void theModelAndItsAverageAreApart() {
        Linear model = new Linear(2, 1);
        float[] before = model.weight.tensor().toFloatArray();
        AveragedModel<Linear> averaged = new AveragedModel<>(model);
        averaged.module.weight.tensor().detach().zero_();
        assertThat(model.weight.tensor().toFloatArray()).isEqualTo(before);
    }

    @Test
    void whatCannotBeIsRefused() {
        AveragedModel.Options both = AveragedModel.options().avgFn(SwaUtils.getSwaAvgFn());
        assertThatThrownBy(() -> both.multiAvgFn(SwaUtils.getSwaMultiAvgFn()))
                .hasMessage("Only one of avg_fn and multi_avg_fn should be provided");
        assertThatThrownBy(() -> SwaUtils.getEmaAvgFn(1.5)).hasMessageContaining("Invalid decay value 1.5");
        Module several = new Module() {
            public Linear first = new Linear(1, 1);
        };
        Tensor input = Torch.ones(1, 1);
        AveragedModel<Module> averaged = new AveragedModel<>(several);
        assertThatThrownBy(() -> averaged.call(input)).hasMessageContaining("call averaged.module instead");
    }
}
