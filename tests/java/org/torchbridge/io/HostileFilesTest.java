package org.torchbridge.io;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scope;
import org.torchbridge.Torch;

/** Files that are broken, by accident or on purpose: they are refused with a reason, and nothing else happens. */
class HostileFilesTest {
    private static final long MILLISECONDS_OF_CHANCE = 3000;

    @TempDir
    Path folder;

    private byte[] good;

    @BeforeEach
    void readGoodFile() throws IOException {
        good = Files.readAllBytes(StateDictFiles.path("module.pth"));
    }

    @Test
    void fileCutShortAnywhere() throws IOException {
        for (int length = 0; length < good.length; length += 1 + length / 50) {
            assertRefused(Arrays.copyOf(good, length), "");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 20, 24, 28, 30, 32, 42})
    void brokenTableOfContents(int field) throws IOException {
        byte[] broken = good.clone();
        int header = find(broken, ZipArchive.CENTRAL_HEADER);
        Arrays.fill(broken, header + field, header + field + 2, (byte) 0xfd);
        assertRefused(broken, "");
    }

    @Test
    void tableOfContentsThatClaimsTooMuch() throws IOException {
        for (long claim : new long[] {Long.MAX_VALUE, Long.MIN_VALUE, -1, Integer.MAX_VALUE, 1L << 40}) {
            for (int field : new int[] {32, 40, 48}) {
                byte[] broken = good.clone();
                littleEndian(broken).putLong(find(broken, ZipArchive.ZIP64_END) + field, claim);
                assertRefused(broken, "");
            }
            byte[] broken = good.clone();
            littleEndian(broken).putLong(find(broken, ZipArchive.ZIP64_LOCATOR) + 8, claim);
            assertRefused(broken, "");
        }
    }

    @Test
    void changedPickle() throws IOException {
        byte[] broken = good.clone();
        int name = new String(broken, StandardCharsets.ISO_8859_1).indexOf("running_mean");
        broken[name] = 'R';
        assertRefused(broken, "checksum");
    }

    /** Python can write files without checksums, which says that every one is wrong. */
    @Test
    void changedPickleOfAFileWithoutChecksums() throws IOException {
        byte[] file = good.clone();
        ByteBuffer bytes = littleEndian(file);
        for (int i = 0; i < file.length - 4; i++) {
            if (bytes.getInt(i) == ZipArchive.CENTRAL_HEADER) {
                bytes.putInt(i + 16, 0);
            }
        }
        Torch.loadStateDict(write(file));
    }

    /** Pickles as text: \n and bytes as in Python's literals; STORAGE stands for a storage of 12 bytes. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            `.`                                                                      | a value is missing
            ``                                                                       | ends in the middle
            `0.`                                                                     | a value is missing
            `t.`                                                                     | the beginning of a list
            `(.`                                                                     | a value is missing
            `}NN`                                                                    | ends in the middle
            `}(Nu.`                                                                  | not a dictionary
            `](KKu.`                                                                 | not a dictionary
            `}Na.`                                                                   | not a list
            `h\\x05.`                                                                | has not made
            `X\\xff\\xff\\xff\\x7fabc`                                               | ends in the middle
            `X\\xff\\xff\\xff\\xffabc`                                               | ends in the middle
            `X\\x01\\x00\\x00\\x00\\xff.`                                            | not in UTF-8
            `\\x8d\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xffabc`                       | ends in the middle
            `\\x8e\\xff\\xff\\xff\\xff\\x00\\x00\\x00\\x00abc`                       | ends in the middle
            `\\x80\\x00.`                                                            | pickle protocol 0
            `cos\\nsystem\\n(U\\x04trueq\\x01tR.`                                    | os.system
            `cbuiltins\\neval\\n.`                                                   | builtins.eval
            `ctorch\\nload\\n.`                                                      | torch.load
            `cos\\nsys`                                                              | ends in the middle
            `\\x8c\\x02os\\x8c\\x06system\\x93.`                                     | os.system
            `ios\\nsystem\\n.`                                                       | the instruction 0x69
            `N)R.`                                                                   | not a function
            `N)\\x81.`                                                               | not a function
            `ccollections\\nOrderedDict\\nNR.`                                       | not a function
            `ccollections\\nOrderedDict\\nK\\x01\\x85R.`                             | is damaged
            `ccollections\\nOrderedDict\\n](K\\x01e\\x85R.`                          | is damaged
            `ccollections\\nOrderedDict\\n](U\\x01aN\\x86e\\x85R.`                 | holds a checkpoint
            `](h\\x00e.`                                                             | has not made
            `]q\\x00h\\x00a.`                                                        | holds a list of 1 items
            `}q\\x00(h\\x00Nu.`                                                      | neither text nor a number
            `}(]Nu.`                                                                 | neither text nor a number
            `}q\\x00K\\x01h\\x00s.`                                                  | holds a checkpoint
            `NNb.`                                                                   | attributes
            `NQ.`                                                                    | is damaged
            `U\\x01aQ.`                                                              | is damaged
            `(U\\x06moduleNNNNtQ.`                                                   | beside its storages
            `ctorch._utils\\n_rebuild_tensor_v2\\n)R.`                               | too few arguments
            `ctorch._utils\\n_rebuild_tensor_v2\\n(NK\\x00))\\x89NtR.`               | is damaged
            `STORAGE.`                                                               | not a state dict
            `}U\\x01xREBUILD(STORAGEK\\x00K\\x04\\x85K\\x01\\x85\\x89NtRs.`          | does not fit
            `}U\\x01xREBUILD(STORAGEK\\x01K\\x03\\x85K\\x01\\x85\\x89NtRs.`          | does not fit
            `}U\\x01xREBUILD(STORAGEK\\x00K\\x03\\x85K\\x02\\x85\\x89NtRs.`          | does not fit
            `}U\\x01xREBUILD(STORAGEK\\x00K\\x03\\x85)\\x89NtRs.`                    | does not fit
            `}U\\x01xREBUILD(STORAGEJ\\xff\\xff\\xff\\xffK\\x01\\x85K\\x01\\x85\\x89NtRs.` | does not fit
            `}U\\x01xREBUILD(STORAGEK\\x02K\\x03\\x85J\\xff\\xff\\xff\\xff\\x85\\x89NtRs.` | does not fit
            `}U\\x01xREBUILD(STORAGEK\\x00HUGEHUGE\\x86HUGEHUGE\\x86\\x89NtRs.`      | does not fit
            `}U\\x01xREBUILD(STORAGEK\\x00HUGEHUGE\\x86K\\x00K\\x00\\x86\\x89NtRs.`  | does not fit
            `}U\\x01xREBUILD(STORAGEHUGEK\\x00\\x85K\\x01\\x85\\x89NtRs.`            | does not fit
            `}U\\x01xREBUILD((U\\x07storagectorch\\nFloatStorage\\nU\\x010U\\x03cpuHUGEtQK\\x00))\\x89NtRs.` | is damaged
            `}U\\x01xREBUILD((U\\x07storagectorch\\nFloatStorage\\nU\\x010U\\x03cpuK\\xfftQK\\x00))\\x89NtRs.` | should have
            `}U\\x01xREBUILD((U\\x07storagectorch\\nFloatStorage\\nU\\x017U\\x03cpuK\\x01tQK\\x00))\\x89NtRs.` | is missing
            `}U\\x01xREBUILD((U\\x07storagectorch\\nLongStorage\\nU\\x010U\\x03cpuK\\x01tQK\\x00))\\x88NtRs.`  | cannot be made
            """)
    void hostilePickle(String pickle, String reason) throws IOException {
        String full = pickle.replace("REBUILD", "ctorch._utils\\n_rebuild_tensor_v2\\n")
                .replace("STORAGE", "(U\\x07storagectorch\\nFloatStorage\\nU\\x010U\\x03cpuK\\x03tQ")
                .replace("HUGE", "\\x8a\\x08\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x70");
        assertRefused(archive(literal(full)), reason);
    }

    @Test
    void deepNestingNeedsNoStack() throws IOException {
        byte[] nested = new byte[2_000_002];
        Arrays.fill(nested, 0, 1_000_001, (byte) ']');
        Arrays.fill(nested, 1_000_001, 2_000_001, (byte) 'a');
        nested[2_000_001] = '.';
        assertRefused(archive(nested), "holds a list of 1 items");
    }

    @Test
    void anyChange() throws IOException {
        Random random = new Random(20);
        mutate(random, bytes -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt());
        mutate(random, bytes -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8)));
        mutate(random, bytes -> {
            int at = random.nextInt(bytes.length);
            Arrays.fill(bytes, at, Math.min(bytes.length, at + 8), (byte) (random.nextBoolean() ? 0 : 0xff));
        });
    }

    /** The same for the pickle alone, with a checksum that fits. */
    @Test
    void anyChangeOfThePickle() throws IOException {
        Random random = new Random(21);
        String text = new String(good, StandardCharsets.ISO_8859_1);
        int start = text.indexOf("\u0080\u0002ccollections");
        byte[] pickle = Arrays.copyOfRange(good, start, text.indexOf("PK\u0007\b", start));
        long end = System.currentTimeMillis() + MILLISECONDS_OF_CHANCE;
        while (System.currentTimeMillis() < end) {
            byte[] changed = pickle.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            }
            loadOrRefuse(archive(changed));
        }
    }

    private void mutate(Random random, Consumer<byte[]> change) throws IOException {
        long end = System.currentTimeMillis() + MILLISECONDS_OF_CHANCE / 3;
        while (System.currentTimeMillis() < end) {
            byte[] changed = good.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                change.accept(changed);
            }
            loadOrRefuse(changed);
        }
    }

    private void loadOrRefuse(byte[] file) throws IOException {
        try (Scope scope = Scope.open()) {
            Torch.loadStateDict(write(file)).values().forEach(tensor -> tensor.isnan()
                    .any());
        } catch (FileFormatException expected) {
            // A change may also do no harm: in a number, or where no one looks.
        }
    }

    private void assertRefused(byte[] file, String reason) throws IOException {
        Path path = write(file);
        assertThatThrownBy(() -> Torch.load(path))
                .isInstanceOf(FileFormatException.class)
                .hasMessageContaining(reason);
    }

    private int files;

    /** A new file each time, as a mapped one must not be overwritten. */
    private Path write(byte[] content) throws IOException {
        Files.deleteIfExists(folder.resolve(files + ".pth"));
        files++;
        return Files.write(folder.resolve(files + ".pth"), content);
    }

    private static int find(byte[] bytes, int signature) {
        ByteBuffer buffer = littleEndian(bytes);
        for (int i = 0; i < bytes.length - 4; i++) {
            if (buffer.getInt(i) == signature) {
                return i;
            }
        }
        throw new AssertionError("no signature " + Integer.toHexString(signature));
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] literal(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            if (text.startsWith("\\x", i)) {
                out.write(Integer.parseInt(text.substring(i + 2, i + 4), 16));
                i += 3;
            } else if (text.startsWith("\\n", i)) {
                out.write('\n');
                i++;
            } else {
                out.write(text.charAt(i));
            }
        }
        return out.toByteArray();
    }

    /** An archive with one pickle and storages of 12 bytes. */
    private static byte[] archive(byte[] pickle) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "archive/data.pkl", pickle);
            for (int i = 0; i < 7; i++) {
                store(zip, "archive/data/" + i, new byte[12]);
            }
            store(zip, "archive/version", "3\n".getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
