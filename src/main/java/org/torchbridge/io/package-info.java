/**
 * Files of tensors and other values: all that Python's {@code torch.save} writes, safetensors, checkpoints in several files,
 * NumPy's arrays.
 *
 * <p>{@link org.torchbridge.Torch#load} and {@link org.torchbridge.Torch#save} are the way in; {@link
 * org.torchbridge.io.SavedFile} is what a file holds, with the table of Python's values in Java; {@link
 * org.torchbridge.io.FileKind} tells what a file is. {@link org.torchbridge.io.SafetensorsWriter}, {@link
 * org.torchbridge.io.ShardedWriter} and {@link org.torchbridge.io.NumpyWriter} write the other formats.
 *
 * <p><b>Trust.</b> A file is data and nothing else: a pickle may name only the few functions that rebuild tensors and plain
 * values, no size is believed that the file does not bear out, and what is wrong becomes a {@link
 * org.torchbridge.FileFormatException}. The numbers themselves are not checked, as in Python.
 *
 * <p><b>Memory.</b> Files are mapped: a tensor's bytes are read when they are first used. Writing to such a tensor
 * changes this process's copy, never the file. A file must not be shortened or overwritten in place while its tensors are
 * in use; replacing it, as {@code Torch.save} does, is safe.
 *
 * <p><b>Threads.</b> Everything here may be used by several threads at once.
 */
@NullMarked
package org.torchbridge.io;

import org.jspecify.annotations.NullMarked;
