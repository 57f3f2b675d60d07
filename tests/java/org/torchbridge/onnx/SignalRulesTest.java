package org.torchbridge.onnx;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

class SignalRulesTest extends RuleTest {
    private static Tensor number(long value) {
        return Torch.tensor(value);
    }

    @ParameterizedTest
    @ValueSource(longs = {17, 20})
    void realAndComplexSignalsAreTransformed(long version) {
        assertSame(OneNode.of("DFT", version).input(random(2, 6, 1)));
        assertSame(OneNode.of("DFT", version).input(random(2, 6, 2)));
        assertSame(OneNode.of("DFT", version).flag("inverse").input(random(2, 6, 2)));
    }

    @Test
    void ofRealSignalsHalfIsEnough() {
        assertSame(OneNode.of("DFT", 17).flag("onesided").input(random(2, 6, 1)));
        assertSame(OneNode.of("DFT", 20).flag("onesided").input(random(2, 7, 1)));
    }

    /** ONNX Runtime refuses it; {@code irfft} is what the specification names. */
    @ParameterizedTest
    @ValueSource(longs = {17, 20})
    void ofHalfOfASpectrumTheSignalIsReal(long version) {
        Tensor half = random(2, 4, 2);
        OneNode node = OneNode.of("DFT", version).flag("inverse").flag("onesided");
        Tensor complex = Torch.viewAsComplex(half);

        assertResults(
                node.input(half), List.of(Torch.fftIrfft(complex, null, 1, null).unsqueeze(-1)));
        assertResults(
                node.input(number(7)),
                List.of(Torch.fftIrfft(complex, 7L, 1, null).unsqueeze(-1)));
    }

    @Test
    void signalsAreCutOrFilledUpToALength() {
        assertSame(OneNode.of("DFT", 17).input(random(2, 6, 1)).input(number(4)));
        assertSame(OneNode.of("DFT", 17).input(random(2, 6, 1)).input(number(9)));
    }

    @Test
    void theAxisIsAnAttributeOrAnInput() {
        assertSame(OneNode.of("DFT", 17).integer("axis", 2).input(random(2, 3, 4, 2)));
        assertSame(OneNode.of("DFT", 20).input(random(2, 3, 4, 1)).none().input(number(1)));
        assertSame(OneNode.of("DFT", 20).input(random(2, 3, 4, 1)).none().weight(Torch.tensor(-3L)));
    }

    @Test
    void framesAreWeightedByAWindow() {
        assertSame(OneNode.of("STFT", 17)
                .input(random(1, 30, 1))
                .weight(number(4))
                .input(random(8).abs()));
        assertSame(OneNode.of("STFT", 17)
                .integer("onesided", 0)
                .input(random(2, 30, 1))
                .weight(number(5))
                .none()
                .weight(number(8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HannWindow", "HammingWindow", "BlackmanWindow"})
    void windowsArePeriodicOrSymmetric(String operator) {
        assertSame(OneNode.of(operator, 17).input(number(10)));
        assertSame(OneNode.of(operator, 17).integer("periodic", 0).input(number(10)));
        assertSame(OneNode.of(operator, 17)
                .integer("output_datatype", ElementType.DOUBLE.code())
                .input(number(5)));
    }

    @Test
    void melWeightsAreTriangles() {
        assertSame(OneNode.of("MelWeightMatrix", 17)
                .input(number(8))
                .input(number(32))
                .input(number(8192))
                .input(Torch.tensor(0f))
                .input(Torch.tensor(4096f)));
        assertSame(OneNode.of("MelWeightMatrix", 17)
                .input(number(10))
                .input(number(400))
                .input(number(16000))
                .input(Torch.tensor(20f))
                .input(Torch.tensor(8000f)));
    }

    @Test
    void gradientsFlowThroughTransforms() {
        Tensor x = random(1, 6, 1).requiresGrad(true);
        Tensor y = (Tensor)
                OneNode.of("DFT", 17).input(x.detach()).load().toModule().run("forward", x);
        y.square().sum().backward();

        // Parseval: a transform of N numbers has N times their energy.
        assertClose(x.grad(), x.detach().mul(12.0), "the gradient");
    }

    @Test
    void doublePrecisionStaysDouble() {
        assertSame(OneNode.of("DFT", 17).input(random(2, 6, 1).to(DType.FLOAT64)));
    }
}
