package org.torchbridge.onnx.importer;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.torchbridge.graph.Value;

/** How an operator with several outputs is written: gives their values in order; null for one that nobody asked for. */
@FunctionalInterface
public interface ManyRule {
    List<@Nullable Value> write(OnnxNode node, Conversion c);
}
