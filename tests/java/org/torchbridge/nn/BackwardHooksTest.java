package org.torchbridge.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.torchbridge.GradMode;
import org.torchbridge.RemovableHandle;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.testing.PythonOracle;

class BackwardHooksTest {
    private final List<String> seen = new ArrayList<>();

    /** Of two inputs, of which it may ignore the second. */
    private static final class Weighted extends Module {
        Tensor forward(Tensor a, Tensor b) {
            return a.mul(2).add(b.mul(3));
        }

        Tensor call(Tensor a, Tensor b) {
            return hooked(inputs -> forward((Tensor) inputs.get(0), (Tensor) inputs.get(1)), a, b);
        }
    }

    private record Pair(Tensor sum, long count, Tensor product) {}

    private static final class Both extends Module {
        Pair call(Tensor a) {
            return hooked(inputs -> new Pair(a(inputs).add(1), 7, a(inputs).mul(5)), a);
        }

        private static Tensor a(List<Object> inputs) {
            return (Tensor) inputs.get(0);
        }
    }

    @Test
    void hooksSeeTheGradientsOfOneCall() {
        Weighted weighted = new Weighted();
        weighted.registerFullBackwardPreHook((module, gradOutput) -> note("before " + text(gradOutput)));
        weighted.registerFullBackwardHook((module, gradInput, gradOutput) -> {
            assertThat(module).isSameAs(weighted);
            return note("after " + text(gradInput) + " of " + text(gradOutput));
        });
        Tensor a = Torch.ones(2).requiresGrad(true);
        Tensor b = Torch.ones(2).requiresGrad(true);
        weighted.call(a, b).add(a).sum().backward();
        assertThat(seen).containsExactly("before [1.0]", "after [2.0, 3.0] of [1.0]");
        assertThat(a.grad().toFloatArray()).containsOnly(3);
        weighted.call(a.detach(), b).mul(2).sum().backward();
        assertThat(seen).hasSize(4).last().isEqualTo("after [null, 6.0] of [2.0]");
        weighted.call(a, a).sum().backward();
        assertThat(seen.get(5)).isEqualTo("after [2.0, 3.0] of [1.0]");
        assertThat(a.grad().toFloatArray()).containsOnly(8);
    }

    @Test
    void whatAHookReturnsTakesThePlaceAsInPython() {
        Linear linear = new Linear(2, 2, false);
        Init.ones_(linear.weight.tensor());
        linear.registerFullBackwardHook(
                (module, gradInput, gradOutput) -> List.of(gradInput.get(0).mul(10)));
        linear.registerFullBackwardHook((module, gradInput, gradOutput) -> note(text(gradInput) + text(gradOutput)));
        linear.registerFullBackwardPreHook(
                (module, gradOutput) -> List.of(gradOutput.get(0).mul(7)));
        Tensor x = Torch.ones(1, 2).requiresGrad(true);
        linear.call(x).sum().backward();
        String java = seen + " " + x.grad().sum().toDouble() + " "
                + linear.weight.grad().sum().toDouble();
        assertThat(java).isEqualTo("[[140.0][7.0]] 280.0 28.0");
        // 1.13 has no hooks before backward; a factor of 7 in the loss does what this one does.
        assertThat(
                        PythonOracle.run(
                                """
                        import torch
                        linear = torch.nn.Linear(2, 2, bias=False)
                        torch.nn.init.ones_(linear.weight)
                        linear.register_full_backward_hook(lambda m, i, o: (i[0] * 10,))
                        linear.register_full_backward_hook(
                            lambda m, i, o: print([[i[0].max().item()], [o[0].max().item()]]))
                        x = torch.ones(1, 2, requires_grad=True)
                        (linear(x).sum() * 7).backward()
                        print(x.grad.sum().item(), linear.weight.grad.sum().item())
                        """))
                .isEqualTo("[[140.0], [7.0]]\n280.0 28.0\n");
    }

    @Test
    void hooksRunWithoutInputsThatNeedGradients() {
        Linear linear = new Linear(2, 2);
        linear.registerFullBackwardHook((module, gradInput, gradOutput) -> note(text(gradInput) + text(gradOutput)));
        linear.call(Torch.ones(1, 2)).sum().backward();
        assertThat(seen).containsExactly("[null][1.0]");
        assertThat(linear.weight.grad()).isNotNull();
        linear.registerFullBackwardHook((module, gradInput, gradOutput) -> List.of(Torch.ones(1, 2)));
        assertThatThrownBy(() -> linear.call(Torch.ones(1, 2)).sum().backward())
                .hasMessageContaining("where no input requires gradient");
    }

    @Test
    void recordsAreMadeAnew() {
        Both both = new Both();
        both.registerFullBackwardHook((module, gradInput, gradOutput) -> note(text(gradInput) + text(gradOutput)));
        Tensor a = Torch.ones(2).requiresGrad(true);
        Pair pair = both.call(a);
        assertThat(pair.count()).isEqualTo(7);
        pair.product().sum().backward();
        assertThat(seen).containsExactly("[5.0][null, null, 1.0]");
    }

    @Test
    void removedHooksDoNotRunAndNothingIsRecordedWithoutGradients() {
        ReLU relu = new ReLU();
        RemovableHandle handle =
                relu.registerFullBackwardHook((module, gradInput, gradOutput) -> note("hook " + text(gradOutput)));
        Tensor x = Torch.ones(2).requiresGrad(true);
        assertThat(relu.call(x).gradFunctionName()).isEqualTo("BackwardHookFunctionBackward");
        try (GradMode mode = Torch.noGrad()) {
            relu.call(x);
        }
        ReLU copy = relu.deepCopy();
        handle.remove();
        relu.call(x).sum().backward();
        assertThat(seen).isEmpty();
        copy.call(x).sum().backward();
        assertThat(seen).hasSize(1);
    }

    @Test
    void hooksCanBePutBeforeTheOthers() {
        ReLU relu = new ReLU();
        relu.registerFullBackwardHook((module, gradInput, gradOutput) -> note("last"));
        relu.registerFullBackwardHook((module, gradInput, gradOutput) -> note("third"), true);
        relu.registerFullBackwardPreHook((module, gradOutput) -> note("second"));
        relu.registerFullBackwardPreHook((module, gradOutput) -> note("first"), true);
        relu.call(Torch.ones(2).requiresGrad(true)).sum().backward();
        assertThat(seen).containsExactly("first", "second", "third", "last");
    }

    @Test
    void wrongAnswersAreErrors() {
        ReLU relu = new ReLU();
        relu.registerFullBackwardHook((module, gradInput, gradOutput) -> List.of());
        Tensor x = Torch.ones(2).requiresGrad(true);
        assertThatThrownBy(() -> relu.call(x).sum().backward())
                .hasMessageContaining("Backward hook returned an invalid number of grad_input, got 0, but expected 1");
    }

    private <T> T note(String what) {
        seen.add(what);
        return null;
    }

    private static String text(List<Tensor> gradients) {
        return gradients.stream()
                .map(each -> each == null ? "null" : Double.toString(each.max().toDouble()))
                .collect(Collectors.joining(", ", "[", "]"));
    }
}
