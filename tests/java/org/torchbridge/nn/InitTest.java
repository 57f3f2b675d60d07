package org.torchbridge.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Init.FanMode;
import org.torchbridge.nn.Init.Nonlinearity;

/** The same seed gives Python's first values, to the bit. */
class InitTest {
    private static final Golden GOLDEN = Golden.values("/nn/inits.txt");

    private static final Map<String, Consumer<Tensor>> INITS = Map.of(
            "uniform", t -> Init.uniform_(t, -2, 3),
            "normal", t -> Init.normal_(t, 1, 2),
            "kaiming_uniform", Init::kaimingUniform_,
            "kaiming_uniform_options", t -> Init.kaimingUniform_(t, 0.2, FanMode.FAN_OUT, Nonlinearity.LEAKY_RELU),
            "kaiming_normal", Init::kaimingNormal_,
            "kaiming_normal_options", t -> Init.kaimingNormal_(t, 0, FanMode.FAN_OUT, Nonlinearity.RELU),
            "kaiming_normal_tanh", t -> Init.kaimingNormal_(t, 0, FanMode.FAN_IN, Nonlinearity.TANH),
            "kaiming_normal_selu", t -> Init.kaimingNormal_(t, 0, FanMode.FAN_IN, Nonlinearity.SELU),
            "xavier_uniform", Init::xavierUniform_,
            "xavier_normal_options", t -> Init.xavierNormal_(t, 1.5));

    static Stream<String> names() {
        return INITS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void drawsWhatPythonDraws(String name) {
        Torch.manualSeed(7);
        Tensor tensor = Torch.empty(4, 3, 2, 3);
        INITS.get(name).accept(tensor);
        GOLDEN.assertSame(name, tensor);
    }

    @Test
    void parametersAreFilledWithoutGradients() {
        Linear linear = new Linear(2, 3);
        assertThat(Init.ones_(linear.weight.tensor()).toFloatArray()).containsOnly(1);
        assertThat(Init.constant_(linear.bias.tensor(), 2.5).toFloatArray()).containsOnly(2.5f);
        assertThat(linear.weight.tensor().gradFunctionName()).isNull();
    }

    @Test
    void fansNeedTwoDimensions() {
        assertThat(Init.calculateFans(Torch.empty(4, 3, 2, 3))).isEqualTo(new Init.Fans(18, 24));
        assertThatThrownBy(() -> Init.kaimingUniform_(Torch.empty(4)))
                .hasMessage("fan in and fan out need a tensor of two or more dimensions; it has 1");
    }
}
