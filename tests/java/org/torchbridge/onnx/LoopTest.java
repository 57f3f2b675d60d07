package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.torchbridge.onnx.ModelText.attribute;

import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.jit.ScriptModule;

/** Loops by number and by condition are run as ONNX has them, and saved for Python, which knows each kind by itself alone. */
class LoopTest {
    private static final Tensor FROM = Torch.tensor(1f);

    /** Doubles {@code s} as long as it is below {@code limit}, and adds the number of the turn. */
    private static ModelText body(String condition) {
        return new ModelText(17)
                .input("i", "int64")
                .input("again", "bool")
                .input("s", "float")
                .node("Cast", "i", "number", attribute("to", 1))
                .node("Add", "s s", "twice")
                .node("Add", "twice number", "next")
                .node("Less", "next limit", "below")
                .output(condition, "next");
    }

    private static Tensor run(String inputs, String condition, long times, float limit) {
        ScriptModule module = new ModelText(17)
                .input("times", "int64")
                .input("limit", "float")
                .input("start", "float")
                .node("Less", "start limit", "first")
                .node("Loop", inputs, "y", attribute("body", body(condition).graph()))
                .output("y")
                .load()
                .toModule();
        ScriptModule again = ScriptModule.load(module.toByteArray());
        Object[] arguments = {Torch.tensor(times), Torch.tensor(limit), FROM};
        Tensor result = (Tensor) module.run("forward", arguments);
        assertThat(((Tensor) again.run("forward", arguments)).toFloat()).isEqualTo(result.toFloat());
        return result;
    }

    @Test
    void aLoopMayCountItsTurns() {
        assertThat(run("times _ start", "again", 3, 0).toFloat()).isEqualTo(((1 * 2 + 0) * 2 + 1) * 2 + 2);
        assertThat(run("times _ start", "again", 0, 0).toFloat()).isEqualTo(1);
    }

    @Test
    void aLoopMayLookAtACondition() {
        assertThat(run("_ first start", "below", 0, 11).toFloat()).isEqualTo(((1 * 2 + 0) * 2 + 1) * 2 + 2);
        assertThat(run("_ first start", "below", 0, 1).toFloat()).isEqualTo(1);
    }

    @Test
    void aLoopMayDoBoth() {
        assertThat(run("times first start", "below", 9, 11).toFloat()).isEqualTo(12);
        assertThat(run("times first start", "below", 2, 11).toFloat()).isEqualTo(5);
        assertThat(run("times first start", "below", 0, 11).toFloat()).isEqualTo(1);
        assertThat(run("times first start", "below", 9, 1).toFloat()).isEqualTo(1);
    }
}
