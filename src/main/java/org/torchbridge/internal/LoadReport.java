package org.torchbridge.internal;

import java.nio.file.Path;
import java.util.List;

/**
 * What was loaded, and from where.
 *
 * @param platform JavaCPP's name of the platform: {@code linux-x86_64}
 * @param gpu whether the natives are those of libtorch's CUDA build
 * @param libtorch the version of libtorch
 * @param libraries the files, in the order of loading
 * @param notes what could not be loaded and is not needed on the CPU
 * @param allocator what was done to the native allocator
 * @param nanoseconds how long loading took
 */
public record LoadReport(
        String platform,
        boolean gpu,
        String libtorch,
        List<Path> libraries,
        List<String> notes,
        String allocator,
        long nanoseconds) {}
