package org.torchbridge.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.torchbridge.testing.StoredArchive.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.FileFormatException;
import org.torchbridge.Layout;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.TorchException;

/** Files that are broken, by accident or on purpose: they are refused with a reason, and nothing else happens. */
class HostileFilesTest {
    private static final int STORAGE_BYTES = 48;
    private static final int MAX_ELEMENTS_LOOKED_AT = 1_000_000;

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

    /** Pickles as text: \n and bytes as in Python's literals; STORAGE stands for a storage of 3 numbers. */
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
            `}(Nu.`                                                                  | a key has no value
            `](KKKKu.`                                                               | not a dictionary
            `}Na.`                                                                   | not a list
            `h\\x05.`                                                                | has not made
            `X\\xff\\xff\\xff\\x7fabc`                                               | ends in the middle
            `X\\xff\\xff\\xff\\xffabc`                                               | ends in the middle
            `X\\x01\\x00\\x00\\x00\\xff.`                                            | not in UTF-8
            `\\x8d\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xffabc`                       | ends in the middle
            `\\x8e\\xff\\xff\\xff\\xff\\x00\\x00\\x00\\x00abc`                       | ends in the middle
            `\\x80\\x06.`                                                            | pickle protocol 6
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
        assertRefused(archive(literal(expand(pickle))), reason);
    }

    /** Words in capitals stand for values that are longer to write. */
    private static String expand(String pickle) {
        return pickle.replace("NOTHING", "REBUILD(LONGSK\\x00K\\x00\\x85K\\x01\\x85\\x89NtR")
                .replace("TENSOR", "REBUILD(STORAGEK\\x00K\\x03\\x85K\\x01\\x85\\x89NtR")
                .replace("INDICES", "REBUILD(LONGSK\\x00K\\x01K\\x03\\x86K\\x03K\\x01\\x86\\x89NtR")
                .replace("MATRIX", "REBUILD(LONGSK\\x00K\\x03K\\x01\\x86K\\x01K\\x01\\x86\\x89NtR")
                .replace("VECTOR", "REBUILD(LONGSK\\x00K\\x03\\x85K\\x01\\x85\\x89NtR")
                .replace("REBUILD", "ctorch._utils\\n_rebuild_tensor_v2\\n")
                .replace("STORAGE", storage("FloatStorage", 0))
                .replace("LONGS", storage("LongStorage", 1))
                .replace("BYTES", storage("ByteStorage", 2))
                .replace("HUGE", "\\x8a\\x08\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x70")
                .replace("MINUS", "J\\xff\\xff\\xff\\xff");
    }

    private static String storage(String type, int key) {
        return "(U\\x07storagectorch\\n" + type + "\\nU\\x01" + key + "U\\x03cpuK\\x03tQ";
    }

    /** A call of each function that a pickle may name: the function, then its arguments. */
    private static final String CALLS =
            """
            ctorch._utils\\n_rebuild_tensor\\n STORAGE K\\x00 K\\x03\\x85 K\\x01\\x85
            ctorch._utils\\n_rebuild_tensor_v2\\n STORAGE K\\x00 K\\x03\\x85 K\\x01\\x85 \\x89 N }
            ctorch._utils\\n_rebuild_tensor_v3\\n BYTES K\\x00 K\\x03\\x85 K\\x01\\x85 \\x89 N ctorch\\nbool\\n }
            ctorch._utils\\n_rebuild_parameter\\n TENSOR \\x88 N
            ctorch._utils\\n_rebuild_parameter_with_state\\n TENSOR \\x88 N }
            ctorch._utils\\n_rebuild_sparse_tensor\\n ctorch\\nsparse_coo\\n (INDICESTENSORK\\x09\\x85t
            ctorch._utils\\n_rebuild_sparse_tensor\\n ctorch\\nsparse_csr\\n (VECTORNOTHINGNOTHINGK\\x02K\\x03\\x86t
            ctorch._utils\\n_rebuild_qtensor\\n BYTES K\\x00 K\\x03\\x85 K\\x01\\x85 ctorch\\nper_tensor_affine\\nG\\x3f\\xf0\\x00\\x00\\x00\\x00\\x00\\x00K\\x00\\x87 \\x89 N
            ctorch._utils\\n_rebuild_qtensor\\n BYTES K\\x00 K\\x03\\x85 K\\x01\\x85 (ctorch\\nper_channel_affine\\nTENSORVECTORK\\x00t \\x89 N
            ctorch._utils\\n_rebuild_nested_tensor\\n STORAGE MATRIX MATRIX VECTOR
            ctorch._utils\\n_rebuild_meta_tensor_no_storage\\n ctorch\\nfloat32\\n K\\x03\\x85 K\\x01\\x85 \\x89
            ctorch._utils\\n_rebuild_device_tensor_from_numpy\\n TENSOR ctorch\\nfloat64\\n U\\x04cuda \\x89
            ctorch._tensor\\n_rebuild_from_type_v2\\n ctorch._utils\\n_rebuild_parameter\\n ctorch\\nTensor\\n TENSOR\\x88N\\x87 }
            ctorch.nn.parameter\\nParameter\\n TENSOR \\x88
            ctorch.nn.parameter\\nBuffer\\n TENSOR \\x88
            ctorch\\nSize\\n K\\x03\\x85
            ctorch\\ndevice\\n U\\x04cuda K\\x01
            ctorch.serialization\\n_get_layout\\n X\\x0d\\x00\\x00\\x00torch.strided
            ccollections\\nOrderedDict\\n ]
            ccollections\\nCounter\\n }
            ccollections\\ndefaultdict\\n N }
            c__builtin__\\nset\\n ]
            c__builtin__\\ncomplex\\n K\\x01 K\\x02
            c__builtin__\\nbytearray\\n U\\x03abc U\\x06latin1
            c_codecs\\nencode\\n U\\x03abc U\\x06latin1
            cnumpy\\ndtype\\n U\\x02i4 \\x89 \\x88
            cnumpy.core.multiarray\\nscalar\\n cnumpy\\ndtype\\nU\\x02i4\\x89\\x88\\x87R C\\x04abcd
            cnumpy._core.numeric\\n_frombuffer\\n C\\x04abcd cnumpy\\ndtype\\nU\\x02i4\\x89\\x88\\x87R K\\x01\\x85 U\\x01C
            """;

    /** What may be where something else is expected; nothing at all, too. */
    private static final String VALUES =
            "N \\x88 K\\x03 MINUS HUGE \\x8a\\x0d\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x70"
                    + " G\\x7f\\xf8\\x00\\x00\\x00\\x00\\x00\\x00 U\\x03abc C\\x03abc ) ] } K\\x01\\x85 MINUS\\x85 HUGE\\x85"
                    + " HUGEHUGE\\x86 K\\x00HUGE\\x86 (K\\x01K\\x02K\\x03K\\x04t ](K\\x01K\\x02e ](U\\x01aN\\x86e STORAGE LONGS TENSOR"
                    + " INDICES VECTOR ctorch\\nfloat64\\n ctorch\\nquint8\\n ctorch\\ncomplex64\\n ctorch\\nuint4\\n"
                    + " ctorch\\nper_channel_affine\\n ctorch\\nsparse_bsc\\n ctorch\\nSize\\n ctorch\\nFloatStorage\\n"
                    + " ctorch._utils\\n_rebuild_meta_tensor_no_storage\\nctorch\\nfloat32\\nK\\x03\\x85K\\x01\\x85\\x89\\x86\\x86R"
                    + " ctorch._utils\\n_rebuild_sparse_tensor\\nctorch\\nsparse_coo\\n(INDICESTENSORK\\x09\\x85t\\x86R";

    @Test
    void anyArgumentOfAnyFunctionMayBeAnything() throws IOException {
        int tried = 0;
        for (String call : CALLS.strip().split("\\n")) {
            String[] parts = call.strip().split(" ");
            for (int i = 1; i < parts.length; i++) {
                for (String value : (VALUES + " ").split(" ", -1)) {
                    String[] changed = parts.clone();
                    changed[i] = value;
                    loadOrRefuse(archive(literal(expand(pickleOf(changed)))));
                    tried++;
                }
            }
            loadOrRefuse(archive(literal(expand(pickleOf(Arrays.copyOf(parts, parts.length - 1))))));
            assertThat(Torch.load(archive(literal(expand("(l" + pickleOf(parts).replaceFirst("[.]$", "0.")))))
                            .value())
                    .as("the call itself works: %s", call)
                    .isEqualTo(List.of());
        }
        assertThat(tried).isGreaterThan(2000);
    }

    private static String pickleOf(String... call) {
        return call[0] + "(" + String.join("", Arrays.copyOfRange(call, 1, call.length)) + "tR.";
    }

    /** A list that holds itself twice, 40 times over, would be a million million values if it were spread out. */
    @Test
    void valuesThatAreSharedAreNotSpreadOut() throws IOException {
        StringBuilder pickle = new StringBuilder("]q\\x00");
        StringBuilder tuples = new StringBuilder("})q\\x00");
        for (int i = 0; i < 40; i++) {
            pickle.append(String.format("0](h\\x%02xh\\x%02xeq\\x%02x", i, i, i + 1));
            tuples.append(String.format("0h\\x%02xh\\x%02x\\x86q\\x%02x", i, i, i + 1));
        }
        assertRefused(archive(literal(pickle + ".")), "holds a list of 2 items");
        assertRefused(archive(literal(tuples + "Ns.")), "a key has more than 1000 parts");
    }

    @Test
    void callsCannotMakeMuchOfLittle() throws IOException {
        String expanded = "K\\x00HUGE\\x85K\\x00\\x85";
        assertRefused(
                archive(
                        literal(
                                expand(
                                        "ctorch._utils\\n_rebuild_qtensor\\n(BYTES" + expanded
                                                + "ctorch\\nper_tensor_affine\\nG\\x3f\\xf0\\x00\\x00\\x00\\x00\\x00\\x00K\\x00\\x87\\x89NtR."))),
                "asks for more memory");
        assertRefused(
                archive(literal(expand("ctorch._utils\\n_rebuild_device_tensor_from_numpy\\n(REBUILD(STORAGE" + expanded
                        + "\\x89NtRctorch\\nfloat64\\nU\\x03cpu\\x89tR."))),
                "asks for more memory");
        String text = "a".repeat(100_000);
        String encode = "c_codecs\\nencode\\n(h\\x00U\\x06latin1tRa";
        String large = String.format("X\\xa0\\x86\\x01\\x00%sq\\x000]", text);
        assertRefused(archive(literal(large + encode.repeat(1000) + ".")), "asks for more memory");
    }

    @Test
    void deepTuplesNeedNoStack() throws IOException {
        byte[] nested = new byte[1_000_002];
        Arrays.fill(nested, (byte) 0x85);
        nested[0] = 'N';
        nested[nested.length - 1] = '.';
        assertRefused(archive(nested), "holds a tuple of 1 items");
        byte[] key = Arrays.copyOf(nested, nested.length + 2);
        key[0] = '}';
        key[1] = 'N';
        System.arraycopy(new byte[] {'N', 's', '.'}, 0, key, key.length - 3, 3);
        assertRefused(archive(key), "a key has more than 1000 parts");
    }

    // ---- archives

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            archive/data/1 | archive/data/0 | two entries 'archive/data/0'
            archive/data/1 | ../../../../tmp | '../../../../tmp' would lie outside
            archive/data/1 | /archive/data1 | '/archive/data1' would lie outside
            archive/data/1 | archive\\data/1 | would lie outside
            archive/data/1 | archive/xxxx/1 | 'archive/data/1' is missing
            """)
    void hostileNames(String name, String other, String reason) throws IOException {
        byte[] file = archive(literal(expand("}U\\x01xREBUILD(LONGSK\\x00K\\x03\\x85K\\x01\\x85\\x89NtRs.")));
        String text = new String(file, StandardCharsets.ISO_8859_1);
        String padded = (other + "              ").substring(0, name.length()).strip();
        byte[] changed = text.replace(name, padded).getBytes(StandardCharsets.ISO_8859_1);
        assertRefused(changed, reason.replace(other, padded));
    }

    @Test
    void nameThatDiffersInTheEntryItself() throws IOException {
        byte[] file = archive(literal(expand("}U\\x01xREBUILD(LONGSK\\x00K\\x03\\x85K\\x01\\x85\\x89NtRs.")));
        int first = new String(file, StandardCharsets.ISO_8859_1).indexOf("archive/data/1");
        file[first] = 'b';
        assertRefused(file, "the header of 'archive/data/1' has another name");
    }

    @Test
    void overlappingEntries() throws IOException {
        byte[] file = archive(literal("}."));
        String text = new String(file, StandardCharsets.ISO_8859_1);
        ByteBuffer bytes = littleEndian(file);
        int[] headers = {
            text.lastIndexOf("archive/data/0") - ZipArchive.CENTRAL_HEADER_BYTES,
            text.lastIndexOf("archive/data/1") - ZipArchive.CENTRAL_HEADER_BYTES
        };
        bytes.putInt(headers[1] + 42, bytes.getInt(headers[0] + 42) + 10);
        assertRefused(file, "overlaps another one");
    }

    @Test
    void compressedEntryThatClaimsTooMuch() throws IOException {
        byte[] file = deflated(1 << 16);
        int header = new String(file, StandardCharsets.ISO_8859_1).lastIndexOf("archive/data/2")
                - ZipArchive.CENTRAL_HEADER_BYTES;
        for (int claim : new int[] {1, (1 << 16) - 1, (1 << 16) + 1, 1 << 28, Integer.MAX_VALUE, -2}) {
            byte[] changed = file.clone();
            littleEndian(changed).putInt(header + 24, claim);
            assertRefused(changed, "compressed 'archive/data/2'");
        }
    }

    @Test
    void zipBomb() throws IOException {
        assertRefused(deflated(300 << 20), "claims to become 314572800");
    }

    private static byte[] deflated(int zeros) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(
                    zip,
                    "archive/data.pkl",
                    literal(expand("}U\\x01xREBUILD(BYTESK\\x00K\\x03\\x85K\\x01\\x85\\x89NtRs.")));
            zip.putNextEntry(new ZipEntry("archive/data/2"));
            byte[] chunk = new byte[1 << 16];
            for (int i = 0; i < zeros; i += chunk.length) {
                zip.write(chunk);
            }
            zip.closeEntry();
        }
        return bytes.toByteArray();
    }

    // ---- change by chance

    static List<Path> fixtures() throws IOException {
        try (Stream<Path> values = Files.list(Path.of("tests", "resources", "saved_values"));
                Stream<Path> states = Files.list(Path.of("tests", "resources", "state_dicts"))) {
            return Stream.concat(values, states)
                    .filter(path -> path.toString().endsWith(".pth"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void everyFileCutShort(Path fixture) throws IOException {
        byte[] whole = Files.readAllBytes(fixture);
        for (int length = 0; length < whole.length; length += 1 + whole.length / 100) {
            loadOrRefuse(Arrays.copyOf(whole, length));
        }
    }

    @Test
    void deepNestingNeedsNoStack() throws IOException {
        byte[] nested = new byte[2_000_002];
        Arrays.fill(nested, 0, 1_000_001, (byte) ']');
        Arrays.fill(nested, 1_000_001, 2_000_001, (byte) 'a');
        nested[2_000_001] = '.';
        assertRefused(archive(nested), "holds a list of 1 items");
    }

    private static void loadOrRefuse(byte[] file) {
        try (Scope scope = Scope.open()) {
            SavedFile saved = Torch.load(file);
            if (saved instanceof SavedFile.OfStateDict || saved instanceof SavedFile.OfValue) {
                Values.forEach(saved.value(), HostileFilesTest::lookAt);
            }
        } catch (FileFormatException expected) {
            // A change may also do no harm: in a number, or where no one looks.
        }
    }

    /** Reads the memory of a tensor, all of which has to be there. */
    private static void lookAt(Object value) {
        if (value instanceof Tensor tensor
                && tensor.layout() == Layout.STRIDED
                && tensor.device().isCpu()
                && !tensor.isNested()
                && tensor.numel() < MAX_ELEMENTS_LOOKED_AT) {
            try {
                tensor.detach().clone();
            } catch (TorchException e) {
                assertThat(e).as("such elements cannot be copied").hasMessageContaining("not implemented");
            }
        }
    }

    private void assertRefused(byte[] file, String reason) throws IOException {
        Path path = write(file);
        assertThatThrownBy(() -> Torch.loadStateDict(path))
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

    /** Text with bytes as Python writes them: {@code \\x80}, and {@code \\n}. */
    static byte[] literal(String text) {
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

    /** An archive with one pickle and some storages. */
    private static byte[] archive(byte[] pickle) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "archive/data.pkl", pickle);
            for (int i = 0; i < 7; i++) {
                store(zip, "archive/data/" + i, new byte[STORAGE_BYTES]);
            }
            store(zip, "archive/version", "3\n".getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }
}
