package org.torchbridge.onnx;

import static org.torchbridge.onnx.ModelText.attribute;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.onnx.proto.GraphProto;

class SequenceRulesTest extends RuleTest {
    private static Tensor numbers(long... values) {
        return Torch.tensor(values);
    }

    private static Tensor number(long value) {
        return Torch.tensor(value);
    }

    /** A model of a matrix {@code x}, whose nodes make a sequence {@code list}; its output is that in one tensor. */
    private static ModelText matrix() {
        return new ModelText(17).input("x", "float", "n", "m");
    }

    private static ModelText joined(ModelText model) {
        return model.node("ConcatFromSequence", "list", "y", attribute("axis", 0))
                .output("y");
    }

    /** The sequence of the rows of {@code x}, {@code rows}. */
    private static ModelText rows() {
        return matrix().node("SplitToSequence", "x", "rows");
    }

    @Test
    void tensorsAreSplitIntoSlices() {
        assertSame(joined(matrix().node("SplitToSequence", "x", "list", attribute("axis", -1))), random(3, 4));
        assertSame(
                joined(matrix().node("SplitToSequence", "x", "list", attribute("axis", 1), attribute("keepdims", 0))),
                random(3, 4));
    }

    @Test
    void tensorsAreSplitIntoPartsOfOneSizeOrOfGivenOnes() {
        assertSame(joined(matrix().weight("two", number(2)).node("SplitToSequence", "x two", "list")), random(5, 4));
        assertSame(
                matrix().weight("sizes", numbers(1, 3))
                        .node("SplitToSequence", "x sizes", "list", attribute("axis", 1))
                        .node("ConcatFromSequence", "list", "y", attribute("axis", 1))
                        .output("y"),
                random(5, 4));
    }

    /** The option is of the form without sizes alone; ONNX Runtime fails here. */
    @Test
    void givenPartsKeepTheirDimension() {
        ModelText model = joined(
                matrix().weight("two", number(2)).node("SplitToSequence", "x two", "list", attribute("keepdims", 0)));
        Tensor x = random(4, 3);

        assertClose(results(model.load(), List.of(x)).get(0), x, model);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 2, -1, -3})
    void placesCountFromBothEnds(long place) {
        ModelText model = rows().weight("place", number(place));
        assertSame(model.node("SequenceAt", "rows place", "y").output("y"), random(3, 4));
        assertSame(
                joined(rows().weight("place", number(place)).node("SequenceErase", "rows place", "list")),
                random(3, 4));
        assertSame(
                joined(rows().weight("place", number(place))
                        .weight("more", Torch.zeros(1, 4))
                        .node("SequenceInsert", "rows more place", "list")),
                random(3, 4));
    }

    @Test
    void withoutAPlaceTheEndIsMeant() {
        assertSame(joined(rows().node("SequenceErase", "rows", "list")), random(3, 4));
        assertSame(joined(rows().node("SequenceInsert", "rows x", "list")), random(1, 4));
    }

    @Test
    void sequencesAreMadeOfTensorsOrEmpty() {
        assertSame(joined(matrix().node("SequenceConstruct", "x x", "list")), random(3, 4));
        assertSame(
                joined(matrix().node("SequenceEmpty", "", "empty", attribute("dtype", 1))
                        .node("SequenceInsert", "empty x", "list")),
                random(3, 4));
    }

    @Test
    void theLengthIsANumber() {
        assertSame(rows().node("SequenceLength", "rows", "y").output("y"), random(3, 4));
    }

    @Test
    void sequencesBecomeATensorWithANewDimensionOrWithoutOne() {
        assertSame(
                rows().node("ConcatFromSequence", "rows", "y", attribute("axis", 1), attribute("new_axis", 1))
                        .output("y"),
                random(3, 4));
        assertSame(
                rows().node("ConcatFromSequence", "rows", "y", attribute("axis", -1))
                        .output("y"),
                random(3, 4));
    }

    @Test
    void aBodyIsRunForEachPlaceOfSequences() {
        GraphProto body = new ModelText(17)
                .input("row", "float", 1, 4)
                .input("shift", "float", 4)
                .node("Add", "row shift", "moved")
                .node("Neg", "row", "turned")
                .output("moved", "turned")
                .graph();
        ModelText model = rows().input("shift", "float", 4)
                .node("SequenceMap", "rows shift", "list turned", attribute("body", body))
                .node("ConcatFromSequence", "list", "y", attribute("axis", 0))
                .node("ConcatFromSequence", "turned", "z", attribute("axis", 0))
                .output("y", "z");
        Tensor x = random(3, 4);
        Tensor shift = random(4);
        List<Tensor> results = results(model.load(), List.of(x, shift));

        assertClose(results.get(0), x.add(shift), model);
        assertClose(results.get(1), x.neg(), model);
    }

    @Test
    void sequencesAreCarriedThroughLoops() {
        GraphProto body = new ModelText(17)
                .input("i", "int64")
                .input("go", "bool")
                .sequence("so_far", "float")
                .node("SequenceInsert", "so_far x", "longer")
                .node("Identity", "go", "on")
                .output("on")
                .outputSequence("longer", "float")
                .graph();
        assertSame(
                joined(matrix().input("times", "int64")
                        .node("SequenceEmpty", "", "empty")
                        .node("Loop", "times _ empty", "list", attribute("body", body))),
                random(2, 3),
                number(3));
    }
}
