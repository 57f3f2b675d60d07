package org.torchbridge.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.torchbridge.DType;
import org.torchbridge.Scope;
import org.torchbridge.StateDict;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.testing.PythonOracle;

/** Entries and files of more than 4 GB, which take no room on the disk: their zeros are holes. */
class LargeFilesTest {
    private static final long LARGE = (4L << 30) + (64 << 20);
    private static final int CHUNK = 64 << 20;

    /** Steps over zeros instead of writing them. */
    private record Holes(FileChannel file) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer bytes) throws IOException {
            int length = bytes.remaining();
            if (length == CHUNK) {
                file.position(file.position() + length);
                bytes.position(bytes.limit());
                return length;
            }
            return file.write(bytes);
        }

        @Override
        public boolean isOpen() {
            return file.isOpen();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    private static void write(Path file, byte[] pickle, Tensor small) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ZipWriter zip = new ZipWriter(new Holes(channel), "archive");
            zip.add(TorchArchive.PICKLE, pickle);
            zip.add(TorchArchive.STORAGES + 0, LARGE, action -> {
                for (long written = 0; written < LARGE; written += CHUNK) {
                    action.write(zeros.clear());
                }
            });
            zip.add(TorchArchive.STORAGES + 1, small.view(DType.UINT8));
            zip.add(TorchArchive.VERSION, "3\n".getBytes());
            zip.finish();
        }
    }

    private static byte[] pickle(Tensor small) {
        Pickler pickler = new Pickler();
        pickler.emptyDict();
        pickler.mark();
        pickler.text("large");
        tensor(pickler, "ByteStorage", "0", LARGE);
        pickler.text("small");
        tensor(pickler, "FloatStorage", "1", small.numel());
        pickler.setItems();
        return pickler.finish();
    }

    private static void tensor(Pickler pickler, String type, String key, long numel) {
        pickler.global("torch._utils", "_rebuild_tensor_v2");
        pickler.mark();
        pickler.mark();
        pickler.text("storage");
        pickler.global("torch", type);
        pickler.text(key);
        pickler.text("cpu");
        pickler.integer(numel);
        pickler.tuple();
        pickler.persistent();
        pickler.integer(0);
        pickler.tuple(numel);
        pickler.tuple(1);
        pickler.bool(false);
        pickler.none();
        pickler.tuple();
        pickler.call();
    }

    @Test
    void entriesBeyondFourGigabytes(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("large.pth");
        Tensor small = Torch.tensor(1.5f, -2f, 3f);
        write(file, pickle(small), small);
        assertThat(Files.size(file)).isGreaterThan(LARGE);
        try (Scope scope = Scope.open()) {
            StateDict state = Torch.loadStateDict(file);
            assertThat(state.get("large").numel()).isEqualTo(LARGE);
            assertThat(state.get("large").get(-1).toLong()).isZero();
            assertThat(state.get("small").toFloatArray()).containsExactly(1.5f, -2f, 3f);
        }
        String printed = PythonOracle.run(
                """
                import struct, sys, zipfile
                with zipfile.ZipFile(sys.argv[1]) as z:
                    print([(i.filename, i.file_size) for i in z.infolist()][1:3], struct.unpack("<3f", z.read("archive/data/1")))
                """,
                file.toString());
        assertThat(printed).isEqualTo("[('archive/data/0', " + LARGE + "), ('archive/data/1', 12)] (1.5, -2.0, 3.0)\n");
    }
}
