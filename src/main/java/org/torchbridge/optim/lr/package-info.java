/**
 * Learning rate schedulers, as Python's {@code torch.optim.lr_scheduler}.
 *
 * <p>A scheduler is made with an optimizer, sets the learning rates of its groups at once, and again in each {@code
 * step()}, which follows the optimizer's. One thread at a time may use it.
 */
@NullMarked
package org.torchbridge.optim.lr;

import org.jspecify.annotations.NullMarked;
