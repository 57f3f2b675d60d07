package org.torchbridge.onnx.exporter;

import java.util.List;

/** Writes an operator that gives several values, or none. */
@FunctionalInterface
interface ManyRule {
    List<Item> write(Call c);
}
