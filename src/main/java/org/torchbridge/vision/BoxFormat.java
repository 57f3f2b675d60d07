package org.torchbridge.vision;

import java.util.List;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;

/** What the four numbers of a box mean. */
public enum BoxFormat {
    /** The left, top, right and bottom side. */
    XYXY {
        @Override
        List<Tensor> toSides(Tensor x1, Tensor y1, Tensor x2, Tensor y2) {
            return List.of(x1, y1, x2, y2);
        }

        @Override
        List<Tensor> fromSides(Tensor x1, Tensor y1, Tensor x2, Tensor y2) {
            return List.of(x1, y1, x2, y2);
        }
    },
    /** The left and top side, width and height. */
    XYWH {
        @Override
        List<Tensor> toSides(Tensor x, Tensor y, Tensor width, Tensor height) {
            return List.of(x, y, x.add(width), y.add(height));
        }

        @Override
        List<Tensor> fromSides(Tensor x1, Tensor y1, Tensor x2, Tensor y2) {
            return List.of(x1, y1, x2.sub(x1), y2.sub(y1));
        }
    },
    /** The centre, width and height. */
    CXCYWH {
        @Override
        List<Tensor> toSides(Tensor x, Tensor y, Tensor width, Tensor height) {
            Tensor halfWidth = width.mul(0.5);
            Tensor halfHeight = height.mul(0.5);
            return List.of(x.sub(halfWidth), y.sub(halfHeight), x.add(halfWidth), y.add(halfHeight));
        }

        @Override
        List<Tensor> fromSides(Tensor x1, Tensor y1, Tensor x2, Tensor y2) {
            return List.of(x1.add(x2).div(2), y1.add(y2).div(2), x2.sub(x1), y2.sub(y1));
        }
    };

    abstract List<Tensor> toSides(Tensor first, Tensor second, Tensor third, Tensor fourth);

    abstract List<Tensor> fromSides(Tensor x1, Tensor y1, Tensor x2, Tensor y2);

    /** Boxes of this format as boxes of another. */
    Tensor convert(Tensor boxes, BoxFormat to) {
        if (this == to) {
            return boxes.clone();
        }
        List<Tensor> parts = boxes.unbind(-1);
        List<Tensor> sides = toSides(parts.get(0), parts.get(1), parts.get(2), parts.get(3));
        return Torch.stack(to.fromSides(sides.get(0), sides.get(1), sides.get(2), sides.get(3)), -1);
    }
}
