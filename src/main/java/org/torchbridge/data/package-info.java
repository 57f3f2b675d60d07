/**
 * Data sets and batches of their samples.
 *
 * <p>A {@link org.torchbridge.data.Dataset} gives samples by number, a {@link org.torchbridge.data.DataLoader} stacks them
 * to batches. Tensors that are handed out belong to the caller: to the {@link org.torchbridge.Scope} that is current, or
 * to the garbage collector. What is needed in between is freed at once.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/data.html">torch.utils.data</a>.
 */
@NullMarked
package org.torchbridge.data;

import org.jspecify.annotations.NullMarked;
