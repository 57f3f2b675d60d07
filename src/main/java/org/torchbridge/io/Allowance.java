package org.torchbridge.io;

import org.torchbridge.FileFormatException;

/**
 * How much memory the calls in a pickle may take beside what their arguments have: in proportion to the file, since a few
 * bytes can ask for one more copy of something large.
 */
final class Allowance {
    private static final long FACTOR = 4;
    private static final long MINIMUM = 1 << 20;

    private long left;

    Allowance(long fileBytes) {
        this.left = Math.max(MINIMUM, fileBytes > Long.MAX_VALUE / FACTOR ? Long.MAX_VALUE : FACTOR * fileBytes);
    }

    /** @throws FileFormatException if that is more than is left */
    void spend(long count, long bytesEach) {
        if (count > left / bytesEach) {
            throw new FileFormatException("asks for more memory than a file of its size has use for: " + count
                    + " values of " + bytesEach + " bytes at once");
        }
        left -= count * bytesEach;
    }
}
