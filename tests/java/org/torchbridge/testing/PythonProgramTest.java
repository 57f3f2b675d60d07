package org.torchbridge.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.Sequential;

class PythonProgramTest {

    @Test
    void literalsAreJavasValues() {
        assertThat(run("(1, -2.5e-1, 'same', \"x\", True, None, [3], (4,), ())"))
                .asList()
                .containsExactly(1L, -0.25, "same", "x", true, null, List.of(3L), List.of(4L), List.of());
        assertThat(run("2 * (3 + 4) - 1 / 2")).isEqualTo(13.5);
        assertThat(run("-float('inf')")).isEqualTo(Double.NEGATIVE_INFINITY);
    }

    @Test
    void namesOfPythonAreCalledInJava() {
        Torch.manualSeed(7);
        Tensor expected = Torch.randn(2, 3).softmax(1);
        Torch.manualSeed(7);
        assertThat(((Tensor) run("x = torch.randn(2, 3); F.softmax(x, dim=1)")).toFloatArray())
                .isEqualTo(expected.toFloatArray());
        assertThat(run("torch.tensor([[1, 2], [3, 4]], dtype=torch.float64).t().sum(dim=0)"))
                .hasToString("tensor([3., 7.], dtype=torch.float64)");
        assertThat(PythonCalls.camelCase("log_softmax_")).isEqualTo("logSoftmax_");
    }

    @Test
    void modulesAreConstructedAndCalled() {
        Object model = run("nn.Sequential(nn.Linear(2, 3, bias=False), nn.Dropout(p=0.3)).eval()");
        assertThat(model).isInstanceOf(Sequential.class);
        assertThat(((Linear) ((Sequential) model).get(0)).bias).isNull();
        assertThat(((Sequential) model).isTraining()).isFalse();
        assertThat(((Tensor) run("m = nn.MSELoss(reduction='sum'); m(torch.ones(3), torch.zeros(3))")).toDouble())
                .isEqualTo(3);
    }

    @Test
    void whatIsNotThereIsAnError() {
        assertThatThrownBy(() -> run("nn.Linear(2, 3, colour=4)")).hasMessageContaining("colour");
        assertThatThrownBy(() -> run("nn.NoSuchLayer(2)")).hasMessageContaining("torch.nn.NoSuchLayer");
        assertThatThrownBy(() -> run("y")).hasMessageContaining("there is no name 'y'");
        assertThatThrownBy(() -> run("1 2")).hasMessageContaining("the end of the program is expected");
    }

    private static Object run(String program) {
        return new PythonProgram().run(program);
    }
}
