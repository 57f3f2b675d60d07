package org.torchbridge.io;

import org.torchbridge.DType;

/**
 * The memory of one or more tensors as a file describes it.
 *
 * @param key the name of the record that holds the bytes
 * @param dtype the type of the elements; {@code uint8} where the tensors say it themselves
 * @param bytes how many bytes the pickle says there are
 */
record StoredStorage(String key, DType dtype, long bytes) {}
