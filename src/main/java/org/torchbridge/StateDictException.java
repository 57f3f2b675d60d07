package org.torchbridge;

/** A state dict that does not fit the module it was given to. The message lists every key in question. */
public class StateDictException extends TorchException {
    private static final long serialVersionUID = 1L;

    public StateDictException(String message) {
        super(message);
    }
}
