package org.torchbridge.cli;

import java.util.List;
import org.torchbridge.nn.Module;
import org.torchbridge.nn.Sequential;
import org.torchbridge.vision.models.ResNet;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Which part of a {@link ResNet} is not trained.
 *
 * @param children how many of its children, from the input on
 * @param blocks how many blocks of the child after them
 */
record Freezing(int children, int blocks) {
    static final Freezing NONE = new Freezing(0, 0);

    /** As the guide to transfer learning does: up to the first half of {@code layer3}. */
    static final Freezing GUIDE = new Freezing(6, 1);

    /** All children but the last layer, which is replaced. */
    private static final int MAX_CHILDREN = 9;

    /** Reads {@code none}, {@code guide} or a number of children. */
    static final class Converter implements ITypeConverter<Freezing> {
        @Override
        public Freezing convert(String text) {
            if (text.equals("none")) {
                return NONE;
            } else if (text.equals("guide")) {
                return GUIDE;
            } else if (text.matches("[0-" + MAX_CHILDREN + "]")) {
                return new Freezing(Integer.parseInt(text), 0);
            }
            throw new TypeConversionException(
                    "'" + text + "' is none of: none, guide, a number of children from 0 to " + MAX_CHILDREN);
        }
    }

    void apply(ResNet model) {
        List<Module> all = model.children();
        all.subList(0, children).forEach(child -> child.requiresGrad(false));
        if (blocks > 0) {
            ((Sequential) all.get(children)).slice(0, blocks).requiresGrad(false);
        }
    }
}
