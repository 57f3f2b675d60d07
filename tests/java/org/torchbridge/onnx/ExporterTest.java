package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.torchbridge.onnx.ModelText.attribute;

import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Interpreter;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Slot;

/** What exporters write otherwise than the specification would have one think. */
class ExporterTest {
    private static final String PYTORCH = "pytorch";

    private static Tensor run(Graph graph, Tensor... inputs) {
        return (Tensor) new Interpreter(graph).run((Object[]) inputs).get(0);
    }

    private static Node only(Graph graph, String kind) {
        return graph.body().nodes().stream()
                .filter(node -> node.is(kind))
                .findFirst()
                .orElseThrow();
    }

    // ---- equal weights

    private static Graph twoLayers(String producer, String second) {
        return new ModelText(17)
                .producer(producer)
                .input("x", "float", "n", 2)
                .weight("onnx::MatMul_1", Torch.ones(2, 2))
                .node("Identity", "onnx::MatMul_1", "onnx::MatMul_2")
                .named("/layers.0/MatMul", "MatMul", "x onnx::MatMul_1", "a")
                .named("/" + second + "/MatMul", "MatMul", "a onnx::MatMul_2", "y")
                .output("y")
                .load()
                .toGraph();
    }

    @Test
    void copiesOfAWeightThatPyTorchWritesAreWeightsOfTheirOwn() {
        Graph graph = twoLayers(PYTORCH, "layers.1");

        assertThat(graph.slots()).containsOnlyKeys("layers.0.weight", "layers.1.weight");
        Tensor first = graph.slots().get("layers.0.weight").tensor();
        Tensor second = graph.slots().get("layers.1.weight").tensor();
        assertThat(second.equal(first)).isTrue();
        first.detach().zero_();
        assertThat(second.equal(first)).isFalse();
    }

    @Test
    void aModuleThatIsCalledTwiceHasOneWeight() {
        assertThat(twoLayers(PYTORCH, "layers.0_1").slots()).containsOnlyKeys("layers.0.weight");
    }

    @Test
    void copiesThatOthersWriteAreTheSameWeight() {
        assertThat(twoLayers("somebody", "layers.1").slots()).containsOnlyKeys("layers.0.weight");
    }

    @Test
    void aBatchNormalizationThatIsNewHasFourWeights() {
        Graph graph = new ModelText(15)
                .producer(PYTORCH)
                .input("x", "float", "n", 3)
                .weight("bn.weight", Torch.ones(3))
                .weight("bn.bias", Torch.zeros(3))
                .node("Identity", "bn.weight", "bn.running_var")
                .node("Identity", "bn.bias", "bn.running_mean")
                .node("BatchNormalization", "x bn.weight bn.bias bn.running_mean bn.running_var", "y")
                .output("y")
                .load()
                .toGraph();

        assertThat(graph.slots().get("bn.weight").kind()).isEqualTo(Slot.Kind.PARAMETER);
        assertThat(graph.slots().get("bn.running_var").kind()).isEqualTo(Slot.Kind.BUFFER);
    }

    // ---- what is no weight

    @Test
    void anInstanceNormalizationWithoutWeightsGetsNone() {
        Graph graph = new ModelText(17)
                .input("x", "float", "n", 3, "rows")
                .weight("shift", Torch.ones(1))
                .node("Constant", "", "ones", attribute("value", Torch.ones(3)))
                .node("Constant", "", "zeros", attribute("value", Torch.zeros(3)))
                .node("InstanceNormalization", "x ones zeros", "normal")
                .node("Add", "normal shift", "y")
                .output("y")
                .load()
                .toGraph();

        assertThat(graph.slots()).containsOnlyKeys("shift");
    }

    @Test
    void outputsThatNobodyUsesAreNotComputed() {
        Tensor ones = Torch.ones(3);
        Graph graph = new ModelText(15)
                .input("x", "float", "n", 3)
                .weight("w", ones)
                .weight("b", ones)
                .weight("m", ones)
                .weight("v", ones)
                .node("BatchNormalization", "x w b m v", "y mean variance", attribute("training_mode", 1))
                .output("y")
                .load()
                .toGraph();

        assertThat(graph.kinds()).containsKey("aten::batch_norm").doesNotContainKey("aten::lerp");
    }

    // ---- operators

    private static boolean aligned(String producer, long opset) {
        Graph graph = new ModelText(opset)
                .producer(producer)
                .input("x", "float", 1, 1, "rows", "columns")
                .input("boxes", "float", "n", 4)
                .input("images", "int64", "n")
                .node("RoiAlign", "x boxes images", "y")
                .output("y")
                .load()
                .toGraph();
        return (Boolean)
                only(graph, "torchvision::roi_align").input(6).producer().attribute("value");
    }

    @Test
    void boxesOfPyTorchAreNotShiftedWhereNothingIsSaid() {
        assertThat(aligned(PYTORCH, 17)).isFalse();
        assertThat(aligned("somebody", 17)).isTrue();
        assertThat(aligned("somebody", 15)).isFalse();
    }

    @Test
    void aConstantZeroPointSaysWhatIsQuantized() {
        Graph graph = new ModelText(17)
                .input("x", "float", "n")
                .node("Constant", "", "scale", attribute("value", Torch.tensor(1f)))
                .node("Constant", "", "zero", attribute("value", Torch.tensor(3).to(DType.UINT8)))
                .node("QuantizeLinear", "x scale zero", "y")
                .output("y")
                .load()
                .toGraph();

        assertThat(run(graph, Torch.tensor(-10f, 7f, 1000f)).toLongArray()).containsExactly(0, 10, 255);
    }

    @Test
    void theShapeOfANumberIsEmpty() {
        Graph graph = new ModelText(17)
                .input("x", "float", "n")
                .weight("none", Torch.empty(0).to(DType.INT64))
                .node("ConstantOfShape", "none", "number")
                .node("Shape", "number", "shape")
                .node("ConstantOfShape", "shape", "again")
                .node("Add", "x again", "y")
                .output("y")
                .load()
                .toGraph();

        assertThat(run(graph, Torch.tensor(1f, 2f)).toFloatArray()).containsExactly(1, 2);
    }
}
