package org.torchbridge.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.torchbridge.DType;
import org.torchbridge.Tensor;
import org.torchbridge.TensorOptions;
import org.torchbridge.Torch;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes and type of an input, written {@code 1x3x224x224} or {@code 1x128:int64}. */
record InputShape(List<Long> sizes, DType dtype) {
    InputShape {
        sizes = List.copyOf(sizes);
    }

    /** Reads the option of the command line. */
    static final class Converter implements ITypeConverter<InputShape> {
        @Override
        public InputShape convert(String text) {
            String[] parts = text.split(":", 2);
            try {
                List<Long> sizes =
                        Arrays.stream(parts[0].split("x")).map(Long::valueOf).toList();
                DType dtype = parts.length == 1 ? DType.FLOAT32 : DType.parse(parts[1]);
                if (sizes.stream().allMatch(size -> size > 0)) {
                    return new InputShape(sizes, dtype);
                }
            } catch (IllegalArgumentException e) {
                // said below
            }
            throw new TypeConversionException("'" + text + "' is no input such as 1x3x224x224 or 1x128:int64");
        }
    }

    /** The same with another first size. */
    InputShape withBatch(long batch) {
        List<Long> changed = new ArrayList<>(sizes);
        changed.set(0, batch);
        return new InputShape(changed, dtype);
    }

    /** Random numbers; whole ones are 0 and 1, which are indices of any table and masks, too. */
    Tensor random() {
        long[] shape = sizes.stream().mapToLong(Long::longValue).toArray();
        return dtype.isFloatingPoint()
                ? Torch.randn(shape, TensorOptions.of(DType.FLOAT32)).to(dtype)
                : Torch.randint(2, shape, DType.INT64).to(dtype);
    }
}
