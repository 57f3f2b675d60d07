package org.torchbridge;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which tensors are alive.
 *
 * @param tensors how many Java tensors hold a native one
 * @param bytes bytes of CPU memory under all tensors, gradients and intermediate results included
 * @param sites where the tensors were made, most frequent first: the place in the code and the number of tensors; empty
 *     unless the JVM was started with {@code -Dtorchbridge.leaks=true}
 */
public record MemoryReport(int tensors, long bytes, Map<String, Integer> sites) {
    @Override
    public String toString() {
        String origins = sites.entrySet().stream()
                .map(site -> "\n" + site.getValue() + " made at " + site.getKey())
                .collect(Collectors.joining());
        return tensors + " tensors, " + bytes + " bytes" + origins;
    }
}
