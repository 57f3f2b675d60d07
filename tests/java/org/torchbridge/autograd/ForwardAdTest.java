package org.torchbridge.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.ThreadMode;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;

/** Derivatives carried along forwards. */
class ForwardAdTest {
    private final Tensor x = Torch.tensor((Object) new double[] {0.5, 1});
    private final Tensor direction = Torch.tensor((Object) new double[] {1, 2});

    @Test
    void tangentsEqualPython() {
        try (ThreadMode level = ForwardAd.dualLevel()) {
            Tensor dual = ForwardAd.makeDual(x, direction);
            ForwardAd.UnpackedDualTensor result =
                    ForwardAd.unpackDual(dual.sin().mul(dual));

            Expected.assertClose("forward.value", result.primal());
            Expected.assertClose("forward.tangent", result.tangent());
            assertThat(ForwardAd.unpackDual(x).tangent()).isNull();
        }
    }

    @Test
    void tangentsEndWithTheBlock() {
        Tensor dual;
        try (ThreadMode level = ForwardAd.dualLevel()) {
            dual = ForwardAd.makeDual(x, direction);
        }
        try (ThreadMode level = ForwardAd.dualLevel()) {
            assertThat(ForwardAd.unpackDual(dual).tangent()).isNull();
        }
    }

    @Test
    void noneAreCarriedWhereTheyAreSwitchedOff() {
        try (ThreadMode level = ForwardAd.dualLevel();
                ThreadMode off = ForwardAd.setEnabled(false)) {
            Tensor dual = ForwardAd.makeDual(x, direction);
            assertThat(ForwardAd.unpackDual(dual.sin()).tangent()).isNull();
        }
    }

    @Test
    void errorsSayWhatToDo() {
        assertThatThrownBy(() -> ForwardAd.makeDual(x, direction))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no dual level is open");
        try (ThreadMode level = ForwardAd.dualLevel()) {
            assertThatThrownBy(() -> ForwardAd.makeDual(x.to(DType.INT64), direction))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("floating-point");
            assertThatThrownBy(() -> ForwardAd.makeDual(x, Torch.ones(3))).isInstanceOf(TorchException.class);
        }
    }
}
