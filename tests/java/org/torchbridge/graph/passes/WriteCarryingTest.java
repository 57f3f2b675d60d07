package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.torchbridge.Torch;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphText;

class WriteCarryingTest {
    private static final String LOOP =
            """
            graph(%x : Tensor, %n : int):
              %true : bool = prim::Constant[value=true]()
              %one : int = prim::Constant[value=1]()
              %sum : Tensor = aten::neg(%x)
            """;

    @Test
    void aLoopCarriesTheTensorThatItWritesInto() {
        Graph graph = GraphText.parse(
                LOOP
                        + """
                  prim::Loop(%n, %true)
                    block0(%i : int):
                      %0 : Tensor = aten::add_(%sum, %x, %one)
                      -> (%true)
                  %y : Tensor = aten::relu(%sum)
                  return (%y)
                """);

        Results.stay(graph, WriteCarrying::run, Torch.randn(3), 2L);
        Results.stay(graph, RemoveMutation::run, Torch.randn(3), 2L);
        assertThat(graph.kinds()).containsEntry("aten::add", 1).doesNotContainKey("aten::add_");
    }

    @Test
    void aTensorWithAnotherNameStays() {
        Graph graph = GraphText.parse(
                LOOP
                        + """
                  %view : Tensor = aten::detach(%sum)
                  prim::Loop(%n, %true)
                    block0(%i : int):
                      %0 : Tensor = aten::add_(%sum, %x, %one)
                      -> (%true)
                  return (%view)
                """);

        assertThat(WriteCarrying.run(graph)).isFalse();
    }
}
