package org.torchbridge.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.torchbridge.TorchException;

/** Writes files that are there completely or not at all. */
final class AtomicFile {
    /** Writes the content of a file. */
    interface Content {
        void write(FileChannel channel) throws IOException;
    }

    private static final Logger LOGGER = LoggerFactory.getLogger(AtomicFile.class);

    private AtomicFile() {}

    /**
     * Writes a file beside {@code path} and, when it is complete and on the disk, gives it that name.
     *
     * @throws TorchException if it cannot be written; a file that was there before is still there
     */
    static void write(Path path, Content content) {
        try {
            // A link stays one: the file that it points to is replaced.
            Path target = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
            writeTo(target, content);
        } catch (IOException e) {
            throw new TorchException(path + " cannot be written: " + e, e);
        }
    }

    private static void writeTo(Path target, Content content) throws IOException {
        // Not Files.createTempFile, whose files only their owner may read.
        String suffix = Long.toHexString(ThreadLocalRandom.current().nextLong());
        Path temporary = target.resolveSibling("." + target.getFileName() + "." + suffix + ".tmp");
        try {
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
                content.write(channel);
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            force(target.getParent());
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Brings the new name to the disk, where folders can be opened; on Windows they cannot, and need not be. */
    private static void force(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            LOGGER.debug("the folder {} cannot be brought to the disk", folder, e);
        }
    }
}
