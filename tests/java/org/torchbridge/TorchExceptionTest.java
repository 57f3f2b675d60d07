package org.torchbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.junit.jupiter.api.Test;

class TorchExceptionTest {
    @Test
    void messageIsLibtorchsFirstLine() {
        TorchException error = catchThrowableOfType(
                TorchException.class, () -> Torch.ones(2, 3).matmul(Torch.ones(2, 3)));

        assertThat(error).hasMessage("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)");
        assertThat(error.nativeTrace()).startsWith(error.getMessage());
    }

    @Test
    void nativeTraceHasEveryLine() {
        TorchException error = catchThrowableOfType(
                TorchException.class,
                () -> Torch.full(new long[] {2}, 1, TensorOptions.DEFAULT.layout(Layout.SPARSE_CSR)));

        assertThat(error.nativeTrace()).contains(error.getMessage());
        assertThat(error.getMessage()).doesNotContain("\n");
    }

    @Test
    void anErrorOfOursHasNoNativeTrace() {
        assertThat(new TorchException("no").nativeTrace()).isNull();
        assertThat(new TorchException("no", new IllegalStateException("why")).getCause())
                .hasMessage("why");
    }

    @Test
    void blankLinesAreNoMessage() {
        TorchException error = catchThrowableOfType(
                TorchException.class, () -> TorchException.raise("\n  \nthe reason\nthe rest".getBytes(), false, null));

        assertThat(error).hasMessage("the reason");
        assertThat(error.nativeTrace()).endsWith("the rest");
    }

    @Test
    void tooMuchMemoryIsAnErrorOfItsOwn() {
        assertThatThrownBy(() -> Torch.empty(1L << 50))
                .isInstanceOf(OutOfMemoryException.class)
                .hasMessageContaining("can't allocate memory");
    }

    @Test
    void theTraceNamesTheCallersLine() {
        TorchException error = catchThrowableOfType(TorchException.class, () -> Torch.cat(List.of()));

        assertThat(error.getStackTrace()).anySatisfy(element -> assertThat(element.getClassName())
                .isEqualTo(getClass().getName()));
    }

    @Test
    void missingTensorsAreNamed() {
        List<Tensor> tensors = new java.util.ArrayList<>();
        tensors.add(Torch.ones(1));
        tensors.add(null);

        assertThatThrownBy(() -> Torch.cat(tensors))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("element 1 of tensors is null");
    }

    @Test
    void missingNumbersAreNamed() {
        assertThatThrownBy(() -> Torch.ones(1).add((Number) null))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("a number is needed where null was given");
    }
}
