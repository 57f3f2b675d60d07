package org.torchbridge.vision.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.BatchNorm2d;
import org.torchbridge.nn.GroupNorm;
import org.torchbridge.nn.Hardsigmoid;
import org.torchbridge.nn.Hardswish;
import org.torchbridge.nn.LayerNorm;
import org.torchbridge.nn.SiLU;
import org.torchbridge.nn.Size;
import org.torchbridge.nn.Tanh;

/** What the rows of torchvision's layers do not say: layers that are made by functions, and state of other layers. */
class LayersTest {

    @Test
    void aFrozenBatchNormTakesTheStateOfALearningOne() {
        BatchNorm2d learning = new BatchNorm2d(3);
        learning.call(Torch.randn(4, 3, 2, 2));
        learning.eval();
        FrozenBatchNorm2d frozen = new FrozenBatchNorm2d(3);

        assertThat(frozen.loadStateDict(learning.stateDict()).unexpected()).isEmpty();

        Tensor x = Torch.randn(2, 3, 2, 2);
        assertThat(frozen.call(x).allclose(learning.call(x), 1e-5, 1e-6)).isTrue();
        assertThat(frozen.parameters()).isEmpty();
    }

    @Test
    void normalisationsAndActivationsAreMadeByFunctions() {
        Conv2dNormActivation block = new Conv2dNormActivation(
                2,
                4,
                Conv2dNormActivation.options()
                        .normLayer(channels -> new GroupNorm(2, channels))
                        .activationLayer(Hardswish::new));
        assertThat(block.get(1)).isInstanceOf(GroupNorm.class);
        assertThat(block.get(2)).hasToString("Hardswish()");
        assertThat(block.outChannels()).isEqualTo(4);

        MLP mlp = new MLP(
                3,
                new long[] {4, 2},
                MLP.options().normLayer(channels -> new LayerNorm(channels)).activationLayer(inplace -> new Tanh()));
        assertThat(mlp.get(1)).isInstanceOf(LayerNorm.class);
        assertThat(mlp.get(2)).isInstanceOf(Tanh.class);

        SqueezeExcitation squeeze = new SqueezeExcitation(4, 2, SiLU::new, Hardsigmoid::new);
        assertThat(squeeze.activation).isInstanceOf(SiLU.class);
        assertThat(squeeze.scaleActivation).isInstanceOf(Hardsigmoid.class);
    }

    @Test
    void whatDoesNotFitIsAnError() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DeformConv2d(
                        3, 4, Size.of(3), DeformConv2d.options().groups(2)))
                .withMessageContaining("groups is 2");
        assertThatIllegalArgumentException().isThrownBy(() -> new MLP(3)).withMessageContaining("no hidden channels");
    }
}
