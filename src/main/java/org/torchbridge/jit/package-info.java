/**
 * TorchScript: {@link org.torchbridge.jit.ScriptModule} loads, runs, trains and saves the programs that Python's {@code
 * torch.jit} makes.
 */
@NullMarked
package org.torchbridge.jit;

import org.jspecify.annotations.NullMarked;
