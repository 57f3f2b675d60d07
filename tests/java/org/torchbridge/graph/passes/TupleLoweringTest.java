package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphBuilder;
import org.torchbridge.graph.GraphText;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;

class TupleLoweringTest {
    @Test
    void elementsGoStraightToWhereTheyAreUsed() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor, %y : Tensor):
                  %last : int = prim::Constant[value=-1]()
                  %tuple : (Tensor, Tensor) = prim::TupleConstruct(%x, %y)
                  %a : Tensor, %b : Tensor = prim::TupleUnpack(%tuple)
                  %c : Tensor = prim::TupleIndex(%tuple, %last)
                  %list : Tensor[] = prim::ListConstruct(%b, %c)
                  %got : Tensor = aten::__getitem__(%list, %last)
                  %d : Tensor, %e : Tensor = prim::ListUnpack(%list)
                  %n : int = aten::len(%list)
                  return (%a, %got, %d, %n)
                """);

        assertThat(TupleLowering.run(graph)).isTrue();
        DeadCode.run(graph);
        assertThat(graph)
                .hasToString(
                        """
                graph(%x : Tensor, %y : Tensor):
                  %0 : int = prim::Constant[value=2]()
                  return (%x, %y, %y, %0)
                """);
    }

    @Test
    void listsThatGrowStayListsAndThoseWhoseElementsAreWrittenIntoDoNot() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor, %y : Tensor):
                  %0 : Tensor[] = prim::ListConstruct(%x)
                  %1 : Tensor[] = aten::append(%0, %y)
                  %n : int = aten::len(%0)
                  %2 : Tensor = aten::relu(%x)
                  %3 : Tensor[] = prim::ListConstruct(%2)
                  %4 : Tensor = aten::sigmoid_(%2)
                  %z : Tensor = prim::ListUnpack(%3)
                  return (%n, %z)
                """);

        assertThat(TupleLowering.run(graph)).isTrue();
        DeadCode.run(graph);
        assertThat(graph)
                .hasToString(
                        """
                graph(%x : Tensor, %y : Tensor):
                  %0 : Tensor[] = prim::ListConstruct(%x)
                  %1 : Tensor[] = aten::append(%0, %y)
                  %n : int = aten::len(%0)
                  %2 : Tensor = aten::relu(%x)
                  %4 : Tensor = aten::sigmoid_(%2)
                  return (%n, %2)
                """);
    }

    @Test
    void tuplesComeOutOfBranchesAsTheirElements() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor, %n : int, %c : bool):
                  %t : (Tensor, (int, Tensor)) = prim::If(%c)
                    block0():
                      %p : (int, Tensor) = prim::TupleConstruct(%n, %x)
                      %q : (Tensor, (int, Tensor)) = prim::TupleConstruct(%x, %p)
                      -> (%q)
                    block1():
                      %y : Tensor = aten::relu(%x)
                      %r : (int, Tensor) = prim::TupleConstruct(%n, %y)
                      %s : (Tensor, (int, Tensor)) = prim::TupleConstruct(%y, %r)
                      -> (%s)
                  %a : Tensor, %b : (int, Tensor) = prim::TupleUnpack(%t)
                  %k : int, %z : Tensor = prim::TupleUnpack(%b)
                  return (%a, %z)
                """);

        assertThat(TupleLowering.run(graph)).isTrue();
        DeadCode.run(graph);
        assertThat(graph.toString().replaceAll("%\\d+", "%_"))
                .isEqualTo(
                        """
                graph(%x : Tensor, %n : int, %c : bool):
                  %_ : Tensor, %_ : Tensor = prim::If(%c)
                    block0():
                      -> (%x, %x)
                    block1():
                      %y : Tensor = aten::relu(%x)
                      -> (%y, %y)
                  return (%_, %_)
                """);
    }

    @Test
    void loopsCarryElementsInsteadOfTuples() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor, %y : Tensor, %n : int):
                  %true : bool = prim::Constant[value=true]()
                  %first : (Tensor, Tensor) = prim::TupleConstruct(%x, %y)
                  %last : (Tensor, Tensor) = prim::Loop(%n, %true, %first)
                    block0(%i : int, %t : (Tensor, Tensor)):
                      %a : Tensor, %b : Tensor = prim::TupleUnpack(%t)
                      %c : Tensor = aten::relu(%a)
                      %u : (Tensor, Tensor) = prim::TupleConstruct(%b, %c)
                      -> (%true, %u)
                  return (%last)
                """);

        assertThat(TupleLowering.run(graph)).isTrue();
        DeadCode.run(graph);
        assertThat(graph.toString().replaceAll("%\\d+", "%_"))
                .isEqualTo(
                        """
                graph(%x : Tensor, %y : Tensor, %n : int):
                  %true : bool = prim::Constant[value=true]()
                  %_ : Tensor, %_ : Tensor = prim::Loop(%n, %true, %x, %y)
                    block0(%i : int, %_ : Tensor, %_ : Tensor):
                      %c : Tensor = aten::relu(%_)
                      -> (%true, %_, %c)
                  %_ : (Tensor, Tensor) = prim::TupleConstruct(%_, %_)
                  return (%_)
                """);
    }

    @Test
    void aTupleThatABranchLeavesOpenComesAsOpenElements() {
        Graph graph = new Graph();
        GraphBuilder g = GraphBuilder.at(graph.body());
        Value x = graph.addInput("x", Type.TENSOR);
        Value flag = graph.addInput("flag", Type.BOOL);
        Type pair = new Type.OfTuple(List.of(Type.TENSOR, Type.TENSOR));
        Value tuple = g.branch(flag, then -> List.of(then.tuple(x, x)), other -> other.node(
                                "prim::Uninitialized", List.of(pair), List.of())
                        .outputs())
                .get(0);
        graph.addOutput(g.branch(flag, then -> List.of(then.tupleUnpack(tuple).get(0)), other -> List.of(x))
                .get(0));

        assertThat(TupleLowering.run(graph)).isTrue();
        DeadCode.run(graph);

        assertThat(graph.kinds()).containsOnlyKeys("prim::If", "prim::Uninitialized");
    }
}
