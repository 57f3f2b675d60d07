package org.torchbridge.nn.utils;

import java.util.Iterator;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.torchbridge.DType;
import org.torchbridge.Tensor;

/**
 * The methods by which one parameter was pruned one after the other.
 *
 * <p>Follows <a
 * href="https://pytorch.org/docs/stable/generated/torch.nn.utils.prune.PruningContainer.html">PruningContainer</a>.
 */
public record PruningContainer(List<PruningMethod> methods) implements PruningMethod, Iterable<PruningMethod> {

    public PruningContainer {
        methods = List.copyOf(methods);
    }

    public static PruningContainer of(PruningMethod... methods) {
        return new PruningContainer(List.of(methods));
    }

    /** These methods and then {@code method}. */
    public PruningContainer and(PruningMethod method) {
        return new PruningContainer(
                Stream.concat(methods.stream(), Stream.of(method)).toList());
    }

    public int size() {
        return methods.size();
    }

    public PruningMethod get(int index) {
        return methods.get(index);
    }

    @Override
    public Iterator<PruningMethod> iterator() {
        return methods.iterator();
    }

    /** That of the latest method. */
    @Override
    public Type type() {
        return latest().type();
    }

    /** What {@code defaultMask} leaves, pruned by the latest method. */
    @Override
    public Tensor computeMask(Tensor t, Tensor defaultMask) {
        Tensor mask = defaultMask.to(t.dtype()).clone();
        switch (type()) {
            case UNSTRUCTURED -> {
                Tensor left = defaultMask.eq(1);
                Tensor partial = latest().computeMask(t.maskedSelect(left), defaultMask.maskedSelect(left));
                mask.maskedScatter_(left, partial.to(mask.dtype()));
            }
            case STRUCTURED -> {
                long dim = Math.floorMod(latest().dim(), (int) t.dim());
                Tensor left = channelsLeft(defaultMask, dim);
                Tensor partial = latest().computeMask(t.indexSelect(dim, left), defaultMask.indexSelect(dim, left));
                mask.indexCopy_(dim, left, partial.to(mask.dtype()));
            }
            case GLOBAL -> mask = latest().computeMask(t, defaultMask).to(mask.dtype());
        }
        return mask;
    }

    private PruningMethod latest() {
        return methods.get(methods.size() - 1);
    }

    private static Tensor channelsLeft(Tensor mask, long dim) {
        long[] others =
                LongStream.range(0, mask.dim()).filter(each -> each != dim).toArray();
        return mask.sum(others, false, (DType) null).ne(0).nonzero().flatten();
    }
}
