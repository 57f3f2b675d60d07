package org.torchbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda", "cuda:0", "cuda:7", "meta", "mps", "xpu:1", "privateuseone"})
    void textGoesBothWays(String text) {
        assertThat(Device.of(text)).hasToString(text);
    }

    @ParameterizedTest
    @EnumSource
    void nativeNumbersGoBothWays(Device.Type type) {
        for (int index : new int[] {-1, 0, 3, 127}) {
            Device device = new Device(type, index);
            assertThat(Device.decode(device.encode())).isEqualTo(device);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "cuda:", "cuda:-1", "cuda:01", "cuda 1", "CPU"})
    void otherTextIsRefused(String text) {
        assertThatThrownBy(() -> Device.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "' is not a device");
    }

    @Test
    void indexIsLimited() {
        assertThatThrownBy(() -> new Device(Device.Type.CUDA, 128)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Device(Device.Type.CUDA, -2)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tensorsKnowTheirs() {
        assertThat(Torch.zeros(2).device()).isEqualTo(Device.CPU);
        assertThat(Torch.zeros(2).device().isCpu()).isTrue();
        Tensor meta = Torch.zeros(new long[] {2, 3}, TensorOptions.of(Device.META));
        assertThat(meta.device()).isEqualTo(Device.META);
        assertThat(meta.matmul(meta.t()).shape()).containsExactly(2, 2);
    }

    @Test
    void movingWithinADeviceChangesNothing() {
        Tensor tensor = Torch.ones(3);

        assertThat(tensor.cpu().isSame(tensor)).isTrue();
        assertThat(tensor.to(Device.META).device()).isEqualTo(Device.META);
    }

    @Test
    void cudaIsRefusedWhereThereIsNone() {
        assumeFalse(Torch.isCudaAvailable(), "there is a CUDA device");

        assertThatThrownBy(() -> Torch.zeros(new long[] {1}, TensorOptions.of(Device.of("cuda"))))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("CUDA");
    }
}
