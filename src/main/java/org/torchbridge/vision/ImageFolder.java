package org.torchbridge.vision;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.data.ClassificationDataset;
import org.torchbridge.data.Sample;

/**
 * Image files in a folder for each class: {@code root/cat/1.jpg}, {@code root/dog/2.png}. Classes and files are in the
 * order of their names; folders inside a class belong to it; files that no image reader knows by their suffix, and hidden
 * ones, are passed over. An image is read each time it is asked for.
 *
 * <pre>{@code
 * var data = new ImageFolder(Path.of("pets"), image -> Images.resize(image, 224, 224));
 * }</pre>
 *
 * <p>Follows <a href="https://pytorch.org/vision/stable/generated/torchvision.datasets.ImageFolder.html">ImageFolder</a>.
 */
public final class ImageFolder implements ClassificationDataset {
    private static final Set<String> SUFFIXES = Arrays.stream(ImageIO.getReaderFileSuffixes())
            .map(suffix -> suffix.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());

    private record Item(Path file, int classNumber) {}

    private final List<String> classes = new ArrayList<>();
    private final List<Item> items = new ArrayList<>();
    private final UnaryOperator<Tensor> transform;

    /**
     * The images in {@code root}, each as {@code transform} returns it.
     *
     * @throws FileFormatException if there is no such folder, it has no folder inside, or a class has no image
     */
    public ImageFolder(Path root, UnaryOperator<Tensor> transform) {
        this.transform = transform;
        for (Path folder : list(root, Files::isDirectory)) {
            addClass(folder);
        }
        if (classes.isEmpty()) {
            throw new FileFormatException(
                    root + " has no folders; one for each class is expected, with its images inside");
        }
    }

    /** The images in {@code root}, each in its own size. */
    public ImageFolder(Path root) {
        this(root, UnaryOperator.identity());
    }

    @Override
    public int size() {
        return items.size();
    }

    @Override
    public List<String> classes() {
        return List.copyOf(classes);
    }

    /** The file of the sample {@code index}. */
    public Path file(int index) {
        return items.get(index).file();
    }

    @Override
    public Sample get(int index) {
        Item item = items.get(index);
        return Scope.call(() -> new Sample(
                transform.apply(Images.read(item.file())), Torch.tensor((Object) (long) item.classNumber())));
    }

    private void addClass(Path folder) {
        List<Path> files = images(folder);
        if (files.isEmpty()) {
            throw new FileFormatException("the class folder " + folder + " has no image; files with the suffixes "
                    + String.join(", ", SUFFIXES.stream().sorted().toList()) + " are expected");
        }
        files.forEach(file -> items.add(new Item(file, classes.size())));
        classes.add(folder.getFileName().toString());
    }

    private static List<Path> list(Path root, Predicate<Path> wanted) {
        try (Stream<Path> entries = Files.list(root)) {
            return entries.filter(wanted.and(path -> !isHidden(path))).sorted().toList();
        } catch (NoSuchFileException e) {
            throw new FileFormatException("there is no folder " + root, e);
        } catch (NotDirectoryException e) {
            throw new FileFormatException(
                    root + " is not a folder; a folder with one folder for each class is expected", e);
        } catch (IOException e) {
            throw new UncheckedIOException("the folder " + root + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static List<Path> images(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(ImageFolder::isImage).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the folder " + folder + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static boolean isImage(Path file) {
        String name = file.getFileName().toString();
        String suffix = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return SUFFIXES.contains(suffix) && !isHidden(file) && Files.isRegularFile(file);
    }

    private static boolean isHidden(Path path) {
        return path.getFileName().toString().startsWith(".");
    }
}
