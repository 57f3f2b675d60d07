package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.onnx.proto.ModelProto;
import org.torchbridge.onnx.proto.StringStringEntryProto;
import org.torchbridge.onnx.proto.TensorProto;
import org.torchbridge.testing.ProcessMemory;

/** A model whose weights are in a file of more than 2 GB beside it. */
class LargeModelTest {
    private static final long ROWS = 700_000;
    private static final long COLUMNS = 1000;
    private static final long BYTES = ROWS * COLUMNS * Float.BYTES;
    private static final long ENOUGH = 100 << 20;

    @TempDir
    private Path folder;

    private Path model() throws IOException {
        TensorProto table = TensorProto.newBuilder()
                .setName("embed.weight")
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addDims(ROWS)
                .addDims(COLUMNS)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(
                        StringStringEntryProto.newBuilder().setKey("location").setValue("weights.bin"))
                .build();
        ModelProto.Builder model = new ModelText(17)
                        .input("tokens", "int64", "n")
                        .node("Gather", "embed.weight tokens", "y")
                        .output("y")
                        .proto()
                        .toBuilder();
        model.getGraphBuilder().addInitializer(table);
        return Files.write(folder.resolve("model.onnx"), model.build().toByteArray());
    }

    /** All zeros, which take no place on the disk, but for the last number. */
    private Path weights() throws IOException {
        Path path = folder.resolve("weights.bin");
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(BYTES);
            file.seek(BYTES - Float.BYTES);
            file.write(last(3));
        }
        return path;
    }

    private static byte[] last(float number) {
        return ByteBuffer.allocate(Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(number)
                .array();
    }

    @Test
    @Tag("slow")
    void weightsAreMappedIntoMemoryAndChangedThereAlone() throws IOException {
        Path weights = weights();
        Path path = model();
        Torch.ones(1);
        long before = ProcessMemory.residentBytes();

        ScriptModule module = OnnxModel.load(path).toModule();
        Tensor end = Torch.tensor(ROWS - 1);
        assertThat(module.call(end).narrow(-1, COLUMNS - 1, 1).toFloat()).isEqualTo(3);
        module.namedParameters()
                .get("embed.weight")
                .tensor()
                .detach()
                .select(0, ROWS - 1)
                .fill_(5);
        assertThat(module.call(end).narrow(-1, COLUMNS - 1, 1).toFloat()).isEqualTo(5);

        assertThat(ProcessMemory.residentBytes() - before).isLessThan(ENOUGH);
        try (RandomAccessFile file = new RandomAccessFile(weights.toFile(), "r")) {
            file.seek(BYTES - Float.BYTES);
            assertThat(file.readInt()).isEqualTo(ByteBuffer.wrap(last(3)).getInt());
        }
    }
}
