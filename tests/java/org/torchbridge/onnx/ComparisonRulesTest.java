package org.torchbridge.onnx;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

class ComparisonRulesTest extends RuleTest {
    private static final Tensor A = Torch.tensor(new float[] {1, 2, 3, Float.NaN});
    private static final Tensor B = Torch.tensor(new float[] {2, 2, 2, Float.NaN});

    @Test
    void elementsAreCompared() {
        for (String operator : List.of("Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual")) {
            assertSame(OneNode.of(operator, 16).input(A).input(B));
            assertSame(OneNode.of(operator, 16).input(longs(1, 2, 3)).weight(2));
        }
        for (String operator : List.of("Less", "Greater")) {
            assertSame(OneNode.of(operator, 7).input(random(2, 1)).input(random(3)));
        }
    }

    @Test
    void truthValuesAreEqualToo() {
        assertSame(OneNode.of("Equal", 11).input(A.gt(1)).input(B.gt(2)));
    }

    @Test
    void truthValuesAreCombined() {
        Tensor a = Torch.tensor(new boolean[] {true, true, false, false});
        Tensor b = Torch.tensor(new boolean[] {true, false, true, false});
        for (String operator : List.of("And", "Or", "Xor")) {
            assertSame(OneNode.of(operator, 7).input(a).input(b));
            assertSame(OneNode.of(operator, 7).input(a.reshape(2, 2)).input(b.slice(0, 1L, 3L, 1)));
        }
    }

    @Test
    void elementsAreChosenByATruthValueEach() {
        Tensor which = random(2, 3).gt(0);
        assertSame(OneNode.of("Where", 9).input(which).input(random(3)).input(random(2, 1)));
        assertSame(OneNode.of("Where", 16)
                .input(which)
                .weight(longs(7).reshape(new long[0]))
                .input(longs(1, 2, 3)));
        assertGradients(OneNode.of("Where", 9).input(which).input(random(2, 3)).input(random(2, 3)));
    }
}
