package org.torchbridge.examples;

import org.torchbridge.Tensor;
import org.torchbridge.Torch;
import org.torchbridge.nn.Loss;

/** Lesson 5: a loss of your own is a module like any other. */
public final class Lesson5CustomLoss {
    private Lesson5CustomLoss() {}

    /** The squared distances of x (N, D) to each of its M targets y (N, M, D), summed to a scalar. */
    public static final class Regress extends Loss {
        @Override
        public Tensor forward(Tensor x, Tensor y) {
            Tensor repeated = x.unsqueeze(1).repeat(1, y.size(1), 1);
            return repeated.sub(y).square().sum();
        }
    }

    /** The same by broadcasting: a dimension of size 1 is stretched without a copy. */
    public static final class RegressByBroadcasting extends Loss {
        @Override
        public Tensor forward(Tensor x, Tensor y) {
            return x.unsqueeze(1).sub(y).square().sum();
        }
    }

    public static void main(String[] arguments) {
        Tensor x = Torch.randn(5, 10).requiresGrad(true);
        Tensor y = Torch.randn(5, 5, 10);
        Tensor loss = new Regress().forward(x, y);
        loss.backward();
        System.out.println(loss);
        System.out.println(x.grad());
        System.out.println(new RegressByBroadcasting().forward(x, y));
    }
}
