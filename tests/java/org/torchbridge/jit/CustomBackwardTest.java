package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.GradMode;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.autograd.GradCheck;
import org.torchbridge.autograd.Node;
import org.torchbridge.io.PythonTuple;

/** Gradients of operators written in Java. */
class CustomBackwardTest {
    private static final CustomOperator PLAIN = CustomOperator.register(
            "gradients::plain(Tensor x, float k) -> Tensor",
            arguments -> arguments.tensor("x").pow(2).mul(arguments.number("k")));

    /** The product of x to the power of n and y, and x doubled; the gradient of x is that and ten times too much. */
    private static final CustomOperator PRODUCT = CustomOperator.register(
            "gradients::product(Tensor x, int n, Tensor? y=None) -> (Tensor, str, Tensor)",
            (context, arguments) -> {
                Tensor x = arguments.tensor("x");
                Tensor y = (Tensor) arguments.get("y");
                context.saveForBackward(x, y);
                context.set("n", arguments.integer("n"));
                Tensor power = x.pow(arguments.integer("n"));
                return List.of(y == null ? power : power.mul(y), "product", x.mul(2));
            },
            (context, gradients) -> {
                Tensor x = context.savedTensors().get(0);
                Tensor y = context.savedTensors().get(1);
                long n = context.get("n", Long.class);
                Tensor derived = gradients.get(0).mul(x.pow(n - 1)).mul(n);
                Tensor ofX = (y == null ? derived : derived.mul(y))
                        .add(gradients.get(1).mul(2));
                return Arrays.asList(
                        ofX, null, y == null ? null : gradients.get(0).mul(x.pow(n)));
            });

    /** The identity, with ten times its gradient. */
    private static final CustomOperator TENFOLD = CustomOperator.register(
            "gradients::tenfold(Tensor x) -> Tensor",
            (context, arguments) -> arguments.tensor("x").clone(),
            (context, gradients) -> List.of(gradients.get(0).mul(10)));

    private static Tensor leaf(double... values) {
        return Torch.tensor(values).requiresGrad_();
    }

    @Test
    void withoutABackwardTheKernelsOwnOperationsAreDerived() {
        Tensor x = leaf(1, 2);

        ((Tensor) PLAIN.call(x, 3)).sum().backward();

        assertThat(x.grad().toDoubleArray()).containsExactly(6, 12);
    }

    @Test
    void aBackwardTakesThePlaceOfTheKernelsOperations() {
        Tensor x = leaf(1, 2);

        Tensor y = (Tensor) TENFOLD.call(x);
        y.sum().backward();

        assertThat(Node.of(y).name()).isEqualTo("OperatorFunctionBackward");
        assertThat(x.grad().toDoubleArray()).containsExactly(10, 10);
    }

    @Test
    void withoutGradNothingIsRecorded() {
        try (GradMode off = Torch.noGrad()) {
            assertThat(((Tensor) TENFOLD.call(leaf(1))).requiresGrad()).isFalse();
        }
        assertThat(((Tensor) TENFOLD.call(Torch.ones(1))).requiresGrad()).isFalse();
    }

    @Test
    void severalResultsAndMissingInputsAreDerived() {
        Tensor x = leaf(2, 3);
        Tensor y = leaf(5, 7);

        PythonTuple both = (PythonTuple) PRODUCT.call(x, 3, y);
        PythonTuple alone = (PythonTuple) PRODUCT.call(x, 2);
        assertThat(both.get(1)).isEqualTo("product");
        Torch.cat(List.of((Tensor) both.get(0), (Tensor) both.get(2), (Tensor) alone.get(0)))
                .sum()
                .backward();

        assertThat(x.grad().toDoubleArray()).containsExactly(3 * 4 * 5 + 2 + 4, 3 * 9 * 7 + 2 + 6);
        assertThat(y.grad().toDoubleArray()).containsExactly(8, 27);
    }

    @Test
    void gradCheckAgrees() {
        Tensor x =
                Torch.rand(new long[] {2, 3}, TensorOptions.of(DType.FLOAT64)).requiresGrad_();
        Tensor y =
                Torch.rand(new long[] {2, 3}, TensorOptions.of(DType.FLOAT64)).requiresGrad_();

        assertThat(GradCheck.gradcheck(
                        inputs -> {
                            PythonTuple result = (PythonTuple) PRODUCT.call(inputs.get(0), 3, inputs.get(1));
                            return List.of((Tensor) result.get(0), (Tensor) result.get(2));
                        },
                        List.of(x, y)))
                .isTrue();
        assertThat(GradCheck.gradgradcheck(
                        inputs -> {
                            PythonTuple result = (PythonTuple) PRODUCT.call(inputs.get(0), 3, inputs.get(1));
                            return List.of((Tensor) result.get(0));
                        },
                        List.of(x, y),
                        GradCheck.options()))
                .isTrue();
    }

    @Test
    void theTensorsOfAListHaveGradientsOfTheirOwn() {
        List<Boolean> needed = new ArrayList<>();
        CustomOperator sum = CustomOperator.register(
                "gradients::weighted_sum(float w, Tensor[] list, Tensor last) -> Tensor",
                (context, arguments) -> {
                    for (int i = 0; i < 4; i++) {
                        needed.add(context.needsInputGrad(i));
                    }
                    context.set("w", arguments.number("w"));
                    return Torch.stack(arguments.tensors("list")).sum(0).add(arguments.tensor("last"));
                },
                (context, gradients) -> {
                    Tensor gradient = gradients.get(0);
                    double w = context.get("w", Double.class);
                    return Arrays.asList(null, gradient.mul(w), gradient.mul(2 * w), gradient);
                });
        Tensor first = leaf(1);
        Tensor second = leaf(1);

        ((Tensor) sum.call(3, List.of(first, second), Torch.ones(1))).backward();

        assertThat(needed).containsExactly(false, true, true, false);
        assertThat(first.grad().item().doubleValue()).isEqualTo(3);
        assertThat(second.grad().item().doubleValue()).isEqualTo(6);
    }

    @Test
    void anOperatorIsCalledInABackward() {
        CustomOperator op = CustomOperator.register(
                "gradients::indirect(Tensor x) -> Tensor",
                (context, arguments) -> arguments.tensor("x").clone(),
                (context, gradients) -> List.of((Tensor) PLAIN.call(gradients.get(0), 3)));
        Tensor x = leaf(1);

        ((Tensor) op.call(x)).mul(2).backward();

        assertThat(x.grad().item().doubleValue()).isEqualTo(12);
    }

    @Test
    void whatABackwardThrowsIsTheCause() {
        CustomOperator op = CustomOperator.register(
                "gradients::failing(Tensor x) -> Tensor",
                (context, arguments) -> arguments.tensor("x").clone(),
                (context, gradients) -> {
                    throw new IOException("gone");
                });
        Tensor y = (Tensor) op.call(leaf(1));

        assertThatThrownBy(y::backward)
                .isInstanceOf(TorchException.class)
                .hasMessage("the backward of gradients::failing threw java.io.IOException: gone")
                .hasRootCauseInstanceOf(IOException.class);
    }

    @Test
    void tooManyGradientsAreAnError() {
        CustomOperator op = CustomOperator.register(
                "gradients::too_many(Tensor x) -> Tensor",
                (context, arguments) -> arguments.tensor("x").clone(),
                (context, gradients) -> Arrays.asList(gradients.get(0), null));
        Tensor y = (Tensor) op.call(leaf(1));

        assertThatThrownBy(y::backward)
                .hasMessageContaining("the backward of gradients::too_many returned 2 gradients; up to 1 are expected");
    }

    @Test
    void anOperatorWithABackwardGivesATensor() {
        CustomOperator op = CustomOperator.register(
                "gradients::no_tensor(Tensor x) -> int", (context, arguments) -> 1, (context, gradients) -> List.of());

        assertThatThrownBy(() -> op.call(leaf(1)))
                .hasMessageContaining("an operator with a backward gives at least one tensor");
    }
}
