package org.torchbridge.nn.utils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.torchbridge.Device;
import org.torchbridge.MemoryFormat;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.BatchNorm1d;
import org.torchbridge.nn.Conv2d;
import org.torchbridge.nn.Conv3d;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.Parameter;
import org.torchbridge.nn.Sequential;

class StatelessTest {
    private final Linear linear = new Linear(2, 3);
    private final Sequential model = new Sequential(linear, new BatchNorm1d(3));
    private final Tensor x = Torch.ones(4, 2);

    @Test
    void otherTensorsTakeThePlaceForOneCall() {
        Parameter weight = linear.weight;
        Tensor given = Torch.zeros(3, 2).requiresGrad(true);
        Tensor output = Stateless.functionalCall(linear, Map.of("weight", given), x);
        assertThat(output.get(0).toFloatArray()).isEqualTo(linear.bias.tensor().toFloatArray());
        output.sum().backward();
        assertThat(given.grad().toFloatArray()).containsOnly(4);
        assertThat(linear.weight).isSameAs(weight);
        assertThat(linear.computed()).isEmpty();
        assertThat(weight.grad()).isNull();
    }

    @Test
    void buffersAreChangedInWhatIsGiven() {
        Tensor mean = Torch.full(new long[] {3}, 5.0);
        Stateless.functionalCall(model, Map.of("1.running_mean", mean), x);
        assertThat(mean.toFloatArray()).doesNotContain(5);
        assertThat(model.tensor("1.running_mean").toFloatArray()).containsOnly(0);
    }

    @Test
    void sharedParametersAreReplacedTogether() {
        Linear other = new Linear(2, 3);
        other.weight = linear.weight;
        Sequential both = new Sequential(linear, other);
        Map<String, Tensor> given = new LinkedHashMap<>(Map.of("0.weight", Torch.zeros(3, 2)));
        assertThat(Stateless.<Tensor>functionalCall(both, given, () -> other.call(x))
                        .get(0)
                        .toFloatArray())
                .isEqualTo(other.bias.tensor().toFloatArray());
        assertThat(Stateless.<Tensor>functionalCall(both, given, () -> other.call(x), false, false)
                        .toFloatArray())
                .isEqualTo(other.call(x).toFloatArray());
        given.put("1.weight", Torch.ones(3, 2));
        assertThatThrownBy(() -> Stateless.functionalCall(both, given, () -> other.call(x)))
                .hasMessageContaining("is shared with another name");
    }

    @Test
    void everythingIsPutBackEvenIfTheCallFails() {
        Parameter weight = linear.weight;
        assertThatThrownBy(() -> Stateless.functionalCall(linear, Map.of("weight", Torch.ones(7, 7)), x))
                .isInstanceOf(RuntimeException.class);
        assertThat(linear.weight).isSameAs(weight);
        assertThatThrownBy(() -> Stateless.functionalCall(linear, Map.of("x", x), x))
                .hasMessage("Unexpected key(s): [x]; there are [weight, bias]");
        assertThatThrownBy(() -> Stateless.functionalCall(linear, Map.of("bias", Torch.ones(3)), () -> 1, true, true))
                .hasMessage("Missing key(s): [weight]");
    }

    @Test
    void modulesCanBeMadeWithoutFirstValues() {
        Torch.manualSeed(7);
        double expected = Torch.rand(1).toDouble();
        Torch.manualSeed(7);
        Sequential made = SkipInit.skipInit(() -> new Sequential(new Linear(2, 3), new BatchNorm1d(3)));
        assertThat(Torch.rand(1).toDouble()).isEqualTo(expected);
        assertThat(Torch.getDefaultDevice()).isEqualTo(Device.CPU);
        assertThat(made.parameters())
                .allMatch(parameter -> parameter.tensor().device().isCpu() && parameter.requiresGrad());
        made.loadStateDict(model.stateDict());
        assertThat(made.eval().stateDict().keySet()).isEqualTo(model.stateDict().keySet());
        assertThat(made.call(x).toFloatArray())
                .isEqualTo(((Sequential) model.eval()).call(x).toFloatArray());
    }

    @Test
    void weightsOfConvolutionsChangeTheirOrder() {
        Sequential net = new Sequential(new Conv2d(2, 3, 3), new Linear(2, 2), new Conv3d(2, 2, 2));
        Tensor weight = net.getParameter("0.weight").tensor();
        float[] before = weight.toFloatArray();
        MemoryFormats.convertConv2dWeightMemoryFormat(net, MemoryFormat.CHANNELS_LAST);
        assertThat(weight.strides()).containsExactly(18, 1, 6, 2);
        assertThat(weight.toFloatArray()).isEqualTo(before);
        MemoryFormats.convertConv3dWeightMemoryFormat(net, MemoryFormat.CHANNELS_LAST_3D);
        assertThat(net.tensor("2.weight").strides()).containsExactly(16, 1, 8, 4, 2);
        Sequential other = new Sequential(new Conv2d(2, 3, 3), new Linear(2, 2));
        other.to(MemoryFormat.CHANNELS_LAST);
        assertThat(other.tensor("0.weight").strides()).containsExactly(18, 1, 6, 2);
    }

    @Test
    void onlyLayersInEvaluationModeAreFused() {
        assertThatThrownBy(() -> Fusion.fuseLinearBnEval(linear, new BatchNorm1d(3)))
                .hasMessageContaining("call eval() first");
        linear.eval();
        BatchNorm1d plain = new BatchNorm1d(3, BatchNorm1d.options().affine(false));
        plain.runningMean.tensor().normal_();
        plain.eval();
        Linear fused = Fusion.fuseLinearBnEval(linear, plain);
        assertThat(fused.call(x).allclose(plain.call(linear.call(x)), 1e-5, 1e-6))
                .isTrue();
    }
}
