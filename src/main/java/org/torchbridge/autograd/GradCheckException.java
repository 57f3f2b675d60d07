package org.torchbridge.autograd;

/** What {@link GradCheck} found wrong: the message has both Jacobians, or says what else is not as it has to be. */
public final class GradCheckException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    GradCheckException(String message) {
        super(message);
    }
}
