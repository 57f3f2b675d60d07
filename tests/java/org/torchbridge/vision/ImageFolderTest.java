package org.torchbridge.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.torchbridge.FileFormatException;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.testing.PythonOracle;

/** Image files become the tensors that torchvision makes of them; what is no image is named. */
class ImageFolderTest {
    private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
    private static final float[] STD = {0.229f, 0.224f, 0.225f};

    @TempDir
    private Path root;

    @Test
    void folderEqualsTorchvision() throws IOException {
        write("dog/2.png", BufferedImage.TYPE_INT_RGB);
        write("dog/1.png", BufferedImage.TYPE_BYTE_GRAY);
        write("cat/inside/3.bmp", BufferedImage.TYPE_3BYTE_BGR);
        write("cat/9.png", BufferedImage.TYPE_BYTE_BINARY);
        Files.writeString(root.resolve("cat/notes.txt"), "no image");
        Files.writeString(root.resolve("readme.txt"), "no class");
        Path file = root.resolve("expected.bin");
        String python = PythonOracle.run(
                """
                import sys, torch
                from torchvision import datasets, transforms
                data = datasets.ImageFolder(sys.argv[1], transforms.Compose([
                    transforms.ToTensor(),
                    transforms.Resize((14, 20), antialias=True),
                    transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])]))
                torch.stack([image for image, _ in data]).numpy().tofile(sys.argv[2])
                print(data.classes, data.targets)
                """,
                root.toString(),
                file.toString());
        ImageFolder folder = new ImageFolder(root, image -> Images.normalize(Images.resize(image, 14, 20), MEAN, STD));
        assertThat(python).isEqualTo("['cat', 'dog'] [0, 0, 1, 1]\n");
        assertThat(folder.classes()).containsExactly("cat", "dog");
        assertThat(folder.size()).isEqualTo(4);
        var expected = ByteBuffer.wrap(Files.readAllBytes(file))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        for (int i = 0; i < 4; i++) {
            float[] pixels = new float[3 * 14 * 20];
            expected.get(pixels);
            assertThat(folder.get(i).input().shape()).containsExactly(3, 14, 20);
            Tensor difference = folder.get(i).input().sub(Torch.tensor(pixels).view(3, 14, 20));
            assertThat(difference.abs().max().toFloat()).isLessThan(1e-5f);
            assertThat(folder.get(i).target().toLong()).isEqualTo(i / 2);
        }
    }

    @Test
    void imageIsReadInItsOwnSize() throws IOException {
        Path file = write("one/1.png", BufferedImage.TYPE_INT_RGB);
        BufferedImage image = ImageIO.read(file.toFile());
        Tensor tensor = Images.read(file);
        assertThat(tensor.shape()).containsExactly(3, 31, 45);
        assertThat(tensor.get(2, 7, 11).toFloat()).isEqualTo((image.getRGB(11, 7) & 0xff) / 255f);
    }

    @Test
    void missingFolderIsNamed() {
        Path missing = root.resolve("nowhere");
        assertThatThrownBy(() -> new ImageFolder(missing))
                .isInstanceOf(FileFormatException.class)
                .hasMessage("there is no folder " + missing);
    }

    @Test
    void fileInsteadOfFolderIsNamed() throws IOException {
        Path file = Files.writeString(root.resolve("file"), "");
        assertThatThrownBy(() -> new ImageFolder(file)).hasMessageStartingWith(file + " is not a folder");
    }

    @Test
    void folderWithoutClassesIsNamed() {
        assertThatThrownBy(() -> new ImageFolder(root)).hasMessageStartingWith(root + " has no folders");
    }

    @Test
    void classWithoutImagesIsNamed() throws IOException {
        write("dog/1.png", BufferedImage.TYPE_INT_RGB);
        Files.writeString(Files.createDirectory(root.resolve("cat")).resolve("notes.txt"), "no image");
        assertThatThrownBy(() -> new ImageFolder(root))
                .hasMessageStartingWith("the class folder " + root.resolve("cat") + " has no image");
    }

    @Test
    void brokenImagesAreNamed() throws IOException {
        Path whole = write("dog/1.png", BufferedImage.TYPE_INT_RGB);
        byte[] bytes = Files.readAllBytes(whole);
        Path cut = Files.write(root.resolve("dog/2.png"), Arrays.copyOf(bytes, bytes.length / 2));
        Path text = Files.writeString(root.resolve("dog/3.png"), "not a picture");
        Path empty = Files.createFile(root.resolve("dog/4.png"));
        ImageFolder folder = new ImageFolder(root);
        assertThatThrownBy(() -> folder.get(1)).hasMessageStartingWith(cut + " cannot be read as an image");
        assertThatThrownBy(() -> folder.get(2)).hasMessageStartingWith(text + " is not an image file");
        assertThatThrownBy(() -> folder.get(3)).hasMessageStartingWith(empty + " is empty");
    }

    /** A picture of noise, 45 pixels wide and 31 high. */
    private Path write(String name, int type) throws IOException {
        BufferedImage image = new BufferedImage(45, 31, type);
        Random random = new Random(name.hashCode());
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.setRGB(x, y, random.nextInt());
            }
        }
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), file.toFile());
        return file;
    }
}
