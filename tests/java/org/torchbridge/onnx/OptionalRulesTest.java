package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.torchbridge.onnx.ModelText.attribute;

import org.junit.jupiter.api.Test;
import org.torchbridge.FileFormatException;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.onnx.proto.GraphProto;

class OptionalRulesTest extends RuleTest {
    private static ModelText model() {
        return new ModelText(18).input("x", "float", "n");
    }

    @Test
    void whatIsThereIsItsElement() {
        assertSame(
                model().node("Optional", "x", "maybe")
                        .node("OptionalHasElement", "maybe", "has")
                        .node("OptionalGetElement", "maybe", "y")
                        .output("has", "y"),
                random(3));
    }

    @Test
    void tensorsAreThereAsTheyAre() {
        assertSame(
                model().node("OptionalHasElement", "x", "has")
                        .node("OptionalGetElement", "x", "y")
                        .output("has", "y"),
                random(3));
    }

    @Test
    void nothingHasNoElement() {
        assertSame(model().node("OptionalHasElement", "", "has").output("has"), random(3));
        assertThatThrownBy(() -> model().node("Optional", "", "none")
                        .node("OptionalGetElement", "none", "y")
                        .output("y")
                        .load()
                        .toModule())
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("(OptionalGetElement) takes the element of nothing");
    }

    @Test
    void aBranchMayGiveNothing() {
        GraphProto some =
                new ModelText(18).node("Optional", "x", "some").output("some").graph();
        GraphProto none =
                new ModelText(18).node("Optional", "", "none").output("none").graph();
        OnnxModel model = model().input("which", "bool")
                .node("If", "which", "maybe", attribute("then_branch", some), attribute("else_branch", none))
                .node("OptionalHasElement", "maybe", "has")
                .output("maybe", "has")
                .load();
        ScriptModule module = model.toModule();
        Tensor x = random(2);

        assertThat(module.run("forward", x, Torch.tensor(true)).toString()).contains("tensor(True)");
        assertThat(module.run("forward", x, Torch.tensor(false)).toString()).isEqualTo("[null, tensor(False)]");
    }
}
