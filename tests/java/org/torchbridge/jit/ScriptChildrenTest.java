package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.torchbridge.jit.Programs.tensor;
import static org.torchbridge.jit.ScriptModuleTest.assertClose;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Identity;
import org.torchbridge.nn.LSTMCell;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.Parameter;
import org.torchbridge.nn.ReLU;
import org.torchbridge.nn.Tanh;
import org.torchbridge.testing.PythonOracle;

class ScriptChildrenTest {
    private final Tensor x = tensor("x");
    private ScriptModule model;

    @BeforeEach
    void load() {
        model = Programs.load("net.pt");
        model.eval();
    }

    @Test
    void theProgramCallsAJavaLayer() {
        Linear head = new Linear(8, 7);
        model.setChild("fc", head);
        assertThat(model.call(x).shape()).containsExactly(5, 7);
        assertThat(model.getSubmodule("fc")).isSameAs(head);
        assertThat(model.namedChildren()).containsEntry("fc", head);
        assertThat(model.getParameter("fc.weight")).isSameAs(head.weight);
        assertThat(model.toString()).contains("(fc): Linear(in_features=8, out_features=7, bias=True)");
        model.call(x).sum().backward();
        assertThat(head.weight.grad()).isNotNull();
        assertThat(model.getParameter("conv.weight").grad()).isNotNull();
    }

    @Test
    void anIdentityGivesTheFeatures() {
        model.setChild("fc", new Identity());
        Tensor features = model.call(x);
        ScriptModule fc = (ScriptModule) Programs.load("net.pt").getSubmodule("fc");
        assertThat(features.shape()).containsExactly(5, 8);
        assertClose(fc.call(features), tensor("y"));
    }

    @Test
    void theProgramCallsAnotherScriptModule(@TempDir Path folder) {
        ScriptModule other = Programs.load("net.pt");
        model.setChild("fc", other.getSubmodule("body").getSubmodule("1"));
        assertThat(model.call(x).shape()).containsExactly(5, 8);
        model.setChild("body.3", other.getSubmodule("fc"));
        model.setChild("first", new Identity());
        model.setChild("second", new Identity());
        Tensor y = model.call(x);
        assertThat(y.shape()).containsExactly(5, 3);
        assertThat(model.getParameter("body.3.weight")).isSameAs(other.getParameter("fc.weight"));
        model.setChild("first", other.getSubmodule("body.1"));
        model.setChild("second", other.getSubmodule("body.1"));
        model.save(folder.resolve("changed.pt"));
        assertClose(ScriptModule.load(folder.resolve("changed.pt")).call(x), y.relu());
        assertThat(PythonOracle.run(
                        "import sys, torch; print(torch.jit.load(sys.argv[1]).fc)",
                        folder.resolve("changed.pt").toString()))
                .isEqualTo("RecursiveScriptModule(original_name=ReLU)\n");
    }

    @Test
    void aChildOfOneOfTwoOfTheSameClassIsReplaced() {
        ScriptModule twins = Programs.load("twins.pt");
        Tensor input = Torch.ones(1, 2);
        Tensor b = ((ScriptModule) twins.getSubmodule("b")).call(input);
        twins.setChild("a.lin", new Identity());
        assertClose(twins.call(input), input.sub(b));
        assertClose(((ScriptModule) twins.getSubmodule("a")).call(input), input);
        twins.setChild("b.lin", new Tanh());
        assertClose(twins.call(input), input.sub(input.tanh()));
    }

    @Test
    void aChildIsReplacedThroughAnyOfItsParents() {
        ((ScriptModule) model.getSubmodule("body")).setChild("3", new Identity());
        ((ScriptModule) model.getSubmodule("body")).setChild("1", new Tanh());
        model.getSubmodule("body.1").registerForwardHook((module, inputs, output) -> ((Tensor) output).mul(0));
        Tensor zeros = Torch.zeros(5, 8);
        ScriptModule first = (ScriptModule) model.getSubmodule("first");
        ScriptModule second = (ScriptModule) model.getSubmodule("second");
        ScriptModule fc = (ScriptModule) model.getSubmodule("fc");
        assertClose(model.call(x), fc.call(second.call(first.call(zeros).relu())));
    }

    @Test
    void aModuleThatIsThereTwiceIsOneObject(@TempDir Path folder) {
        ScriptModule shared = (ScriptModule) Programs.load("net.pt").getSubmodule("first");
        model.setChild("first", shared);
        model.setChild("second", shared);
        model.save(folder.resolve("shared.pt"));
        ScriptModule loaded = ScriptModule.load(folder.resolve("shared.pt"));
        assertThat(loaded.getSubmodule("first")).isSameAs(loaded.getSubmodule("second"));
        assertThat(loaded.children()).hasSize(5);
        assertThat(loaded.stateDict()).containsKeys("first.weight", "second.weight");
        assertClose(loaded.call(x), model.call(x));
        shared.setParameter("bias", new Parameter(Torch.zeros(8)));
        assertThat(model.call(x).allclose(loaded.call(x))).isFalse();
        ScriptModule copy = model.deepCopy();
        assertThat(copy.getSubmodule("first")).isSameAs(copy.getSubmodule("second"));
    }

    @Test
    void aCopyHasAJavaLayerOfItsOwn() {
        Linear head = new Linear(8, 3);
        model.setChild("fc", head);
        ScriptModule copy = model.deepCopy();
        Tensor before = copy.call(x);
        try (var mode = Torch.noGrad()) {
            head.weight.tensor().zero_();
        }
        assertClose(copy.call(x), before);
        copy.setChild("fc", new Identity());
        assertThat(model.call(x).shape()).containsExactly(5, 3);
    }

    @Test
    void aFrozenProgramGoesOnCallingItsJavaLayer() {
        model.setChild("fc", new Linear(8, 2));
        Tensor y = model.call(x);
        ScriptModule frozen = model.freeze();
        model = null;
        System.gc();
        assertClose(frozen.call(x), y);
        assertThatThrownBy(frozen::toByteArray)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("calls a Java Linear");
    }

    @Test
    void whatAJavaLayerThrowsComesOutOfTheCall() {
        UnsupportedOperationException mine = new UnsupportedOperationException("mine");
        model.setChild("body.3", new Layer() {
            @Override
            public Tensor forward(Tensor input) {
                throw mine;
            }
        });
        assertThatThrownBy(() -> model.call(x)).isSameAs(mine);
        assertThatThrownBy(() -> model.run("label", x)).isSameAs(mine);
    }

    @Test
    void aModuleWithAJavaLayerIsNotSaved() {
        model.setChild("body.3", new Linear(8, 8));
        assertThatThrownBy(() -> model.toByteArray())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(
                        "the child 'body.3' is a Java Linear, whose program an archive cannot hold; trace it");
    }

    @Test
    void aChildHasToBeCallableByTheProgram() {
        assertThatThrownBy(() -> model.setChild("fc", new LSTMCell(8, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "'fc' is to be a LSTMCell; a ScriptModule or a Layer is expected, which makes one tensor from"
                                + " one");
        assertThatThrownBy(() -> model.setChild("fc", Programs.load("values.pt")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a Values cannot be the child: it has forward(Tensor x, Tensor y) -> Tuple[Tensor, Tensor];"
                        + " the program of Net calls 'forward' of it with 1 arguments for a Tensor");
        assertThatThrownBy(() -> model.setChild("scale", new ReLU()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'scale' of Net is a buffer, not a child");
        assertThatThrownBy(() -> model.setChild("none", new ReLU()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Net has no attribute 'none'");
        assertClose(model.call(x), tensor("y"));
    }

    @Test
    void aChainIsSliced() {
        ScriptModule body = (ScriptModule) model.getSubmodule("body");
        Tensor input = Torch.randn(3, 16);
        ScriptModule front = body.slice(0, 2);
        assertThat(front.toString())
                .isEqualTo("RecursiveScriptModule(\n  original_name=Sequential\n"
                        + "  (0): RecursiveScriptModule(original_name=Linear)\n"
                        + "  (1): RecursiveScriptModule(original_name=ReLU)\n)");
        assertClose(body.slice(2, 4).call(front.call(input)), body.call(input));
        assertThat(front.getParameter("0.weight")).isSameAs(body.getParameter("0.weight"));
        assertThat(body.slice(0, -1).namedChildren()).containsOnlyKeys("0", "1", "2");
        assertThat(body.slice(3, 1).call(input).equal(input)).isTrue();
        assertClose(ScriptModule.load(front.toByteArray()).call(input), front.call(input));
    }

    @Test
    void aSliceFollowsItsChildren() {
        ScriptModule body = (ScriptModule) model.getSubmodule("body");
        ScriptModule front = body.slice(0, 2);
        front.setChild("0", new Identity());
        Tensor input = Torch.randn(3, 16);
        assertClose(front.call(input), input.relu());
        assertThat(body.getSubmodule("0")).isInstanceOf(ScriptModule.class);
        assertThat(body.slice(0, 2).call(input).shape()).containsExactly(3, 8);
    }

    @Test
    void whatIsNoChainIsNotSliced() {
        assertThatThrownBy(() -> model.slice(0, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Net does more than to call its children one after the other");
    }
}
