package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.graph.Graph;
import org.torchbridge.io.PythonTuple;

/** Functions compiled from source. */
class ScriptFunctionTest {
    private static Object run(String source, Object... arguments) {
        return ScriptFunction.compile(source).call(arguments);
    }

    @Test
    void loopsAndDefaultsWork() {
        ScriptFunction power = ScriptFunction.compile(
                """
                def power(x: Tensor, n: int=2) -> Tensor:
                    result = torch.ones_like(x)
                    for i in range(n):
                        result = result * x
                    return result
                """);
        Tensor x = Torch.tensor(new double[] {1, 2, 3});

        assertThat(((Tensor) power.call(x)).toDoubleArray()).containsExactly(1, 4, 9);
        assertThat(((Tensor) power.call(x, 3)).toDoubleArray()).containsExactly(1, 8, 27);
        assertThat(((Tensor) power.callWith(List.of(x), Map.of("n", 1))).toDoubleArray())
                .containsExactly(1, 2, 3);
        assertThat(power).hasToString("power(Tensor x, int n=2) -> Tensor");
        assertThat(power.name()).isEqualTo("power");
    }

    @Test
    void functionsCallEachOtherInAnyOrder() {
        Map<String, ScriptFunction> all = ScriptFunction.compileAll(
                """
                def f(x: int) -> int:
                    return g(x) + 1

                def g(x: int) -> int:
                    return x * 2
                """);

        assertThat(all).containsOnlyKeys("f", "g");
        assertThat(all.get("f").call(5)).isEqualTo(11L);
        assertThat(all.get("g").call(5)).isEqualTo(10L);
    }

    @Test
    void graphHasWhatAFunctionAndThoseItCallsDo() {
        ScriptFunction scaled = ScriptFunction.compile(
                """
                def twice(x: Tensor) -> Tensor:
                    return x * 2

                def scaled(x: Tensor, by: float=0.5) -> Tensor:
                    return twice(x) + by
                """);

        Graph graph = scaled.toGraph();

        assertThat(graph)
                .hasToString(
                        """
                        graph(%x : Tensor, %by : float):
                          %6 : int = prim::Constant[value=1]()
                          %2 : int = prim::Constant[value=2]() # <string>:2
                          %3 : Tensor = aten::mul(%x, %2) # <string>:2
                          %7 : Tensor = aten::add(%3, %by, %6) # <string>:5
                          return (%7)
                        """);
        ScriptModule module = ScriptModule.of(graph);
        assertThat(module.methods()).containsEntry("forward", "forward(Tensor x, float by=0.5) -> Tensor");
        assertThat(((Tensor) module.run("forward", Torch.ones(2))).toDoubleArray())
                .containsExactly(2.5, 2.5);
    }

    @Test
    void theLastFunctionOfASourceIsTheOneThatIsCompiled() {
        assertThat(run(
                        """
                def helper(x: int) -> int:
                    return x * 2
                def main(x: int) -> int:
                    return helper(x) + 1
                """,
                        3))
                .isEqualTo(7L);
    }

    @Test
    void branchesListsDictionariesAndOptionalsWork() {
        ScriptFunction f = ScriptFunction.compile(
                """
                def count(words: List[str], start: Optional[Dict[str, int]]=None) -> Tuple[Dict[str, int], List[str], bool]:
                    counts: Dict[str, int] = {}
                    if start is not None:
                        for key, value in start.items():
                            counts[key] = value
                    for word in words:
                        if word in counts:
                            counts[word] += 1
                        else:
                            counts[word] = 1
                    return counts, [w + "!" for w in words], len(words) == 0
                """);

        assertThat(f.call(List.of("a", "bc", "a"), Map.of("bc", 4)))
                .isEqualTo(PythonTuple.of(Map.of("bc", 5L, "a", 2L), List.of("a!", "bc!", "a!"), false));
        assertThat(f.call(List.of())).isEqualTo(PythonTuple.of(Map.of(), List.of(), true));
    }

    @Test
    void typesAndNumbersOfPythonsModulesAreKnown() {
        Tensor converted = (Tensor) run(
                """
                def f(x):
                    return x.to(torch.float64) * math.pi + math.sqrt(4.0)
                """,
                Torch.ones(1));

        assertThat(converted.dtype()).isEqualTo(DType.FLOAT64);
        assertThat(converted.item().doubleValue()).isEqualTo(Math.PI + 2);
        assertThat(
                        run(
                                """
                def f():
                    return torch.zeros([2], dtype=torch.long), math.inf, torch.int, torch.channels_last
                """))
                .satisfies(result -> {
                    assertThat(((Tensor) ((PythonTuple) result).get(0)).dtype()).isEqualTo(DType.INT64);
                    assertThat(((PythonTuple) result).subList(1, 4))
                            .isEqualTo(Arrays.asList(Double.POSITIVE_INFINITY, 3L, 2L));
                });
    }

    @Test
    void forksRunAndAreAwaited() {
        assertThat(run(
                        """
                def twice(x: int) -> int:
                    return x * 2
                def f(x: int) -> int:
                    future = torch.jit.fork(twice, x)
                    return torch.jit.wait(future) + len(torch.jit.annotate(List[int], []))
                """,
                        4))
                .isEqualTo(8L);
    }

    @Test
    void gradientsGoThroughAFunction() {
        Tensor x = Torch.tensor(new double[] {3}).requiresGrad_();

        ((Tensor) run("def f(x):\n  return (x * x).sum()", x)).backward();

        assertThat(x.grad().item().doubleValue()).isEqualTo(6);
    }

    @Test
    void aFunctionWithoutAResultGivesNull() {
        Tensor x = Torch.zeros(1);

        assertThat(run("def f(x):\n  x.add_(1)", x)).isNull();
        assertThat(x.item().doubleValue()).isEqualTo(1);
    }

    @Test
    void whatTheCompilerRefusesIsShown() {
        assertThatThrownBy(
                        () -> ScriptFunction.compile(
                                """
                def f(x):
                    y = x + 1
                    return torch.no_such_operator(y)
                """))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        """
                        the source cannot be compiled:
                        Unknown builtin op: aten::no_such_operator.
                        Could not find any similar ops to aten::no_such_operator. This op may not exist or may not be \
                        currently supported in TorchScript.
                          File "<string>", line 3
                        def f(x):
                            y = x + 1
                            return torch.no_such_operator(y)
                                   ~~~~~~~~~~~~~~~~~~~~~~ <--- HERE""");
        assertThatThrownBy(() -> ScriptFunction.compile("def f(x: Tensor) -> str:\n    return x\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("    return x\n    ~~~~~~~~ <--- HERE");
        assertThatThrownBy(() -> ScriptFunction.compile("def f(x)\n    return x\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected : but found");
        assertThatThrownBy(() -> ScriptFunction.compile("def f(x):\n    return ops + x\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ops cannot be used like this:")
                .hasMessageContaining("~~~ <--- HERE");
        assertThatThrownBy(() -> ScriptFunction.compile("def f(x):\n    return y\n"))
                .hasMessageContaining("undefined value y");
        assertThatThrownBy(() -> ScriptFunction.compile(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the source has no function in it");
    }

    @Test
    void wrongArgumentsAreRefused() {
        ScriptFunction f = ScriptFunction.compile("def f(x: int) -> int:\n  return x\n");

        assertThatThrownBy(() -> f.call("a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the argument 'x' of the function 'f' is the text \"a\"; int is expected");
        assertThatThrownBy(() -> f.call(1, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the function 'f' was given 2 arguments; f(int x) -> int is expected");
        assertThatThrownBy(f::call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the function 'f' was not given its argument 'x'");
        assertThatThrownBy(() -> f.callWith(List.of(), Map.of("y", 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the function 'f' has no argument 'y'");
        assertThatThrownBy(() -> f.callWith(List.of(1), Map.of("x", 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("twice");
    }

    @Test
    void whatAFunctionRaisesComesOut() {
        ScriptFunction f = ScriptFunction.compile("def f(x: int):\n  assert x > 0, 'x is not positive'\n");

        assertThat(f.call(1)).isNull();
        assertThatThrownBy(() -> f.call(0))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("x is not positive");
    }
}
