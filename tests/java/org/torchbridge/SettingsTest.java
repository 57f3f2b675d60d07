package org.torchbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SettingsTest {
    private final int threads = Torch.getNumThreads();

    @AfterEach
    void restore() {
        Torch.setDefaultDType(DType.FLOAT32);
        Torch.setDefaultDevice(Device.CPU);
        Torch.setNumThreads(threads);
        Torch.useDeterministicAlgorithms(false);
    }

    @Test
    void version() {
        assertThat(Torch.version()).isEqualTo("2.10.0");
    }

    @Test
    void defaultTypeIsThatOfFactories() {
        assertThat(Torch.getDefaultDType()).isEqualTo(DType.FLOAT32);

        Torch.setDefaultDType(DType.FLOAT64);

        assertThat(Torch.getDefaultDType()).isEqualTo(DType.FLOAT64);
        assertThat(Torch.zeros(2).dtype()).isEqualTo(DType.FLOAT64);
        assertThat(Torch.tensor((Object) 0.5).dtype()).isEqualTo(DType.FLOAT64);
        assertThat(Torch.tensor(Scalar.complex(0, 1)).dtype()).isEqualTo(DType.COMPLEX128);
        assertThat(Torch.tensor(1L).add(0.5).dtype()).isEqualTo(DType.FLOAT64);
        assertThat(Torch.tensor(0.5f, 1f).dtype()).isEqualTo(DType.FLOAT32);
    }

    @Test
    void defaultTypeIsAFloatingPointType() {
        assertThatThrownBy(() -> Torch.setDefaultDType(DType.INT64))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("torch.int64");
        assertThatThrownBy(() -> Torch.setDefaultDType(DType.COMPLEX64)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void defaultDeviceIsThatOfFactoriesAlone() {
        Tensor before = Torch.ones(2);

        Torch.setDefaultDevice(Device.META);

        assertThat(Torch.getDefaultDevice()).isEqualTo(Device.META);
        assertThat(Torch.zeros(2).device()).isEqualTo(Device.META);
        assertThat(Torch.rand(new long[] {2}, DType.FLOAT64).device()).isEqualTo(Device.META);
        assertThat(Torch.tensor(1f, 2f).device()).isEqualTo(Device.META);
        assertThat(Torch.zeros(new long[] {2}, TensorOptions.of(Device.CPU)).device())
                .isEqualTo(Device.CPU);
        assertThat(before.add(1).device()).isEqualTo(Device.CPU);
        assertThat(before.newZeros(2).device()).isEqualTo(Device.CPU);
    }

    @Test
    void threads() {
        Torch.setNumThreads(1);

        assertThat(Torch.getNumThreads()).isEqualTo(1);
        assertThat(threads).isBetween(1, Runtime.getRuntime().availableProcessors());
        assertThatThrownBy(() -> Torch.setNumThreads(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 or more");
    }

    @Test
    void deterministicAlgorithmsRefuseOthers() {
        Torch.useDeterministicAlgorithms(true);

        // What put_ writes with accumulation is in no fixed order.
        assertThatThrownBy(() -> Torch.zeros(4).put_(Torch.tensor(0L, 0L), Torch.ones(2), false))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("deterministic");
    }
}
