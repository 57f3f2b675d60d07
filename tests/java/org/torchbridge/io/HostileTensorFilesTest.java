package org.torchbridge.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Function;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.torchbridge.FileFormatException;
import org.torchbridge.Torch;

/**
 * Safetensors and NumPy files that are broken, by accident or on purpose: they are refused with a reason, and nothing else
 * happens.
 */
class HostileTensorFilesTest {
    @TempDir
    Path folder;

    private int files;

    // ---- safetensors

    /** Headers before 8 bytes of data; T stands for what a good tensor has, A for a whole tensor of 4 bytes. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`                  | needs 8 bytes; its data_offsets are [0, 4]
            `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}`                  | needs 4 bytes
            `{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}`                  | needs 4 bytes
            `{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`                  | 'a' leaves a hole before it
            `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`                  | something was appended
            `{}`                                                                      | something was appended
            `{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}`                 | cut short
            `{A,"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}`                | 'b' overlaps the one before it: it begins at 2 and should begin at 4
            `{A,"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`                | overlaps
            `{A,"b":{"dtype":"U8","shape":[3],"data_offsets":[5,8]}}`                 | 'b' leaves a hole
            `{A,"b":{"dtype":"U8","shape":[0],"data_offsets":[8,8]},"c":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}}` | overlaps
            `{A,A}`                                                                   | Duplicate
            `{A,"\\u0061":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}`           | Duplicate
            `{"a":{T,T}}`                                                             | Duplicate
            `{"__metadata__":{},"__metadata__":{}}`                                   | Duplicate
            `{"__metadata__":{"x":"1","x":"2"}}`                                      | Duplicate
            `{"__metadata__":{"x":1}}`                                                | no text
            `{"__metadata__":{"x":{"y":"z"}}}`                                        | no text
            `{"__metadata__":{"x":null}}`                                             | no text
            `{"__metadata__":[]}`                                                     | no object
            `{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}`                 | has -2 where a size
            `{"a":{"dtype":"F32","shape":[-0],"data_offsets":[0,8]}}`                 | has -0 where a size
            `{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}`                 | has -8 where a size
            `{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}`                | no whole number
            `{"a":{"dtype":"F32","shape":[2e0],"data_offsets":[0,8]}}`                | no whole number
            `{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}`                | no whole number
            `{"a":{"dtype":"F32","shape":[null],"data_offsets":[0,8]}}`               | no whole number
            `{"a":{"dtype":"F32","shape":[[2]],"data_offsets":[0,8]}}`                | no whole number
            `{"a":{"dtype":"F32","shape":[02],"data_offsets":[0,8]}}`                 | not valid JSON
            `{"a":{"dtype":"F32","shape":[NaN],"data_offsets":[0,8]}}`                | not valid JSON
            `{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}`                    | no list of numbers
            `{"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,8]}}` | not valid JSON
            `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,18446744073709551616]}}` | not valid JSON
            `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9223372036854775807]}}` | needs 8 bytes
            `{"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,8]}}` | no memory could hold
            `{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}` | no memory could hold
            `{"a":{"dtype":"F32","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}}` | no memory could hold
            `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}`                    | has 1 data_offsets
            `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4,8]}}`                | has 3 data_offsets
            `{"a":{"dtype":"F32","shape":[2]}}`                                       | lacks its data_offsets
            `{"a":{"dtype":"F32","data_offsets":[0,8]}}`                              | lacks its shape
            `{"a":{"shape":[2],"data_offsets":[0,8]}}`                                | lacks its dtype
            `{"a":{}}`                                                                | lacks its dtype
            `{"a":null}`                                                              | no object
            `{"a":{"dtype":"F128","shape":[2],"data_offsets":[0,8]}}`                 | type 'F128', which libtorch
            `{"a":{"dtype":"f32","shape":[2],"data_offsets":[0,8]}}`                  | type 'f32', which libtorch
            `{"a":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[0,3]}}`              | type 'F6_E2M3', which libtorch
            `{"a":{"dtype":5,"shape":[2],"data_offsets":[0,8]}}`                      | no text
            `{"a":{"dtype":"F4","shape":[15],"data_offsets":[0,8]}}`                  | does not fill its last byte
            `{"a":{"dtype":"F4","shape":[],"data_offsets":[0,8]}}`                    | does not fill its last byte
            `{"\\ud83d":{T}}`                                                         | half a character
            `{"a":{T,"x":[[[[]]]],"y":{"z":1}},"b":1}`                                | no object
            `{"a":{T}`                                                                | not valid JSON
            `{"a":{T}},`                                                              | not valid JSON
            `{"a":{T}}{}`                                                             | goes on after its end
            `{"a":{T}} x`                                                             | not valid JSON
            `{'a':{T}}`                                                               | not valid JSON
            `{"a":{T},}`                                                              | not valid JSON
            `{"a":{T}/**/}`                                                           | not valid JSON
            ` {"a":{T}}`                                                              | does not begin with {
            `[]`                                                                      | does not begin with {
            `null`                                                                    | does not begin with {
            ``                                                                        | does not begin with {
            """)
    void hostileHeader(String header, String reason) throws IOException {
        String full = header.replace("A", "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}")
                .replace("T", "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]");
        byte[] text = full.getBytes(StandardCharsets.UTF_8);
        assertRefused(SafetensorsReader::open, safetensors(text.length, text, 8), reason);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 100_000_001, 1000, 55, 62})
    void headerThatClaimsAnotherLength(long length) throws IOException {
        byte[] text =
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}".getBytes(StandardCharsets.UTF_8);
        assertRefused(SafetensorsReader::open, safetensors(length, text, 8), "its header ");
    }

    @Test
    void headerThatIsNotInUtf8() throws IOException {
        for (byte[] bytes :
                new byte[][] {{(byte) 0xff}, {(byte) 0xc0, (byte) 0xaf}, {(byte) 0xed, (byte) 0xa0, (byte) 0x80}}) {
            String text = "{\"" + new String(bytes, StandardCharsets.ISO_8859_1) + "\":{}}";
            byte[] header = text.getBytes(StandardCharsets.ISO_8859_1);
            assertRefused(SafetensorsReader::open, safetensors(header.length, header, 0), "not in UTF-8");
        }
    }

    @Test
    void headerThatIsNestedDeeply() throws IOException {
        for (String brackets : new String[] {"[", "{\"a\":"}) {
            byte[] header = ("{\"a\":{\"x\":" + brackets.repeat(1_000_000)).getBytes(StandardCharsets.UTF_8);
            assertRefused(SafetensorsReader::open, safetensors(header.length, header, 0), "nesting depth");
        }
    }

    @Test
    void shapeOfTooManyDimensions() throws IOException {
        String header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[" + "1,".repeat(100_000) + "2],\"data_offsets\":[0,8]}}";
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        assertRefused(SafetensorsReader::open, safetensors(text.length, text, 8), "100001 dimensions");
    }

    @Test
    void safetensorsCutShortOrContinuedAnywhere() throws IOException {
        byte[] good = Files.readAllBytes(TensorFiles.path("types.safetensors"));
        for (int length = 0; length < good.length; length += 1 + length / 50) {
            assertRefused(SafetensorsReader::open, Arrays.copyOf(good, length), "");
        }
        assertRefused(SafetensorsReader::open, Arrays.copyOf(good, good.length + 1), "something was appended");
    }

    private static byte[] safetensors(long length, byte[] header, int dataBytes) {
        return ByteBuffer.allocate(Long.BYTES + header.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(header)
                .array();
    }

    // ---- NumPy

    /** Headers before 8 bytes of data; T stands for the rest of a good one. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            `{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}`                 | has 12 bytes; here are 8, it was cut short
            `{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}`                 | only one array can be in a file
            `{'descr': '<f4', 'fortran_order': False, 'shape': (2)}`                  | has ')' at character 52, where a comma
            `{'descr': '<f4', 'fortran_order': False, 'shape': 2}`                    | a text, a truth value or a tuple
            `{'descr': '<f4', 'fortran_order': False, 'shape': [2]}`                  | named fields
            `{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}`                | a whole number from 0
            `{'descr': '<f4', 'fortran_order': False, 'shape': (2.0,)}`               | a comma
            `{'descr': '<f4', 'fortran_order': False, 'shape': (2,,)}`                | a whole number from 0
            `{'descr': '<f4', 'fortran_order': False, 'shape': ('2',)}`               | a whole number from 0
            `{'descr': '<f4', 'fortran_order': False, 'shape': (True,)}`              | a whole number from 0
            `{'descr': '<f4', 'fortran_order': False, 'shape': ((2,),)}`              | a whole number from 0
            `{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}` | a whole number from 0
            `{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807,)}`  | no memory could hold
            `{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}` | no memory could hold
            `{'descr': '<f4', 'fortran_order': False, 'shape': (2}`                   | a comma
            `{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}`                     | a text, a truth value or a tuple
            `{'descr': '<f4', 'fortran_order': 'False', 'shape': (2,)}`               | should have a 'descr'
            `{'descr': '<f4', 'fortran_order': Truth, 'shape': (2,)}`                 | True or False
            `{'descr': '<f4', 'fortran_order': None, 'shape': (2,)}`                  | a text, a truth value or a tuple
            `{'descr': True, 'fortran_order': False, 'shape': (2,)}`                  | should have a 'descr'
            `{'descr': '<f4', 'shape': (2,)}`                                         | should have a 'descr'
            `{T, 'more': 'x'}`                                                        | should have a 'descr'
            `{T, 'descr': '<f4'}`                                                     | two values for 'descr'
            `{}`                                                                      | should have a 'descr'
            ``                                                                        | where '{' is expected
            `{T`                                                                      | where '}' is expected
            `{T}}`                                                                    | where nothing more is expected
            `{T} # comment`                                                           | where nothing more is expected
            `{T, **{}}`                                                               | a text
            `dict(T)`                                                                 | where '{' is expected
            `__import__('os').system('true')`                                         | where '{' is expected
            `{'descr': __import__('os').system('true'), 'shape': (2,)}`               | a text, a truth value or a tuple
            `{'descr': '<f4' + '', 'fortran_order': False, 'shape': (2,)}`            | where '}' is expected
            `{'descr': '\\x3cf4', 'fortran_order': False, 'shape': (2,)}`             | without backslashes
            `{'descr': 'O', 'fortran_order': False, 'shape': (1,)}`                   | which could run code
            `{'descr': '|O', 'fortran_order': False, 'shape': (1,)}`                  | which could run code
            `{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (2,)}`        | named fields
            `{'descr': '', 'fortran_order': False, 'shape': (2,)}`                    | an unknown type
            `{'descr': '<', 'fortran_order': False, 'shape': (2,)}`                   | an unknown type
            `{'descr': '<f3', 'fortran_order': False, 'shape': (2,)}`                 | another precision
            `{'descr': '<(2,)f4', 'fortran_order': False, 'shape': (1,)}`             | an unknown type
            `{'descr': '<f4`                                                          | a text
            """)
    void hostileNumpyHeader(String header, String reason) throws IOException {
        String full = header.replace("T,", "'descr': '<f4', 'fortran_order': False, 'shape': (2,),")
                .replace("{T", "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)");
        byte[] text = full.getBytes(StandardCharsets.ISO_8859_1);
        assertRefused(NumpyReader::read, numpy(1, text.length, text, 8), reason);
    }

    @Test
    void numpyHeaderThatClaimsAnotherLength() throws IOException {
        byte[] text = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}".getBytes(StandardCharsets.US_ASCII);
        assertRefused(NumpyReader::read, numpy(1, 0xffff, text, 8), "claims 65535 bytes");
        assertRefused(NumpyReader::read, numpy(2, -1, text, 8), "claims 4294967295 bytes");
        assertRefused(NumpyReader::read, numpy(3, text.length - 1, text, 8), "where '}' is expected");
        assertRefused(NumpyReader::read, numpy(4, text.length, text, 8), "version 4.0");
        assertRefused(NumpyReader::read, numpy(0, text.length, text, 8), "version 0.0");
        byte[] large = Arrays.copyOf(text, 1 << 20);
        assertRefused(NumpyReader::read, numpy(2, large.length, large, 8), "up to 65536 are read");
        byte[] broken = text.clone();
        broken[2] = (byte) 0xff;
        assertRefused(NumpyReader::read, numpy(3, text.length, broken, 8), "not in UTF-8");
    }

    @Test
    void numpyFilesCutShortOrContinuedAnywhere() throws IOException {
        for (String name : new String[] {"rows.npy", "version3.npy", "arrays.npz", "compressed.npz"}) {
            byte[] good = Files.readAllBytes(TensorFiles.path(name));
            for (int length = 0; length < good.length; length += 1 + length / 50) {
                assertRefused(NumpyReader::read, Arrays.copyOf(good, length), "");
            }
        }
        byte[] good = Files.readAllBytes(TensorFiles.path("rows.npy"));
        assertRefused(NumpyReader::read, Arrays.copyOf(good, good.length + 1), "only one array");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x.npy", "/x.npy", "a/../../x.npy", "..\\x.npy"})
    void namesThatLeadOutOfTheArchive(String name) throws IOException {
        assertRefused(NumpyReader::read, archive(name, goodArray()), "would lie outside of a folder");
    }

    @Test
    void entryThatIsNoArray() throws IOException {
        assertRefused(
                NumpyReader::read, archive("x.npy", "text".getBytes(StandardCharsets.US_ASCII)), "entry 'x.npy' is");
    }

    @Test
    void entryThatClaimsMoreThanItsPackedBytesCanGive() throws IOException {
        for (int claim : new int[] {Integer.MAX_VALUE, -2, 1 << 24}) {
            byte[] bytes = archive("x.npy", goodArray());
            int header = find(bytes, ZipArchive.CENTRAL_HEADER, 0);
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(header + 24, claim);
            assertRefused(NumpyReader::read, bytes, "that claims to become " + Integer.toUnsignedString(claim));
        }
    }

    @Test
    void entryThatClaimsAnotherSize() throws IOException {
        int length = goodArray().length;
        for (int claim : new int[] {length - 1, length + 1}) {
            byte[] bytes = archive("x.npy", goodArray());
            int header = find(bytes, ZipArchive.CENTRAL_HEADER, 0);
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(header + 24, claim);
            assertRefused(NumpyReader::read, bytes, "the compressed 'x.npy' has another size");
        }
    }

    @Test
    void changedPackedBytes() throws IOException {
        byte[] bytes = archive("x.npy", goodArray());
        int header = find(bytes, ZipArchive.CENTRAL_HEADER, 0);
        bytes[header + 16] ^= 1;
        assertRefused(NumpyReader::read, bytes, "the checksum differs");
    }

    @Test
    void entriesThatLieOverEachOther() throws IOException {
        byte[] bytes = Files.readAllBytes(TensorFiles.path("arrays.npz"));
        int first = find(bytes, ZipArchive.CENTRAL_HEADER, 0);
        int second = find(bytes, ZipArchive.CENTRAL_HEADER, first + 1);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(second + 42, 0);
        assertRefused(NumpyReader::read, bytes, "overlaps another one");
    }

    private static byte[] goodArray() throws IOException {
        return Files.readAllBytes(TensorFiles.path("rows.npy"));
    }

    private static byte[] numpy(int version, int length, byte[] header, int dataBytes) {
        ByteBuffer out = ByteBuffer.allocate(12 + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        out.put("\u0093NUMPY".getBytes(StandardCharsets.ISO_8859_1))
                .put((byte) version)
                .put((byte) 0);
        if (version == 1) {
            out.putShort((short) length);
        } else {
            out.putInt(length);
        }
        out.put(header);
        return Arrays.copyOf(out.array(), out.position() + dataBytes);
    }

    /** An archive with one compressed entry. */
    private static byte[] archive(String name, byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(content);
            zip.closeEntry();
        }
        return bytes.toByteArray();
    }

    private static int find(byte[] bytes, int signature, int from) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = from; i < bytes.length - 4; i++) {
            if (buffer.getInt(i) == signature) {
                return i;
            }
        }
        throw new AssertionError("no signature " + Integer.toHexString(signature));
    }

    // ---- both

    private void assertRefused(Function<Path, ?> read, byte[] file, String reason) throws IOException {
        Path path = write(file);
        long before = Torch.memory().bytes();
        assertThatThrownBy(() -> read.apply(path))
                .isInstanceOf(FileFormatException.class)
                .hasMessageStartingWith(path.toString())
                .hasMessageContaining(reason);
        assertThat(Torch.memory().bytes() - before).isLessThan(1 << 20);
    }

    /** A new file each time, as a mapped one must not be overwritten. */
    private Path write(byte[] content) throws IOException {
        Files.deleteIfExists(folder.resolve(files + ".bin"));
        files++;
        return Files.write(folder.resolve(files + ".bin"), content);
    }
}
