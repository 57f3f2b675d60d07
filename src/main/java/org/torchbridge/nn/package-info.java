/**
 * Modules, layers, losses and initialisation, as Python's {@code torch.nn}.
 *
 * <p>A module is a plain Java class whose fields are its children; see {@link org.torchbridge.nn.Module}. Because
 * {@code java.lang} has a {@code Module} too, import this one by name: {@code import org.torchbridge.nn.Module}.
 *
 * <p>Parameters and buffers never belong to a {@link org.torchbridge.Scope}; what a forward makes does. Several threads
 * may call the same module at once as long as none of them changes it; a {@code BatchNorm2d} in training mode changes
 * itself.
 */
@NullMarked
package org.torchbridge.nn;

import org.jspecify.annotations.NullMarked;
