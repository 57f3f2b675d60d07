package org.torchbridge.onnx;

import static org.torchbridge.onnx.ModelText.attribute;

import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.onnx.proto.GraphProto;

class ControlRulesTest extends RuleTest {
    private static final Tensor TRUE = Torch.tensor(new boolean[] {true}).reshape(new long[0]);
    private static final Tensor FALSE = Torch.tensor(new boolean[] {false}).reshape(new long[0]);

    private static GraphProto then() {
        return new ModelText(16).node("Add", "x x", "twice").output("twice").graph();
    }

    private static GraphProto otherwise() {
        return new ModelText(16)
                .weight("half", Torch.tensor(new float[] {0.5f}))
                .node("Mul", "x half", "less")
                .output("less")
                .graph();
    }

    private static ModelText branches() {
        return new ModelText(16)
                .node("If", "which", "y", attribute("then_branch", then()), attribute("else_branch", otherwise()));
    }

    @Test
    void aTruthValueChoosesTheBranch() {
        ModelText model =
                branches().input("x", "float", "n").input("which", "bool").output("y");
        assertSame(model, random(3), TRUE);
        assertSame(model, random(3), FALSE);
    }

    @Test
    void aBranchThatIsKnownIsWrittenByItself() {
        ModelText model =
                branches().input("x", "float", "n").weight("which", FALSE).output("y");
        assertSame(model, random(3));
    }

    /** Adds x to what is carried, gives out the sum of each turn, and goes on while that of its elements is below 10. */
    private static GraphProto body() {
        return new ModelText(16)
                .input("i", "int64")
                .input("before", "bool")
                .input("sum", "float", "n")
                .weight("limit", Torch.tensor(new float[] {10}).reshape(new long[0]))
                .node("Add", "sum x", "next")
                .node("ReduceSum", "next", "total", attribute("keepdims", 0L))
                .node("Less", "total limit", "goesOn")
                .node("Cast", "i", "turn", attribute("to", 1L))
                .node("Add", "next turn", "made")
                .output("goesOn", "next")
                .typedOutput("made", "float", 2)
                .graph();
    }

    private static ModelText loop(String inputs) {
        return new ModelText(16)
                .input("x", "float", "n")
                .node("Loop", inputs + " x", "last all", attribute("body", body()))
                .output("last", "all");
    }

    @Test
    void loopsEndAfterTheirTurns() {
        ModelText model = loop("times _").input("times", "int64");
        assertSame(model, random(2), longs(3).reshape(new long[0]));
        assertSame(loop("times _").weight("times", longs(4)), random(2));
    }

    @Test
    void loopsEndWhenTheBodySaysSo() {
        Tensor ones = Torch.ones(2);
        assertSame(loop("times _").weight("times", longs(100)), ones);
        assertSame(loop("_ on").weight("on", TRUE), ones);
        assertSame(loop("times on").weight("times", longs(100)).input("on", "bool"), ones, TRUE);
    }

    @Test
    void loopsWithoutATurnMakeNothing() {
        assertSame(loop("times _").input("times", "int64"), random(2), longs(0).reshape(new long[0]));
        assertSame(loop("times on").weight("times", longs(100)).input("on", "bool"), random(2), FALSE);
    }
}
