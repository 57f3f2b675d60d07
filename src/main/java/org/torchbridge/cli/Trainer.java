package org.torchbridge.cli;

import org.torchbridge.GradMode;
import org.torchbridge.Scope;
import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.data.Batch;
import org.torchbridge.data.DataLoader;
import org.torchbridge.data.Dataset;
import org.torchbridge.nn.Functional;
import org.torchbridge.nn.Layer;
import org.torchbridge.nn.Parameter;
import org.torchbridge.optim.Optimizer;
import org.torchbridge.optim.RMSprop;

/** Trains a model to tell classes apart, with RMSprop over the parameters that are not frozen. */
final class Trainer {
    private final Layer model;
    private final Optimizer<?> optimizer;
    private final double lr;
    private final int batchSize;

    /**
     * What a pass over the training data came to.
     *
     * @param loss the mean loss of a sample
     */
    record Epoch(double loss, double imagesPerSecond) {}

    Trainer(Layer model, double lr, int batchSize) {
        this.model = model;
        this.optimizer = new RMSprop(
                model.parameters().stream().filter(Parameter::requiresGrad).toList(), lr);
        this.lr = lr;
        this.batchSize = batchSize;
    }

    /** Sets the learning rate for what is left, from 1 down to 0: it follows half a wave of the cosine. */
    void anneal(double left) {
        optimizer.paramGroups().forEach(group -> group.lr(lr * (1 - Math.cos(Math.PI * left)) / 2));
    }

    /** Goes through {@code data} once, in random order. */
    Epoch train(Dataset data, Progress progress) {
        model.train();
        double loss = 0;
        int images = 0;
        long start = System.nanoTime();
        for (Batch batch : batches(data)) {
            try (batch) {
                double batchLoss = step(batch);
                loss += batchLoss * batch.size();
                images += batch.size();
                progress.advance(batch.size(), batchLoss);
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Epoch(loss / images, images / seconds);
    }

    private DataLoader batches(Dataset data) {
        // Batch normalisation has no spread to divide by in one image that is reduced to a pixel: it waits for the next
        // pass.
        boolean lastIsAlone = data.size() > batchSize && data.size() % batchSize == 1;
        return new DataLoader(
                data, batchSize, DataLoader.options().shuffle(true).dropLast(lastIsAlone));
    }

    /** Learns from one batch; returns its mean loss before that. */
    double step(Batch batch) {
        try (Scope scope = Scope.open()) {
            optimizer.zeroGrad();
            Tensor loss = Functional.crossEntropy(model.call(batch.inputs()), batch.targets());
            loss.backward();
            optimizer.step();
            return loss.toDouble();
        }
    }

    /** How many samples of {@code data} the model gives their class the highest score. */
    int correct(Dataset data) {
        model.eval();
        int correct = 0;
        try (GradMode mode = Torch.noGrad()) {
            for (Batch batch : new DataLoader(data, batchSize)) {
                try (batch;
                        Scope scope = Scope.open()) {
                    correct += model.call(batch.inputs())
                            .argmax(1L)
                            .eq(batch.targets())
                            .sum()
                            .toInt();
                }
            }
        }
        return correct;
    }
}
