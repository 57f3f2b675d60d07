package org.torchbridge.graph.passes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.GraphText;
import org.torchbridge.graph.Slot;

class BatchNormFoldingTest {
    private static final String CONSTANTS =
            """
            graph(%x : Tensor):
              %none : NoneType = prim::Constant()
              %one : int = prim::Constant[value=1]()
              %ones : int[] = prim::Constant[value=[1, 1]]()
              %false : bool = prim::Constant[value=false]()
              %true : bool = prim::Constant[value=true]()
              %eps : float = prim::Constant[value=0.001]()
              %gamma : Tensor = prim::GetAttr[name="bn.weight"]()
              %beta : Tensor = prim::GetAttr[name="bn.bias"]()
              %mean : Tensor = prim::GetAttr[name="bn.running_mean"]()
              %var : Tensor = prim::GetAttr[name="bn.running_var"]()
            """;
    private static final String CONV = CONSTANTS
            + """
              %w : Tensor = prim::GetAttr[name="conv.weight"]()
              %b : Tensor = prim::GetAttr[name="conv.bias"]()
              %c : Tensor = aten::conv2d(%x, %w, %BIAS, %ones, %ones, %ones, %one)
              %y : Tensor = aten::batch_norm(%c, %gamma, %beta, %mean, %var, %TRAIN, %eps, %eps, %true)
              return (%y)
            """;

    @Test
    void aConvolutionDoesWhatTheNormalisationDid() {
        Graph graph = graph(CONV.replace("%BIAS", "%b").replace("%TRAIN", "%false"));

        Results.stay(graph, BatchNormFolding::run, Torch.randn(2, 3, 8, 8));

        assertThat(graph.kinds())
                .containsEntry("aten::conv2d", 1)
                .containsEntry("prim::GetAttr", 2)
                .doesNotContainKey("aten::batch_norm");
        UnusedSlots.run(graph);
        assertThat(graph.slots()).containsOnlyKeys("conv.weight", "conv.bias");
    }

    @Test
    void aConvolutionWithoutBiasGetsOne() {
        Graph graph = graph(CONV.replace("%BIAS", "%none").replace("%TRAIN", "%false"));

        Results.stay(graph, BatchNormFolding::run, Torch.randn(2, 3, 8, 8));

        assertThat(graph.kinds()).doesNotContainKey("aten::batch_norm");
    }

    private static final String TRANSPOSED = CONV.replace(
                    "aten::conv2d(%x, %w, %BIAS, %ones, %ones, %ones, %one)",
                    "aten::conv_transpose2d(%x, %w, %b, %ones, %ones, %zeros, %GROUPS, %ones)")
            .replace("%TRAIN", "%false")
            .replace(
                    "  %w :",
                    "  %two : int = prim::Constant[value=2]()\n"
                            + "  %zeros : int[] = prim::Constant[value=[0, 0]]()\n  %w :");

    @Test
    void aTransposedConvolutionDoesTooIfItHasOneGroup() {
        Graph graph = graph(TRANSPOSED.replace("%GROUPS", "%one"));
        graph.slots().put("conv.weight", Slot.parameter(Torch.randn(3, 4, 3, 3)));
        Graph groups = graph(TRANSPOSED.replace("%GROUPS", "%two"));
        groups.slots().put("conv.weight", Slot.parameter(Torch.randn(6, 2, 3, 3)));

        Results.stay(graph, BatchNormFolding::run, Torch.randn(2, 3, 8, 8));

        assertThat(graph.kinds()).containsKey("aten::conv_transpose2d").doesNotContainKey("aten::batch_norm");
        assertThat(BatchNormFolding.run(groups)).isFalse();
    }

    @Test
    void theProgramThatWasCopiedKeepsItsWeights() {
        Graph graph = graph(CONV.replace("%BIAS", "%b").replace("%TRAIN", "%false"));
        Graph copy = graph.copy();
        Tensor weight = graph.slots().get("conv.weight").tensor();
        Tensor before = weight.clone();

        BatchNormFolding.run(copy);

        assertThat(graph.slots().get("conv.weight").tensor()).isSameAs(weight);
        assertThat(weight.equal(before)).isTrue();
        assertThat(copy.slots().get("conv.weight").tensor()).isNotSameAs(weight);
    }

    @Test
    void whatTrainsStays() {
        Graph graph = graph(CONV.replace("%BIAS", "%b").replace("%TRAIN", "%true"));

        assertThat(BatchNormFolding.run(graph)).isFalse();
    }

    @Test
    void whoOnlyLooksAtTheShapeDoesNotMind() {
        Graph graph = graph(CONV.replace("%BIAS", "%b")
                .replace("%TRAIN", "%false")
                .replace("  return (%y)", "  %n : int = aten::dim(%c)\n  return (%y, %n)"));

        Results.stay(graph, BatchNormFolding::run, Torch.randn(2, 3, 8, 8));
    }

    @Test
    void aConvolutionThatSomethingElseUsesStays() {
        Graph graph =
                graph(CONV.replace("%BIAS", "%b").replace("%TRAIN", "%false").replace("(%y)", "(%y, %c)"));

        assertThat(BatchNormFolding.run(graph)).isFalse();
    }

    private static Graph graph(String text) {
        Torch.manualSeed(1);
        Graph graph = GraphText.parse(text);
        graph.slots().put("conv.weight", Slot.parameter(Torch.randn(4, 3, 3, 3)));
        graph.slots().put("conv.bias", Slot.parameter(Torch.randn(4)));
        graph.slots().put("bn.weight", Slot.parameter(Torch.rand(4)));
        graph.slots().put("bn.bias", Slot.parameter(Torch.randn(4)));
        graph.slots().put("bn.running_mean", Slot.buffer(Torch.randn(4)));
        graph.slots().put("bn.running_var", Slot.buffer(Torch.rand(4)));
        return graph;
    }
}
