package org.torchbridge.nn.utils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Golden;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.Parameter;

/** Clipped gradients and vectors of parameters against Python. */
class ClipGradTest {
    private static final double ONE_ULP = Math.scalb(1.0, -23);
    private static final Golden GOLDEN = Golden.values("/optim/clipping.txt");
    private static final Map<String, Function<List<Parameter>, Tensor>> CALLS = new LinkedHashMap<>();

    static {
        CALLS.put("norm", p -> ClipGrad.clipGradNorm_(p, 1));
        CALLS.put("norm_large", p -> ClipGrad.clipGradNorm_(p, 100));
        CALLS.put("norm_1", p -> ClipGrad.clipGradNorm_(p, 2, 1));
        CALLS.put("norm_3", p -> ClipGrad.clipGradNorm_(p, 0.5, 3));
        CALLS.put("norm_inf", p -> ClipGrad.clipGradNorm_(p, 0.5, Double.POSITIVE_INFINITY, true));
        CALLS.put("value", p -> {
            ClipGrad.clipGradValue_(p, 0.4);
            return Torch.tensor(0f);
        });
    }

    static Stream<String> names() {
        return CALLS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void gradientsBecomePythons(String name) {
        Torch.manualSeed(7);
        List<Parameter> parameters = parameters();
        GOLDEN.assertClose(name, CALLS.get(name).apply(parameters), ONE_ULP);
        for (int i = 0; i < 2; i++) {
            GOLDEN.assertClose(name + "/" + i, parameters.get(i).grad(), ONE_ULP);
        }
    }

    @Test
    void bothStepsOfClippingGiveTheSame() {
        Torch.manualSeed(7);
        List<Parameter> parameters = parameters();
        List<Tensor> gradients =
                List.of(parameters.get(0).grad(), parameters.get(1).grad());
        Tensor norm = ClipGrad.getTotalNorm(gradients);
        ClipGrad.clipGradsWithNorm_(parameters, 1, norm);
        GOLDEN.assertClose("norm", norm, ONE_ULP);
        GOLDEN.assertClose("norm/0", parameters.get(0).grad(), ONE_ULP);
    }

    @Test
    void gradientsOfSeveralTypesHaveOneNorm() {
        Parameter single = new Parameter(Torch.zeros(1));
        Parameter twice = new Parameter(Torch.zeros(new long[] {1}, DType.FLOAT64));
        single.tensor().grad(Torch.full(new long[] {1}, 3.0));
        twice.tensor().grad(Torch.tensor(new double[] {4}));
        assertThat(ClipGrad.clipGradNorm_(List.of(single, twice), 1).toDouble()).isEqualTo(5);
        assertThat(twice.grad().dtype()).isEqualTo(DType.FLOAT64);
        assertThat(twice.grad().toDouble()).isCloseTo(0.8, offset(1e-6));
    }

    @Test
    void aNormThatIsNoNumberIsAnErrorOnDemand() {
        Parameter parameter = new Parameter(Torch.zeros(2));
        assertThat(ClipGrad.clipGradNorm_(List.of(parameter), 1).toDouble()).isZero();
        parameter.tensor().grad(Torch.tensor(1f, Float.POSITIVE_INFINITY));
        assertThatThrownBy(() -> ClipGrad.clipGradNorm_(List.of(parameter), 1, 2, true))
                .hasMessageContaining("The total norm of order 2.0 for gradients from `parameters` is non-finite");
        assertThat(parameter.grad().toFloatArray()).containsExactly(1, Float.POSITIVE_INFINITY);
        assertThat(ClipGrad.clipGradNorm_(List.of(parameter), 1).toDouble()).isInfinite();
    }

    @Test
    void parametersBecomeAVectorAndComeBack() {
        Torch.manualSeed(7);
        Linear layer = new Linear(3, 2);
        Tensor vector = ConvertParameters.parametersToVector(layer.parameters());
        GOLDEN.assertSame("vector", vector);
        vector.sum().backward();
        assertThat(layer.bias.grad().toFloatArray()).containsExactly(1, 1);

        Tensor other = Torch.arange(8).to(DType.FLOAT32);
        ConvertParameters.vectorToParameters(other, layer.parameters());
        assertThat(layer.weight.tensor().toFloatArray()).containsExactly(0, 1, 2, 3, 4, 5);
        other.fill_(7);
        assertThat(layer.bias.tensor().toFloatArray()).containsExactly(7, 7);
        assertThatThrownBy(() -> ConvertParameters.vectorToParameters(Torch.zeros(9), layer.parameters()))
                .hasMessageContaining("a row of 8 is expected");
    }

    private static List<Parameter> parameters() {
        List<Parameter> parameters =
                List.of(new Parameter(Torch.randn(4, 3)), new Parameter(Torch.randn(5)), new Parameter(Torch.randn(2)));
        for (Parameter parameter : parameters.subList(0, 2)) {
            parameter.tensor().grad(Torch.randn(parameter.tensor().shape()));
        }
        return parameters;
    }
}
