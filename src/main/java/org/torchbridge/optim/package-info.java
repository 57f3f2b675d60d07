/**
 * Optimizers, as Python's {@code torch.optim}, on libtorch's fused operators where there are some.
 *
 * <p>An optimizer's state never belongs to a {@link org.torchbridge.Scope}, and a step leaves no tensor behind. One
 * thread at a time may use an optimizer.
 */
@NullMarked
package org.torchbridge.optim;

import org.jspecify.annotations.NullMarked;
