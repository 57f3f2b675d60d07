package org.torchbridge.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** Operators that choose their precision. */
class AutocastTest {
    private static final Device.Type CPU = Device.Type.CPU;
    /** A step of bfloat16. */
    private static final double STEP = 1.0 / 128;

    private Tensor a;
    private Tensor w;

    @BeforeEach
    void make() {
        a = Torch.linspace(-1, 1, 12).reshape(3, 4);
        w = Torch.linspace(-2, 1, 8).reshape(2, 4).detach().requiresGrad_();
    }

    @Test
    void typesAndValuesEqualPython() {
        Tensor image = Torch.linspace(-1, 1, 18).reshape(1, 2, 3, 3);
        Tensor kernel = Torch.linspace(0, 1, 16).reshape(2, 2, 2, 2);
        Tensor loss;
        try (Autocast autocast = Autocast.open(CPU, DType.BFLOAT16)) {
            Tensor linear = Torch.linear(a, w);
            Expected.assertClose("autocast.linear", linear, STEP);
            Expected.assertClose("autocast.matmul", a.matmul(a.t()), STEP);
            Expected.assertClose("autocast.conv", Torch.conv2d(image, kernel), STEP);
            Expected.assertClose("autocast.softmax", linear.softmax(1), STEP);
            Expected.assertClose("autocast.mse", Torch.mseLoss(linear, Torch.ones(3, 2)), STEP);
            Expected.assertClose("autocast.mixed", linear.add(Torch.ones(3, 2)), STEP);
            Expected.assertClose("autocast.relu", linear.relu(), STEP);
            Expected.assertClose("autocast.exp", linear.exp(), STEP);
            try (Autocast off = Autocast.open(CPU, null, false, true)) {
                Expected.assertClose("autocast.off", a.matmul(a.t()), 1e-6);
            }
            loss = Torch.mseLoss(Torch.linear(a, w), Torch.ones(3, 2));
        }
        loss.backward();
        Expected.assertClose("autocast.gradient", w.grad(), 2 * STEP);
    }

    @Test
    void blocksNestAndRestore() {
        assertThat(Autocast.isEnabled(CPU)).isFalse();
        assertThat(Autocast.dtype(CPU)).isEqualTo(DType.BFLOAT16);
        try (Autocast outer = Autocast.open(CPU, DType.FLOAT16)) {
            assertThat(Autocast.isEnabled(CPU)).isTrue();
            assertThat(Autocast.dtype(CPU)).isEqualTo(DType.FLOAT16);
            assertThat(Torch.linear(a, w).dtype()).isEqualTo(DType.FLOAT16);
            try (Autocast inner = Autocast.open(CPU, DType.BFLOAT16, true, false)) {
                assertThat(Autocast.isCacheEnabled()).isFalse();
                assertThat(Torch.linear(a, w.detach()).dtype()).isEqualTo(DType.BFLOAT16);
            }
            assertThat(Autocast.isCacheEnabled()).isTrue();
            assertThat(Autocast.dtype(CPU)).isEqualTo(DType.FLOAT16);
        }
        assertThat(Autocast.isEnabled(CPU)).isFalse();
        assertThat(Autocast.dtype(CPU)).isEqualTo(DType.BFLOAT16);
        assertThat(Torch.linear(a, w).dtype()).isEqualTo(DType.FLOAT32);
    }

    @Test
    void aChangedParameterIsConvertedAgainInTheNextBlock() {
        for (int step = 0; step < 3; step++) {
            try (Autocast autocast = Autocast.open(CPU);
                    var off = Torch.setGradEnabled(true)) {
                assertThat(Torch.linear(Torch.ones(1, 4), w).sum().toDouble()).isEqualTo(-4 + 8 * step);
            }
            try (var off = Torch.noGrad()) {
                w.add_(1);
            }
        }
    }

    @Test
    void typesOfFullPrecisionAreRefused() {
        assertThatThrownBy(() -> Autocast.open(CPU, DType.FLOAT64))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("autocast to torch.float64 is not possible; torch.bfloat16 and torch.float16 are");
    }
}
