package org.torchbridge.onnx.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.DType;
import org.torchbridge.Torch;

/** Activation functions by versions; ExportedLayersTest has all with their options. */
class ActivationRulesTest extends ExportTest {
    @Test
    void operatorsAreUsedFromTheVersionOnThatHasThem() {
        assertThat(operators(opset(17), "torch.gelu(x)", random(3)))
                .contains("Erf")
                .doesNotContain("Gelu");
        assertThat(operators(opset(20), "torch.gelu(x)", random(3))).containsExactly("Gelu");
        assertThat(operators(opset(21), "torch.gelu(x)", random(3))).containsExactly("Gelu");
        assertThat(operators(opset(13), "torch.hardswish(x)", random(3))).contains("HardSigmoid");
        assertThat(operators(opset(17), "torch.hardswish(x)", random(3))).containsExactly("HardSwish");
    }

    @ParameterizedTest
    @ValueSource(ints = {13, 17, 18, 20, 21})
    void allVersionsGiveTheSame(int opset) {
        assertSame(opset(opset), "torch.gelu(x)", random(2, 3));
        assertSame(opset(opset), "torch.gelu(x, approximate='tanh')", random(2, 3));
        assertSame(opset(opset), "torch.mish(x)", random(2, 3));
        assertSame(opset(opset), "torch.hardswish(x)", random(2, 3));
    }

    @Test
    void softmaxOfANumberAloneIsOne() {
        assertSame("torch.softmax(x, 0)", Torch.tensor(2.5, DType.FLOAT32));
        assertSame("torch.log_softmax(x, -1)", Torch.tensor(2.5, DType.FLOAT32));
    }

    @Test
    void softmaxMayBeOfAnotherType() {
        assertSame("torch.softmax(x, 0, dtype=torch.float64)", random(3));
    }
}
