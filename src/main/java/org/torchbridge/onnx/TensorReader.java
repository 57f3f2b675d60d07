package org.torchbridge.onnx;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.torchbridge.DType;
import org.torchbridge.Device;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import org.torchbridge.onnx.proto.SparseTensorProto;
import org.torchbridge.onnx.proto.TensorProto;

/**
 * Tensors as files have them: raw bytes, lists of numbers, or bytes in other files. What a file claims is checked against
 * what it has before memory is taken. Numbers of less than eight bits become {@code int8}, {@code uint8} and {@code float32}.
 */
public final class TensorReader {
    /** A sparse tensor may be this much larger than the numbers it has. */
    private static final long SPARSE_MAXIMUM = 1L << 24;

    private final ExternalData external;

    public TensorReader(ExternalData external) {
        this.external = external;
    }

    /** The tensor of a type other than string. */
    public Tensor read(TensorProto proto) {
        return Scope.call(() -> tensor(proto));
    }

    private Tensor tensor(TensorProto proto) {
        ElementType type = ElementType.of(proto.getDataType());
        if (type.dtype() == null) {
            throw broken(proto, "is of type " + type + ", not of numbers");
        }
        if (proto.hasSegment()) {
            throw broken(proto, "is in segments, which no version of ONNX has defined");
        }
        long[] shape = shape(proto.getName(), proto.getDimsList());
        long count = count(proto.getName(), shape);
        if (type.isPacked()) {
            return numbers(type, codes(proto, type.packedBits(), count)).reshape(shape);
        }
        return bytes(proto, type, count).view(type.dtype()).reshape(shape);
    }

    /** The elements of a tensor of strings, row by row. */
    public List<String> strings(TensorProto proto) {
        long count = count(proto.getName(), shape(proto.getName(), proto.getDimsList()));
        if (count != proto.getStringDataCount()) {
            throw wrongLength(proto, proto.getStringDataCount(), count, "strings");
        }
        return proto.getStringDataList().stream()
                .map(text -> text.toString(StandardCharsets.UTF_8))
                .toList();
    }

    /** A sparse tensor as a dense one. */
    public Tensor read(SparseTensorProto proto) {
        TensorProto values = proto.getValues();
        long[] shape = shape(values.getName(), proto.getDimsList());
        long size = count(values.getName(), shape);
        if (size > Math.max(SPARSE_MAXIMUM, 1024L * proto.getSerializedSize())) {
            throw broken(values, "is sparse and would have " + size + " elements");
        }
        return Scope.call(() -> {
            Tensor elements = read(values);
            Tensor places = read(proto.getIndices());
            Tensor flat = places.dim() == 2 ? linear(places, shape) : places;
            if (elements.dim() != 1 || flat.dim() != 1 || elements.numel() != flat.numel()) {
                throw broken(
                        values, "is sparse and has " + elements.numel() + " values at " + flat.numel() + " places");
            }
            if (flat.numel() > 0 && (flat.min().toLong() < 0 || flat.max().toLong() >= size)) {
                throw broken(values, "is sparse and has values outside of its shape");
            }
            return Torch.zeros(new long[] {size}, TensorOptions.of(elements.dtype()))
                    .indexPut(List.of(flat), elements)
                    .reshape(shape);
        });
    }

    private static Tensor linear(Tensor places, long[] shape) {
        Tensor flat = Torch.zeros(new long[] {places.shape()[0]}, TensorOptions.of(DType.INT64));
        for (int i = 0; i < shape.length && i < places.shape()[1]; i++) {
            flat = flat.mul(shape[i]).add(places.select(1, i));
        }
        return flat;
    }

    private Tensor bytes(TensorProto proto, ElementType type, long count) {
        long expected = count * type.dtype().itemSize();
        if (proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
            Tensor mapped = external.bytes(proto, expected);
            return mapped.storageOffset() % type.dtype().itemSize() == 0 ? mapped : mapped.clone();
        }
        if (proto.hasRawData()) {
            ByteString raw = proto.getRawData();
            if (raw.size() != expected) {
                throw wrongLength(proto, raw.size(), expected, "bytes");
            }
            return filled(expected, buffer -> buffer.put(raw.asReadOnlyByteBuffer()));
        }
        return typed(proto, type, count, expected);
    }

    private static Tensor typed(TensorProto proto, ElementType type, long count, long bytes) {
        switch (type) {
            case FLOAT, COMPLEX64 -> {
                expect(proto, proto.getFloatDataCount(), type == ElementType.FLOAT ? count : 2 * count);
                return filled(bytes, buffer -> proto.getFloatDataList().forEach(buffer::putFloat));
            }
            case DOUBLE, COMPLEX128 -> {
                expect(proto, proto.getDoubleDataCount(), type == ElementType.DOUBLE ? count : 2 * count);
                return filled(bytes, buffer -> proto.getDoubleDataList().forEach(buffer::putDouble));
            }
            case INT64 -> {
                expect(proto, proto.getInt64DataCount(), count);
                return filled(bytes, buffer -> proto.getInt64DataList().forEach(buffer::putLong));
            }
            case UINT64 -> {
                expect(proto, proto.getUint64DataCount(), count);
                return filled(bytes, buffer -> proto.getUint64DataList().forEach(buffer::putLong));
            }
            case UINT32 -> {
                expect(proto, proto.getUint64DataCount(), count);
                return filled(
                        bytes, buffer -> proto.getUint64DataList().forEach(value -> buffer.putInt(value.intValue())));
            }
            default -> {
                expect(proto, proto.getInt32DataCount(), count);
                return filled(bytes, buffer -> {
                    IntConsumer put =
                            switch (type.dtype().itemSize()) {
                                case 1 -> value -> buffer.put((byte) value);
                                case 2 -> value -> buffer.putShort((short) value);
                                default -> buffer::putInt;
                            };
                    proto.getInt32DataList().forEach(put::accept);
                });
            }
        }
    }

    /** The bits of each number of less than eight of them, as {@code int32}. */
    private Tensor codes(TensorProto proto, int bits, long count) {
        boolean external = proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
        if (bits == 6 && !external && !proto.hasRawData()) {
            expect(proto, proto.getInt32DataCount(), count);
            return filled(count, buffer -> proto.getInt32DataList().forEach(value -> buffer.put(value.byteValue())))
                    .to(DType.INT32)
                    .bitwiseAnd(63);
        }
        return unpacked(packed(proto, (count * bits + 7) / 8), bits).narrow(0, 0, count);
    }

    /** The bytes that numbers of less than eight bits share, which as typed data are one in each {@code int32}. */
    private Tensor packed(TensorProto proto, long bytes) {
        if (proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
            return external.bytes(proto, bytes);
        }
        if (proto.hasRawData()) {
            ByteString raw = proto.getRawData();
            if (raw.size() != bytes) {
                throw wrongLength(proto, raw.size(), bytes, "bytes");
            }
            return filled(bytes, buffer -> buffer.put(raw.asReadOnlyByteBuffer()));
        }
        expect(proto, proto.getInt32DataCount(), bytes);
        return filled(bytes, buffer -> proto.getInt32DataList().forEach(value -> buffer.put(value.byteValue())));
    }

    /** All numbers of the bytes, those of the lowest bits first: four of six bits are in three bytes, others in one. */
    private static Tensor unpacked(Tensor packed, int bits) {
        int bytes = bits == 6 ? 3 : 1;
        long missing = Math.floorMod(-packed.numel(), bytes);
        Tensor groups = Torch.constantPadNd(packed.to(DType.INT32), 0, missing).reshape(-1, bytes);
        Tensor whole = groups.select(1, 0);
        for (int i = 1; i < bytes; i++) {
            whole = whole.bitwiseOr(groups.select(1, i).bitwiseLeftShift(8 * i));
        }
        List<Tensor> parts = new ArrayList<>();
        for (int shift = 0; shift < 8 * bytes; shift += bits) {
            parts.add(whole.bitwiseRightShift(shift).bitwiseAnd((1 << bits) - 1));
        }
        return Torch.stack(parts, -1).flatten();
    }

    /** What the bits stand for. */
    private static Tensor numbers(ElementType type, Tensor codes) {
        SmallFloat real = SmallFloat.of(type);
        if (real != null) {
            return Torch.tensor(real.values()).indexSelect(0, codes);
        }
        boolean signed = type == ElementType.INT4 || type == ElementType.INT2;
        int half = 1 << (type.packedBits() - 1);
        return (signed ? codes.bitwiseXor(half).sub(half) : codes).to(type.dtype());
    }

    private interface Filling {
        void into(ByteBuffer buffer);
    }

    private static Tensor filled(long bytes, Filling filling) {
        Tensor tensor =
                Torch.empty(new long[] {bytes}, TensorOptions.of(DType.UINT8).device(Device.CPU));
        if (bytes > 0) {
            filling.into(tensor.buffer().order(ByteOrder.LITTLE_ENDIAN));
        }
        return tensor;
    }

    private static long[] shape(String name, List<Long> dims) {
        for (long size : dims) {
            if (size < 0) {
                throw new FileFormatException("has the tensor '" + name + "' of the shape " + dims);
            }
        }
        return dims.stream().mapToLong(Long::longValue).toArray();
    }

    private static long count(String name, long[] shape) {
        long count = 1;
        for (long size : shape) {
            try {
                count = Math.multiplyExact(count, size);
                Math.multiplyExact(count, 16);
            } catch (ArithmeticException e) {
                throw new FileFormatException("has the tensor '" + name + "' of more elements than there can be");
            }
        }
        return count;
    }

    private static void expect(TensorProto proto, long found, long expected) {
        if (found != expected) {
            throw wrongLength(proto, found, expected, "numbers");
        }
    }

    private static FileFormatException wrongLength(TensorProto proto, long found, long expected, String what) {
        return broken(proto, "has " + found + " " + what + "; its shape " + proto.getDimsList() + " needs " + expected);
    }

    private static FileFormatException broken(TensorProto proto, String what) {
        return new FileFormatException("is damaged: its tensor '" + proto.getName() + "' " + what);
    }
}
