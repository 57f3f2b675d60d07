package org.torchbridge;

/** A file that is not what it should be. The message names the file, its kind where known, and what is wrong. */
public class FileFormatException extends TorchException {
    private static final long serialVersionUID = 1L;

    public FileFormatException(String message) {
        super(message);
    }

    public FileFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
