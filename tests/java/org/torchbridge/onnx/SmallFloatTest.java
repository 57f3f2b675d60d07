package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SmallFloatTest {
    private static SmallFloat of(ElementType type) {
        return SmallFloat.of(type);
    }

    @Test
    void fourBitsHaveSixteenNumbers() {
        assertThat(of(ElementType.FLOAT4E2M1).values())
                .containsExactly(0, 0.5f, 1, 1.5f, 2, 3, 4, 6, -0f, -0.5f, -1, -1.5f, -2, -3, -4, -6);
    }

    @Test
    void sixBitsAreWideOrFine() {
        float[] wide = of(ElementType.FLOAT6E3M2).values();
        float[] fine = of(ElementType.FLOAT6E2M3).values();

        assertThat(Arrays.copyOf(wide, 10))
                .containsExactly(0, 0.0625f, 0.125f, 0.1875f, 0.25f, 0.3125f, 0.375f, 0.4375f, 0.5f, 0.625f);
        assertThat(Arrays.copyOf(fine, 10))
                .containsExactly(0, 0.125f, 0.25f, 0.375f, 0.5f, 0.625f, 0.75f, 0.875f, 1, 1.125f);
        assertThat(wide[63]).isEqualTo(-28);
        assertThat(fine[63]).isEqualTo(-7.5f);
    }

    @Test
    void theLargestNumberIsTheLastOfThePositiveOnes() {
        assertThat(of(ElementType.FLOAT4E2M1).largest()).isEqualTo(6);
        assertThat(of(ElementType.FLOAT6E2M3).largest()).isEqualTo(7.5f);
        assertThat(of(ElementType.FLOAT6E3M2).largest()).isEqualTo(28);
    }

    @Test
    void otherTypesHaveNoSuchForm() {
        assertThat(SmallFloat.of(ElementType.FLOAT)).isNull();
    }
}
