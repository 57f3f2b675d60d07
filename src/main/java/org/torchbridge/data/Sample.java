package org.torchbridge.data;

import org.torchbridge.Tensor;

/**
 * What a model is shown, and what it should answer.
 *
 * @param input the input, without a dimension for the batch
 * @param target the answer; for a class its number, {@code int64} without dimensions
 */
public record Sample(Tensor input, Tensor target) {}
