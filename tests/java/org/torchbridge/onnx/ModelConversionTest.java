package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.torchbridge.onnx.ModelText.attribute;

import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.torchbridge.FileFormatException;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.UnsupportedOperatorException;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Interpreter;
import org.torchbridge.graph.Slot;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.nn.Identity;
import org.torchbridge.onnx.proto.AttributeProto.AttributeType;
import org.torchbridge.onnx.proto.FunctionProto;
import org.torchbridge.onnx.proto.GraphProto;
import org.torchbridge.onnx.proto.OperatorSetIdProto;

/** What becomes of weights, names, shapes, graphs within graphs, and of what is not supported. */
class ModelConversionTest {
    private static final Tensor WEIGHT = Torch.tensor(new float[][] {{1, 2, 3}, {4, 5, 6}});

    private static Tensor run(Graph graph, Object... inputs) {
        return (Tensor) new Interpreter(graph).run(inputs).get(0);
    }

    private static ModelText matMul(String weight) {
        return new ModelText(17)
                .input("x", "float", "batch", 2)
                .named("/layers/layers.0/fc/MatMul", "MatMul", "x " + weight, "y")
                .output("y");
    }

    // ---- weights

    @Test
    void floatWeightsBecomeParametersByTheirNames() {
        Graph graph = matMul("layers.0.fc.weight")
                .weight("layers.0.fc.weight", WEIGHT)
                .load()
                .toGraph();

        assertThat(graph.slots()).containsOnlyKeys("layers.0.fc.weight");
        assertThat(graph.slots().get("layers.0.fc.weight").kind()).isEqualTo(Slot.Kind.PARAMETER);
    }

    @Test
    void weightsHaveGradients() {
        ScriptModule module = matMul("w").weight("w", WEIGHT).load().toModule();
        module.call(Torch.ones(1, 2)).sum().backward();

        assertThat(module.namedParameters().get("w").grad().toFloatArray()).containsOnly(1);
    }

    @Test
    void weightsThatShallNotTrainAreBuffers() {
        OnnxOptions options = OnnxOptions.options().trainable(name -> false);
        ScriptModule module = matMul("w").weight("w", WEIGHT).load().toModule(options);

        assertThat(module.namedParameters()).isEmpty();
        assertThat(module.call(Torch.ones(1, 2)).requiresGrad()).isFalse();
    }

    @Test
    void weightsWhoseNamesAreMadeUpAreCalledAfterTheModule() {
        Graph graph = matMul("onnx::MatMul_12")
                .weight("onnx::MatMul_12", WEIGHT)
                .load()
                .toGraph();

        assertThat(graph.slots()).containsOnlyKeys("layers.0.fc.weight");
    }

    @Test
    void weightsStayWeightsOnTheirWayThroughOperators() {
        Graph graph = matMul("turned")
                .weight("w", WEIGHT.t().contiguous())
                .node("Identity", "w", "same")
                .node("Transpose", "same", "turned")
                .load()
                .toGraph();

        assertThat(graph.slots()).containsOnlyKeys("w");
        assertThat(graph.kinds()).containsEntry("aten::permute", 1);
        assertThat(run(graph, Torch.ones(1, 2)).toFloatArray()).containsExactly(5, 7, 9);
    }

    @Test
    void constantsAreWeightsWhereTheirPlaceSaysSo() {
        Graph graph = matMul("w")
                .weight("unused", WEIGHT)
                .node("Constant", "", "w", attribute("value", WEIGHT))
                .load()
                .toGraph();

        assertThat(graph.slots().get("w").kind()).isEqualTo(Slot.Kind.PARAMETER);
    }

    @Test
    void constantsOfWholeNumbersAreBuffers() {
        Graph graph = new ModelText(17)
                .input("x", "int64", "n")
                .weight("offset", Torch.tensor(new long[] {1, 2}))
                .node("Add", "x offset", "y")
                .output("y")
                .load()
                .toGraph();

        assertThat(graph.slots().get("offset").kind()).isEqualTo(Slot.Kind.BUFFER);
    }

    @Test
    void optionsSayWhichWeightsTrain() {
        Graph graph = matMul("w")
                .weight("w", WEIGHT)
                .load()
                .toGraph(OnnxOptions.options().trainable(name -> !name.equals("w")));

        assertThat(graph.slots().get("w").kind()).isEqualTo(Slot.Kind.BUFFER);
    }

    @Test
    void aSlotGivesWayToAModuleOfTheSameName() {
        Graph graph = new ModelText(17)
                .input("x", "float", "n", 2)
                .weight("fc", WEIGHT)
                .weight("fc.weight", WEIGHT)
                .node("MatMul", "x fc", "a")
                .node("MatMul", "x fc.weight", "b")
                .node("Add", "a b", "y")
                .output("y")
                .load()
                .toGraph();

        assertThat(graph.slots()).containsOnlyKeys("fc", "fc_1.weight");
    }

    @Test
    void batchNormalizationTrains() {
        Tensor ones = Torch.ones(3);
        Graph graph = new ModelText(15)
                .input("x", "float", "n", 3, "h", "w")
                .weight("bn.weight", ones)
                .weight("bn.bias", ones)
                .weight("bn.running_mean", ones)
                .weight("bn.running_var", ones)
                .node("BatchNormalization", "x bn.weight bn.bias bn.running_mean bn.running_var", "y")
                .output("y")
                .load()
                .toGraph();

        assertThat(graph.slots()).containsKey("bn.training");
        assertThat(graph.slots().get("bn.running_mean").kind()).isEqualTo(Slot.Kind.BUFFER);
        assertThat(graph.slots().get("bn.weight").kind()).isEqualTo(Slot.Kind.PARAMETER);
    }

    /** As in models of PyTorch before 1.13, whose nodes have no names. */
    @Test
    void layersWithoutNamesAreOfTheModulesOfTheirWeights() {
        ScriptModule module = new ModelText(11)
                .input("x", "float", "n", 2)
                .weight("body.fc1.weight", Torch.ones(3, 2))
                .weight("body.fc1.bias", Torch.zeros(3))
                .weight("fc2.weight", Torch.ones(1, 3))
                .weight("fc2.bias", Torch.zeros(1))
                .node("Gemm", "x body.fc1.weight body.fc1.bias", "a", attribute("transB", 1))
                .node("Relu", "a", "b")
                .node("Gemm", "b fc2.weight fc2.bias", "y", attribute("transB", 1))
                .output("y")
                .load()
                .toModule();

        module.setChild("fc2", new Identity());

        assertThat(module.namedModules().keySet()).containsExactly("", "body", "body.fc1", "fc2");
        assertThat(module.call(Torch.ones(1, 2)).detach().toString()).isEqualTo("tensor([[2., 2., 2.]])");
    }

    // ---- shapes

    @Test
    void shapeArithmeticIsIntegerCode() {
        Graph graph = new ModelText(17)
                .input("x", "float", "batch", "rows", "columns")
                .weight("zero", Torch.tensor(new long[] {0}))
                .weight("one", Torch.tensor(new long[] {1}))
                .weight("rest", Torch.tensor(new long[] {-1}))
                .node("Shape", "x", "shape")
                .node("Slice", "shape zero one", "batch")
                .node("Concat", "batch rest", "target", attribute("axis", 0))
                .node("Reshape", "x target", "y")
                .output("y")
                .load()
                .toGraph();

        assertThat(graph.kinds().keySet())
                .containsExactlyInAnyOrder("prim::Constant", "aten::size", "prim::ListConstruct", "aten::reshape");
        assertThat(run(graph, Torch.ones(2, 3, 4)).shape()).containsExactly(2, 12);
        assertThat(run(graph, Torch.ones(5, 3, 4)).shape()).containsExactly(5, 12);
    }

    @Test
    void sizesAreFixedOnRequest() {
        OnnxModel model = new ModelText(17)
                .input("x", "float", "batch", "rows")
                .node("Shape", "x", "y")
                .output("y")
                .load();

        assertThat(model.toGraph(OnnxOptions.options().size("batch", 7)).kinds())
                .containsEntry("aten::size", 1);
        assertThat(model.toGraph().kinds()).containsEntry("aten::size", 2);
    }

    // ---- graphs

    @Test
    void nodesMayComeInAnyOrder() {
        Graph graph = new ModelText(17)
                .input("x", "float", "n")
                .node("Neg", "a", "y")
                .node("Abs", "x", "a")
                .output("y")
                .load()
                .toGraph();

        assertThat(run(graph, Torch.tensor(new float[] {-2})).toFloat()).isEqualTo(-2);
    }

    @Test
    void outputsOfOnesOwnCutTheHeadOff() {
        Graph graph = new ModelText(17)
                .input("x", "float", "n")
                .node("Abs", "x", "features")
                .node("NoSuchOperator", "features", "y")
                .output("y")
                .load()
                .toGraph(OnnxOptions.options().outputs("features"));

        assertThat(graph.kinds()).containsOnlyKeys("aten::abs");
    }

    @Test
    void namesInABodyHideThoseOutside() {
        GraphProto then = new ModelText(17).node("Abs", "x", "a").output("a").graph();
        GraphProto otherwise =
                new ModelText(17).node("Neg", "a", "b").output("b").graph();
        Graph graph = new ModelText(17)
                .input("x", "float", "n")
                .input("which", "bool")
                .node("Exp", "x", "a")
                .node("If", "which", "y", attribute("then_branch", then), attribute("else_branch", otherwise))
                .output("y")
                .load()
                .toGraph();
        Tensor x = Torch.tensor(new float[] {-1});

        assertThat(run(graph, x, Torch.tensor(true)).toFloat()).isEqualTo(1);
        assertThat(run(graph, x, Torch.tensor(false)).toFloat()).isEqualTo((float) -Math.exp(-1));
    }

    @Test
    void functionsAreWrittenWhereTheyAreCalled() {
        FunctionProto leaky = FunctionProto.newBuilder()
                .setDomain("mine")
                .setName("Leaky")
                .addInput("a")
                .addOutput("b")
                .addAttribute("slope")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(16))
                .addNode(ModelText.node(
                        "LeakyRelu", "inner", "a", "b", ModelText.reference("alpha", "slope", AttributeType.FLOAT)))
                .build();
        Graph graph = new ModelText(17)
                .imports("mine", 1)
                .function(leaky)
                .input("x", "float", "n")
                .node("mine::Leaky", "x", "y", attribute("slope", 0.5f))
                .output("y")
                .load()
                .toGraph();

        assertThat(run(graph, Torch.tensor(new float[] {-2})).toFloat()).isEqualTo(-1);
    }

    @Test
    void severalOutputsAreATuple() {
        Graph graph = new ModelText(17)
                .input("x", "float", "n")
                .node("Abs", "x", "a")
                .node("Neg", "x", "b")
                .output("a", "b")
                .load()
                .toGraph();

        assertThat((List<?>) new Interpreter(graph).run(Torch.ones(1)).get(0)).hasSize(2);
    }

    // ---- refusal

    @Test
    void allThatIsNotSupportedIsListedAtOnce() {
        OnnxModel model = new ModelText(17)
                .input("x", "float", "n")
                .named("first", "NoSuchOperator", "x", "a")
                .named("second", "Neg", "a", "b", attribute("surprise", 1))
                .named("third", "NoSuchOperator", "b", "y")
                .output("y")
                .load();

        assertThatThrownBy(model::toGraph)
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("NoSuchOperator-17 (2 x: first, third)")
                .hasMessageContaining("Neg-17: attribute surprise (1 x: second)")
                .asInstanceOf(InstanceOfAssertFactories.type(UnsupportedOperatorException.class))
                .satisfies(e -> assertThat(e.uses()).hasSize(2));
    }

    @Test
    void fewNumbersThatAskForALargeConstantAreRefused() {
        Tensor many = Torch.tensor(new long[] {1L << 40});
        assertRefused(OneNode.of("ConstantOfShape", 17).weight(many));
        assertRefused(OneNode.of("Expand", 17).weight(Torch.ones(1)).weight(many));
        assertRefused(OneNode.of("Tile", 17).weight(Torch.ones(1)).weight(many));
        assertRefused(OneNode.of("Pad", 17).weight(Torch.ones(1)).weight(0, 1L << 40));
        assertRefused(OneNode.of("Range", 17)
                .weight(Torch.tensor(0L))
                .weight(Torch.tensor(1L << 40))
                .weight(Torch.tensor(1L)));
        assertRefused(OneNode.of("Add", 17).weight(Torch.ones(1 << 20, 1)).weight(Torch.ones(1, 1 << 20)));
    }

    private static void assertRefused(OneNode node) {
        assertThatThrownBy(() -> node.load().toModule())
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("makes a constant of 1099511627776 elements");
    }

    @Test
    void aBrokenNodeIsNamed() {
        OnnxModel model = new ModelText(17)
                .input("x", "float", "n")
                .named("odd", "Unsqueeze", "x", "y")
                .output("y")
                .load();

        assertThatThrownBy(model::toGraph)
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("node 'odd' (Unsqueeze) has no axes");
    }

    @Test
    void aNameThatNothingMakesIsAnError() {
        OnnxModel model =
                new ModelText(17).node("Abs", "nowhere", "y").output("y").load();

        assertThatThrownBy(model::toGraph)
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("uses 'nowhere', which nothing in the model makes");
    }

    @Test
    void nodesInACircleAreAnError() {
        OnnxModel model = new ModelText(17)
                .named("a", "Abs", "y", "x")
                .named("b", "Neg", "x", "y")
                .output("y")
                .load();

        assertThatThrownBy(model::toGraph)
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("use each other in a circle");
    }

    @Test
    void functionsThatCallThemselvesAreAnError() {
        FunctionProto endless = FunctionProto.newBuilder()
                .setDomain("mine")
                .setName("Endless")
                .addInput("a")
                .addOutput("b")
                .addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain("mine").setVersion(1))
                .addNode(ModelText.node("mine::Endless", "inner", "a", "b"))
                .build();
        OnnxModel model = new ModelText(17)
                .imports("mine", 1)
                .function(endless)
                .input("x", "float", "n")
                .node("mine::Endless", "x", "y")
                .output("y")
                .load();

        assertThatThrownBy(model::toGraph)
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("calls the function Endless within itself");
    }
}
