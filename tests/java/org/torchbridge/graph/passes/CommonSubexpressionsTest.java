package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.GraphText;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

class CommonSubexpressionsTest {
    @Test
    void whatIsComputedTwiceIsComputedOnce() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor, %c : bool):
                  %0 : int = prim::Constant[value=0]()
                  %1 : int = aten::size(%x, %0)
                  %zero : int = prim::Constant[value=0]()
                  %2 : int = prim::If(%c)
                    block0():
                      %3 : int = aten::size(%x, %zero)
                      -> (%3)
                    block1():
                      -> (%1)
                  return (%2)
                """);

        assertThat(CommonSubexpressions.run(graph)).isTrue();
        assertThat(graph)
                .hasToString(
                        """
                graph(%x : Tensor, %c : bool):
                  %0 : int = prim::Constant[value=0]()
                  %1 : int = aten::size(%x, %0)
                  %2 : int = prim::If(%c)
                    block0():
                      -> (%1)
                    block1():
                      -> (%1)
                  return (%2)
                """);
    }

    @Test
    void whatABranchComputesIsNotKnownBehindIt() {
        unchanged(
                """
                graph(%x : Tensor, %c : bool, %d : int):
                  %0 : int = prim::If(%c)
                    block0():
                      %1 : int = aten::size(%x, %d)
                      -> (%1)
                    block1():
                      -> (%d)
                  %2 : int = aten::size(%x, %d)
                  return (%0, %2)
                """);
    }

    @Test
    void whatIsWrittenIntoIsComputedAgain() {
        unchanged(
                """
                graph(%x : Tensor):
                  %0 : Tensor = aten::neg(%x)
                  %1 : Tensor = aten::relu(%0)
                  %2 : Tensor = aten::sigmoid_(%0)
                  %3 : Tensor = aten::relu(%0)
                  %4 : Tensor = aten::mul(%1, %3)
                  return (%4)
                """);
    }

    @Test
    void randomNumbersAreDrawnAgain() {
        unchanged(
                """
                graph(%x : Tensor, %p : float):
                  %true : bool = prim::Constant[value=true]()
                  %0 : Tensor = aten::dropout(%x, %p, %true)
                  %1 : Tensor = aten::dropout(%x, %p, %true)
                  %2 : Tensor = aten::mul(%0, %1)
                  return (%2)
                """);
    }

    @Test
    void twoOutputsStayTwoTensors() {
        unchanged(
                """
                graph(%x : Tensor):
                  %0 : Tensor = aten::relu(%x)
                  %1 : Tensor = aten::relu(%x)
                  return (%0, %1)
                """);
    }

    private static void unchanged(String text) {
        Graph graph = GraphText.parse(text);

        assertThat(CommonSubexpressions.run(graph)).isFalse();
        assertThat(graph).hasToString(text);
    }

    @Test
    void emptyListsOfDifferentTypesStayTwo() {
        Graph graph = new Graph();
        GraphBuilder g = GraphBuilder.at(graph.body());
        graph.addOutput(g.op("aten::len", g.list(Type.INT, List.of())));
        graph.addOutput(g.op("aten::len", g.list(Type.TENSOR, List.of())));

        CommonSubexpressions.run(graph);

        assertThat(graph.kinds()).containsEntry("prim::ListConstruct", 2);
    }

    @Test
    void whatAnObjectHoldsIsReadAgainWhenItWasWritten() {
        Graph graph = new Graph();
        GraphBuilder g = GraphBuilder.at(graph.body());
        Value counter = graph.addInput("counter", new Type.OfNative("__torch__.Counter", null));
        graph.addOutput(count(g, counter));
        Value one = g.constant(1L);
        g.node("prim::SetAttr", List.of(), List.of(counter, one)).set("name", "count");
        graph.addOutput(count(g, counter));

        Simplification.run(graph);
        InferenceForm.run(graph);

        assertThat(graph.kinds()).containsEntry("prim::GetAttr", 2).containsEntry("prim::SetAttr", 1);
    }

    private static Value count(GraphBuilder g, Value counter) {
        return g.node("prim::GetAttr", List.of(Type.INT), List.of(counter))
                .set("name", "count")
                .output();
    }
}
