package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Parameter;
import org.torchbridge.nn.Sequential;
import org.torchbridge.optim.SGD;
import org.torchbridge.testing.PythonOracle;

/** Modules whose methods are source. */
class ScriptModuleBuilderTest {
    private static ScriptModule linear() {
        return ScriptModule.builder("Linear")
                .parameter("weight", Torch.tensor(new float[][] {{1, 2, 3}, {4, 5, 6}}))
                .parameter("bias", new Parameter(Torch.tensor(new float[] {10, 20}), false))
                .define(
                        """
                        def forward(self, x: Tensor) -> Tensor:
                            return torch.linear(x, self.weight, self.bias)
                        """)
                .build();
    }

    private static ScriptModule scale() {
        return ScriptModule.builder("Scale")
                .parameter("weight", Torch.tensor(new float[] {1, 2}))
                .buffer("count", Torch.zeros(1))
                .attribute("eps", 0.5)
                .attribute("names", List.of("a", "b"))
                .attribute("last", "Optional[Tensor]", null)
                .attribute("factor", 3)
                .child("fc", linear())
                .define(
                        """
                        def forward(self, x: Tensor) -> Tensor:
                            if self.training:
                                self.count += 1
                            y = self.fc(x) * self.weight + self.eps
                            self.last = y
                            return self.times(y)

                        def times(self, x: Tensor) -> Tensor:
                            return x * self.factor
                        """)
                .define(
                        """
                        def describe(self, names: List[str]) -> Dict[str, int]:
                            result: Dict[str, int] = {}
                            for name in names:
                                result[name] = len(self.names) + self.factor
                            return result
                        """)
                .build();
    }

    @Test
    void membersAndMethodsWorkTogether() {
        ScriptModule scale = scale();
        Tensor x = Torch.ones(3);

        assertThat(scale.call(x).toFloatArray()).containsExactly(3 * 16.5f, 3 * 70.5f);
        assertThat(scale.run("times", x))
                .satisfies(y -> assertThat(((Tensor) y).toFloatArray()).containsExactly(3, 3, 3));
        assertThat(scale.run("describe", List.of("x"))).isEqualTo(Map.of("x", 5L));
        assertThat(((Tensor) scale.attribute("last")).toFloatArray()).containsExactly(16.5f, 70.5f);
        assertThat(scale.namedParameters()).containsOnlyKeys("weight", "fc.weight", "fc.bias");
        assertThat(scale.stateDict().keySet()).containsExactly("weight", "count", "fc.weight", "fc.bias");
    }

    @Test
    void theProgramKnowsItsMode() {
        ScriptModule scale = scale();
        Tensor count = scale.namedBuffers().get("count").tensor();

        assertThat(scale.isTraining()).isTrue();
        scale.call(Torch.ones(3));
        scale.eval();
        scale.call(Torch.ones(3));

        assertThat(count.item().doubleValue()).isEqualTo(1);
    }

    @Test
    void parametersAreThoseThatWereGiven() {
        ScriptModule linear = linear();

        linear.call(Torch.ones(1, 3)).sum().backward();

        assertThat(linear.namedParameters().get("weight").grad().toFloatArray()).containsExactly(1, 1, 1, 1, 1, 1);
        assertThat(linear.namedParameters().get("bias").requiresGrad()).isFalse();
    }

    @Test
    void childrenAreTheModulesThatWereGiven() {
        ScriptModule fc = linear();
        ScriptModule outer = ScriptModule.builder("Outer")
                .child("fc", fc)
                .define("def forward(self, x):\n  return self.fc.forward(x) + self.fc(x)\n")
                .build();
        ScriptModule outermost = ScriptModule.builder("Outermost")
                .child("outer", outer)
                .define("def forward(self, x):\n  return self.outer.fc(x)\n")
                .build();

        assertThat(outer.namedChildren().get("fc")).isSameAs(fc);
        assertThat(outer.call(Torch.ones(3)).toFloatArray()).containsExactly(32, 70);
        assertThat(outermost.call(Torch.ones(3)).toFloatArray()).containsExactly(16, 35);
    }

    @Test
    void itTrains() {
        Sequential net = new Sequential(linear());
        SGD optimizer = new SGD(net.parameters(), 0.1);

        net.call(Torch.ones(1, 3)).sum().backward();
        optimizer.step();

        assertThat(net.namedParameters().get("0.weight").tensor().toFloatArray())
                .containsExactly(0.9f, 1.9f, 2.9f, 3.9f, 4.9f, 5.9f);
    }

    @Test
    void whatIsSavedIsTheSame() {
        ScriptModule scale = scale();
        scale.eval();
        Tensor x = Torch.ones(3);

        ScriptModule loaded = ScriptModule.load(scale.toByteArray());

        assertThat(loaded.call(x).toFloatArray()).isEqualTo(scale.call(x).toFloatArray());
        assertThat(loaded.isTraining()).isFalse();
        assertThat(loaded.namedParameters().get("fc.bias").requiresGrad()).isFalse();
        assertThat(loaded.namedParameters().get("weight").requiresGrad()).isTrue();
        assertThat(loaded.attribute("names")).isEqualTo(List.of("a", "b"));
    }

    @Test
    void pythonLoadsWhatIsSaved(@TempDir Path folder) {
        ScriptModule scale = scale();
        scale.eval();
        Path file = folder.resolve("scale.pt");
        scale.save(file);

        String said = PythonOracle.run(
                """
                import sys, torch
                module = torch.jit.load(sys.argv[1])
                print(module(torch.ones(3)).tolist(), module.training, list(module.state_dict()))
                print([(name, p.requires_grad) for name, p in module.named_parameters()], module.describe(["x"]))
                module.train()
                module(torch.ones(3))
                print(module.count.item(), module.fc.training)
                """,
                file.toString());

        assertThat(said.lines())
                .containsExactly(
                        "[49.5, 211.5] False ['weight', 'count', 'fc.weight', 'fc.bias']",
                        "[('weight', True), ('fc.weight', True), ('fc.bias', False)] {'x': 5}",
                        "1.0 True");
    }

    @Test
    void errorsShowThePlace() {
        assertThatThrownBy(
                        () -> ScriptModule.builder("Bad").define("def forward(self, x):\n    return self.weight * x\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'__torch__.Bad' object has no attribute or method 'weight'")
                .hasMessageContaining("~~~~~~~~~~~ <--- HERE")
                .hasMessageNotContaining("Exception raised");
    }

    @Test
    void wrongMembersAreRefused() {
        ScriptModuleBuilder builder = ScriptModule.builder("Members").attribute("one", 1);

        assertThatThrownBy(() -> builder.attribute("one", 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the module has a member 'one' already");
        assertThatThrownBy(() -> builder.attribute("training", false)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.attribute("two", "Optional[Tensr]", null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the type of 'two' cannot be read")
                .hasMessageContaining("Tensr");
        assertThatThrownBy(() -> builder.attribute("three", "List[int]", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'three' is the Integer 1; List[int] is expected");
        assertThatThrownBy(() -> builder.attribute("four", new Object()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the type of 'four' does not follow from");
        assertThatThrownBy(() -> ScriptModule.builder("two words"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'two words'");
    }
}
