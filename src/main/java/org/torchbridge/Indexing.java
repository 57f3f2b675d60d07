package org.torchbridge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Index expressions as views and gathers: integers, slices and new axes change the view first, then masks and index
 * tensors choose from it, as PyTorch does.
 */
final class Indexing {
    private Indexing() {}

    static Tensor get(Tensor tensor, Index[] indices) {
        return Scope.call(() -> {
            Selection selection = select(tensor, indices);
            if (selection.hasPositions()) {
                return selection.view().index(selection.positions());
            }
            // A whole-tensor index must not hand the caller's own object to the scope.
            return selection.view() == tensor ? tensor.alias() : selection.view();
        });
    }

    static void set(Tensor tensor, Index[] indices, Tensor value) {
        Scope.run(() -> {
            Selection selection = select(tensor, indices);
            Tensor fitting = withoutLeadingOnes(value.to(tensor.device()));
            if (selection.hasPositions()) {
                selection.view().indexPut_(selection.positions(), fitting.to(tensor.dtype()));
            } else {
                selection.view().copy_(fitting);
            }
        });
    }

    /** A tensor without dimensions that holds {@code value} in {@code tensor}'s type, on its device. */
    static Tensor scalarLike(Tensor tensor, Number value) {
        return Torch.full(new long[0], value, TensorOptions.of(tensor.dtype()).device(tensor.device()));
    }

    /** A view, and for each of its first dimensions the positions to choose, or null for all of them. */
    private record Selection(Tensor view, List<@Nullable Tensor> positions) {
        boolean hasPositions() {
            return positions.stream().anyMatch(p -> p != null);
        }
    }

    private static Selection select(Tensor tensor, Index[] indices) {
        long missing = tensor.dim()
                - Arrays.stream(indices).mapToLong(Indexing::consumed).sum();
        long ellipses =
                Arrays.stream(indices).filter(i -> i instanceof Index.Ellipsis).count();
        if (missing < 0) {
            throw new IndexOutOfBoundsException(
                    "too many indices for tensor of dimension " + tensor.dim() + ": " + Arrays.toString(indices));
        }
        if (ellipses > 1) {
            throw new IllegalArgumentException("an index can have one '...' only, this has " + ellipses);
        }
        Tensor view = tensor;
        List<@Nullable Tensor> positions = new ArrayList<>();
        long dim = 0;
        // A mask over several dimensions is one entry of the list: dimensions and entries drift apart.
        long drift = 0;
        // How many of the tensor's own dimensions were passed.
        long passed = 0;
        for (Index index : indices) {
            if (index instanceof Index.At at) {
                view = at(view, dim, at.position(), passed);
            } else if (index instanceof Index.Slice slice) {
                view = isAll(slice) ? view : view.slice(dim, slice.start(), slice.end(), slice.step());
                dim++;
            } else if (index instanceof Index.NewAxis) {
                view = view.unsqueeze(dim++);
            } else if (index instanceof Index.Ellipsis) {
                dim += missing;
            } else if (index instanceof Index.Positions chosen) {
                Tensor choice = chosen.tensor();
                if (choice.dim() == 0 && choice.dtype().isInteger() && !isMask(choice)) {
                    // As in PyTorch, a position without dimensions is an integer: the result is a view.
                    view = at(view, dim, choice.toLong(), passed++);
                    continue;
                }
                if (choice.dim() == 0 && isMask(choice)) {
                    view = view.unsqueeze(dim);
                    choice = choice.unsqueeze(0);
                }
                pad(positions, dim - drift);
                positions.add(choice);
                long taken = isMask(choice) ? choice.dim() : 1;
                dim += taken;
                drift += taken - 1;
            }
            passed += index instanceof Index.Ellipsis ? missing : consumed(index);
        }
        return new Selection(view, positions);
    }

    private static void pad(List<@Nullable Tensor> positions, long length) {
        while (positions.size() < length) {
            positions.add(null);
        }
    }

    private static boolean isAll(Index.Slice slice) {
        return slice.start() == null && slice.end() == null && slice.step() == 1;
    }

    private static Tensor at(Tensor view, long dim, long position, long ownDim) {
        long size = view.size(dim);
        if (position < -size || position >= size) {
            throw new IndexOutOfBoundsException(
                    "index " + position + " is out of bounds for dimension " + ownDim + " with size " + size);
        }
        return view.select(dim, position);
    }

    /** How many of the tensor's dimensions an index takes. */
    private static long consumed(Index index) {
        if (index instanceof Index.Positions chosen) {
            return isMask(chosen.tensor()) ? chosen.tensor().dim() : 1;
        }
        return index instanceof Index.Ellipsis || index instanceof Index.NewAxis ? 0 : 1;
    }

    private static boolean isMask(Tensor positions) {
        return positions.dtype() == DType.BOOL || positions.dtype() == DType.UINT8;
    }

    /** As PyTorch does when assigning: (1, 1, 3) fits where (3) is expected. */
    private static Tensor withoutLeadingOnes(Tensor value) {
        Tensor result = value;
        while (result.dim() > 0 && result.size(0) == 1) {
            result = result.squeeze(0);
        }
        return result;
    }
}
