/**
 * Gradients beyond {@code backward}, as Python's {@code torch.autograd}: own functions, the graph and its hooks,
 * checkpointing, derivatives of functions, forward-mode derivatives, checks against differences, autocast.
 *
 * <p>Java code that libtorch calls (hooks, own functions) runs on the thread that called backward, for tensors on a GPU on
 * a thread of libtorch's. An exception it throws comes out of backward as it is.
 */
@NullMarked
package org.torchbridge.autograd;

import org.jspecify.annotations.NullMarked;
