package org.torchbridge.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.torchbridge.io.FileKind;

/** The kinds of files that can be written, and the endings of their names. */
enum FileTarget {
    PTH(".pth", ".pt", ".bin"),
    SAFETENSORS(".safetensors"),
    NPZ(".npz"),
    NPY(".npy"),
    SHARDED(".safetensors.index.json", ".bin.index.json"),
    TORCHSCRIPT,
    ONNX(".onnx");

    private static final String PROGRAM = ".pt";

    private final List<String> endings;

    FileTarget(String... endings) {
        this.endings = List.of(endings);
    }

    /** The kind whose files have such names, or null: what PyTorch calls {@code .pt} is a program or a state dict. */
    static @Nullable FileTarget of(Path path, FileKind source) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        if (source == FileKind.ONNX && name.endsWith(PROGRAM)) {
            return TORCHSCRIPT;
        }
        return Arrays.stream(values())
                .filter(target -> target.endings.stream().anyMatch(name::endsWith))
                .findFirst()
                .orElse(null);
    }

    static String allEndings() {
        return Arrays.stream(values())
                .flatMap(target -> target.endings.stream())
                .collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
