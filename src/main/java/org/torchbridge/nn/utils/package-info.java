/**
 * What goes with modules, as Python's {@code torch.nn.utils}.
 *
 * <p>Follows <a href="https://pytorch.org/docs/stable/nn.html#utilities">torch.nn.utils</a>.
 */
@NullMarked
package org.torchbridge.nn.utils;

import org.jspecify.annotations.NullMarked;
