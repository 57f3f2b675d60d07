package org.torchbridge.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.torchbridge.TorchException;

/** Writes files that are there completely or not at all, whatever happens meanwhile. */
public final class AtomicFile {
    /** Writes the content of a file. */
    public interface Content {
        void write(FileChannel channel) throws IOException;
    }

    private static final Logger LOGGER = LoggerFactory.getLogger(AtomicFile.class);

    private final Path target;
    private final Path temporary;

    private AtomicFile(Path path) throws IOException {
        // A link stays one: the file that it points to is replaced.
        this.target = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
        // Not Files.createTempFile, whose files only their owner may read.
        String suffix = Long.toHexString(ThreadLocalRandom.current().nextLong());
        this.temporary = target.resolveSibling("." + target.getFileName() + "." + suffix + ".tmp");
    }

    /**
     * Writes a file beside {@code path} and, when it is complete and on the disk, gives it that name.
     *
     * @throws TorchException if it cannot be written; a file that was there before is still there
     */
    public static void write(Path path, Content content) {
        writeAll(Map.of(path, content));
    }

    /**
     * The same for several files: when all are complete and on the disk, they get their names, in the order of the map.
     *
     * @throws TorchException if one cannot be written; the files that were there before are still there, unless it was a
     *     name that could not be given
     */
    public static void writeAll(Map<Path, Content> contents) {
        List<AtomicFile> files = new ArrayList<>();
        Path current = null;
        try {
            for (Map.Entry<Path, Content> entry : contents.entrySet()) {
                current = entry.getKey();
                AtomicFile file = new AtomicFile(current);
                files.add(file);
                file.fill(entry.getValue());
            }
            for (AtomicFile file : files) {
                current = file.target;
                Files.move(
                        file.temporary,
                        file.target,
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
                force(file.target.getParent());
            }
        } catch (IOException e) {
            throw new TorchException(current + " cannot be written: " + e, e);
        } finally {
            files.forEach(AtomicFile::removeTemporary);
        }
    }

    private void fill(Content content) throws IOException {
        try (FileChannel channel =
                FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            content.write(channel);
            channel.force(true);
        }
    }

    private void removeTemporary() {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            throw new TorchException(temporary + " cannot be removed: " + e, e);
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
