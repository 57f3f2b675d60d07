package org.torchbridge.vision;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.torchbridge.DType;
import org.torchbridge.FileFormatException;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.internal.NativeOperators;

/** Image files as tensors, and what models want done to them first. */
public final class Images {
    private static final int CHANNELS = 3;

    private Images() {}

    /**
     * Reads a file of a kind that ImageIO knows (PNG, JPEG, GIF, BMP, and what is installed for it).
     *
     * @return the image in red, green and blue: shape (3, height, width), {@code float32} from 0 to 1
     * @throws FileFormatException if the file is not such an image, or a damaged one
     */
    public static Tensor read(Path file) {
        BufferedImage image = decode(file);
        byte[] blueGreenRed =
                ((DataBufferByte) toBlueGreenRed(image).getRaster().getDataBuffer()).getData();
        return Scope.call(() -> Torch.tensor(blueGreenRed)
                .view(DType.UINT8)
                .view(image.getHeight(), image.getWidth(), CHANNELS)
                .flip(2)
                .permute(2, 0, 1)
                .to(DType.FLOAT32)
                .div(255)
                .contiguous());
    }

    /**
     * Scales {@code image} with a bilinear filter that is as wide as the reduction, as {@code torchvision.transforms.Resize}
     * with {@code antialias=True}.
     */
    public static Tensor resize(Tensor image, int height, int width) {
        return Scope.call(() -> {
            Tensor batch = image.unsqueeze(0);
            Tensor resized = Torch.empty(1, image.shape()[0], height, width);
            NativeOperators._upsample_bilinear2d_aa_out(
                    batch.handle(), new long[] {height, width}, false, false, 0, false, 0, resized.handle());
            Reference.reachabilityFence(batch);
            return resized.squeeze(0);
        });
    }

    /** Subtracts the mean of each channel and divides by its standard deviation: {@code torchvision.transforms.Normalize}. */
    public static Tensor normalize(Tensor image, float[] mean, float[] std) {
        return Scope.call(() -> image.sub(Torch.tensor(mean).view(-1, 1, 1))
                .div(Torch.tensor(std).view(-1, 1, 1)));
    }

    private static BufferedImage decode(Path file) {
        try {
            BufferedImage image = ImageIO.read(file.toFile());
            if (image != null) {
                return image;
            }
            throw new FileFormatException(file + (Files.size(file) == 0 ? " is empty" : " is not an image file")
                    + "; a PNG, JPEG, GIF or BMP file is expected");
        } catch (IOException | RuntimeException e) {
            if (e instanceof FileFormatException known) {
                throw known;
            }
            // A damaged file makes ImageIO's readers throw nearly any exception.
            throw new FileFormatException(file + " cannot be read as an image: " + e.getMessage(), e);
        }
    }

    /** One layout for all kinds of files; what is transparent becomes black. */
    private static BufferedImage toBlueGreenRed(BufferedImage image) {
        BufferedImage converted = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_3BYTE_BGR);
        Graphics2D graphics = converted.createGraphics();
        graphics.drawImage(image, 0, 0, null);
        graphics.dispose();
        return converted;
    }
}
