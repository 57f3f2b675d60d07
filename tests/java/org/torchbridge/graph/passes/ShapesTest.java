package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphText;
import org.torchbridge.graph.Slot;

class ShapesTest {
    private static final String TEXT =
            """
            graph(%x : Tensor):
              %axis : int = prim::Constant[value=1]()
              %true : bool = prim::Constant[value=true]()
              %a : Tensor = aten::t(%x)
              %b : Tensor = aten::argmax(%x, %axis, %true)
              return (%a, %b)
            """;

    @Test
    void tensorsGetTheTypesTheyHaveInTheExample() {
        Graph graph = GraphText.parse(TEXT);

        assertThat(Shapes.run(graph, List.of(Torch.zeros(2, 3)))).isTrue();
        assertThat(graph.toString())
                .contains("%x : Float(2, 3)", "%a : Float(3, 2) = aten::t", "%b : Long(2, 1) = aten::argmax");
        assertThat(Shapes.run(graph, List.of(Torch.zeros(2, 3)))).isFalse();
    }

    @Test
    void sizesThatDifferInASecondExampleAreUnknown() {
        Graph graph = GraphText.parse(TEXT);

        Shapes.run(graph, List.of(Torch.zeros(2, 3)), List.of(Torch.zeros(5, 3)));

        assertThat(graph.toString())
                .contains("%x : Float(*, 3)", "%a : Float(3, *) = aten::t", "%b : Long(*, 1) = aten::argmax");
    }

    @Test
    void aLoopsTensorsHaveWhatAllTurnsHaveInCommon() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor, %n : int):
                  %true : bool = prim::Constant[value=true]()
                  %axis : int = prim::Constant[value=0]()
                  %y : Tensor = prim::Loop(%n, %true, %x)
                    block0(%i : int, %a : Tensor):
                      %both : Tensor[] = prim::ListConstruct(%a, %x)
                      %b : Tensor = aten::cat(%both, %axis)
                      -> (%true, %b)
                  return (%y)
                """);

        Shapes.run(graph, List.of(Torch.zeros(2, 3), 2L));

        assertThat(graph.toString()).contains("%a : Float(*, 3)", "%b : Float(*, 3)", "%y : Float(*, 3)");
    }

    @Test
    void slotsAndExamplesStayAsTheyAre() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor):
                  %one : int = prim::Constant[value=1]()
                  %n : Tensor = prim::GetAttr[name="count"]()
                  %0 : Tensor = aten::add_(%n, %one, %one)
                  %1 : Tensor = aten::add_(%x, %one, %one)
                  return (%1)
                """);
        Tensor count = Torch.tensor(5L);
        Tensor x = Torch.zeros(1);
        graph.slots().put("count", Slot.buffer(count));

        Shapes.run(graph, List.of(x));

        assertThat(count.toLong()).isEqualTo(5);
        assertThat(x.toFloat()).isZero();
        assertThat(graph.toString()).contains("%n : Long()");
        assertThat(count.dtype()).isEqualTo(DType.INT64);
    }
}
