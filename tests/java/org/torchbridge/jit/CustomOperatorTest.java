package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.Scalar;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.io.PythonTuple;

/** Operators written in Java, called from Java. */
class CustomOperatorTest {
    private static final CustomOperator TRIPLE = CustomOperator.register(
            "custom::triple(Tensor x, float k=3.0) -> Tensor",
            arguments -> arguments.tensor("x").mul(arguments.number("k")));

    private static Tensor tensor(Object result) {
        return (Tensor) result;
    }

    @Test
    void anOperatorIsCalledWithItsArguments() {
        Tensor result = tensor(TRIPLE.call(Torch.tensor(new float[] {1, 2}), 2.0));

        assertThat(result.toFloatArray()).containsExactly(2, 4);
    }

    @Test
    void whatHasADefaultMayBeLeftOut() {
        assertThat(tensor(TRIPLE.call(Torch.ones(2))).toFloatArray()).containsExactly(3, 3);
    }

    @Test
    void anOperatorSaysWhatItIs() {
        assertThat(TRIPLE.name()).isEqualTo("custom::triple");
        assertThat(TRIPLE).hasToString("custom::triple(Tensor x, float k=3.) -> Tensor");
    }

    @Test
    void valuesOfEveryTypeGoInAndComeOut() {
        Tensor x = Torch.ones(2);
        List<Object> values = Arrays.asList(
                x,
                7L,
                0.5,
                true,
                "text",
                List.of(1L, 2L),
                List.of(0.5, 1.5),
                List.of(true, false),
                List.of("a", ""),
                List.of(),
                3L,
                Device.CPU,
                Scalar.complex(1, 2),
                null,
                Map.of("key", 4L),
                PythonTuple.of(1L, "b"));
        String types =
                "Tensor a0, int a1, float a2, bool a3, str a4, int[] a5, float[] a6, bool[] a7, str[] a8, Tensor[] a9,"
                        + " Scalar a10, Device a11, complex a12, int? a13, Dict(str, int) a14, (int, str) a15";
        CustomOperator echo = CustomOperator.register(
                "custom::echo(" + types + ") -> (" + types.replaceAll(" a\\d+", "") + ")", OperatorArguments::values);

        PythonTuple result = (PythonTuple) echo.call(values.toArray());

        assertThat(tensor(result.get(0)).toFloatArray()).containsExactly(1, 1);
        assertThat(result.subList(1, result.size())).isEqualTo(values.subList(1, values.size()));
    }

    @Test
    void argumentsAreReadByName() {
        List<Object> seen = new ArrayList<>();
        CustomOperator op = CustomOperator.register(
                "custom::named(Tensor[] list, Tensor?[] some, int n, *, bool flag=True, str text=\"t\", int? none=None) -> ()",
                arguments -> seen.addAll(Arrays.asList(
                        arguments.tensors("list").size(),
                        arguments.tensors("some"),
                        arguments.integer("n"),
                        arguments.number("n"),
                        arguments.flag("flag"),
                        arguments.text("text"),
                        arguments.get("none"))));

        Object result = op.call(List.of(Torch.ones(1), Torch.ones(1)), Arrays.asList((Object) null), 5);

        assertThat(result).isNull();
        assertThat(seen).containsExactly(2, Arrays.asList((Object) null), 5L, 5.0, true, "t", null);
    }

    @Test
    void readingAnArgumentAsWhatItIsNotSaysWhatItIs() {
        CustomOperator op = CustomOperator.register(
                "custom::misread(int n, Tensor? t=None) -> Tensor",
                arguments -> arguments.integer("n") == 0 ? arguments.tensor("t") : arguments.get("k"));

        assertThatThrownBy(() -> op.call(0))
                .hasRootCauseMessage(
                        "argument t of custom::misread(int n, Tensor? t=None) -> Tensor is None; Tensor was asked for");
        assertThatThrownBy(() -> op.call(1))
                .hasRootCauseMessage("custom::misread(int n, Tensor? t=None) -> Tensor has no argument k");
    }

    @Test
    void anOperatorMayChangeItsArgument() {
        CustomOperator op = CustomOperator.register(
                "custom::fill_(Tensor(a!) x, int value) -> Tensor(a!)",
                arguments -> arguments.tensor("x").fill_(arguments.integer("value")));
        Tensor x = Torch.zeros(2);

        op.call(x, 4);

        assertThat(x.toFloatArray()).containsExactly(4, 4);
    }

    @Test
    void overloadsAreOperatorsOfTheirOwn() {
        CustomOperator ofInt = CustomOperator.register("custom::kind.of_int(int x) -> str", arguments -> "int");
        CustomOperator ofText = CustomOperator.register("custom::kind.of_str(str x) -> str", arguments -> "str");

        assertThat(ofInt.name()).isEqualTo("custom::kind.of_int");
        assertThat(ofInt.call(1)).isEqualTo("int");
        assertThat(ofText.call("x")).isEqualTo("str");
    }

    @Test
    void wrongArgumentsAreRefusedBeforeTheKernelRuns() {
        assertThatThrownBy(() -> TRIPLE.call("x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("argument x of custom::triple is the text \"x\"; Tensor is expected");
        assertThatThrownBy(() -> TRIPLE.call(Torch.ones(1), Torch.ones(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("argument k of custom::triple is a Tensor; float is expected");
        assertThatThrownBy(() -> TRIPLE.call())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "argument x of custom::triple(Tensor x, float k=3.) -> Tensor is missing, and has no default");
        assertThatThrownBy(() -> TRIPLE.call(Torch.ones(1), 1, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("3 arguments were given to custom::triple(Tensor x, float k=3.) -> Tensor, which takes 2");
    }

    @Test
    void aResultThatTheSchemaDoesNotPromiseIsAnError() {
        CustomOperator one = CustomOperator.register(
                "custom::one(bool right) -> int", arguments -> arguments.flag("right") ? 1 : "1");
        CustomOperator two = CustomOperator.register("custom::two() -> (int, int)", arguments -> List.of(1));

        assertThat(one.call(true)).isEqualTo(1L);
        assertThatThrownBy(() -> one.call(false))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("the result of custom::one is the text \"1\"; int is expected");
        assertThatThrownBy(two::call)
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("the result of custom::two is [1]; a list of 2 is expected");
    }

    @Test
    void whatAKernelThrowsIsTheCause() {
        IOException failure = new IOException("no such file");
        CustomOperator op = CustomOperator.register("custom::failing() -> Tensor", arguments -> {
            throw failure;
        });

        assertThatThrownBy(op::call)
                .isInstanceOf(TorchException.class)
                .hasMessage("custom::failing threw java.io.IOException: no such file")
                .hasCause(failure);
    }

    @Test
    void kernelsMayCallOperators() {
        CustomOperator op = CustomOperator.register(
                "custom::nine_times(Tensor x) -> Tensor", arguments -> TRIPLE.call(TRIPLE.call(arguments.tensor("x"))));

        assertThat(tensor(op.call(Torch.ones(1))).item().doubleValue()).isEqualTo(9);
    }

    @Test
    void theKernelRunsOnTensorsOfAnyType() {
        assertThat(tensor(TRIPLE.call(Torch.ones(new long[] {1}, DType.FLOAT64)))
                        .dtype())
                .isEqualTo(DType.FLOAT64);
    }

    @Test
    void aSchemaThatCannotBeReadIsShown() {
        assertThatThrownBy(() -> CustomOperator.register("custom::bad(Tensr x) -> Tensor", arguments -> null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the schema cannot be read: unknown type specifier")
                .hasMessageContaining("custom::bad(Tensr x) -> Tensor\n            ~~~~~ <--- HERE")
                .hasMessageNotContaining("Exception raised");
        for (String schema :
                List.of("custom::bad(Tensor x", "custom::bad", "", "bad(Tensor x) -> Tensor", "a::b(...) -> ()")) {
            assertThatThrownBy(() -> CustomOperator.register(schema, arguments -> null))
                    .as(schema)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("the schema ");
        }
    }

    @Test
    void aNameIsTakenByOneOperatorAtATime() {
        String schema = "custom::taken(int x) -> int";
        CustomOperator first = CustomOperator.register(schema, arguments -> 1);

        assertThatThrownBy(() -> CustomOperator.register(schema, arguments -> 2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("custom::taken is registered already");
        assertThat(first.call(0)).isEqualTo(1L);

        first.close();
        first.close();
        assertThatThrownBy(() -> first.call(0))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("custom::taken")
                .hasMessageContaining("the operator has been closed");

        try (CustomOperator second = CustomOperator.register(schema, arguments -> 2)) {
            first.close();
            assertThat(second.call(0)).isEqualTo(2L);
        }
    }

    @Test
    void aClosedOperatorKeepsItsSchema() {
        CustomOperator.register("custom::kept(int x) -> int", arguments -> 1).close();

        assertThatThrownBy(() -> CustomOperator.register("custom::kept(str x) -> int", arguments -> 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("custom::kept was registered before, as custom::kept(int x) -> int.");
    }

    @Test
    void operatorsOfLibtorchCannotBeReplaced() {
        assertThatThrownBy(() -> CustomOperator.register("aten::relu(Tensor x) -> Tensor", arguments -> null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("libtorch has an operator aten::relu already; give yours another name");
        assertThatThrownBy(() -> CustomOperator.register("aten::len.t(Tensor[] a) -> int", arguments -> null))
                .isInstanceOf(IllegalStateException.class);
    }
}
