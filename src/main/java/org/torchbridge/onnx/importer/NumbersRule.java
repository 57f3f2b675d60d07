package org.torchbridge.onnx.importer;

import org.jspecify.annotations.Nullable;

/**
 * How an operator is written where it computes sizes: with numbers instead of tensors. It applies if every input is {@link
 * Numbers} or a small constant; null means that the tensor rule shall be used after all.
 */
@FunctionalInterface
public interface NumbersRule {
    @Nullable
    Numbers write(OnnxNode node, Conversion c);
}
