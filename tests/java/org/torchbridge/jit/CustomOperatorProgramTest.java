package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;

/** Operators written in Java, called from programs. */
class CustomOperatorProgramTest {
    private static final CustomOperator SCALE = CustomOperator.register(
            "programs::scale(Tensor x, float k=2.0) -> Tensor",
            (context, arguments) -> {
                context.set("k", arguments.number("k"));
                return arguments.tensor("x").mul(arguments.number("k"));
            },
            (context, gradients) -> List.of(gradients.get(0).mul(context.get("k", Double.class))));

    private static final CustomOperator CHECKED =
            CustomOperator.register("programs::checked(int x) -> int", arguments -> {
                if (arguments.integer("x") < 0) {
                    throw new IOException("negative\nnumber");
                }
                return arguments.integer("x");
            });

    @Test
    void aProgramCallsAnOperatorByItsName() {
        for (String name : List.of("ops.programs.scale", "torch.ops.programs.scale")) {
            ScriptFunction f = ScriptFunction.compile("def f(x):\n  return " + name + "(x, 3.0) + " + name + "(x)\n");

            assertThat(((Tensor) f.call(Torch.ones(2))).toFloatArray()).containsExactly(5, 5);
        }
    }

    @Test
    void gradientsGoThroughItsBackward() {
        Tensor x = Torch.tensor(new double[] {1, 2}).requiresGrad_();
        ScriptFunction f = ScriptFunction.compile("def f(x):\n  return (ops.programs.scale(x * x, 3.0)).sum()\n");

        ((Tensor) f.call(x)).backward();

        assertThat(x.grad().toDoubleArray()).containsExactly(6, 12);
    }

    @Test
    void aCallThatTheSchemaDoesNotAllowDoesNotCompile() {
        assertThatThrownBy(() -> ScriptFunction.compile("def f(x):\n  return ops.programs.scale(x, 'a')\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Expected a value of type 'float' for argument 'k' but instead found type 'str'");
        assertThatThrownBy(() -> ScriptFunction.compile("def f(x):\n  return ops.programs.missing(x)\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Unknown builtin op: programs::missing");
    }

    @Test
    void whatAKernelThrowsIsTheCause() {
        ScriptFunction f = ScriptFunction.compile("def f(x: int):\n  return ops.programs.checked(x)\n");

        assertThat(f.call(1)).isEqualTo(1L);
        assertThatThrownBy(() -> f.call(-1))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("programs::checked threw java.io.IOException: negative")
                .hasMessageNotContaining("[Java exception")
                .cause()
                .isInstanceOf(IOException.class)
                .hasMessage("negative\nnumber");
    }

    @Test
    void whatAKernelThrowsOnAThreadOfLibtorchsIsTheCauseToo() {
        List<Thread> threads = new ArrayList<>();
        CustomOperator op = CustomOperator.register("programs::elsewhere(int x) -> int", arguments -> {
            threads.add(Thread.currentThread());
            return CHECKED.call(arguments.integer("x"));
        });
        ScriptFunction f = ScriptFunction.compile(
                """
                def task(x: int) -> int:
                    return ops.programs.elsewhere(x)
                def f(x: int) -> int:
                    return torch.jit.wait(torch.jit.fork(task, x))
                """);

        assertThat(f.call(3)).isEqualTo(3L);
        assertThat(threads).doesNotContain(Thread.currentThread());
        assertThatThrownBy(() -> f.call(-1))
                .isInstanceOf(TorchException.class)
                .hasRootCauseInstanceOf(IOException.class);
        assertThat(op.call(4)).isEqualTo(4L);
    }

    @Test
    void aClosedOperatorFailsInProgramsThatWereCompiledWithIt() {
        CustomOperator op = CustomOperator.register("programs::closing(int x) -> int", arguments -> 5);
        ScriptFunction f = ScriptFunction.compile("def f(x: int):\n  return ops.programs.closing(x)\n");

        assertThat(f.call(1)).isEqualTo(5L);
        op.close();

        assertThatThrownBy(() -> f.call(1))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("programs::closing")
                .hasMessageContaining("the operator has been closed");
    }

    @Test
    void anOperatorWithoutResultsIsNotOptimisedAway() {
        AtomicInteger calls = new AtomicInteger();
        CustomOperator.register("programs::note(str text) -> ()", arguments -> calls.incrementAndGet());
        ScriptFunction f = ScriptFunction.compile("def f(x):\n  ops.programs.note('a')\n  return x\n");

        f.call(Torch.ones(1));
        f.call(Torch.ones(1));

        assertThat(calls).hasValue(2);
    }

    @Test
    void aProgramOfPythonsFindsTheOperatorOrSaysThatItIsMissing() throws IOException {
        byte[] file = CustomOperatorProgramTest.class
                .getResourceAsStream("/jit/shifted.pt")
                .readAllBytes();

        assertThatThrownBy(() -> ScriptModule.load(file))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("pymade::shift");

        CustomOperator.register("pymade::shift(Tensor x, int[] by, *, float scale=2.0) -> (Tensor, int)", arguments -> {
            List<?> by = (List<?>) arguments.get("by");
            long sum = by.stream().mapToLong(each -> (Long) each).sum();
            return List.of(arguments.tensor("x").mul(arguments.number("scale")).add(sum), by.size());
        });
        ScriptModule module = ScriptModule.load(file);
        Tensor y = module.call(Torch.ones(3));
        y.sum().backward();

        assertThat(y.detach().toFloatArray()).containsExactly(18, 19.5f, 21);
        assertThat(module.namedParameters().get("weight").grad().toFloatArray()).containsExactly(1.5f, 1.5f, 1.5f);
    }

    @Test
    void threadsCallOneOperatorAtATime() throws Exception {
        ScriptFunction f = ScriptFunction.compile("def f(x, k: float):\n  return ops.programs.scale(x, k)\n");
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<Boolean>> results = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            double k = i;
            Callable<Boolean> calls = () -> {
                boolean right = true;
                for (int call = 0; call < 200; call++) {
                    try (Scope scope = Scope.open()) {
                        Tensor x = Torch.ones(2).requiresGrad_();
                        Tensor y = (Tensor) (call % 2 == 0 ? f.call(x, k) : SCALE.call(x, k));
                        y.sum().backward();
                        right &= y.sum().item().doubleValue() == 2 * k
                                && x.grad().sum().item().doubleValue() == 2 * k;
                    }
                }
                return right;
            };
            results.add(threads.submit(calls));
        }
        for (Future<Boolean> result : results) {
            assertThat(result.get()).isTrue();
        }
        threads.shutdown();
    }
}
