package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphText;
import org.torchbridge.graph.Slot;

/** The passes that put one operator in the place of a formula. */
class FusionTest {
    @BeforeEach
    void sameNumbers() {
        Torch.manualSeed(1);
    }

    @Test
    void theErrorFunctionsFormulaIsGelu() {
        for (String product : new String[] {
            """
                  %e : Tensor = aten::mul(%x, %sum)
                  %y : Tensor = aten::mul(%e, %half)
            """,
            """
                  %e : Tensor = aten::mul(%x, %half)
                  %y : Tensor = aten::mul(%sum, %e)
            """,
            """
                  %two : int = prim::Constant[value=2]()
                  %e : Tensor = aten::div(%sum, %two)
                  %y : Tensor = aten::mul(%x, %e)
            """
        }) {
            Graph graph = GraphText.parse(
                    """
                    graph(%x : Tensor):
                      %one : int = prim::Constant[value=1]()
                      %half : float = prim::Constant[value=0.5]()
                      %root : float = prim::Constant[value=1.4142135]()
                      %a : Tensor = aten::div(%x, %root)
                      %b : Tensor = aten::erf(%a)
                      %sum : Tensor = aten::add(%b, %one, %one)
                    """
                            + product + "  return (%y)");

            Results.stay(graph, GeluFusion::run, Torch.randn(3, 4));
            assertThat(graph.kinds()).containsOnlyKeys("aten::gelu", "prim::Constant");
            assertThat(graph.toString()).contains("none");
        }
    }

    @Test
    void theTangentsFormulaIsGeluToo() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor):
                  %one : int = prim::Constant[value=1]()
                  %three : int = prim::Constant[value=3]()
                  %half : float = prim::Constant[value=0.5]()
                  %f : float = prim::Constant[value=0.044715]()
                  %g : float = prim::Constant[value=0.7978845608]()
                  %cube : Tensor = aten::pow(%x, %three)
                  %a : Tensor = aten::mul(%cube, %f)
                  %b : Tensor = aten::add(%x, %a, %one)
                  %c : Tensor = aten::mul(%b, %g)
                  %d : Tensor = aten::tanh(%c)
                  %e : Tensor = aten::add(%d, %one, %one)
                  %h : Tensor = aten::mul(%x, %half)
                  %y : Tensor = aten::mul(%h, %e)
                  return (%y)
                """);

        Results.stay(graph, GeluFusion::run, Torch.randn(3, 4));
        assertThat(graph.kinds()).containsOnlyKeys("aten::gelu", "prim::Constant");
        assertThat(graph.toString()).contains("tanh");
    }

    @Test
    void anotherFactorIsNoGelu() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor):
                  %one : int = prim::Constant[value=1]()
                  %half : float = prim::Constant[value=0.5]()
                  %root : float = prim::Constant[value=1.5]()
                  %a : Tensor = aten::div(%x, %root)
                  %b : Tensor = aten::erf(%a)
                  %c : Tensor = aten::add(%b, %one, %one)
                  %d : Tensor = aten::mul(%x, %c)
                  %y : Tensor = aten::mul(%d, %half)
                  return (%y)
                """);

        assertThat(GeluFusion.run(graph)).isFalse();
    }

    @Test
    void productsWithWeightsAndSumsWithBiasesAreLinear() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor):
                  %one : int = prim::Constant[value=1]()
                  %w : Tensor = prim::GetAttr[name="w"]()
                  %b : Tensor = prim::GetAttr[name="b"]()
                  %v : Tensor = prim::GetAttr[name="v"]()
                  %p : Tensor = aten::matmul(%x, %w)
                  %q : Tensor = aten::add(%b, %p, %one)
                  %t : Tensor = aten::t(%v)
                  %y : Tensor = aten::matmul(%q, %t)
                  return (%y)
                """);
        parameter(graph, "w", 4, 5);
        parameter(graph, "b", 5);
        parameter(graph, "v", 3, 5);

        Results.stay(graph, LinearFusion::run, Torch.randn(2, 6, 4));
        assertThat(graph.kinds())
                .containsEntry("aten::linear", 2)
                .containsEntry("aten::t", 1)
                .doesNotContainKey("aten::matmul");
    }

    @Test
    void aSumThatIsNoBiasStays() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor, %z : Tensor):
                  %one : int = prim::Constant[value=1]()
                  %two : int = prim::Constant[value=2]()
                  %w : Tensor = prim::GetAttr[name="w"]()
                  %b : Tensor = prim::GetAttr[name="b"]()
                  %p : Tensor = aten::matmul(%x, %z)
                  %q : Tensor = aten::add(%p, %b, %one)
                  %r : Tensor = aten::matmul(%q, %w)
                  %s : Tensor = aten::add(%r, %b, %two)
                  return (%s)
                """);
        parameter(graph, "w", 5, 5);
        parameter(graph, "b", 5);

        Results.stay(graph, LinearFusion::run, Torch.randn(2, 4), Torch.randn(4, 5));
        assertThat(graph.kinds()).containsEntry("aten::add", 2).containsEntry("aten::linear", 1);
    }

    @Test
    void normalisationOverTheLastDimensionIsLayerNorm() {
        Graph graph = GraphText.parse(
                """
                graph(%x : Tensor):
                  %one : int = prim::Constant[value=1]()
                  %two : int = prim::Constant[value=2]()
                  %axes : int[] = prim::Constant[value=[-1]]()
                  %true : bool = prim::Constant[value=true]()
                  %none : NoneType = prim::Constant()
                  %eps : float = prim::Constant[value=1.0E-5]()
                  %w : Tensor = prim::GetAttr[name="w"]()
                  %b : Tensor = prim::GetAttr[name="b"]()
                  %m : Tensor = aten::mean(%x, %axes, %true, %none)
                  %d : Tensor = aten::sub(%x, %m, %one)
                  %s : Tensor = aten::pow(%d, %two)
                  %v : Tensor = aten::mean(%s, %axes, %true, %none)
                  %e : Tensor = aten::add(%v, %eps, %one)
                  %r : Tensor = aten::sqrt(%e)
                  %n : Tensor = aten::div(%d, %r)
                  %f : Tensor = aten::mul(%n, %w)
                  %y : Tensor = aten::add(%f, %b, %one)
                  return (%y)
                """);
        parameter(graph, "w", 6);
        parameter(graph, "b", 6);

        Results.stay(graph, LayerNormFusion::run, Torch.randn(2, 3, 6));
        assertThat(graph.kinds())
                .containsOnlyKeys("aten::layer_norm", "prim::Constant", "prim::GetAttr", "prim::ListConstruct");
    }

    @Test
    void softmaxBetweenTwoProductsIsAttention() {
        Graph graph = GraphText.parse(
                """
                graph(%q : Tensor, %k : Tensor, %v : Tensor, %m : Tensor):
                  %one : int = prim::Constant[value=1]()
                  %last : int = prim::Constant[value=-1]()
                  %other : int = prim::Constant[value=-2]()
                  %none : NoneType = prim::Constant()
                  %root : float = prim::Constant[value=2.0]()
                  %t : Tensor = aten::transpose(%k, %last, %other)
                  %p : Tensor = aten::matmul(%q, %t)
                  %s : Tensor = aten::div(%p, %root)
                  %a : Tensor = aten::add(%s, %m, %one)
                  %w : Tensor = aten::softmax(%a, %last, %none)
                  %y : Tensor = aten::matmul(%w, %v)
                  %z : Tensor = aten::softmax(%p, %last, %none)
                  %u : Tensor = aten::matmul(%z, %v)
                  return (%y, %u)
                """);

        Results.stay(
                graph,
                AttentionFusion::run,
                Torch.randn(2, 3, 5, 4),
                Torch.randn(2, 3, 7, 4),
                Torch.randn(2, 3, 7, 6),
                Torch.randn(5, 7));
        assertThat(graph.kinds())
                .containsEntry("aten::scaled_dot_product_attention", 2)
                .doesNotContainKey("aten::softmax");
        TransposeCancelling.run(graph);
        DeadCode.run(graph);
        assertThat(graph.kinds()).doesNotContainKey("aten::transpose");
    }

    /** Repaired afterwards, or with the factor of the queries' size and a mask that is finite where it hides every key. */
    @Test
    void attentionMayGiveZeroWhereAMaskHidesEveryKey() {
        Graph graph = GraphText.parse(
                """
                graph(%q : Tensor, %t : Tensor, %v : Tensor, %m : Tensor):
                  %one : int = prim::Constant[value=1]()
                  %last : int = prim::Constant[value=-1]()
                  %keep : bool = prim::Constant[value=true]()
                  %none : NoneType = prim::Constant()
                  %zero : float = prim::Constant[value=0.0]()
                  %infinity : float = prim::Constant[value=-Infinity]()
                  %power : float = prim::Constant[value=-0.5]()
                  %p : Tensor = aten::matmul(%q, %t)
                  %a : Tensor = aten::add(%p, %m, %one)
                  %w : Tensor = aten::softmax(%a, %last, %none)
                  %n : Tensor = aten::isnan(%w)
                  %r : Tensor = aten::where(%n, %zero, %w)
                  %y : Tensor = aten::matmul(%r, %v)
                  %size : int = aten::size(%q, %last)
                  %real : float = aten::Float(%size)
                  %factor : float = aten::pow(%real, %power)
                  %s : Tensor = aten::mul(%p, %factor)
                  %e : Tensor = aten::eq(%m, %infinity)
                  %hidden : Tensor = aten::all(%e, %last, %keep)
                  %f : Tensor = aten::masked_fill(%m, %hidden, %zero)
                  %b : Tensor = aten::add(%s, %f, %one)
                  %x : Tensor = aten::softmax(%b, %last, %none)
                  %g : Tensor = aten::masked_fill(%x, %hidden, %zero)
                  %z : Tensor = aten::matmul(%g, %v)
                  return (%y, %z)
                """);
        Tensor mask = Torch.randn(5, 7);
        mask.select(0, 2).fill_(Double.NEGATIVE_INFINITY);
        mask.select(0, 3).select(0, 1).fill_(Double.NEGATIVE_INFINITY);

        Results.stay(
                graph,
                AttentionFusion::run,
                Torch.randn(2, 3, 5, 4),
                Torch.randn(2, 3, 4, 7),
                Torch.randn(2, 3, 7, 6),
                mask);
        assertThat(graph.kinds())
                .containsEntry("aten::scaled_dot_product_attention", 2)
                .doesNotContainKey("aten::softmax");
    }

    private static void parameter(Graph graph, String name, long... shape) {
        Tensor tensor = Torch.randn(shape);
        graph.slots().put(name, Slot.parameter(tensor.requiresGrad(true)));
    }
}
