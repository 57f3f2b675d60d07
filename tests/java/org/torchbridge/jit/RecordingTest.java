package org.torchbridge.jit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Graph;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;
import org.torchbridge.internal.Adoption;
import org.torchbridge.internal.NativeTensor;
import org.torchbridge.internal.NativeTracer;
import org.torchbridge.internal.Recording;

class RecordingTest {
    private final Tensor x = Torch.randn(2, 3);

    private Recording record(UnaryOperator<Tensor> forward) {
        return Recording.of(new long[] {x.handle()}, new String[] {"x"}, () -> "", handles -> {
            Tensor input = Adoption.adopt(handles[0]);
            return new long[] {NativeTensor.share(forward.apply(input).handle())};
        });
    }

    private String text(UnaryOperator<Tensor> forward) {
        return ((Graph) record(forward).graph()).toString();
    }

    private List<String> reads(Consumer<Tensor> use) {
        return record(input -> {
                    use.accept(input);
                    return input.relu();
                })
                .reads();
    }

    @Test
    void operatorsAreRecordedWithTheLinesThatCallThem() {
        assertThat(text(input -> input.relu().add(1)))
                .contains("graph(%x : Float(2, 3,", "aten::relu(%x) # RecordingTest.java:", "aten::add(");
    }

    @Test
    void operatorsOfTheRawPresetsAreRecordedToo() {
        assertThat(text(input -> Tensor.wrap(torch.relu(input.unwrap())))).contains("aten::relu(%x)");
    }

    @Test
    void inputsAreTheSameTensorsAsThoseGiven() {
        record(input -> {
            assertThat(input.isSame(x)).isTrue();
            return input.relu();
        });
    }

    @Test
    void tensorsMadeOfJavaMemoryAreConstants() {
        assertThat(text(input -> input.add(Torch.tensor(new float[] {1, 2, 3}))))
                .contains("prim::Constant[value= 1  2  3")
                .doesNotContain("aten::empty");
        assertThat(text(input -> input.add(Torch.tensor(List.of(1, 2, 3))))).doesNotContain("aten::empty");
        assertThat(text(input -> input.add(Torch.fromBuffer(ByteBuffer.allocateDirect(3 * 4), DType.FLOAT32, 3))))
                .contains("prim::Constant[value= 0  0  0")
                .doesNotContain("aten::set_");
    }

    @Test
    void outputsThatAreNoResultOfTheInputsAreConstants() {
        Tensor fixed = Torch.ones(2);

        assertThat(text(input -> fixed)).contains("aten::alias");
    }

    @Test
    void whatReadsValuesIsNamedWithItsLine() {
        assertThat(reads(input -> input.sum().toDouble()))
                .singleElement()
                .asString()
                .startsWith("item() at org.torchbridge.jit.RecordingTest")
                .contains("RecordingTest.java:");
        assertThat(reads(Tensor::toFloatArray))
                .singleElement()
                .asString()
                .startsWith("a tensor was read into an array");
        assertThat(reads(Tensor::toArray)).hasSize(1);
        assertThat(reads(Tensor::buffer)).hasSize(1);
        assertThat(reads(input -> input.equal(x))).hasSize(1);
        assertThat(reads(input -> input.allclose(x))).hasSize(1);
        assertThat(reads(input -> input.sum().isNonzero())).hasSize(1);
    }

    @Test
    void shapesAndPrintingAreNotReported() {
        assertThat(reads(input -> Arrays.toString(input.shape()))).isEmpty();
        assertThat(reads(Object::toString)).isEmpty();
    }

    @Test
    void whatOtherThreadsReadIsNotReported() {
        assertThat(reads(input -> CompletableFuture.supplyAsync(x::toFloatArray).join()))
                .isEmpty();
    }

    @Test
    void exceptionsComeOutAsTheyAreAndEndTheRecording() {
        RuntimeException thrown = new IllegalStateException("from Java");

        assertThatThrownBy(() -> record(input -> {
                    throw thrown;
                }))
                .isSameAs(thrown);
        assertThat(NativeTracer.isTracing()).isFalse();
        assertThatThrownBy(() -> record(input -> input.mm(input)))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("cannot be multiplied");
        assertThat(NativeTracer.isTracing()).isFalse();
    }

    @Test
    void anExceptionThatForwardCatchesDoesNotEndTheRecording() {
        assertThat(text(input -> {
                    assertThatThrownBy(() -> input.mm(input)).isInstanceOf(TorchException.class);
                    return input.relu();
                }))
                .contains("aten::relu");
    }

    @Test
    void oneInsideAnotherIsRefusedAndTheOuterGoesOn() {
        assertThat(text(input -> {
                    assertThatThrownBy(() -> record(Tensor::relu))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("already");
                    return input.tanh();
                }))
                .contains("aten::tanh");
    }

    @Test
    void threadsRecordAtTheSameTime() {
        assertThat(text(input -> {
                    String other = CompletableFuture.supplyAsync(() -> text(Tensor::sigmoid))
                            .join();
                    assertThat(other).contains("aten::sigmoid").doesNotContain("aten::tanh");
                    return input.tanh();
                }))
                .contains("aten::tanh")
                .doesNotContain("aten::sigmoid");
    }

    @Test
    void aFailedInterpreterFindsTheLines() throws Exception {
        Graph graph = (Graph) record(input -> input.view(3, 2)).graph();
        System.gc();
        var function = new org.bytedeco.pytorch.CompilationUnit()
                .create_function(new org.bytedeco.pytorch.QualifiedName("__torch__.f"), graph);
        var arguments = new org.bytedeco.pytorch.IValueVector();
        arguments.push_back(new org.bytedeco.pytorch.IValue(Torch.randn(7).unwrap()));

        assertThatThrownBy(() -> function.apply(arguments)).hasMessageContaining("RecordingTest.java");
    }
}
