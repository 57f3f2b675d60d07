package org.torchbridge.vision;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.torchbridge.DType;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.data.ClassificationDataset;
import org.torchbridge.data.Sample;

/**
 * 1797 handwritten digits that ship with the library: real images, small enough to train on in seconds.
 *
 * <p>They are the test set of E. Alpaydin and C. Kaynak, <em>Optical Recognition of Handwritten Digits</em>, UCI Machine
 * Learning Repository, CC BY 4.0, of 8 by 8 grey pixels. Models for photographs want larger images in three colours: an
 * input is scaled (bilinear) to (3, 32, 32), with values from 0 to 1.
 */
public final class Digits implements ClassificationDataset {
    private static final String RESOURCE = "digits.gz";
    private static final List<Integer> ALL = List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    private static final int SIDE = 8;
    private static final int LEVELS = 16;
    private static final int CHANNELS = 3;
    private static final int SCALED_SIDE = 32;

    /** A digit and its pixels, row by row, from 0 to {@link #LEVELS}. */
    private record Image(int digit, byte[] pixels) {}

    private final List<String> classes;
    private final Tensor pixels;
    private final Tensor targets;

    /** All images of the given digits, in the order of the original data; class 0 is the first digit given, and so on. */
    public Digits(int... digits) {
        List<Integer> wanted = Arrays.stream(digits).boxed().toList();
        if (wanted.isEmpty() || !ALL.containsAll(wanted) || Set.copyOf(wanted).size() < wanted.size()) {
            throw new IllegalArgumentException(
                    "the digits asked for are " + wanted + "; different ones from 0 to 9 are expected");
        }
        List<Image> images = read();
        images.removeIf(image -> !wanted.contains(image.digit()));
        this.classes = wanted.stream().map(String::valueOf).toList();
        this.pixels =
                Scope.escape(Torch.tensor(images.stream().map(Image::pixels).toArray(byte[][]::new)));
        this.targets = Scope.escape(Torch.tensor(images.stream()
                .mapToLong(image -> wanted.indexOf(image.digit()))
                .toArray()));
    }

    /** All images of all ten digits. */
    public Digits() {
        this(ALL.stream().mapToInt(Integer::intValue).toArray());
    }

    @Override
    public int size() {
        return Math.toIntExact(targets.numel());
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public Sample get(int index) {
        return Scope.call(() -> new Sample(scaled(pixels.get(index)), targets.get(index)));
    }

    private static Tensor scaled(Tensor image) {
        Tensor grey = image.to(DType.FLOAT32).div(LEVELS).view(1, 1, SIDE, SIDE);
        Tensor large = Torch.upsampleBilinear2d(grey, new long[] {SCALED_SIDE, SCALED_SIDE}, false);
        return large.expand(1, CHANNELS, SCALED_SIDE, SCALED_SIDE).squeeze(0);
    }

    private static List<Image> read() {
        try (InputStream resource = Digits.class.getResourceAsStream(RESOURCE);
                DataInputStream in = new DataInputStream(new GZIPInputStream(resource))) {
            List<Image> images = new ArrayList<>();
            for (int digit = in.read(); digit >= 0; digit = in.read()) {
                byte[] pixels = new byte[SIDE * SIDE];
                in.readFully(pixels);
                images.add(new Image(digit, pixels));
            }
            return images;
        } catch (IOException e) {
            throw new UncheckedIOException("the digits that ship with Torchbridge cannot be read", e);
        }
    }
}
