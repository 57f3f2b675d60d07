package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Torch;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphText;

class RemoveMutationTest {
    @Test
    void operatorsInPlaceBecomeOperatorsThatAreNot() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Float(2, 3), %s : float):
                  %one : int = prim::Constant[value=1]()
                  %y : Float(2, 3) = aten::neg(%x)
                  %a : Float(2, 3) = aten::add_(%y, %x, %one)
                  %b : Float(2, 3) = aten::relu_(%a)
                  %c : Float(2, 3) = aten::mul_(%y, %s)
                  %z : Float(2, 3) = aten::add(%y, %b, %one)
                  return (%z)
                """);

        Results.stay(graph, RemoveMutation::run, Torch.randn(2, 3), 2.0);
        assertThat(graph)
                .hasToString(
                        """
                graph(%x : Float(2, 3), %s : float):
                  %one : int = prim::Constant[value=1]()
                  %y : Float(2, 3) = aten::neg(%x)
                  %0 : Float(2, 3) = aten::add(%y, %x, %one)
                  %1 : Float(2, 3) = aten::relu(%0)
                  %2 : Float(2, 3) = aten::mul(%1, %s)
                  %z : Float(2, 3) = aten::add(%2, %2, %one)
                  return (%z)
                """);
    }

    @Test
    void theResultKeepsTheTypeThatTheTensorHad() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Float(2), %z : Double(2), %s : float):
                  %one : int = prim::Constant[value=1]()
                  %y : Float(2) = aten::neg(%x)
                  %a : Float(2) = aten::add_(%y, %z, %one)
                  %b : Float(2) = aten::gt_(%a, %s)
                  return (%b)
                """);

        Results.stay(graph, RemoveMutation::run, Torch.randn(2), Torch.randn(2).to(DType.FLOAT64), 0.5);
        assertThat(graph)
                .hasToString(
                        """
                graph(%x : Float(2), %z : Double(2), %s : float):
                  %one : int = prim::Constant[value=1]()
                  %y : Float(2) = aten::neg(%x)
                  %0 : Tensor = aten::add(%y, %z, %one)
                  %1 : Float(2) = aten::type_as(%0, %y)
                  %2 : Tensor = aten::gt(%1, %s)
                  %3 : Float(2) = aten::type_as(%2, %1)
                  return (%3)
                """);
    }

    @Test
    void writingIntoAPartMakesAnotherWhole() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Float(2, 3), %v : Float(3)):
                  %zero : int = prim::Constant[value=0]()
                  %one : int = prim::Constant[value=1]()
                  %false : bool = prim::Constant[value=false]()
                  %y : Float(2, 3) = aten::neg(%x)
                  %row : Float(3) = aten::select(%y, %zero, %one)
                  %a : Float(3) = aten::copy_(%row, %v, %false)
                  return (%y)
                """);

        Results.stay(graph, RemoveMutation::run, Torch.randn(2, 3), Torch.randn(3));
        assertThat(graph)
                .hasToString(
                        """
                graph(%x : Float(2, 3), %v : Float(3)):
                  %zero : int = prim::Constant[value=0]()
                  %one : int = prim::Constant[value=1]()
                  %false : bool = prim::Constant[value=false]()
                  %y : Float(2, 3) = aten::neg(%x)
                  %row : Float(3) = aten::select(%y, %zero, %one)
                  %0 : Float(3) = aten::expand_as(%v, %row)
                  %1 : NoneType = prim::Constant()
                  %2 : Float(3) = aten::clone(%0, %1)
                  %3 : Float(2, 3) = aten::select_scatter(%y, %2, %zero, %one)
                  return (%3)
                """);
    }

    @Test
    void aListThatGrowsBecomesAnother() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor, %y : Tensor, %n : int):
                  %first : Tensor[] = prim::ListConstruct(%x)
                  %a : Tensor = aten::cat(%first, %n)
                  %b : Tensor[] = aten::append(%first, %y)
                  %c : Tensor[] = aten::append(%first, %a)
                  %d : Tensor = aten::cat(%first, %n)
                  return (%d)
                """);

        Results.stay(graph, RemoveMutation::run, Torch.randn(2, 3), Torch.randn(1, 3), 0L);
        assertThat(graph)
                .hasToString(
                        """
                graph(%x : Tensor, %y : Tensor, %n : int):
                  %first : Tensor[] = prim::ListConstruct(%x)
                  %a : Tensor = aten::cat(%first, %n)
                  %0 : Tensor[] = prim::ListConstruct(%x, %y)
                  %1 : Tensor[] = prim::ListConstruct(%x, %y, %a)
                  %d : Tensor = aten::cat(%1, %n)
                  return (%d)
                """);
    }

    @Test
    void aListIntoWhichSomethingWasInsertedStillGrows() {
        unchanged(
                """
                graph(%x : Tensor, %y : Tensor, %n : int):
                  %list : Tensor[] = prim::ListConstruct(%x)
                  aten::insert(%list, %n, %y)
                  %a : Tensor[] = aten::append(%list, %x)
                  %d : Tensor = aten::cat(%list, %n)
                  return (%d)
                """);
    }

    @Test
    void inputsAndSlotsAreStillWrittenInto() {
        unchanged(
                """
                graph(%x : Tensor):
                  %s : Tensor = prim::GetAttr[name="count"]()
                  %0 : Tensor = aten::zero_(%s)
                  %1 : Tensor = aten::relu_(%x)
                  return (%1)
                """);
    }

    @Test
    void whatIsReadLaterByAnotherNameIsStillWrittenInto() {
        unchanged(
                """
                graph(%x : Tensor, %i : int):
                  %y : Tensor = aten::neg(%x)
                  %view : Tensor = aten::select(%y, %i, %i)
                  %0 : Tensor = aten::relu_(%y)
                  return (%view)
                """);
    }

    @Test
    void whatABranchWritesIntoIsStillWrittenInto() {
        unchanged(
                """
                graph(%x : Tensor, %c : bool):
                  %y : Tensor = aten::neg(%x)
                  prim::If(%c)
                    block0():
                      %0 : Tensor = aten::relu_(%y)
                      -> ()
                    block1():
                      -> ()
                  return (%y)
                """);
    }

    private static void unchanged(String text) {
        Graph graph = GraphText.parse(text);

        assertThat(RemoveMutation.run(graph)).isFalse();
        assertThat(graph).hasToString(text);
    }

    @Test
    void fillingWithATensorMakesACopyOfTheRightType() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor, %v : Tensor):
                  %y : Tensor = aten::neg(%x)
                  %a : Tensor = aten::fill_(%y, %v)
                  return (%y)
                """);

        Results.stay(
                graph, RemoveMutation::run, Torch.randn(2, 3), Torch.tensor(7L).reshape());
        assertThat(graph.kinds()).doesNotContainKey("aten::fill_");
    }

    @Test
    void aNewTensorIsWrittenIntoBeforeAListOfALoopTakesIt() {
        Graph graph = GraphText.parse(filling(
                """
                      %part : Tensor = aten::slice(%y, %zero, %zero, %one, %one)
                      %0 : Tensor = aten::copy_(%part, %x)
                      %mine : Tensor[] = prim::ListConstruct(%y)
                      %longer : Tensor[] = aten::add(%all, %mine)
                """,
                "%longer"));

        Results.stay(graph, RemoveMutation::run, Torch.randn(1, 3), 3L);
        assertThat(graph.kinds()).doesNotContainKey("aten::copy_");
    }

    @Test
    void whatAListHasAlreadyIsStillWrittenInto() {
        Graph graph = GraphText.parse(filling(
                """
                      %1 : Tensor[] = aten::append(%all, %y)
                      %part : Tensor = aten::slice(%y, %zero, %zero, %one, %one)
                      %0 : Tensor = aten::copy_(%part, %x)
                """,
                "%all"));

        assertThat(RemoveMutation.run(graph)).isFalse();
    }

    /** Makes a tensor of two rows in each turn, writes into it and puts it into a list. */
    private static String filling(String turn, String list) {
        return """
                graph(%x : Tensor, %n : int):
                  %zero : int = prim::Constant[value=0]()
                  %one : int = prim::Constant[value=1]()
                  %yes : bool = prim::Constant[value=true]()
                  %rows : Tensor[] = prim::ListConstruct(%x, %x)
                  %none : Tensor[] = prim::ListConstruct()
                  %found : Tensor[] = prim::Loop(%n, %yes, %none)
                    block0(%i : int, %all : Tensor[]):
                      %y : Tensor = aten::cat(%rows, %zero)
                """
                + turn
                + "      -> (%yes, " + list + ")\n"
                + """
                  %result : Tensor = aten::cat(%found, %zero)
                  return (%result)
                """;
    }
}
