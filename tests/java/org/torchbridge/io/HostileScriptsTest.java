package org.torchbridge.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.torchbridge.io.HostileFilesTest.literal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scope;
import org.torchbridge.Torch;
import org.torchbridge.jit.ScriptModule;
import org.torchbridge.testing.StoredArchive;

/** TorchScript archives that are broken, by accident or on purpose: they are refused before libtorch trusts them. */
class HostileScriptsTest {
    private static final String CODE =
            """
            class M(Module):
              __parameters__ = ["w", ]
              __buffers__ = []
              w : Tensor
              training : bool
              def forward(self: __torch__.M, x: Tensor) -> Tensor:
                return torch.add(x, self.w)
            """;
    private static final String GOOD = "REBUILD(STORAGEK\\x00K\\x03\\x85K\\x01\\x85\\x89NtR";
    private static final String STATE =
            "\\x80\\x02c__torch__\\nM\\n)\\x81}(X\\x01\\x00\\x00\\x00wVALUEX\\x08\\x00\\x00\\x00training\\x89ub.";

    @Test
    void goodProgramIsLoadedAndRuns() throws IOException {
        try (ScriptModule module = ScriptModule.load(archive(state(GOOD)))) {
            assertThat(module.call(Torch.ones(3)).toDoubleArray()).containsExactly(1, 1, 1);
        }
    }

    /** What is where the tensor of three elements should be; bytes as Python writes them. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            `REBUILD(STORAGEK\\x01K\\x03\\x85K\\x01\\x85\\x89NtR`                       | does not fit into the 3 elements
            `REBUILD(STORAGEK\\x00K\\x04\\x85K\\x01\\x85\\x89NtR`                       | does not fit into the 3 elements
            `REBUILD(STORAGEK\\x00K\\x03\\x85K\\x02\\x85\\x89NtR`                       | does not fit into the 3 elements
            `REBUILD(STORAGEK\\x00K\\x03\\x85)\\x89NtR`                                 | does not fit into the 3 elements
            `REBUILD(STORAGEMINUSK\\x03\\x85K\\x01\\x85\\x89NtR`                        | does not fit into the 3 elements
            `REBUILD(STORAGEK\\x02K\\x03\\x85MINUS\\x85\\x89NtR`                        | does not fit into the 3 elements
            `REBUILD(STORAGEK\\x00MINUS\\x85K\\x01\\x85\\x89NtR`                        | does not fit into the 3 elements
            `REBUILD(STORAGEK\\x00HUGEHUGE\\x86HUGEHUGE\\x86\\x89NtR`                   | does not fit into the 3 elements
            `REBUILD(STORAGEK\\x00HUGEHUGE\\x86K\\x00K\\x00\\x86\\x89NtR`               | does not fit into the 3 elements
            `REBUILD(STORAGEHUGEK\\x00\\x85K\\x01\\x85\\x89NtR`                         | does not fit into the 3 elements
            `REBUILD(REFERENCEX\\x01\\x00\\x00\\x000CPUK\\x09tQK\\x00K\\x09\\x85K\\x01\\x85\\x89NtR` | the storage '0' should have 36 bytes and has 12
            `REBUILD(REFERENCEX\\x01\\x00\\x00\\x000CPUHUGEtQK\\x00K\\x03\\x85K\\x01\\x85\\x89NtR`   | is not possible
            `REBUILD(REFERENCEX\\x01\\x00\\x00\\x007CPUK\\x03tQK\\x00K\\x03\\x85K\\x01\\x85\\x89NtR` | the record 'm/data/7' is missing
            `REBUILD((X\\x07\\x00\\x00\\x00storagectorch\\nLongStorage\\nX\\x01\\x00\\x00\\x000CPUK\\x03tQK\\x00K\\x03\\x85K\\x01\\x85\\x89NtR` | should have 24 bytes and has 12
            `REBUILD((X\\x07\\x00\\x00\\x00storageK\\x06X\\x01\\x00\\x00\\x000CPUK\\x03tQK\\x00K\\x03\\x85K\\x01\\x85\\x89NtR`                 | has a Long where a Type should be
            `REBUILD(K\\x05K\\x00K\\x03\\x85K\\x01\\x85\\x89NtR`                        | has a Long where a Tensor should be
            `REBUILD(STORAGEK\\x00tR`                                                   | has too few arguments
            `QUANTIZED(BYTESK\\x00K\\x09\\x85K\\x01\\x85ctorch\\nper_tensor_affine\\nONEK\\x00\\x87\\x89NtR`                   | does not fit into the 3 elements
            `QUANTIZED(BYTESK\\x00K\\x03\\x85K\\x01\\x85(ctorch\\nper_channel_affine\\nTWOTWOK\\x00t\\x89NtR`                  | other scales than it has channels
            `SPARSE(K\\x01K\\x03\\x85\\x89INDEXTWO}tR`                                  | cannot be made
            `K\\x00(STORAGEK\\x09K\\x03\\x85K\\x01\\x85\\x89NtR`                        | something is called that is not a function
            `cos\\nsystem\\n(X\\x04\\x00\\x00\\x00truetR`                               | os.system
            `ctorch.distributed.rpc\\nrref\\n)R`                                        | torch.distributed.rpc.rref
            `ctorch._tensor\\n_rebuild_from_type_v2\\n`                                | a kind of tensor that a program cannot have
            `]q\\x00h\\x00a`                                                            | or a value is within itself
            `]q\\x00c__torch__\\nM\\n)\\x81}(X\\x01\\x00\\x00\\x00xh\\x00uba`           | or a value is within itself
            `Nr\\xff\\xff\\xff\\x7f`                                                    | the number of an object is too large
            `X\\xff\\xff\\xff\\x7fabc`                                                  | ends in the middle of a value
            `(I0\\nt`                                                                   | cannot be loaded
            """)
    void stateThatLibtorchWouldTrustIsRefused(String value, String reason) throws IOException {
        assertRefused(archive(state(value)), reason);
    }

    private static byte[] state(String value) {
        return literal(STATE.replace("VALUE", expand(value)));
    }

    /** Words in capitals stand for values that are longer to write. */
    private static String expand(String pickle) {
        return pickle.replace("INDEX", "REBUILD(LONGSK\\x00K\\x01K\\x02\\x86K\\x02K\\x01\\x86\\x89NtR")
                .replace("TWO", "REBUILD(STORAGEK\\x00K\\x02\\x85K\\x01\\x85\\x89NtR")
                .replace("REBUILD", "ctorch._utils\\n_rebuild_tensor_v2\\n")
                .replace("QUANTIZED", "ctorch._utils\\n_rebuild_qtensor\\n")
                .replace("SPARSE", "ctorch._utils\\n_rebuild_sparse_tensor\\n")
                .replace("STORAGE", "REFERENCEX\\x01\\x00\\x00\\x000CPUK\\x03tQ")
                .replace("REFERENCE", "(X\\x07\\x00\\x00\\x00storagectorch\\nFloatStorage\\n")
                .replace(
                        "LONGS",
                        "(X\\x07\\x00\\x00\\x00storagectorch\\nLongStorage\\nX\\x01\\x00\\x00\\x001CPUK\\x02tQ")
                .replace(
                        "BYTES",
                        "(X\\x07\\x00\\x00\\x00storagectorch\\nQInt8Storage\\nX\\x01\\x00\\x00\\x002CPUK\\x03tQ")
                .replace("CPU", "X\\x03\\x00\\x00\\x00cpu")
                .replace("ONE", "G\\x3f\\xf0\\x00\\x00\\x00\\x00\\x00\\x00")
                .replace("HUGE", "\\x8a\\x08\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x70")
                .replace("MINUS", "J\\xff\\xff\\xff\\xff");
    }

    /** libtorch goes on reading a name that does not end, for ever. */
    @Test
    void nameThatDoesNotEndIsRefused() throws IOException {
        assertRefused(archive(literal("\\x80\\x02c" + "a".repeat(1000))), "ends in the middle of a value");
    }

    @Test
    void valuesDeepInOthersAreRefused() throws IOException {
        assertRefused(archive(state("]".repeat(100_000) + "a".repeat(99_999))), "more than 1000 deep in others");
        assertRefused(archive(state(")" + "\\x85".repeat(100_000))), "more than 1000 deep in others");
    }

    /** Where libtorch lets go of such a value it needs as much stack. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            `DEEP0N`                                                | is part of nothing
            `(DEEP1N`                                               | is part of nothing
            `}(X\\x01\\x00\\x00\\x00aDEEPX\\x01\\x00\\x00\\x00aNu`      | two values for the key a
            `REBUILD(STORAGEK\\x00K\\x03\\x85K\\x01\\x85\\x89DEEPtR`  | a call in its pickle has more than 1000 values
            `ctorch.jit._pickle\\nbuild_intlist\\n](]DEEPtR`          | a call in its pickle has more than 1000 values
            `(X\\x07\\x00\\x00\\x00storageDEEPtQ`                   | a call in its pickle has more than 1000 values
            `c__torch__\\nM\\nDEEP\\x81}b`                          | more than 1000 deep in others
            `c__torch__\\nM\\n)\\x81DEEPb}b`                        | or has them
            """)
    void valuesDeepInOthersThatAreLeftOutAreRefused(String value, String reason) throws IOException {
        assertRefused(archive(state(value.replace("DEEP", ")" + "\\x85".repeat(100_000)))), reason);
    }

    @Test
    void valuesBesideTheStateAreRefused() throws IOException {
        assertRefused(archive(literal("\\x80\\x02" + ")".repeat(2) + ".")), "is part of nothing");
    }

    /** Each object holds the one before twice: 40 of them are a million million, if one goes all ways. */
    @Test
    void objectsSharedOverAndOverAreRefused() throws IOException {
        StringBuilder pickle = new StringBuilder("](c__torch__\\nM\\n)\\x81)bq\\x00");
        for (int i = 0; i < 40; i++) {
            pickle.append(String.format("c__torch__\\nM\\n)\\x81h\\x%02xh\\x%02x\\x86bq\\x%02x", i, i, i + 1));
        }
        assertRefused(archive(state(pickle + "e")), "more than 1000000 ways that lead to an object");
    }

    @ParameterizedTest
    @ValueSource(strings = {"m/data.pkl", "m/constants.pkl", "m/code/__torch__.py", "m/data/0", "m/version"})
    void contentThatIsNotWhatWasWrittenIsRefused(String name) throws IOException {
        byte[] archive = archive(state(GOOD));
        String text = new String(archive, StandardCharsets.ISO_8859_1);
        archive[text.indexOf(name) + name.length()] ^= 1;

        assertRefused(archive, "its '" + name + "' is not what was written, the checksum differs");
    }

    @ParameterizedTest
    @CsvSource({
        "m/DATA.PKL, in small letters and in capital ones",
        "m/Data/0, in small letters and in capital ones",
        "m/model.json, from before PyTorch 1.1"
    })
    void entriesThatLibtorchTakesForOthersAreRefused(String name, String reason) throws IOException {
        Map<String, byte[]> files = files(state(GOOD));
        files.put(name, new byte[3]);

        assertRefused(StoredArchive.of(files), reason);
    }

    @Test
    void archiveCutShortAnywhereIsRefused() throws IOException {
        byte[] good = archive(state(GOOD));
        for (int length = 0; length < good.length; length += 7) {
            assertRefused(Arrays.copyOf(good, length), "");
        }
    }

    /** The checksum is right: a change is refused, or does no harm. */
    @Test
    void anyByteOfTheStateMayBeAnother() throws IOException {
        byte[] good = state(GOOD);
        for (int i = 0; i < good.length; i++) {
            byte[] changed = good.clone();
            changed[i] ^= (byte) (1 << i % 8);
            try (Scope scope = Scope.open();
                    ScriptModule module = ScriptModule.load(archive(changed))) {
                module.stateDict()
                        .values()
                        .forEach(tensor -> assertThat(tensor.clone().numel()).isBetween(0L, 3L));
            } catch (FileFormatException expected) {
                assertThat(expected).hasMessageStartingWith("the content ");
            }
        }
    }

    /** libtorch reads them when it has a place to show, and goes through them without looking. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            `).`                                     | ok
            `TABLE)\\x87.`                           | ok
            `TABLEPLACE\\x85\\x87.`                  | ok
            `K\\x00SOURCEK\\x00K\\x03\\x87\\x86\\x85.` | ok
            `N.`                                     | has None where a PythonTuple should be
            `TABLE\\x86.`                            | has too few arguments
            `TABLEN\\x85\\x87.`                      | has None where a PythonTuple should be
            `TABLEK\\x00N\\x86\\x85\\x87.`           | ok
            `TABLEK\\x00\\x85\\x85\\x87.`           | has too few arguments
            `TABLEK\\x00SOURCEK\\x00K\\x03\\x87\\x86\\x85\\x87.` | has a String where a Long should be
            `TABLEK\\x00](K\\x02eK\\x00K\\x01\\x87K\\x00K\\x03\\x87\\x86\\x85\\x87.` | is not within it
            `TABLEK\\x00](K\\x00eK\\x02K\\x01\\x87K\\x00K\\x03\\x87\\x86\\x85\\x87.` | is not within it
            `TABLEK\\x00](K\\x00eK\\x00K\\x01\\x87K\\x02K\\x01\\x87\\x86\\x85\\x87.` | is not within it
            `TABLEK\\x00](K\\x00eK\\x00K\\x01\\x87K\\x00K\\x09\\x87\\x86\\x85\\x87.` | is not within it
            """)
    void placesInTheSourceThatAreNotThereAreRefused(String pickle, String reason) throws IOException {
        Map<String, byte[]> files = files(state(GOOD));
        String expanded = pickle.replace("TABLE", "X\\x18\\x00\\x00\\x00FORMAT_WITH_STRING_TABLEABC\\x85")
                .replace("PLACE", "K\\x00](K\\x00eK\\x00K\\x01\\x87K\\x00K\\x03\\x87\\x86")
                .replace("SOURCE", "ABCABCK\\x01\\x87")
                .replace("ABC", "X\\x03\\x00\\x00\\x00abc");
        files.put("m/code/__torch__.py.debug_pkl", literal("\\x80\\x02" + expanded));
        if (reason.equals("ok")) {
            ScriptModule.load(StoredArchive.of(files)).close();
        } else {
            assertRefused(StoredArchive.of(files), reason);
        }
    }

    private static void assertRefused(byte[] archive, String reason) {
        assertThatThrownBy(() -> ScriptModule.load(archive))
                .isInstanceOf(FileFormatException.class)
                .hasMessageStartingWith("the content ")
                .hasMessageContaining(reason);
    }

    private static byte[] archive(byte[] state) throws IOException {
        return StoredArchive.of(files(state));
    }

    private static Map<String, byte[]> files(byte[] state) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("m/data.pkl", state);
        files.put("m/code/__torch__.py", CODE.getBytes(StandardCharsets.UTF_8));
        files.put("m/data/0", new byte[12]);
        files.put("m/data/2", new byte[3]);
        files.put(
                "m/data/1",
                literal("\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x09\\x00\\x00\\x00\\x00\\x00\\x00\\x00"));
        files.put("m/constants.pkl", literal("\\x80\\x02)."));
        files.put("m/version", literal("3\\n"));
        return files;
    }
}
