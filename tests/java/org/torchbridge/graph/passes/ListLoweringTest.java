package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphText;

class ListLoweringTest {
    @Test
    void listsOfListsArePutTogetherAtOnce() {
        Graph graph = GraphText.parse(
                """
                graph(%x : int, %y : int):
                  %none : NoneType = prim::Constant()
                  %one : int = prim::Constant[value=1]()
                  %two : int = prim::Constant[value=2]()
                  %last : int = prim::Constant[value=-1]()
                  %pair : int[] = prim::ListConstruct(%x, %y)
                  %copy : int[] = aten::list(%pair)
                  %four : int[] = aten::mul(%copy, %two)
                  %three : int[] = aten::slice(%four, %one, %none, %one)
                  %both : int[] = aten::add(%three, %copy)
                  %part : int[] = aten::slice(%both, %none, %last, %one)
                  %length : int = aten::len(%part)
                  %sum : int = aten::sum(%part)
                  return (%sum, %length)
                """);

        Results.stay(graph, ListLowering::run, 3L, 5L);
        assertThat(graph.kinds()).doesNotContainKeys("aten::list", "aten::mul", "aten::slice", "aten::add");
    }

    @Test
    void aListThatChangesStays() {
        String text =
                """
                graph(%x : int):
                  %list : int[] = prim::ListConstruct(%x)
                  %copy : int[] = aten::list(%list)
                  %0 : int[] = aten::append(%list, %x)
                  return (%copy)
                """;
        Graph graph = GraphText.parse(text);

        assertThat(ListLowering.run(graph)).isFalse();
        assertThat(graph).hasToString(text);
    }
}
