/** Helpers for parameters and their gradients, as Python's {@code torch.nn.utils}. */
@NullMarked
package org.torchbridge.nn.utils;

import org.jspecify.annotations.NullMarked;
