package org.torchbridge.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;
import org.torchbridge.Tensor;
import org.torchbridge.onnx.proto.SparseTensorProto;
import org.torchbridge.onnx.proto.StringStringEntryProto;
import org.torchbridge.onnx.proto.TensorProto;

class TensorReaderTest {
    private static final TensorReader READER = new TensorReader(ExternalData.NONE);

    @TempDir
    private Path folder;

    private static TensorProto.Builder tensor(ElementType type, long... shape) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName("t").setDataType(type.code());
        for (long size : shape) {
            tensor.addDims(size);
        }
        return tensor;
    }

    private static ByteString bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return ByteString.copyFrom(bytes);
    }

    // ---- encodings

    @Test
    void rawBytesAreLittleEndian() {
        Tensor tensor = READER.read(tensor(ElementType.INT32, 2)
                .setRawData(bytes(1, 0, 0, 0, 0, 1, 0, 0))
                .build());

        assertThat(tensor.toIntArray()).containsExactly(1, 256);
    }

    @Test
    void typedNumbersAreInTheirOwnFields() {
        assertThat(READER.read(tensor(ElementType.FLOAT, 2)
                                .addFloatData(1.5f)
                                .addFloatData(-2)
                                .build())
                        .toFloatArray())
                .containsExactly(1.5f, -2);
        assertThat(READER.read(tensor(ElementType.INT64, 1)
                                .addInt64Data(1L << 40)
                                .build())
                        .toLongArray())
                .containsExactly(1L << 40);
        assertThat(READER.read(tensor(ElementType.DOUBLE, 1).addDoubleData(0.1).build())
                        .toDoubleArray())
                .containsExactly(0.1);
        assertThat(READER.read(tensor(ElementType.INT16, 1).addInt32Data(-3).build())
                        .toIntArray())
                .containsExactly(-3);
        assertThat(READER.read(tensor(ElementType.BOOL, 2)
                                .addInt32Data(0)
                                .addInt32Data(1)
                                .build())
                        .toBooleanArray())
                .containsExactly(false, true);
        assertThat(READER.read(tensor(ElementType.UINT32, 1)
                                .addUint64Data(4_000_000_000L)
                                .build())
                        .toLongArray())
                .containsExactly(4_000_000_000L);
    }

    @Test
    void halvesAreTheirBitsInWholeNumbers() {
        assertThat(READER.read(tensor(ElementType.FLOAT16, 1)
                                .addInt32Data(0x3C00)
                                .build())
                        .toFloat())
                .isEqualTo(1);
        assertThat(READER.read(tensor(ElementType.BFLOAT16, 1)
                                .addInt32Data(0x3F80)
                                .build())
                        .toFloat())
                .isEqualTo(1);
        assertThat(READER.read(tensor(ElementType.FLOAT8E4M3FN, 1)
                                .addInt32Data(0x38)
                                .build())
                        .to(DType.FLOAT32)
                        .toFloat())
                .isEqualTo(1);
    }

    @Test
    void complexNumbersArePairs() {
        Tensor tensor = READER.read(
                tensor(ElementType.COMPLEX64, 1).addFloatData(1).addFloatData(2).build());

        assertThat(tensor.item().toString()).isEqualTo("(1.0+2.0j)");
    }

    @Test
    void fourBitNumbersShareBytes() {
        assertThat(READER.read(tensor(ElementType.INT4, 3)
                                .setRawData(bytes(0xF8, 0x07))
                                .build())
                        .toIntArray())
                .containsExactly(-8, -1, 7);
        assertThat(READER.read(tensor(ElementType.UINT4, 3)
                                .addInt32Data(0xF8)
                                .addInt32Data(7)
                                .build())
                        .toIntArray())
                .containsExactly(8, 15, 7);
        assertThat(READER.read(tensor(ElementType.FLOAT4E2M1, 2)
                                .setRawData(bytes(0x91))
                                .build())
                        .toFloatArray())
                .containsExactly(0.5f, -0.5f);
    }

    @Test
    void fourNumbersOfTwoBitsShareAByte() {
        assertThat(READER.read(tensor(ElementType.INT2, 5)
                                .setRawData(bytes(0b10_11_01_00, 0b01))
                                .build())
                        .toIntArray())
                .containsExactly(0, 1, -1, -2, 1);
        assertThat(READER.read(tensor(ElementType.UINT2, 3)
                                .addInt32Data(0b11_01_10)
                                .build())
                        .toIntArray())
                .containsExactly(2, 1, 3);
    }

    @Test
    void fourNumbersOfSixBitsShareThreeBytes() {
        int[] codes = {0b001000, 0b101000, 0b000001, 0b011111, 0b100001};
        long packed = 0;
        for (int i = 0; i < codes.length; i++) {
            packed |= (long) codes[i] << (6 * i);
        }
        ByteString raw = bytes((int) packed, (int) (packed >> 8), (int) (packed >> 16), (int) (packed >> 24));

        assertThat(READER.read(tensor(ElementType.FLOAT6E2M3, 5).setRawData(raw).build())
                        .toFloatArray())
                .containsExactly(1, -1, 0.125f, 7.5f, -0.125f);
        assertThat(READER.read(tensor(ElementType.FLOAT6E2M3, 2)
                                .addInt32Data(codes[0])
                                .addInt32Data(codes[3])
                                .build())
                        .toFloatArray())
                .containsExactly(1, 7.5f);
    }

    @Test
    void stringsStayStrings() {
        TensorProto proto = tensor(ElementType.STRING, 2)
                .addStringData(ByteString.copyFromUtf8("a"))
                .addStringData(ByteString.copyFromUtf8("\u00e9"))
                .build();

        assertThat(READER.strings(proto)).isEqualTo(List.of("a", "\u00e9"));
    }

    @Test
    void sparseTensorsBecomeDense() {
        TensorProto values =
                tensor(ElementType.FLOAT, 2).addFloatData(5).addFloatData(7).build();
        TensorProto places = tensor(ElementType.INT64, 2, 2)
                .addAllInt64Data(List.of(0L, 1L, 1L, 2L))
                .build();
        SparseTensorProto proto = SparseTensorProto.newBuilder()
                .setValues(values)
                .setIndices(places)
                .addDims(2)
                .addDims(3)
                .build();

        assertThat(READER.read(proto).toFloatArray()).containsExactly(0, 5, 0, 0, 0, 7);
    }

    // ---- files beside the model

    private static TensorProto external(String location, String... entries) {
        TensorProto.Builder tensor = tensor(ElementType.UINT8, 3).setDataLocation(TensorProto.DataLocation.EXTERNAL);
        tensor.addExternalData(
                StringStringEntryProto.newBuilder().setKey("location").setValue(location));
        for (int i = 0; i < entries.length; i += 2) {
            tensor.addExternalData(
                    StringStringEntryProto.newBuilder().setKey(entries[i]).setValue(entries[i + 1]));
        }
        return tensor.build();
    }

    private TensorReader beside() {
        return new TensorReader(new ExternalData(folder));
    }

    @Test
    void externalDataIsInTheModelsFolder() throws Exception {
        Files.write(folder.resolve("weights.bin"), new byte[] {1, 2, 3, 4, 5});

        assertThat(beside().read(external("weights.bin", "offset", "2", "length", "3"))
                        .toIntArray())
                .containsExactly(3, 4, 5);
    }

    @Test
    void externalDataOutsideOfTheFolderIsRefused() throws Exception {
        Path inner = Files.createDirectory(folder.resolve("model"));
        Files.write(folder.resolve("secret"), new byte[] {1, 2, 3});
        Files.createSymbolicLink(inner.resolve("link"), folder.resolve("secret"));
        TensorReader reader = new TensorReader(new ExternalData(inner));

        for (String location : List.of("../secret", folder.resolve("secret").toString(), "link")) {
            assertThatThrownBy(() -> reader.read(external(location)))
                    .isInstanceOf(FileFormatException.class)
                    .hasMessageContaining("outside of the model's folder");
        }
    }

    @Test
    void externalDataBeyondTheEndIsRefused() throws Exception {
        Files.write(folder.resolve("weights.bin"), new byte[] {1, 2, 3, 4, 5});

        assertThatThrownBy(() -> beside().read(external("weights.bin", "offset", "3")))
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("has only 5 bytes");
        assertThatThrownBy(() -> beside().read(external("weights.bin", "offset", "-1")))
                .isInstanceOf(FileFormatException.class);
        assertThatThrownBy(() -> beside().read(external("weights.bin", "length", "99999999999")))
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("need 3");
    }

    // ---- what is claimed and not there

    @Test
    void claimsAreComparedWithWhatIsThere() {
        for (TensorProto proto : List.of(
                tensor(ElementType.FLOAT, 1L << 40).addFloatData(1).build(),
                tensor(ElementType.FLOAT, 1L << 40).setRawData(bytes(1)).build(),
                tensor(ElementType.INT4, 1L << 40).setRawData(bytes(1)).build(),
                tensor(ElementType.FLOAT, 1L << 40, 1L << 40).build(),
                tensor(ElementType.FLOAT, -1).build(),
                tensor(ElementType.UNDEFINED, 1).build(),
                TensorProto.newBuilder().setDataType(99).build())) {
            assertThatThrownBy(() -> READER.read(proto)).isInstanceOf(FileFormatException.class);
        }
    }

    @Test
    void sparseClaimsAreBounded() {
        TensorProto one = tensor(ElementType.FLOAT, 1).addFloatData(5).build();
        TensorProto place = tensor(ElementType.INT64, 1).addInt64Data(0).build();
        SparseTensorProto proto = SparseTensorProto.newBuilder()
                .setValues(one)
                .setIndices(place)
                .addDims(1L << 40)
                .build();

        assertThatThrownBy(() -> READER.read(proto))
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining("would have");
    }
}
