package org.torchbridge.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scope;

/** Changes of whole files: of their bytes, or of what their kind is made of, with lengths and checksums that fit again. */
final class FileMutations {
    private static final int NUMPY_START = 10;

    /** Where numbers stand in a header of the table of contents, and in the two records at the end. */
    private static final int[] CENTRAL_FIELDS = {8, 10, 16, 20, 24, 28, 30, 32, 42};

    private static final int[] END_FIELDS = {8, 10, 12, 16, 20, 24, 32, 40, 48};

    private final PickleMutations pickles = new PickleMutations();

    /** What a good file consists of. */
    private record Parts(FileKind kind, byte[] bytes, Map<String, byte[]> entries) {}

    private final Map<String, Parts> known = new LinkedHashMap<>();

    /** Adds a good file. */
    void add(String name, byte[] bytes) {
        Scope.run(() -> {
            MappedFile file = MappedFile.of(bytes);
            FileKind kind = FileKind.of(file);
            Map<String, byte[]> entries = isZip(bytes) ? entries(file) : Map.of();
            known.put(name, new Parts(kind, bytes, entries));
            if (kind == FileKind.TORCH_SAVE_LEGACY) {
                pickles.learn(bytes);
            }
            entries.forEach((key, content) -> {
                if (key.endsWith(TorchArchive.PICKLE)) {
                    pickles.learn(content);
                }
            });
        });
    }

    private static boolean isZip(byte[] bytes) {
        return bytes.length > 1 && bytes[0] == 'P' && bytes[1] == 'K';
    }

    private static Map<String, byte[]> entries(MappedFile file) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try {
            ZipArchive zip = new ZipArchive(file);
            for (String name : zip.names()) {
                ByteBuffer content = zip.content(zip.entry(name)).buffer();
                byte[] bytes = new byte[content.remaining()];
                content.get(bytes);
                entries.put(name, bytes);
            }
        } catch (FileFormatException e) {
            return Map.of();
        }
        return entries;
    }

    List<String> names() {
        return List.copyOf(known.keySet());
    }

    byte[] mutate(String name, Random random) {
        Parts parts = known.get(name);
        byte[] bytes = random.nextInt(4) == 0 ? parts.bytes() : mutateParts(parts, random);
        if (bytes == parts.bytes() || random.nextInt(10) == 0) {
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes = Mutations.bytes(bytes, random);
            }
        }
        return bytes;
    }

    private byte[] mutateParts(Parts parts, Random random) {
        if (!parts.entries().isEmpty()) {
            return random.nextInt(5) == 0 ? numbersOfArchive(parts.bytes(), random) : archive(parts.entries(), random);
        }
        return switch (parts.kind()) {
            case TORCH_SAVE_LEGACY -> pickles.mutate(parts.bytes(), random);
            case SAFETENSORS -> safetensors(parts.bytes(), random);
            case NUMPY -> numpy(parts.bytes(), random);
            case SHARD_INDEX -> utf8(TextMutations.mutate(text(parts.bytes()), random));
            default -> parts.bytes();
        };
    }

    /** Changes sizes, places and the like in the headers of an archive. */
    private static byte[] numbersOfArchive(byte[] original, Random random) {
        byte[] bytes = original.clone();
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<Integer> headers = new ArrayList<>();
        for (int i = 0; i + Integer.BYTES <= bytes.length; i++) {
            int signature = buffer.getInt(i);
            if (signature == ZipArchive.CENTRAL_HEADER
                    || signature == ZipArchive.END
                    || signature == ZipArchive.ZIP64_END
                    || signature == ZipArchive.ZIP64_LOCATOR) {
                headers.add(i);
            }
        }
        for (int i = random.nextInt(2); i >= 0; i--) {
            int header = headers.get(random.nextInt(headers.size()));
            int[] fields = buffer.getInt(header) == ZipArchive.CENTRAL_HEADER ? CENTRAL_FIELDS : END_FIELDS;
            Mutations.putNumber(
                    bytes, Math.min(header + fields[random.nextInt(fields.length)], bytes.length - 1), random);
        }
        return bytes;
    }

    private byte[] archive(Map<String, byte[]> original, Random random) {
        List<Map.Entry<String, byte[]>> entries = new ArrayList<>(original.entrySet());
        int at = random.nextInt(entries.size());
        if (random.nextInt(3) > 0) {
            at = important(entries, at);
        }
        String name = entries.get(at).getKey();
        byte[] content = entries.get(at).getValue();
        switch (random.nextInt(10)) {
            case 0 -> Mutations.list(entries, random);
            case 1 -> entries.set(at, Map.entry(TextMutations.mutate(name, random), content));
            case 2 -> entries.set(at, Map.entry(name, Mutations.bytes(content, random)));
            default -> entries.set(at, Map.entry(name, entry(name, content, random)));
        }
        return zip(entries, random.nextInt(10) == 0);
    }

    /** The pickle or an array rather than numbers, in which a change shows nothing. */
    private static int important(List<Map.Entry<String, byte[]>> entries, int at) {
        for (int i = 0; i < entries.size(); i++) {
            String name = entries.get((at + i) % entries.size()).getKey();
            if (name.endsWith(TorchArchive.PICKLE) || name.endsWith(NumpyReader.ENDING)) {
                return (at + i) % entries.size();
            }
        }
        return at;
    }

    private byte[] entry(String name, byte[] content, Random random) {
        if (name.endsWith("pkl")) {
            return pickles.mutate(content, random);
        } else if (name.endsWith(".py")) {
            return utf8(TextMutations.mutate(text(content), random));
        }
        return name.endsWith(NumpyReader.ENDING) ? numpy(content, random) : Mutations.bytes(content, random);
    }

    private static byte[] zip(List<Map.Entry<String, byte[]>> entries, boolean deflated) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            Set<String> written = new HashSet<>();
            for (Map.Entry<String, byte[]> each : entries) {
                if (bytes.size() + each.getValue().length > Mutations.MAX_BYTES) {
                    break;
                }
                String name = each.getKey().length() > 0xffff || written.contains(each.getKey())
                        ? "twice" + written.size()
                        : each.getKey();
                written.add(name);
                zip.putNextEntry(entry(name, each.getValue(), deflated));
                zip.write(each.getValue());
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static ZipEntry entry(String name, byte[] content, boolean deflated) {
        ZipEntry entry = new ZipEntry(name);
        if (!deflated) {
            CRC32 crc = new CRC32();
            crc.update(content);
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(content.length);
            entry.setCrc(crc.getValue());
        }
        return entry;
    }

    private static byte[] safetensors(byte[] bytes, Random random) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int end = Long.BYTES + (int) in.getLong();
        byte[] header = utf8(TextMutations.mutate(text(Arrays.copyOfRange(bytes, Long.BYTES, end)), random));
        byte[] length = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .array();
        return Mutations.join(length, header, Arrays.copyOfRange(bytes, end, bytes.length));
    }

    private static byte[] numpy(byte[] bytes, Random random) {
        if (bytes.length < NUMPY_START || bytes[6] != 1) {
            return Mutations.bytes(bytes, random);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int end = NUMPY_START + Short.toUnsignedInt(in.getShort(8));
        byte[] header = utf8(TextMutations.mutate(text(Arrays.copyOfRange(bytes, NUMPY_START, end)), random));
        byte[] start = Arrays.copyOf(bytes, NUMPY_START);
        ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).putShort(8, (short) header.length);
        return Mutations.join(start, header, Arrays.copyOfRange(bytes, end, bytes.length));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
