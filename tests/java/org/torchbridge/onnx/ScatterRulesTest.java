package org.torchbridge.onnx;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

class ScatterRulesTest extends RuleTest {
    @Test
    void elementsAreWrittenAlongAnAxis() {
        Tensor indices = longs(1, 0, 2, 0, 2, 1).reshape(2, 3);
        assertSame(OneNode.of("ScatterElements", 13)
                .input(random(3, 3))
                .input(indices)
                .input(random(2, 3)));
        assertSame(OneNode.of("ScatterElements", 13)
                .integer("axis", 1)
                .input(random(2, 5))
                .input(longs(1, 3, -1, 0).reshape(2, 2))
                .input(random(2, 2)));
        assertSame(OneNode.of("Scatter", 9)
                .input(random(3, 3))
                .input(indices.to(DType.INT32))
                .input(random(2, 3)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "add", "mul", "max", "min"})
    void whatIsWrittenMayBeCombinedWithWhatIsThere(String reduction) {
        assertSame(OneNode.of("ScatterElements", 18)
                .text("reduction", reduction)
                .integer("axis", 1)
                .input(random(1, 5))
                .input((reduction.equals("none") ? longs(1, 3) : longs(1, 1)).reshape(1, 2))
                .input(random(1, 2)));
        Tensor places = reduction.equals("none") ? longs(1, 0, 0, 2) : longs(1, 2, 1, 2);
        assertSame(OneNode.of("ScatterND", 18)
                .text("reduction", reduction)
                .input(random(2, 3, 4))
                .input(places.reshape(2, 2))
                .input(random(2, 4)));
    }

    @Test
    void wholeNumbersAreWrittenToo() {
        assertSame(OneNode.of("ScatterND", 16)
                .text("reduction", "add")
                .input(longs(1, 2, 3, 4))
                .input(longs(1, 1, -1).reshape(3, 1))
                .input(longs(10, 20, 30)));
    }

    @Test
    void indicesNameElementsOrSlices() {
        assertSame(OneNode.of("ScatterND", 13)
                .input(random(4))
                .input(longs(3, -3).reshape(2, 1))
                .input(random(2)));
        assertSame(OneNode.of("ScatterND", 13)
                .input(random(2, 3))
                .input(longs(0, 1, 1, -1).reshape(1, 2, 2))
                .input(random(1, 2)));
        assertSame(OneNode.of("GatherND", 13)
                .input(random(2, 3, 4))
                .input(longs(1, -1).reshape(1, 2)));
        assertSame(OneNode.of("GatherND", 13)
                .input(random(2, 3))
                .input(longs(1, 0, 0, 2).reshape(2, 2)));
        assertSame(
                OneNode.of("GatherND", 13).input(random(3, 2)).input(longs(2, 0).reshape(2, 1, 1)));
    }

    @Test
    void batchesHaveIndicesOfTheirOwn() {
        assertSame(OneNode.of("GatherND", 13)
                .integer("batch_dims", 1)
                .input(random(2, 3, 4))
                .input(longs(1, 0).reshape(2, 1)));
        assertSame(OneNode.of("GatherND", 13)
                .integer("batch_dims", 1)
                .input(random(2, 3, 4))
                .input(longs(1, 0, 2, -1, 0, 3).reshape(2, 3, 1).remainder(3)));
        assertSame(OneNode.of("GatherND", 13)
                .integer("batch_dims", 2)
                .input(random(2, 3, 4))
                .input(longs(1, 0, 2, 1, 0, 3).reshape(2, 3, 1)));
    }

    @Test
    void stretchesAreWrittenFromAPlaceInEachSampleOn() {
        Tensor cache = random(2, 3, 4, 5);
        Tensor update = random(2, 3, 2, 5);
        Tensor expected = cache.clone();
        expected.select(0, 0).narrow(1, 1, 2).copy_(update.select(0, 0));
        expected.select(0, 1).narrow(1, 2, 2).copy_(update.select(0, 1));

        assertResults(stretch(cache, update).input(longs(1, 2)), List.of(expected));
    }

    @Test
    void stretchesGoOnAtTheFrontOrBeginThere() {
        Tensor cache = random(2, 4, 5);
        Tensor update = random(2, 2, 5);
        Tensor around = cache.clone();
        around.select(1, 3).copy_(update.select(1, 0));
        around.select(1, 0).copy_(update.select(1, 1));
        Tensor front = cache.clone();
        front.narrow(1, 0, 2).copy_(update);

        OneNode circular = stretch(cache, update).text("mode", "circular").integer("axis", 1);
        assertResults(circular.input(longs(3, 3)), List.of(around));
        assertResults(stretch(cache, update), List.of(front));
    }

    private static OneNode stretch(Tensor cache, Tensor update) {
        return OneNode.of("TensorScatter", 24).input(cache).input(update);
    }

    @Test
    void slicesAreTakenWhereAConditionHolds() {
        Tensor condition = Torch.tensor(new boolean[] {false, true, true});
        assertSame(OneNode.of("Compress", 11)
                .integer("axis", 0)
                .input(random(3, 2))
                .input(condition));
        assertSame(OneNode.of("Compress", 11)
                .integer("axis", -1)
                .input(random(2, 4))
                .input(condition));
        assertSame(OneNode.of("Compress", 11).input(random(3, 2)).input(condition));
    }
}
