package org.torchbridge.internal;

/** What an operator of the dispatcher runs. Called from native code, on any thread. */
interface OperatorKernel {
    /** Takes the arguments from the end of a {@code std::vector<c10::IValue>} and puts the results there. */
    void run(long stack) throws Exception;

    /** A text that leads back to what {@link #run} has thrown. */
    String describe(Throwable failure);
}
