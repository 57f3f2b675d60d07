package org.torchbridge.nn.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.nn.Functional;

class SdpaKernelTest {
    private final Tensor x = Torch.randn(1, 2, 8, 4).requiresGrad(true);

    @Test
    void attentionIsComputedByWhatIsAllowed() {
        Tensor chosen = attend();
        assertThat(chosen.gradFunctionName()).isEqualTo("ScaledDotProductFlashAttentionForCpuBackward0");
        try (SdpaKernel kernel = SdpaKernel.of(SDPBackend.MATH)) {
            Tensor plain = attend();
            assertThat(plain.gradFunctionName()).isNotEqualTo(chosen.gradFunctionName());
            assertThat(Torch.allclose(plain, chosen, 1e-5, 1e-6)).isTrue();
        }
        assertThat(attend().gradFunctionName()).isEqualTo(chosen.gradFunctionName());
    }

    @Test
    void whatTheDeviceDoesNotHaveIsAnError() {
        try (SdpaKernel kernel = SdpaKernel.of(SDPBackend.CUDNN_ATTENTION)) {
            assertThatThrownBy(this::attend)
                    .isInstanceOf(TorchException.class)
                    .hasMessageContaining("No viable backend for scaled_dot_product_attention was found");
        }
        assertThatThrownBy(SdpaKernel::of).hasMessage("no backend is given; one or more are expected");
    }

    @Test
    void blocksNestAndRestoreWhatWasAllowed() {
        Set<SDPBackend> atFirst = SdpaKernel.enabled();
        assertThat(atFirst).contains(SDPBackend.MATH, SDPBackend.FLASH_ATTENTION);
        SdpaKernel outer = SdpaKernel.of(SDPBackend.MATH, SDPBackend.EFFICIENT_ATTENTION);
        try (SdpaKernel inner = SdpaKernel.of(SDPBackend.FLASH_ATTENTION)) {
            assertThat(SdpaKernel.enabled()).containsExactly(SDPBackend.FLASH_ATTENTION);
        }
        assertThat(SdpaKernel.enabled()).containsExactly(SDPBackend.MATH, SDPBackend.EFFICIENT_ATTENTION);
        outer.close();
        outer.close();
        assertThat(SdpaKernel.enabled()).isEqualTo(atFirst);
    }

    private Tensor attend() {
        return Functional.scaledDotProductAttention(x, x, x);
    }
}
