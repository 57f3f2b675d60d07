package org.torchbridge.onnx.exporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.torchbridge.Tensor;
import org.torchbridge.UnsupportedOperatorException;
import org.torchbridge.UnsupportedOperatorException.Use;
import org.torchbridge.graph.Graph;
import org.torchbridge.graph.Node;
import org.torchbridge.graph.Type;
import org.torchbridge.graph.Value;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.nn.Linear;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.ReLU;
import org.torchbridge.nn.Sequential;
import org.torchbridge.onnx.Onnx;
import org.torchbridge.onnx.OnnxExportOptions;

/** What cannot be exported is told, all at once, each with the place where it is. */
class RefusalsTest extends ExportTest {
    private static final class Net extends Module {
        public final Linear fc = new Linear(3, 3);

        Tensor forward(Tensor x) {
            return fc.call(x).erfinv().lgamma().add(x.digamma());
        }
    }

    @Test
    void allProblemsAreToldAtOnce() {
        UnsupportedOperatorException error = catchThrowableOfType(
                UnsupportedOperatorException.class,
                () -> export(
                        OnnxExportOptions.options(),
                        "torch.erfinv(x) + torch.lgamma((x + 1).erfinv()) + (y & 1)",
                        random(3),
                        integers(1, 2, 3)));

        assertThat(error.uses())
                .extracting(Use::operator)
                .containsExactlyInAnyOrder("aten::erfinv", "aten::lgamma", "aten::__and__");
        assertThat(error.uses())
                .filteredOn(use -> use.operator().equals("aten::erfinv"))
                .singleElement()
                .satisfies(use -> assertThat(use.count()).isEqualTo(2));
    }

    @Test
    void aLayerThatTookTheChildsPlaceIsToBeTraced() {
        ScriptModule net = ScriptModule.trace(new Sequential(new Linear(3, 3), new ReLU()), random(2, 3));
        Linear head = new Linear(3, 5);
        net.setChild("0", head);

        assertThatThrownBy(() -> Onnx.export(net, file(), random(2, 3)))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("is a layer of Java's");

        net.setChild("0", ScriptModule.trace(head, random(2, 3)));
        assertThat(Onnx.export(net, file(), random(2, 3)).model().outputs()).hasToString("[output: float[2, 5]]");
    }

    @Test
    void aProblemOfATraceIsAtALineOfJava() {
        Net net = new Net();

        assertThatThrownBy(() -> Onnx.export(
                        net, in -> net.forward(in.get(0)), file(), List.of(random(2, 3)), OnnxExportOptions.options()))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("aten::erfinv")
                .hasMessageContaining("aten::digamma")
                .hasMessageContaining("RefusalsTest.java");
    }

    @Test
    void whatDependsOnAProblemIsNoProblemOfItsOwn() {
        UnsupportedOperatorException error = catchThrowableOfType(
                UnsupportedOperatorException.class,
                () -> export(OnnxExportOptions.options(), "torch.erfinv(x).relu().sum()", random(3)));

        assertThat(error.uses()).extracting(Use::operator).containsExactly("aten::erfinv");
    }

    @Test
    void aVersionThatIsTooOldIsNamed() {
        assertRefused("needs opset 18 for whole numbers; the model is to be of 17", "x & y", integers(1), integers(3));
        assertThatThrownBy(() -> export(
                        opset(14), "torch.grid_sampler(x, y, 0, 0, False)", random(1, 1, 2, 2), random(1, 2, 2, 2)))
                .hasMessageContaining("needs opset 16; the model is to be of 14");
    }

    @Test
    void versionsThatAreNotWrittenAreRefused() {
        assertThatThrownBy(() -> opset(12)).hasMessageContaining("13 to 21");
        assertThatThrownBy(() -> opset(22)).hasMessageContaining("13 to 21");
    }

    @Test
    void objectsOfTheProgramAreToldBeforeAnythingRuns() {
        Graph program = new Graph();
        Value counter = program.addInput("counter", new Type.OfNative("__torch__.Counter", null));
        Node count = program.body().append("prim::GetAttr", List.of(counter)).set("name", "count");
        program.addOutput(count.addOutput(Type.INT));

        assertThatThrownBy(() -> Preparation.run(program, "counting", false, List.of(List.of(new Object()))))
                .isInstanceOf(UnsupportedOperatorException.class)
                .hasMessageContaining("prim::GetAttr: works on an object of __torch__.Counter");
    }
}
