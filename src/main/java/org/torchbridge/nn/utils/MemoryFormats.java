package org.torchbridge.nn.utils;

import org.torchbridge.GradMode;
import org.torchbridge.MemoryFormat;
import org.torchbridge.Scope;
import org.torchbridge.Torch;
import org.torchbridge.nn.Conv2d;
import org.torchbridge.nn.Conv3d;
import org.torchbridge.nn.ConvTranspose2d;
import org.torchbridge.nn.ConvTranspose3d;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.Parameter;

/**
 * The order of the weights of convolutions in memory.
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.utils.convert_conv2d_weight_memory_format.html">torch.nn.utils.convert_conv2d_weight_memory_format</a>.
 */
public final class MemoryFormats {
    private MemoryFormats() {}

    /** Puts the weights of all two-dimensional convolutions of {@code module} in the given order. */
    public static <M extends Module> M convertConv2dWeightMemoryFormat(M module, MemoryFormat memoryFormat) {
        module.apply(each -> {
            if (each instanceof Conv2d || each instanceof ConvTranspose2d) {
                convert(each.getParameter(WeightNorm.WEIGHT), memoryFormat);
            }
        });
        return module;
    }

    /** Puts the weights of all three-dimensional convolutions of {@code module} in the given order. */
    public static <M extends Module> M convertConv3dWeightMemoryFormat(M module, MemoryFormat memoryFormat) {
        module.apply(each -> {
            if (each instanceof Conv3d || each instanceof ConvTranspose3d) {
                convert(each.getParameter(WeightNorm.WEIGHT), memoryFormat);
            }
        });
        return module;
    }

    private static void convert(Parameter weight, MemoryFormat memoryFormat) {
        try (Scope scope = Scope.open();
                GradMode mode = Torch.noGrad()) {
            weight.tensor().setData(weight.tensor().contiguous(memoryFormat));
        }
    }
}
