package org.torchbridge.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;

class InterpreterTest {
    @Test
    void operatorsAreLibtorchs() {
        Tensor x = Torch.tensor(new float[][] {{1, -2}, {-3, 4}});

        List<Object> outputs = run(
                """
                graph(%x : Tensor):
                  %one : int = prim::Constant[value=1]()
                  %half : float = prim::Constant[value=0.5]()
                  %y : Tensor = aten::relu(%x)
                  %z : Tensor = aten::add(%y, %half, %one)
                  %n : int = aten::size(%z, %one)
                  %m : int = aten::mul(%n, %n)
                  return (%z, %m)
                """,
                x);

        assertThat(((Tensor) outputs.get(0)).toArray()).isEqualTo(new float[][] {{1.5f, 0.5f}, {0.5f, 4.5f}});
        assertThat(outputs.get(1)).isEqualTo(4L);
    }

    @Test
    void gradientsGoThrough() {
        Tensor x = Torch.tensor(3f).requiresGrad(true);

        List<Object> outputs = run(
                """
                graph(%x : Tensor):
                  %y : Tensor = aten::mul(%x, %x)
                  return (%y)
                """,
                x);
        ((Tensor) outputs.get(0)).backward();

        assertThat(x.grad().toFloat()).isEqualTo(6f);
    }

    @Test
    void branchesAndLoopsRun() {
        String text =
                """
                graph(%n : int):
                  %true : bool = prim::Constant[value=true]()
                  %zero : int = prim::Constant[value=0]()
                  %two : int = prim::Constant[value=2]()
                  %long : int = prim::Constant[value=100]()
                  %sum : int = prim::Loop(%long, %true, %zero)
                    block0(%i : int, %s : int):
                      %rest : int = aten::remainder(%i, %two)
                      %odd : bool = aten::Bool(%rest)
                      %t : int = prim::If(%odd)
                        block0():
                          %a : int = aten::add(%s, %i)
                          -> (%a)
                        block1():
                          -> (%s)
                      %on : bool = aten::lt(%i, %n)
                      -> (%on, %t)
                  return (%sum)
                """;

        assertThat(run(text, 5L)).containsExactly(1L + 3 + 5);
        assertThat(run(text, -1L)).containsExactly(0L);
    }

    @Test
    void listsAndDictionariesChangeForAllWhoHaveThem() {
        List<Object> outputs = run(
                """
                graph(%x : Tensor, %y : Tensor):
                  %key : str = prim::Constant[value="a"]()
                  %0 : int = prim::Constant[value=0]()
                  %list : Tensor[] = prim::ListConstruct(%x)
                  %both : (Tensor[], Tensor) = prim::TupleConstruct(%list, %y)
                  %1 : Tensor[] = aten::append(%list, %y)
                  %same : Tensor[] = prim::TupleIndex(%both, %0)
                  %n : int = aten::len(%same)
                  %dict : Dict(str, Tensor) = prim::DictConstruct(%key, %x)
                  aten::_set_item(%dict, %key, %y)
                  %v : Tensor = aten::__getitem__(%dict, %key)
                  %a : Tensor, %b : Tensor = prim::ListUnpack(%list)
                  %c : Tensor = aten::cat(%list, %0)
                  return (%n, %v, %b, %c, %dict)
                """,
                Torch.tensor(1f, 2f), Torch.tensor(3f, 4f));

        assertThat(outputs.get(0)).isEqualTo(2L);
        assertThat(((Tensor) outputs.get(1)).toFloatArray()).containsExactly(3, 4);
        assertThat(((Tensor) outputs.get(2)).toFloatArray()).containsExactly(3, 4);
        assertThat(((Tensor) outputs.get(3)).toFloatArray()).containsExactly(1, 2, 3, 4);
        assertThat(((Map<?, ?>) outputs.get(4)).keySet()).hasToString("[a]");
    }

    @Test
    void slotsAreReadAndWrittenForThisInterpreterAlone() {
        Graph graph = GraphText.parse(
                """
                graph():
                  %one : int = prim::Constant[value=1]()
                  %n : int = prim::GetAttr[name="count"]()
                  %m : int = aten::add(%n, %one)
                  prim::SetAttr[name="count"](%m)
                  return (%n)
                """);
        graph.slots().put("count", Slot.attribute(Type.INT, 7L));
        Interpreter interpreter = new Interpreter(graph);

        assertThat(interpreter.run()).containsExactly(7L);
        assertThat(interpreter.run()).containsExactly(8L);
        assertThat(new Interpreter(graph).run()).containsExactly(7L);
    }

    @Test
    void theObserverSeesEachValue() {
        Graph graph = GraphText.parse(
                """
                graph(%n : int):
                  %m : int = aten::neg(%n)
                  %k : int = aten::mul(%m, %n)
                  return (%k)
                """);
        List<String> seen = new ArrayList<>();

        new Interpreter(graph)
                .observe((value, object) -> seen.add(value + "=" + object))
                .run(3L);

        assertThat(seen).containsExactly("%n=3", "%m=-3", "%k=-9");
    }

    @Test
    void whatFailsNamesTheNode() {
        assertThatThrownBy(() -> run(
                        """
                        graph(%x : Tensor, %y : Tensor):
                          %z : Tensor = aten::matmul(%x, %y)
                          return (%z)
                        """,
                        Torch.ones(2, 3), Torch.ones(2, 3)))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("shapes cannot be multiplied")
                .hasMessageContaining("in %z : Tensor = aten::matmul(%x, %y)");
        assertThatThrownBy(() -> run(
                        """
                        graph(%x : Tensor):
                          %z : Tensor = no::such(%x)
                          return (%z)
                        """,
                        Torch.ones(2)))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("no::such");
        assertThatThrownBy(() -> run(
                        """
                        graph(%x : Tensor):
                          %m : str = prim::Constant[value="too bad"]()
                          prim::RaiseException(%m)
                          return (%x)
                        """,
                        Torch.ones(2)))
                .isInstanceOf(TorchException.class)
                .hasMessage("too bad");
        assertThatThrownBy(
                        () -> run(
                                """
                        graph(%x : Tensor):
                          return (%x)
                        """))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 inputs");
    }

    private static List<Object> run(String text, Object... inputs) {
        return new Interpreter(GraphText.parse(text)).run(inputs);
    }
}
