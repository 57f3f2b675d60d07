package org.torchbridge;

/** libtorch could not allocate a tensor's memory, on the CPU or on a device. */
public class OutOfMemoryException extends TorchException {
    private static final long serialVersionUID = 1L;

    OutOfMemoryException(String message, String nativeTrace) {
        super(message, nativeTrace);
    }
}
