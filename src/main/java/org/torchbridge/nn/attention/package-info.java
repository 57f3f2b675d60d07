/**
 * Which kernels attention may use, as Python's {@code torch.nn.attention}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/nn.attention.html">torch.nn.attention</a>.
 */
@NullMarked
package org.torchbridge.nn.attention;

import org.jspecify.annotations.NullMarked;
